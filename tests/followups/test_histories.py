"""Random histories of applications: what may be said, to whom and when, whatever happened.

Planned here as it is planned live, and let out as it is let out: each time something is due, the caps and the
windows are asked, and what leaves is remembered.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.followups.caps import Mailed, counts, heard_at, held_by_better_news, held_by_day, held_by_silence
from app.followups.catalogue import KINDS
from app.followups.plan import Wanted, plan, told_from, window_of
from app.followups.store import _forbidden
from app.intake.config import ConnectionSettings
from app.moments import zone
from app.sla.book import starter_policies
from app.sla.cases import Case, cases
from app.sla.clocks import ClockReading, ClockState, read_clock
from app.timeline.fold import fold
from app.timeline.models import Person
from app.timeline.truth import JobTruth, Placed, Truth
from tests.sla.clockwork import MONDAY, OFFICE, rule_book
from tests.timeline.histories import APPLICATION, CANDIDATE, histories

BOOK = rule_book((MONDAY - timedelta(days=60), starter_policies()))
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati")
TEAM = JobTruth(external_id="7", name="Welder", recruiters=("55",), hiring_managers=("66",))
Key = tuple[str, str, str]


@dataclass
class World:
    """One candidate with one or two applications, and everything that left."""

    facts: list[list[Placed]]
    account: ConnectionSettings
    own_zone: str | None
    person: Person
    left: dict[tuple[int, Key], tuple[Wanted, datetime]] = field(default_factory=dict)

    def truth(self, nth: int, now: datetime) -> Truth:
        told = [fact for fact in self.facts[nth] if fact.at <= now]
        truth = fold(f"{APPLICATION}{nth}", told, job=TEAM)
        return Truth(
            **{name: getattr(truth, name) for name in truth.__dataclass_fields__ if name != "candidate_zone"},
            candidate_zone=self.own_zone,
        )

    def planned(self, nth: int, now: datetime) -> list[tuple[Case, ClockReading, list[Wanted]]]:
        truth = self.truth(nth, now)
        found = []
        for case in cases(truth, BOOK, connection="con"):
            reading = read_clock(case.history, now)
            found.append((case, reading, list(plan(truth, case, reading, self.account, now))))
        return found

    def live(self, now: datetime) -> None:
        """Lets out what may leave at that instant; people allow everything that needs them."""
        for nth in range(len(self.facts)):
            for _, _, wanted in self.planned(nth, now):
                for each in wanted:
                    self.let_out(nth, each, now)

    def let_out(self, nth: int, wanted: Wanted, now: datetime) -> None:
        key = (nth, (wanted.reason, wanted.step, wanted.recipient))
        if key in self.left or wanted.release_at > now or _forbidden(wanted, self.person):
            return
        if wanted.recipient.startswith("candidate:") and self._held(nth, wanted, now):
            return
        self.left[key] = (wanted, now)

    def _held(self, nth: int, wanted: Wanted, now: datetime) -> bool:
        truths = [self.truth(other, now) for other in range(len(self.facts))]
        others = [truth for other, truth in enumerate(truths) if other != nth]
        earliest = told_from(wanted.kind, truths[nth], self.account)
        if (earliest and earliest > now) or held_by_better_news(wanted.kind, others):
            return True
        if wanted.approval or not counts(wanted.kind):
            return False
        window = window_of(self.own_zone, OFFICE, self.account)
        return bool(
            held_by_silence(self.mails, heard_at(truths, now), most=self.account.unanswered_mails)
            or held_by_day(self.mails, now, window, "k", most=self.account.mails_a_day)
        )

    @property
    def mails(self) -> list[Mailed]:
        told = [(w, at) for w, at in self.left.values() if w.recipient.startswith("candidate:")]
        return [Mailed(wanted.kind, at, not wanted.approval) for wanted, at in told]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    facts: list[list[Placed]] = draw(st.lists(histories(), min_size=1, max_size=2))
    candidate = Person(
        id="per_1",
        connection_id="con",
        role="candidate",
        external_id=CANDIDATE,
        as_of=MONDAY,
        can_email=draw(st.sampled_from((True, True, True, False))),
        private=draw(st.sampled_from((False, False, False, True))),
        erased_at=draw(st.sampled_from((None, None, None, MONDAY))),
    )
    account = ConnectionSettings(
        time_zone=draw(st.sampled_from(ZONES)),
        mails_a_day=draw(st.sampled_from((1, 2))),
        rejection_cooling_minutes=draw(st.sampled_from((60, 3_000))),
    )
    world = World(facts, account, draw(st.sampled_from((None, *ZONES))), candidate)
    now = MONDAY
    for hours in draw(st.lists(st.sampled_from((1, 3, 8, 24, 70)), min_size=3, max_size=9)):
        now += timedelta(hours=hours)
        world.live(now)
    return world


@given(worlds())
@settings(max_examples=300, deadline=None)
def test_what_leaves_keeps_every_promise(world: World) -> None:
    """Once a reason, inside the window, capped, to nobody forbidden, no rejection beside better news."""
    candidates = [
        (n, w, at) for (n, _), (w, at) in world.left.items() if w.recipient.startswith("candidate:")
    ]
    there = zone(world.own_zone or world.account.time_zone)
    for nth, wanted, at in candidates:
        assert world.person.can_email
        assert not world.person.private
        assert world.person.erased_at is None
        assert wanted.release_at <= at
        if KINDS[wanted.kind].window:
            local = wanted.release_at.astimezone(there)
            assert local.weekday() < 5
            assert time(8) <= local.time() < time(18)
        if KINDS[wanted.kind].rejects:
            truth = world.truth(nth, at)
            assert truth.status != "hired"
            assert truth.standing is None or at >= truth.standing.at + timedelta(hours=1)
    days = Counter(
        at.astimezone(there).date() for _, w, at in candidates if counts(w.kind) and not w.approval
    )
    assert all(number <= world.account.mails_a_day for number in days.values())
    keys = Counter((n, w.reason, w.step) for n, w, _ in candidates)
    assert all(number == 1 for number in keys.values())


@given(worlds(), st.lists(st.integers(0, 60 * 24 * 30), min_size=5, max_size=5))
@settings(max_examples=100, deadline=None)
def test_plans_keep_to_the_recipients_day_and_to_the_cooling_time(world: World, minutes: list[int]) -> None:
    """A candidate's in their own zone, the team's in the office's; a rejection never before it has cooled."""
    for now in (MONDAY + timedelta(minutes=each) for each in minutes):
        truth = world.truth(0, now)
        for wanted in (w for _, _, each in world.planned(0, now) for w in each):
            own = world.own_zone if wanted.recipient.startswith("candidate:") else None
            local = wanted.release_at.astimezone(zone(own or world.account.time_zone))
            if KINDS[wanted.kind].window:
                assert local.weekday() < 5
                assert time(8) <= local.time() < time(18)
            if KINDS[wanted.kind].rejects and truth.standing:
                cooled = truth.standing.at + timedelta(minutes=world.account.rejection_cooling_minutes)
                assert wanted.planned_for >= cooled


@given(worlds(), st.integers(0, 60 * 24 * 30))
@settings(max_examples=60, deadline=None)
def test_every_breach_leads_to_a_named_person(world: World, minutes: int) -> None:
    """Somebody of the team is told of each open breach, by the first step of its chain at the latest."""
    now = MONDAY + timedelta(minutes=minutes)
    for _, reading, wanted in world.planned(0, now):
        if reading.state == ClockState.BREACHED and reading.escalations:
            told = [w.recipient for w in wanted if w.step.startswith("escalated:")]
            assert told
            assert all(who.startswith("member:") for who in told)


@given(worlds(), st.integers(0, 60 * 24 * 30))
@settings(max_examples=60, deadline=None)
def test_nobody_is_told_twice_by_planning_again(world: World, minutes: int) -> None:
    """The same instant plans the same; a later one never plans an earlier step under another key."""
    now = MONDAY + timedelta(minutes=minutes)
    first = [w for _, _, wanted in world.planned(0, now) for w in wanted]
    again = [w for _, _, wanted in world.planned(0, now) for w in wanted]
    assert first == again
    assert len({(w.reason, w.step, w.recipient) for w in first}) == len(first)
