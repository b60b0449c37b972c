"""The audit: who did what to what, and when. Rows are only ever added; the database itself sees to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.access.models import AuditRow


def record(
    session: AsyncSession,
    *,
    actor: str,
    act: str,
    subject: str,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write an act into the unit of work that does it: both happen or neither does.

    Args:
        session: That unit of work.
        actor: ``key:<id>`` of a caller, ``member:<id>``, or ``operator`` at the command line.
        act: What was done, as ``event.replayed``.
        subject: Our id of what it was done to.
        at: Business time.
        detail: JSON values that tell more. Never personal data or secrets: an audit row outlives erasure.
    """
    session.add(AuditRow(actor=actor, act=act, subject=subject, at=at, detail=dict(detail or {})))


def listing(subject: str | None = None) -> Select[AuditRow]:
    """The acts, on one subject where given, for a page."""
    rows = select(AuditRow)
    return rows.where(col(AuditRow.subject) == subject) if subject is not None else rows


def append_only(table: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Statements that make a table append-only, and those that undo it, each to be executed singly."""
    function = f"refuse_change_of_{table}"
    refuse = (
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END $$"
    )
    row, statement = (f"FOR EACH {each} EXECUTE FUNCTION {function}()" for each in ("ROW", "STATEMENT"))
    up = (
        refuse,
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} {row}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {statement}",
    )
    down = (
        f"DROP TRIGGER {table}_no_truncate ON {table}",
        f"DROP TRIGGER {table}_append_only ON {table}",
        f"DROP FUNCTION {function}()",
    )
    return up, down


AUDIT_TRIGGER_SQL, AUDIT_TRIGGER_DOWN = append_only("audit")
CLOCK_EVENT_TRIGGER_SQL, CLOCK_EVENT_TRIGGER_DOWN = append_only("clock_event")
