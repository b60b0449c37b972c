"""What a link does when its page's form comes back: one act, once, in the name of whom it was made for."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.access import audit
from app.desk.form import Form
from app.desk.reader import Reader, reader_of
from app.desk.standing import MOVED_ON, standing
from app.errors import NotAllowed, NotFound, WrongState
from app.followups.models import FollowUp
from app.messages.approval import Desk, approve, edit, reject
from app.messages.asking import ask
from app.messages.links import Links, find_link, is_nonce, make_link
from app.messages.models import ApprovalLink
from app.messages.picking import pick
from app.messages.waiting import NUDGE
from app.services import Services

_DECISIONS = ("approve", "edit", "pick", "reject")
_WRITTEN = {"picked": "follow-up.highlight-picked", "renewed": "follow-up.link-renewed"}
_HOUR = "%Y%m%dT%H"


@dataclass(frozen=True, slots=True)
class Held:
    """A link with its follow-up, at a desk in the name of the person for whom the link was made."""

    desk: Desk
    link: ApprovalLink
    row: FollowUp
    links: Links
    reader: Reader


async def hold(services: Services, session: AsyncSession, token: str, *, lock: bool = False) -> Held:
    """The link of that token; locked for an act if asked, so that two at once take turns. Raises NotFound."""
    settings = services.settings
    link = await find_link(session, services.vault, token, lock=lock)
    row = await session.get(FollowUp, link.follow_up_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise NotFound
    book = await services.shelf.book(session)
    now = services.clock.now()
    company = settings.company_name
    desk = Desk(session, services.vault, book, company, settings.locale, link.approver, now, via="link")
    reader = await reader_of(services, session, row, link.approver)
    return Held(desk, link, row, Links(settings.public_url, services.machine_now), reader)


async def act_by_link(services: Services, session: AsyncSession, token: str, form: Form) -> str | None:
    """Does what the form asks for; returns the new link's address where one was made.

    Raises:
        NotFound: The token is not one of ours.
        NotAllowed: The form is not from a page of this link.
        WrongState: The link cannot do that, or not any more; or no scorecard says what was picked.
        Unprocessable: A check stops the message, or its words cannot be kept.
    """
    held = await hold(services, session, token, lock=True)
    if not is_nonce(services.vault, held.link, form.nonce):
        raise NotAllowed("This page was not made for this link; open the link again.")
    found = standing(held.link, held.row, services.machine_now())
    if form.act in _DECISIONS:
        if not found.open:
            raise WrongState("This link decides nothing any more; open it again.")
        return await _decide(held, form)
    if found.helps != form.act:
        raise WrongState("This link needs no help; open it again.")
    return await _help(held, form.act)


async def _decide(held: Held, form: Form) -> str | None:
    desk, link = held.desk, held.link
    if form.act == "approve":
        await approve(desk, link.follow_up_id, message_id=link.message_id, note=None)
    elif form.act == "reject":
        await reject(desk, link.follow_up_id, note=form.note)
    elif form.act == "pick":
        await _pick(held, form.highlight)
    else:
        await edit(desk, link.follow_up_id, subject=form.subject, text=form.text)
    done = {"approve": "approved", "reject": "rejected", "edit": "edited", "pick": "picked"}[form.act]
    _use(held, done)
    return await _newer(held) if done in MOVED_ON else None


async def _pick(held: Held, highlight: str) -> None:
    try:
        await pick(held.desk, held.link.follow_up_id, highlight)
    except NotFound as gone:
        raise WrongState(gone.detail) from gone


async def _help(held: Held, act: str) -> str | None:
    desk, link, row = held.desk, held.link, held.row
    if act == "renew":
        _use(held, "renewed")
        return await _newer(held)
    # By mail, so that an old link in the wrong hands leads nowhere; at most once an hour.
    await ask(desk.session, row, NUDGE, desk.now, to=link.approver, mark=f":again:{desk.now:{_HOUR}}")
    _write(held, "follow-up.link-asked")
    return None


async def _newer(held: Held) -> str:
    await held.desk.session.refresh(held.row)
    return await make_link(held.desk.session, held.desk.vault, held.links, held.row, held.link.approver)


def _use(held: Held, what: str) -> None:
    held.link.used_at, held.link.used_for = held.links.machine_now(), what
    _write(held, _WRITTEN.get(what, f"follow-up.{what}"))


def _write(held: Held, act: str) -> None:
    detail = {"message": held.link.message_id, "via": "link", "link": held.link.id}
    audit.record(
        held.desk.session,
        actor=held.link.approver,
        act=act,
        subject=held.row.id,
        at=held.desk.now,
        detail=detail,
    )
