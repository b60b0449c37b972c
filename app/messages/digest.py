"""The digest of the day: what the team must hear and what can wait until the person's next morning.

What cannot wait goes at once: the kinds that are not gathered, and what is due before the digest, or soon
after.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import MissingFact, Unprocessable
from app.followups.models import FollowUp, FollowUpState, Preference
from app.followups.plan import window_of
from app.followups.preferences import GATHERED_KINDS, wishes
from app.followups.windows import Window
from app.ids import new_id
from app.messages.facts import Facts, FactValue, source_of
from app.messages.gather import gather, locale_for
from app.messages.material import Loaded, load
from app.messages.models import Message
from app.messages.obstacles import obstacle
from app.messages.office import kind_name
from app.messages.overrides import write_words
from app.messages.render import Rendered
from app.privacy.vault import Vault, seal_as_person
from app.sla.cases import RuleBook
from app.timeline.models import Person
from app.timeline.people import key_of

DIGEST = "digest"
_SLACK = timedelta(hours=2)
"""What is due so soon after the digest cannot wait for it: somebody must have time to act."""
_OF_USE = timedelta(hours=18)
_HOUR = 8


def postponed(row: FollowUp, loaded: Loaded, wish: Preference | None, now: datetime) -> bool:
    """Whether this waits for its person's digest; then its row says so."""
    if row.kind not in GATHERED_KINDS or not row.recipient.startswith("member:") or loaded.addressee is None:
        return False
    if wish is not None and (not wish.digest or wish.channel == "note"):
        return False
    clock, at = loaded.material.clock, _morning(loaded, wish, now)
    if clock is None or (clock.due_at is not None and clock.due_at < at + _SLACK):
        return False
    row.state, row.act_at, row.updated_at = FollowUpState.GATHERED, at, now
    row.release_at = at
    return True


def _morning(loaded: Loaded, wish: Preference | None, now: datetime) -> datetime:
    return _window(loaded, wish).next_at(now, wish.digest_hour if wish else _HOUR, loaded.follow_up.recipient)


def _window(loaded: Loaded, wish: Preference | None) -> Window:
    material = loaded.material
    own = (wish.time_zone if wish else None) or (loaded.addressee.time_zone if loaded.addressee else None)
    return window_of(own, material.case.history.hours if material.case else None, material.settings)


async def claim_gathered(session: AsyncSession, now: datetime, limit: int) -> Sequence[FollowUp]:
    """What is to be told in digests that are due, a person's together; locked while they are written."""
    due = (
        select(FollowUp)
        .where(col(FollowUp.act_at) <= now, col(FollowUp.state) == FollowUpState.GATHERED)
        .order_by(col(FollowUp.connection_id), col(FollowUp.recipient), col(FollowUp.act_at))
        .with_for_update(skip_locked=True)
    )
    found = (await session.scalars(due.limit(limit))).all()
    if len(found) < limit:
        return found
    # The rest of the last person's: what a batch left behind would have to wait for another day's digest.
    last, known = found[-1], {row.id for row in found}
    theirs = due.where(
        col(FollowUp.connection_id) == last.connection_id, col(FollowUp.recipient) == last.recipient
    )
    return [*found, *(row for row in await session.scalars(theirs) if row.id not in known)]


async def write_digests(
    session: AsyncSession,
    vault: Vault,
    book: RuleBook,
    gathered: Sequence[FollowUp],
    now: datetime,
    *,
    company: str,
    locale: str,
) -> None:
    """One digest a person and day from what is gathered for them; nothing to say makes none."""
    preferred = await wishes(session, gathered)
    people: dict[tuple[str, str], list[Loaded]] = {}
    for loaded in await load(session, vault, book, gathered, company=company):
        row = loaded.follow_up
        if reason := obstacle(loaded, now):
            row.state, row.cause, row.final = FollowUpState.CANCELLED, reason, True
            row.act_at, row.updated_at = None, now
            continue
        people.setdefault((row.connection_id, row.recipient), []).append(loaded)
    for who, items in people.items():
        await _write(session, vault, items, preferred.get(who), now, locale=locale)
    await session.flush()


async def _write(
    session: AsyncSession,
    vault: Vault,
    items: Sequence[Loaded],
    wish: Preference | None,
    now: datetime,
    *,
    locale: str,
) -> None:
    first, person = items[0], items[0].addressee
    key = key_of(vault, person) if person else None
    today = _window(first, wish).day(now)
    row = _row(first.follow_up, today, now)
    if person is None or key is None or await session.get(FollowUp, row.id) is not None:
        # The digest of today has gone, or nobody is known any more: looked at again like something new.
        for item in items:
            item.follow_up.state, item.follow_up.act_at = FollowUpState.PLANNED, now
            item.follow_up.updated_at = now
        return
    facts = _facts(items, locale, now)
    tongue = locale_for(first.material, locale, first.templates.available)
    rendered, _, _ = write_words(first.templates, DIGEST, facts, tongue)
    session.add(row)
    await session.flush()
    message = _message(row, rendered, person, key, now)
    session.add(message)
    row.message_id = message.id
    for item in items:
        item.follow_up.digest_id, item.follow_up.act_at = row.id, None
        item.follow_up.updated_at = now


def digest_id(connection_id: str, recipient: str, day: date) -> str:
    """The id of that person's digest of that day: the same whoever makes it, so that there is only one."""
    made_of = f"digest/{connection_id}/{recipient}/{day}".encode()
    return f"fup_{hashlib.sha256(made_of).hexdigest()[:26]}"


def _row(of: FollowUp, today: date, now: datetime) -> FollowUp:
    return FollowUp(
        id=digest_id(of.connection_id, of.recipient, today),
        connection_id=of.connection_id,
        application_id=of.application_id,
        reason=f"{DIGEST}/{today}",
        step=f"say:{DIGEST}",
        recipient=of.recipient,
        kind=DIGEST,
        state=FollowUpState.READY,
        waiting_on="operations",
        planned_for=now,
        release_at=now,
        act_at=now,
        expires_at=now + _OF_USE,
        created_at=now,
        updated_at=now,
    )


def _facts(items: Sequence[Loaded], locale: str, now: datetime) -> Facts:
    material = items[0].material
    lines = [line for item in sorted(items, key=_due) if (line := _line(item, locale, now))]
    values = {
        "person.name": FactValue(
            material.addressee.full_name or "", source_of(material.vendor, items[0].follow_up.recipient)
        ),
        "company.name": FactValue(material.company, "settings:company"),
        "digest.count": FactValue(len(lines), "digest"),
        "digest.lines": FactValue(lines, "digest"),
    }
    return Facts(values)


def _due(item: Loaded) -> datetime:
    clock = item.material.clock
    return (clock.due_at if clock else None) or item.follow_up.planned_for


def _line(item: Loaded, locale: str, now: datetime) -> str:
    """What one nudge says in its subject, without the candidate's name.

    A digest is about many people, and nothing in it may outlive the erasure of one of them.
    """
    tongue = locale_for(item.material, locale, item.templates.available)
    facts = gather(item.material, tongue, now).facts
    unnamed = Facts({name: fact for name, fact in facts.items() if not name.startswith("candidate.")})
    kind = item.follow_up.kind
    try:
        said = write_words(item.templates, kind, unnamed, tongue)[0].subject
    except (MissingFact, Unprocessable):
        name = kind_name(kind, tongue)
        said = f"{name[:1].upper()}{name[1:]}: {unnamed.text('application.reference')}"
    due, url = unnamed.text("clock.due"), unnamed.text("application.url")
    return " – ".join(part for part in (said, due, url) if part)


def _message(row: FollowUp, rendered: Rendered, person: Person, key: bytes, now: datetime) -> Message:
    """Sealed with the member's own key: it is about nobody else by name."""
    message = Message(
        id=new_id("msg"),
        follow_up_id=row.id,
        version=1,
        kind=DIGEST,
        locale=rendered.locale,
        template_version=rendered.version,
        words=b"",
        person_id=person.id,
        used=[{"fact": name, "source": source} for name, source in rendered.used],
        written_by="template",
        created_at=now,
    )
    words = {name: getattr(rendered, name) for name in ("subject", "preheader", "text", "html")}
    message.words = seal_as_person(key, json.dumps({**words, "sentences": []}).encode(), message.id)
    return message


async def drop_untold(session: AsyncSession, now: datetime) -> int:
    """What was in a digest that will not go any more is over, too; its clock still escalates."""
    gone = select(col(FollowUp.id)).where(
        col(FollowUp.kind) == DIGEST,
        col(FollowUp.state).in_((FollowUpState.CANCELLED, FollowUpState.REJECTED)),
        col(FollowUp.updated_at) > now - timedelta(days=2),
    )
    changed = await session.execute(
        update(FollowUp)
        .where(col(FollowUp.state) == FollowUpState.GATHERED, col(FollowUp.digest_id).in_(gone))
        .values(
            state=FollowUpState.CANCELLED,
            cause="its digest was not sent in time to be of use",
            final=True,
            updated_at=now,
        )
        .returning(col(FollowUp.id)),
    )
    return len(changed.all())
