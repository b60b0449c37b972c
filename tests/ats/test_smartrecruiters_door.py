"""The SmartRecruiters door: only what was signed comes in, whole and in its place; names and ids are read."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.ats import smartrecruiters
from app.ats.canonical import FactKind, Named, NamedKind, Reading
from app.ats.delivery import UNREADABLE
from app.ats.vendor import Vendor
from app.errors import BadSignature, MalformedBody

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "smartrecruiters"
DOCUMENTED = "HeBVky2bccvvkcXPimH8c"
SECRET = "a-subscription-key-of-our-own"
SIGNED_AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
BODY = b'{"job_id":"j-1","candidate_id":"c-1"}'


def headers(**changed: str) -> dict[str, str]:
    told = {
        "event-id": "0f0a6b0e-0000-4000-8000-000000000077",
        "event-name": "application.status.updated",
        "event-version": "v201910",
        "link": "<https://api.smartrecruiters.com/candidates/c-1/jobs/j-1>; rel=self",
        "smartrecruiters-timestamp": str(int(SIGNED_AT.timestamp())),
    }
    return told | {name.replace("_", "-"): value for name, value in changed.items()}


def signed(body: bytes = BODY, secret: str = SECRET, **changed: str) -> dict[str, str]:
    told = headers(**changed)
    return told | {"smartrecruiters-signature": smartrecruiters.signature(told, body, secret)}


def refused(told: dict[str, str], body: bytes = BODY, now: datetime | None = None) -> bool:
    with pytest.raises(BadSignature):
        smartrecruiters.verify(told, body, [SECRET], now)
    return True


def test_the_documented_example_verifies() -> None:
    """The vendor's own example: its key, its headers, its body, its digest."""
    told = {
        "event-id": "123",
        "event-name": "application.created",
        "event-version": "v201910",
        "link": "<http://smartrecruiters.com/endpoint>; rel=self",
        "smartrecruiters-timestamp": "1574080897",
        "smartrecruiters-signature": "v1=2e9291f10d44ca10204a4cd81b05d73b6a316b2b605d4e2e0e0b37b40198ce1f",
    }
    smartrecruiters.verify(told, b'{"job_id":"jid","candidate_id":"cid"}', [DOCUMENTED])


def test_a_fixed_vector_without_a_link_verifies() -> None:
    """A missing header counts as empty; the value was computed outside of this code."""
    told = {
        "event-id": "e-9",
        "event-name": "candidate.deleted",
        "event-version": "v201910",
        "smartrecruiters-timestamp": "1793002400",
    }
    told["smartrecruiters-signature"] = VECTOR
    smartrecruiters.verify(told, b'{"id":"c-9"}', [SECRET])
    smartrecruiters.verify(told | {"link": ""}, b'{"id":"c-9"}', [SECRET])


VECTOR = "v1=25b5497e5ae403b928991917861ded93e14fef8bf8f6c80c5eb3d8ec8bc4d967"


@pytest.mark.skipif(not SHARED.exists(), reason="the shared payloads are not here")
def test_the_shared_samples_come_in_and_say_what_they_name() -> None:
    """Signed as the vendor signs, each becomes something to ask, a deletion, or a handshake."""
    for path in sorted(SHARED.glob("*.*.json")):
        sample = json.loads(path.read_text())
        told, body = dict(sample["headers"]), sample["body_raw"].encode()
        del told["smartrecruiters-signature"]
        told["smartrecruiters-signature"] = smartrecruiters.signature(told, body, SECRET)
        smartrecruiters.verify(told, body, [SECRET])
        seen = smartrecruiters.peek(told, body)
        reading = smartrecruiters.read(body, SIGNED_AT, seen.action)
        assert seen.action == told["event-name"]
        assert reading.named or reading.erased, path.name
    asked = json.loads((SHARED / "handshake.json").read_text())
    answer = smartrecruiters.handshake(asked["request_headers"], b"")
    assert answer == asked["expected_response"]["headers"]


def test_any_active_key_and_any_of_the_digests_will_do() -> None:
    """While keys are exchanged several are valid, and the header holds a digest for each."""
    told = signed(secret="old")
    smartrecruiters.verify(told, BODY, ["new", "old"])
    both = f"v2=whatever; {signed(secret='another')['smartrecruiters-signature']};"
    both += told["smartrecruiters-signature"].upper().replace("V1", "v1")
    smartrecruiters.verify(told | {"smartrecruiters-signature": both}, BODY, ["old"])
    other_scheme = told["smartrecruiters-signature"].replace("v1=", "v2=")
    with pytest.raises(BadSignature):
        smartrecruiters.verify(told | {"smartrecruiters-signature": other_scheme}, BODY, ["old"])
    assert refused(told)
    with pytest.raises(BadSignature):
        smartrecruiters.verify(signed(secret=""), BODY, ["", "new"])
    with pytest.raises(BadSignature):
        smartrecruiters.verify(told, BODY, [])


@given(position=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
def test_every_flipped_byte_of_the_body_is_refused(position: int, flip: int) -> None:
    """No byte of the body may change on the way."""
    changed = bytearray(BODY)
    changed[position] ^= flip
    assert refused(signed(), bytes(changed))


@given(name=st.sampled_from(sorted(headers())), position=st.integers(0, 300), flip=st.integers(1, 255))
def test_every_flipped_character_of_a_signed_header_is_refused(name: str, position: int, flip: int) -> None:
    """Id, name, version, link and time are signed as well."""
    told = signed()
    value = told[name]
    at = position % len(value)
    assert refused(told | {name: value[:at] + chr(ord(value[at]) ^ flip) + value[at + 1 :]})
    assert refused({key: text for key, text in told.items() if key != name})


def test_nothing_signed_can_be_moved_over_a_joint() -> None:
    """The same signed bytes, cut elsewhere, would be another event under another id."""
    told = signed(event_id="e1")
    moved = BODY + b".e1"
    assert refused(told | {"event-id": "application", "event-name": "status.updated"}, moved)
    assert refused(told | {"event-id": "e1.application", "event-name": "status.updated"})
    assert refused(told | {"event-name": "application.status", "event-version": "updated.v201910"})
    assert refused(told | {"event-id": "", "event-name": "e1.application.status.updated"})


@given(value=st.text())
@example("v1=" + "0" * 64)
@example("v1=" + "٣" * 64)
@example("v1=" + "0" * 63 + "\udcff")
@example(";" * 10_000)
@example("sha256=" + "0" * 64)
def test_hostile_headers_are_bad_signatures_and_nothing_else(value: str) -> None:
    """Whatever a stranger writes into any of the headers is a refusal, never another error."""
    assert refused(signed() | {"smartrecruiters-signature": value})
    for name in headers():
        if value != headers()[name]:
            assert refused(signed() | {name: value})
            assert smartrecruiters.peek(signed() | {name: value}, BODY).dedupe_key
    assert refused({})


def test_a_signature_is_good_for_thirty_days_and_without_a_clock_for_ever() -> None:
    """Repeats go on for days and the log for thirty; a replay within them meets the event's id."""
    told = signed()
    for age in (timedelta(), timedelta(days=29), timedelta(days=-1)):
        smartrecruiters.verify(told, BODY, [SECRET], SIGNED_AT + age)
    assert refused(told, now=SIGNED_AT + timedelta(days=31))
    smartrecruiters.verify(told, BODY, [SECRET])


def test_a_handshake_gets_its_header_back_and_an_event_does_not() -> None:
    """Only an unsigned request with a printable secret is one."""
    assert smartrecruiters.handshake({"x-hook-secret": "4jn8fs9011jj8"}, b"") == {
        "x-hook-secret": "4jn8fs9011jj8"
    }
    for told in (
        headers(),
        signed() | {"x-hook-secret": "x"},
        {"x-hook-secret": "a\r\nb"},
        {"x-hook-secret": ""},
    ):
        assert smartrecruiters.handshake(told, BODY) is None


def test_the_events_id_is_the_dedupe_key_and_the_header_names_the_action() -> None:
    """Two events about one application have equal bodies: only the id tells them apart."""
    seen = smartrecruiters.peek(headers(event_id="e-1"), BODY)
    assert (seen.dedupe_key, seen.vendor_event_id) == ("event:e-1", "e-1")
    assert seen.action == "application.status.updated"
    bare = smartrecruiters.peek(headers(event_id=""), BODY)
    assert bare.vendor_event_id is None
    later = headers(event_id="", smartrecruiters_timestamp="1795252400")
    assert bare.dedupe_key != smartrecruiters.peek(later, BODY).dedupe_key
    for told, body in (
        (headers(event_name="<b>"), BODY),
        ({}, BODY),
        (headers(), b"[]"),
        (headers(), b"[" * 99_999),
    ):
        assert smartrecruiters.peek(told, body).action == UNREADABLE


APPLICATION = Named(NamedKind.APPLICATION, "c-1:j-1")


@pytest.mark.parametrize(
    ("action", "ids", "named"),
    [
        ("application.created", {"job_id": "j-1", "candidate_id": "c-1"}, APPLICATION),
        ("application.status.updated", {"jobId": "j-1", "candidateId": "c-1"}, APPLICATION),
        ("application.source.updated", {"job": {"id": "j-1"}, "candidate": {"id": "c-1"}}, APPLICATION),
        ("interview.created", {"id": "i-1"}, Named(NamedKind.APPLICATION, "interview:i-1")),
        ("interview.updated", {"job_id": "j-1", "candidate_id": "c-1"}, APPLICATION),
        ("offer.updated", {"id": "o-1"}, Named(NamedKind.APPLICATION, "offer:o-1")),
        ("offer.approval.rejected", {"id": "o-1", "job_id": "j-1", "candidate_id": "c-1"}, APPLICATION),
        ("candidate.updated", {"id": "c-1"}, Named(NamedKind.CANDIDATE, "c-1")),
        ("job.status.updated", {"id": "j-1"}, Named(NamedKind.JOB, "j-1")),
        ("job.hiring-team.updated", {"job_id": "j-1"}, Named(NamedKind.JOB, "j-1")),
    ],
)
def test_what_an_event_names_is_asked_for(action: str, ids: dict[str, object], named: Named) -> None:
    """An application is its candidate and its job, whichever event names it; no more is true of it yet."""
    reading = smartrecruiters.read(json.dumps(ids).encode(), SIGNED_AT, action)
    assert (reading.named, reading.ignored, reading.people) == ((named,), None, ())
    told = [(fact.key, fact.application, dict(fact.data)) for fact in reading.facts]
    known = [("application:c-1:j-1:named", "c-1:j-1", {"candidate": "c-1", "job": "j-1"})]
    assert told == (known if named == APPLICATION else [])


def test_endings_that_are_signed_are_believed() -> None:
    """A candidate who is deleted is erased; an interview that is cancelled is none."""
    gone = smartrecruiters.read(b'{"id":"c-1"}', SIGNED_AT, "candidate.deleted")
    assert gone.erased == ("c-1",)
    assert [(fact.kind, fact.key) for fact in gone.facts] == [
        (FactKind.CANDIDATE_DELETED, "candidate:c-1:deleted")
    ]
    off = smartrecruiters.read(b'{"id":"i-1"}', SIGNED_AT, "interview.canceled")
    assert [(fact.kind, fact.data) for fact in off.facts] == [
        (FactKind.INTERVIEW_DELETED, {"interview_id": "i-1"})
    ]


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("application.attachment.created", "attachments are not followed"),
        ("application.onboarding-status.updated", "onboarding is not followed"),
        ("job.ad.updated", "job ads are not followed"),
        ("position.created", "positions are not followed"),
        ("review.created", "unknown action: review.created"),
    ],
)
def test_other_events_are_ignored_with_a_reason(action: str, reason: str) -> None:
    """Nothing is dropped without a word."""
    assert smartrecruiters.read(BODY, SIGNED_AT, action) == Reading(ignored=reason)


@pytest.mark.parametrize(
    "action", ["application.created", "candidate.deleted", "job.updated", "offer.created"]
)
def test_an_event_without_its_ids_is_malformed(action: str) -> None:
    """An id that could lead out of its path is none."""
    for body in (b"{}", b'{"id":"../x","candidate_id":"c/1","job_id":7.5}', b"[]", b"\xff"):
        with pytest.raises(MalformedBody):
            smartrecruiters.read(body, SIGNED_AT, action)
    with pytest.raises(MalformedBody):
        smartrecruiters.read(BODY, SIGNED_AT, UNREADABLE)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["id", "job", "candidate", "job_id"]), inner)
    ),
    max_leaves=12,
)


@given(
    value=JSON, action=st.sampled_from(["application.created", "offer.x", "interview.canceled", "x.y", ""])
)
def test_hostile_json_is_read_or_malformed(value: object, action: str) -> None:
    """Whatever stands in a signed body, reading it ends in a reading or in `MalformedBody`."""
    with contextlib.suppress(MalformedBody):
        reading = smartrecruiters.read(json.dumps(value).encode(), SIGNED_AT, action)
        assert isinstance(reading, Reading)


def test_it_is_a_vendor_with_its_own_statuses() -> None:
    """202 is success; 503 makes SmartRecruiters send again."""
    vendor: Vendor = smartrecruiters
    assert (vendor.SUCCESS_STATUS, vendor.RETRY_STATUS) == (202, 503)
