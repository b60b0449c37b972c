"""What people do to a message before it leaves: supply a fact, approve, edit, reject. Each act has a name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import NotAllowed, NotFound, Unprocessable, WrongState
from app.followups.catalogue import KINDS
from app.followups.models import Approval, FollowUp, FollowUpState, SuppliedFact
from app.ids import new_id
from app.messages.appointments import refuse_malformed
from app.messages.checks import check, stops
from app.messages.edit import edited
from app.messages.facts import LABELS
from app.messages.gather import gather
from app.messages.material import Loaded, load
from app.messages.models import Message
from app.messages.render import Rendered
from app.messages.rephrase_store import REPHRASED, template_behind
from app.messages.rules.base import Finding, Severity
from app.messages.waiting import NUDGE, await_decision, seen
from app.messages.write import decision_on, keep, make_ready, reader_of, sentences_of, words_of, write
from app.privacy.vault import Vault, seal_as_person, seal_words
from app.sla.cases import RuleBook
from app.timeline.models import Person
from app.timeline.people import key_of

_MAY_BE_SUPPLIED = (
    FollowUpState.WAITING_FACT,
    FollowUpState.WAITING_APPROVAL,
    FollowUpState.PLANNED,
    FollowUpState.EXPIRED,
)
_MAY_BE_EDITED = (FollowUpState.WAITING_APPROVAL, FollowUpState.READY, FollowUpState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every act needs: where the rows are, who acts and when."""

    session: AsyncSession
    vault: Vault
    book: RuleBook
    company: str
    locale: str
    by: str
    now: datetime
    via: str = "api"
    """How the act came in: ``api``, ``bulk`` or ``link``."""

    async def open(self, follow_up_id: str) -> Loaded:
        """The follow-up, locked, with its material; raises NotFound."""
        row = await self.session.get(FollowUp, follow_up_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound
        loaded = await load(self.session, self.vault, self.book, [row], company=self.company)
        return loaded[0]


async def supply(
    desk: Desk, follow_up_id: str, facts: Mapping[str, str], *, picked_from: Mapping[str, str] | None = None
) -> FollowUp:
    """Adds facts to one follow-up, stored with who and when, and writes its message anew.

    ``picked_from`` says where words stand that were picked and not written, by the fact's name. Raises
    NotFound, WrongState once it has left, Unprocessable for a fact that no template knows.
    """
    loaded = await desk.open(follow_up_id)
    _must_be(loaded.follow_up, _MAY_BE_SUPPLIED)
    key = key_of(desk.vault, loaded.candidate) if loaded.candidate else None
    if key is None:
        raise WrongState("The candidate's data was erased.")
    for name, value in facts.items():
        if name not in LABELS:
            raise Unprocessable(
                f"There is no fact {name}; known are {', '.join(sorted(LABELS))}.", field=name
            )
        if not value.strip():
            raise Unprocessable(f"{name} is empty.", field=name)
        refuse_malformed(name, value)
        sealed = seal_as_person(key, value.encode(), f"{follow_up_id}/{name}")
        row = {"value": sealed, "supplied_by": desk.by, "supplied_at": desk.now}
        row |= {"picked_from": (picked_from or {}).get(name)}
        statement = insert(SuppliedFact).values(follow_up_id=follow_up_id, name=name, **row)
        await desk.session.execute(
            statement.on_conflict_do_update(index_elements=["follow_up_id", "name"], set_=row),
        )
    again = await desk.open(follow_up_id)
    await write(desk.session, desk.vault, again, desk.now, locale=desk.locale)
    return again.follow_up


async def approve(desk: Desk, follow_up_id: str, *, message_id: str | None, note: str | None) -> FollowUp:
    """Lets the message leave at its time. `message_id` is the version that the person saw.

    Raises NotFound, WrongState when it does not wait for approval or another version was written since,
    NotAllowed when a rule names somebody else, Unprocessable when a check stops it.
    """
    loaded = await desk.open(follow_up_id)
    row = loaded.follow_up
    _must_be(row, (FollowUpState.WAITING_APPROVAL,))
    await _must_be_asked(desk, row)
    message = await current(desk, row)
    if message_id is not None and message.id != message_id:
        # Whoever read the template's words before they were rephrased, or likes them better, may choose them.
        message = await template_behind(desk.session, message, message_id)
        row.message_id = message.id
    if reasons := await _stopped_by(desk, loaded, message):
        raise Unprocessable("A check stops it: " + "; ".join(reasons), field="text")
    make_ready(row, loaded, desk.now)
    _decide(desk, loaded, "approved", message, note=note)
    return row


async def _stopped_by(desk: Desk, loaded: Loaded, message: Message) -> list[str]:
    """Why these words must not leave: as found when they were written, or by now.

    While they waited, a date in them may have passed, and what they tell may have become another thing.
    """
    if known := [str(found["reason"]) for found in message.findings if found["severity"] == Severity.ERROR]:
        return known
    rendered = _as_rendered(desk, await reader_of(desk.session, message, loaded.candidate), message)
    facts = gather(loaded.material, message.locale, desk.now).facts
    by_hand = message.written_by not in ("template", REPHRASED)
    found = check(rendered, KINDS[message.kind], facts, desk.now, by_hand=by_hand)
    return [each.reason for each in found if each.severity is Severity.ERROR]


async def edit(desk: Desk, follow_up_id: str, *, subject: str, text: str) -> FollowUp:
    """Replaces the words; they are checked again and still need an approval.

    The text is plain, paragraphs apart by an empty line. Raises NotFound, WrongState, UnsafeHeader.
    """
    loaded = await desk.open(follow_up_id)
    row = loaded.follow_up
    _must_be(row, _MAY_BE_EDITED)
    before = await current(desk, row)
    gathered = gather(loaded.material, before.locale, desk.now)
    person = await reader_of(desk.session, before, loaded.candidate)
    rendered = edited(_as_rendered(desk, person, before), subject=subject, text=text)
    findings: list[Finding] = check(rendered, KINDS[row.kind], gathered.facts, desk.now, by_hand=True)
    # The date that the earlier words promised stands unless it has passed: a person's words are not searched.
    promised = _first_promise(before)
    kept = gathered if promised and promised <= desk.now else replace(gathered, promised_at=promised)
    message = await keep(desk.session, desk.vault, loaded, rendered, findings, kept, by=desk.by, now=desk.now)
    if message is None:
        raise WrongState("The candidate's data was erased.")
    cause = "a check stopped it" if stops(findings) else "a person must allow it"
    await await_decision(desk.session, loaded, decision_on(loaded, findings, desk.now), cause, desk.now)
    _decide(desk, loaded, "edited", before, made=message.id)
    return row


def _as_rendered(desk: Desk, person: Person, message: Message) -> Rendered:
    """A stored message as it was rendered."""
    words = words_of(desk.vault, message, person)
    if not words["text"]:
        raise WrongState("The candidate's data was erased.")
    return Rendered(
        key=message.kind,
        locale=message.locale,
        version=message.template_version,
        subject=words["subject"],
        preheader=words["preheader"],
        text=words["text"],
        html=words["html"],
        used=tuple((used["fact"], used["source"]) for used in message.used),
        sentences=tuple(sentences_of(desk.vault, message, person)),
    )


def _first_promise(message: Message) -> datetime | None:
    return datetime.fromisoformat(message.promises[0]) if message.promises else None


async def reject(desk: Desk, follow_up_id: str, *, note: str) -> FollowUp:
    """The message will not be sent; the clock behind it keeps running. Raises NotFound, WrongState."""
    loaded = await desk.open(follow_up_id)
    row = loaded.follow_up
    _must_be(row, (*_MAY_BE_SUPPLIED, FollowUpState.READY))
    row.state, row.act_at = FollowUpState.REJECTED, None
    row.cause = f"rejected by {desk.by}"
    row.updated_at = desk.now
    message = await desk.session.get(Message, row.message_id) if row.message_id else None
    _decide(desk, loaded, "rejected", message, note=note)
    return row


async def current(desk: Desk, row: FollowUp) -> Message:
    """The newest version of the follow-up's message; raises NotFound."""
    message = await desk.session.scalar(select(Message).where(col(Message.id) == row.message_id))
    if message is None:
        raise NotFound("This follow-up has no message yet.")
    return message


def _must_be(row: FollowUp, states: tuple[str, ...]) -> None:
    if row.state not in states:
        raise WrongState(f"This follow-up is {row.state}; that act needs one of: {', '.join(states)}.")


async def _must_be_asked(desk: Desk, row: FollowUp) -> None:
    """Where a rule names who may allow it, it is they, or whoever was asked after them."""
    if row.approver is None:
        return
    asked = await desk.session.scalars(
        select(col(FollowUp.recipient)).where(col(FollowUp.about_id) == row.id, col(FollowUp.kind) == NUDGE)
    )
    if desk.by not in {row.approver, row.waiting_on, *asked}:
        raise NotAllowed(f"Only {row.approver} may allow this message; say in whose name you act.")


def _decide(
    desk: Desk,
    loaded: Loaded,
    verdict: str,
    saw: Message | None,
    *,
    note: str | None = None,
    made: str | None = None,
) -> None:
    """Writes down who decided what, with what they saw; `made` is the message that came of it."""
    approval, person = new_id("apr"), loaded.candidate
    desk.session.add(
        Approval(
            id=approval,
            follow_up_id=loaded.follow_up.id,
            message_id=made or (saw.id if saw else ""),
            verdict=verdict,
            decided_by=desk.by,
            decided_at=desk.now,
            note=seal_words(key_of(desk.vault, person) if person else None, note, approval),
            via=desk.via,
            saw=seen(saw),
        ),
    )
