"""The catalogue and its triggers: what calls for a kind, what does not, what it must not leave without."""

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar
import pytest

from app.ats.canonical import Reading
from app.db import unit_of_work
from app.delivery.models import Delivery
from app.errors import InvalidPolicy, NotFound
from app.followups.catalogue import KINDS, SPOKEN_WORDS, MessageClass, Recipient
from app.followups.models import FollowUp
from app.followups.team import tell_team
from app.messages.library import load_templates
from app.messages.models import Message
from app.messages.render import render
from app.messages.write import words_of
from app.sla.book import apply_policies, starter_policies
from app.sla.policies import Policy, Trigger, parse_policies
from app.sla.triggers import ASKING, occurrences
from app.timeline.fold import fold
from app.timeline.models import Application, Person
from app.timeline.record import Heard, record
from app.timeline.truth import Truth
from tests.flow.small import MONDAY, Small, open_small, webhook
from tests.followups.stories import TEAM, Told
from tests.messages.example import example

STARTER = parse_policies(starter_policies())


def truth(story: Told) -> Truth:
    """What is true once the story is told."""
    return fold("1", story.placed())


def keys(story: Told, trigger: Trigger) -> list[str]:
    """The occurrences of a trigger in the story."""
    return [one.key for one in occurrences(truth(story), trigger)]


def test_good_news_is_for_the_first_time_in_a_later_stage() -> None:
    """Beginning somewhere, going back and coming again are no news."""
    story = Told("1", MONDAY)
    for hours, stage in enumerate(("1", "2", "1", "2", "3", "2", "3")):
        story.stage(hours, stage)
    assert keys(story, Trigger.MOVED_ON) == ["stage:2:1", "stage:3:1"]


def test_who_begins_late_and_is_put_back_hears_nothing() -> None:
    """A drag into the wrong stage and back is not told as progress."""
    story = Told("1", MONDAY)
    story.stage(0, "3")
    story.stage(1, "2")
    assert keys(story, Trigger.MOVED_ON) == []


def test_each_time_of_an_interview_is_confirmed_once() -> None:
    """Moved, it is another occasion; moved back, another again; said again, none."""
    story = Told("1", MONDAY)
    for hours, starts in ((1, 48), (2, 48), (3, 72), (4, 48)):
        story.interview(hours, starts)
    (interview,) = truth(story).interviews
    assert (interview.moves, interview.nth) == (2, 2)
    (key,) = keys(story, Trigger.INTERVIEW_SCHEDULED)
    assert key == f"interview:i1:{story.at(48):%Y%m%dT%H%M}:2"
    (one,) = occurrences(truth(story), Trigger.INTERVIEW_SCHEDULED)
    assert one.starts_at == story.at(4)


def test_an_interview_that_is_learnt_of_afterwards_is_not_announced() -> None:
    """Nobody is invited to yesterday."""
    story = Told("1", MONDAY)
    story.interview(30, 24)
    assert keys(story, Trigger.INTERVIEW_SCHEDULED) == []


def test_the_questions_that_are_owed_an_answer_are_those_of_the_catalogue() -> None:
    """Two places name them; they agree."""
    assert {kind.key for kind in KINDS.values() if kind.asks} == ASKING


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if kind.message_class is MessageClass.NURTURE]
)
def test_what_only_keeps_in_touch_needs_a_basis_and_a_way_out(kind: Any) -> None:
    """Without consent and a link to stop it, it waits for a person."""
    assert {"consent.basis", "unsubscribe.url"} <= kind.required_facts


def test_what_only_keeps_in_touch_is_off_on_day_one() -> None:
    """So is everything that would ask for a favour before anybody agreed."""
    nurture = {kind.key for kind in KINDS.values() if kind.message_class is MessageClass.NURTURE}
    on = {say.kind for policy in STARTER.policies if policy.enabled for say in policy.say}
    assert not on & nurture


def test_every_rejection_cools_down_even_where_a_policy_forgets_it() -> None:
    """The kind's own delay counts where the policy names none."""
    assert all(kind.delay for kind in KINDS.values() if kind.rejects)


def _policy(**changes: Any) -> Policy:
    known = {
        "key": "an_answer",
        "name": "An answer",
        "starts": "offer_sent",
        "target": {"calendar_hours": 72},
    }
    return parse_policies({"policies": [{**known, "met_by": ["offer_resolved"], **changes}]}).policies[0]


def test_nobody_is_reminded_a_third_time() -> None:
    """Two reminders of one question are the most that a policy may have."""
    warn = [{"percent": share} for share in (30, 60, 90)]
    nudges = [{"kind": "offer_reminder", "at": "warn", "nth": n} for n in (1, 2, 3)]
    assert _policy(owed_by="candidate", warn=warn, say=nudges[:2])
    with pytest.raises(InvalidPolicy, match="more than 2 times"):
        _policy(owed_by="candidate", warn=warn, say=nudges)


@pytest.mark.parametrize("name", ["decision.by", "consent.basis", "candidate.first_name", "rejection.reason"])
def test_a_policy_states_nothing_about_a_person(name: str) -> None:
    """Who decided, who agreed and why somebody was rejected is never a line of configuration."""
    with pytest.raises(InvalidPolicy):
        _policy(say=[{"kind": "offer_reminder", "facts": {name: "x"}}])
    assert _policy(say=[{"kind": "offer_reminder", "facts": {"tool.assesses": {"en": "x"}}}])


def test_a_policy_that_is_off_asks_for_nothing_and_lets_the_next_rule_speak() -> None:
    """Switched off it is kept, and another of the same key counts."""
    rule = _policy().model_dump(mode="json", exclude_none=True)
    book = parse_policies({"policies": [{**rule, "enabled": False}, {**rule, "name": "Another"}]})
    assert [policy.name for policy in book.named("an_answer")] == ["Another"]
    assert parse_policies({"policies": [{**rule, "enabled": False}]}).named("an_answer") == ()


@pytest.mark.parametrize("key", [kind.key for kind in KINDS.values() if kind.script_words])
def test_a_script_is_said_in_half_a_minute(key: str) -> None:
    """At 150 words a minute, with every optional part in it, in every language there is."""
    scripts = [t for (kind, _), t in load_templates().items() if kind == key]
    assert scripts
    for template in scripts:
        text = render(template, example(template.locale), template.locale).text
        (script,) = (line for line in text.splitlines() if line.startswith(("“", "„", "«")))
        assert 30 < len(script.split()) <= SPOKEN_WORDS


async def _open(small: Small, *, on: str) -> None:
    document = starter_policies()
    document["policies"] = [p for p in document["policies"] if p["key"] == on]
    for policy in document["policies"]:
        policy.pop("enabled", None)
    async with unit_of_work(small.services.sessions) as session:
        await apply_policies(session, document, by="test", now=MONDAY, kinds=KINDS)
    await small.hear(webhook("new_candidate_application", MONDAY))
    await _record(small, Reading(people=TEAM))


async def _record(small: Small, *readings: Reading) -> None:
    async with unit_of_work(small.services.sessions) as session:
        now = small.clock.now()
        heard = [Heard(reading, now, "poll") for reading in readings]
        await record(session, small.services.vault, small.connection, heard, now)


async def test_an_interview_that_moves_moves_in_the_candidates_calendar(
    database_url: str, tmp_path: Path
) -> None:
    """Both mails carry the file; the second has the first one's UID and the next sequence."""
    async with open_small(database_url, tmp_path) as small:
        await _open(small, on="confirm_interview")
        story = Told("501", MONDAY)
        story.interview(1, 72)
        story.interview(30, 96)
        for hours in (1, 30):
            small.clock.at = story.at(hours)
            due = [f for f in story.facts if f.at == story.at(hours)]
            await _record(small, *(Reading(facts=(f,)) for f in due))
            await small.drain()
            await small.at(story.at(hours) + timedelta(minutes=30))
        events = [_event(payload) for _, payload in small.route.sent]
        assert [event.decoded("DTSTART") for event in events] == [story.at(72), story.at(96)]
        assert [event["SEQUENCE"] for event in events] == [0, 1]
        assert events[0]["UID"] == events[1]["UID"]
        assert all("Ottoline" not in str(event.to_ical()) for event in events)


def _event(payload: bytes) -> icalendar.Component:
    mail = email.message_from_bytes(payload, _class=EmailMessage, policy=email.policy.default)
    (attached,) = mail.iter_attachments()
    content = attached.get_payload(decode=True)
    assert isinstance(content, bytes)
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return event


async def test_news_without_a_clock_reaches_the_team_once(database_url: str, tmp_path: Path) -> None:
    """Told twice of one reply, the recruiter hears once, with what came with it; another kind is refused."""
    async with open_small(database_url, tmp_path) as small:
        await _open(small, on="decision")
        await small.drain()
        application = await small.one(Application)
        vault = small.services.vault
        told = []
        for _ in range(2):
            async with unit_of_work(small.services.sessions) as session:
                facts = {"competing.deadline": "Friday 6 November 2026"}
                told.append(
                    await tell_team(
                        session, vault, application.id, "competing_offer", "reply/r1", MONDAY, facts=facts
                    )
                )
        assert told == [1, 0]
        await small.at(MONDAY + timedelta(minutes=5))
        row = await small.one(FollowUp, kind="competing_offer")
        assert (row.recipient, row.state) == ("member:55", "sent")
        assert len(await small.rows(Delivery, follow_up_id=row.id)) == 1
        message = await small.one(Message, follow_up_id=row.id)
        person = await small.one(Person, id=message.person_id)
        assert "Friday 6 November 2026" in words_of(vault, message, person)["text"]
        assert {"fact": "competing.deadline", "source": "event:reply/r1"} in message.used
        async with unit_of_work(small.services.sessions) as session:
            with pytest.raises(NotFound):
                await tell_team(session, vault, application.id, "offer_news", "reply/r1", MONDAY)


def test_every_kind_says_what_it_is() -> None:
    """Only candidates are written to in a class of their own, and only they need a name to be greeted by."""
    for kind in KINDS.values():
        assert (kind.recipient is Recipient.CANDIDATE) == (kind.message_class is not MessageClass.INTERNAL)
        named = "candidate.first_name" if kind.recipient is Recipient.CANDIDATE else "person.name"
        assert named in kind.required_facts
