"""What the team is told of a candidate who could not be reached: why, and what helps. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from app.mail.unreached import FOR_GOOD, Unreached

_WHY: Mapping[Unreached, str] = MappingProxyType(
    {
        Unreached.NO_SUCH_ADDRESS: "the mail server says that the address does not exist",
        Unreached.MAILBOX_FULL: "their mailbox has been full for too long",
        Unreached.REFUSED: "the mail was refused for good, and not for the address",
        Unreached.GIVEN_UP: "their mail server did not take it for as long as it was tried",
        Unreached.RESTING: "mail to this address has failed before, so it is not written to",
        Unreached.NO_ADDRESS: "the applicant tracking system knows no address of theirs",
        Unreached.COMPLAINED: "they marked a mail as spam, so they get no more mail from us",
        Unreached.UNWANTED: "they are on the list of those who get no more mail from us",
    }
)
_CORRECT = (
    "correct the address in the applicant tracking system and have the message sent again; "
    "or call them, and mark it as told in another way"
)
_REFUSED = "ask operations why and have it sent again; or call them, and mark it as told in another way"
_CALL = "call them where they must know, and mark it as told in another way"


def told_of(code: str) -> tuple[str, str]:
    """Why they were not reached, and what helps, as phrases; raises ValueError for an unknown code."""
    why = Unreached(code)
    if why in FOR_GOOD:
        return _WHY[why], _CALL
    return _WHY[why], _REFUSED if why is Unreached.REFUSED else _CORRECT
