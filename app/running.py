"""The flow of one process, with everything it holds: opened together, closed together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from app.db import unit_of_work
from app.delivery.routes import Route, route_from
from app.errors import UnsafeSettings
from app.flow import Flow
from app.followups.catalogue import KINDS
from app.messages.rephrase import may_be_rephrased
from app.messages.rephrase_call import Endpoint, EndpointSettings
from app.messages.rephrase_drain import Rephraser, RephraseRules
from app.services import Services
from app.settings import Settings
from app.sla.book import ensure_starter
from app.sla.recompute import ask_if_zones_changed
from app.vendors import Vendors


@asynccontextmanager
async def open_flow(services: Services, *, route: Route | None = None) -> AsyncIterator[Flow]:
    """The flow over these services; on the first start it gives the company its starter rules.

    Args:
        services: Of this process.
        route: The mail route; the one that the settings describe unless given.
    """
    settings = services.settings
    now = await services.refresh()
    async with unit_of_work(services.sessions) as session:
        await ensure_starter(session, time_zone=settings.time_zone, holidays=settings.holidays, now=now)
        await ask_if_zones_changed(session, now)
    rephraser = _rephraser(services)
    chosen = route or route_from(mail_route(settings))
    vendors = Vendors(services.sessions, services.vault)
    try:
        yield Flow(services, services.shelf, vendors, chosen, rephraser)
    finally:
        if rephraser:
            await rephraser.endpoint.aclose()
        await vendors.aclose()
        await chosen.aclose()


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


def mail_route(settings: Settings) -> dict[str, Any]:
    """The settings of the mail route, as `route_from` takes them."""
    if settings.mail_route == "smtp":
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        return {
            "kind": "smtp",
            "host": settings.smtp_host,
            "port": settings.smtp_port,
            "tls": settings.smtp_tls,
            "username": settings.smtp_username,
            "password": password,
        }
    if settings.mail_route == "postmark":
        token = settings.postmark_token.get_secret_value() if settings.postmark_token else ""
        return {
            "kind": "postmark",
            "token": token,
            "base_url": settings.postmark_base_url,
            "stream": settings.postmark_stream,
        }
    return {"kind": "folder", "directory": settings.mail_folder or settings.data_dir / "mail"}
