"""``heardback templates``: the words of each kind of follow-up, and a company's own in their place."""

from pathlib import Path

import click
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.access import audit
from app.commands import at, opened, report_trouble, run
from app.db import unit_of_work
from app.errors import InvalidTemplate, NotFound
from app.messages import stored
from app.messages.library import Template
from app.messages.models import StoredTemplate, TemplateChoice
from app.messages.overrides import Place, Templates, Where, parse_place
from app.messages.previews import label_of
from app.messages.trial import TRIED, Trial, Wording, on_application, on_sample
from app.messages.vet import compile_parts
from app.services import Services

OPERATOR = "operator"
_SCOPE = click.option(
    "--scope",
    default="company",
    show_default=True,
    help="company, department:<name>, or job:<connection>/<the job's id in the ATS>.",
)
_FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_KIND = click.option("--kind", help="Such as moved_on; else the file's name.")
_LOCALE = click.option("--locale", help="Such as de; else the name of the file's folder.")


@click.group("templates")
def templates() -> None:
    """The words of messages: list, show, save, preview, versions, rollback, off."""


@templates.command("list")
def list_templates() -> None:
    """List the templates of your own, with the version in force."""
    for line in run(_list()):
        click.echo(line)


async def _list() -> list[str]:
    async with opened() as services, services.sessions() as session:
        rows = await session.scalars(stored.newest_choices().order_by(col(TemplateChoice.id).desc()))
        return [_line(row, services) for row in rows] or ["There are none of your own: Heardback's count."]


def _line(row: TemplateChoice, services: Services) -> str:
    state = f"version {row.version}" if row.version else "off"
    when = at(row.chosen_at, services.settings.time_zone)
    return f"{row.kind:28} {row.locale:6} {row.scope:30} {state:12} since {when}, by {row.chosen_by}"


@templates.command("show")
@click.argument("kind")
@click.argument("locale")
@_SCOPE
def show(kind: str, locale: str, scope: str) -> None:
    """Print the words that count there, ready to be edited and saved."""
    for line in run(_show(_at(kind, locale, scope))):
        click.echo(line)


async def _show(where: Where) -> list[str]:
    async with opened() as services, services.sessions() as session:
        scopes = await stored.scopes_at(session, where.scope)
        [found] = await stored.templates_at(session, [scopes], {where.kind})
        place = next(found.candidates(where.kind, where.locale), None)
        if place is None:
            raise NotFound("There is no template of that kind.")
        # To stderr, so that `show … > file` gives a file that `save` takes.
        click.echo(f"# {_told(place)}", err=True)
        for one in found.passed_over(where.kind, where.locale):
            click.echo(f"# version {one.version} of {one.scope} cannot be used: {one.reason}", err=True)
        return [place.template.source().rstrip("\n")]


def _told(place: Place) -> str:
    version = f", version {place.version}" if place.version else ""
    return f"{place.template.key} in {place.template.locale}, from {place.scope}{version}"


@templates.command("save")
@_FILE
@_KIND
@_LOCALE
@_SCOPE
def save(file: Path, kind: str | None, locale: str | None, scope: str) -> None:
    """Store the words of FILE, such as de/moved_on.md, and put them in force."""
    where = _place(file, kind, locale, scope)
    for line in run(_save(where, _read(file, where))):
        click.echo(line)


def _at(kind: str, locale: str, scope: str) -> Where:
    with report_trouble():
        return parse_place(scope, kind, locale)


def _place(file: Path, kind: str | None, locale: str | None, scope: str) -> Where:
    return _at(kind or file.stem, locale or file.resolve().parent.name, scope)


def _read(file: Path, where: Where) -> Template:
    with report_trouble():
        try:
            return Template.parse(where.kind, where.locale, file.read_text(encoding="utf-8"))
        except UnicodeDecodeError as wrong:
            raise InvalidTemplate(f"{file.name} is not UTF-8.") from wrong


async def _save(where: Where, words: Template) -> list[str]:
    async with opened() as services, unit_of_work(services.sessions) as session:
        now = services.clock.now()
        given = {"subject": words.subject, "preheader": words.preheader, "body": words.body}
        row = await stored.save(session, where, **given, by=OPERATOR, now=now)
        _record(session, "saved", where, row, services)
        findings = [f"  {each['severity']}: {each['reason']} {each['suggestion']}" for each in row.findings]
        return [f"Version {row.version} of {where.kind} in {where.locale} is in force.", *findings]


def _record(
    session: AsyncSession, act: str, where: Where, row: StoredTemplate | None, services: Services
) -> None:
    detail = {"scope": where.scope} | ({"version": row.version} if row else {})
    now = services.clock.now()
    audit.record(session, actor=OPERATOR, act=f"template.{act}", subject=where.subject, at=now, detail=detail)


@templates.command("preview")
@_FILE
@_KIND
@_LOCALE
@click.option("--application", help="A real application, by our id; else the sample.")
def preview(file: Path, kind: str | None, locale: str | None, application: str | None) -> None:
    """Print what the words of FILE would say; nothing is stored."""
    where = _place(file, kind, locale, "company")
    for line in run(_preview(where, _read(file, where), application)):
        click.echo(line)


async def _preview(where: Where, words: Template, application: str | None) -> list[str]:
    compile_parts(words)
    wording = Wording(where.kind, where.locale, Place(words, TRIED, None))
    if application is None:
        return _as_read(on_sample(wording, Templates()))
    async with opened() as services, unit_of_work(services.sessions) as session:
        settings, now = services.settings, services.clock.now()
        trial = await on_application(
            session,
            services.vault,
            await services.shelf.book(session),
            application,
            wording,
            now,
            company=settings.company_name,
            locale=settings.locale,
        )
        detail = {"kind": where.kind, "locale": where.locale}
        audit.record(
            session, actor=OPERATOR, act="template.tried", subject=application, at=now, detail=detail
        )
        return _as_read(trial)


def _as_read(trial: Trial) -> list[str]:
    missing = [f"  missing: {label_of(name)} ({name})" for name in trial.missing]
    obstacle = [f"  {trial.obstacle}"] if trial.obstacle else []
    findings = [f"  {each.severity}: {each.reason} {each.suggestion}" for each in trial.findings]
    words = [f"Subject: {trial.rendered.subject}", "", trial.rendered.text] if trial.rendered else []
    return [*missing, *obstacle, *findings, *words]


@templates.command("versions")
@click.argument("kind")
@click.argument("locale")
@_SCOPE
def versions(kind: str, locale: str, scope: str) -> None:
    """List every version of a template of your own."""
    for line in run(_versions(_at(kind, locale, scope))):
        click.echo(line)


async def _versions(where: Where) -> list[str]:
    async with opened() as services, services.sessions() as session:
        choice = await stored.chosen(session, where)
        rows = await session.scalars(stored.versions_of(where).order_by(col(StoredTemplate.version).desc()))
        lines = []
        for row in rows:
            marks = [
                "in force" if choice and choice.version == row.version else "",
                f"cannot be used: {trouble}" if (trouble := stored.trouble_of(row)) else "",
            ]
            when = at(row.created_at, services.settings.time_zone)
            told = "; ".join(mark for mark in marks if mark)
            lines.append(f"{row.version:4}  {when}, by {row.created_by}  {told}".rstrip())
        return lines or ["There is none of your own at that scope."]


@templates.command("rollback")
@click.argument("kind")
@click.argument("locale")
@_SCOPE
@click.option("--version", type=click.IntRange(1), help="Else the one before the one in force.")
def rollback(kind: str, locale: str, scope: str, version: int | None) -> None:
    """Put an older version in force again."""
    click.echo(run(_rollback(_at(kind, locale, scope), version)))


async def _rollback(where: Where, version: int | None) -> str:
    async with opened() as services, unit_of_work(services.sessions) as session:
        now = services.clock.now()
        row = await stored.roll_back(session, where, version=version, by=OPERATOR, now=now)
        _record(session, "rolled-back", where, row, services)
        return f"Version {row.version} of {where.kind} in {where.locale} is in force."


@templates.command("off")
@click.argument("kind")
@click.argument("locale")
@_SCOPE
def off(kind: str, locale: str, scope: str) -> None:
    """Go back to what counts without your own; its versions stay."""
    click.echo(run(_off(_at(kind, locale, scope))))


async def _off(where: Where) -> str:
    async with opened() as services, unit_of_work(services.sessions) as session:
        await stored.switch_off(session, where, by=OPERATOR, now=services.clock.now())
        _record(session, "switched-off", where, None, services)
        return f"{where.kind} in {where.locale} is as it was without your own."
