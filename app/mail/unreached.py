"""Why somebody could not be reached by mail, from what providers and mail servers say. Pure."""

import re
from enum import StrEnum

from app.mail.heard import enhanced_code
from app.mail.hooks import ReceiptKind


class Unreached(StrEnum):
    """Why a mail to a candidate does not arrive, as far as it matters to whoever must tell them now."""

    NO_SUCH_ADDRESS = "no_such_address"
    MAILBOX_FULL = "mailbox_full"
    REFUSED = "refused"
    """By the receiving server or the provider, for a reason of its own."""
    GIVEN_UP = "given_up"
    """Tried for as long as the provider tries."""
    RESTING = "resting"
    """The address failed before and is not written to again."""
    NO_ADDRESS = "no_address"
    COMPLAINED = "complained"
    """It arrived, and was marked as spam."""
    UNWANTED = "unwanted"
    """They, or somebody for them, want no more mail."""


FOR_GOOD = frozenset({Unreached.COMPLAINED, Unreached.UNWANTED})
"""No other address helps: it is the person who is not written to any more."""

_FULL = re.compile(r"full|quota", re.IGNORECASE)
_DEAD = re.compile(r"[245]\.(1\.\d+|2\.1)")


def of_receipt(kind: ReceiptKind, detail: str | None) -> Unreached:
    """Why, from a receipt that says it did not arrive, or was complained about.

    ``detail`` is the provider's own short code, often with the server's enhanced status code (RFC 3463).
    """
    if kind is ReceiptKind.COMPLAINED:
        return Unreached.COMPLAINED
    told = _of_code(detail or "")
    if told is not None:
        return told
    if kind is ReceiptKind.BOUNCED_HARD:
        return Unreached.NO_SUCH_ADDRESS
    return Unreached.GIVEN_UP if kind is ReceiptKind.FAILED else Unreached.REFUSED


def of_refusal(detail: str, *, suppress: bool) -> Unreached:
    """Why, from a provider that refused it at once; ``suppress``: it blames the address."""
    return _of_code(detail) or (Unreached.NO_SUCH_ADDRESS if suppress else Unreached.REFUSED)


def _of_code(said: str) -> Unreached | None:
    status = enhanced_code(said) or ""
    if status.endswith(".2.2") or _FULL.search(said):
        return Unreached.MAILBOX_FULL
    return Unreached.NO_SUCH_ADDRESS if _DEAD.fullmatch(status) else None
