"""Deliveries claimed: checked again, their bytes and attempt stored, leased; all before anything leaves."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.held import Held, put_back
from app.delivery.lanes import Lane
from app.delivery.models import Attempt, Delivery, DeliveryState
from app.delivery.parcel import CannotLeave, NotNow, OtherRoom, Packer, Parcel
from app.delivery.permit import OtherWay, permit
from app.delivery.pick import Pick
from app.delivery.ways import CHATS, MAIL, speaks
from app.errors import HeardbackError
from app.followups.models import FollowUp, FollowUpState
from app.privacy.vault import CannotOpen, seal_as_person
from app.timeline.models import Application

log = structlog.get_logger()

_SOON = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Instants:
    """Business time, by which deliveries are planned, and machine time, by which they are leased."""

    business: datetime
    machine: datetime


@dataclass(slots=True)
class Batch:
    """What one claim found: parcels that may leave, and how many rows it has dealt with in all."""

    parcels: list[Parcel] = field(default_factory=list)
    looked: int = 0


def any_number(lane: Lane) -> int:
    """No limit on what is under way in a lane."""
    del lane
    return 1_000_000


def lane_of(channel: str, route: str | None, connection: str) -> Lane:
    """What may hang on its own: each mail route, each chat, each connection's ATS."""
    return channel, (route or "") if channel == MAIL else "" if channel in CHATS else connection


async def claim(
    session: AsyncSession,
    packer: Packer,
    at: Instants,
    *,
    lease: timedelta,
    limit: int,
) -> list[Parcel]:
    """Takes what is due. Everything that forbids a send is asked here, in the transaction that claims it."""
    return (await claim_batch(session, packer, at, lease=lease, limit=limit)).parcels


async def claim_batch(
    session: AsyncSession,
    packer: Packer,
    at: Instants,
    *,
    lease: timedelta,
    limit: int,
    room: Callable[[Lane], int] = any_number,
    full: Collection[Lane] = (),
) -> Batch:
    """As `claim`; ``room`` says how many more may be started in a lane, the others look again soon.

    What is known to belong to a lane in ``full`` is not even looked at: the backlog of a way out that hangs
    must not be gone through over and over while others wait.
    """
    pick = await Pick.of(session, packer.routes, at.business)
    batch, taken = Batch(), Counter[Lane]()
    for delivery in await _due(session, at, limit, full):
        batch.looked += 1
        quiet = await _quiet(session, delivery, at.business)
        if quiet is None:
            delivery.act_at = at.business + _SOON
            continue
        follow_up = await session.get(
            FollowUp, delivery.follow_up_id, with_for_update=True, populate_existing=True
        )
        if follow_up is None or not _wanted(delivery, follow_up):
            _close(delivery, DeliveryState.CANCELLED, "no longer wanted", at)
        elif not quiet:
            delivery.act_at = at.business + _SOON
        elif delivery.channel == MAIL and (wait := await pick.choose(session, delivery, follow_up)):
            delivery.act_at = wait
        elif taken[lane := _lane(delivery)] >= room(lane):
            delivery.act_at = at.business + _SOON
        elif parcel := await _take(session, packer, delivery, follow_up, at, lease):
            batch.parcels.append(parcel)
            taken[lane] += 1
            pick.leaves(delivery)
        _keep_doubt(delivery, follow_up)
    await session.flush()
    return batch


def _lane(delivery: Delivery) -> Lane:
    return lane_of(delivery.channel, delivery.route, delivery.connection_id)


def _keep_doubt(delivery: Delivery, follow_up: FollowUp | None) -> None:
    """One that was to be sent again may have left the first time: what is not repeated stays unknown."""
    if not delivery.sent_again or delivery.state not in (DeliveryState.CANCELLED, DeliveryState.FAILED):
        return
    delivery.state, delivery.settled_at = DeliveryState.UNKNOWN, None
    delivery.waiting_on = (follow_up.waiting_on if follow_up else None) or "operations"


async def _due(session: AsyncSession, at: Instants, limit: int, full: Collection[Lane]) -> Sequence[Delivery]:
    rows = await session.scalars(
        select(Delivery)
        .where(col(Delivery.act_at) <= at.business, col(Delivery.state) == DeliveryState.QUEUED)
        .where(*(_elsewhere(lane) for lane in full))
        .order_by(col(Delivery.act_at))
        .limit(limit)
        .with_for_update(skip_locked=True),
    )
    return rows.all()


def _elsewhere(lane: Lane) -> ColumnElement[bool]:
    """Not in that lane, as far as the row tells: a mail has a route once it was looked at."""
    channel, name = lane
    same = col(Delivery.channel) == channel
    if channel == MAIL:
        return not_(and_(same, func.coalesce(col(Delivery.route), "") == name))
    return not_(same) if channel in CHATS else not_(and_(same, col(Delivery.connection_id) == name))


def _wanted(delivery: Delivery, follow_up: FollowUp) -> bool:
    if not speaks(delivery.channel, follow_up):
        return True  # it tells of a mail that has left
    return follow_up.state in (FollowUpState.QUEUED, FollowUpState.SENDING)


async def _quiet(session: AsyncSession, delivery: Delivery, now: datetime) -> bool | None:
    """Whether no news about this application waits to be folded: it may cancel the message, so it goes first.

    None while somebody works on the application. It is locked before the follow-up, as a fold locks them, so
    that neither waits for the other in a circle.
    """
    found = await session.scalar(
        select(Application)
        .join(FollowUp, col(FollowUp.application_id) == col(Application.id))
        .where(col(FollowUp.id) == delivery.follow_up_id)
        .with_for_update(read=True, of=Application, skip_locked=True)
        .execution_options(populate_existing=True),
    )
    if found is None:
        return None
    return found.failures > 0 or found.wake_at is None or found.wake_at > now


async def _take(
    session: AsyncSession,
    packer: Packer,
    delivery: Delivery,
    follow_up: FollowUp,
    at: Instants,
    lease: timedelta,
) -> Parcel | None:
    delivery.attempt += 1
    packed = await _packed(session, packer, delivery, follow_up, at)
    if packed is None:
        return None
    parcel, key = packed
    session.add(
        Attempt(
            delivery_id=delivery.id,
            number=delivery.attempt,
            started_at=at.machine,
            payload=seal_as_person(key, parcel.payload, f"{delivery.id}/{delivery.attempt}"),
            payload_sha256=hashlib.sha256(parcel.payload).hexdigest(),
            route=parcel.passage.route if parcel.passage else None,
            left_at=at.business if parcel.passage else None,
            from_domain=parcel.passage.from_domain if parcel.passage else None,
            to_domain=parcel.passage.to_domain if parcel.passage else None,
        ),
    )
    delivery.state, delivery.waiting_on = DeliveryState.SENDING, None
    delivery.leased_until = at.machine + lease
    if follow_up.state == FollowUpState.QUEUED:
        follow_up.state = FollowUpState.SENDING
        follow_up.updated_at = at.business
    return parcel


async def _packed(
    session: AsyncSession, packer: Packer, delivery: Delivery, follow_up: FollowUp, at: Instants
) -> tuple[Parcel, bytes] | None:
    """The parcel and the key for its bytes; None, with all said in the rows, where it does not leave now."""
    try:
        await permit(session, delivery, follow_up, at.business)
        return await packer.pack(session, delivery, follow_up, now=at.business, machine_now=at.machine)
    except Held as held:
        delivery.attempt -= 1
        await put_back(session, delivery, follow_up, held.hold, at.business)
    except NotNow as closed:
        delivery.attempt -= 1
        delivery.act_at = closed.until
    except (OtherWay, OtherRoom) as settings:
        delivery.attempt -= 1
        _close(delivery, DeliveryState.CANCELLED, str(settings.__doc__), at)
        follow_up.state, follow_up.note_only = FollowUpState.READY, isinstance(settings, OtherWay)
        follow_up.act_at = follow_up.updated_at = at.business
    except CannotLeave as reason:
        _refuse(delivery, follow_up, reason.cause, waits=reason.waits, at=at)
    except HeardbackError as wrong:
        _refuse(delivery, follow_up, wrong.detail, waits=True, at=at)
    except (CannotOpen, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as wrong:
        # One message that cannot be packed is set aside; it must not hold back all others.
        log.exception("delivery.set_aside", delivery=delivery.id)
        _refuse(delivery, follow_up, f"could not be packed: {type(wrong).__name__}", waits=True, at=at)
    return None


def _refuse(delivery: Delivery, follow_up: FollowUp, cause: str, *, waits: bool, at: Instants) -> None:
    """Nothing left and nothing will: cancelled with its reason, or waiting on a person who can help."""
    state = DeliveryState.FAILED if waits else DeliveryState.CANCELLED
    _close(delivery, state, cause, at)
    if not speaks(delivery.channel, follow_up):
        return
    follow_up.state = FollowUpState.FAILED if waits else FollowUpState.CANCELLED
    follow_up.cause, follow_up.final = cause, not waits
    follow_up.updated_at = at.business


def _close(delivery: Delivery, state: str, cause: str, at: Instants) -> None:
    delivery.state, delivery.cause, delivery.act_at = state, cause, None
    delivery.settled_at = at.business
    delivery.leased_until = None


async def expire_leases(session: AsyncSession, at: Instants, limit: int) -> int:
    """Sends whose worker died or hangs: what came of them is unknown, and will be asked."""
    rows = await session.scalars(
        select(Delivery)
        .where(
            col(Delivery.act_at).is_not(None),  # so that the index of what is under way finds them
            col(Delivery.state) == DeliveryState.SENDING,
            or_(col(Delivery.leased_until).is_(None), col(Delivery.leased_until) < at.machine),
        )
        .limit(limit)
        .with_for_update(skip_locked=True),
    )
    found = rows.all()
    for delivery in found:
        delivery.state, delivery.act_at = DeliveryState.UNKNOWN, at.business
        delivery.cause = "the worker stopped while sending"
        delivery.leased_until = None
    await session.flush()
    return len(found)
