"""How things stand with a link, in the four languages in which the team is written to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.messages.dates import locale_of
from app.messages.library import DEFAULT_LOCALE

Told = tuple[str, str]
"""A title and why."""


@dataclass(frozen=True, slots=True)
class Stands:
    """One language: each way in which a link decides nothing (any more)."""

    approved: Told
    refused: Told
    cancelled: Told
    rejected: Told
    expired: Told
    waiting_fact: Told
    others: Told
    used: Told
    old: Told
    changed: Told
    unknown: Told
    impossible: Told


_EN = Stands(
    approved=("You have allowed this message", "It leaves at its time. Nothing is left to do."),
    refused=(
        "This message will not be sent",
        "You have decided so with this link. The candidate is still owed an answer: the clock keeps running.",
    ),
    cancelled=("It is no longer needed", "News from the ATS has made this message needless."),
    rejected=("This message will not be sent", "It has been decided already."),
    expired=(
        "This draft has expired",
        "Nobody decided about it in time. Operations know; new words or facts bring it back.",
    ),
    waiting_fact=(
        "A fact is missing now",
        "Its words were taken back and wait for a fact. You are asked again when they are there.",
    ),
    others=("It has been decided already", "Somebody has allowed this message before you."),
    used=("This link was used", "A newer link has taken its place, and the message still waits."),
    old=("This link is too old", "Links work for 48 hours. The message still waits for your decision."),
    changed=(
        "The words were changed since",
        "They are not the ones that you were asked about. Read the new ones before you decide.",
    ),
    unknown=(
        "No such link",
        (
            "It is not one of ours, it is not known here any more, or a part of it is missing. Open it from "
            "the mail again."
        ),
    ),
    impossible=("That is not possible now", "Nothing was done. Open the link again, or try again later."),
)
_DE = Stands(
    approved=(
        "Sie haben diese Nachricht freigegeben",
        "Sie geht zu ihrer Zeit hinaus. Mehr ist nicht zu tun.",
    ),
    refused=(
        "Diese Nachricht wird nicht gesendet",
        "Das haben Sie mit diesem Link entschieden. Eine Antwort steht weiter aus: Die Frist läuft weiter.",
    ),
    cancelled=(
        "Sie wird nicht mehr gebraucht",
        "Neues aus dem Bewerbungssystem hat diese Nachricht überflüssig gemacht.",
    ),
    rejected=("Diese Nachricht wird nicht gesendet", "Das wurde schon entschieden."),
    expired=(
        "Dieser Entwurf ist abgelaufen",
        (
            "Niemand hat rechtzeitig darüber entschieden. Der technische Betrieb weiß Bescheid; ein neuer "
            "Text oder neue Angaben holen ihn zurück."
        ),
    ),
    waiting_fact=(
        "Jetzt fehlt eine Angabe",
        "Der Text wurde zurückgenommen und wartet auf eine Angabe. Danach werden Sie wieder gefragt.",
    ),
    others=("Es wurde schon entschieden", "Jemand hat diese Nachricht vor Ihnen freigegeben."),
    used=(
        "Dieser Link wurde schon benutzt",
        "Ein neuerer Link ist an seine Stelle getreten, und die Nachricht wartet noch.",
    ),
    old=(
        "Dieser Link ist zu alt",
        "Links gelten 48 Stunden. Die Nachricht wartet noch auf Ihre Entscheidung.",
    ),
    changed=(
        "Der Text wurde inzwischen geändert",
        "Es ist nicht mehr der, zu dem Sie gefragt wurden. Lesen Sie den neuen, bevor Sie entscheiden.",
    ),
    unknown=(
        "Diesen Link gibt es nicht",
        (
            "Er stammt nicht von uns, ist hier nicht mehr bekannt, oder es fehlt ein Teil. Öffnen Sie ihn "
            "noch einmal aus der Mail."
        ),
    ),
    impossible=(
        "Das geht gerade nicht",
        "Es ist nichts geschehen. Öffnen Sie den Link noch einmal, oder versuchen Sie es später.",
    ),
)
_FR = Stands(
    approved=("Vous avez approuvé ce message", "Il part à son heure. Il ne reste rien à faire."),
    refused=(
        "Ce message ne sera pas envoyé",
        "Vous en avez décidé ainsi avec ce lien. Une réponse reste due : l’échéance continue de courir.",
    ),
    cancelled=(
        "Il n’est plus nécessaire",
        "Des nouvelles du système de recrutement ont rendu ce message inutile.",
    ),
    rejected=("Ce message ne sera pas envoyé", "La décision a déjà été prise."),
    expired=(
        "Ce projet de message a expiré",
        (
            "Personne n’a décidé à temps. L’équipe d’exploitation est au courant ; un nouveau texte ou de "
            "nouvelles informations le relancent."
        ),
    ),
    waiting_fact=(
        "Il manque maintenant une information",
        "Le texte a été repris et attend une information. On vous sollicitera à nouveau quand il sera prêt.",
    ),
    others=("La décision a déjà été prise", "Quelqu’un a approuvé ce message avant vous."),
    used=("Ce lien a déjà servi", "Un lien plus récent l’a remplacé, et le message attend toujours."),
    old=(
        "Ce lien est trop ancien",
        "Un lien est valable 48 heures. Le message attend toujours votre décision.",
    ),
    changed=(
        "Le texte a changé depuis",
        "Ce n’est plus celui qui vous a été soumis. Lisez le nouveau avant de décider.",
    ),
    unknown=(
        "Ce lien n’existe pas",
        (
            "Il ne vient pas de nous, il n’est plus connu ici, ou il en manque une partie. Ouvrez-le à "
            "nouveau depuis l’e-mail."
        ),
    ),
    impossible=(
        "Ce n’est pas possible pour le moment",
        "Rien n’a été fait. Ouvrez le lien à nouveau, ou réessayez plus tard.",
    ),
)
_ES = Stands(
    approved=("Ha aprobado este mensaje", "Sale a su hora. No queda nada por hacer."),
    refused=(
        "Este mensaje no se enviará",
        "Así lo ha decidido con este enlace. Se sigue debiendo una respuesta: el plazo continúa.",
    ),
    cancelled=("Ya no hace falta", "Novedades del sistema de selección han hecho innecesario este mensaje."),
    rejected=("Este mensaje no se enviará", "Ya se ha decidido."),
    expired=(
        "Este borrador ha caducado",
        "Nadie decidió a tiempo. El equipo técnico lo sabe; un texto o datos nuevos lo recuperan.",
    ),
    waiting_fact=(
        "Ahora falta un dato",
        "El texto se retiró y espera un dato. Le volveremos a preguntar cuando esté listo.",
    ),
    others=("Ya se ha decidido", "Alguien ha aprobado este mensaje antes que usted."),
    used=("Este enlace ya se usó", "Un enlace más reciente ocupa su lugar, y el mensaje sigue esperando."),
    old=(
        "Este enlace es demasiado antiguo",
        "Los enlaces valen 48 horas. El mensaje sigue esperando su decisión.",
    ),
    changed=(
        "El texto ha cambiado desde entonces",
        "No es el que se le pidió aprobar. Lea el nuevo antes de decidir.",
    ),
    unknown=(
        "Este enlace no existe",
        "No es nuestro, ya no se conoce aquí o le falta una parte. Ábralo de nuevo desde el correo.",
    ),
    impossible=(
        "Ahora no es posible",
        "No se ha hecho nada. Abra el enlace de nuevo, o inténtelo más tarde.",
    ),
)

_STANDS: Mapping[str, Stands] = MappingProxyType({"en": _EN, "de": _DE, "fr": _FR, "es": _ES})


def told(state: str, locale: str) -> Told:
    """The title and the reason for one of the states above, for a reader's locale such as ``de-AT``."""
    stands = _STANDS.get(locale_of(locale).language, _STANDS[DEFAULT_LOCALE])
    words: Told = getattr(stands, state)
    return words
