"""The candidates' pages: stop messages that only keep in touch, or choose what to be written about. No login.

`POST /u/{token}` is the one click of RFC 8058: a mailbox sends it without cookies or a page, and is answered
200 with nothing in it, whatever was sent and whether or not the token is known. Looking never acts.
"""

from zoneinfo import available_timezones

from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.responses import HTMLResponse, RedirectResponse

from app.db import unit_of_work
from app.desk.contact_form import is_page, read_wishes
from app.desk.contact_page import (
    CONTACT_HEADERS,
    Shown,
    choose_page,
    stop_page,
    stopped_page,
    unknown_page,
)
from app.desk.reader import tongue_of
from app.errors import Unprocessable
from app.followups.contact import Choices
from app.followups.contact_links import find_contact_link
from app.followups.contact_models import ContactLink
from app.followups.contact_store import choices_of, keep_wishes, person_of, stop_nurture
from app.messages.language import LANGUAGES
from app.routes import reach, services_of
from app.services import Services
from app.timeline.models import Application, Job
from app.timeline.people import open_person

router = APIRouter(include_in_schema=False)

ZONES = frozenset(
    name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))
)


@router.api_route("/u/{token}", methods=["GET", "HEAD"])
async def show_stop(token: str, request: Request) -> Response:
    """The page with the button, the same for every token."""
    services = services_of(request)
    async with unit_of_work(services.sessions) as session:
        await reach(session)
        link = await find_contact_link(session, services.vault, token)
        tongue = await _language(services, session, link, request)
    return HTMLResponse(stop_page(tongue, token, company=_company(services)), 200, CONTACT_HEADERS)


@router.post("/u/{token}")
async def stop(token: str, request: Request) -> Response:
    """Stops at once; the button of our page is answered with a page, a mailbox with nothing."""
    services, body = services_of(request), await request.body()
    now = await services.refresh()
    async with unit_of_work(services.sessions) as session:
        await reach(session)
        link = await find_contact_link(session, services.vault, token)
        if link is not None:
            await stop_nurture(session, link, now)
        tongue = await _language(services, session, link, request)
    if not is_page(body):
        return Response(status_code=200, headers=CONTACT_HEADERS)
    return HTMLResponse(stopped_page(tongue, token, company=_company(services)), 200, CONTACT_HEADERS)


@router.api_route("/p/{token}", methods=["GET", "HEAD"])
async def show_choices(token: str, request: Request) -> Response:
    """What is chosen now, in a form."""
    return await _choices(services_of(request), token, request, saved="saved" in request.query_params)


@router.post("/p/{token}")
async def keep_choices(token: str, request: Request) -> Response:
    """Keeps what was chosen, then shows the page again, so that a reload asks for nothing."""
    services = services_of(request)
    try:
        wishes = read_wishes(await request.body(), LANGUAGES, ZONES)
    except Unprocessable:
        return await _choices(services, token, request, trouble=True, status=422)
    now = await services.refresh()
    async with unit_of_work(services.sessions) as session:
        await reach(session)
        link = await find_contact_link(session, services.vault, token)
        if link is None:
            tongue = await _language(services, session, None, request)
            return _unknown(services, tongue)
        await keep_wishes(session, services.vault, link, wishes, now)
    return RedirectResponse(f"/p/{token}?saved", 303, CONTACT_HEADERS)


async def _choices(
    services: Services,
    token: str,
    request: Request,
    *,
    saved: bool = False,
    trouble: bool = False,
    status: int = 200,
) -> Response:
    async with unit_of_work(services.sessions) as session:
        await reach(session)
        link = await find_contact_link(session, services.vault, token)
        tongue = await _language(services, session, link, request)
        if link is None:
            return _unknown(services, tongue)
        shown = await _shown(services, session, link)
    page = choose_page(tongue, shown, ZONES, company=_company(services), saved=saved, trouble=trouble)
    return HTMLResponse(page, status, CONTACT_HEADERS)


def _unknown(services: Services, tongue: str) -> Response:
    return HTMLResponse(unknown_page(tongue, company=_company(services)), 404, CONTACT_HEADERS)


async def _shown(services: Services, session: AsyncSession, link: ContactLink) -> Shown:
    person = await person_of(session, link)
    said = (await choices_of(session, [person])).get(person.id, Choices())
    chosen = open_person(services.vault, person).chosen
    return Shown(
        job=await _job(session, link),
        paused=link.application_id in said.paused,
        important_only=said.important_only,
        nurture_stopped=said.nurture_stopped,
        locale=chosen.locale or "",
        time_zone=chosen.time_zone or "",
    )


async def _job(session: AsyncSession, link: ContactLink) -> str:
    application = await session.get_one(Application, link.application_id)
    job = await session.scalar(
        select(Job).where(
            col(Job.connection_id) == application.connection_id,
            col(Job.external_id) == application.job,
        )
    )
    return str(job.data.get("name") or "") if job else ""


async def _language(
    services: Services, session: AsyncSession, link: ContactLink | None, request: Request
) -> str:
    """The candidate's own, else the browser's first that there is, else the service's."""
    own = open_person(services.vault, await person_of(session, link)).locale if link else None
    return tongue_of(services, request.headers.get("accept-language", ""), own).partition("-")[0]


def _company(services: Services) -> str:
    return services.settings.company_name
