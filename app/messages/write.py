"""Planned follow-ups become messages: ready to leave, or waiting for a fact or for an approval."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import MissingFact, Unprocessable
from app.followups.catalogue import KINDS
from app.followups.models import FollowUp, FollowUpState
from app.followups.plan import spread_key, window_of
from app.followups.preferences import wishes
from app.ids import new_id
from app.messages.appointments import Appointment
from app.messages.approvers import Demand, demand
from app.messages.asking import ask, wait
from app.messages.checks import check, stops
from app.messages.digest import postponed
from app.messages.facts import FactValue
from app.messages.gather import Gathered, gather, locale_for
from app.messages.links import Links, make_link
from app.messages.material import Loaded, load
from app.messages.models import Message
from app.messages.obstacles import obstacle
from app.messages.overrides import write_words
from app.messages.render import Rendered, Sentence
from app.messages.rules.base import Finding, Severity
from app.messages.waiting import NUDGE, approvals_of, await_decision, subject_of
from app.privacy.vault import Vault, open_as_person, seal_as_person
from app.sla.cases import RuleBook
from app.timeline.models import Person
from app.timeline.people import key_of


async def claim_planned(session: AsyncSession, now: datetime, limit: int) -> Sequence[FollowUp]:
    """Planned follow-ups whose words are due, locked until the unit of work ends."""
    found = await session.scalars(
        select(FollowUp)
        .where(col(FollowUp.act_at) <= now, col(FollowUp.state) == FollowUpState.PLANNED)
        .order_by(col(FollowUp.act_at))
        .limit(limit)
        .with_for_update(skip_locked=True),
    )
    return found.all()


async def write_all(
    session: AsyncSession,
    vault: Vault,
    book: RuleBook,
    follow_ups: Sequence[FollowUp],
    now: datetime,
    *,
    company: str,
    locale: str,
    links: Links | None = None,
) -> None:
    """Writes the message of each of these follow-ups and says where it goes next.

    With `links`, whoever is asked for an approval gets one by which to decide.
    """
    preferred = await wishes(session, follow_ups)
    for loaded in await load(session, vault, book, follow_ups, company=company, links=links):
        row = loaded.follow_up
        wish = preferred.get((row.connection_id, row.recipient))
        if obstacle(loaded, now) or not postponed(row, loaded, wish, now):
            await write(session, vault, loaded, now, locale=locale, links=links)
    await session.flush()


async def write(
    session: AsyncSession,
    vault: Vault,
    loaded: Loaded,
    now: datetime,
    *,
    locale: str,
    links: Links | None = None,
) -> Message | None:
    """Writes one message; without one the follow-up says why and on whom it waits."""
    row = loaded.follow_up
    if reason := obstacle(loaded, now):
        _cancel(row, reason, now)
        return None
    if row.recipient == "operations" or loaded.addressee is None:
        wait(row, FollowUpState.WAITING_FACT, "operations", "nobody of the hiring team is known", now)
        return None
    tongue = locale_for(loaded.material, locale, loaded.templates.available)
    gathered = gather(loaded.material, tongue, now)
    if links is not None and row.kind == NUDGE:
        gathered = await _with_link(session, vault, gathered, loaded, links, now)
    try:
        rendered, passed_over, _ = write_words(loaded.templates, row.kind, gathered.facts, tongue)
    except (MissingFact, Unprocessable) as lacking:
        wait(row, FollowUpState.WAITING_FACT, row.waiting_on, lacking.detail, now)
        await ask(session, row, "fact_missing", now)
        return None
    findings = [*check(rendered, KINDS[row.kind], gathered.facts, now), *passed_over]
    message = await keep(session, vault, loaded, rendered, findings, gathered, by="template", now=now)
    if message is not None:
        await _hand_on(session, row, message, findings, loaded, now)
    return message


async def _with_link(
    session: AsyncSession, vault: Vault, gathered: Gathered, loaded: Loaded, links: Links, now: datetime
) -> Gathered:
    row, about = loaded.follow_up, loaded.material.about
    if about is None or about.state != FollowUpState.WAITING_APPROVAL:
        return gathered
    url = await make_link(
        session, vault, links, about, row.recipient, rests=_leaves_at(row, loaded, now) - now
    )
    fact = FactValue(url, f"follow_up:{about.id}")
    return replace(gathered, facts=gathered.facts.with_fact("approve.url", fact))


async def keep(
    session: AsyncSession,
    vault: Vault,
    loaded: Loaded,
    rendered: Rendered,
    findings: Sequence[Finding],
    gathered: Gathered,
    *,
    by: str,
    now: datetime,
) -> Message | None:
    """Stores a version of the message, sealed with the candidate's key; None where that is gone."""
    person = loaded.candidate
    key = key_of(vault, person) if person else None
    if person is None or key is None:
        _cancel(loaded.follow_up, "the candidate's data is not here", now)
        return None
    newest = select(func.coalesce(func.max(col(Message.version)), 0))
    version = await session.scalar(newest.where(col(Message.follow_up_id) == loaded.follow_up.id)) or 0
    message = Message(
        id=new_id("msg"),
        follow_up_id=loaded.follow_up.id,
        version=version + 1,
        kind=loaded.follow_up.kind,
        locale=rendered.locale,
        template_version=rendered.version,
        words=b"",
        person_id=person.id,
        used=[{"fact": name, "source": source} for name, source in rendered.used],
        findings=[{**asdict(f), "severity": str(f.severity)} for f in findings],
        promises=[gathered.promised_at.isoformat()] if gathered.promised_at else [],
        written_by=by,
        created_at=now,
    )
    words = {
        "subject": rendered.subject,
        "preheader": rendered.preheader,
        "text": rendered.text,
        "html": rendered.html,
        "sentences": [{"text": s.text, "facts": [list(f) for f in s.facts]} for s in rendered.sentences],
        "appointment": gathered.appointment.kept() if gathered.appointment else None,
    }
    message.words = seal_as_person(key, json.dumps(words).encode(), message.id)
    session.add(message)
    loaded.follow_up.message_id = message.id
    await session.flush()
    return message


async def reader_of(session: AsyncSession, message: Message, candidate: Person | None) -> Person:
    """Whose key has sealed a message: since then its candidate may have got another id.

    Where the ``candidate`` of today was erased it is they, whose key opens nothing.
    """
    if candidate is not None and candidate.key is None:
        return candidate
    return await session.get_one(Person, message.person_id)


def words_of(vault: Vault, message: Message, person: Person) -> dict[str, str]:
    """Subject, preheader, text and html of a message; empty after erasure."""
    stored = _opened(vault, message, person)
    return {name: stored.get(name, "") for name in ("subject", "preheader", "text", "html")}


def appointment_of(vault: Vault, message: Message, person: Person) -> Appointment | None:
    """The appointment that a message invites to."""
    kept = _opened(vault, message, person).get("appointment")
    return Appointment.opened(kept) if kept else None


def sentences_of(vault: Vault, message: Message, person: Person) -> list[Sentence]:
    """The personal sentences of a message, each with the facts it came from."""
    stored = _opened(vault, message, person)
    return [
        Sentence(s["text"], tuple((name, source) for name, source in s["facts"]))
        for s in stored.get("sentences", [])
    ]


def _opened(vault: Vault, message: Message, person: Person) -> dict[str, Any]:
    key = key_of(vault, person)
    if key is None:
        return {}
    words: dict[str, Any] = json.loads(open_as_person(key, message.words, message.id))
    return words


async def _hand_on(
    session: AsyncSession,
    row: FollowUp,
    message: Message,
    findings: Sequence[Finding],
    loaded: Loaded,
    now: datetime,
) -> None:
    row.message_id = message.id
    wrong = stops(list(findings))
    wanted = decision_on(loaded, findings, now)
    if wanted.needed:
        reasons = "; ".join(f.reason for f in findings if f.severity == "error")
        cause = f"a check stopped it: {reasons}" if wrong else "a person must allow it"
        await await_decision(session, loaded, wanted, cause, now)
    else:
        make_ready(row, loaded, now)


def decision_on(loaded: Loaded, findings: Sequence[Finding], now: datetime) -> Demand:
    """Whether somebody must allow these words, and who."""
    row = loaded.follow_up
    needed = row.approval_needed or stops(list(findings))
    if not row.recipient.startswith("candidate:"):
        return Demand(needed, row.waiting_on or "operations", named=False)
    warned = any(finding.severity == Severity.WARNING for finding in findings)
    rules, subject = approvals_of(loaded, now), subject_of(loaded, now)
    return demand(rules, subject, needed=needed, warned=warned, usual=row.waiting_on)


def make_ready(row: FollowUp, loaded: Loaded, now: datetime) -> None:
    """The words are final: it leaves at its time, or at the recipient's next open hour if that has passed."""
    row.state = FollowUpState.READY
    row.cause = row.waits_since = None
    row.release_at = _leaves_at(row, loaded, now)
    row.act_at = row.release_at
    row.updated_at = now


def _leaves_at(row: FollowUp, loaded: Loaded, now: datetime) -> datetime:
    material, zone = loaded.material, loaded.addressee.time_zone if loaded.addressee else None
    window = window_of(zone, material.case.history.hours if material.case else None, material.settings)
    key = spread_key(material.truth.external_id, row.reason, row.step, row.recipient)
    return window.release(max(row.release_at, now), key, window=KINDS[row.kind].window)


def _cancel(row: FollowUp, cause: str, now: datetime) -> None:
    row.state, row.cause, row.final = FollowUpState.CANCELLED, cause, True
    row.act_at = None
    row.updated_at = now


async def give_up(session: AsyncSession, follow_up_id: str, reason: str, now: datetime) -> None:
    """A message that cannot be written waits on operations, with the reason."""
    row = await session.get_one(FollowUp, follow_up_id, with_for_update=True)
    wait(row, FollowUpState.WAITING_FACT, "operations", f"could not be written: {reason}", now)
