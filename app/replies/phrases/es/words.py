"""Spanish: word classes, and what people say of others."""

# ruff: noqa: E501  # a frame is read in one piece

WORDS = {
    "quizas": "quizá*|tal vez|a lo mejor|posiblemente|estoy pensando en|me planteo|estoy (?:considerando|valorando|dudando)|podría (?:tener que )?(?:retirar|aceptar|irme)|tendría que|me vería obligad*|de lo contrario|si no|en caso de|a menos|salvo que|a no ser|no sé si|dudo (?:si|entre)|puede que|es posible que",
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

THIRD = (
    "(mi|un|una|el|la|su|nuestro|nuestra|este|esta) (\\w+ )?({quien}) (?!y yo)[^,;]*",
    "(él|ella|quien) (ha|se ha|había) [^,;]*",
)
