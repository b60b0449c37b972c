"""The Workable door: only signed bytes come in, and what they say is read without harm."""

import hashlib
import hmac
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.ats import workable
from app.ats.canonical import FactKind, Named, NamedKind, Reading
from app.ats.delivery import UNREADABLE
from app.ats.vendor import Vendor
from app.errors import BadSignature, MalformedBody
from tests.ats.workable_samples import RECEIVED, SHARED, TOKEN, candidate, only, read, webhook

BODY = b'{"id":"e-1","event_type":"candidate_moved","data":{"id":"3aa01","stage":"On-site \\u003cb\\u003e"}}'


def signed(body: bytes, secret: str = TOKEN) -> dict[str, str]:
    return {"x-workable-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def refused(headers: dict[str, str], body: bytes = BODY, secrets: tuple[str, ...] = (TOKEN,)) -> bool:
    with pytest.raises(BadSignature):
        workable.verify(headers, body, secrets, RECEIVED)
    return True


# The signature


def test_a_fixed_vector_verifies() -> None:
    """The scheme itself does not drift: a value computed outside of this code."""
    body = (
        b'{"id":"e-1","event_type":"candidate_moved","data":{"id":"3aa01","name":"No\\u00e9mi",'
        b'"stage":"On-site \\u003cb\\u003e"}}'
    )
    value = "35581f896d438e97ce12b70b2d22093f2951b5880cfe7d0e40d3474205cd3738"
    workable.verify({"x-workable-signature": value}, body, [TOKEN], RECEIVED)
    assert workable.signature(body, TOKEN) == value


@pytest.mark.skipif(not SHARED.exists(), reason="the shared vectors are not here")
def test_the_shared_vectors_verify() -> None:
    """Every shared Workable vector is accepted."""
    vectors = json.loads((SHARED / "signature_vectors.json").read_text())
    ours = [one for one in vectors if one["vendor"] == "workable"]
    for vector in ours:
        body = (SHARED / vector["body_file"]).read_bytes()
        headers = {vector["header"].lower(): vector["header_value"]}
        workable.verify(headers, body, [vector["secret"]], RECEIVED)
    assert ours


def test_each_active_secret_is_good_and_no_other() -> None:
    """While a token is rotated both work; an empty one never does."""
    for used in ("old", "new"):
        workable.verify(signed(BODY, used), BODY, ["new", "old"])
    assert refused(signed(BODY, "older"), secrets=("new", "old"))
    assert refused(signed(BODY, ""), secrets=("", "new"))
    assert refused(signed(BODY), secrets=())


def test_the_raw_bytes_are_signed_at_any_age() -> None:
    """A body that is parsed and written again is another body; hexadecimal has no case; no time is signed."""
    upper = {name: value.upper() for name, value in signed(BODY).items()}
    workable.verify(upper, BODY, [TOKEN], None)
    assert refused(signed(BODY), json.dumps(json.loads(BODY), ensure_ascii=False).encode())


@given(position=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
def test_every_flipped_byte_is_refused(position: int, flip: int) -> None:
    """No byte may change on the way."""
    changed = bytearray(BODY)
    changed[position] ^= flip
    assert refused(signed(BODY), bytes(changed))


@given(value=st.one_of(st.text(), st.from_regex(r".{64}")))
@example("")
@example("sha256=" + "0" * 64)
@example("é" * 64)
@example("٣" * 64)
@example("0" * 64 + "\n")
@example("\udcff" + "0" * 63)
def test_hostile_headers_are_bad_signatures_and_nothing_else(value: str) -> None:
    """Whatever a stranger writes into the header is a refusal, never another error."""
    assert refused({"x-workable-signature": value})
    assert refused({})


# The delivery


def test_the_event_id_is_the_dedupe_key_where_there_is_one() -> None:
    """A replay shows newer data under the same id; without an id the content decides."""
    first, again = workable.peek({}, webhook()), workable.peek({}, webhook(data=candidate(stage="Offer")))
    assert first.dedupe_key == again.dedupe_key
    assert first.vendor_event_id == "0c8a1f6e-0000-4000-8000-000000000001"
    assert first.action == "candidate_moved"
    nameless = [workable.peek({}, webhook(id=value)) for value in (None, 7, "a\nb", "")]
    assert len({one.dedupe_key for one in nameless}) == 4
    assert {one.vendor_event_id for one in nameless} == {None}


@given(body=st.one_of(st.binary(), st.text().map(lambda said: json.dumps({"event_type": said}).encode())))
@example(b"[" * 100_000)
@example(b'{"event_type": 5}')
def test_peek_never_raises(body: bytes) -> None:
    """Whatever is signed is stored."""
    action = workable.peek({}, body).action
    assert action == UNREADABLE or json.loads(body)["event_type"] == action


def test_there_is_no_handshake() -> None:
    """Nothing unsigned is answered."""
    vendor: Vendor = workable
    assert vendor.handshake({}, b"") is None
    assert (workable.SUCCESS_STATUS, workable.RETRY_STATUS) == (200, 503)


# What a webhook says


def test_a_new_candidate_is_known_at_once() -> None:
    """Application, job, stage, person: all in one webhook, nothing left to ask."""
    reading = read(
        "candidate_created", updated_at="2026-11-02T09:00:00Z", stage="Applied", stage_kind="applied"
    )
    created = only(reading, FactKind.APPLICATION_CREATED)
    assert (created.application, created.candidate, created.job) == ("3aa01", "3aa01", "W3LD")
    assert created.at is not None
    assert created.at.isoformat() == "2026-11-02T09:00:00+00:00"
    assert only(reading, FactKind.STAGE_CHANGED).data == {"stage_id": "applied", "stage_name": "Applied"}
    assert only(reading, FactKind.JOB_CHANGED).data == {"name": "Welder <m/f>"}
    assert only(reading, FactKind.APPLICATION_CHANGED).data == {
        "candidate": "3aa01",
        "job": "W3LD",
        "status": "active",
        "prospect": False,
        "source": "Career site",
        "url": "https://ourco.workable.com/backend/jobs/77/candidates/88",
        "tags": ["welding", "berlin"],
    }
    (person,) = reading.people
    assert (person.first_name, person.last_name, person.email) == ("Noémi", "Lefèvre", "noemi@example.com")
    assert reading.named == ()


def test_a_move_is_named_for_its_true_times() -> None:
    """The object is as of the sending, so the API is asked what really happened when."""
    reading = read()
    assert only(reading, FactKind.STAGE_CHANGED).data["stage_id"] == "first-interview"
    assert reading.named == (Named(NamedKind.APPLICATION, "3aa01"),)


def test_a_disqualification_names_its_reason_or_a_withdrawal() -> None:
    """Who said no decides the kind; the reason is part of the key, so that an edited one is news."""
    no = {
        "disqualified": True,
        "disqualified_at": "2026-11-04T08:00:00Z",
        "disqualification_reason": "Too far",
    }
    rejected = only(read(**no), FactKind.REJECTED)
    assert rejected.data["reason"] == "Too far"
    assert rejected.data["reason_id"] == "too-far"
    assert rejected.at is not None
    assert rejected.at.hour == 8
    withdrawn = only(read(**no, withdrew=True), FactKind.WITHDRAWN)
    edited = only(read(**{**no, "disqualification_reason": "Salary"}), FactKind.REJECTED)
    assert len({rejected.key, withdrawn.key, edited.key}) == 3
    assert only(read(**no), FactKind.APPLICATION_CHANGED).data["status"] == "rejected"
    assert only(read(withdrew=True), FactKind.WITHDRAWN).at is not None


def test_a_hire_is_at_its_own_time_and_ends_with_the_stage() -> None:
    """Somebody who was moved back is active again, even if the date of the hire is still there."""
    told = {"hired_at": "2026-11-05T08:00:00Z", "stage": "Hired", "stage_kind": "hired"}
    hired = only(read(**told), FactKind.HIRED)
    assert hired.key == "application:3aa01:hired:2026-11-05T08:00:00Z"
    back = read(hired_at="2026-11-05T08:00:00Z", updated_at="2026-11-06T08:00:00Z")
    assert FactKind.HIRED not in {fact.kind for fact in back.facts}
    assert only(back, FactKind.APPLICATION_CHANGED).data["status"] == "active"


def test_a_state_that_comes_back_is_news() -> None:
    """The same content at another time is another fact; at the same time it is the same."""
    first, again = read(), read(updated_at="2026-11-09T10:00:00Z")
    kinds = (FactKind.STAGE_CHANGED, FactKind.APPLICATION_CHANGED, FactKind.CANDIDATE_CHANGED)
    assert all(only(first, kind).key != only(again, kind).key for kind in kinds)
    assert [fact.key for fact in first.facts] == [fact.key for fact in read().facts]


@pytest.mark.parametrize("values", [{"stage_kind": "sourced"}, {"job": None}])
def test_who_has_not_applied_is_a_prospect(values: dict[str, object]) -> None:
    """Sourced, or in the talent pool."""
    assert only(read(**values), FactKind.APPLICATION_CHANGED).data["prospect"] is True


def test_a_deleted_candidate_is_erased() -> None:
    """Workable signs the whole body, so its word suffices."""
    reading = workable.read(webhook("candidate_deleted", {"id": "3aa01"}), RECEIVED)
    assert {fact.key for fact in reading.facts} == {
        "candidate:3aa01:deleted",
        "application:3aa01:deleted",
    }
    assert reading.erased == ("3aa01",)


def test_an_anonymized_candidate_is_erased_and_not_learned_again() -> None:
    """What the object still says of the person is not kept."""
    reading = read(anonymized=True)
    assert only(reading, FactKind.CANDIDATE_ANONYMIZED).candidate == "3aa01"
    assert (reading.erased, reading.people) == (("3aa01",), ())


def test_a_deleted_job_is_no_longer_open() -> None:
    """By its short code; without one nothing can be known."""
    reading = workable.read(webhook("job_deleted", {"shortcode": "W3LD"}), RECEIVED)
    assert only(reading, FactKind.JOB_CHANGED).data == {"status": "deleted"}
    assert workable.read(webhook("job_deleted", {"id": "1"}), RECEIVED).ignored


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("employee_created", "not about candidates: employee_created"),
        ("timeoff_request_approved", "not about candidates: timeoff_request_approved"),
        ("candidate <painted>", "unknown action: candidate?painted?"),
    ],
)
def test_other_events_are_ignored_by_name(event: str, reason: str) -> None:
    """Whoever reads the list of events sees why."""
    assert workable.read(webhook(event), RECEIVED).ignored == reason


@pytest.mark.parametrize(
    "url",
    [
        "https://workable.com.evil.example/x",
        "https://evil.example/ourco.workable.com/",
        "https://a@ourco.workable.com/x",
        "http://ourco.workable.com/x",
        "https://ourco.workable.com/x y",
        "javascript:alert(1)//ourco.workable.com/",
        7,
    ],
)
def test_only_an_address_of_workable_is_a_link(url: object) -> None:
    """Nobody is led elsewhere."""
    assert "url" not in only(read(profile_url=url), FactKind.APPLICATION_CHANGED).data


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff", "The body is not valid UTF-8."),
        (b"[1]", "The body is JSON, but not an object."),
        (b"{}", "The body has no event_type."),
        (webhook(data="x"), "The data is not an object."),
        (webhook(data={}), "The candidate has no id."),
        (webhook("candidate_deleted", {}), "The candidate has no id."),
    ],
)
def test_a_malformed_body_is_refused_with_a_plain_reason(body: bytes, reason: str) -> None:
    """An operator sees what is wrong."""
    with pytest.raises(MalformedBody, match=reason):
        workable.read(body, RECEIVED)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(
    values=st.dictionaries(st.sampled_from(sorted(candidate())), JSON, max_size=4),
    event=st.sampled_from(["candidate_created", "candidate_moved", "candidate_deleted", "job_deleted"]),
)
def test_any_part_of_a_webhook_may_be_anything(values: dict[str, object], event: str) -> None:
    """Facts or a plain refusal, never another error; and no fact holds the person."""
    try:
        reading = workable.read(webhook(event, candidate(**values)), RECEIVED)
    except MalformedBody:
        return
    if not values.keys() & {"tags", "job", "stage", "disqualification_reason", "common_source"}:
        assert not _personal(reading)


def _personal(reading: Reading) -> bool:
    told = json.dumps([[fact.key, fact.data] for fact in reading.facts], default=str, ensure_ascii=False)
    return any(word in told for word in ("Noémi", "Lefèvre", "noemi@example.com", "outbound"))


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("candidate_created", FactKind.APPLICATION_CREATED),
        ("candidate_moved_interview", FactKind.STAGE_CHANGED),
        ("candidate_moved_offer", FactKind.STAGE_CHANGED),
        ("candidate_moved_disqualified", FactKind.REJECTED),
        ("candidate_moved_hired", FactKind.HIRED),
    ],
)
def test_every_shared_sample_passes_the_door_and_becomes_its_fact(name: str, kind: FactKind) -> None:
    """Signed as Workable signs, stored under its id, understood."""
    body = (SHARED / "workable" / f"{name}.json").read_bytes()
    workable.verify(signed(body), body, [TOKEN], RECEIVED)
    assert workable.peek({}, body).dedupe_key == f"event:{json.loads(body)['id']}"
    assert only(workable.read(body, RECEIVED), kind).application == "27273038"
