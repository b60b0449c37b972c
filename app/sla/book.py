"""The rule book as stored: policy and calendar versions, the starter set, and a cache of what is compiled."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import InvalidPolicy
from app.moments import HOLIDAYS_VERSION, TZDATA_VERSION
from app.sla.business_hours import Calendar
from app.sla.calendar import next_open
from app.sla.calendar_starters import starter
from app.sla.cases import Change, RuleBook
from app.sla.holidays import provenance
from app.sla.models import CalendarVersion, PolicySet
from app.sla.policies import PolicyDocument, parse_policies
from app.sla.recompute import ask


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
    sets = (await session.scalars(select(PolicySet).order_by(col(PolicySet.version)))).all()
    versions = [(row.version, row.effective_from, parse_policies(row.document)) for row in sets]
    changes = {row.version: Change(row.on_change, row.backlog) for row in sets}
    calendars: dict[str, list[tuple[datetime, Calendar]]] = defaultdict(list)
    order = col(CalendarVersion.effective_from), col(CalendarVersion.version)
    for row in await session.scalars(select(CalendarVersion).order_by(*order)):
        calendars[row.name].append((row.effective_from, Calendar.parse(row.document)))
    # The first calendar also rules before its instant: one alone needs no succession, and is quicker so.
    hours = {name: reigns[0][1] if len(reigns) == 1 else tuple(reigns) for name, reigns in calendars.items()}
    return RuleBook(versions, hours, changes)


async def apply_policies(
    session: AsyncSession,
    document: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    effective_from: datetime | None = None,
    change: Change | None = None,
    kinds: Collection[str] | None = None,
) -> int:
    """Stores a new version of the rule book; every open clock is derived again. Returns its number.

    Args:
        session: The unit of work.
        document: The whole rule book.
        by: Who applies it.
        now: The business instant.
        effective_from: From when it rules; now unless given, and never before the version before it.
        change: What it means for open clocks; by default they go on under the new rules with the time already
            used, and nothing fires for the backlog.
        kinds: The kinds of follow-up there are, to refuse a rule that says another.

    Raises:
        InvalidPolicy: The document or its instant is not valid.
    """
    parsed: PolicyDocument = parse_policies(document)
    refuse_unknown_kinds(parsed, kinds)
    change = change or Change()
    # Two at once would take the same number.
    await session.execute(text("LOCK TABLE policy_set IN SHARE ROW EXCLUSIVE MODE"))
    latest = await session.scalar(select(func.max(col(PolicySet.effective_from))))
    if effective_from and latest and effective_from < latest:
        raise InvalidPolicy("A version cannot rule before the one before it.", field="effective_from")
    version = 1 + (await session.scalar(select(func.coalesce(func.max(col(PolicySet.version)), 0))) or 0)
    session.add(
        PolicySet(
            version=version,
            document=parsed.model_dump(mode="json", exclude_defaults=True),
            effective_from=effective_from or now,
            created_at=now,
            created_by=by,
            on_change=change.on_change,
            backlog=change.backlog,
        ),
    )
    await ask(session, f"policies, version {version}", now)
    return version


def refuse_unknown_kinds(document: PolicyDocument, kinds: Collection[str] | None) -> None:
    """Raises InvalidPolicy where a rule says a kind of follow-up that there is not."""
    for number, rule in enumerate(document.approvals.rules):
        for pattern in rule.kinds:
            if kinds is not None and not any(fnmatchcase(kind, pattern) for kind in kinds):
                raise InvalidPolicy(
                    f"No kind of follow-up fits {pattern!r}; there are {', '.join(sorted(kinds))}.",
                    field=f"approvals.rules.{number}.kinds",
                )
    for number, policy in enumerate(document.policies):
        for say in policy.say:
            if kinds is not None and say.kind not in kinds:
                known = ", ".join(sorted(kinds))
                raise InvalidPolicy(
                    f"There is no kind of follow-up {say.kind!r}; there are {known}.",
                    field=f"policies.{number}.say.kind",
                )


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

    Raises InvalidCalendar, also for one that never opens from then on.
    """
    parsed = Calendar.parse(document)
    next_open(parsed, effective_from or now)
    await _take_turns(session)
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
    since = await _counts_from(session, name, effective_from or now, now)
    await ask(session, f"calendar {name}, version {version}", now, since=since)
    return version


async def _take_turns(session: AsyncSession) -> None:
    """Two at once would take the same number of a calendar's version."""
    await session.execute(text("LOCK TABLE calendar_version IN SHARE ROW EXCLUSIVE MODE"))


async def _counts_from(
    session: AsyncSession, name: str, effective_from: datetime, now: datetime
) -> datetime | None:
    """From when a new version changes hours, where it leaves everything before as it was."""
    first = await session.scalar(
        select(func.min(col(CalendarVersion.effective_from))).where(col(CalendarVersion.name) == name)
    )
    # The first version of a calendar also rules before its instant.
    return effective_from if first is not None and first < effective_from and now <= effective_from else None


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
    await _take_turns(session)  # all processes of a first start look at once
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
