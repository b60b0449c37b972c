"""What people do to deliveries: settle an unknown one, try a failed one again, restart a way out."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import FactKind
from app.delivery.claim import Instants
from app.delivery.models import Checked, Delivery, DeliveryState, RouteHealth, Suppression
from app.delivery.settle import locked_follow_up, settle
from app.delivery.suppressions import lift_people, suppress_hash
from app.delivery.ways import MAIL, speaks
from app.errors import NotFound, WrongState
from app.followups.models import Approval, FollowUp, FollowUpState
from app.ids import new_id
from app.mail.outbound import Outcome, OutcomeKind
from app.messages.models import Message
from app.privacy.vault import Vault, seal_words
from app.timeline.models import Application, FactRow, Person
from app.timeline.people import find_people, key_of


async def get(session: AsyncSession, delivery_id: str, *, lock: bool = False) -> Delivery:
    """The delivery of that id, locked for a change if asked; raises NotFound."""
    delivery = await session.get(Delivery, delivery_id, with_for_update=lock, populate_existing=lock)
    if delivery is None:
        raise NotFound
    return delivery


async def settle_unknown(
    session: AsyncSession,
    vault: Vault,
    delivery_id: str,
    *,
    arrived: bool,
    by: str,
    reason: str,
    at: Instants,
) -> Delivery:
    """A person says what became of a send whose outcome nobody knew.

    Arrived: it is sent, and the ATS is told. Not arrived: it is sent again, unless news has made it needless.
    Raises NotFound, and WrongState for a delivery whose outcome is known.
    """
    delivery = await get(session, delivery_id, lock=True)
    if delivery.state != DeliveryState.UNKNOWN:
        raise WrongState(f"This delivery is {delivery.state}; only an unknown one can be settled.")
    follow_up = await locked_follow_up(session, delivery.follow_up_id)
    if follow_up is None:
        raise NotFound
    kind = OutcomeKind.ACCEPTED if arrived else OutcomeKind.NOT_SENT
    detail = f"{by} says that it {'arrived' if arrived else 'did not arrive'}"
    verdict = "arrived" if arrived else "not_arrived"
    session.add(await _verdict(session, vault, delivery, verdict, by=by, reason=reason, at=at.business))
    if not arrived and speaks(delivery.channel, follow_up):
        await unsay(session, follow_up)
    await settle(session, vault, delivery.id, delivery.attempt, Outcome(kind, detail), at)
    if delivery.state == DeliveryState.QUEUED:
        delivery.act_at, delivery.waiting_on = at.business, None
    delivery.checks, delivery.checked = 0, Checked.BY_HAND if arrived else None
    await wake(session, follow_up, at.business)
    await session.flush()
    return delivery


async def _verdict(
    session: AsyncSession,
    vault: Vault,
    delivery: Delivery,
    verdict: str,
    *,
    by: str,
    reason: str,
    at: datetime,
) -> Approval:
    """Who said so, with the reason sealed: it may name the candidate."""
    message = await session.get_one(Message, delivery.message_id)
    key = key_of(vault, await session.get_one(Person, message.person_id))
    approval = new_id("apr")
    return Approval(
        id=approval,
        follow_up_id=delivery.follow_up_id,
        message_id=delivery.message_id,
        verdict=verdict,
        decided_by=by,
        decided_at=at,
        note=seal_words(key, reason, approval),
    )


async def try_again(session: AsyncSession, delivery_id: str, *, at: Instants) -> Delivery:
    """A failed delivery is tried once more, after a person has mended its cause.

    A mail that a provider has had, or whose recipient has another address by now, leaves as a new delivery
    under a new key: providers pass over a key that they know, or answer for the mail that came back. That new
    one is returned, and this one says by which it was replaced.

    Raises NotFound, and WrongState for any other: nothing that may have left is repeated.
    """
    delivery = await get(session, delivery_id, lock=True)
    if delivery.replaced_by is not None:
        raise WrongState(f"This delivery was replaced by {delivery.replaced_by}; try that one again.")
    if delivery.state != DeliveryState.FAILED:
        raise WrongState(f"This delivery is {delivery.state}; only a failed one can be tried again.")
    follow_up = await locked_follow_up(session, delivery.follow_up_id)
    if follow_up is None:
        raise NotFound
    if await _needs_new_key(session, delivery, follow_up):
        delivery = await _replace(session, delivery, at.business)
    delivery.state, delivery.act_at = DeliveryState.QUEUED, at.business
    delivery.settled_at = delivery.waiting_on = delivery.cause = None
    delivery.receipt = delivery.receipt_at = delivery.receipt_detail = None
    delivery.receipts_from = at.machine
    delivery.checks, delivery.checked = 0, None
    if speaks(delivery.channel, follow_up) and follow_up.state == FollowUpState.FAILED:
        follow_up.state, follow_up.cause = FollowUpState.QUEUED, None
        follow_up.updated_at = at.business
    await wake(session, follow_up, at.business)
    await session.flush()
    return delivery


async def _needs_new_key(session: AsyncSession, delivery: Delivery, follow_up: FollowUp) -> bool:
    if delivery.channel != MAIL or delivery.address_hash is None:
        return False
    if delivery.receipt is not None:
        return True
    role, _, external_id = follow_up.recipient.partition(":")
    ref = role, external_id
    person = (await find_people(session, follow_up.connection_id, {ref})).get(ref)
    return person is not None and person.address_hash != delivery.address_hash


async def _replace(session: AsyncSession, failed: Delivery, now: datetime) -> Delivery:
    """A delivery of the same words, that knows nothing of the first one's attempts and receipts."""
    failed.replaced_by, failed.waiting_on = new_id("dlv"), None
    await session.flush()
    new = Delivery(
        id=failed.replaced_by,
        follow_up_id=failed.follow_up_id,
        message_id=failed.message_id,
        connection_id=failed.connection_id,
        channel=failed.channel,
        recipient=failed.recipient,
        state=DeliveryState.FAILED,
        correlation_id=failed.correlation_id,
        created_at=now,
    )
    session.add(new)
    await session.flush()
    return new


async def unsay(session: AsyncSession, follow_up: FollowUp) -> None:
    """While nobody knew better, it counted as said, and clocks were met by it.

    That was an assumption and no fact: it goes, so that the clocks run on and the message is wanted again.
    """
    of = select(col(Application.external_id)).where(col(Application.id) == follow_up.application_id)
    await session.execute(
        delete(FactRow).where(
            col(FactRow.connection_id) == follow_up.connection_id,
            col(FactRow.application) == of.scalar_subquery(),
            col(FactRow.kind) == str(FactKind.SAID),
            col(FactRow.data)["follow_up"].as_string() == follow_up.id,
        ),
    )


async def wake(session: AsyncSession, follow_up: FollowUp, now: datetime) -> None:
    """Its application is looked at again: clocks and plans follow from what is true now."""
    await session.execute(
        update(Application)
        .where(col(Application.id) == follow_up.application_id)
        .values(wake_at=func.least(func.coalesce(col(Application.wake_at), now), now)),
    )


async def restart(session: AsyncSession, route: str, now: datetime) -> RouteHealth:
    """A stopped way out is used again at once, with everything that waited for it.

    Raises NotFound for a way that never stopped, WrongState for one that is not stopped.
    """
    health = await session.get(RouteHealth, route, with_for_update=True)
    if health is None:
        raise NotFound
    if health.stopped_at is None:
        raise WrongState("This way out is not stopped.")
    health.stopped_at = health.cause = health.retry_at = None
    await session.execute(
        update(Delivery)
        .where(
            col(Delivery.state) == DeliveryState.QUEUED,
            col(Delivery.channel) == MAIL,
            col(Delivery.act_at) > now,
            (col(Delivery.waiting_on) == "operations") | (col(Delivery.attempt) == 0),
        )
        .values(act_at=now, waiting_on=None),
    )
    return health


async def suppress(
    session: AsyncSession, vault: Vault, address: str, *, reason: str, source: str, now: datetime
) -> Suppression:
    """From now on nothing is sent to that address; one that is suppressed already keeps its reason."""
    hashed = vault.address_hash(address)
    await suppress_hash(session, hashed, reason=reason, source=source, now=now)
    return await session.get_one(Suppression, hashed)


async def lift(session: AsyncSession, vault: Vault, address: str) -> Suppression:
    """The address may be written to again. Raises NotFound where it is not suppressed."""
    known = await session.scalar(
        select(Suppression)
        .where(col(Suppression.address_hash) == vault.address_hash(address))
        .with_for_update(),
    )
    if known is None:
        raise NotFound("That address is not suppressed.")
    await session.delete(known)
    await lift_people(session, known.address_hash)
    return known
