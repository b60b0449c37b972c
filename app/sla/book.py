"""The rule book as stored: policy and calendar versions, the starter set, and a cache of what is compiled."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.moments import HOLIDAYS_VERSION, TZDATA_VERSION
from app.sla.calendar import Calendar
from app.sla.calendar_starters import starter
from app.sla.cases import RuleBook
from app.sla.holidays import provenance
from app.sla.models import CalendarVersion, PolicySet
from app.sla.policies import PolicyDocument, parse_policies
from app.timeline.models import Application


class Shelf:
    """Keeps the compiled rule book of this process for as long as the stored one is unchanged."""

    def __init__(self) -> None:
        self._known: tuple[object, ...] | None = None
        self._book = RuleBook((), {})

    async def book(self, session: AsyncSession) -> RuleBook:
        """The rule book as stored now."""
        stamp = (
            await session.execute(
                select(
                    select(func.max(col(PolicySet.version))).scalar_subquery(),
                    select(func.max(col(CalendarVersion.created_at))).scalar_subquery(),
                    select(func.count()).select_from(CalendarVersion).scalar_subquery(),
                ),
            )
        ).one()
        if tuple(stamp) != self._known:
            self._book = await _load(session)
            self._known = tuple(stamp)
        return self._book


async def _load(session: AsyncSession) -> RuleBook:
    versions = [
        (row.version, row.effective_from, parse_policies(row.document))
        for row in await session.scalars(select(PolicySet).order_by(col(PolicySet.version)))
    ]
    calendars: dict[str, list[tuple[datetime, Calendar]]] = defaultdict(list)
    order = col(CalendarVersion.effective_from), col(CalendarVersion.version)
    for row in await session.scalars(select(CalendarVersion).order_by(*order)):
        calendars[row.name].append((row.effective_from, Calendar.parse(row.document)))
    return RuleBook(versions, calendars)


async def apply_policies(
    session: AsyncSession,
    document: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    effective_from: datetime | None = None,
) -> int:
    """Stores a new version of the rule book and wakes open applications; returns its number.

    It rules clocks that start from `effective_from` (now unless given): nothing fires for the backlog.
    Raises InvalidPolicy.
    """
    parsed: PolicyDocument = parse_policies(document)
    version = 1 + (await session.scalar(select(func.coalesce(func.max(col(PolicySet.version)), 0))) or 0)
    session.add(
        PolicySet(
            version=version,
            document=parsed.model_dump(mode="json", exclude_defaults=True),
            effective_from=effective_from or now,
            created_at=now,
            created_by=by,
        ),
    )
    await wake_open(session, now)
    return version


async def apply_calendar(
    session: AsyncSession,
    name: str,
    document: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    effective_from: datetime | None = None,
    source: Mapping[str, Any] | None = None,
) -> int:
    """Stores a new version of a calendar: time already used stays used, the rest counts on the new hours.

    Raises InvalidCalendar, also for one that never opens.
    """
    parsed = Calendar.parse(document)
    newest = select(func.coalesce(func.max(col(CalendarVersion.version)), 0))
    version = 1 + (await session.scalar(newest.where(col(CalendarVersion.name) == name)) or 0)
    session.add(
        CalendarVersion(
            name=name,
            version=version,
            document=parsed.dump(),
            provenance={"tzdata": TZDATA_VERSION, "holidays": HOLIDAYS_VERSION, **(source or {})},
            effective_from=effective_from or now,
            created_at=now,
            created_by=by,
        ),
    )
    await wake_open(session, now)
    return version


async def wake_open(session: AsyncSession, now: datetime) -> None:
    """Every open application is to be derived again; the drain does it in batches."""
    await session.execute(
        update(Application)
        .where(col(Application.status) == "active")
        .values(wake_at=func.least(func.coalesce(col(Application.wake_at), now), now)),
    )


async def ensure_starter(
    session: AsyncSession,
    *,
    time_zone: str,
    holidays: str | None,
    now: datetime,
) -> None:
    """On the first start: the starter policies and an office calendar of the company's zone.

    Args:
        session: The unit of work.
        time_zone: IANA name of the office's zone.
        holidays: Country, or country and subdivision, such as ``DE`` or ``DE-BY``; None for no holidays.
        now: The business instant from which they rule.
    """
    if await session.scalar(select(func.count()).select_from(CalendarVersion)) == 0:
        document, source = office_calendar(time_zone, holidays, now)
        await apply_calendar(session, "office", document, by="starter", now=now, source=source)
    if await session.scalar(select(func.count()).select_from(PolicySet)) == 0:
        await apply_policies(session, starter_policies(), by="starter", now=now)


def starter_policies() -> dict[str, Any]:
    """The policies of day one."""
    document: dict[str, Any] = yaml.safe_load(files("app.sla").joinpath("starter.yaml").read_text())
    return document


def office_calendar(
    time_zone: str,
    holidays: str | None,
    now: datetime,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The office week of the starter calendars in that zone, and where its holidays come from."""
    if not holidays:
        return starter("office", tz=time_zone).dump(), {}
    country, _, region = holidays.partition("-")
    years = range(now.year - 1, now.year + 6)
    calendar = starter("office", tz=time_zone, country=country, subdivision=region or None, years=years)
    return calendar.dump(), provenance(country, region or None, years)
