"""The words of the approval page, in the four languages in which the team is written to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.messages.dates import locale_of
from app.messages.library import DEFAULT_LOCALE


@dataclass(frozen=True, slots=True)
class Words:
    """One language. What stands in braces is put in."""

    brand: str
    title: str
    to: str
    job: str
    what: str
    written_by: str
    template: str
    model: str
    promises: str
    leaves: str
    not_before: str
    at_once: str
    waits_since: str
    error: str
    warning: str
    info: str
    found: str
    sources: str
    rephrased: str
    yes: str
    stopped: str
    change: str
    subject: str
    text: str
    checked_again: str
    keep: str
    refuse: str
    why_not: str
    still_owed: str
    cards: str
    cards_why: str
    pick: str
    becomes: str
    renew: str
    resend: str


_EN = Words(
    brand="Heardback for {company}",
    title="May this be sent?",
    to="To",
    job="Job",
    what="What",
    written_by="Written by",
    template="a template",
    model="a language model",
    promises="Promises",
    leaves="Leaves",
    not_before="not before {time}",
    at_once="in the reader's next open hour, as soon as you allow it",
    waits_since="Waits since",
    error="Must be mended:",
    warning="Worth a look:",
    info="For your information:",
    found="What the checks found",
    sources="Where the marked sentences come from",
    rephrased="Rephrased by a language model: the template's own words",
    yes="Yes, send it",
    stopped="It cannot be sent as it is: change the words first.",
    change="Change the words",
    subject="Subject",
    text="Words",
    checked_again="They are checked again, and you see them once more before they are sent.",
    keep="Keep the change",
    refuse="Do not send it",
    why_not="Why not?",
    still_owed="The candidate is still owed an answer: the clock keeps running.",
    cards="Something specific from the scorecards",
    cards_why="Written for the team: the candidate reads it only if you take it. The message is then written "
    "anew from its template, and you see it once more before it is sent.",
    pick="Take this into the message",
    becomes="as {fact}",
    renew="Show the new words",
    resend="Send me a new link",
)
_DE = Words(
    brand="Heardback für {company}",
    title="Darf das gesendet werden?",
    to="An",
    job="Stelle",
    what="Art",
    written_by="Geschrieben von",
    template="einer Vorlage",
    model="einem Sprachmodell",
    promises="Zugesagtes Datum",
    leaves="Versand",
    not_before="frühestens {time}",
    at_once="nach Ihrer Freigabe, in der nächsten Arbeitszeit der Person",
    waits_since="Wartet seit",
    error="Muss geändert werden:",
    warning="Bitte ansehen:",
    info="Zur Kenntnis:",
    found="Was die Prüfung ergeben hat",
    sources="Woher die markierten Sätze stammen",
    rephrased="Von einem Sprachmodell umformuliert: der Text der Vorlage",
    yes="Ja, senden",
    stopped="So kann die Nachricht nicht gesendet werden: Ändern Sie zuerst den Text.",
    change="Text ändern",
    subject="Betreff",
    text="Text",
    checked_again="Der Text wird noch einmal geprüft, und Sie sehen ihn vor dem Senden noch einmal.",
    keep="Änderung übernehmen",
    refuse="Nicht senden",
    why_not="Warum nicht?",
    still_owed="Eine Antwort steht weiter aus: Die Frist läuft weiter.",
    cards="Etwas Persönliches aus den Bewertungsbögen",
    cards_why="Für das Team geschrieben: In die Nachricht kommt es nur, wenn Sie es übernehmen. Die "
    "Nachricht wird dann aus ihrer Vorlage neu geschrieben, und Sie sehen sie vor dem Senden noch einmal.",
    pick="In die Nachricht übernehmen",
    becomes="als: {fact}",
    renew="Neuen Text zeigen",
    resend="Neuen Link senden",
)
_FR = Words(
    brand="Heardback pour {company}",
    title="Ce message peut-il partir ?",
    to="À",
    job="Poste",
    what="Type",
    written_by="Rédigé par",
    template="un modèle de message",
    model="un modèle de langage",
    promises="Date promise",
    leaves="Départ",
    not_before="pas avant le {time}",
    at_once="après votre accord, aux prochaines heures de travail de la personne",
    waits_since="Attend depuis le",
    error="À corriger :",
    warning="À regarder :",
    info="Pour information :",
    found="Résultat des vérifications",
    sources="D’où viennent les phrases marquées",
    rephrased="Reformulé par un modèle de langage : le texte d’origine",
    yes="Oui, l’envoyer",
    stopped="Le message ne peut pas partir tel quel : modifiez d’abord le texte.",
    change="Modifier le texte",
    subject="Objet",
    text="Texte",
    checked_again="Le texte est vérifié à nouveau, et vous le relisez avant l’envoi.",
    keep="Garder la modification",
    refuse="Ne pas l’envoyer",
    why_not="Pourquoi ?",
    still_owed="Une réponse reste due : l’échéance continue de courir.",
    cards="Un point précis tiré des fiches d’évaluation",
    cards_why="Écrit pour l’équipe : la personne ne le lit que si vous le reprenez. Le message est alors "
    "rédigé à nouveau à partir de son modèle, et vous le relisez avant l’envoi.",
    pick="Reprendre dans le message",
    becomes="comme : {fact}",
    renew="Afficher le nouveau texte",
    resend="M’envoyer un nouveau lien",
)
_ES = Words(
    brand="Heardback para {company}",
    title="¿Se puede enviar este mensaje?",
    to="Para",
    job="Puesto",
    what="Tipo",
    written_by="Escrito por",
    template="una plantilla",
    model="un modelo de lenguaje",
    promises="Fecha prometida",
    leaves="Salida",
    not_before="no antes del {time}",
    at_once="tras su aprobación, en el próximo horario laboral de la persona",
    waits_since="Espera desde el",
    error="Hay que corregirlo:",
    warning="Conviene mirarlo:",
    info="Para su información:",
    found="Resultado de las comprobaciones",
    sources="De dónde vienen las frases marcadas",
    rephrased="Reformulado por un modelo de lenguaje: el texto de la plantilla",
    yes="Sí, enviarlo",
    stopped="Así no se puede enviar: cambie primero el texto.",
    change="Cambiar el texto",
    subject="Asunto",
    text="Texto",
    checked_again="El texto se comprueba de nuevo y usted lo ve otra vez antes del envío.",
    keep="Guardar el cambio",
    refuse="No enviarlo",
    why_not="¿Por qué no?",
    still_owed="Se sigue debiendo una respuesta: el plazo continúa.",
    cards="Algo concreto de las fichas de evaluación",
    cards_why="Escrito para el equipo: la persona solo lo lee si usted lo incorpora. El mensaje se escribe "
    "entonces de nuevo a partir de su plantilla y usted lo ve otra vez antes del envío.",
    pick="Incorporarlo al mensaje",
    becomes="como: {fact}",
    renew="Mostrar el texto nuevo",
    resend="Enviarme un enlace nuevo",
)

PAGE_WORDS: Mapping[str, Words] = MappingProxyType({"en": _EN, "de": _DE, "fr": _FR, "es": _ES})


def words_for(locale: str) -> Words:
    """The words of a reader's locale such as ``de-AT``; English where there are none."""
    return PAGE_WORDS.get(locale_of(locale).language, PAGE_WORDS[DEFAULT_LOCALE])
