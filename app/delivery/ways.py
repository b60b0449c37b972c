"""The ways out, and what a message leaves in the ATS: a note, a logged mail, a tag or a task."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from app.ats.steps import WriteKind
from app.ats.vendor import VENDORS
from app.followups.catalogue import KINDS
from app.followups.models import FollowUp, Preference
from app.intake.connections import secrets_of, settings_of
from app.intake.models import Connection
from app.privacy.vault import Vault

MAIL, NOTE, TAG, EMAIL_LOG, TASK = "mail", "note", "tag", "email_log", "task"
SLACK, TEAMS = "slack", "teams"
CHATS = (SLACK, TEAMS)
"""Rooms of the team; nothing to a candidate ever goes there."""

WRITES: Mapping[str, WriteKind] = MappingProxyType(
    {TAG: WriteKind.TAG, EMAIL_LOG: WriteKind.EMAIL, TASK: WriteKind.TASK}
)
"""What is written into the ATS in steps, looked for first; a note is written on its own."""

_CARRY_THE_WORDS = (NOTE, TASK)
TOLD, INFORMED = "heardback: decision told", "heardback: informed"


def speaks(channel: str, follow_up: FollowUp) -> bool:
    """Whether that way carries the words themselves; any other only tells of a mail that has left."""
    to_team = not follow_up.recipient.startswith("candidate:")
    return channel in (MAIL, *CHATS) or (channel in _CARRY_THE_WORDS and (follow_up.note_only or to_team))


def can_write(connection: Connection, vault: Vault) -> frozenset[WriteKind]:
    """What can be written into this ATS; nothing where it has no API, or we have no credentials for it."""
    api = VENDORS[connection.vendor].api
    if api is None or not secrets_of(connection, vault).may_ask:
        return frozenset()
    return api.WRITES


def after_mail(connection: Connection, vault: Vault) -> tuple[str, ...]:
    """What a mail to the candidate leaves in the ATS; a logged mail says all that a note would."""
    wanted = _wanted(connection, can_write(connection, vault))
    told = EMAIL_LOG if WriteKind.EMAIL in wanted else NOTE if WriteKind.NOTE in wanted else None
    return (*((told,) if told else ()), *((TAG,) if WriteKind.TAG in wanted else ()))


def instead_of_mail(connection: Connection, vault: Vault) -> str | None:
    """What carries the words where they are only noted: a task if that is set, else a note; or nothing.

    A note needs no setting of its own here: who sets a kind to ``note_only`` has asked for it.
    """
    can = can_write(connection, vault)
    if WriteKind.TASK in _wanted(connection, can):
        return TASK
    return NOTE if WriteKind.NOTE in can else None


def to_member(wish: Preference | None, connection: Connection, vault: Vault) -> str:
    """How a member of the team hears of it: as they prefer, by mail where that is not possible."""
    if wish is not None and wish.channel in CHATS and wish.webhook is not None:
        return wish.channel
    noted = wish is not None and wish.channel == NOTE and WriteKind.NOTE in can_write(connection, vault)
    return NOTE if noted else MAIL


def _wanted(connection: Connection, can: Collection[WriteKind]) -> frozenset[WriteKind]:
    return frozenset(map(WriteKind, settings_of(connection).write_back)) & frozenset(can)


def tag_of(kind: str) -> str:
    """The tag that a message of this kind leaves: one of two, so that it says nothing of the candidate."""
    return TOLD if KINDS[kind].decision else INFORMED
