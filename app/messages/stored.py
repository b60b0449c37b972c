"""A company's own templates in the database: versions that never change, and which of them is in force."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

import structlog
from sqlalchemy import Select, and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import InvalidTemplate, NotFound, UnknownConnection, WrongState
from app.ids import new_id
from app.intake.models import Connection
from app.messages.library import Template
from app.messages.models import StoredTemplate, TemplateChoice
from app.messages.overrides import (
    COMPANY,
    Key,
    PassedOver,
    Shelf,
    Templates,
    Where,
    connection_of,
    job_of,
    scopes_of,
)
from app.messages.render import validate
from app.messages.vet import vet
from app.timeline.models import Application
from app.timeline.store import read

_log = structlog.get_logger()


def template_of(row: StoredTemplate) -> Template:
    """The stored words as a template."""
    return Template(row.kind, row.locale, row.content, row.subject, row.preheader, row.body)


def trouble_of(row: StoredTemplate) -> str | None:
    """Why the stored version cannot be used now, if so."""
    try:
        validate(template_of(row))
    except InvalidTemplate as wrong:
        return wrong.detail
    return None


def newest_choices() -> Select[TemplateChoice]:
    """The choice that counts of every place that ever had a template."""
    place = col(TemplateChoice.scope), col(TemplateChoice.kind), col(TemplateChoice.locale)
    newest = select(func.max(col(TemplateChoice.id))).group_by(*place)
    return select(TemplateChoice).where(col(TemplateChoice.id).in_(newest))


def versions_of(where: Where) -> Select[StoredTemplate]:
    """Every version of a place."""
    return select(StoredTemplate).filter_by(scope=where.scope, kind=where.kind, locale=where.locale)


async def chosen(session: AsyncSession, where: Where) -> TemplateChoice | None:
    """The choice that counts at a place; its version is None where the template was switched off."""
    place = select(TemplateChoice).filter_by(scope=where.scope, kind=where.kind, locale=where.locale)
    return await session.scalar(place.order_by(col(TemplateChoice.id).desc()).limit(1))


async def version_of(session: AsyncSession, where: Where, version: int) -> StoredTemplate:
    """One version of a place; raises NotFound."""
    row = await session.scalar(versions_of(where).where(col(StoredTemplate.version) == version))
    if row is None:
        raise NotFound("There is no such version of that template.")
    return row


async def scopes_at(session: AsyncSession, scope: str) -> tuple[str, ...]:
    """The scopes that count at a scope, itself first.

    A job's departments are those that its newest application tells of.
    """
    connection_id, external_id = connection_of(scope), job_of(scope)
    if connection_id is None:
        return tuple(dict.fromkeys((scope, COMPANY)))
    newest = await session.scalar(
        select(Application)
        .where(col(Application.connection_id) == connection_id, col(Application.job) == external_id)
        .order_by(col(Application.id).desc())
        .limit(1),
    )
    if newest is None:
        return scope, COMPANY
    [known] = await read(session, [newest])
    return tuple(dict.fromkeys((scope, *scopes_of(connection_id, known.truth.job))))


async def templates_at(
    session: AsyncSession, scopes: Sequence[Sequence[str]], kinds: Collection[str]
) -> list[Templates]:
    """The templates that count for each of several applications.

    Args:
        session: Where to read.
        scopes: For each application the scopes that hold for it, the most specific first.
        kinds: The kinds of follow-up that matter.
    """
    shelves = await _shelves(session, {scope for each in scopes for scope in each}, kinds)
    return [Templates(tuple(shelves[s] for s in each if s in shelves)) for each in scopes]


async def _shelves(
    session: AsyncSession, scopes: Collection[str], kinds: Collection[str]
) -> dict[str, Shelf]:
    chosen_here = newest_choices().where(
        col(TemplateChoice.scope).in_(scopes), col(TemplateChoice.kind).in_(kinds)
    )
    templates: dict[str, dict[Key, Template]] = {}
    versions: dict[str, dict[Key, int]] = {}
    passed: dict[str, list[PassedOver]] = {}
    for row in await session.scalars(_in_force(chosen_here)):
        usable = await _usable(session, row, passed.setdefault(row.scope, []))
        if usable is not None:
            key = row.kind, row.locale
            templates.setdefault(row.scope, {})[key] = template_of(usable)
            versions.setdefault(row.scope, {})[key] = usable.version
    return {
        scope: Shelf(scope, templates.get(scope, {}), versions.get(scope, {}), tuple(gone))
        for scope, gone in passed.items()
    }


def _in_force(choices: Select[TemplateChoice]) -> Select[StoredTemplate]:
    choice = choices.subquery()
    same = [
        choice.c[name] == getattr(StoredTemplate, name) for name in ("scope", "kind", "locale", "version")
    ]
    return select(StoredTemplate).join(choice, and_(*same))


async def _usable(
    session: AsyncSession, row: StoredTemplate, passed: list[PassedOver]
) -> StoredTemplate | None:
    """The version in force, else the newest older one that can be used; each that cannot is told."""
    older = versions_of(Where(row.scope, row.kind, row.locale)).where(
        col(StoredTemplate.version) < row.version
    )
    found: StoredTemplate | None = row
    while found is not None:
        reason = trouble_of(found)
        if reason is None:
            return found
        passed.append(PassedOver(found.scope, (found.kind, found.locale), found.version, reason))
        _log.warning("template.passed-over", row=found.id, kind=found.kind)
        order = col(StoredTemplate.version).desc()
        found = await session.scalar(
            older.where(col(StoredTemplate.version) < found.version).order_by(order).limit(1)
        )
    return None


async def count_passed_over(session: AsyncSession) -> int:
    """How many templates are in force and cannot be used."""
    return sum(trouble_of(row) is not None for row in await session.scalars(_in_force(newest_choices())))


async def save(
    session: AsyncSession, where: Where, *, subject: str, preheader: str, body: str, by: str, now: datetime
) -> StoredTemplate:
    """Stores a new version and puts it in force.

    Raises ``InvalidTemplate``, naming the field, for one that may not be used or whose message on the sample
    application a check would stop, and ``UnknownConnection`` for a job of a connection that there is not.
    """
    connection = connection_of(where.scope)
    if connection is not None and await session.get(Connection, connection) is None:
        raise UnknownConnection(field="scope")
    words = {"subject": subject.strip(), "preheader": preheader.strip(), "body": _tidied(body)}
    template = Template.make(where.kind, where.locale, **words)
    findings = vet(template)
    await _lock(session, where)
    newest = select(func.coalesce(func.max(versions_of(where).subquery().c.version), 0))
    row = StoredTemplate(
        id=new_id("tpl"),
        scope=where.scope,
        kind=where.kind,
        locale=where.locale,
        version=1 + (await session.scalar(newest) or 0),
        content=template.version,
        **words,
        findings=[{**asdict(found), "severity": str(found.severity)} for found in findings],
        created_at=now,
        created_by=by,
    )
    session.add(row)
    await session.flush()
    await _choose(session, where, row.version, by, now)
    return row


def _tidied(body: str) -> str:
    return body.replace("\r\n", "\n").strip() + "\n"


async def roll_back(
    session: AsyncSession, where: Where, *, version: int | None, by: str, now: datetime
) -> StoredTemplate:
    """Puts an older version in force again; without a number, the one before the one in force.

    A template that was switched off comes back with its number, or with its newest version.
    Raises ``NotFound``, ``WrongState`` when that version is in force, ``InvalidTemplate`` when it cannot be
    used any more.
    """
    await _lock(session, where)
    choice = await chosen(session, where)
    current = choice.version if choice else None
    if version is None:
        before = versions_of(where)
        if current is not None:
            before = before.where(col(StoredTemplate.version) < current)
        row = await session.scalar(before.order_by(col(StoredTemplate.version).desc()).limit(1))
        if row is None:
            raise NotFound("There is no version before the one in force.")
    else:
        row = await version_of(session, where, version)
    if row.version == current:
        raise WrongState(f"Version {current} is in force already.")
    if (trouble := trouble_of(row)) is not None:
        raise InvalidTemplate(f"Version {row.version} cannot be used any more: {trouble}", field="version")
    await _choose(session, where, row.version, by, now)
    return row


async def switch_off(session: AsyncSession, where: Where, *, by: str, now: datetime) -> TemplateChoice:
    """From now on what is less specific counts again; the versions stay. Raises NotFound if it is not on."""
    await _lock(session, where)
    choice = await chosen(session, where)
    if choice is None or choice.version is None:
        raise NotFound("There is no template of your own in force there.")
    return await _choose(session, where, None, by, now)


async def _choose(
    session: AsyncSession, where: Where, version: int | None, by: str, now: datetime
) -> TemplateChoice:
    choice = TemplateChoice(**asdict(where), version=version, chosen_at=now, chosen_by=by)
    session.add(choice)
    await session.flush()
    return choice


async def _lock(session: AsyncSession, where: Where) -> None:
    """Two who save at once get two versions, one after the other."""
    place = f"template {where.kind} {where.locale} {where.scope}"
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0))")
    await session.execute(lock, {"place": place})
