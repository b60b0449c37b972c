"""Ready follow-ups become deliveries at their time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.models import NOT_REPLACED, Delivery, DeliveryState
from app.delivery.pace import pace
from app.delivery.ways import MAIL, NOTE, instead_of_mail, to_member
from app.followups.models import FollowUp, FollowUpState
from app.followups.preferences import wishes
from app.ids import new_id
from app.intake.config import Mode
from app.intake.connections import settings_of
from app.intake.models import Connection
from app.privacy.vault import Vault

__all__ = ["MAIL", "NOTE", "delivery_row", "mode_of", "release_due"]

_HAS_NOT_LEFT = (DeliveryState.CANCELLED, DeliveryState.QUEUED, DeliveryState.FAILED)
_LOOK_AGAIN = timedelta(minutes=15)


async def release_due(session: AsyncSession, vault: Vault, now: datetime, limit: int) -> int:
    """Queues what is ready and due; returns how many were looked at."""
    await pace(session, now)
    found = await session.scalars(
        select(FollowUp)
        .where(col(FollowUp.act_at) <= now, col(FollowUp.state) == FollowUpState.READY)
        .order_by(col(FollowUp.act_at))
        .limit(limit)
        .with_for_update(skip_locked=True),
    )
    rows = found.all()
    leaving = [row for row in rows if not _stale(row, now)]
    await _queue(session, await _as_set_now(session, vault, leaving, now), now)
    await session.flush()
    return len(rows)


def _stale(row: FollowUp, now: datetime) -> bool:
    """No burst after an outage: what is too late to be of use is dropped, with its reason."""
    if row.expires_at is None or now <= row.expires_at:
        return False
    row.state, row.cause, row.final = FollowUpState.CANCELLED, "too late to be of use", True
    row.act_at, row.updated_at = None, now
    return True


async def _as_set_now(
    session: AsyncSession, vault: Vault, rows: Sequence[FollowUp], now: datetime
) -> list[tuple[FollowUp, str]]:
    """Each with its way out. The settings may have changed since it was planned: sent, noted, or not said."""
    ids = {row.connection_id for row in rows}
    found = await session.scalars(select(Connection).where(col(Connection.id).in_(ids)))
    connections = {connection.id: connection for connection in found}
    preferred = await wishes(session, rows)
    leaving = []
    for row in rows:
        connection = connections[row.connection_id]
        mode = mode_of(connection, row)
        wish = preferred.get((row.connection_id, row.recipient))
        way = to_member(wish, connection, vault) if mode == "send" else instead_of_mail(connection, vault)
        if mode == "off":
            row.state, row.cause = FollowUpState.CANCELLED, "the connection's settings say not to say this"
            row.act_at, row.updated_at = None, now
        elif way is None:
            # Nothing is lost: it leaves when there are credentials, or when the settings say to send it.
            row.cause = "it may only be noted, and this ATS cannot be written to"
            row.act_at = now + _LOOK_AGAIN
        else:
            row.note_only = mode == "note_only"
            leaving.append((row, way))
    return leaving


def mode_of(connection: Connection, row: FollowUp) -> Mode:
    """How a follow-up leaves by the settings of now; what goes to the team is always sent."""
    return settings_of(connection).mode_of(row.kind) if row.recipient.startswith("candidate:") else "send"


async def _queue(session: AsyncSession, leaving: Sequence[tuple[FollowUp, str]], now: datetime) -> None:
    values = []
    for row, way in leaving:
        row.state, row.cause = FollowUpState.QUEUED, None
        row.act_at, row.updated_at = None, now
        values.append(delivery_row(row, way, now))
    if values:
        await _give_up_other_ways(session, leaving, now)
        await _replace_what_came_back(session, values)
        # A follow-up that news cancelled and then wanted again has its delivery already; one that has left
        # or may have left stays as it is. What failed has not left.
        statement = insert(Delivery).values(values)
        again = {name: statement.excluded[name] for name in ("message_id", "state", "act_at")}
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["follow_up_id", "channel"],
                index_where=NOT_REPLACED,
                set_={**again, "cause": None, "settled_at": None, "waiting_on": None},
                where=col(Delivery.state).in_(_HAS_NOT_LEFT),
            ),
        )


async def _replace_what_came_back(session: AsyncSession, values: Sequence[Mapping[str, object]]) -> None:
    """A mail that a provider has had leaves under a new key: the old one is known there."""
    new = case({row["follow_up_id"]: row["id"] for row in values}, value=col(Delivery.follow_up_id))
    await session.execute(
        update(Delivery)
        .where(
            col(Delivery.follow_up_id).in_([row["follow_up_id"] for row in values]),
            col(Delivery.channel) == MAIL,
            col(Delivery.state) == DeliveryState.FAILED,
            col(Delivery.receipt).is_not(None),
            col(Delivery.replaced_by).is_(None),
        )
        .values(replaced_by=new, waiting_on=None),
    )


async def _give_up_other_ways(
    session: AsyncSession, leaving: Sequence[tuple[FollowUp, str]], now: datetime
) -> None:
    """What was queued on another way before the settings changed must not leave as well."""
    way = case({row.id: way for row, way in leaving}, value=col(Delivery.follow_up_id))
    await session.execute(
        update(Delivery)
        .where(
            col(Delivery.follow_up_id).in_([row.id for row, _ in leaving]),
            col(Delivery.channel) != way,
            col(Delivery.replaced_by).is_(None),
            col(Delivery.state) == DeliveryState.QUEUED,
        )
        .values(
            state=DeliveryState.CANCELLED,
            cause="it leaves another way now",
            act_at=None,
            waiting_on=None,
            settled_at=now,
        ),
    )


def delivery_row(row: FollowUp, channel: str, now: datetime) -> dict[str, object]:
    """The values of a new delivery of that follow-up."""
    return {
        "id": new_id("dlv"),
        "follow_up_id": row.id,
        "message_id": row.message_id,
        "connection_id": row.connection_id,
        "channel": channel,
        "recipient": row.recipient,
        "state": DeliveryState.QUEUED,
        "act_at": now,
        "attempt": 0,
        "correlation_id": row.correlation_id,
        "created_at": now,
        "inquiries": 0,
        "sent_again": 0,
        "checks": 0,
    }
