"""What Greenhouse's webhooks say, as facts without personal data."""

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ats import greenhouse
from app.ats.canonical import Fact, FactKind, PersonFields, PersonRole, Reading
from app.errors import MalformedBody
from app.timeline.fold import fold
from app.timeline.truth import Placed

OURS = Path(__file__).parent / "fixtures" / "greenhouse"
SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "greenhouse"
SAMPLES = sorted([*OURS.glob("*.json"), *SHARED.glob("*.json")])
RECEIVED = datetime(2026, 11, 21, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 9, tzinfo=UTC)
IGNORED = {
    "ping",
    "job_post_created",
    "job_post_updated",
    "job_post_deleted",
    "job_interview_stage_deleted",
    "department_deleted",
    "office_deleted",
}


def read(name: str) -> Reading:
    return greenhouse.read((OURS / f"{name}.json").read_bytes(), RECEIVED)


def only(reading: Reading, kind: FactKind) -> Fact:
    found = [fact for fact in reading.facts if fact.kind is kind]
    assert len(found) == 1, found
    return found[0]


def kinds(reading: Reading) -> set[str]:
    return {fact.kind.value for fact in reading.facts}


def altered(name: str, **application: object) -> bytes:
    envelope = json.loads((OURS / f"{name}.json").read_bytes())
    envelope["payload"]["application"].update(application)
    return json.dumps(envelope).encode()


def test_a_stage_change_tells_everything_it_knows() -> None:
    """One webhook makes good any that were lost before it."""
    reading = read("candidate_stage_change")
    assert kinds(reading) == {
        "application_created",
        "application_changed",
        "candidate_changed",
        "job_changed",
        "stage_changed",
    }
    stage = only(reading, FactKind.STAGE_CHANGED)
    assert stage == Fact(
        FactKind.STAGE_CHANGED,
        "application:7001:stage:31:2026-10-09T13:45:10Z",
        datetime(2026, 10, 9, 13, 45, 10, tzinfo=UTC),
        application="7001",
        candidate="9001",
        job="811",
        data={
            "stage_id": "31",
            "stage_name": "On-site <équipe>",
            "interviews": [{"id": "41", "name": "Panel", "status": "awaiting_feedback"}],
        },
    )
    assert only(reading, FactKind.APPLICATION_CHANGED).data == {
        "candidate": "9001",
        "job": "811",
        "recruiter": "501",
        "coordinator": None,
        "source": "Company page",
        "tags": ["Messe 2026"],
        "prospect": False,
        "status": "active",
        "url": "https://app.greenhouse.io/people/9001?application_id=7001",
    }
    assert only(reading, FactKind.JOB_CHANGED).data == {
        "name": "Robot <Lead> & Motion",
        "status": "open",
        "departments": ["Robotics"],
        "offices": [
            {"name": "Potsdam", "location": "Potsdam, Germany"},
            {"name": "Remote", "location": None},
        ],
        "confidential": False,
        "opened_at": "2026-08-03T08:00:00Z",
        "closed_at": None,
    }


def test_people_are_read_beside_the_facts() -> None:
    """A personal address is preferred, and the team is named by id."""
    assert read("candidate_stage_change").people == (
        PersonFields(PersonRole.CANDIDATE, "9001", "Noémi", "Łukasik", email="noemi.lukasik@example.com"),
        PersonFields(
            PersonRole.MEMBER, "501", name="Tomke Janssen", email="tomke.janssen@nordlicht.example.com"
        ),
        PersonFields(PersonRole.MEMBER, "503", name="Jos van Dijk"),
    )


def test_a_new_application_enters_its_first_stage_when_it_was_made() -> None:
    """The first visit begins at `applied_at`, whatever the last activity says; the team is known at once."""
    reading = read("new_candidate_application")
    applied = datetime(2026, 10, 5, 7, 12, 30, tzinfo=UTC)
    assert only(reading, FactKind.APPLICATION_CREATED).key == "application:7001:created"
    assert only(reading, FactKind.APPLICATION_CREATED).at == applied
    assert only(reading, FactKind.STAGE_CHANGED).at == applied
    team = only(reading, FactKind.JOB_CHANGED).data["hiring_team"]
    assert team == {"hiring_managers": ["502"], "recruiters": ["501"], "coordinators": [], "sourcers": []}


def test_the_creation_is_the_same_fact_whichever_webhook_brings_it() -> None:
    """A later webhook does not create the application again."""
    first = only(read("new_candidate_application"), FactKind.APPLICATION_CREATED)
    assert first == only(read("candidate_stage_change"), FactKind.APPLICATION_CREATED)


def test_a_rejection_names_its_reason() -> None:
    """A rejection carries when, why, and from which stage."""
    rejected = only(read("reject_candidate"), FactKind.REJECTED)
    assert rejected.key == "application:7001:rejected:2026-10-12T09:00:00Z:61"
    assert rejected.at == datetime(2026, 10, 12, 9, tzinfo=UTC)
    assert rejected.data == {
        "reason_id": "61",
        "reason": "Experience",
        "reason_type_id": "1",
        "reason_type": "We rejected them",
        "stage_id": "31",
        "stage_name": "On-site <équipe>",
        "prospect": False,
    }


def test_a_candidate_who_turned_us_down_has_withdrawn() -> None:
    """Nobody who withdrew gets a rejection."""
    reading = read("reject_candidate_withdrawn")
    assert "rejected" not in kinds(reading)
    assert only(reading, FactKind.WITHDRAWN).data["reason"] == "Took another offer"


def test_a_rejection_seen_in_a_later_snapshot_is_the_same_fact() -> None:
    """When the rejection's own webhook is lost, the next update brings it under the same key."""
    own = only(read("reject_candidate"), FactKind.REJECTED)
    envelope = json.loads((OURS / "reject_candidate.json").read_bytes())
    envelope["action"] = "application_updated"
    envelope["payload"]["application"]["last_activity_at"] = "2026-10-14T08:00:00Z"
    later = greenhouse.read(json.dumps(envelope).encode(), LATER)
    assert only(later, FactKind.REJECTED) == own


def test_undoing_is_a_fact() -> None:
    """Un-rejected and un-hired applications run again."""
    unrejected = only(read("unreject_candidate"), FactKind.UNREJECTED)
    assert unrejected.at == datetime(2026, 10, 13, 9, tzinfo=UTC)
    unhired = only(read("unhire_candidate"), FactKind.UNHIRED)
    assert unhired.key == "application:7001:unhired:2026-10-20T09:00:00Z"


def test_a_hire_is_read_from_its_own_shape() -> None:
    """No status, no stage, no last activity; an offer inside, and the deprecated single job."""
    reading = read("hire_candidate")
    hired = only(reading, FactKind.HIRED)
    assert hired.at == datetime(2026, 10, 16, 10, 30, tzinfo=UTC)
    assert hired.data == {"offer_id": "71", "starts_at": "2027-01-04"}
    assert only(reading, FactKind.OFFER).data["status"] == "accepted"
    assert only(reading, FactKind.JOB_CHANGED).data["opened_at"] == "2026-08-03T08:00:00Z"
    assert hired.job == "811"
    assert "stage_changed" not in kinds(reading)


def test_an_offer_is_read_flat_with_us_dates() -> None:
    """Sent is a date, the start is American, the answer is open."""
    offer = only(read("offer_updated"), FactKind.OFFER)
    assert offer.data == {
        "offer_id": "71",
        "version": "2",
        "status": "created",
        "created_at": None,
        "sent_on": "2026-10-14",
        "resolved_at": None,
        "starts_at": "2027-01-04",
    }
    assert (offer.application, offer.job, offer.at) == ("7001", "811", None)
    assert only(read("offer_approved"), FactKind.OFFER).data["approved"] is True
    assert only(read("offer_deleted"), FactKind.OFFER_DELETED).application == "7001"


def test_deletions_say_what_is_gone_and_whom_to_erase() -> None:
    """A deleted person takes all applications along; an anonymised one is erased."""
    deleted = read("delete_candidate")
    assert deleted.erased == ("9001",)
    gone = [fact.application for fact in deleted.facts if fact.kind is FactKind.APPLICATION_DELETED]
    assert gone == ["7001", "7002"]
    assert read("candidate_anonymized").erased == ("9001",)
    assert only(read("merge_candidate"), FactKind.CANDIDATE_MERGED).data == {"into": "9002"}
    assert only(read("interview_deleted"), FactKind.INTERVIEW_DELETED).data == {"interview_id": "41001"}
    assert only(read("scorecard_deleted"), FactKind.SCORECARD_DELETED).candidate == "9001"
    assert only(read("delete_application"), FactKind.APPLICATION_DELETED).job == "811"
    assert only(read("job_deleted"), FactKind.JOB_CHANGED).data["status"] == "deleted"


def test_who_may_not_be_mailed_is_known() -> None:
    """`can_email: false` reaches the facts."""
    assert only(read("update_candidate"), FactKind.CANDIDATE_CHANGED).data["can_email"] is False


def test_a_state_that_comes_back_is_news() -> None:
    """Where Greenhouse gives no time, the same content received later is a fact of its own."""
    body = (OURS / "update_candidate.json").read_bytes()
    first, again = greenhouse.read(body, RECEIVED), greenhouse.read(body, LATER)
    assert first.facts[0].key != again.facts[0].key


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_every_sample_is_handled_or_knowingly_ignored(sample: Path) -> None:
    """Signed, let in, and understood, with stable keys; what is ignored has a named reason."""
    body = sample.read_bytes()
    greenhouse.verify({"signature": greenhouse.signature(body, "s")}, body, ["s"])
    reading = greenhouse.read(body, RECEIVED)
    action = greenhouse.peek({}, body).action
    assert bool(reading.ignored) is (action in IGNORED)
    assert bool(reading.facts) is not bool(reading.ignored)
    assert len({fact.key for fact in reading.facts}) == len(reading.facts)
    assert greenhouse.read(body, RECEIVED) == reading
    json.dumps([dict(fact.data) for fact in reading.facts], allow_nan=False)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_no_fact_holds_personal_data(sample: Path) -> None:
    """Names, addresses and numbers of people stand nowhere in the facts."""
    envelope = json.loads(sample.read_bytes())
    said = json.dumps([_told(fact) for fact in greenhouse.read(sample.read_bytes(), RECEIVED).facts])
    for secret in _personal(envelope["payload"]):
        assert json.dumps(secret) not in said, secret


def _told(fact: Fact) -> list[Any]:
    return [fact.key, fact.application, fact.candidate, fact.job, dict(fact.data)]


_TEAM = ("recruiter", "coordinator", "credited_to")
_LISTS = ("email_addresses", "phone_numbers", "addresses", "website_addresses", "social_media_addresses")


def _personal(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _personal(item)
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        if name in ("first_name", "last_name", "display_name", "email", "headline") and isinstance(
            inner, str
        ):
            yield inner
        elif name in _TEAM and isinstance(inner, dict):
            yield inner["name"]
        elif name in _LISTS:
            yield from (item["value"] for item in inner)
        yield from _personal(inner)


def test_an_unknown_action_is_ignored_with_its_name() -> None:
    """Tomorrow's webhook is kept and counted, and never an error."""
    reading = greenhouse.read(b'{"action":"planet_discovered<>","payload":{}}', RECEIVED)
    assert reading == Reading(ignored="unknown action: planet_discovered?")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "The body is not valid JSON."),
        (b"\xff", "The body is not valid UTF-8."),
        (b"[]", "The body is JSON, but not an object."),
        (b'{"payload":{}}', "The body has no action."),
        (b'{"action":"ping"}', "The payload is not an object."),
        (b'{"action":"ping","payload":[]}', "The payload is not an object."),
        (b'{"action":"candidate_stage_change","payload":{}}', "The application has no id."),
        (b'{"action":"hire_candidate","payload":{"application":{"id":1}}}', "The candidate has no id."),
        (b'{"action":"offer_created","payload":{"id":1}}', "The offer has no application_id."),
        (b'{"action":"delete_candidate","payload":{"person":{"id":true}}}', "The person has no id."),
        (b'{"action":"ping","payload":{"x":NaN}}', "The body is not valid JSON."),
        (b'{"action":"ping","payload":' + b"[" * 100_000, "The body is not valid JSON."),
    ],
)
def test_a_malformed_body_is_refused_with_a_plain_reason(body: bytes, reason: str) -> None:
    """A person who finds it among the dead letters knows what is wrong."""
    with pytest.raises(MalformedBody) as refusal:
        greenhouse.read(body, RECEIVED)
    assert refusal.value.detail == reason


def test_characters_that_no_database_stores_are_removed() -> None:
    """NUL and lone surrogates do not reach the tables."""
    body = altered("candidate_stage_change", current_stage={"id": 31, "name": "On\x00-\ud800site"})
    assert only(greenhouse.read(body, RECEIVED), FactKind.STAGE_CHANGED).data["stage_name"] == "On-site"


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday", 7])
def test_a_time_that_cannot_be_is_none(time: object) -> None:
    """The time of receipt counts instead."""
    body = altered("candidate_stage_change", last_activity_at=time)
    assert only(greenhouse.read(body, RECEIVED), FactKind.STAGE_CHANGED).at is None


def test_ids_may_be_numbers_or_texts() -> None:
    """Greenhouse's ids are strings here, however they came."""
    as_text = altered("candidate_stage_change", id="7001")
    assert greenhouse.read(as_text, RECEIVED) == read("candidate_stage_change")


def test_an_address_that_is_not_of_greenhouse_is_left_out() -> None:
    """Nobody plants a link of their own in our messages."""
    body = altered("candidate_stage_change", url="https://greenhouse.io.evil.example/x")
    assert "url" not in only(greenhouse.read(body, RECEIVED), FactKind.APPLICATION_CHANGED).data


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    items: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, dict):
        items = iter(value.items())
    elif isinstance(value, list):
        items = iter(enumerate(value))
    for key, inner in items:
        yield from _paths(inner, (*path, key))


@given(data=st.data())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_part_of_a_webhook_may_be_anything(data: st.DataObject) -> None:
    """Whatever stands where something else was documented, it is read, ignored or malformed."""
    envelope = json.loads(data.draw(st.sampled_from(SAMPLES)).read_bytes())
    path = data.draw(st.sampled_from(list(_paths(envelope))[1:]))
    holder: Any = envelope
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = data.draw(JSON)
    try:
        reading = greenhouse.read(json.dumps(envelope).encode(), RECEIVED)
    except MalformedBody:
        return
    facts = json.dumps([_told(fact) for fact in reading.facts], allow_nan=False)
    assert "\\u0000" not in facts


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_arbitrary_bytes_are_malformed_or_read(body: bytes) -> None:
    """Nothing but `MalformedBody` ever comes out."""
    with contextlib.suppress(MalformedBody):
        assert isinstance(greenhouse.read(body, RECEIVED), Reading)


@pytest.mark.parametrize("offer", [None, {"id": 3, "resolved_at": "2026-10-30T00:00:00Z"}])
def test_who_is_hired_again_is_hired(offer: dict[str, object] | None) -> None:
    """Hired, unhired and hired again, without a new answer to an offer in between."""
    stored: dict[str, Placed] = {}
    states = []
    for action, at in (
        ("hire_candidate", "2026-11-02T10:00:00Z"),
        ("unhire_candidate", "2026-11-03T10:00:00Z"),
        ("hire_candidate", "2026-11-04T10:00:00Z"),
    ):
        application = {"id": 5, "candidate": {"id": 9}, "last_activity_at": at, "offer": offer}
        state = {"status": "active"} if action == "unhire_candidate" else {}
        body = json.dumps({"action": action, "payload": {"application": {**application, **state}}})
        for fact in greenhouse.read(body.encode(), RECEIVED).facts:
            stored.setdefault(fact.key, Placed(fact.kind, fact.key, fact.at or RECEIVED, fact.data))
        truth = fold("5", stored.values())
        states.append((truth.status, len(truth.decisions)))
    assert states == [("hired", 1), ("active", 1), ("hired", 2)]
