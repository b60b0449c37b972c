"""SMTP: what a reply, or the lack of one, means at each stage of the conversation.

RFC 5321 and 3463; RFC 1047 for the one stage that cannot be told: after the final dot the server may have
taken the message although its reply never came.
"""

import re
from enum import StrEnum

from app.mail.outbound import Outcome, OutcomeKind


class Stage(StrEnum):
    """How far the conversation had come; the reply or the break belongs to this step."""

    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    """The command only: nothing of the message has been written."""
    AFTER_DOT = "after_dot"
    """The message, its dot included, has been handed to the network."""


_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_QUEUED = re.compile(r"queued as ([A-Za-z0-9._-]{1,64})")
_POLICY = re.compile(r"relay|blocked|black ?list|spam|policy|denied|not authori[sz]ed", re.IGNORECASE)
_ROUTE_STAGES = frozenset({Stage.CONNECT, Stage.EHLO, Stage.STARTTLS, Stage.AUTH})
_TOO_LARGE = "5.3.4"
_SENDER_STATUS = ("5.1.7", "5.1.8")
_PROTOCOL_CODES = frozenset({500, 501, 502, 503, 504, 530, 534, 535, 538})


def classify_reply(stage: Stage, code: int, reply: str = "") -> Outcome:
    """What a server's reply means. ``reply`` may hold an RFC 3463 status; none of its words go out again.

    A 4yz is not sent and worth another try. x.7.z is policy and means the route, never the recipient.
    Only 5.1.z, 5.2.1 and a bare 550 to RCPT say that the address is dead.
    """
    match = _STATUS.search(reply)
    status = match[1] if match else ""
    detail = f"SMTP {code}{f' {status}' if status else ''} at {stage}"
    if stage is Stage.AFTER_DOT and 200 <= code < 300:  # noqa: PLR2004 - the classes of SMTP replies
        queued = _QUEUED.search(reply)
        return Outcome(OutcomeKind.ACCEPTED, detail, queued[1] if queued else None)
    if 400 <= code < 500:  # noqa: PLR2004
        return Outcome(OutcomeKind.NOT_SENT, detail)
    if code < 500:  # noqa: PLR2004
        # A reply that no command here allows: before the dot nothing has left.
        after = stage is Stage.AFTER_DOT
        return Outcome(OutcomeKind.AMBIGUOUS if after else OutcomeKind.NOT_SENT, f"{detail}: out of turn")
    if _is_route_trouble(stage, code, status, reply):
        return Outcome(OutcomeKind.CONFIGURATION, detail)
    return Outcome(OutcomeKind.PERMANENT, detail, suppress=_is_dead(stage, code, status))


def _is_route_trouble(stage: Stage, code: int, status: str, reply: str) -> bool:
    if stage in _ROUTE_STAGES or status.startswith("5.7.") or status in _SENDER_STATUS:
        return True
    if status.startswith("5.5.") or (not status and code in _PROTOCOL_CODES):
        return True
    if stage is Stage.MAIL:
        return status != _TOO_LARGE and not (code == 552 and not status)  # noqa: PLR2004 - too large
    return not status and bool(_POLICY.search(reply))


def _is_dead(stage: Stage, code: int, status: str) -> bool:
    if status:
        return status.startswith("5.1.") or status == "5.2.1"
    return stage is Stage.RCPT and code == 550  # noqa: PLR2004 - mailbox unavailable


def classify_break(stage: Stage, what: str) -> Outcome:
    """What a missing reply means: refused, disconnected, timed out. ``what`` is an exception's class name.

    Before the final dot nothing has left; after it nobody can know, and SMTP cannot be asked.
    """
    kind = OutcomeKind.AMBIGUOUS if stage is Stage.AFTER_DOT else OutcomeKind.NOT_SENT
    return Outcome(kind, f"{what} at {stage}")


def not_supported(stage: Stage) -> Outcome:
    """The server does not offer what the settings demand, such as STARTTLS: never go on without it."""
    return Outcome(OutcomeKind.CONFIGURATION, f"SMTP server does not offer what is set at {stage}")
