"""Policies over the JSON API: here, because a policy names kinds of follow-up, which this package knows."""

from typing import Annotated

from fastapi import Path
from sqlalchemy import select
from sqlmodel import col

from app.deps import Audit, Caller, Now, Session, api_router, needs
from app.errors import InvalidPolicy, NotFound, UnknownCursor
from app.followups.catalogue import KINDS
from app.followups.schemas import PoliciesNew, PoliciesShown
from app.pages import Page, Paging, page_of, paginate
from app.problems import responses_for
from app.sla.book import apply_policies
from app.sla.cases import Change
from app.sla.models import PolicySet

router = api_router("/v1/policies", "policies")
routers = (router,)


@router.get("", responses=responses_for(UnknownCursor))
async def list_policies(
    _: Annotated[Caller, needs("read")], session: Session, paging: Paging
) -> Page[PoliciesShown]:
    """All versions of the rule book, the newest first."""
    rows = await paginate(session, select(PolicySet), [col(PolicySet.version)], paging)
    return page_of(rows, PoliciesShown.model_validate)


@router.get("/{version}", responses=responses_for(NotFound))
async def get_policies(
    version: Annotated[int, Path(ge=1, le=2**31 - 1, examples=[1])],
    _: Annotated[Caller, needs("read")],
    session: Session,
) -> PoliciesShown:
    """One version of the rule book."""
    row = await session.get(PolicySet, version)
    if row is None:
        raise NotFound
    return PoliciesShown.model_validate(row)


@router.post("", status_code=201, responses=responses_for(InvalidPolicy))
async def apply_new_policies(
    new: PoliciesNew, _: Annotated[Caller, needs("admin")], session: Session, record: Audit, now: Now
) -> PoliciesShown:
    """Store a new version of the whole rule book. Nothing fires for the backlog unless asked."""
    if new.effective_from is not None and new.effective_from < now:
        raise InvalidPolicy("A version cannot rule time that has passed.", field="effective_from")
    version = await apply_policies(
        session,
        new.document,
        by=record.actor,
        now=now,
        effective_from=new.effective_from,
        change=Change(new.on_change, new.backlog),
        kinds=KINDS,
    )
    record("policies.applied", f"policies/{version}", {"version": version, "on_change": new.on_change})
    await session.flush()
    return PoliciesShown.model_validate(await session.get_one(PolicySet, version))
