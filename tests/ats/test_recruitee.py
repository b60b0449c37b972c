"""The Recruitee door and what its webhooks say."""

import contextlib
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.ats import recruitee
from app.ats.canonical import Fact, FactKind, Named, NamedKind, Reading
from app.errors import BadSignature, MalformedBody

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads"
SECRET = "recruitee-test-secret"
NOW = datetime(2026, 10, 6, 9, tzinfo=UTC)
VECTOR = (
    '{"attempt_count":2,"created_at":"2026-10-06T08:30:00.250000Z","event_subtype":"stage_changed",'
    '"event_type":"candidate_moved","id":7100001,"payload":{"candidate":{"id":5001,"name":"Noémi Lefèvre"}}}'
).encode()
VECTOR_SIGNATURE = "d9d5004d15d0844c1e0033283b61cd30bb92f6d3613ef81ad0e6e5e112515485"

CANDIDATE: dict[str, Any] = {
    "id": 5001,
    "name": "Noémi Lefèvre",
    "emails": ["noemi@example.com"],
    "phones": ["+491500000"],
    "source": "career_site",
    "referrer": None,
    "created_at": "2026-10-05T07:12:30.420000Z",
    "updated_at": "2026-10-06T08:30:00.000000Z",
}
OFFER: dict[str, Any] = {
    "id": 810,
    "kind": "job",
    "title": "Welder",
    "department": {"id": 3, "name": "Workshop"},
    "updated_at": "2026-09-01T09:00:00.000000Z",
}
FROM, TO = (
    {"id": 31, "name": "Applied", "category": "apply"},
    {"id": 32, "name": "Interview", "category": "interview"},
)
HIRED = {"id": 39, "name": "Hired", "category": "hire"}


def body(kind: str = "candidate_moved", subtype: str | None = None, **payload: Any) -> bytes:
    told = {"candidate": CANDIDATE, "company": {"id": 4455, "name": "Example"}, "offer": OFFER, **payload}
    envelope = {
        "id": 7100002,
        "event_type": kind,
        "event_subtype": subtype,
        "created_at": "2026-10-06T08:30:00.250000Z",
        "attempt_count": 1,
        "payload": told,
    }
    return json.dumps(envelope).encode()


def moved(before: dict[str, Any], after: dict[str, Any]) -> bytes:
    return body(subtype="stage_changed", details={"from_stage": before, "to_stage": after})


def signed(raw: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-recruitee-signature": hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}


def read(raw: bytes) -> Reading:
    return recruitee.read(raw, NOW)


def of(reading: Reading, kind: FactKind) -> Fact:
    [fact] = [fact for fact in reading.facts if fact.kind == kind]
    return fact


def kinds(reading: Reading) -> set[FactKind]:
    return {fact.kind for fact in reading.facts}


# The door


def test_a_fixed_vector_verifies() -> None:
    """The scheme itself does not drift: a value computed outside of this code."""
    recruitee.verify({"x-recruitee-signature": VECTOR_SIGNATURE}, VECTOR, [SECRET])
    assert recruitee.signature(VECTOR, SECRET) == VECTOR_SIGNATURE


@pytest.mark.skipif(not SHARED.exists(), reason="the shared vectors are not here")
def test_the_shared_vectors_verify() -> None:
    """Every shared Recruitee vector is accepted."""
    vectors = json.loads((SHARED / "signature_vectors.json").read_text())
    mine = [one for one in vectors if one["vendor"] == "recruitee"]
    assert mine
    for vector in mine:
        raw = (SHARED / vector["body_file"]).read_bytes()
        recruitee.verify({"x-recruitee-signature": vector["header_value"]}, raw, [vector["secret"]])


@given(st.integers(0, len(VECTOR) * 8 - 1))
def test_no_bit_may_change(bit: int) -> None:
    """Tampering with any signed byte is refused."""
    tampered = bytearray(VECTOR)
    tampered[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadSignature):
        recruitee.verify({"x-recruitee-signature": VECTOR_SIGNATURE}, bytes(tampered), [SECRET])


@given(st.dictionaries(st.sampled_from(["x-recruitee-signature", "signature"]), st.text()), st.binary())
@example({"x-recruitee-signature": "é" * 64}, b"")
@example({"x-recruitee-signature": VECTOR_SIGNATURE + "00"}, VECTOR)
def test_hostile_headers_are_bad_signatures_and_nothing_else(headers: dict[str, str], raw: bytes) -> None:
    """Whatever comes, the door says the one thing."""
    with pytest.raises(BadSignature):
        recruitee.verify(headers, raw, [SECRET, ""])


def test_each_active_secret_is_good_and_an_empty_one_never() -> None:
    """While a secret is rotated both work."""
    for used in ("old", "new"):
        recruitee.verify(signed(VECTOR, used), VECTOR, ["new", "old", ""], NOW)
    with pytest.raises(BadSignature):
        recruitee.verify(signed(VECTOR, ""), VECTOR, [""], NOW)


def test_tests_are_answered_before_any_secret_is_known() -> None:
    """The webhook could not be created otherwise; nothing but a test is."""
    assert recruitee.handshake({}, b'{"test":true}') == {}
    example_event = {**json.loads(moved(FROM, TO)), "test": True}
    assert recruitee.handshake({}, json.dumps(example_event).encode()) == {}
    for raw in (moved(FROM, TO), b'{"test":false}', b'{"test":1}', b'{"a":"test"}', b'["test"]', b'{"test"'):
        assert recruitee.handshake({}, raw) is None


def test_attempts_of_one_event_are_one_event() -> None:
    """The count of attempts changes the bytes and the signature, not the key."""
    first, second = (VECTOR, VECTOR.replace(b'"attempt_count":2', b'"attempt_count":3'))
    assert signed(first) != signed(second)
    seen = recruitee.peek({}, first)
    assert seen == recruitee.peek({}, second)
    assert (seen.dedupe_key, seen.vendor_event_id) == ("event:7100001", "7100001")
    assert seen.action == "candidate_moved.stage_changed"


@given(st.binary() | st.recursive(st.none() | st.text(), st.lists).map(lambda v: json.dumps(v).encode()))
@example(b"[" * 100_000)
@example(b'{"event_type":"a b","id":{}}')
@example(b'{"event_type":"x","id":"' + b"9" * 5000 + b'"}')
def test_peeking_never_raises(raw: bytes) -> None:
    """A correctly signed body is stored, readable or not."""
    seen = recruitee.peek({}, raw)
    assert len(seen.dedupe_key) <= 80
    assert seen.action
    recruitee.handshake({}, raw)


# Reading


def test_a_move_tells_the_stage_and_its_instant() -> None:
    """Both stages are given; the application is the candidate in that job."""
    reading = read(moved(FROM, TO))
    fact = of(reading, FactKind.STAGE_CHANGED)
    assert (fact.application, fact.candidate, fact.job) == ("5001:810", "5001", "810")
    assert fact.at == datetime(2026, 10, 6, 8, 30, 0, 250000, tzinfo=UTC)
    assert fact.data == {"stage_id": "32", "stage_name": "Interview"}
    assert fact.key == "application:5001:810:stage:32:2026-10-06T08:30:00Z"
    assert reading.named == ()
    assert of(reading, FactKind.JOB_CHANGED).data["name"] == "Welder"
    assert of(reading, FactKind.APPLICATION_CHANGED).data["source"] == "career_site"


def test_a_stage_that_means_hired_is_a_hire_and_leaving_it_takes_it_back() -> None:
    """Recruitee has no event of its own for either."""
    assert FactKind.HIRED in kinds(read(moved(TO, HIRED)))
    assert FactKind.UNHIRED in kinds(read(moved(HIRED, TO)))
    assert not {FactKind.HIRED, FactKind.UNHIRED} & kinds(read(moved(FROM, TO)))


@pytest.mark.parametrize(
    "details",
    [
        {"disqualify_reason": "Wrong skill set", "disqualify_kind": "admin"},
        {"disqualify_reason": {"id": 61, "name": "Wrong skill set"}},
        {"reason": "Wrong skill set"},
    ],
)
def test_a_disqualification_is_a_rejection_however_its_reason_is_written(details: dict[str, Any]) -> None:
    """The key holds the reason's words, which the API gives as well."""
    fact = of(read(body(subtype="disqualified", details=details)), FactKind.REJECTED)
    assert fact.data["reason"] == "Wrong skill set"
    assert fact.key.startswith("application:5001:810:rejected:2026-10-06T08:30:00Z:")
    bare = read(body(subtype="disqualified", details={}))
    assert bare.named == (Named(NamedKind.CANDIDATE, "5001"),)
    assert of(bare, FactKind.REJECTED).key < fact.key


@pytest.mark.parametrize(
    "details",
    [
        {"disqualify_kind": "candidate"},
        {"disqualify_reason": "Candidate withdrew", "disqualify_kind": "admin"},
    ],
)
def test_who_withdraws_is_not_rejected(details: dict[str, Any]) -> None:
    """By who did it, or by what the reason says."""
    assert FactKind.WITHDRAWN in kinds(read(body(subtype="disqualified", details=details)))


def test_a_requalification_takes_the_rejection_back() -> None:
    """The application lives again."""
    assert of(read(body(subtype="requalified")), FactKind.UNREJECTED).application == "5001:810"


def test_a_new_candidate_is_created_and_asked_about() -> None:
    """The event lists jobs and tells no stage."""
    reading = read(body("new_candidate", "career_site", offer=None, offers=[OFFER, {**OFFER, "id": 811}]))
    made = [fact for fact in reading.facts if fact.kind == FactKind.APPLICATION_CREATED]
    assert [fact.key for fact in made] == ["application:5001:810:created", "application:5001:811:created"]
    assert {fact.at for fact in made} == {datetime(2026, 10, 5, 7, 12, 30, 420000, tzinfo=UTC)}
    assert reading.named == (Named(NamedKind.CANDIDATE, "5001"),)
    [person] = reading.people
    assert (person.first_name, person.last_name, person.name) == ("Noémi", "Lefèvre", "Noémi Lefèvre")
    assert person.email == "noemi@example.com"
    later = of(read(body("candidate_assigned")), FactKind.APPLICATION_CREATED)
    assert later.at == datetime(2026, 10, 6, 8, 30, 0, 250000, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Lefèvre, Noémi", "山田太郎", "Cher", "  ", None, 7, "1 2"])
def test_a_name_that_cannot_be_split_is_kept_whole(name: object) -> None:
    """Nothing is invented where the first name is not plain."""
    [person] = read(body("new_candidate", candidate={**CANDIDATE, "name": name})).people
    assert person.first_name is None
    assert person.name == (name.strip() or None if isinstance(name, str) else None)


def test_a_deleted_candidate_is_erased() -> None:
    """With all applications."""
    reading = read(body("candidate_deleted"))
    assert reading.erased == ("5001",)
    assert [fact.key for fact in reading.facts] == ["candidate:5001:deleted"]


def test_jobs_tell_their_status_or_are_asked_about() -> None:
    """An unpublished job may have become anything."""
    assert of(read(body("offer_published")), FactKind.JOB_CHANGED).data["status"] == "open"
    assert read(body("offer_unpublished")).named == (Named(NamedKind.JOB, "810"),)
    for said, ours in {"archived": "closed", "closed": "closed", "internal": "open", "draft": "held"}.items():
        reading = read(body("offer_updated", "status_changed", offer={**OFFER, "status": said}))
        assert of(reading, FactKind.JOB_CHANGED).data["status"] == ours
        assert reading.named == ()


def test_facts_hold_no_personal_data() -> None:
    """Names and addresses go into people only."""
    for raw in (
        moved(FROM, TO),
        body("new_candidate"),
        body(subtype="disqualified"),
        body("candidate_deleted"),
    ):
        told = repr(read(raw).facts)
        assert not [word for word in ("Noémi", "noemi@", "+49") if word in told]


def test_only_recruitees_own_address_becomes_a_link() -> None:
    """A candidate's page, and nothing that merely looks like it."""
    good = "https://app.recruitee.com/#/dashboard/overview?candidate=5001&company=4455"
    bad = (
        "https://recruitee.com.evil.example/x",
        "http://app.recruitee.com/x",
        "javascript:alert(1)//recruitee.com/",
    )
    for url, expected in ((good, good), *((one, None) for one in bad)):
        raw = body(subtype="requalified", candidate={**CANDIDATE, "adminapp_url": url})
        assert of(read(raw), FactKind.APPLICATION_CHANGED).data.get("url") == expected


def test_what_is_unknown_is_ignored_with_its_reason() -> None:
    """Also everything marked as a test; an unknown kind of move is asked about."""
    assert read(body("candidate_<b>sang</b>")).ignored == "unknown action: candidate_?b?sang?b?"
    assert (read(b'{"test":true}').ignored or "").startswith("test")
    marked = {**json.loads(moved(FROM, TO)), "test": True}
    assert (read(json.dumps(marked).encode()).ignored or "").startswith("test")
    assert read(body(subtype="teleported")).named == (Named(NamedKind.CANDIDATE, "5001"),)


def test_reading_twice_gives_the_same_and_a_state_that_returns_is_new() -> None:
    """Keys are stable over repeats and differ over time."""
    once, again = read(moved(FROM, TO)), recruitee.read(moved(FROM, TO), NOW.replace(hour=20))
    assert [fact.key for fact in once.facts] == [fact.key for fact in again.facts]
    later = read(moved(FROM, TO).replace(b"2026-10-06T08:30", b"2026-10-07T08:30"))
    assert of(later, FactKind.STAGE_CHANGED).key != of(once, FactKind.STAGE_CHANGED).key


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"event_type":"candidate_moved"}',
        b'{"event_type":"candidate_moved","payload":{"candidate":{"id":"../x"}}}',
        b'{"event_type":"offer_updated","payload":{"offer":{"id":null}}}',
    ],
)
def test_what_cannot_be_understood_is_malformed(raw: bytes) -> None:
    """No JSON, no event, no payload, no id."""
    with pytest.raises(MalformedBody):
        read(raw)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("2026-10-06T08:30:00Z"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "candidate", "offer", "offers", "details", "to_stage", "from_stage", "name", "tags"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(
    st.sampled_from(
        ["new_candidate", "candidate_moved", "candidate_deleted", "offer_updated", "offer_deleted"]
    ),
    st.sampled_from(["stage_changed", "disqualified", "requalified", None]),
    st.dictionaries(st.sampled_from(["candidate", "offer", "offers", "details"]), _JSON),
    _JSON,
)
def test_hostile_json_is_malformed_at_worst(
    kind: str, subtype: str | None, payload: dict[str, Any], at: object
) -> None:
    """A reader never fails in another way."""
    envelope = {"event_type": kind, "event_subtype": subtype, "payload": payload, "created_at": at}
    with contextlib.suppress(MalformedBody):
        recruitee.read(json.dumps(envelope).encode(), NOW)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
def test_every_shared_sample_becomes_facts_or_a_named_ignore() -> None:
    """Signed as Recruitee signs it, accepted, and understood."""
    for path in sorted((SHARED / "recruitee").glob("*.json")):
        raw = path.read_bytes()
        recruitee.verify(signed(raw), raw, [SECRET])
        reading = read(raw)
        if json.loads(raw).get("test"):
            assert (reading.ignored or "").startswith("test")
        else:
            wanted = {"new_candidate": FactKind.APPLICATION_CREATED}.get(path.stem, FactKind.STAGE_CHANGED)
            assert of(reading, wanted).application == "11223344:987"
