"""The flow of one process, with everything it holds: opened together, closed together."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import lru_cache

from app.db import unit_of_work
from app.delivery.route import Route
from app.delivery.routes_file import configured
from app.delivery.routing import Routes
from app.errors import UnsafeSettings
from app.flow import Flow
from app.followups.catalogue import KINDS
from app.messages.rephrase import may_be_rephrased
from app.messages.rephrase_call import Endpoint, EndpointSettings
from app.messages.rephrase_drain import Rephraser, RephraseRules
from app.replies.mailboxes import mailboxes_of
from app.services import Services
from app.sla.book import ensure_starter
from app.sla.recompute import ask_if_zones_changed
from app.vendors import Vendors

_GRACE = 5.0
"""Seconds in which sends may end that a provider keeps waiting; what is cut off is asked about."""


@lru_cache(maxsize=1)
def _spare_the_collector() -> None:
    """What is loaded by now stays, and batches make many objects that live briefly: look less often.

    Else a sixth of a worker's time goes into looking for cycles, of which there are few.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(25_000, 20, 20)


@asynccontextmanager
async def open_flow(services: Services, *, route: Route | Routes | None = None) -> AsyncIterator[Flow]:
    """The flow over these services; on the first start it gives the company its starter rules.

    Args:
        services: Of this process.
        route: The mail routes, or the only one; those that the settings describe unless given.
    """
    _spare_the_collector()
    settings = services.settings
    now = await services.refresh()
    async with unit_of_work(services.sessions) as session:
        await ensure_starter(session, time_zone=settings.time_zone, holidays=settings.holidays, now=now)
        await ask_if_zones_changed(session, now)
    rephraser, mailboxes = _rephraser(services), mailboxes_of(settings)
    chosen = configured(settings) if route is None else route
    routes = chosen if isinstance(chosen, Routes) else Routes.single(chosen)
    vendors = Vendors(services.sessions, services.vault)
    flow = Flow(services, services.shelf, vendors, routes, mailboxes, rephraser)
    try:
        yield flow
    finally:
        await flow.lanes.aclose(_GRACE)
        if rephraser:
            await rephraser.endpoint.aclose()
        await vendors.aclose()
        await routes.aclose()


def _rephraser(services: Services) -> Rephraser | None:
    settings = services.settings
    if settings.rephrase_url is None:
        return None
    kinds = frozenset(filter(None, (kind.strip() for kind in settings.rephrase_kinds.split(","))))
    if unknown := sorted(kind for kind in kinds if kind not in KINDS or not may_be_rephrased(kind)):
        raise UnsafeSettings(
            f"HEARDBACK_REPHRASE_KINDS names what cannot be rephrased: {', '.join(unknown)}."
        )
    where = EndpointSettings(
        settings.rephrase_url,
        settings.rephrase_model,
        settings.rephrase_key,
        settings.rephrase_seconds,
        settings.rephrase_limit_name,
    )
    # The pause is a little longer than the longest answer, so that the answer can be written down.
    pause = timedelta(seconds=settings.rephrase_seconds + 5)
    rules = RephraseRules(kinds, settings.rephrase_tokens_per_day, settings.rephrase_disclose, pause)
    return Rephraser(
        services.sessions,
        services.vault,
        services.shelf.book,
        settings.company_name,
        Endpoint(where),
        rules,
        services.machine_now,
    )
