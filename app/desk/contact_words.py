"""The words of the candidates' pages, in the four languages in which candidates are written to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Words:
    """One language. ``{company}`` and ``{job}`` are put in."""

    stop_title: str
    stop_why: str
    stop: str
    choose: str
    stopped_title: str
    stopped_why: str
    title: str
    about: str
    pause: str
    pause_why: str
    important: str
    important_why: str
    nurture: str
    nurture_why: str
    language: str
    as_usual: str
    time_zone: str
    time_zone_why: str
    save: str
    saved: str
    unknown_title: str
    unknown_why: str
    wrong: str


_EN = Words(
    stop_title="Stop these messages?",
    stop_why="You will get no more messages from {company} about staying in touch, other roles or surveys. "
    "Answers about an application of yours still reach you.",
    stop="Yes, stop them",
    choose="Choose what we write to you about",
    stopped_title="They are stopped",
    stopped_why="We do not write to you any more to stay in touch. You need to do nothing else.",
    title="What we write to you about",
    about="Your application: {job}",
    pause="No reminders about this application",
    pause_why="We do not ask you again about questions or offers that wait for your answer.",
    important="Important messages only",
    important_why="Answers, appointments, decisions, offers and dates that we promised you; nothing else.",
    nurture="No messages to stay in touch",
    nurture_why="Nothing about other roles, our talent pool or surveys.",
    language="Language",
    as_usual="As before",
    time_zone="Time zone",
    time_zone_why="We write to you in your working hours and give times as your clock shows them.",
    save="Save",
    saved="Saved. It counts from now on.",
    unknown_title="This link does not work",
    unknown_why="A part of it may be missing. Open it from our message again, or reply to that message.",
    wrong="Something on the page was not understood. Please choose again.",
)
_DE = Words(
    stop_title="Diese Nachrichten abbestellen?",
    stop_why="Sie erhalten von {company} keine Nachrichten mehr zum Kontakthalten, zu anderen Stellen oder "
    "mit Umfragen. Antworten zu einer eigenen Bewerbung erreichen Sie weiterhin.",
    stop="Ja, abbestellen",
    choose="Auswählen, worüber wir Ihnen schreiben",
    stopped_title="Abbestellt",
    stopped_why="Wir schreiben Ihnen nicht mehr, um in Kontakt zu bleiben. Mehr müssen Sie nicht tun.",
    title="Worüber wir Ihnen schreiben",
    about="Ihre Bewerbung: {job}",
    pause="Keine Erinnerungen zu dieser Bewerbung",
    pause_why="Wir fragen nicht noch einmal nach, wenn eine Frage oder ein Angebot auf Ihre Antwort wartet.",
    important="Nur wichtige Nachrichten",
    important_why="Antworten, Termine, Entscheidungen, Angebote und zugesagte Daten; sonst nichts.",
    nurture="Keine Nachrichten zum Kontakthalten",
    nurture_why="Nichts zu anderen Stellen, zu unserem Talentpool oder zu Umfragen.",
    language="Sprache",
    as_usual="Wie bisher",
    time_zone="Zeitzone",
    time_zone_why="Wir schreiben in Ihren Arbeitszeiten und nennen Uhrzeiten so, wie Ihre Uhr sie zeigt.",
    save="Speichern",
    saved="Gespeichert. Es gilt ab sofort.",
    unknown_title="Dieser Link funktioniert nicht",
    unknown_why="Vielleicht fehlt ein Teil. Öffnen Sie ihn noch einmal aus unserer Nachricht, oder antworten "
    "Sie auf diese Nachricht.",
    wrong="Etwas auf der Seite war nicht zu verstehen. Bitte wählen Sie noch einmal.",
)
_FR = Words(
    stop_title="Ne plus recevoir ces messages ?",
    stop_why="Vous ne recevrez plus de messages de {company} pour garder le contact, sur d’autres postes ou "
    "pour des enquêtes. Les réponses à une candidature vous parviendront toujours.",
    stop="Oui, ne plus les recevoir",
    choose="Choisir ce que nous vous écrivons",
    stopped_title="C’est fait",
    stopped_why="Nous ne vous écrivons plus pour garder le contact. Vous n’avez rien d’autre à faire.",
    title="Ce que nous vous écrivons",
    about="Votre candidature : {job}",
    pause="Pas de rappels pour cette candidature",
    pause_why="Nous ne vous relançons pas quand une question ou une offre attend votre réponse.",
    important="Seulement les messages importants",
    important_why="Réponses, rendez-vous, décisions, offres et dates promises ; rien d’autre.",
    nurture="Pas de messages pour garder le contact",
    nurture_why="Rien sur d’autres postes, notre vivier de talents ou des enquêtes.",
    language="Langue",
    as_usual="Comme avant",
    time_zone="Fuseau horaire",
    time_zone_why="Nous écrivons pendant vos heures de travail et donnons les heures de votre montre.",
    save="Enregistrer",
    saved="Enregistré. C’est valable dès maintenant.",
    unknown_title="Ce lien ne fonctionne pas",
    unknown_why="Il en manque peut-être une partie. Ouvrez-le à nouveau depuis notre message, ou répondez à "
    "ce message.",
    wrong="Un choix n’a pas été compris. Veuillez choisir à nouveau.",
)
_ES = Words(
    stop_title="¿Dejar de recibir estos mensajes?",
    stop_why="No recibirá más mensajes de {company} para mantener el contacto, sobre otros puestos o con "
    "encuestas. Las respuestas sobre una candidatura suya le seguirán llegando.",
    stop="Sí, dejar de recibirlos",
    choose="Elegir sobre qué le escribimos",
    stopped_title="Ya está",
    stopped_why="Ya no le escribimos para mantener el contacto. No tiene que hacer nada más.",
    title="Sobre qué le escribimos",
    about="Su candidatura: {job}",
    pause="Sin recordatorios sobre esta candidatura",
    pause_why="No volvemos a preguntar cuando una pregunta o una oferta espera su respuesta.",
    important="Solo mensajes importantes",
    important_why="Respuestas, citas, decisiones, ofertas y fechas prometidas; nada más.",
    nurture="Sin mensajes para mantener el contacto",
    nurture_why="Nada sobre otros puestos, nuestra bolsa de talento o encuestas.",
    language="Idioma",
    as_usual="Como hasta ahora",
    time_zone="Zona horaria",
    time_zone_why="Le escribimos en su horario laboral y damos las horas de su reloj.",
    save="Guardar",
    saved="Guardado. Vale desde ahora.",
    unknown_title="Este enlace no funciona",
    unknown_why="Quizá falte una parte. Ábralo de nuevo desde nuestro mensaje, o responda a ese mensaje.",
    wrong="No se ha entendido algo de la página. Elija de nuevo, por favor.",
)

WORDS: Mapping[str, Words] = MappingProxyType({"en": _EN, "de": _DE, "fr": _FR, "es": _ES})
NAMES: Mapping[str, str] = MappingProxyType(
    {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
)
"""Each language in its own words."""
