"""The recruiters' page: a link from the mail shows the words, a form on it decides. No login, no script.

Looking never acts: whatever fetches links ahead of people, such as a mail scanner, changes nothing.
"""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from app.access import audit
from app.db import unit_of_work
from app.desk.acts import Held, act_by_link, hold
from app.desk.form import read_form
from app.desk.page import Standing, decide_page, told_page
from app.desk.reader import tongue_of
from app.desk.reading import letter_of
from app.desk.standing import standing
from app.desk.style import HEADERS
from app.errors import HeardbackError, NotFound
from app.messages.links import form_nonce
from app.routes import services_of
from app.services import Services

router = APIRouter(prefix="/a", include_in_schema=False)


@router.api_route("/{token}", methods=["GET", "HEAD"])
async def show_by_link(token: str, request: Request) -> Response:
    """The message with its sources and what can be done with it; or why the link does nothing any more."""
    services = services_of(request)
    await services.refresh()
    tongue = _tongue(services, request)
    return await _guarded(services, tongue, lambda: _show(services, token, seen=request.method == "GET"))


@router.post("/{token}")
async def decide_by_link(token: str, request: Request) -> Response:
    """One act, once: then the page is shown again, so that a reload asks for nothing."""
    services = services_of(request)
    await services.refresh()
    body, kind = await request.body(), request.headers.get("content-type", "")
    tongue = _tongue(services, request)

    async def decide() -> Response:
        form = read_form(kind, body)
        async with unit_of_work(services.sessions) as session:
            newer = await act_by_link(services, session, token, form)
        services.nudge()
        # By its path alone: whatever stands before us may be reached under several names.
        where = f"/a/{newer.rpartition('/')[2]}" if newer else f"/a/{token}"
        return RedirectResponse(where, 303, HEADERS)

    try:
        return await decide()
    except NotFound as unknown:
        return _told(services, Standing("unknown"), tongue, unknown.status)
    except HeardbackError as refused:
        why, status = refused.detail, refused.status
        return await _guarded(services, tongue, lambda: _show(services, token, trouble=why, status=status))


def _tongue(services: Services, request: Request) -> str:
    return tongue_of(services, request.headers.get("accept-language", ""))


async def _guarded(services: Services, tongue: str, answer: Callable[[], Awaitable[Response]]) -> Response:
    """Errors of ours as pages: whoever follows a link reads no JSON."""
    try:
        return await answer()
    except HeardbackError as wrong:
        state = "unknown" if isinstance(wrong, NotFound) else "impossible"
        return _told(services, Standing(state), tongue, wrong.status, trouble=wrong.detail)


async def _show(
    services: Services, token: str, *, seen: bool = False, trouble: str = "", status: int = 200
) -> Response:
    async with unit_of_work(services.sessions) as session:
        held = await hold(services, session, token)
        nonce = form_nonce(services.vault, held.link)
        found = standing(held.link, held.row, services.machine_now())
        if not found.open:
            return _told(services, found, held.reader.locale, status, nonce)
        letter = await letter_of(session, held)
        if seen:
            _record_reading(held)
        company, reader = services.settings.company_name, held.reader.locale
        page = decide_page(letter, reader, company=company, nonce=nonce, trouble=trouble)
        return HTMLResponse(page, status, HEADERS)


def _record_reading(held: Held) -> None:
    """By the link, not by the person: nobody can say who fetched it."""
    audit.record(
        held.desk.session,
        actor=f"link:{held.link.id}",
        act="follow-up.words-read",
        subject=held.row.id,
        at=held.desk.now,
    )


def _told(
    services: Services, found: Standing, tongue: str, status: int = 200, nonce: str = "", trouble: str = ""
) -> Response:
    company = services.settings.company_name
    page = told_page(found, tongue, company=company, nonce=nonce, trouble=trouble)
    return HTMLResponse(page, status, HEADERS)
