"""Rehearsals over the JSON API: what rules would change, before they are applied. Nothing is written."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Annotated

from app.deps import Caller, Now, Services, Session, api_router, needs
from app.errors import Busy, InvalidPolicy, Unprocessable
from app.problems import responses_for
from app.rehearsal.differences import proposed
from app.rehearsal.rules import read_rules
from app.rehearsal.run import backtest, diff
from app.rehearsal.schemas import (
    ASSUMPTIONS,
    BacktestAsked,
    BacktestShown,
    DiffAsked,
    DifferenceShown,
    DiffShown,
    counted,
)
from app.sla.cases import Change

router = api_router("/v1/policies", "policies")
routers = (router,)

MOST = 2_000
"""Applications that an answer over HTTP covers; the command line has no limit."""
_SHOWN = 500
_one = asyncio.Lock()


@router.post("/diff", responses=responses_for(InvalidPolicy, Unprocessable, Busy))
async def diff_policies(
    asked: DiffAsked, _: Annotated[Caller, needs("admin")], session: Session, services: Services, now: Now
) -> DiffShown:
    """What these rules would change about the clocks that are open now, if they were applied.

    Nothing is written.
    """
    document = read_rules(asked.document)
    if _one.locked():
        raise Busy
    async with _one:
        book = await services.shelf.book(session)
        change = Change(asked.on_change, asked.backlog)
        after = proposed(book, document, asked.effective_from or now, change)
        found = await diff(session, book, after, now=now, most=MOST)
    return DiffShown(
        counts=dict(Counter(one.what for one in found)),
        differences=[DifferenceShown.model_validate(one) for one in found[:_SHOWN]],
    )


@router.post("/backtest", responses=responses_for(InvalidPolicy, Unprocessable, Busy))
async def backtest_policies(
    asked: BacktestAsked, _: Annotated[Caller, needs("admin")], session: Session, services: Services, now: Now
) -> BacktestShown:
    """What these rules would have come to over the last days, beside the present ones.

    Nothing is written.
    """
    document = read_rules(asked.document)
    if _one.locked():
        raise Busy
    async with _one:
        book = await services.shelf.book(session)
        since = now - timedelta(days=asked.days)
        found = await backtest(session, book, document, since=since, now=now, most=MOST)
    return BacktestShown(
        since=found.since,
        until=found.until,
        applications=found.applications,
        facts=found.facts,
        present=counted(found.present),
        proposed=counted(found.proposed),
        assumptions=list(ASSUMPTIONS),
    )
