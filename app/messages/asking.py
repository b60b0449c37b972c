"""A word to the person on whom a follow-up waits: planned like any follow-up, once for each question."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.followups.models import FollowUp, FollowUpState
from app.ids import new_id


async def ask(
    session: AsyncSession,
    about: FollowUp,
    kind: str,
    now: datetime,
    *,
    to: str | None = None,
    mark: str = "",
) -> None:
    """Plans a word to the person on whom a follow-up waits; once for each thing that it waits for.

    `to` asks another member instead. A `mark` tells a further word of the same kind from those before it.
    Whoever is no member of the hiring team is not written to: that is operations, who look at the silence.
    """
    recipient = to or about.waiting_on or ""
    if not recipient.startswith("member:"):
        return
    step = f"{about.step}/{kind}{mark}"
    known = await session.scalar(
        select(FollowUp)
        .where(
            col(FollowUp.application_id) == about.application_id,
            col(FollowUp.reason) == about.reason,
            col(FollowUp.step) == step,
            col(FollowUp.recipient) == recipient,
        )
        .with_for_update(),
    )
    if known is not None:
        if known.state == FollowUpState.CANCELLED:  # it was settled before it was asked, and is open again
            known.state, known.cause, known.final = FollowUpState.PLANNED, None, False
            known.planned_for = known.release_at = known.act_at = known.updated_at = now
        return
    session.add(
        FollowUp(
            id=new_id("fup"),
            connection_id=about.connection_id,
            application_id=about.application_id,
            about_id=about.id,
            reason=about.reason,
            step=step,
            recipient=recipient,
            kind=kind,
            state=FollowUpState.PLANNED,
            waiting_on="operations",
            planned_for=now,
            release_at=now,
            act_at=now,
            correlation_id=about.correlation_id,
            created_at=now,
            updated_at=now,
        ),
    )
    await session.flush()


def wait(row: FollowUp, state: str, on: str | None, cause: str, now: datetime) -> None:
    """The follow-up rests until that person acts; operations where nobody is known."""
    row.state, row.cause, row.waiting_on = state, cause, on or "operations"
    row.act_at = None
    row.updated_at = now
