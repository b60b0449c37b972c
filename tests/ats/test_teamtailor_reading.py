"""What Teamtailor's webhooks and rows say, as facts without personal data."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.ats import teamtailor
from app.ats.canonical import Fact, FactKind, Named, NamedKind, PersonFields, PersonRole, Reading
from app.ats.fields import Json
from app.ats.teamtailor_answers import read_answers
from app.ats.teamtailor_read import EVENTS
from app.errors import MalformedBody
from app.timeline.fold import fold
from app.timeline.truth import Placed, Truth

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "teamtailor"
SAMPLES = sorted(SHARED.glob("*.json"))
RECEIVED = datetime(2026, 11, 21, 9, tzinfo=UTC)
SECRET = "a-key-of-our-own-for-tests-only"


def webhook(event: str, external_id: object = "7001", **attributes: object) -> Reading:
    data = {"id": external_id, "type": "x", "attributes": attributes}
    body = json.dumps({"payload": {"event_name": event, "data": data}}).encode()
    return teamtailor.read(body, RECEIVED, event)


def row(kind: str, external_id: str, links: dict[str, str] | None = None, **attributes: object) -> Json:
    relations = {name: {"data": {"type": "x", "id": to}} for name, to in (links or {}).items()}
    return {
        "id": external_id,
        "type": kind,
        "attributes": {name.replace("_", "-"): value for name, value in attributes.items()},
        "relationships": relations,
    }


LINKS = {"candidate": "9001", "job": "811", "stage": "31"}
STAGE = row("stages", "31", name="Interview", stage_type="In process")
HIRED = row("stages", "39", name="Welcome", stage_type="Hired")
PERSON = row(
    "candidates",
    "9001",
    first_name="Noémi",
    last_name="Lefèvre",
    email="noemi@example.com",
    unsubscribed=False,
    tags=["welding"],
    updated_at="2026-10-05T08:00:00.000+02:00",
)


def application(links: dict[str, str] | None = None, **attributes: object) -> Json:
    told: dict[str, object] = {
        "created_at": "2026-10-01T09:00:00.250+02:00",
        "updated_at": "2026-10-05T10:00:00.500+02:00",
        "changed_stage_at": "2026-10-05T10:00:00.400+02:00",
        "rejected_at": None,
        "referring_site": "LinkedIn",
    }
    return row("job-applications", "7001", {**LINKS, **(links or {})}, **{**told, **attributes})


def answered(*rows: Json) -> Reading:
    return read_answers({"job-applications": list(rows)}, RECEIVED)


def only(reading: Reading, kind: FactKind) -> Fact:
    found = [fact for fact in reading.facts if fact.kind is kind]
    assert len(found) == 1, found
    return found[0]


def truth(*readings: Reading) -> Truth:
    facts = [fact for reading in readings for fact in reading.facts]
    return fold("7001", [Placed(str(f.kind), f.key, f.at or RECEIVED, f.data) for f in facts])


# Webhooks


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("job_application.create", NamedKind.APPLICATION),
        ("job_application.update", NamedKind.APPLICATION),
        ("candidate.create", NamedKind.CANDIDATE),
        ("candidate.update", NamedKind.CANDIDATE),
        ("job.create", NamedKind.JOB),
        ("job.update", NamedKind.JOB),
    ],
)
def test_a_webhook_names_what_the_api_must_tell(event: str, kind: NamedKind) -> None:
    """It lacks the candidate, the stage's id and the reason, whatever else it says."""
    reading = webhook(event, 7001, **{"stage-name": "Interview", "first_name": "Noémi"})
    assert reading.named == (Named(kind, "7001"),)
    assert not any(fact.data for fact in reading.facts)
    assert reading.people == ()


def test_the_bytes_of_a_candidate_have_an_owner() -> None:
    """They hold a name and an address, so erasure must find them before the API has answered."""
    assert [fact.candidate for fact in webhook("candidate.update", "9001").facts] == ["9001"]


@pytest.mark.parametrize("written", ["kebab", "snake"])
def test_when_a_rejection_may_be_told_is_kept(written: str) -> None:
    """Teamtailor asks not to tell a candidate before that instant, and only the webhook says it."""
    attributes = {
        "rejected-at": "2026-10-05T11:00:00.000+02:00",
        "transparent-recruiting-visible-at": "2026-10-08T11:00:00.000+02:00",
        "job-id": 811,
    }
    if written == "snake":
        attributes = {name.replace("-", "_"): value for name, value in attributes.items()}
    fact = only(webhook("job_application.update", **attributes), FactKind.REJECTED)
    assert (fact.application, fact.job, fact.at) == ("7001", "811", datetime(2026, 10, 5, 9, tzinfo=UTC))
    assert fact.data["not_before"] == "2026-10-08T09:00:00Z"


def test_a_rejection_that_may_be_told_at_once_is_left_to_the_api() -> None:
    """Only the API knows whether the candidate said no."""
    reading = webhook("job_application.update", **{"rejected-at": "2026-10-05T11:00:00.000+02:00"})
    assert (reading.facts, len(reading.named)) == ((), 1)


def test_ends_are_believed_where_the_body_is_signed() -> None:
    """What is deleted cannot be asked about."""
    gone = webhook("job_application.destroy")
    assert only(gone, FactKind.APPLICATION_DELETED).key == "application:7001:deleted"
    person = webhook("candidate.destroy", 9001)
    assert only(person, FactKind.CANDIDATE_DELETED).candidate == "9001"
    assert person.erased == ("9001",)
    assert only(webhook("job.destroy", "811"), FactKind.JOB_CHANGED).data == {"status": "deleted"}
    assert gone.named == person.named == ()


def test_what_is_unknown_or_a_test_is_ignored_with_a_reason() -> None:
    """New events do not stop the old ones."""
    assert webhook("job_offer.create").ignored == "unknown action: job_offer.create"
    assert webhook("nps <b>").ignored == "unknown action: nps?b?"
    assert (webhook("test").ignored or "").startswith("test:")
    assert webhook("testimonial.create").ignored == "unknown action: testimonial.create"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"payload":{"event_name":"job.update"}}'])
def test_a_body_without_an_event_or_an_id_is_malformed(body: bytes) -> None:
    """It is set aside, with a plain reason."""
    with pytest.raises(MalformedBody):
        teamtailor.read(body, RECEIVED, "job.update")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
VALUE = JSON | st.sampled_from(["2026-10-05T10:00:00Z", "9999-12-31T23:59:59-14:00", "7001", -1])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    event=st.sampled_from(EVENTS) | st.text(max_size=20),
    data=JSON | st.fixed_dictionaries({"id": VALUE, "attributes": VALUE}),
    action=st.sampled_from([*EVENTS, "", "v1:job.update"]),
)
@example("job_application.update", {"id": "1", "attributes": {"rejected-at": []}}, "job_application.update")
def test_hostile_json_is_malformed_or_read(event: str, data: object, action: str) -> None:
    """Nothing but MalformedBody ever comes out of a webhook."""
    with contextlib.suppress(MalformedBody):
        body = json.dumps({"payload": {"event_name": event, "data": data}}).encode()
        teamtailor.read(body, RECEIVED, action)


FIELDS = ("rejected-at", "changed-stage-at", "updated-at", "created-at", "tags", "stage-type", "status")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "id": VALUE,
                "type": st.sampled_from(["job-applications", "candidates", "jobs", "users", "stages"]) | JSON,
                "attributes": st.dictionaries(st.sampled_from(FIELDS), VALUE) | JSON,
                "relationships": st.fixed_dictionaries(
                    {"candidate": st.just({"data": {"id": "1"}}), "stage": VALUE, "job": JSON}
                )
                | JSON,
            }
        ),
        max_size=4,
    )
)
def test_hostile_rows_are_read_or_passed_over(rows: list[dict[str, Any]]) -> None:
    """An answer never breaks the round it came in."""
    for fact in read_answers({"job-applications": rows, "teams": rows}, RECEIVED).facts:
        json.dumps(dict(fact.data))


@pytest.mark.skipif(not SAMPLES, reason="the shared payloads are not here")
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: str(path.stem))
def test_every_shared_sample_is_understood(sample: Path) -> None:
    """Signed as Teamtailor signs it, each comes in and names or tells something."""
    body = sample.read_bytes()
    headers = {"tt-signature": teamtailor.signature(body, SECRET, RECEIVED)}
    teamtailor.verify(headers, body, [SECRET], RECEIVED)
    seen = teamtailor.peek(headers, body)
    reading = teamtailor.read(body, RECEIVED, seen.action)
    assert seen.action == json.loads(body)["payload"]["event_name"]
    assert reading.ignored is None
    assert bool(reading.named) != seen.action.endswith(".destroy")
    if sample.stem == "job_application.update_rejected":
        assert only(reading, FactKind.REJECTED).data["not_before"] == "2026-07-08T07:00:00Z"


@pytest.mark.skipif(not SAMPLES, reason="the shared payloads are not here")
def test_the_shared_row_is_understood() -> None:
    """The documented application, which names nobody unless asked to, is no half truth."""
    sample: Json = json.loads((SHARED / "api" / "job_application.json").read_bytes())["data"]
    assert answered(sample).facts == ()
    named = {**sample, "relationships": {"candidate": {"data": {"id": "4"}}, "stage": {"data": {"id": "3"}}}}
    told = {fact.kind: fact for fact in answered(named).facts}
    assert told[FactKind.STAGE_ENTERED].at == datetime(2017, 1, 11, 10, 29, 48, 841000, tzinfo=UTC)
    assert told[FactKind.APPLICATION_CREATED].candidate == "4"


# Rows


def test_an_application_is_read_with_what_stands_around_it() -> None:
    """The true instant at which the stage was entered, the candidate's tags, and who they are."""
    reading = answered(application(), STAGE, PERSON, row("jobs", "811", title="Welder", status="open"))
    assert only(reading, FactKind.STAGE_ENTERED) == Fact(
        FactKind.STAGE_ENTERED,
        "application:7001:stage:31:2026-10-05T08:00:00Z",
        datetime(2026, 10, 5, 8, 0, 0, 400000, tzinfo=UTC),
        application="7001",
        candidate="9001",
        job="811",
        data={"stage_id": "31", "stage_name": "Interview", "entered_at": "2026-10-05T08:00:00Z"},
    )
    assert only(reading, FactKind.APPLICATION_CHANGED).data == {
        "candidate": "9001",
        "job": "811",
        "status": "active",
        "source": "LinkedIn",
        "tags": ["welding"],
    }
    assert reading.people == (
        PersonFields(PersonRole.CANDIDATE, "9001", "Noémi", "Lefèvre", email="noemi@example.com"),
    )
    assert only(reading, FactKind.CANDIDATE_CHANGED).data == {"can_email": True, "tags": ["welding"]}
    assert only(reading, FactKind.JOB_CHANGED).data == {"name": "Welder", "status": "open"}
    stands = truth(reading)
    assert (stands.status, stands.applied_at) == (
        "active",
        datetime(2026, 10, 1, 7, 0, 0, 250000, tzinfo=UTC),
    )
    assert [(visit.stage_name, visit.kind) for visit in stands.visits] == [("Interview", "interview")]


def test_a_row_beside_another_is_no_truth_of_its_own() -> None:
    """Without its relations it knows no candidate and no stage, and would take them away."""
    assert answered({**application(), "relationships": {}}).facts == ()


def test_who_unsubscribed_may_not_be_mailed() -> None:
    """The flag has no webhook; a field that is not there says nothing."""
    told = row("candidates", "9001", unsubscribed=True, restricted_at="2026-10-05T10:00:00Z")
    assert only(answered(told), FactKind.CANDIDATE_CHANGED).data == {"can_email": False, "private": True}
    assert only(answered(row("candidates", "9001")), FactKind.CANDIDATE_CHANGED).data == {}


REASON = row("reject-reasons", "5", reason="Took another job", rejected_by_company=False)
REJECTED_AT = "2026-10-06T10:00:00.000+02:00"


def rejected(*around: Json, reason: str = "5") -> Reading:
    gone = application({"reject-reason": reason}, rejected_at=REJECTED_AT, updated_at=REJECTED_AT)
    return answered(gone, STAGE, PERSON, *around)


def test_whose_no_it_was_is_told_by_the_reason() -> None:
    """A reason that comes from the candidate makes it a withdrawal; an unknown one does not."""
    assert only(rejected(REASON), FactKind.WITHDRAWN).data["reason"] == "Took another job"
    ours = row("reject-reasons", "5", reason="Not a fit", rejected_by_company=True)
    fact = only(rejected(ours), FactKind.REJECTED)
    assert (fact.data["reason_id"], fact.data["reason_type"]) == ("5", "rejected by the company")
    assert only(rejected(), FactKind.REJECTED).data["reason_id"] is None


def test_both_doors_tell_of_one_rejection() -> None:
    """The webhook knows from when, the API knows why: one decision that knows both, in whatever order."""
    attributes = {
        "rejected-at": REJECTED_AT,
        "transparent-recruiting-visible-at": "2026-10-09T10:00:00.000+02:00",
    }
    heard = webhook("job_application.update", **attributes)
    asked = rejected(row("reject-reasons", "5", reason="Not a fit", rejected_by_company=True))
    for told in ((heard, asked), (asked, heard)):
        (decision,) = truth(*told).decisions
        assert (decision.kind, decision.data["reason"]) == ("rejected", "Not a fit")
        assert decision.data["not_before"] == "2026-10-09T08:00:00Z"
    for told in ((heard, rejected(REASON)), (rejected(REASON), heard)):
        standing = truth(*told).standing
        assert standing is not None
        assert standing.kind == "withdrawn"


def test_a_rejection_taken_back_reopens_and_a_second_one_closes_again() -> None:
    """The row says only what is; the fold makes history of it."""
    before, after = answered(application(), STAGE, PERSON), rejected()
    back = answered(application(updated_at="2026-10-07T10:00:00.000+02:00"), STAGE, PERSON)
    again = answered(
        application(rejected_at="2026-10-08T10:00:00+02:00", updated_at="2026-10-08T10:00:00+02:00")
    )
    assert truth(before, after).status == "rejected"
    assert truth(back, before, after).status == "active"
    assert [one.nth for one in truth(again, back, after, before).decisions] == [1, 2]


def test_a_hire_is_a_stage_of_the_type_hired() -> None:
    """Whatever the stage is called; out of it again the hire is undone, and a rejection outlives it."""
    moved = "2026-10-06T10:00:00.000+02:00"
    hire = answered(application({"stage": "39"}, changed_stage_at=moved, updated_at=moved), HIRED)
    assert only(hire, FactKind.HIRED).key == "application:7001:hired:2026-10-06T08:00:00Z"
    assert truth(hire).status == "hired"
    later = "2026-10-07T10:00:00.000+02:00"
    back = answered(application(changed_stage_at=later, updated_at=later), STAGE)
    assert truth(hire, back).status == "active"
    refused = answered(
        application({"stage": "39"}, changed_stage_at=moved, updated_at=later, rejected_at=later), HIRED
    )
    assert truth(hire, refused).status == "rejected"


def test_the_same_state_is_the_same_facts_and_a_returned_one_is_new() -> None:
    """A poll that sees nothing new adds nothing."""
    assert answered(application(), STAGE, PERSON) == answered(application(), STAGE, PERSON)
    later = answered(application(updated_at="2026-10-09T10:00:00Z"), STAGE, PERSON)
    first = only(answered(application(), STAGE, PERSON), FactKind.APPLICATION_CHANGED)
    assert only(later, FactKind.APPLICATION_CHANGED).key != first.key


def test_new_tags_are_later_than_old_ones() -> None:
    """Tagging changes the candidate and not the application; the order must not be left to chance."""
    tagged = {**PERSON, "attributes": {"tags": ["welding", "night"], "updated-at": "2026-10-06T08:00:00Z"}}
    old, new = answered(application(), STAGE, PERSON), answered(application(), STAGE, tagged)
    assert truth(new, old).tags == truth(old, new).tags == ("welding", "night")


def test_the_team_of_a_job_is_its_recruiter() -> None:
    """Told where it was asked for; of a row that may be minutes old nothing else is taken."""
    job = row("jobs", "811", {"user": "501", "department": "11"}, title="Old title", status="open")
    user = row("users", "501", name="Anna Berg", login_email="anna@example.com", time_zone="Europe/Oslo")
    reading = read_answers({"teams": [job, user, row("departments", "11", name="Works")]}, RECEIVED)
    fact = only(reading, FactKind.JOB_CHANGED)
    assert fact.data == {"hiring_team": {"recruiters": ["501"]}, "departments": ["Works"]}
    (member,) = reading.people
    assert (member.name, member.email, member.time_zone) == ("Anna Berg", "anna@example.com", "Europe/Oslo")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("open", "open"), ("unlisted", "open"), ("archived", "closed"), ("draft", "draft"), ("new", "new")],
)
def test_the_status_of_a_job_is_in_our_words(theirs: str, ours: str) -> None:
    """An archived job is closed; one that is merely unlisted is not."""
    told = answered(row("jobs", "811", status=theirs, updated_at="2026-10-05T10:00:00Z"))
    assert only(told, FactKind.JOB_CHANGED).data["status"] == ours


def test_facts_hold_no_personal_data() -> None:
    """Names and addresses go to the people only."""
    reading = answered(application(), STAGE, PERSON)
    written = json.dumps([dict(fact.data) for fact in reading.facts] + [fact.key for fact in reading.facts])
    assert "Noémi" not in written
    assert "No\\u00e9mi" not in written
    assert "example.com" not in written
