"""A word to the hiring team about news that no clock tells: a reply, a competing offer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.db import insert_many
from app.errors import NotFound
from app.followups.catalogue import KINDS, MessageClass
from app.followups.models import FollowUp, FollowUpState, SuppliedFact
from app.ids import new_id
from app.privacy.vault import Vault, seal_as_person
from app.sla.owners import confidants, members
from app.sla.policies import Role
from app.sla.triggers import Occurrence
from app.timeline.models import Application
from app.timeline.people import find_people, key_of
from app.timeline.store import read


async def tell_team(
    session: AsyncSession,
    vault: Vault,
    application_id: str,
    kind: str,
    reason: str,
    now: datetime,
    *,
    to: Role = "recruiter",
    facts: Mapping[str, str] | None = None,
    correlation_id: str | None = None,
) -> int:
    """Plans that word, once for each reason and recipient; returns how many are new.

    Args:
        session: The unit of work.
        vault: Where the candidate's key is.
        application_id: Our id of the application.
        kind: A kind of follow-up to the team, such as `candidate_replied`.
        reason: What it tells of, deterministic and free of personal data, such as `reply/rpl_1`.
        now: The business instant, aware, in UTC.
        to: The role that hears it; of a private candidate only the recruiter or the coordinator does.
        facts: What its words need besides what is known anyway, such as `competing.deadline`.
        correlation_id: Of the event that brought the news.

    Raises NotFound for an unknown application or a kind that is not for the team.
    """
    application = await session.get(Application, application_id)
    known = KINDS.get(kind)
    if application is None or known is None or known.message_class is not MessageClass.INTERNAL:
        raise NotFound
    [one] = await read(session, [application])
    ref = ("candidate", one.truth.candidate or "")
    person = (await find_people(session, application.connection_id, {ref})).get(ref)
    occurrence = Occurrence(reason, now)
    private = person is not None and person.private
    told = confidants(one.truth, occurrence) if private else members(to, one.truth, occurrence)
    recipients = [f"member:{member}" for member in told] or ["operations"]
    rows = [_row(application, kind, reason, recipient, now, correlation_id) for recipient in recipients]
    statement = insert_many(FollowUp, rows).on_conflict_do_nothing().returning(col(FollowUp.id))
    new = list(await session.scalars(statement))
    if key := key_of(vault, person) if person else None:
        session.add_all(
            SuppliedFact(
                follow_up_id=follow_up_id,
                name=name,
                value=seal_as_person(key, value.encode(), f"{follow_up_id}/{name}"),
                supplied_by=f"event:{reason}",
                supplied_at=now,
            )
            for follow_up_id in new
            for name, value in (facts or {}).items()
        )
        await session.flush()
    return len(new)


def _row(
    application: Application,
    kind: str,
    reason: str,
    recipient: str,
    now: datetime,
    correlation_id: str | None,
) -> dict[str, Any]:
    return {
        "id": new_id("fup"),
        "connection_id": application.connection_id,
        "application_id": application.id,
        "reason": reason,
        "step": f"tell:{kind}",
        "recipient": recipient,
        "kind": kind,
        "state": FollowUpState.PLANNED,
        "waiting_on": "operations",
        "approval_needed": False,
        "note_only": False,
        "final": False,
        "planned_for": now,
        "release_at": now,
        "act_at": now,
        "correlation_id": correlation_id,
        "created_at": now,
        "updated_at": now,
        "failures": 0,
    }
