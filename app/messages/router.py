"""Follow-ups over the JSON API: read, complete, approve, edit, reject."""

from dataclasses import asdict
from typing import Annotated

from fastapi import Depends, Query
from sqlalchemy import select
from sqlmodel import col

from app.access.keys import Scope
from app.ats.canonical import PersonRole
from app.deps import Audit, Caller, Now, Services, Session, api_router, needs
from app.errors import NotAllowed, NotFound, UnknownCursor, Unprocessable, UnsafeHeader, WrongState
from app.followups.models import Approval, FollowUp, SuppliedFact
from app.messages import approval, bulk
from app.messages.approval import Desk
from app.messages.bulk_schemas import BulkGiven, BulkResultShown, BulkShown
from app.messages.picking import pick
from app.messages.picking_schemas import HighlightPicked, SuggestionShown
from app.messages.previews import Preview, label_of
from app.messages.previews import preview as read_preview
from app.messages.rephrase_schemas import RephrasingShown
from app.messages.schemas import (
    ApprovalGiven,
    ApprovalShown,
    FactsGiven,
    FindingShown,
    FollowUpDetail,
    FollowUpShown,
    MissingShown,
    PreviewShown,
    RejectionGiven,
    SentenceShown,
    SourceShown,
    SuppliedShown,
    WordsGiven,
)
from app.pages import Page, Paging, matching, page_of, paginate
from app.privacy.vault import open_words
from app.problems import responses_for
from app.schemas import Id
from app.timeline.models import Application
from app.timeline.people import find_people, key_of

router = api_router("/v1/follow-ups", "follow-ups")
routers = (router,)

Filter = Annotated[str | None, Query(max_length=200)]


@router.get("", responses=responses_for(UnknownCursor))
async def list_follow_ups(
    _: Annotated[Caller, needs("read")],
    session: Session,
    paging: Paging,
    connection: Filter = None,
    application: Filter = None,
    clock: Filter = None,
    state: Annotated[Filter, Query(examples=["waiting_approval"])] = None,
    kind: Annotated[Filter, Query(examples=["rejection_after_interview"])] = None,
    recipient: Annotated[Filter, Query(examples=["candidate:9001"])] = None,
    waiting_on: Annotated[Filter, Query(examples=["member:4455"])] = None,
) -> Page[FollowUpShown]:
    """Follow-ups with all of the given properties, newest first."""
    wanted = {
        FollowUp.connection_id: connection,
        FollowUp.application_id: application,
        FollowUp.clock_id: clock,
        FollowUp.state: state,
        FollowUp.kind: kind,
        FollowUp.recipient: recipient,
        FollowUp.waiting_on: waiting_on,
    }
    found = select(FollowUp).where(*matching(wanted))
    order = [col(FollowUp.created_at), col(FollowUp.id)]
    return page_of(await paginate(session, found, order, paging), FollowUpShown.model_validate)


@router.get("/{follow_up_id}", responses=responses_for(NotFound))
async def get_follow_up(
    follow_up_id: Id, caller: Annotated[Caller, needs("read")], session: Session, services: Services
) -> FollowUpDetail:
    """One follow-up with the verdicts on it and the names of the facts that people added.

    What people wrote beside their verdict may name the candidate: only a key with the scope `act` reads it.
    """
    row = await session.get(FollowUp, follow_up_id)
    if row is None:
        raise NotFound
    verdicts = await session.scalars(
        select(Approval)
        .where(col(Approval.follow_up_id) == row.id)
        .order_by(col(Approval.decided_at), col(Approval.id))
    )
    supplied = await session.scalars(
        select(SuppliedFact).where(col(SuppliedFact.follow_up_id) == row.id).order_by(col(SuppliedFact.name))
    )
    key = await _key(session, services, row) if Scope.ACT in caller.scopes else None
    return FollowUpDetail.model_validate(
        {
            **row.model_dump(),
            "approvals": [_approval(each, key) for each in verdicts],
            "supplied": [SuppliedShown.model_validate(each) for each in supplied],
        },
    )


def _approval(row: Approval, key: bytes | None) -> ApprovalShown:
    note = open_words(key, row.note, row.id)
    return ApprovalShown.model_validate({**row.model_dump(), "note": note, "saw": row.saw or None})


async def _key(session: Session, services: Services, row: FollowUp) -> bytes | None:
    """The key of the candidate whom the follow-up is about; None after erasure."""
    application = await session.get_one(Application, row.application_id)
    ref = (str(PersonRole.CANDIDATE), application.candidate or "")
    person = (await find_people(session, row.connection_id, [ref])).get(ref)
    return key_of(services.vault, person) if person else None


@router.get("/{follow_up_id}/preview", responses=responses_for(NotFound))
async def preview_follow_up(
    follow_up_id: Id,
    _: Annotated[Caller, needs("act")],
    session: Session,
    services: Services,
    record: Audit,
    now: Now,
) -> PreviewShown:
    """Its words with where each fact comes from, what the checks found and what is missing.

    The words are personal, so this needs the scope `act` and is written to the audit.
    """
    settings = services.settings
    found = await read_preview(
        session,
        services.vault,
        await services.shelf.book(session),
        follow_up_id,
        now,
        company=settings.company_name,
        locale=settings.locale,
    )
    record("follow-up.words-read", follow_up_id)
    return _preview(found)


def _preview(found: Preview) -> PreviewShown:
    message = found.message
    return PreviewShown(
        follow_up_id=found.follow_up.id,
        state=found.follow_up.state,
        message_id=message.id if message else None,
        version=message.version if message else None,
        written_by=message.written_by if message else None,
        subject=found.words.get("subject"),
        text=found.words.get("text"),
        html=found.words.get("html"),
        sentences=[
            SentenceShown(
                text=each.text, facts=[SourceShown(name=name, source=source) for name, source in each.facts]
            )
            for each in found.sentences
        ],
        findings=[FindingShown.model_validate(each) for each in found.findings],
        missing=[MissingShown(name=name, label=label_of(name)) for name in found.missing],
        obstacle=found.obstacle,
        promises=list(found.promises),
        rephrasing=RephrasingShown.of(found.rephrasing) if found.rephrasing else None,
        suggestions=[SuggestionShown.model_validate(asdict(each)) for each in found.suggestions],
    )


class _Desks:
    """Opens a desk in the caller's name, or in the name of the person for whom it acts."""

    def __init__(
        self,
        caller: Annotated[Caller, needs("act")],
        session: Session,
        services: Services,
        now: Now,
    ) -> None:
        self._caller, self._session, self._services, self._now = caller, session, services, now

    async def open(self, on_behalf_of: str | None) -> Desk:
        settings = self._services.settings
        return Desk(
            self._session,
            self._services.vault,
            await self._services.shelf.book(self._session),
            settings.company_name,
            settings.locale,
            on_behalf_of or self._caller.name,
            self._now,
        )


Desks = Annotated[_Desks, Depends()]


@router.post("/approve", responses=responses_for(Unprocessable))
async def approve_many_follow_ups(given: BulkGiven, desks: Desks, record: Audit) -> BulkShown:
    """Let many messages leave at their time, each as it was read; each is done or refused by itself.

    The same request again does nothing twice.
    """
    desk = await desks.open(given.on_behalf_of)
    if given.waiting is not None:
        wanted = given.waiting
        narrowed = {"connection": wanted.connection, "waiting_on": wanted.waiting_on}
        reads = await bulk.waiting_before(
            desk, wanted.kind, wanted.seen_at, **narrowed, excluded=given.excluding
        )
    else:
        reads = [bulk.Read(each.follow_up_id, each.message_id) for each in given.items or ()]
    results = await bulk.approve_many(desk, reads, excluded=given.excluding, note=given.note)
    approved = [each for each in results if each.outcome == "approved"]
    for each in approved:
        record("follow-up.approved", each.follow_up_id, {"message": each.message_id, "via": "bulk"})
    return BulkShown(
        approved=len(approved), results=[BulkResultShown.model_validate(each) for each in results]
    )


@router.post("/{follow_up_id}/facts", responses=responses_for(NotFound, WrongState, Unprocessable))
async def supply_facts(follow_up_id: Id, given: FactsGiven, desks: Desks, record: Audit) -> FollowUpShown:
    """Add facts that the ATS does not have; its words are written anew."""
    row = await approval.supply(await desks.open(given.on_behalf_of), follow_up_id, given.facts)
    record("follow-up.facts-supplied", row.id, {"facts": sorted(given.facts)})
    return FollowUpShown.model_validate(row)


@router.post("/{follow_up_id}/highlights", responses=responses_for(NotFound, WrongState, Unprocessable))
async def pick_highlight(
    follow_up_id: Id, given: HighlightPicked, desks: Desks, record: Audit
) -> FollowUpShown:
    """Give the candidate words of a scorecard to read; the message is written anew, with their source.

    The preview proposes them. Nothing internal reaches a candidate unless a person does this, or the
    connection's settings mark the field.
    """
    row = await pick(await desks.open(given.on_behalf_of), follow_up_id, given.highlight, given.fact)
    record("follow-up.highlight-picked", row.id, {"highlight": given.highlight})
    return FollowUpShown.model_validate(row)


@router.post(
    "/{follow_up_id}/approve", responses=responses_for(NotAllowed, NotFound, WrongState, Unprocessable)
)
async def approve_follow_up(
    follow_up_id: Id, given: ApprovalGiven, desks: Desks, record: Audit
) -> FollowUpShown:
    """Let the words leave at their time; refused if they were written anew since you read them."""
    desk = await desks.open(given.on_behalf_of)
    row = await approval.approve(desk, follow_up_id, message_id=given.message_id, note=given.note)
    record("follow-up.approved", row.id, {"message": given.message_id})
    return FollowUpShown.model_validate(row)


@router.post("/{follow_up_id}/edit", responses=responses_for(NotFound, WrongState, UnsafeHeader))
async def edit_follow_up(follow_up_id: Id, given: WordsGiven, desks: Desks, record: Audit) -> FollowUpShown:
    """Replace the words; they are checked again and need an approval."""
    desk = await desks.open(given.on_behalf_of)
    row = await approval.edit(desk, follow_up_id, subject=given.subject, text=given.text)
    record("follow-up.edited", row.id, {"message": row.message_id})
    return FollowUpShown.model_validate(row)


@router.post("/{follow_up_id}/reject", responses=responses_for(NotFound, WrongState))
async def reject_follow_up(
    follow_up_id: Id, given: RejectionGiven, desks: Desks, record: Audit
) -> FollowUpShown:
    """The words will not be sent; the clock behind them keeps running."""
    row = await approval.reject(await desks.open(given.on_behalf_of), follow_up_id, note=given.note.strip())
    record("follow-up.rejected", row.id)
    return FollowUpShown.model_validate(row)
