"""What a generic webhook says."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.ats import generic
from app.ats.canonical import PersonRole, Reading
from app.errors import MalformedBody
from app.timeline.fold import fold
from app.timeline.truth import Placed, Truth

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)

MIA = {"id": "u-1", "name": "Mia Berger", "email": "mia@ostwind.example", "time_zone": "Europe/Berlin"}
TOM = {"id": "u-2", "name": "Tom Okoro", "email": "tom@ostwind.example", "locale": "en-GB"}
NOEMI = {"id": "c-9", "first_name": "Noémi", "last_name": "Lefèvre", "email": "noemi@example.com"}
JOB = {"id": "j-3", "name": "Welder", "hiring_team": {"recruiters": [MIA], "hiring_managers": [TOM]}}
REVIEW, TALK = {"id": "s-1", "name": "Review"}, {"id": "s-2", "name": "Interview"}


A17: dict[str, Any] = {"id": "a-17"}
I5: dict[str, Any] = {"id": "i-5"}


def said(kind: str, days: float, **about: Any) -> bytes:
    at = (MONDAY + timedelta(days=days)).isoformat()
    return json.dumps({"type": kind, "occurred_at": at, **about}).encode()


def application(**more: Any) -> dict[str, Any]:
    return A17 | more


def interview(**more: Any) -> dict[str, Any]:
    times = {"starts_at": "2026-11-05T14:00:00+01:00", "ends_at": "2026-11-05T15:00:00+01:00"}
    return I5 | {"interviewers": [TOM], **times, **more}


REVIEWED = A17 | {"stage": REVIEW, "recruiter": MIA}
STORY = [
    said(
        "application.created",
        0,
        application=application(stage=REVIEW, recruiter=MIA),
        candidate=NOEMI,
        job=JOB,
    ),
    said("application.stage_changed", 1, application=application(stage=TALK, source="Fair", tags=["x"])),
    said("interview.scheduled", 1.1, application=A17, interview=interview()),
    said("interview.moved", 1.2, application=A17, interview=interview(ends_at="2026-11-05T16:00:00Z")),
    said("interview.ended", 3.3, application=A17, interview=I5),
    said("scorecard.submitted", 4, application=A17, interview=I5, scorecard={"id": 7, "interviewer": TOM}),
    said("offer.created", 5, application=A17, offer={"id": "o-1", "starts_on": "2027-01-04"}),
    said("offer.approved", 5.1, application=A17, offer={"id": "o-1"}),
    said("offer.sent", 5.2, application=A17, offer={"id": "o-1"}),
    said("offer.accepted", 6, application=A17, offer={"id": "o-1"}),
    said("application.hired", 7, application=A17, offer={"id": "o-1", "starts_on": "2027-01-04"}),
]


def read(body: bytes) -> Reading:
    return generic.read(body, NOW, "")


def truth(*bodies: bytes) -> Truth:
    """What is true of the application after these."""
    facts = [
        Placed(fact.kind, fact.key, fact.at or NOW, fact.data)
        for body in bodies
        for fact in read(body).facts
        if fact.application or fact.candidate
    ]
    return fold("a-17", facts)


def test_a_whole_round_is_understood() -> None:
    """From the application to the first day: stages, interview, feedback, offer, hire."""
    found = truth(*STORY)
    assert (found.status, found.candidate, found.recruiter) == ("hired", "c-9", "u-1")
    assert (found.applied_at, found.source, found.tags) == (MONDAY, "Fair", ("x",))
    assert [(visit.stage_name, visit.kind) for visit in found.visits] == [
        ("Review", "applied"),
        ("Interview", "interview"),
    ]
    (held,) = found.interviews
    assert held.starts_at == datetime(2026, 11, 5, 13, tzinfo=UTC)
    assert held.ends_at == MONDAY + timedelta(days=3.3)
    assert held.feedback_at == MONDAY + timedelta(days=4)
    (offer,) = found.offers
    assert (offer.accepted, offer.start_date) == (True, "2027-01-04")
    assert (offer.created_at, offer.sent_at) == (MONDAY + timedelta(days=5), MONDAY + timedelta(days=5.2))
    assert found.standing is not None
    assert found.standing.data["starts_at"] == "2027-01-04"


@pytest.mark.parametrize("seed", range(20))
def test_the_order_and_the_number_of_deliveries_do_not_matter(seed: int) -> None:
    """Any order, any repeats: the same truth."""
    shuffled = [*STORY, *random.Random(seed).choices(STORY, k=5)]
    random.Random(seed).shuffle(shuffled)
    assert truth(*shuffled) == truth(*STORY)


ENDINGS = {
    "application.rejected": ("rejected", "application.unrejected"),
    "application.withdrawn": ("withdrawn", "application.unrejected"),
    "application.hired": ("hired", "application.unhired"),
}


@pytest.mark.parametrize("kind", ENDINGS)
def test_an_end_closes_and_may_be_taken_back(kind: str) -> None:
    """Each end is told apart, with its reason, and can be undone."""
    status, undone = ENDINGS[kind]
    reason = {} if kind == "application.hired" else {"reason": {"id": 4, "name": "Other profile"}}
    ended = [STORY[0], said(kind, 2, application=A17, **reason)]
    assert truth(*ended).status == status
    if reason:
        assert truth(*ended).decisions[0].data["reason"] == "Other profile"
    assert truth(*ended, said(undone, 3, application=A17)).status == "active"


def test_what_is_taken_away_is_gone() -> None:
    """A cancelled interview, withdrawn feedback, a withdrawn offer, a declined interviewer."""
    cancelled = said("interview.cancelled", 3.4, application=A17, interview=I5)
    assert truth(*STORY[:5], cancelled).interviews == ()
    deleted = said("scorecard.deleted", 4.5, application=A17, scorecard={"id": "7"})
    assert truth(*STORY[:6]).interviews[0].feedback_at is not None
    assert truth(*STORY[:6], deleted).interviews[0].feedback_at is None
    withdrawn = said("offer.withdrawn", 5.5, application=A17, offer={"id": "o-1"})
    assert truth(*STORY[:9]).offers
    assert truth(*STORY[:9], withdrawn).offers == ()
    left = interview(interviewers=[{**TOM, "response": "declined"}])
    declined = said("interview.moved", 2, application=A17, interview=left)
    assert truth(*STORY[:4], declined).interviews[0].interviewers == ()


def test_offers_may_be_declined_and_applications_put_aside_and_deleted() -> None:
    """The rest of what may happen to an application."""
    declined = said("offer.declined", 6, application=A17, offer={"id": "o-1"})
    assert truth(*STORY[:9], declined).offers[0].accepted is False
    until = MONDAY + timedelta(days=9)
    snoozed = said("application.snoozed", 2, application=A17, until=until.isoformat())
    assert truth(STORY[0], snoozed).snoozes == ((MONDAY + timedelta(days=2), until),)
    assert truth(STORY[0], said("application.deleted", 2, application=A17)).status == "deleted"


def test_null_says_that_there_is_no_recruiter_and_silence_says_nothing() -> None:
    """Only what is said changes."""
    silent = said("application.changed", 1, application=application(source="Fair"))
    nobody = said("application.changed", 2, application=application(recruiter=None))
    assert truth(STORY[0], silent).recruiter == "u-1"
    assert truth(STORY[0], silent, nobody).recruiter is None


def test_a_stage_without_an_id_goes_by_its_name_and_by_its_own_time() -> None:
    """What a system by hand has."""
    entered = {"name": "Talk", "entered_at": "2026-11-02T12:00:00Z"}
    visits = truth(
        STORY[0], said("application.stage_changed", 1, application=application(stage=entered))
    ).visits
    assert (visits[-1].stage_id, visits[-1].entered_at) == ("Talk", MONDAY + timedelta(hours=3))


def test_people_come_with_all_that_is_said_of_them_and_leave_no_trace_in_facts() -> None:
    """Names and addresses go where they are sealed; facts are kept for good."""
    reading = read(STORY[0])
    people = {(one.role, one.external_id): one for one in reading.people}
    assert set(people) == {
        (PersonRole.CANDIDATE, "c-9"),
        (PersonRole.MEMBER, "u-1"),
        (PersonRole.MEMBER, "u-2"),
    }
    assert people[PersonRole.CANDIDATE, "c-9"].email == "noemi@example.com"
    assert people[PersonRole.MEMBER, "u-1"].time_zone == "Europe/Berlin"
    assert people[PersonRole.MEMBER, "u-2"].locale == "en-GB"
    facts = json.dumps([[fact.key, dict(fact.data)] for body in STORY for fact in read(body).facts])
    for personal in ("Noémi", "Lef", "noemi", "Mia", "Tom", "ostwind"):
        assert json.dumps(personal)[1:-1] not in facts


@pytest.mark.parametrize("kind", ["candidate.deleted", "candidate.anonymized"])
def test_who_is_deleted_is_erased_and_not_written_down_again(kind: str) -> None:
    """Even where the sender repeats the name one last time."""
    reading = read(said(kind, 2, candidate=NOEMI))
    assert (reading.erased, reading.people) == (("c-9",), ())
    assert truth(STORY[0], said(kind, 2, candidate=NOEMI)).status == "deleted"


def test_candidates_change_and_merge() -> None:
    """Whether somebody may be written to, and who is whom."""
    (changed,) = read(said("candidate.changed", 1, candidate={"id": 9, "can_email": False})).facts
    assert (changed.kind, changed.candidate, dict(changed.data)) == (
        "candidate_changed",
        "9",
        {"can_email": False},
    )
    (merged,) = read(said("candidate.merged", 1, candidate={"id": 9}, into={"id": 8})).facts
    assert (merged.kind, merged.candidate, dict(merged.data)) == ("candidate_merged", "9", {"into": "8"})


@pytest.mark.parametrize(("kind", "status"), [("opened", "open"), ("held", "on_hold"), ("closed", "closed")])
def test_a_job_is_open_held_or_closed(kind: str, status: str) -> None:
    """With its team, by role."""
    (fact,) = read(said(f"job.{kind}", 1, job=JOB)).facts
    assert (fact.kind, fact.job, fact.data["status"]) == ("job_changed", "j-3", status)
    assert fact.data["hiring_team"] == {"recruiters": ["u-1"], "hiring_managers": ["u-2"], "coordinators": []}


def test_pings_and_unknown_types_are_ignored_with_a_reason() -> None:
    """Neither is an error, and neither does anything."""
    assert read(b'{"type": "ping"}') == Reading(ignored="ping: signing and sending work")
    assert read(b'{"type": "moon.risen\\n"}').ignored == "unknown type: moon.risen"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not valid JSON"),
        (b"\xff{}", "not valid UTF-8"),
        (b"[]", "not an object"),
        (b"[" * 100_000, "not valid JSON"),
        (b"{}", "type is missing"),
        (said("job.opened", 0), "job is missing"),
        (said("job.opened", 0, job="j"), "job must be an object"),
        (said("job.opened", 0, job={"id": "a b"}), "job.id must be an id"),
        (said("job.opened", 0, job={"id": "1", "departments": ["x", 5]}), "job.departments.1 must be text"),
        (said("application.stage_changed", 0, application={"id": 1}), "application.stage is missing"),
        (
            said("application.hired", 0, application={"id": 1}, offer={"id": 1, "starts_on": "2027-02-30"}),
            "not exist",
        ),
        (b'{"type":"job.opened","job":{"id":1},"occurred_at":"2026-11-02T09:00:00"}', "time with its zone"),
        (b'{"type":"job.opened","job":{"id":1},"occurred_at":1793600000}', "time with its zone"),
    ],
)
def test_a_body_that_breaks_the_schema_is_refused_by_the_name_of_the_field(body: bytes, words: str) -> None:
    """In words for whoever wrote the sender."""
    with pytest.raises(MalformedBody, match=words):
        read(body)


def test_a_refusal_never_repeats_what_was_sent() -> None:
    """It is stored beside the event and logged."""
    with pytest.raises(MalformedBody) as refusal:
        read(
            said("candidate.changed", 0, candidate={"id": "c", "email": ["noemi@example.com"], "tags": "Lef"})
        )
    told = f"{refusal.value.detail} {refusal.value.__cause__}"
    assert "candidate.email must be text" in told
    assert "noemi" not in told
    assert "Lef" not in told


def test_texts_are_cut_and_cleaned() -> None:
    """No database stores a NUL, and nobody needs a name of a million letters."""
    person = {"id": "c", "name": "x" * 10_000, "last_name": "a\0b", "first_name": " \0 "}
    (found,) = read(said("candidate.changed", 0, candidate=person)).people
    assert (len(found.name or ""), found.last_name, found.first_name) == (500, "ab", None)


def test_two_moves_within_one_second_are_two() -> None:
    """A system that keeps parts of seconds keeps its order."""
    moves = [
        said("application.stage_changed", 1 + nth / 10**7, application=application(stage=stage))
        for nth, stage in enumerate((REVIEW, TALK, REVIEW))
    ]
    assert [visit.stage_name for visit in truth(*moves).visits] == ["Review", "Interview", "Review"]
