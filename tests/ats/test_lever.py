"""The Lever door: only signed tokens and times come in, and nothing that is not signed is believed."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.ats import lever
from app.ats.canonical import Named, NamedKind, Reading
from app.ats.delivery import UNREADABLE
from app.ats.vendor import VENDORS
from app.errors import BadSignature, MalformedBody

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads"
SAMPLES = sorted((SHARED / "lever").glob("*.json"))
SHARED_SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef"
SECRET = "a-signature-token-of-our-own-for-tests-only"
TOKEN = "5f2b8c1de07a94c3b6e8d1f0a2c4e6f8091b3d5f7a9c1e3b"
AT = 1793613600123
WHEN = datetime(2026, 11, 2, 10, tzinfo=UTC)
OPPORTUNITY = "7d2f4a10-93ab-4c68-8f0e-1a2b3c4d5e6f"
CONTACT = "11aa22bb-33cc-44dd-85ee-66ff77aa88bb"
INTERVIEW = "32b7bf78-4592-4a56-b313-3e31ed25ea00"
DATA = {"opportunityId": OPPORTUNITY, "candidateId": OPPORTUNITY, "contactId": CONTACT}
VECTOR = "bd4ebf23719dc8b71c7189958b91b043f3bf2ba309f56dad9b1dd0f00dd1d1d2"


def signed(secret: str = SECRET, **changes: object) -> bytes:
    envelope: dict[str, Any] = {
        "id": "e-1",
        "event": "candidateStageChange",
        "triggeredAt": AT,
        "token": TOKEN,
    }
    envelope |= {"data": DATA, **changes}
    message = f"{envelope['token']}{envelope['triggeredAt']}".encode()
    digest = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return json.dumps({"signature": digest, **envelope}).encode()


def refused(body: bytes, secrets: tuple[str, ...] = (SECRET,), now: datetime | None = None) -> bool:
    with pytest.raises(BadSignature):
        lever.verify({}, body, secrets, now)
    return True


def named(event: str, data: object = DATA) -> tuple[Named, ...]:
    return lever.read(signed(event=event, data=data), WHEN, event).named


def test_a_fixed_vector_verifies() -> None:
    """The scheme itself does not drift: a value computed with openssl."""
    assert lever.signature(TOKEN, AT, SECRET) == VECTOR
    lever.verify({}, signed(signature=VECTOR), [SECRET], WHEN)
    assert VENDORS["lever"].NAME == "lever"


@pytest.mark.skipif(not SHARED.exists(), reason="the shared vectors are not here")
def test_the_shared_vectors_verify() -> None:
    """Every shared Lever vector is accepted."""
    vectors = json.loads((SHARED / "signature_vectors.json").read_text())
    for vector in (one for one in vectors if one["vendor"] == "lever"):
        token, at = vector["signed_string"][:48], int(vector["signed_string"][48:])
        assert lever.signature(token, at, vector["secret"]) == vector["value"]


def test_each_active_secret_is_good_and_no_other() -> None:
    """Every webhook has a token of its own, and all of them are tried; an empty one never matches."""
    for used in ("one", "two", "three"):
        lever.verify({}, signed(used), ["one", "two", "three"])
    assert refused(signed("four"), ("one", "two", "three"))
    assert refused(signed(""), ("", "one"))
    assert refused(signed(), ())


@given(position=st.integers(0, len(TOKEN) - 1), character=st.sampled_from("0123456789abcdefABCZ é"))
def test_no_character_of_the_token_may_change(position: int, character: str) -> None:
    """The token is signed."""
    changed = TOKEN[:position] + character + TOKEN[position + 1 :]
    body = json.loads(signed()) | {"token": changed}
    if changed != TOKEN:
        assert refused(json.dumps(body).encode())


@given(at=st.integers(0, 10**13).filter(lambda at: at != AT))
@example(AT * 10)
@example(AT // 10)
def test_the_time_may_not_change(at: int) -> None:
    """The time is signed."""
    assert refused(json.dumps(json.loads(signed()) | {"triggeredAt": at}).encode())


@given(position=st.integers(0, 63), character=st.sampled_from("0123456789abcdefgé٣"))
def test_no_digit_of_the_signature_may_change(position: int, character: str) -> None:
    """The signature is compared whole; hexadecimal has no case."""
    changed = VECTOR[:position] + character + VECTOR[position + 1 :]
    if changed != VECTOR:
        assert refused(signed(signature=changed))
    lever.verify({}, signed(signature=VECTOR.upper()), [SECRET])


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=3))
@example(None)
@example(1.0)
@example("1793613600123")
def test_hostile_fields_are_bad_signatures_and_nothing_else(value: object) -> None:
    """Whatever stands where a token, a time or a signature should, is a refusal and never another error."""
    for name in ("triggeredAt", "signature"):
        assert refused(json.dumps(json.loads(signed()) | {name: value}).encode())
    if not isinstance(value, str):
        assert refused(json.dumps(json.loads(signed()) | {"token": value}).encode())


@given(st.binary(max_size=200))
@example(b"[" * 200_000)
@example(b'{"token":"\\ud800","triggeredAt":1,"signature":"' + b"0" * 64 + b'"}')
@example(b'{"triggeredAt":' + b"9" * 5000 + b"}")
@example(b"\xff\xfe{}")
@example(b"null")
def test_hostile_bodies_are_bad_signatures_and_nothing_else(body: bytes) -> None:
    """A stranger's bytes are refused, and looking at them fails never."""
    assert refused(body, now=WHEN)
    assert lever.peek({}, body).dedupe_key


def test_a_rerun_from_two_weeks_ago_is_taken_and_an_older_one_is_not() -> None:
    """Lever's history reaches back two weeks; without a clock no age is asked."""
    for age in (timedelta(), timedelta(days=14), timedelta(hours=-23)):
        lever.verify({}, signed(), [SECRET], WHEN + age)
    assert refused(signed(), now=WHEN + timedelta(days=16))
    assert refused(signed(), now=WHEN - timedelta(days=2))
    assert refused(signed(triggeredAt=10**30), now=WHEN)
    lever.verify({}, signed(triggeredAt=0), [SECRET], None)


def test_the_dedupe_key_is_the_id_else_the_token_else_the_content() -> None:
    """A rerun is the same event; old bodies without an id have their token."""
    seen = lever.peek({}, signed())
    assert (seen.dedupe_key, seen.vendor_event_id, seen.action) == (
        "event:e-1",
        "e-1",
        "candidateStageChange",
    )
    assert lever.peek({}, signed(id=None)).dedupe_key == f"token:{TOKEN}"
    assert lever.peek({}, b"{}").dedupe_key.startswith("sha256:")
    assert lever.peek({}, signed(event="über")).action == UNREADABLE


@pytest.mark.parametrize(
    "event",
    [
        *("applicationCreated", "candidateStageChange", "candidateArchiveChange", "candidateHired"),
        *("interviewCreated", "interviewUpdated"),
    ],
)
def test_a_webhook_names_its_opportunity_and_says_nothing(event: str) -> None:
    """What is not signed is not believed: no fact comes from a webhook, only a question."""
    reading = lever.read(signed(event=event), WHEN, event)
    assert reading.named == (Named(NamedKind.APPLICATION, OPPORTUNITY),)
    assert reading == Reading(named=reading.named)
    assert named(event, {"candidateId": OPPORTUNITY}) == reading.named


def test_a_deletion_is_a_claim() -> None:
    """Only the API can confirm it."""
    assert named("candidateDeleted") == (Named(NamedKind.APPLICATION, OPPORTUNITY, deleted=True),)


def test_a_deleted_interview_is_asked_for_by_its_id() -> None:
    """The list of interviews does not say which one is missing."""
    whole = named("interviewDeleted", DATA | {"interviewId": INTERVIEW})
    assert [one.id for one in whole] == [OPPORTUNITY, f"{OPPORTUNITY}/interviews/{INTERVIEW}"]
    assert not any(one.deleted for one in whole)
    assert [one.id for one in named("interviewDeleted")] == [OPPORTUNITY]


def test_contacts_are_people() -> None:
    """A new one is read with its opportunity, a changed one leads to its opportunities."""
    assert named("contactUpdated", {"contactId": CONTACT}) == (Named(NamedKind.CANDIDATE, CONTACT),)
    assert lever.read(signed(event="contactCreated"), WHEN, "").ignored


def test_tests_and_unknown_events_are_ignored_with_a_reason() -> None:
    """Nobody is asked about for them."""
    test = lever.read(signed(id=None, event="candidateHired", data={}), WHEN, "")
    assert (test.ignored or "").startswith("test")
    unknown = lever.read(signed(event="candidate<Boiled>"), WHEN, "")
    assert unknown.ignored == "unknown action: candidate?Boiled?"
    assert not unknown.named


@pytest.mark.parametrize("bad", ["", None, 7.5, "../users", "a/b", ".", "x" * 65, {"a": 1}, "ä"])
def test_an_id_that_could_lead_astray_is_malformed(bad: object) -> None:
    """Ids become addresses, and they are not signed."""
    with pytest.raises(MalformedBody):
        named("candidateStageChange", {"opportunityId": bad, "other": 1})
    with pytest.raises(MalformedBody):
        named("contactUpdated", {"contactId": bad, "other": 1})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(event=st.sampled_from([*lever.setup.WEBHOOKS, "contactCreated", "x"]) | JSON, data=JSON, ids=JSON)
def test_hostile_webhooks_are_malformed_and_nothing_else(event: object, data: object, ids: object) -> None:
    """A reader that fails in another way would stop its event's successors."""
    for inside in (data, {"opportunityId": ids, "contactId": ids, "interviewId": ids}):
        body = json.dumps({"event": event, "data": inside}).encode()
        try:
            reading = lever.read(body, WHEN, "")
        except MalformedBody:
            continue
        assert not reading.facts


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_shared_sample_is_named_or_knowingly_ignored(sample: Path) -> None:
    """Signed as Lever signs, let in, and understood."""
    body = json.loads(sample.read_bytes())
    if "unsigned" in sample.stem or "doc_test" in sample.stem:
        assert refused(sample.read_bytes(), (SHARED_SECRET,))
        body["signature"] = lever.signature(body["token"], body["triggeredAt"], SHARED_SECRET)
    whole = json.dumps(body).encode()
    lever.verify({}, whole, [SHARED_SECRET])
    reading = lever.read(whole, WHEN, "")
    assert bool(reading.named) is not bool(reading.ignored)
    assert bool(reading.ignored) is (body["event"] == "contactCreated" or not body["data"])
