"""Spanish: wants no more mail, withdraws, has another offer."""

# ruff: noqa: E501  # a frame is read in one piece

from app.replies.phrases.es.words import THIRD
from app.replies.phrases.meaning import Phrases

STOP = Phrases(
    says=(
        "^(por favor |hola )*(stop|baja|darme de baja|desuscribir|desuscribirme|cancelar suscripción|cancelar|basta|dar de baja|desapuntarme)( por favor| gracias)*[ .!]*$",
        "(darme|dar|dadme|dame|denme|deme|dé|den|dar|causar|doy|darse|solicito la|quiero la|pido la) (\\w+ )?(de )?baja(?! (del? (este |su )?proceso|de (la|mi) (candidatura|selección|solicitud)|voluntaria|médica|en mi|en la empresa|maternal|laboral))( (de|del|en|por|mi)|[.!,]|$)",
        "no (me|nos) (escrib*|contact*|enví*|envíe*|mand*|molest*|envien|llamen ni escriban|remit*) (\\w+ ){0,2}(más|nunca|ningún|ninguno|nada)",
        "(dej*|par*|ces*) (ya )?de (escribirme|contactarme|enviarme|mandarme|molestarme|enviar|mandar|escribir|contactar)",
        "(no|ya no|tampoco) (quiero|deseo|quisiera|me gustaría|me interesa) (seguir )?(recib*|que me (escrib*|contact*|enví*|mand*)|saber nada|ser contactad*)",
        "no (volver|vuelvan|vuelva|vuelvas) a (escribirme|contactarme|enviarme|mandarme|molestarme|ponerse en contacto)",
        "(quit*|borr*|elimin*|saqu*|sac*|retir*) ?(me|enme|adme|an|en|ar|ir|mi (correo|dirección|e-?mail|nombre)|mis datos) (\\w+ )?(\\w+ )?(de|del|de la|de su|de sus) (su|la|esta|sus|vuestra|las|el|vuestras) ?(\\w+ )?(lista|listas|correo|base de datos|distribución|mailing|boletín|newsletter|correos|envíos|contactos)",
        "(quítenme|bórrenme|elimínenme|sáquenme|bórreme|quíteme|sáqueme|elimíneme|bórrame|quítame|sácame|quitarme|borrarme|eliminarme|sacarme|quitadme|borradme|desuscríbanme|desuscribirme|desuscríbame|anulen mi suscripción|cancelen mi suscripción) (\\w+ )?(de (su|la|esta|sus|vuestra|las) (lista|base|correo|listas|bases|correos|distribución|mailing|newsletter|boletín)|de (la )?lista|del boletín|ya|[.!,]|$|por favor)?(?! (proceso|del proceso))",
        "(no|ni|ningún|cero|basta de) (más|otro) (correos?|e-?mails?|mensajes?|emails|notificaciones|recordatorios|mails?)",
        "ningún (correo|mensaje|e-?mail) más|(déjenme|déjeme|dejadme|déjame) (ya )?(en paz|tranquil*)",
        "basta de (correos|mensajes|e-?mails|mails)|(basta|ya está bien) (ya )?(de|con) (los |sus |tantos )?(correos|mensajes)",
    ),
    denied=(
        "no (me )?(he |han |ha )?(recibido|llegado|llegan|enviado|enviaron|llega|recibo|tengo) (\\w+ )?(más|ningún|otro)[^,;]*",
        "no (\\w+ )?(darme|dar|doy|quiero darme|quiero que me den) (\\w+ )?de baja[^,;]*",
        "no (me |les |le )?(quit*|saqu*|borr*|elimin*|retir*|den de baja|des de baja|dé de baja)[^,;]*",
    ),
    unless=(
        "(por teléfono|al trabajo|en el trabajo|antigu*|mejor|prefiero|otra dirección|otro correo|nueva dirección|por whatsapp|laboral)",
        "[?¿]",
        "a no ser|salvo|a menos",
    ),
)

WITHDRAWS = Phrases(
    says=(
        "(retir*|cancel*|anul*|quit*|borr*|descart*|desestim*|suspend*|elimin*|cerrar|cierren|archiv*|revoc*) (\\w+ )?(mi|la|esta|mis|a mi) (\\w+ )?({cand}|participación|nombre)",
        "(retiro|retirar|retirarme|retiraré|retirada|retire|retiren|retirándo*|me retiro|apart*|apartarme|salir|salgo|salirme|me salgo|bajarme|me bajo|me apeo|apearme|descolg*|me descuelgo|abandon*|dej*|dejo|me borro|borrarme|baja|de baja|sacar*|quitar*|saquen*|sáquenme|quiten*|excluir*|me excluyan|fuera|descártenme|me descarten) (\\w+ )?(de|del|el|la|de la|este|de este|en el) (\\w+ )?({proc}|{cand})|(retirarme|me retiro|apartarme) (\\w+ )?(de|del) (\\w+ )?({puesto})",
        "(renunci*) (\\w+ )?(a|al) (la|mi|su|este|esta|seguir|continuar|puesto|proceso|candidatura|oferta|participar|plaza|vacante) ?(\\w+ )?",
        "(desist*) (\\w+ )?(de|del|en)|(he decidido|decido|decidí|prefiero) (\\w+ )?(desistir|retirarme|apartarme|dejarlo|abandonar|declinar|rechazar|renunciar|bajarme|salirme|quedarme (donde|en mi|con mi)|parar aquí)",
        "no (seguir|continuar|avanzar|proseguir|seguiré|continuaré|avanzaré|sigo|continúo|proseguiré|ir) (\\w+ )?(adelante|con|en|más|participando|el proceso|este proceso|la selección|formando parte|[.!,;]|$)",
        "(no|ya no|tampoco) (\\w+ )?(deseo|quiero|voy a|puedo|podré|quisiera|pienso|me gustaría|tengo (intención|interés) (de|en)|estoy en (condiciones|posición) de|me es posible|creo que vaya a|vamos a|me veo) (\\w+ )?(continuar|seguir|proseguir|avanzar|participar|formar parte|optar|incorporarme|aceptar (el|la|su|este|esta|vuestra)|ser (considerad*|tenid*|candidat*)|unirme|presentarme|que me tengan|cambiar de (trabajo|empresa)|trabajar)(?! (esperando))",
        "(he decidido|decidí|decido|hemos decidido|decisión de|he optado por|opto por|prefiero|he resuelto|he preferido|preferiría) (\\w+ )?no (\\w+ )?(continuar|seguir|avanzar|proseguir|aceptar|participar|incorporarme|optar|presentarme|cambiar|dar el paso|unirme|acudir|dar|irme|moverme)",
        "(ya no|no|ya) (\\w+ )?(estoy|me encuentro|sigo|estaré|ando|estoy ya|estaría) (\\w+ )?(ya )?(interesad*|disponible|buscando|en búsqueda|disponibles|en busca|en el mercado|libre)",
        "(ya no|no) (me interesa|me interesan|tengo interés|tengo ya interés|busco|necesito|quiero) (\\w+ )?(ya )?(\\w+ )?(el|la|este|esta|su|seguir|continuar|trabajo|empleo|puesto|vacante|oferta|en|participar|[.!,;]|$)|he perdido (el|mi) interés|ya no me interesa|dejado de (interesarme|buscar|estar interesad*)",
        "(he|acabo de|ya he|he ya|hemos|había|habiendo|tras|voy a|haber|decidido|decidí|prefiero|opté por|optado por) (\\w+ )?(acept*|firm*|cog*|encontr*|consegu*|elegi*|escogi*|tom*|incorpor*|acepté|comenz*|empez*|decant*|comprometid*|dado el sí a|dicho que sí a|entr*|obten*|unid*) (\\w+ )?(a |por |con |en )?(la |el )?(otra|otro|una nueva|un nuevo|nueva|nuevo|distint*) (\\w+ )?({puesto}|{empresa}|sitio|cosa)?",
        "(acepté|firmé|elegí|escogí|encontré|conseguí|empecé|comencé|cogí|acepto|elijo|firmo|escojo) (\\w+ )?(otra|otro|una nueva|un nuevo|la otra|el otro) (\\w+ )?({puesto}|{empresa}|cosa)?",
        "(he|acabo de|ya he|hemos|he ya) (\\w+ )?(aceptado|firmado|aceptar|firmar|encontrado|conseguido) (ya )?(un|una) (\\w+ )?(\\w+ )?({puesto})(?! (de|con) (ustedes|usted|vosotros))",
        "(acepté|firmé) (\\w+ )?(un|una) (\\w+ )?({puesto})",
        "(he|me he|ya he|ya me he|estoy|ya estoy|me han|han|acabo de) (\\w+ )?(firmado|aceptado|comprometido|comprometida|contratad*|colocad*|trabajando|encontrado (trabajo|algo|empleo)|incorporad*|empezado a trabajar|empezado|seleccionad*) (\\w+ ){0,3}(en otr* (sitio|lado|lugar|empresa|parte)|con otr*|trabajo|empleo|algo|en otra|por otr*)",
        "(ya )?(he encontrado|encontré|tengo ya|ya tengo|he conseguido) (ya )?(trabajo|empleo|otro trabajo|otra cosa|algo)",
        "(me he|me|he|hemos|nos hemos|voy a|acabo) (\\w+ )?(decid*|decant*|opt*|inclin*|decanto|decidí|decanté|opté|optado|decantado|decidido|elegido|quedado|quedo|quedarme|ido|voy|decantar*) (\\w+ )?(finalmente |al final )?(por|con|a|hacia|en) (la |el )?(otra|otro|una empresa|un puesto|la oferta de otra|seguir (en|donde|con)|quedarme|una opción|otros)",
        "(me quedo|quedarme|me quedaré|permanecer|permanezco|seguir|sigo|seguiré|continuaré|continuar) (\\w+ )?(donde estoy|donde trabajo|en la que estoy|(en|con) (mi|la|el) (\\w+ )?(empresa|puesto|trabajo|empleo|compañía|taller)|en el sitio actual)",
        "(declin*|rechaz*|rehús*) (\\w+ )?(la|su|vuestra|esta|el|este|tu|amablemente) (\\w+ )?({puesto}|invitación a continuar)|(debo|tengo que|voy a|he de|quiero) (\\w+ )?(declinar|rechazar|renunciar|desistir|retirarme|abandonar|decir que no)(?! (la entrevista|la cita))",
        "(no cuenten|no cuente|no contéis|no cuentes|dejen de contar|no contar) (\\w+ )?conmigo|(no me|no) (tengan|tenga|tengáis|consideren|considere) (\\w+ )?(más )?(en cuenta|en consideración|para)|que (no )?(me )?(descarten|desestimen)|descártenme|descartadme|descárteme",
        "(consideren|considere|den por|dé por|daros por|consideren ustedes) (\\w+ )?(retirad*|mi candidatura|cerrad*|anulad*)",
        "(puesto|oferta|vacante|trabajo|esto|empresa|no) (\\w+ )?no (\\w+ )?(es|encaja|encajo) (\\w+ )?(para mí|lo que busco|conmigo|con lo que)|(he cambiado|cambié) de (opinión|idea|planes) (\\w+ )?(sobre|respecto|y|con)|(tomar|tomado|seguir|elegido|coger|emprender|ir por) (\\w+ )?(por )?(otro|un) (camino|rumbo) ?(distinto|diferente)?",
        "(mi|la) (búsqueda|búsqueda de (trabajo|empleo)) (\\w+ )?(ha (terminado|acabado|concluido|finalizado)|terminó)|(dejo|paso) (pasar )?(esta|la) (oportunidad|oferta|vacante)|paso de (la|esta|este)|(empiezo|comienzo|empezaré|comenzaré|me incorporo|voy a empezar|empezar) (\\w+ ){0,3}(en otr*|un nuevo|otro|una nueva|mi nuevo)",
        "(me han|me) (cogido|contratado|seleccionado|fichado|cogieron|contrataron|elegido) (\\w+ )?(en|para|de) otr* (sitio|lado|empresa|lugar|parte|taller|puesto|trabajo)|lo dejo (aquí|estar|por aquí)|(busquen|busque|busca|buscad|contraten|llamen) a (otra|otro) (persona|candidat*)|mejor (busquen|llamen|contraten) a otr*|(es|va a ser) (que )?(un )?no ?([.,!]|$)|(no|gracias),? pero no( gracias)?|(les|os|le) dejo (\\w+ )?buscar|(no )?(me encaja|encaja con) (\\w+ ){0,4}(y|así que|por lo que|de modo que) (lo dejo|no|me retiro|prefiero)|(cerrar|terminar|finalizar|interrumpir|parar|detener) (\\w+ )?(mi|el|este) (\\w+ )?({proc}|{cand})",
        "me ha (salido|surgido) (otro|otra|un|una) (\\w+ )?({puesto}|cosa) (\\w+ ){0,4}(y )?(lo|la) (he |voy a )?(cog*|acept*|tom*)|(creo|veo|pienso) que (\\w+ )?no es para mí|(decirles|decirle|decir|deciros) que no ?([.,!]|$)|me han renovado|(y|así que|por lo que) me quedo ?([.,!]|$|aquí|donde)|no es para mí ?([.,!]|$)",
        "(decisión|intención|respuesta) (\\w+ )?(es|ha sido) (la de )?no (continuar|seguir|aceptar|avanzar)|no (puedo|podré|voy a|podría) (\\w+ )?aceptar(lo|la)? ?([.,!]|$|por)|(acabo de|he|hemos) (\\w+ )?(acept*|aceptar|firm*) (\\w+ )?con otr*",
        "(tirar|tiro) la toalla|(doy|dar|dado) un paso (atrás|a un lado|al lado)|me (echo|eché|he echado) (para )?atrás|(echarme|volverme) atrás|(cedo|ceder|dejo|dejar) (\\w+ )?mi (plaza|lugar|puesto|sitio)|(he montado|monto|montar|abro|abrir|he abierto|voy a montar) (\\w+ )?(mi|un|una) (\\w+ )?(propio|propia|negocio|empresa|taller)|(vuelvo|volver|regreso|regresar|retomo|retomar) (a )?(mis estudios|estudiar|la universidad|mi país|mi pueblo|los estudios)|(les|le|os) dese\\w+ (\\w+ ){0,3}(suerte|éxito|éxitos|lo mejor) (\\w+ )?(en|con|para) (la|el|su|vuestra|encontrar) (\\w+ )?(búsqueda|selección|proceso|vacante)?|(encuentren|encuentre|encontréis) (\\w+ )?(a )?(alguien|otra persona|a la persona|otro|el candidato|la persona)",
        "(quedar|quedo|quedarles|dejarles|dejar) (\\w+ )?(mal|tirad*|plantad*)|(ya )?(se me |me )?ha(n)? (adelantado|adelantaron)|se (les |os )?(han|ha) adelantado|me (hago|he hecho|haré) autónom*|(decir|digo|diré|decirles|decirle) (\\w+ )?(que )?adiós|(debo|tengo que|necesito) (\\w+ )?(bajarme|apearme|dejarlo|abandonar|retirarme|renunciar|declinar)|hasta aquí (he|hemos) llegado",
    ),
    denied=(
        *THIRD,
        "no (\\w+ ){0,4}(retir*|renunci*|desist*|abandon*|cancel*|anul*|descart*|dejo|dejar)(?! (\\w+ )?(participando|esta vez|mi candidatura ahora)) [^,;]*",
        "(no|aún no|todavía no|nunca|ni) (\\w+ )?(he|hemos|había) (\\w+ )?(acept*|firm*|decid*|encontr*|eleg*|escog*|tomad*|opt*)[^,;]*",
        "({quizas})[^;]*",
        "(^|[,;] |y |pero )si(?!,) (no |me |él |se |ustedes |usted |recib* |hay |la |el |mi |su |es |fuera |pudiera* |tard* |otra |tengo |ya )[^;]*$",
        "(ustedes|usted|ellos|vosotros|han|ha) (\\w+ )?(han|ha|habéis|decidid*|elegid*|optad*|seleccionad*|descartad*) (\\w+ )?(decidido|elegido|optado|escogido|seleccionado|descartado|por)?[^;]*otr* (candidat*|persona)[^;]*",
        "(no|ya no) (\\w+ )?(estoy|estaré|me encuentro|puedo) (\\w+ )?(disponible|libre) (\\w+ )?({dia}|para (la|una|esa|esta) ({cita})|hasta|antes|después|a partir|de \\d+|entre|a esa|a las|por)[^,;]*",
        "({dia})[^,;]*(no|ya no) (\\w+ )?(estoy|estaré|podré|puedo)[^,;]*",
        "(cancelar|anular|aplazar|cambiar|mover|declinar|rechazar|posponer)[^,;]*({cita})[^,;]*",
        "(rechaz*|declin*|dicho que no a|dej* pasar|renunci* a) (\\w+ )?(la )?(otra|otro|otras|una|dos|su otra|varias)[^,;]*",
        "antes de (aceptar|firmar|decidir*|renunciar|retirar*)[^,;]*",
        "otr* candidat*",
        "(sigo|seguiré|quedo|trabaj*|continúo|estoy) [^,;]*hasta[^,;]*",
        "no (\\w+ )?(puedo|podré) (\\w+ )?(participar|acudir|asistir|incorporarme|aceptar)[^,;]*({dia}|hasta|antes)[^,;]*",
    ),
    unless=("{pasado}",),
)

OTHER_OFFER = Phrases(
    says=(
        "({otra}) (\\w+ ){0,2}({oferta})",
        "(he recibido|recibí|tengo|me han hecho|me han ofrecido|me hicieron|me ha llegado|me llegó|acabo de recibir|hay|cuento con|me ha hecho|me hace|me ofrecen|dispongo de|recibir|recibido|me han presentado|me han enviado|me han dado|me acaban de hacer|me acaban de|me ofrece|me ha ofrecido|me han propuesto|me proponen|valorando|estudiando|considerando|mantengo|manejo|poseo|obtuve|hecho|llegado) (\\w+ ){0,4}(una|un|dos|tres|varias|otra|otro|alguna) {adj}({oferta}|puesto|trabajo|empleo|plaza|ascenso)",
        "({oferta}) (\\w+ )?(firme |en firme |formal |por escrito |concreta |de trabajo |laboral |de empleo )*(de|en|con|por parte de) (otra|otro|otras|una empresa|la competencia|un competidor|mi (empresa|jefe))|(una|dos) ({oferta}) (\\w+ )?(encima de la mesa|sobre la mesa|en mano|en la mano|en firme|por escrito|pendiente)|(sobre|encima de) la mesa",
        "(otra|otro|una segunda) (\\w+ )?({empresa}) (\\w+ ){0,3}(me ha|me|ha|quiere|quieren|me han|espera|necesita|me pide) (\\w+ ){0,4}(ofrec*|hecho|propuest*|oferta|contrat*|respuesta|seleccionad*|elegid*|escogid*|conteste|decisión|aceptad*|dicho que sí|incorpor*)",
        "me (han|ha|acaban de|ofrecen|ofrece) (\\w+ )?(ofrecido|ofrecer|propuesto|ofrecieron|seleccionado|ofrec*|elegido|escogido) (\\w+ )?(un|una|el|otro|otra|la|en otra|en otro|para otro|para otra) (\\w+ ){0,2}({puesto}|ascenso|{empresa})",
        "(quieren|quiere|querrían|desean|pretenden) (contratarme|que (empiece|firme|me incorpore|conteste|trabaje|decida|me una))|me (quieren|quiere) (\\w+ )?(contratar|fichar|incorporar|en plantilla|en su)|(me|nos) (han|ha) (\\w+ )?(pasado|enviado|mandado|dado|puesto|entregado|preparado) (\\w+ ){0,3}(condiciones|contrato|papeles|precontrato|propuesta)|(llamaron|llamado|contactado|escrito) (\\w+ )?(de|desde|por) (otra|otro|una) (\\w+ )?({empresa}) (\\w+ ){0,3}(ofrec*|quier*|para|con)|me ofrecen (\\w+ )?(incorporarme|empezar|entrar|trabajar|un)",
        "contraoferta|contra-?oferta|(igualar|mejorar|superar) (\\w+ )?(la|esa|esta|su|dicha|otra) (\\w+ )?(oferta|propuesta|condiciones|cifra)|oferta (en otro|de otro|de otra|en otra)|(tengo que|debo|he de|quieren que|piden que|esperan que) (\\w+ )?(les )?(responder|contestar|dar respuesta|decir|firmar|conteste|responda|decida|firme) (\\w+ )?(a la otra|a otra|en la otra|con la otra|al otro|a los otros)",
        "(hay|tengo) (\\w+ )?otra (\\w+ )?({empresa}) (\\w+ ){0,4}(interesada|que|esperando|pendiente|quiere|y) (\\w+ ){0,6}(respuesta|conteste|decisión|contrat*|quier*|decida|oferta)",
        "me (han|ha) (\\w+ )?(mandado|enviado|pasado|preparado|dado|entregado) (\\w+ )?(el|un|ya el) (\\w+ )?(contrato|precontrato|acuerdo)(?! (ustedes|usted))|(me )?(han|ha) dicho (\\w+ )?que sí|(esperan|espera|quieren|necesitan) (\\w+ )?(mi|que les) (firma|respuesta|conteste|diga|confirme|dé)|me (\\w+ )?(cogen|contratan|esperan|fichan|aceptan|han aceptado|seleccionaron) (\\w+ )?(en|para|el|si)|(empezar|incorporarme|entrar) (\\w+ )?en otr* (\\w+ )?(y|pero|si)|me (\\w+ )?(guardan|reservan) (el|la|un) (puesto|plaza|sitio)",
    ),
    denied=(
        *THIRD,
        "(no|ni|sin|nunca|tampoco|ninguna) (\\w+ ){0,4}({oferta})[^,;]*|ninguna (\\w+ )?({oferta})|no (tengo|he recibido|me han hecho) (ninguna )?(otra )?[^,;]*",
        "(si(?!,)|cuando|en caso de|en cuanto|antes de|por si) (\\w+ ){0,4}(recib*|tuvi*|lleg*|surg*|hac*|ofre*|otra)[^,;]*({oferta})?[^,;]*",
        "(espero|esperando|quizá*|tal vez|podría*|pronto|busco|buscando|puede que|posible|a la espera|seguramente|próximamente|pendiente de) (\\w+ ){0,5}({oferta})[^,;]*",
        "(su|vuestra|tu|la|esta|nuestra|sus) (\\w+ )?(amable |generosa |nueva |estupenda )?({oferta})( (de trabajo|de empleo|suya|de ustedes|que me))?|({oferta}) (de ustedes|de vosotros|suya|que me (han|habéis) (enviado|hecho) ustedes|de su parte)",
        "(ustedes|usted) (\\w+ )?(me )?(han|ha|ofrec*)[^,;]*",
        "(acept*|firm*|elegid*|decid* por|optad* por|acept* ya) (\\w+ ){0,3}({oferta}|{puesto})[^,;]*",
        "(rechaz*|declin*|renunci*|dicho que no|descart*|dejado pasar) (\\w+ ){0,4}({oferta}|{puesto})[^,;]*",
        "(he visto|vi|leído|publicad*|web|anuncio*|aplicar|postular*|apuntarme|inscrib*|tienen ustedes|tienen alguna|hay alguna|tendrían) [^,;?]*({oferta})[^,;]*|({oferta}) (\\w+ ){0,3}(publicad*|en su (web|página)|de su (web|página)|en la web)|(boletín|alertas?|newsletter) [^,;]*({oferta})",
        "(hacer|hacerles|presentar|enviar) (\\w+ )?una contra-?oferta",
        "({oferta}) ?[:,] ?(no|ninguna|nada)\\b",
    ),
    unless=("{pasado}",),
)
