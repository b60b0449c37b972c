"""Answers over the JSON API."""

from typing import Annotated

from fastapi import Query
from sqlalchemy import select
from sqlmodel import col

from app.delivery.claim import Instants
from app.deps import Audit, Caller, Now, Services, Session, Vault, api_router, needs
from app.errors import NotFound, UnknownCursor, WrongState
from app.pages import Page, Paging, matching, page_of, paginate
from app.problems import responses_for
from app.replies import act
from app.replies.models import Reply, ReplySuggestion
from app.replies.phrases import Meaning
from app.replies.schemas import Confirmation, ReadingShown, ReplyDetail, ReplyShown, SuggestionDecision
from app.schemas import Id

router = api_router("/v1/replies", "replies")
routers = (router,)

Filter = Annotated[str | None, Query(max_length=200)]


@router.get("", responses=responses_for(UnknownCursor))
async def list_replies(
    _: Annotated[Caller, needs("read")],
    session: Session,
    paging: Paging,
    connection: Filter = None,
    application: Filter = None,
    state: Annotated[Filter, Query(examples=["hinted"])] = None,
    sort: Annotated[Filter, Query(examples=["reply"])] = None,
) -> Page[ReplyShown]:
    """Mails that came back with all of the given properties, newest first; without their words."""
    wanted = {
        Reply.connection_id: connection,
        Reply.application_id: application,
        Reply.state: state,
        Reply.sort: sort,
    }
    found = select(Reply).where(*matching(wanted))
    order = [col(Reply.received_at), col(Reply.id)]
    return page_of(await paginate(session, found, order, paging), ReplyShown.model_validate)


@router.get("/{reply_id}", responses=responses_for(NotFound))
async def get_reply(
    reply_id: Id, _: Annotated[Caller, needs("read")], session: Session, vault: Vault
) -> ReplyDetail:
    """One answer with its words and what it seems to say."""
    return await _detail(session, vault, await act.get(session, reply_id))


@router.post("/{reply_id}/confirm", responses=responses_for(NotFound, WrongState))
async def confirm_reply(
    reply_id: Id,
    given: Confirmation,
    caller: Annotated[Caller, needs("act")],
    session: Session,
    services: Services,
    record: Audit,
    now: Now,
) -> ReplyDetail:
    """Say which application an answer is about, or that it is about none; what follows happens at once."""
    by = given.on_behalf_of or caller.name
    if given.application_id is None:
        reply = await act.dismiss(session, reply_id, by=by)
    else:
        at = Instants(now, services.machine_now())
        reply = await act.confirm(session, services.vault, reply_id, given.application_id, by=by, at=at)
    record("reply.confirmed", reply.id, {"application": given.application_id})
    return await _detail(session, services.vault, reply)


@router.post("/{reply_id}/suggestions/{meaning}", responses=responses_for(NotFound, WrongState))
async def decide_suggestion(
    reply_id: Id,
    meaning: Meaning,
    given: SuggestionDecision,
    caller: Annotated[Caller, needs("act")],
    session: Session,
    vault: Vault,
    record: Audit,
    now: Now,
) -> ReadingShown:
    """Accept or dismiss what an answer seems to say. Accepting another offer starts the policy's clock."""
    by = given.on_behalf_of or caller.name
    row = await act.decide(session, vault, reply_id, meaning, accepted=given.accepted, by=by, now=now)
    record("reply.suggestion_decided", reply_id, {"meaning": str(meaning), "accepted": given.accepted})
    return await _suggestion(session, vault, await act.get(session, reply_id), row)


async def _detail(session: Session, vault: Vault, reply: Reply) -> ReplyDetail:
    said = await act.opened(session, vault, reply)
    rows = await act.suggestions(session, reply)
    shown = [await _suggestion(session, vault, reply, row) for row in rows]
    words = {"sender": said.sender, "subject": said.subject, "words": said.words}
    return ReplyDetail.model_validate({**reply.model_dump(), **words, "suggestions": shown})


async def _suggestion(session: Session, vault: Vault, reply: Reply, row: ReplySuggestion) -> ReadingShown:
    sentence = await act.sentence(session, vault, reply, row)
    return ReadingShown.model_validate({**row.model_dump(), "sentence": sentence})
