"""The flow of one process, with everything it holds: opened together, closed together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.db import unit_of_work
from app.delivery.routes import Route, route_from
from app.flow import Flow
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
    chosen = route or route_from(mail_route(settings))
    vendors = Vendors(services.sessions, services.vault)
    try:
        yield Flow(services, services.shelf, vendors, chosen)
    finally:
        await vendors.aclose()
        await chosen.aclose()


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
