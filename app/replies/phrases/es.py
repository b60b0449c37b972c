"""Spanish."""

# ruff: noqa: E501  # a frame is read in one piece

from app.replies.phrases.meaning import Language, Meaning, Phrases

_WORDS = {
    "cand": "candidatura|solicitud|postulación|aplicación|currículum|curriculum|cv|inscripción",
    "puesto": "oferta|ofertas|contrato|puesto|trabajo|empleo|propuesta|plaza|posición|oportunidad|vacante|cargo|proposición|compromiso|rol|prácticas|proyecto|colocación",
    "empresa": "empresa|compañía|sitio|lugar|lado|parte|camino|rumbo|opción|empleador|firma|taller|organización|equipo|vía|alternativa|dirección|fábrica|casa|grupo|agencia|negocio|astillero|clínica|escuela|candidato",
    "proc": "proceso|procesos|selección|procedimiento|carrera|candidatos|búsqueda|lista de candidatos|entrevistas|convocatoria|fase|ronda",
    "oferta": "ofertas?|propuestas?|contraofertas?|contra-?ofertas?|contratos?|ofrecimientos?|precontratos?",
    "otra": "otra|otro|otras|otros|segunda|nueva|nuevo|distinta|diferente|competidora|paralela",
    "adj": "(?:(?!(?:duda|dudas|pregunta|preguntas|sobre|acerca|con|su|la|el|del|al|respecto|consulta|copia|cuestión|si|que)\\b)\\w+ ){0,3}",
    "dia": "lunes|martes|miércoles|jueves|viernes|sábado|domingo|mañana|hoy|esta tarde|esta semana|la semana que viene|la próxima semana|a las \\d+|el \\d+|el día|ese día|esa hora|esta mañana",
    "cita": "entrevista*|cita*|reunión|llamada|videollamada|visita|prueba*|encuentro|hora",
    "quien": "amigo|amiga|compañero|compañera|colega|mujer|marido|hermano|hermana|pareja|novio|novia|hijo|hija|vecino|vecina|primo|prima|candidato|candidata|esposa|esposo|padre|madre|conocido|conocida",
    "plazo": "tiempo|días?|semanas?|horas?|plazo|fin de semana|margen|rato|prórroga",
    "pasado": "el año pasado|hace (?:un|dos|tres|cuatro|unos|varios|\\d+) años?|hace (?:unos|dos|tres|cuatro|seis|varios|\\d+) meses|en su día|en su momento|en aquel (?:momento|entonces)|por aquel entonces|en 20(?:1\\d|2[0-5])|mi (?:anterior|última|primera|pasada) (?:candidatura|solicitud)",
}

_THIRD = (
    "(mi|un|una|el|la|su|nuestro|nuestra|este|esta) (\\w+ )?({quien}) (?!y yo)[^,;]*",
    "(él|ella|quien) (ha|se ha|había) [^,;]*",
)
_QUIZAS = "quizá*|tal vez|a lo mejor|posiblemente|estoy pensando en|me planteo|estoy (?:considerando|valorando|dudando)|podría (?:tener que )?(?:retirar|aceptar|irme)|tendría que|me vería obligad*|de lo contrario|si no|en caso de|a menos|salvo que|a no ser|no sé si|dudo (?:si|entre)|puede que|es posible que"

_STOP = Phrases(
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
    ),
    unless=(
        "(por teléfono|al trabajo|en el trabajo|antigu*|mejor|prefiero|otra dirección|otro correo|nueva dirección|por whatsapp|laboral)",
        "[?¿]",
        "a no ser|salvo|a menos",
    ),
)

_WITHDRAWS = Phrases(
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
        "(me quedo|quedarme|me quedaré|permanecer|permanezco|seguir|sigo|seguiré|continuaré|continuar) (\\w+ )?(donde estoy|en mi|con mi|en la empresa|aquí donde|donde trabajo|en el sitio|en la que estoy) ?(\\w+ )?(actual|empresa|puesto|trabajo|empleo|compañía)?",
        "(declin*|rechaz*|rehús*) (\\w+ )?(la|su|vuestra|esta|el|este|tu|amablemente) (\\w+ )?({puesto}|invitación a continuar)|(debo|tengo que|voy a|he de|quiero) (\\w+ )?(declinar|rechazar|renunciar|desistir|retirarme|abandonar|decir que no)(?! (la entrevista|la cita))",
        "(no cuenten|no cuente|no contéis|no cuentes|dejen de contar|no contar) (\\w+ )?conmigo|(no me|no) (tengan|tenga|tengáis|consideren|considere) (\\w+ )?(más )?(en cuenta|en consideración|para)|que (no )?(me )?(descarten|desestimen)|descártenme|descartadme|descárteme",
        "(consideren|considere|den por|dé por|daros por|consideren ustedes) (\\w+ )?(retirad*|mi candidatura|cerrad*|anulad*)",
        "(puesto|oferta|vacante|trabajo|esto|empresa|no) (\\w+ )?no (\\w+ )?(es|encaja|encajo) (\\w+ )?(para mí|lo que busco|conmigo|con lo que)|(he cambiado|cambié) de (opinión|idea|planes) (\\w+ )?(sobre|respecto|y|con)|(tomar|tomado|seguir|elegido|coger|emprender|ir por) (\\w+ )?(por )?(otro|un) (camino|rumbo) ?(distinto|diferente)?",
        "(mi|la) (búsqueda|búsqueda de (trabajo|empleo)) (\\w+ )?(ha (terminado|acabado|concluido|finalizado)|terminó)|(dejo|paso) (pasar )?(esta|la) (oportunidad|oferta|vacante)|paso de (la|esta|este)|(empiezo|comienzo|empezaré|comenzaré|me incorporo|voy a empezar|empezar) (\\w+ ){0,3}(en otr*|un nuevo|otro|una nueva|mi nuevo)",
        "(me han|me) (cogido|contratado|seleccionado|fichado|cogieron|contrataron|elegido) (\\w+ )?(en|para|de) otr* (sitio|lado|empresa|lugar|parte|taller|puesto|trabajo)|lo dejo (aquí|estar|por aquí)|(busquen|busque|busca|buscad|contraten|llamen) a (otra|otro) (persona|candidat*)|mejor (busquen|llamen|contraten) a otr*|(es|va a ser) (que )?(un )?no ?([.,!]|$)|(no|gracias),? pero no( gracias)?|no,? gracias ?([.!]|$)|(les|os|le) dejo (\\w+ )?buscar|(no )?(me encaja|encaja con) (\\w+ ){0,4}(y|así que|por lo que|de modo que) (lo dejo|no|me retiro|prefiero)|(cerrar|terminar|finalizar|interrumpir|parar|detener) (\\w+ )?(mi|el|este) (\\w+ )?({proc}|{cand})",
        "me ha (salido|surgido) (otro|otra|un|una) (\\w+ )?({puesto}|cosa) (\\w+ ){0,4}(y )?(lo|la) (he |voy a )?(cog*|acept*|tom*)|(creo|veo|pienso) que (\\w+ )?no es para mí|(decirles|decirle|decir|deciros) que no ?([.,!]|$)|me han renovado|(y|así que|por lo que) me quedo ?([.,!]|$|aquí|donde)|no es para mí ?([.,!]|$)",
        "(decisión|intención|respuesta) (\\w+ )?(es|ha sido) (la de )?no (continuar|seguir|aceptar|avanzar)|no (puedo|podré|voy a|podría) (\\w+ )?aceptar(lo|la)? ?([.,!]|$|por)|(acabo de|he|hemos) (\\w+ )?(acept*|aceptar|firm*) (\\w+ )?con otr*",
    ),
    denied=(
        *_THIRD,
        "no (\\w+ ){0,4}(retir*|renunci*|desist*|abandon*|cancel*|anul*|descart*|dejo|dejar)(?! (\\w+ )?(participando|esta vez|mi candidatura ahora)) [^,;]*",
        "(no|aún no|todavía no|nunca|ni) (\\w+ )?(he|hemos|había) (\\w+ )?(acept*|firm*|decid*|encontr*|eleg*|escog*|tomad*|opt*)[^,;]*",
        "({_quizas})[^;]*",
        "(^|[,;] |y |pero )si (no |me |él |se |ustedes |usted |recib* |hay |la |el |mi |su |es |fuera |pudiera* |tard* |otra |tengo |ya )[^;]*$",
        "(ustedes|usted|ellos|vosotros|han|ha) (\\w+ )?(han|ha|habéis|decidid*|elegid*|optad*|seleccionad*|descartad*) (\\w+ )?(decidido|elegido|optado|escogido|seleccionado|descartado|por)?[^;]*otr* (candidat*|persona)[^;]*",
        "(no|ya no) (\\w+ )?(estoy|estaré|me encuentro|puedo) (\\w+ )?(disponible|libre) (\\w+ )?({dia}|para (la|una|esa|esta) ({cita})|hasta|antes|después|a partir|de \\d+|entre|a esa|a las|por)[^,;]*",
        "({dia})[^,;]*(no|ya no) (\\w+ )?(estoy|estaré|podré|puedo)[^,;]*",
        "(cancelar|anular|aplazar|cambiar|mover|declinar|rechazar|posponer)[^,;]*({cita})[^,;]*",
        "(rechaz*|declin*|dicho que no a|dej* pasar|renunci* a) (\\w+ )?(la )?(otra|otro|otras|una|dos|su otra|varias)[^,;]*",
        "antes de (aceptar|firmar|decidir*|renunciar|retirar*)[^,;]*",
        "otr* candidat*",
    ),
    unless=("{pasado}",),
)

_OTHER_OFFER = Phrases(
    says=(
        "({otra}) (\\w+ ){0,2}({oferta})",
        "(he recibido|recibí|tengo|me han hecho|me han ofrecido|me hicieron|me ha llegado|me llegó|acabo de recibir|hay|cuento con|me ha hecho|me hace|me ofrecen|dispongo de|recibir|recibido|me han presentado|me han enviado|me han dado|me acaban de hacer|me acaban de|me ofrece|me ha ofrecido|me han propuesto|me proponen|valorando|estudiando|considerando|mantengo|manejo|poseo|obtuve|hecho|llegado) (\\w+ ){0,4}(una|un|dos|tres|varias|otra|otro|alguna) {adj}({oferta}|puesto|trabajo|empleo|plaza|ascenso)",
        "({oferta}) (\\w+ )?(firme |en firme |formal |por escrito |concreta |de trabajo |laboral |de empleo )*(de|en|con|por parte de) (otra|otro|otras|una empresa|la competencia|un competidor|mi (empresa|jefe))|(una|dos) ({oferta}) (\\w+ )?(encima de la mesa|sobre la mesa|en mano|en la mano|en firme|por escrito|pendiente)|(sobre|encima de) la mesa",
        "(otra|otro|una segunda) (\\w+ )?({empresa}) (\\w+ ){0,3}(me ha|me|ha|quiere|quieren|me han|espera|necesita|me pide) (\\w+ ){0,4}(ofrec*|hecho|propuest*|oferta|contrat*|respuesta|seleccionad*|elegid*|escogid*|conteste|decisión|aceptad*|dicho que sí|incorpor*)",
        "me (han|ha|acaban de|ofrecen|ofrece) (\\w+ )?(ofrecido|ofrecer|propuesto|ofrecieron|seleccionado|ofrec*|elegido|escogido) (\\w+ )?(un|una|el|otro|otra|la|en otra|en otro|para otro|para otra) (\\w+ ){0,2}({puesto}|ascenso|{empresa})",
        "(quieren|quiere|querrían|desean|pretenden) (contratarme|que (empiece|firme|me incorpore|conteste|trabaje|decida|me una))|me (quieren|quiere) (\\w+ )?(contratar|fichar|incorporar|en plantilla|en su)|(me|nos) (han|ha) (\\w+ )?(pasado|enviado|mandado|dado|puesto|entregado|preparado) (\\w+ ){0,3}(condiciones|contrato|papeles|precontrato|propuesta)|(llamaron|llamado|contactado|escrito) (\\w+ )?(de|desde|por) (otra|otro|una) (\\w+ )?({empresa}) (\\w+ ){0,3}(ofrec*|quier*|para|con)|me ofrecen (\\w+ )?(incorporarme|empezar|entrar|trabajar|un)",
        "contraoferta|contra-?oferta|(igualar|mejorar|superar) (\\w+ )?(la|esa|esta|su|dicha|otra) (\\w+ )?(oferta|propuesta|condiciones|cifra)|oferta (en otro|de otro|de otra|en otra)|(tengo que|debo|he de|quieren que|piden que|esperan que) (\\w+ )?(les )?(responder|contestar|dar respuesta|decir|firmar|conteste|responda|decida|firme) (\\w+ )?(a la otra|a otra|en la otra|con la otra|al otro|a los otros)",
        "(hay|tengo) (\\w+ )?otra (\\w+ )?({empresa}) (\\w+ ){0,4}(interesada|que|esperando|pendiente|quiere|y) (\\w+ ){0,6}(respuesta|conteste|decisión|contrat*|quier*|decida|oferta)",
    ),
    denied=(
        *_THIRD,
        "(no|ni|sin|nunca|tampoco|ninguna) (\\w+ ){0,4}({oferta})[^,;]*|ninguna (\\w+ )?({oferta})|no (tengo|he recibido|me han hecho) (ninguna )?(otra )?[^,;]*",
        "(si|cuando|en caso de|en cuanto|antes de|por si) (\\w+ ){0,4}(recib*|tuvi*|lleg*|surg*|hac*|ofre*|otra)[^,;]*({oferta})?[^,;]*",
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

_MAS = "(?:un poco|algo|más|unos|algunos|un par|dos|tres|cuatro|cinco|diez|unas|algunas|otros|otra|una|un|varios|bastante|unos cuantos|\\d+|hasta|mayor|el)"

_ASKS_TIME = Phrases(
    says=(
        f"(necesito|necesitaría|necesitaré|preciso|requiero|quisiera|querría|pediría|pido|solicito|agradecería|me gustaría|desearía|haría falta|hace falta|me vendría bien|rogaría|me hacen falta) (\\w+ )?(tener |pedir |pedirle |pedirles |contar con |disponer de |solicitar |que me dieran |que me diera |tomarme |un |de |todavía |aún |si es posible |al menos |me )*{_MAS} (\\w+ ){{0,3}}({{plazo}}|más|hasta)",
        f"(podría|podrían|puedo|pueden|puede|podéis|podría yo|sería posible|es posible|cabría|cabe|habría|posibilidad|me permite*|permítanme|permítame|hay opción) (\\w+ )?(\\w+ )?(tener|darme|contar con|disponer|tomarme|concederme|dejarme|dar|conceder|de|de darme|de tener|esperar|esperarme|tomarme|ampliar*|alargar) (\\w+ )?(de )?{_MAS} (\\w+ ){{0,2}}({{plazo}}|más|{{dia}}|\\d+)?",
        f"(darme|dame|denme|deme|dadme|concédanme|déjenme|déjeme|tomarme|tomaré|tomármelo|me den|me dieran|me diera|me concedan|me dé|me tome|dejarme) (\\w+ )?{_MAS} (\\w+ )?(\\w+ )?({{plazo}}|más|{{dia}}|\\d+)",
        "(tiempo|días|plazo|margen|horas|semana|rato) (\\w+ )?(para|de) (pensar*|decid*|reflexi*|valorar*|meditar*|consider*|consult*|habl*|estudi*|responder*|contest*|dar una respuesta|analiz*|tomar (la|una) decisión|darles)|más (tiempo|plazo|margen|días)|(un poco|algo) de (tiempo|margen)|(ampli*|prórrog*|extend*|alarg*|prolong*|aplaz*|pospon*|retras*|posterg*) (\\w+ )?(de |del |el |la |un |mi |este )*(\\w+ )?(plazo|fecha|decisión|respuesta|prórroga|límite|días|oferta)|prórroga|(plazo|fecha límite) (\\w+ ){0,3}(ampli*|muy corto|más largo|flexible|justo)",
        "(pensarlo|pensármelo|meditarlo|consultarlo|valorarlo|reflexionarlo|pensarme|consultar con|reflexionar|hablarlo|meditar|darle una vuelta|sopesar*|consultarlo con la almohada) (\\w+ )?(bien|mejor|con calma|un poco|con (mi|la)|en casa|unos|antes|sobre|hasta|todavía|aún|este|más|[.!,?]|$)",
        "(hablarlo|consultarlo|comentarlo|hablar) con (mi|la|el|mis)|(les|le|os|te) (\\w+ )?(contesto|respondo|digo|confirmo|aviso|daré|doy|contestaré|responderé|diré|confirmaré|avisaré|escribo|escribiré|comunico|comunicaré|haré saber|podré (decir|contestar|responder|confirmar)|puedo (decir|contestar|responder|confirmar)) (\\w+ ){0,4}(el|antes|la semana|mañana|en|cuando|pronto|a más tardar|como muy tarde|durante|dentro|a lo largo|tan pronto|en cuanto|a principios|a finales|después|{dia})",
        "(no puedo|no podría|aún no|todavía no|no he|no estoy en condiciones de|no me es posible|no sé todavía|no estoy) (\\w+ )?(\\w+ )?(decid*|contest*|respond*|dar* (una )?respuesta|tom* (una |la )?decisión|comprom*|list* para|segur* (de|del) todo|firmar) (\\w+ )?(tan (rápido|pronto)|hoy|ya|todavía|aún|ahora|inmediat*|de inmediato|antes|en este momento|todo|[.,!]|$)",
        "(esperar|esperarme|guardarme|paciencia|esperen|espérenme|esperaran) (\\w+ )?(unos|un poco|hasta|algo|mi respuesta|a que|un|el puesto)|(me lo|lo) (\\w+ )?(estoy pensando|tengo que pensar|pienso|pensaré|estoy valorando|tengo que hablar|hablo con)|(contestar|responder|decidir|dar una respuesta|darles una respuesta|confirmar) (\\w+ ){0,4}(más tarde|la semana que viene|la próxima semana|más adelante|el {dia}|hasta el|en unos días|después de)",
        "(puedo|podría|podré|me permite|me permiten|le importa que|les importa que) (\\w+ )?(contest*|respond*|confirm*|decirles|decirle|avis*|darles|darle) (\\w+ ){0,4}(la semana|el|mañana|más tarde|en|dentro|después|a finales|a principios|antes|{dia})|(hablar|consultar|comentar|tratar)(lo|los)? (\\w+ )?(antes |primero |todavía )?con (mi|mis|la) (\\w+ )?(familia|mujer|marido|pareja|esposa|esposo|padres|hijos|novia|novio)",
        "me (dan|da|dais|das|dejan|deja|conceden|concede) (\\w+ )?(un par|unos|algunos|más|un poco|hasta|dos|tres|una semana|otra|tiempo)|antes de (contestar|responder|decidir*|firmar|aceptar|dar*) (\\w+ )?(\\w+ )?(tengo|debo|necesito|quiero|me gustaría|prefiero)",
        "(posibilidad|opción|manera|forma) de (contestar|responder|decidir*|confirmar|esperar|aplazar*|ampliar*|darles)",
    ),
    denied=(
        "no (necesito|hace falta|quiero|preciso)[^,;]*",
        "(tóm*|tome*|tóme*)[^,;]*(tiempo|su tiempo)[^,;]*|(si|cuando) (ustedes|usted|necesit*)[^,;]*",
        "(preaviso|vacaciones|permiso|mudanza|trayecto|desde hace|aparcamiento|hace (dos|tres|unas|varias|\\d+))[^,;]*",
        "gracias [^,;]*tiempo[^,;]*",
        "(cuándo|cuando|cuánto tiempo|en qué plazo)[^,;]*",
        "(otra|la otra|el otro) (empresa|compañía)[^,;]*|(debo|tengo que|he de) (contestar|responder|dar una respuesta|darles una respuesta|decir*|firmar)[^,;]*|(quieren|piden|esperan|exigen)[^,;]*(respuesta|contest*|conteste|responda|decida)[^,;]*",
        "tras (\\w+ )?(pensarlo|meditarlo|reflexionar|pensar*)[^,;]*|después de (\\w+ )?(pensarlo|meditarlo|reflexionar|pensar*)[^,;]*",
    ),
    unless=("{pasado}",),
)

_WARM = Phrases(
    says=(
        "(muy|sigo|realmente|totalmente|sigo estando|sigo muy|absolutamente|verdaderamente|sumamente|por supuesto|claro|continúo|super|súper|plenamente|tan|bastante|continúo muy|igual de|enormemente|más que nunca|todavía|aún|más|estoy|profundamente) (\\w+ )?(muy |igual de |más que nunca |sigo )*(interesad*|ilusionad*|motivad*|entusiasmad*|encantad*|animad*|convencid*|emocionad*)",
        "me (\\w+ )?(interesa|encanta|encantaría|ilusiona|apasiona|entusiasma|motiva|gustó mucho|atrae|gusta mucho|fascina|apetece|hace mucha ilusión|hace ilusión|haría ilusión|haría mucha ilusión|gustaría mucho|sigue interesando|gustó muchísimo|ilusionaría)(?! (saber|conocer|preguntar|pedir|retirar|tener más tiempo))",
        "(confirm*|reiter*|manif*|mant*|reafirm*|expres*|renov*|transmitir*|mostrar) (\\w+ )?(\\w+ )?(mi|todo mi|el) (\\w+ )?(interés|entusiasmo|ilusión|motivación)|(mi|gran|mucho|todo mi|máximo|enorme) (\\w+ )?(interés|ilusión|entusiasmo) (\\w+ )?(en|por|sigue|es|intacto|se mantiene|permanece|continúa|no ha)|(interés|ilusión) (\\w+ ){0,3}(intact*|igual|sigue)|(sigue|siguen) (\\w+ )?interesándome|(tengo|con|mantengo|sigo con|sigo teniendo) (\\w+ )?(mucho|gran|todo el|mucha|muchas|muchísim*|total|toda la) (\\w+ )?(interés|ilusión|ganas|entusiasmo)",
        "(con|tengo|tenía) (muchas|muchísimas|todas las|unas) ganas|(ganas|deseando|ansios*|impaciente*) (\\w+ )?(de|por|en)? ?(\\w+ )?(empezar|trabajar|conocer|conocerles|incorporarme|formar|volver|unirme|participar|continuar|verles|comenzar|seguir|sumarme|visitar|que llegue|aportar|hablar)|no veo la hora de|tengo ganas de",
        "(sería|será|es|supondría) (\\w+ )?(un placer|un honor|un orgullo|una alegría|un sueño|encantad*|un privilegio|una ilusión|una gran oportunidad|el trabajo de mis sueños|mi sueño) ?",
        "(estaría|estaré|estoy|quedo) (\\w+ )?(encantad*|feliz|content*|emocionad*|dispuest* a|ilusionad*|orgullos*|list* para|deseando) (\\w+ )?(de|por|con|en|a|para)? ?(poder )?(aceptar|unirme|formar|trabajar|incorporarme|continuar|seguir|empezar|participar|colaborar|avanzar|sumarme|asumir|la|el|su|pasar|conocer|volver)",
        "(me gustaría|quiero|quisiera|deseo|desearía|querría|espero) (\\w+ )?(mucho |seguir |poder |realmente |de verdad |continuar )*(\\w+ )?(trabajar (con|en|para)|formar parte|unirme|incorporarme|seguir (adelante|en el|con el|participando)|continuar (en|con|adelante)|pertenecer|sumarme|aceptar (la|su|el)|avanzar|este puesto|el puesto)",
        "(sí|que sí),? (\\w+ )?(quiero|me interesa|acepto|cuenten)|(quiero|querría) (ese|este|el) (trabajo|puesto|empleo)|(interés|interesad*) ?[:,] ?(sí|mucho|total)|(primera|mejor|mi) (opción|elección|preferencia)|(trabajo|puesto|empresa) (\\w+ )?(de mis sueños|soñad*|ideal)|(prefiero|preferiría) (\\w+ )?(su|vuestra|trabajar con|a ustedes|esta)|(justo|exactamente|precisamente) lo que (\\w+ )?(busc*|quer*|quier*|estaba buscando|estoy buscando)|mi favorit*|encaja (perfectamente|muy bien|totalmente) (conmigo|con lo)",
        "(acepto|aceptar|acepto con) (\\w+ )?(encantad* |con (mucho gusto|ilusión|alegría|gusto|placer) |gustosamente )?(la|su|vuestra|el|esta) (\\w+ )?(oferta|propuesta|puesto)|cuenten conmigo|cuente conmigo|contad conmigo|(por supuesto|claro) que sí|es un sí|mi respuesta es (un )?sí|(entrevista|equipo|empresa|visita|charla|proyecto|conversación|puesto|ambiente) (\\w+ ){0,6}(me (ha )?(encant*|gust* much*|entusiasm*|convenc*|ilusion*|dej* muy)|me parec* (muy )?(interesante|genial|estupend*|fantástic*|apasionante))",
        "(haría|hace|hizo|da|daría|qué) (\\w+ )?(much*|muchísima|tanta|una) ilusión|qué (ilusión|alegría|buena noticia|gran noticia|maravilla)|(gran|buena|excelente|estupenda|magnífica|fantástica) noticia|acepto ?([.!,]|$)|(me veo|me imagino) (\\w+ )?(trabajando|en su|con ustedes|en el equipo|ahí)|mi interés (\\w+ ){0,3}(sigue|no ha cambiado|se mantiene|intacto)",
        "me encantó (\\w+ )?(conocer*|hablar|visitar|la|el|ver|vuestr*|su|todo)",
    ),
    denied=(
        *_THIRD,
        "(ya no|no|nunca|tampoco|poco|menos|ni) (\\w+ ){0,3}(interes*|ilusion*|motiv*|encant*|entusias*|convenc*|gust*|ganas|apetec*|segur*|apasion*|atrae)[^,;]*",
        "no (me|estoy|sigo|tengo|es) [^,;]*",
        "(me gustaría|quisiera|me interesa|me interesaría|quiero|me encantaría|desearía|querría|interesad* en) (\\w+ )?(saber|conocer (el|la|los|más|cuándo|si)|preguntar*|pedir*|tener (más|unos|un)|consultar|que me|recibir|retirar*|disponer|más tiempo|agradecer|dar|darme|darles|informar*|comentar*|plante*)[^;]*",
        "(aunque|a pesar de|pese a|por mucho que)[^,;]*",
        "(habría|hubiera|hubiese|estaba(?! (busc*|quer*))|era|estuve) [^,;]*",
        "(ganas|deseando|impaciente) [^.;]*(respuesta|noticias|resultado)[^.;]*",
        "(me alegr*|content* por)[^,;]*",
    ),
    unless=(
        "lamentablemente|desgraciadamente|por desgracia|lo siento|siento comunicar*|retiro mi",
        "{pasado}",
    ),
)

_QUESTION = Phrases(
    says=(
        "(me gustaría|quisiera|quería|querría|quiero|desearía|me interesaría|agradecería|deseo|necesito|necesitaría|me encantaría|me interesa) (\\w+ ){0,2}(saber|preguntar*|conocer|consultar*|aclarar|que me (dij*|aclar*|inform*|confirm*|indic*|explic*)|información|más información|hacerle* una|hacer una|entender|confirmar si|enterarme|averiguar|plantear* una)",
        "(podría|podrían|puede|pueden|podríais|podéis|puedes|podrías|pudiera|pudieran|sería tan amable de|serían tan amables de|me) (\\w+ )?(\\w+ )?(decirme|confirmarme|indicarme|aclararme|informarme|explicarme|decir|aclarar|indicar|confirmar|facilitarme|detallarme|darme (más )?(información|detalles)|enviarme (más|los|la)|avisarme|orientarme|contarme|especificar*) (\\w+ ){0,4}(si|cuándo|cuando|cómo|como|cuánt*|cuant*|qué|que|cuál*|cual*|dónde|donde|el|la|los|las|quién|sobre|por qué|más)",
        "(díganme|dígame|indíquenme|confírmenme|confírmeme|decidme|dime|aclárenme|avísenme|háganme saber|hágame saber|infórmenme|explíquenme|indíqueme) (\\w+ ){0,2}(si|cuándo|cuando|cómo|como|cuánt*|cuant*|qué|cuál*|cual*|dónde|donde|el|la|los|las)(?! (necesita*|desea*|les (parece|viene)|le (parece|viene)))",
        "(tengo|tendría|me queda|me quedan|tenía|hacer|hacerles|hacerle|me surge*|queda|con|solo|sólo|quedan) (\\w+ )?(una|dos|tres|algunas|unas|varias|otra|alguna|un par de) (\\w+ )?(\\w+ )?(pregunta|preguntas|duda|dudas|consulta|consultas|cuestión|cuestiones)",
        "(mi|la|una|otra) (\\w+ )?(pregunta|duda|consulta|cuestión) (\\w+ )?(es|sería|:|sobre|acerca|respecto|relacionada|rápida)",
        "(me pregunt*|no sé|no me queda claro|no tengo claro|desconozco|no me quedó claro|no entiendo|ignoro|tengo la duda de|me surge la duda de|la duda de|no estoy segur* de|no está claro|me preguntaba|saber|preguntar*|queda claro) (\\w+ )?(si|cuándo|cómo|cuánt*|qué|cuál*|dónde|quién|por qué|sobre|por)(?! (mismo|acaso|aceptar|seguir|podré|voy))",
        "^(y |hola |por cierto |también |además |pero )*(cuándo|cuánto (es|se|cobr*|pagan|dura|tiempo|gana*)|cuál|cuáles|dónde|qué (horario|salario|tipo|días|pasa|sueldo|documentos|turno)|cómo (es|será|puedo|funciona|va|sigue|está)|hay (alguna|algún|posibilidad|noticias|novedades)|tienen|tiene (usted|alguna|algún)|es posible|sería posible|saben|sabe (si|cuándo|usted)|puedo|podría|se sabe) [^.!]*\\.?$",
        "(alguna|hay|tienen) (novedad|noticia|novedades|noticias|información) (\\w+ )?(sobre|de|del|respecto|acerca)",
    ),
    denied=(
        "(ninguna|sin|no tengo|cualquier|si tiene*|sus|alguna otra|más) (\\w+ )?(más )?(pregunta|duda|consulta|preguntas|dudas|consultas)[^.?;]*",
        "(quedo a su|a su disposición|no dude*)[^.?;]*",
        "(les|le|os) (\\w+ )?(diré|digo|aviso|avisaré|informo|informaré|haré saber|confirmo|confirmaré|cuento)[^.?;]*",
        "(avís*|dígan*|dígame|háganme)[^.?;]*(si necesita*|si desea*|si les|si le|cualquier|lo que necesit*)[^.?;]*",
        "sin duda",
    ),
)

LANGUAGE = Language(
    phrases={
        Meaning.STOP: _STOP,
        Meaning.WITHDRAWS: _WITHDRAWS,
        Meaning.OTHER_OFFER: _OTHER_OFFER,
        Meaning.ASKS_TIME: _ASKS_TIME,
        Meaning.WARM: _WARM,
        Meaning.QUESTION: _QUESTION,
    },
    words={**_WORDS, "_quizas": _QUIZAS},
)
