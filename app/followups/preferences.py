"""How members of a hiring team want to hear from us: kept, and asked when something is for them."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import available_timezones

from sqlalchemy import Select, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import NotFound, Unprocessable
from app.followups.models import FollowUp, Preference
from app.followups.standing import NOT_REACHED
from app.intake import connections
from app.mail.chat_hooks import sound_hook
from app.privacy.vault import Vault

TeamChannel = Literal["mail", "slack", "teams", "note"]
LOCALE = r"[a-z]{2,3}(-[A-Z]{2})?"
"""A language such as `de`, or with its territory `de-AT`."""
ROOMS = ("slack", "teams")
GATHERED_KINDS = frozenset(
    {
        *("scheduling_due", "feedback_due", "decision_due", "update_due", "offer_due", "talent_pool_due"),
        *("clock_warned", "fact_missing", NOT_REACHED),
    }
)
"""What can wait for the digest of the day. An approval is asked for at once: the question carries the link to
answer it; and what has no place here, such as a breach or another company's offer, is urgent."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member asks for. ``webhook_url``: for slack and teams; None keeps the one that is stored."""

    channel: TeamChannel = "mail"
    webhook_url: str | None = field(default=None, repr=False)
    digest: bool = True
    digest_hour: int = 8
    time_zone: str | None = None
    locale: str | None = None


async def keep(
    session: AsyncSession,
    vault: Vault,
    connection_id: str,
    member: str,
    wish: Wish,
    *,
    by: str,
    now: datetime,
    trial: bool,
) -> Preference:
    """Stores what that member of that connection wishes, in place of what they wished before.

    Raises UnknownConnection; Unprocessable for a webhook that is missing or not the vendor's, and for what is
    no time zone or language.
    """
    await connections.get(session, connection_id)
    if wish.time_zone is not None and wish.time_zone not in available_timezones():
        raise Unprocessable("Give an IANA time zone such as Europe/Berlin.", field="time_zone")
    if wish.locale is not None and not re.fullmatch(LOCALE, wish.locale):
        raise Unprocessable("Give a language such as de, or with its territory de-AT.", field="locale")
    known = await session.get(Preference, (connection_id, member), with_for_update=True)
    values = {
        "channel": wish.channel,
        "webhook": _webhook(vault, connection_id, member, wish, known, trial=trial),
        "digest": wish.digest,
        "digest_hour": wish.digest_hour,
        "time_zone": wish.time_zone,
        "locale": wish.locale,
        "updated_at": now,
        "updated_by": by,
    }
    statement = insert(Preference).values(connection_id=connection_id, member=member, **values)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["connection_id", "member"], set_=values)
    )
    return await get(session, connection_id, member)


def _webhook(
    vault: Vault, connection_id: str, member: str, wish: Wish, known: Preference | None, *, trial: bool
) -> bytes | None:
    if wish.channel not in ROOMS:
        return None
    if wish.webhook_url is not None:
        url = sound_hook(wish.channel, wish.webhook_url.strip(), trial=trial)
        return vault.seal(url.encode(), _about(connection_id, member))
    if known is None or known.webhook is None or known.channel != wish.channel:
        raise Unprocessable(f"Give the webhook_url of the {wish.channel} room.", field="webhook_url")
    return known.webhook


def hook_of(vault: Vault, preference: Preference) -> str | None:
    """The address of the member's room, a secret; raises `CannotOpen`."""
    if preference.webhook is None:
        return None
    return vault.unseal(preference.webhook, _about(preference.connection_id, preference.member)).decode()


def _about(connection_id: str, member: str) -> str:
    return f"webhook of {connection_id}/{member}"


async def get(session: AsyncSession, connection_id: str, member: str) -> Preference:
    """That member's preference; raises NotFound where they have none, and so hear by mail."""
    found = await session.get(Preference, (connection_id, member), populate_existing=True)
    if found is None:
        raise NotFound("That member has no preference; they hear by mail, once a day where it can wait.")
    return found


async def forget(session: AsyncSession, connection_id: str, member: str) -> None:
    """The member hears by mail again; raises NotFound."""
    await session.delete(await get(session, connection_id, member))
    await session.flush()


def all_of(connection_id: str | None) -> Select[Preference]:
    """Every preference, or those of one connection."""
    found = select(Preference)
    return found.where(col(Preference.connection_id) == connection_id) if connection_id else found


async def wishes(
    session: AsyncSession, follow_ups: Collection[FollowUp]
) -> dict[tuple[str, str], Preference]:
    """The preferences of those members to whom these follow-ups go, by connection and recipient."""
    members = {(row.connection_id, member) for row in follow_ups if (member := member_of(row))}
    if not members:
        return {}
    rows: Sequence[Preference] = (
        await session.scalars(
            select(Preference).where(
                tuple_(col(Preference.connection_id), col(Preference.member)).in_(members)
            ),
        )
    ).all()
    return {(row.connection_id, f"member:{row.member}"): row for row in rows}


def member_of(follow_up: FollowUp) -> str | None:
    """The vendor's id of the member whom it addresses; None for candidates and operations."""
    role, _, external_id = follow_up.recipient.partition(":")
    return external_id if role == "member" and external_id else None
