"""Whether somebody wrote a mail or a machine did, from its headers (RFC 3834, RFC 5436). Pure.

``X-Auto-Response-Suppress`` is no sign: it asks others not to answer by themselves, and people's mail has it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.mail.heard import header
from app.mail.hooks import InboundMail
from app.replies.correlate import sender_of
from app.replies.days import returning_on


class Sort(StrEnum):
    """Who wrote it."""

    REPLY = "reply"
    OUT_OF_OFFICE = "out_of_office"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    LOOP = "loop"
    """From ourselves."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """Who wrote it, by which sign, and of an absence the day of return as far as it says so."""

    sort: Sort
    sign: str = ""
    returns_on: date | None = None


_POSTMASTER = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|bounces?)([+-].*)?@", re.IGNORECASE)
_NOBODY = re.compile(
    r"^(no-?reply|do-?not-?reply|donotreply|nepasrepondre|noresponder)([+-].*)?@", re.IGNORECASE
)
_AWAY_SUBJECT = re.compile(
    r"^\s*(auto(matic)?[- ]?(reply|response)|out of (the )?office|away from (the |my )?(office|desk)"
    r"|on (annual )?leave"
    r"|automatische (antwort|rückantwort)|abwesenheit|abwesend|nicht im büro|im urlaub"
    r"|réponse automatique|absen(t|ce)"
    r"|en (congés?|vacances)|respuesta automática|fuera de la oficina|ausen(te|cia)|de vacaciones)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"out of (the |my )?office|on (annual |parental |maternity |paternity |sick |medical )?leave"
    r"|on (vacation|holidays?)"
    r"|away (from|until|till|for)|nicht (im (büro|haus|dienst)|erreichbar|am platz)|im (urlaub"
    r"|krankenstand|mutterschutz)"
    r"|in elternzeit|abwesen|absent|en (congés?|vacances|déplacement|arrêt)|de (vacaciones|permiso|baja"
    r"|viaje)"
    r"|fuera de la oficina|ausente",
    re.IGNORECASE,
)
_INVITED = re.compile(
    r"^\s*(accepted|declined|tentative|tentatively accepted|zugesagt|zusage|abgelehnt|absage"
    r"|mit vorbehalt|unter vorbehalt"
    r"|accepté|refusé|provisoire|aceptad[oa]|rechazad[oa]|provisional)\s*:",
    re.IGNORECASE,
)
"""How calendars begin the subject of an answer to an invitation."""
_CALENDARS = frozenset({"text/calendar", "application/ics"})
_FAILED = re.compile(
    r"undeliver|delivery (status notification|has failed|failure)|returned mail|mail delivery failed"
    r"|unzustellbar|non remis|échec de la remise|no se pudo entregar|no entregado",
    re.IGNORECASE,
)


def sort_of(mail: InboundMail, own: Iterable[str] = ()) -> Sorted:
    """Who wrote the mail; ``own`` are the addresses that we ourselves write from.

    A return day is read against the mail's Date, else it stays unknown.
    """
    sender = sender_of(mail)
    if sender and sender.casefold() in {each.casefold() for each in own}:
        return Sorted(Sort.LOOP, "from")
    sign = _report(mail, sender)
    if sign:
        return Sorted(Sort.BOUNCE, sign)
    sign = _machine(mail, sender)
    if sign:
        return _answered_by_itself(mail, sign)
    if _AWAY_SUBJECT.search(mail.subject) and _AWAY.search(mail.text or mail.html):
        return _answered_by_itself(mail, "subject and text")
    listed = _list(mail)
    return Sorted(Sort.LIST, listed) if listed else Sorted(Sort.REPLY)


def _report(mail: InboundMail, sender: str) -> str:
    kind = (header(mail.headers, "content-type") or "").casefold()
    if "multipart/report" in kind and "disposition-notification" not in kind:
        return "content-type"
    if header(mail.headers, "x-failed-recipients"):
        return "x-failed-recipients"
    null = mail.envelope_sender == ""
    if _POSTMASTER.search(sender) and (null or _FAILED.search(mail.subject)):
        return "from"
    return "return-path" if null and _FAILED.search(mail.subject) else ""


def _machine(mail: InboundMail, sender: str) -> str:
    submitted = (header(mail.headers, "auto-submitted") or "no").casefold().strip()
    if not submitted.startswith("no"):
        return "auto-submitted"
    for name in ("x-autoreply", "x-autorespond", "x-autoresponder"):
        if (header(mail.headers, name) or "no").casefold() not in ("no", "false"):
            return name
    kind = (header(mail.headers, "content-type") or "").casefold()
    if "multipart/report" in kind or _calendar(mail, kind):
        return "content-type"
    hurry = (header(mail.headers, "precedence") or "").casefold()
    if hurry == "auto_reply" or (_precedence(mail) and _AWAY_SUBJECT.search(mail.subject)):
        return "precedence"
    if mail.envelope_sender == "":
        return "return-path"
    return "from" if _NOBODY.search(sender) or _POSTMASTER.search(sender) else ""


def _calendar(mail: InboundMail, kind: str) -> bool:
    """Whether a calendar answered an invitation; nobody wrote a word."""
    return "text/calendar" in kind or bool(
        _INVITED.search(mail.subject) and _CALENDARS & set(mail.attachments)
    )


def _list(mail: InboundMail) -> str:
    if header(mail.headers, "list-id") or header(mail.headers, "list-post"):
        return "list-id"
    return "precedence" if _precedence(mail) else ""


def _precedence(mail: InboundMail) -> bool:
    return (header(mail.headers, "precedence") or "").casefold() in ("bulk", "list", "junk")


def _answered_by_itself(mail: InboundMail, sign: str) -> Sorted:
    words = f"{mail.subject}\n{mail.text or mail.html}"
    if not _AWAY.search(words) and not _AWAY_SUBJECT.search(mail.subject):
        return Sorted(Sort.AUTO_REPLY, sign)
    today = mail.sent_at.date() if mail.sent_at else None
    return Sorted(Sort.OUT_OF_OFFICE, sign, returning_on(words, today) if today else None)
