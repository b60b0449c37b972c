"""What must be true after the round, computed from its script: each expectation has a name."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from app.ats.greenhouse import SUCCESS_STATUS
from app.delivery.models import Delivery, DeliveryState
from app.delivery.release import MAIL, NOTE
from app.demo.cast import ZONE, Story
from app.demo.record import Played
from app.followups.models import FollowUpState
from app.moments import zone

_FRIDAY = 4
_REJECTED = "rejection"
_NEVER_GIVEN, _LATE = "dag", "cleo"
_FORBIDDEN = {
    "may not be mailed": "the ATS says that the candidate may not be mailed",
    "private": "the candidate is private in the ATS",
}


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must hold, and what speaks against it."""

    name: str
    against: tuple[str, ...]

    @property
    def held(self) -> bool:
        return not self.against


def check(played: Played) -> list[Expectation]:
    """Every expectation of the round, in the order in which a reader would ask."""
    return [Expectation(name, tuple(find(played))) for name, find in _EXPECTATIONS.items()]


def _stored(played: Played) -> Iterator[str]:
    """P1: what was answered with success is there; what came twice is there once."""
    sent = played.director.greenhouse.push.webhooks
    acknowledged = {f"event:{w.event_id}" for w in sent if w.status == SUCCESS_STATUS}
    stored = Counter(event.dedupe_key for event in played.events)
    yield from (f"{key} was acknowledged and is not stored" for key in acknowledged - set(stored))
    yield from (f"{key} is stored and was never acknowledged" for key in set(stored) - acknowledged)
    yield from (f"{event.action}: {event.reason}" for event in played.events if event.state == "dead")
    yield from (f"{event.action} was never handled" for event in played.events if event.state == "pending")


def _stumbled(played: Played) -> Iterator[str]:
    """The round is worth something only where webhooks were really lost and repeated, and limits met."""
    greenhouse = played.director.greenhouse
    sent = greenhouse.push.webhooks
    if not any(w.dropped for w in sent):
        yield "no webhook was lost"
    if not any(w.attempts > 1 for w in sent if w.delivered):
        yield "no webhook came twice"
    yield from (f"{fault.path} never answered 429" for fault in greenhouse.harvest.faults if fault.times)


def _made_good(played: Played) -> Iterator[str]:
    """What Greenhouse says of each application is what we hold true, lost webhooks or not."""
    world = played.director.greenhouse.world
    meant = {"in_process": ("active",), "rejected": ("rejected", "withdrawn"), "hired": ("hired",)}
    for key, external_id in played.director.applications.items():
        story, application = played.director.stories[key], played.applications.get(key)
        row = world.one("applications", external_id)
        if application is None:
            yield f"{story.name} is not known"
            continue
        wanted = ("deleted",) if "anonymize" in story.told else meant[row["status"]]
        if application.status not in wanted:
            yield f"{story.name} is {application.status}, not {wanted[0]}"
        visit = world.visit(external_id)
        stage = str(visit["job_interview_stage_id"]) if visit else None
        if application.stage_id != stage and application.status == "active":
            yield f"{story.name} stands in {application.stage_name}, not in the stage of Greenhouse"


def _acknowledged(played: Played) -> Iterator[str]:
    """Everybody who applied heard so, or there is a named reason why not."""
    for key, story in _people(played):
        said = played.said_to(key, "application_received")
        if reason := _forbidden(story):
            causes = {f.cause for f in played.about(key)}
            if said or causes != {reason}:
                yield f"{story.name}: expected only {reason!r}, found {sorted(map(str, causes))}"
        elif story.prospect:
            if played.about(key) or played.clocks_of(key, "acknowledge_application"):
                yield f"{story.name} is a prospect and is owed nothing"
        elif len(said) != 1:
            yield f"{story.name} was acknowledged {len(said)} times"


def _rejections(played: Played) -> Iterator[str]:
    """Whoever was rejected heard it, except where the recruiter decided otherwise or decided nothing."""
    for key, story in _people(played):
        said = played.said_to(key, _REJECTED)
        wanted = "reject " in story.told and "unreject" not in story.told and story.desk == "approve"
        if len(said) != wanted:
            yield f"{story.name} was told of a rejection {len(said)} times"
        states = {f.state for f in played.about(key) if f.kind.startswith(_REJECTED)}
        if story.desk == "reject" and states != {FollowUpState.REJECTED}:
            yield f"{story.name}: the message that the recruiter withheld is {sorted(states)}"
        waiting = {FollowUpState.WAITING_FACT, FollowUpState.WAITING_APPROVAL}
        if story.desk == "leave" and not (states and states <= waiting):
            yield f"{story.name}: the message that nobody decided about is {sorted(states)}"


def _approved(played: Played) -> Iterator[str]:
    """No rejection and no offer left before a person had allowed it."""
    approved = {a.follow_up_id: a.decided_at for a in played.approvals if a.verdict == "approved"}
    for fact in played.said:
        if fact.data["kind"].startswith((_REJECTED, "offer_news", "position_filled")):
            allowed = approved.get(fact.data["follow_up"])
            if allowed is None or allowed > fact.placed_at:
                yield f"{fact.data['kind']} of application {fact.application} was not approved before"


def _reopened(played: Played) -> Iterator[str]:
    """A rejection that is taken back inside its cooling time is never told."""
    for key, story in _people(played):
        if "unreject" in story.told:
            states = {f.state for f in played.about(key) if f.kind.startswith(_REJECTED)}
            if states - {FollowUpState.CANCELLED} or not states:
                yield f"{story.name}: {sorted(states)}"


def _in_hours(played: Played) -> Iterator[str]:
    """No rejection on a weekend or outside of working hours, and none after a hire."""
    hired = {
        str(played.director.applications[key]) for key, story in _people(played) if " hire" in story.told
    }
    for fact in played.said:
        if fact.data["kind"].startswith(_REJECTED):
            local = fact.placed_at.astimezone(zone(ZONE))
            if local.weekday() > _FRIDAY or not 8 <= local.hour < 18:  # noqa: PLR2004  # the sending window
                yield f"a rejection left on {local:%A at %H:%M}"
            if fact.application in hired:
                yield f"application {fact.application} was rejected and hired"


def _withdrawn(played: Played) -> Iterator[str]:
    """Whoever withdrew is thanked, once."""
    for key, story in _people(played):
        said = len(played.said_to(key, "withdrawal_acknowledged"))
        if said != ("withdraw" in story.told):
            yield f"{story.name}: thanked {said} times for withdrawing"


def _offers(played: Played) -> Iterator[str]:
    """Every offer was told, with its reasons."""
    for key, story in _people(played):
        said = len(played.said_to(key, "offer_news"))
        if said != any(line.split()[2] == "offer" for line in _lines(story)):
            yield f"{story.name}: told of an offer {said} times"


def _thanked(played: Played) -> Iterator[str]:
    """Everybody who was interviewed was thanked, although no webhook tells of interviews."""
    for key, story in _people(played):
        held = any(line.split()[2] == "interview" for line in _lines(story))
        if len(played.said_to(key, "thank_you_after_interview")) != held:
            yield f"{story.name} was not thanked as often as interviewed"


def _feedback(played: Played) -> Iterator[str]:
    """Late and missing feedback is a breach that was escalated; feedback in time is none."""
    escalated = {e.clock_id for e in played.clock_events if e.kind == "escalated"}
    for key, story in _people(played):
        for line in _lines(story):
            day_and_time, verb, rest = line.split()[:2], line.split()[2], line.split()[3:]
            if verb != "interview" or not day_and_time:
                continue
            late = any(member in rest[2].split(",") for member in (_NEVER_GIVEN, _LATE))
            clocks = played.clocks_of(key, "interviewer_feedback")
            breached = [c for c in clocks if c.breached_at is not None]
            if len(clocks) != 1 or bool(breached) != late:
                yield f"{story.name}: {len(breached)} of {len(clocks)} feedback clocks breached"
            if any(c.id not in escalated for c in breached):
                yield f"{story.name}: late feedback was not escalated"


def _paused(played: Played) -> Iterator[str]:
    """Feedback and decisions for a closed job are not counted as late."""
    for clock in played.clocks:
        if clock.state == "paused" and clock.breached_at is not None:
            yield f"{clock.policy} is paused and breached"
    if not any(clock.state == "paused" for clock in played.clocks):
        yield "no clock was paused by the closed job"


def _forgotten(played: Played) -> Iterator[str]:
    """Whoever asked to be forgotten is: no key, no fields, nothing running."""
    for key, story in _people(played):
        person = played.people.get(key)
        if "anonymize" in story.told and (
            person is None or person.erased_at is None or person.key is not None or person.fields is not None
        ):
            yield f"{story.name} can still be read"


def _once(played: Played) -> Iterator[str]:
    """Nobody was written to twice for one reason."""
    reasons = Counter(
        (f.application, f.data["reason"], f.data["step"], f.data["recipient"]) for f in played.said
    )
    yield from (f"{reason} was said {count} times" for reason, count in reasons.items() if count > 1)
    mailed = [d for d in played.deliveries if d.channel == MAIL and d.state == DeliveryState.SENT]
    wires = Counter(str(mail["Message-ID"]) for mail in played.mails)
    yield from (f"{wire} left {count} times" for wire, count in wires.items() if count > 1)
    yield from (f"{d.wire_id} is sent and not in the folder" for d in mailed if str(d.wire_id) not in wires)
    if len(played.mails) != len(mailed):
        yield f"{len(played.mails)} mails in the folder, {len(mailed)} sent"


def _noted(played: Played) -> Iterator[str]:
    """Each mail to a candidate is noted in Greenhouse, once."""
    mails = [d for d in played.deliveries if _to_candidate(d, MAIL)]
    notes = played.director.greenhouse.world.find("notes")
    bodies = [str(note["body"]) for note in notes]
    for delivery in (d for d in played.deliveries if _to_candidate(d, NOTE)):
        found = sum(str(delivery.wire_id) in body for body in bodies)
        if found != 1:
            yield f"the note {delivery.wire_id} is there {found} times"
    if len(notes) != len(mails):
        yield f"{len(notes)} notes, {len(mails)} mails to candidates"


def _to_candidate(delivery: Delivery, channel: str) -> bool:
    same = delivery.channel == channel and delivery.state == DeliveryState.SENT
    return same and delivery.recipient.startswith("candidate:")


def _settled(played: Played) -> Iterator[str]:
    """Every follow-up ended, or waits on a named person; nothing is unknown or stuck."""
    for f in played.follow_ups:
        if f.state in (FollowUpState.UNKNOWN, FollowUpState.FAILED, FollowUpState.SENDING):
            yield f"{f.kind} is {f.state}: {f.cause}"
        if f.state.startswith("waiting") and not (f.waiting_on or "").startswith("member:"):
            yield f"{f.kind} waits on nobody by name: {f.cause}"
        if f.state in (FollowUpState.CANCELLED, FollowUpState.REJECTED) and not f.cause:
            yield f"{f.kind} is {f.state} without a reason"


def _silence(played: Played) -> Iterator[str]:
    """No candidate is left in silence without somebody by name who must act."""
    yield from played.silent


def _people(played: Played) -> Iterator[tuple[str, Story]]:
    return iter(played.director.stories.items())


def _lines(story: Story) -> list[str]:
    return story.told.strip().splitlines()


def _forbidden(story: Story) -> str | None:
    if story.private:
        return _FORBIDDEN["private"]
    return None if story.may_be_mailed else _FORBIDDEN["may not be mailed"]


_EXPECTATIONS: Mapping[str, Callable[[Played], Iterator[str]]] = {
    "every acknowledged webhook is stored once and handled": _stored,
    "webhooks were lost and repeated, and the rate limit was met": _stumbled,
    "what Greenhouse says is what is held true, lost webhooks or not": _made_good,
    "everybody was acknowledged once, or there is a named reason": _acknowledged,
    "rejections were told once, as the recruiter decided": _rejections,
    "no rejection and no offer left before a person allowed it": _approved,
    "a rejection taken back in its cooling time was never told": _reopened,
    "no rejection on a weekend, after hours, or after a hire": _in_hours,
    "a withdrawal was acknowledged": _withdrawn,
    "offers were told with their reasons": _offers,
    "everybody interviewed was thanked": _thanked,
    "late feedback was a breach and escalated, feedback in time was not": _feedback,
    "a closed job pauses its clocks": _paused,
    "whoever asked to be forgotten is": _forgotten,
    "nobody was written to twice for one reason": _once,
    "each mail to a candidate is noted in Greenhouse, once": _noted,
    "every follow-up ended, or waits on a named person": _settled,
    "nobody is left in silence, or it is named who must act": _silence,
}
