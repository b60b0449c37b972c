"""Deliveries, ways out and suppressions over the JSON API."""

from typing import Annotated

from fastapi import Path, Query
from sqlalchemy import select
from sqlmodel import col

from app.delivery import by_hand
from app.delivery.claim import Instants
from app.delivery.hook_models import ReceiptRow
from app.delivery.models import Attempt, Delivery, RouteHealth, Suppression
from app.delivery.schemas import (
    AttemptShown,
    DeliveryDetail,
    DeliveryShown,
    ReceiptShown,
    RouteShown,
    Settlement,
    SuppressionLifted,
    SuppressionNew,
    SuppressionShown,
)
from app.deps import Audit, Caller, Now, Services, Session, Vault, api_router, needs
from app.errors import InvalidAddress, NotFound, UnknownCursor, WrongState
from app.followups.models import FollowUp
from app.mail.headers import address as sound_address
from app.mail.outbound import Address
from app.pages import Page, Paging, matching, page_of, paginate
from app.problems import responses_for
from app.schemas import Id

router = api_router("/v1/deliveries", "deliveries")
routes_router = api_router("/v1/routes", "routes")
suppressions_router = api_router("/v1/suppressions", "suppressions")
routers = (router, routes_router, suppressions_router)

_MOST_RECEIPTS = 200

Filter = Annotated[str | None, Query(max_length=200)]


@router.get("", responses=responses_for(UnknownCursor))
async def list_deliveries(
    _: Annotated[Caller, needs("read")],
    session: Session,
    paging: Paging,
    connection: Filter = None,
    application: Filter = None,
    follow_up: Filter = None,
    state: Annotated[Filter, Query(examples=["unknown"])] = None,
    channel: Annotated[Filter, Query(examples=["mail"])] = None,
    waiting_on: Annotated[Filter, Query(examples=["operations"])] = None,
) -> Page[DeliveryShown]:
    """Deliveries with all of the given properties, newest first."""
    wanted = {
        Delivery.connection_id: connection,
        Delivery.follow_up_id: follow_up,
        Delivery.state: state,
        Delivery.channel: channel,
        Delivery.waiting_on: waiting_on,
    }
    found = select(Delivery).where(*matching(wanted))
    if application is not None:
        theirs = select(col(FollowUp.id)).where(col(FollowUp.application_id) == application)
        found = found.where(col(Delivery.follow_up_id).in_(theirs))
    # Ids are in the order of time, and the primary key has them sorted.
    return page_of(await paginate(session, found, [col(Delivery.id)], paging), DeliveryShown.model_validate)


@router.get("/{delivery_id}", responses=responses_for(NotFound))
async def get_delivery(
    delivery_id: Id, _: Annotated[Caller, needs("read")], session: Session
) -> DeliveryDetail:
    """One delivery with its attempts, and what the provider said of it."""
    delivery = await by_hand.get(session, delivery_id)
    rows = await session.scalars(
        select(Attempt).where(col(Attempt.delivery_id) == delivery.id).order_by(col(Attempt.number))
    )
    attempts = [AttemptShown.model_validate(row) for row in rows]
    told = await session.scalars(
        select(ReceiptRow)
        .where(col(ReceiptRow.delivery_id) == delivery.id)
        .order_by(col(ReceiptRow.received_at), col(ReceiptRow.id))
        .limit(_MOST_RECEIPTS)
    )
    receipts = [ReceiptShown.model_validate(row) for row in told]
    shown = {**delivery.model_dump(), "attempts": attempts, "receipts": receipts}
    return DeliveryDetail.model_validate(shown)


@router.post("/{delivery_id}/settle", responses=responses_for(NotFound, WrongState))
async def settle_delivery(
    delivery_id: Id,
    given: Settlement,
    caller: Annotated[Caller, needs("act")],
    session: Session,
    services: Services,
    record: Audit,
    now: Now,
) -> DeliveryShown:
    """Say what became of an unknown delivery: it arrived, or it did not and is sent again."""
    delivery = await by_hand.settle_unknown(
        session,
        services.vault,
        delivery_id,
        arrived=given.arrived,
        by=given.on_behalf_of or caller.name,
        reason=given.reason.strip(),
        at=Instants(now, services.machine_now()),
    )
    record("delivery.settled", delivery.id, {"arrived": given.arrived})
    return DeliveryShown.model_validate(delivery)


@router.post("/{delivery_id}/retry", responses=responses_for(NotFound, WrongState))
async def retry_delivery(
    delivery_id: Id,
    _: Annotated[Caller, needs("act")],
    session: Session,
    services: Services,
    record: Audit,
    now: Now,
) -> DeliveryShown:
    """Try a failed delivery once more, after its cause has been mended."""
    at = Instants(now, services.machine_now())
    delivery = await by_hand.try_again(session, delivery_id, at=at)
    record("delivery.retried", delivery.id)
    return DeliveryShown.model_validate(delivery)


@routes_router.get("", responses=responses_for(UnknownCursor))
async def list_routes(
    _: Annotated[Caller, needs("read")], session: Session, paging: Paging
) -> Page[RouteShown]:
    """Ways out that are or were stopped by a trouble of their own. None: all have always worked."""
    rows = await paginate(session, select(RouteHealth), [col(RouteHealth.route)], paging, newest_first=False)
    return page_of(rows, RouteShown.model_validate)


@routes_router.post("/{route}/restart", responses=responses_for(NotFound, WrongState))
async def restart_route(
    route: Annotated[str, Path(max_length=64, examples=["smtp"])],
    _: Annotated[Caller, needs("act")],
    session: Session,
    record: Audit,
    now: Now,
) -> RouteShown:
    """Use a stopped way out again at once, after its trouble has been mended."""
    health = await by_hand.restart(session, route, now)
    record("route.restarted", health.route)
    return RouteShown.model_validate(health)


@suppressions_router.get("", responses=responses_for(UnknownCursor))
async def list_suppressions(
    _: Annotated[Caller, needs("read")], session: Session, paging: Paging
) -> Page[SuppressionShown]:
    """Addresses that are not written to, by keyed hash, newest first."""
    order = [col(Suppression.created_at), col(Suppression.address_hash)]
    return page_of(await paginate(session, select(Suppression), order, paging), SuppressionShown.of)


@suppressions_router.post("", status_code=201, responses=responses_for(InvalidAddress))
async def add_suppression(
    given: SuppressionNew,
    _: Annotated[Caller, needs("act")],
    session: Session,
    vault: Vault,
    record: Audit,
    now: Now,
) -> SuppressionShown:
    """Never write to that address again; what waits to leave is stopped, too."""
    address = _sound(given.address.get_secret_value())
    row = await by_hand.suppress(session, vault, address, reason=given.reason, source=record.actor, now=now)
    record("suppression.added", row.address_hash.hex())
    return SuppressionShown.of(row)


@suppressions_router.post("/remove", responses=responses_for(NotFound, InvalidAddress))
async def remove_suppression(
    given: SuppressionLifted,
    _: Annotated[Caller, needs("admin")],
    session: Session,
    vault: Vault,
    record: Audit,
) -> SuppressionShown:
    """Allow an address again. Its address is in the body, because URLs end up in logs."""
    row = await by_hand.lift(session, vault, _sound(given.address.get_secret_value()))
    record("suppression.removed", row.address_hash.hex())
    return SuppressionShown.of(row)


def _sound(given: str) -> str:
    """One address that a mail server can take; raises InvalidAddress without repeating it."""
    sound_address(Address("", given.strip()), "address")
    return given.strip()
