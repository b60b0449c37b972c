"""Spanish: asks for time, is interested, asks a question."""

# ruff: noqa: E501  # a frame is read in one piece

from app.replies.phrases.es.words import THIRD
from app.replies.phrases.meaning import Phrases

_MAS = "(?:un poco|algo|más|unos|algunos|un par|dos|tres|cuatro|cinco|diez|unas|algunas|otros|otra|una|un|varios|bastante|unos cuantos|\\d+|hasta|mayor|el)"

ASKS_TIME = Phrases(
    says=(
        f"(necesito|necesitaría|necesitaré|preciso|requiero|quisiera|querría|pediría|pido|solicito|agradecería|me gustaría|desearía|haría falta|hace falta|me vendría bien|rogaría|me hacen falta) (\\w+ )?(tener |pedir |pedirle |pedirles |contar con |disponer de |solicitar |que me dieran |que me diera |tomarme |un |de |todavía |aún |si es posible |al menos |me )*{_MAS} (\\w+ ){{0,3}}({{plazo}}|más|hasta)",
        f"(podría|podrían|puedo|pueden|puede|podéis|podría yo|sería posible|es posible|cabría|cabe|habría|posibilidad|me permite*|permítanme|permítame|hay opción) (\\w+ )?(\\w+ )?(tener|darme|contar con|disponer|tomarme|concederme|dejarme|dar|conceder|de|de darme|de tener|esperar|esperarme|tomarme|ampliar*|alargar) (\\w+ )?(de )?{_MAS} (\\w+ ){{0,2}}({{plazo}}|más|{{dia}}|\\d+)?",
        f"(darme|dame|denme|deme|dadme|concédanme|déjenme|déjeme|tomarme|tomaré|tomármelo|me den|me dieran|me diera|me concedan|me dé|me tome|dejarme) (\\w+ )?{_MAS} (\\w+ )?(\\w+ )?({{plazo}}|más|{{dia}}|\\d+)",
        "(tiempo|días|plazo|margen|horas|semana|rato) (\\w+ )?(para|de) (pensar*|decid*|reflexi*|valorar*|meditar*|consider*|consult*|habl*|estudi*|responder*|contest*|dar una respuesta|analiz*|tomar (la|una) decisión|darles)|más (tiempo|plazo|margen|días)|(un poco|algo) de (tiempo|margen)|(ampli*|prórrog*|extend*|alarg*|prolong*|aplaz*|pospon*|retras*|posterg*) (\\w+ )?(de |del |el |la |un |mi |este )*(\\w+ )?(plazo|fecha|decisión|respuesta|prórroga|límite|días|oferta)|prórroga|(plazo|fecha límite) (\\w+ ){0,3}(ampli*|muy corto|más largo|flexible|justo)",
        "(pensarlo|pensármelo|meditarlo|consultarlo|valorarlo|reflexionarlo|pensarme|consultar con|reflexionar|hablarlo|meditar|darle una vuelta|sopesar*|consultarlo con la almohada) (\\w+ )?(bien|mejor|con calma|un poco|con (mi|la)|en casa|unos|antes|sobre|hasta|todavía|aún|este|más|[.!,?]|$)",
        "(hablarlo|consultarlo|comentarlo|hablar) con (mi|la|el|mis)|(les|le|os|te) (\\w+ )?(contesto|respondo|digo (?:algo|sí|si)|daré|doy|contestaré|responderé|diré (?:algo|sí|si)|podré (decir|contestar|responder|confirmar)|puedo (decir|contestar|responder|confirmar)) (\\w+ ){0,4}(el|antes|la semana|mañana|en|cuando|pronto|a más tardar|como muy tarde|durante|dentro|a lo largo|tan pronto|en cuanto|a principios|a finales|después|{dia})",
        "(no puedo|no podría|aún no|todavía no|no he|no estoy en condiciones de|no me es posible|no sé todavía|no estoy) (\\w+ )?(\\w+ )?(decid*|contest*|respond*|dar* (una )?respuesta|tom* (una |la )?decisión|comprom*|list* para|segur* (de|del) todo|firmar) (\\w+ )?(tan (rápido|pronto)|hoy|ya|todavía|aún|ahora|inmediat*|de inmediato|antes|en este momento|todo|[.,!]|$)",
        "(esperar|esperarme|guardarme|paciencia|esperen|espérenme|esperaran) (\\w+ )?(unos|un poco|hasta|algo|mi respuesta|a que|un|el puesto)|(me lo|lo) (\\w+ )?(estoy pensando|tengo que pensar|pienso|pensaré|estoy valorando|tengo que hablar|hablo con)|(contestar|responder|decidir|dar una respuesta|darles una respuesta|confirmar) (\\w+ ){0,4}(más tarde|la semana que viene|la próxima semana|más adelante|el {dia}|hasta el|en unos días|después de)",
        "(puedo|podría|podré|me permite|me permiten|le importa que|les importa que) (\\w+ )?(contest*|respond*|confirm*|decirles|decirle|avis*|darles|darle) (\\w+ ){0,4}(la semana|el|mañana|más tarde|en|dentro|después|a finales|a principios|antes|{dia})|(hablar|consultar|comentar|tratar)(lo|los)? (\\w+ )?(antes |primero |todavía )?con (mi|mis|la) (\\w+ )?(familia|mujer|marido|pareja|esposa|esposo|padres|hijos|novia|novio)",
        "me (dan|da|dais|das|dejan|deja|conceden|concede) (\\w+ )?(un par|unos|algunos|más|un poco|hasta|dos|tres|una semana|otra|tiempo)|antes de (contestar|responder|decidir*|firmar|aceptar|dar*) (\\w+ )?(\\w+ )?(tengo|debo|necesito|quiero|me gustaría|prefiero)",
        "(posibilidad|opción|manera|forma) de (contestar|responder|decidir*|confirmar|esperar|aplazar*|ampliar*|darles)",
        "(con la almohada|darle (una|unas|un par de) vuelt*|hacer (mis )?(números|cuentas)|no (quiero )?precipit*|dejarlo reposar|(algo|un poco) (más )?de (margen|paciencia)|pensárm*|sin prisas?)|(quiero|prefiero|quisiera|me gustaría|necesito|tengo que|debo) (\\w+ )?(pensar*|consultar*|hablar*|valorar*|meditar*|reflexionar|sopesar*) (\\w+ )?(bien|antes|con|primero|un|este|todo|la|unos|las|el|lo)|(les|le|os) (\\w+ )?(diga|responda|conteste|confirme) (\\w+ )?(el|la|en|más|dentro|después|a)|(contesto|respondo|digo algo|confirmo) (\\w+ )?(el|la semana|en|mañana|pasado|antes|después|sin falta)",
    ),
    denied=(
        "no (necesito|hace falta|quiero|preciso)[^,;]*",
        "(tóm*|tome*|tóme*)[^,;]*(tiempo|su tiempo)[^,;]*|(si|cuando) (ustedes|usted|necesit*)[^,;]*",
        "(preaviso|vacaciones|permiso|mudanza|trayecto|desde hace|aparcamiento|hace (dos|tres|unas|varias|\\d+))[^,;]*",
        "gracias [^,;]*tiempo[^,;]*",
        "(cuándo|cuando|cuánto tiempo|en qué plazo)[^,;]*",
        "(otra|la otra|el otro) (empresa|compañía)[^,;]*|(debo|tengo que|he de) (contestar|responder|dar una respuesta|darles una respuesta|decir*|firmar)[^,;]*|(quieren|piden|esperan|exigen)[^,;]*(respuesta|contest*|conteste|responda|decida)[^,;]*",
        "tras (\\w+ )?(pensarlo|meditarlo|reflexionar|pensar*)[^,;]*|después de (\\w+ )?(pensarlo|meditarlo|reflexionar|pensar*)[^,;]*",
        "[^,;]*(certificado*|documentos?|documentación|papeles|título*|{cita}|empezar|incorporarme|comenzar|visado|formulario)[^,;]*",
    ),
    unless=("{pasado}",),
)

WARM = Phrases(
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
        "(ojos cerrados|no (me )?lo (dudo|pienso)|sin dudarlo|ni lo dudo|de cabeza|muero por|me muero de ganas|no quepo en mí|dónde (hay que )?firm*|la respuesta (\\w+ )?es (que )?sí)|(mantengo|mantener|sigue|continúa) (\\w+ )?(mi|en pie mi|vigente mi) candidatura|mi candidatura (\\w+ )?(sigue|se mantiene|continúa|está) (\\w+ )?(en pie|vigente|adelante)?|(nada|no) ha cambiado (\\w+ )?(por mi parte|para mí)|(preferiría|prefiero) (\\w+ )?(esperar*|trabajar|ir|irme|entrar|empezar) (\\w+ )?(a ustedes|con ustedes|en su|con vosotros|a vosotros|ahí|por ustedes)|(qué|muy|tan|súper) (content*|feliz|ilusionad*|buena noticia|contento)",
        "(las )?mismas ganas|ojalá (\\w+ )?(pueda|me|sea|salga)|convencid* de que (\\w+ ){0,3}(mi sitio|mi lugar|lo mío|el puesto)",
    ),
    denied=(
        *THIRD,
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

QUESTION = Phrases(
    says=(
        "(me gustaría|quisiera|quería|querría|quiero|desearía|me interesaría|agradecería|deseo|necesito|necesitaría|me encantaría|me interesa) (\\w+ ){0,2}(saber|preguntar*|conocer|consultar*|aclarar|que me (dij*|aclar*|inform*|confirm*|indic*|explic*)|información|más información|hacerle* una|hacer una|entender|confirmar si|enterarme|averiguar|plantear* una)",
        "(podría|podrían|puede|pueden|podríais|podéis|puedes|podrías|pudiera|pudieran|sería tan amable de|serían tan amables de|me) (\\w+ )?(\\w+ )?(decirme|confirmarme|indicarme|aclararme|informarme|explicarme|decir|aclarar|indicar|confirmar|facilitarme|detallarme|darme (más )?(información|detalles)|enviarme (más|los|la)|avisarme|orientarme|contarme|especificar*) (\\w+ ){0,4}(si|cuándo|cuando|cómo|como|cuánt*|cuant*|qué|que|cuál*|cual*|dónde|donde|el|la|los|las|quién|sobre|por qué|más)",
        "(díganme|dígame|indíquenme|confírmenme|confírmeme|decidme|dime|aclárenme|avísenme|háganme saber|hágame saber|infórmenme|explíquenme|indíqueme) (\\w+ ){0,2}(a qué|si|cuándo|cuando|cómo|como|cuánt*|cuant*|qué|cuál*|cual*|dónde|donde|el|la|los|las)(?! (necesita*|desea*|les (parece|viene)|le (parece|viene)))",
        "(tengo|tendría|me queda|me quedan|tenía|hacer|hacerles|hacerle|me surge*|queda|con|solo|sólo|quedan) (\\w+ )?(una|dos|tres|algunas|unas|varias|otra|alguna|un par de) (\\w+ )?(\\w+ )?(pregunta|preguntas|duda|dudas|consulta|consultas|cuestión|cuestiones)",
        "(mi|la|una|otra) (\\w+ )?(pregunta|duda|consulta|cuestión) (\\w+ )?(es|sería|:|sobre|acerca|respecto|relacionada|rápida)",
        "(me pregunt*|no sé|no me queda claro|no tengo claro|desconozco|no me quedó claro|no entiendo|ignoro|tengo la duda de|me surge la duda de|la duda de|no estoy segur* de|no está claro|me preguntaba|saber|preguntar*|queda claro) (\\w+ )?(si|cuándo|cómo|cuánt*|qué|cuál*|dónde|quién|por qué|sobre|por)(?! (mismo|acaso|aceptar|seguir|podré|voy|puedo|podría|me|estaré|volveré))",
        "^(y |hola |por cierto |también |además |pero |otra cosa,? |una cosa,? |una pregunta,? )*(hay que|cuándo|cuánto (es|se|cobr*|pagan|dura|tiempo|gana*)|cuál|cuáles|dónde|qué (horario|salario|tipo|días|pasa|sueldo|documentos|turno)|cómo (es|será|puedo|funciona|va|sigue|está)|hay (alguna|algún|posibilidad|noticias|novedades)|tienen|tiene (usted|alguna|algún)|es posible|sería posible|saben|sabe (si|cuándo|usted)|puedo|podría|se sabe) [^.!]*\\.?$",
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
