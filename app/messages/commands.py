"""``heardback followups``: what is to be said, and the people who allow it."""

import asyncio
from collections.abc import Awaitable, Callable

import click
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.access import audit
from app.commands import at, opened, run
from app.db import unit_of_work
from app.followups.models import FollowUp
from app.messages import approval
from app.messages.approval import Desk
from app.messages.previews import Preview, label_of, preview
from app.services import Services
from app.sla.book import Shelf
from app.timeline.models import Application

OPERATOR = "operator"
_STEP = 0.2


@click.group("followups")
def followups() -> None:
    """Messages: list, show, supply, approve, reject."""


@followups.command("list")
@click.option("--state", help="Only in this state, such as waiting_approval.")
@click.option("--kind", help="Only of this kind, such as rejection_after_interview.")
@click.option("--application", help="Only of this application, by our id or the vendor's.")
@click.option(
    "--wait", type=click.IntRange(0, 600), default=0, help="Seconds to wait for the first to appear."
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def list_followups(
    state: str | None, kind: str | None, application: str | None, wait: int, limit: int
) -> None:
    """List messages that are planned, waiting, sent or cancelled; the newest first."""
    for line in run(_list(state, kind, application, wait, limit)):
        click.echo(line)


async def _list(
    state: str | None, kind: str | None, application: str | None, wait: int, limit: int
) -> list[str]:
    wanted = (
        select(FollowUp)
        .join(Application, col(Application.id) == col(FollowUp.application_id))
        .order_by(col(FollowUp.created_at).desc(), col(FollowUp.id))
        .limit(limit)
    )
    if state:
        wanted = wanted.where(col(FollowUp.state) == state)
    if kind:
        wanted = wanted.where(col(FollowUp.kind) == kind)
    if application:
        wanted = wanted.where(
            (col(Application.id) == application) | (col(Application.external_id) == application)
        )
    async with opened() as services:
        for _ in range(int(wait / _STEP) + 1):
            async with services.sessions() as session:
                found = (await session.scalars(wanted)).all()
            if found or not wait:
                break
            await asyncio.sleep(_STEP)
        return [_line(row, services) for row in found] or ["There are no such messages."]


def _line(row: FollowUp, services: Services) -> str:
    zone = services.settings.time_zone
    if row.state == "sent":
        when = f"sent {at(row.updated_at, zone)}"
    elif row.state in ("planned", "ready", "queued"):
        when = f"leaves {at(row.release_at, zone)}"
    else:
        when = row.cause or ""
    waits = f" (waits on {row.waiting_on})" if row.state.startswith("waiting") else ""
    return f"{row.id}  {row.kind:26} to {row.recipient:20} {row.state:16} {when}{waits}"


@followups.command("show")
@click.argument("follow_up_id")
def show(follow_up_id: str) -> None:
    """Show a message as it reads; a planned one as it would read now."""
    for line in run(_show(follow_up_id)):
        click.echo(line)


async def _show(follow_up_id: str) -> list[str]:
    async with opened() as services, unit_of_work(services.sessions) as session:
        desk = await _desk(services, session, OPERATOR)
        told = {"company": desk.company, "locale": desk.locale}
        found = await preview(session, desk.vault, desk.book, follow_up_id, desk.now, **told)
        act, subject = "follow-up.words-read", follow_up_id
        audit.record(session, actor=OPERATOR, act=act, subject=subject, at=desk.now)
        return [_line(found.follow_up, services), *_as_read(found)]


def _as_read(found: Preview) -> list[str]:
    head = f"Message: {found.message.id if found.message else 'not written yet'}"
    missing = [f"  missing: {label_of(name)} ({name})" for name in found.missing]
    obstacle = [f"  {found.obstacle}"] if found.obstacle else []
    findings = [f"  {each['severity']}: {each['reason']}" for each in found.findings]
    words = ["", f"Subject: {found.words['subject']}", "", found.words["text"]] if found.words else []
    return [head, *missing, *obstacle, *findings, *words]


_BY = click.option("--by", default=OPERATOR, show_default=True, help="Who decides, as it is to be kept.")


@followups.command("supply")
@click.argument("follow_up_id")
@click.argument("facts", nargs=-1, required=True)
@_BY
def supply(follow_up_id: str, facts: tuple[str, ...], by: str) -> None:
    """Add FACTS to a message, each as name=value, such as rejection.reason='…'; it is written anew."""
    pairs = [fact.partition("=") for fact in facts]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise click.UsageError(f"{wrong[0]} is not of the form name=value.")
    given = {name: value for name, _, value in pairs}
    click.echo(
        run(_act("facts-supplied", follow_up_id, by, lambda desk: approval.supply(desk, follow_up_id, given)))
    )


@followups.command("approve")
@click.argument("follow_up_id")
@click.option("--message", "message_id", help="The version that you read; another one is refused.")
@click.option("--note", help="Kept with the approval.")
@_BY
def approve(follow_up_id: str, message_id: str | None, note: str | None, by: str) -> None:
    """Let a message leave at its time."""

    def decide(desk: Desk) -> Awaitable[FollowUp]:
        return approval.approve(desk, follow_up_id, message_id=message_id, note=note)

    click.echo(run(_act("approved", follow_up_id, by, decide)))


@followups.command("reject")
@click.argument("follow_up_id")
@click.option("--note", required=True, help="Why it is not sent.")
@_BY
def reject(follow_up_id: str, note: str, by: str) -> None:
    """Do not send a message; the clock behind it keeps running."""
    click.echo(run(_act("rejected", follow_up_id, by, lambda d: approval.reject(d, follow_up_id, note=note))))


async def _act(what: str, follow_up_id: str, by: str, decide: Callable[[Desk], Awaitable[FollowUp]]) -> str:
    async with opened() as services:
        async with unit_of_work(services.sessions) as session:
            desk = await _desk(services, session, by)
            row = await decide(desk)
            act, subject = f"follow-up.{what}", follow_up_id
            audit.record(session, actor=OPERATOR, act=act, subject=subject, at=desk.now)
        return _line(row, services)


async def _desk(services: Services, session: AsyncSession, by: str) -> Desk:
    settings = services.settings
    book = await Shelf().book(session)
    now = services.clock.now()
    return Desk(session, services.vault, book, settings.company_name, settings.locale, by, now)
