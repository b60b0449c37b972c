"""What people do to clocks: done, pause, resume, snooze, move. Each act is a fact; clocks follow from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from app.ats.canonical import Fact, FactKind, PersonRole, Reading
from app.errors import NotFound, Unprocessable, WrongState
from app.ids import new_id
from app.privacy.vault import Vault, seal_words
from app.sla.cases import Case, RuleBook, cases
from app.sla.clocks import ClockState
from app.sla.models import Clock
from app.sla.policies import Trigger
from app.sla.stops import clock_key
from app.sla.store import Running, derive
from app.timeline.models import Application
from app.timeline.people import find_people, key_of
from app.timeline.record import Heard, record
from app.timeline.store import Known, know, read
from app.timeline.truth import Act

ActName = Literal["done", "pause", "resume", "snooze", "move"]

LONGEST = timedelta(days=366)
"""How far ahead a snooze or a moved date may lie: further is a mistake, or a promise nobody keeps."""

_FITS: dict[str, tuple[ClockState, ...]] = {
    "done": (ClockState.RUNNING, ClockState.PAUSED, ClockState.BREACHED),
    "pause": (ClockState.RUNNING, ClockState.PAUSED),
    "resume": (ClockState.PAUSED,),
    "snooze": (ClockState.RUNNING, ClockState.PAUSED),
    "move": (ClockState.RUNNING, ClockState.PAUSED),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An act as somebody asks for it; ``until`` belongs to snooze and move."""

    act: ActName
    by: str
    reason: str
    until: datetime | None = None


async def act(
    session: AsyncSession, vault: Vault, book: RuleBook, clock_id: str, asked: Asked, now: datetime
) -> Clock:
    """Writes the act into the history and shows the clock as it stands after it.

    Only this application's clocks are derived here; its follow-ups are planned by the drain, for which the
    application is woken.

    Raises:
        NotFound: There is no such clock.
        WrongState: The act has no meaning in the clock's present state, or its policy forbids it.
        Unprocessable: ``until`` is not ahead, or further away than `LONGEST`.
    """
    clock = await session.get(Clock, clock_id)
    if clock is None:
        raise NotFound
    application = await session.get_one(
        Application, clock.application_id, with_for_update=True, populate_existing=True
    )
    await session.refresh(clock)
    running, acts = await _derived(session, book, application, clock, now)
    _refuse(asked, running, acts, now)
    reason = await _sealed(session, vault, application, asked.reason)
    await record(session, vault, clock.connection_id, [_heard(asked, reason, clock, application, now)], now)
    await _derived(session, book, application, clock, now)
    application.wake_at = now
    await session.flush()
    return clock


async def _derived(
    session: AsyncSession, book: RuleBook, application: Application, clock: Clock, now: datetime
) -> tuple[Running, tuple[Act, ...]]:
    [owed] = await derive(session, book, await know(session, [application]), now)
    running = next((each for each in owed.clocks if each.clock.id == clock.id), None)
    if running is None:
        raise WrongState("What started this clock is no longer true.")
    key = clock_key(clock.policy, clock.occurrence)
    return running, tuple(each for each in owed.known.truth.acts if each.clock == key)


def _refuse(asked: Asked, running: Running, acts: tuple[Act, ...], now: datetime) -> None:
    state, policy = running.reading.state, running.case.policy
    if state not in _FITS[asked.act]:
        raise WrongState(f"This clock is {state}; {asked.act} needs one that is {_or(_FITS[asked.act])}.")
    if policy.legal and asked.act not in ("done", "resume"):
        raise WrongState("This clock stands for a duty by law; nobody can pause or move it.")
    if asked.act == "snooze" and "snoozed" not in policy.paused_by:
        raise WrongState("The policy of this clock allows no snooze; pause it instead.")
    if asked.act == "move" and policy.starts != Trigger.DATE_PROMISED:
        raise WrongState("Only a date that a message promised can be moved.")
    held = {each.act for each in _holding(acts, now)}
    if asked.act == "pause" and "pause" in held:
        raise WrongState("A person has paused this clock already.")
    if asked.act == "resume" and not held:
        raise WrongState(f"No person has paused this clock: {running.reading.paused_by}.")
    if asked.until is not None and not now < asked.until <= now + LONGEST:
        raise Unprocessable("Give an instant that lies ahead, within a year.", field="until")


def _holding(acts: tuple[Act, ...], now: datetime) -> list[Act]:
    """The pauses and snoozes that nobody has resumed and that have not ended by themselves."""
    held: list[Act] = []
    for each in acts:
        if each.act in ("pause", "snooze"):
            held.append(each)
        elif each.act == "resume":
            held = []
    return [each for each in held if each.until is None or each.until > now]


async def _sealed(session: AsyncSession, vault: Vault, application: Application, words: str) -> str | None:
    """A reason may name the candidate, so that it must end with the candidate's key; facts stay for good."""
    ref = (str(PersonRole.CANDIDATE), application.candidate or "")
    person = (await find_people(session, application.connection_id, [ref])).get(ref)
    return seal_words(key_of(vault, person) if person else None, words, application.id)


def _heard(asked: Asked, reason: str | None, clock: Clock, application: Application, now: datetime) -> Heard:
    data = {
        "act": asked.act,
        "clock": clock_key(clock.policy, clock.occurrence),
        "by": asked.by,
        "reason": reason,
        "until": asked.until.isoformat() if asked.until else None,
    }
    fact = Fact(FactKind.ACT, f"act:{new_id('act')}", now, application=application.external_id, data=data)
    return Heard(Reading(facts=(fact,)), now, "person")


def _or(states: tuple[ClockState, ...]) -> str:
    return " or ".join(str(state) for state in states)


async def case_of(session: AsyncSession, book: RuleBook, clock: Clock) -> tuple[Known, Case | None]:
    """What is true of the clock's application, and the case behind it; none once its start is untrue."""
    application = await session.get_one(Application, clock.application_id)
    [known] = await read(session, [application])
    found = cases(known.truth, book, connection=application.connection_id, calendar=known.settings.calendar)
    wanted = clock_key(clock.policy, clock.occurrence)
    case = next((each for each in found if clock_key(each.policy.key, each.occurrence.key) == wanted), None)
    return known, case
