"""The Teamtailor door: only signed bytes come in, and of what signs an id alone only the id is believed."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.ats import teamtailor
from app.ats.canonical import Named, NamedKind
from app.ats.vendor import VENDORS
from app.errors import BadSignature

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads"
SECRET = "a-key-of-our-own-for-tests-only"
BODY = (
    b'{"payload":{"event_name":"job_application.update","data":{"id":"7001","type":"job-applications",'
    b'"attributes":{"stage-name":"Gespr\\u00e4ch \\u003c1\\u003e"}}}}'
)
SENT = datetime.fromtimestamp(1795000000, UTC)
SECOND = (
    "dD0xNzk1MDAwMDAwLHYyPWM0MDdiMThiMmExYTdhZGZmZjZjZGQzNzk3OGQxYWQwZjE1ZDdl"
    "NTVmNDEwY2U2M2NkNjdjOGZiODJhNGI2ZTA="
)
FIRST = "NjJmZDU2MjM1NTAyODRmNmUwNDA5MjMwYmMxYmUwYzkxYzQ1NDNiNTE2MDc1YmJlNmUwNWM5MTBhMzE1OGJlNg=="


def header(value: str) -> dict[str, str]:
    return {"tt-signature": value}


def first(named: str, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), named.encode(), hashlib.sha256).hexdigest()
    return header(base64.b64encode(digest.encode()).decode())


def second(body: bytes, time: object = 1795000000, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), f"{time}.".encode() + body, hashlib.sha256).hexdigest()
    return header(base64.b64encode(f"t={time},v2={digest}".encode()).decode())


def refused(headers: dict[str, str], body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)) -> bool:
    with pytest.raises(BadSignature):
        teamtailor.verify(headers, body, secrets, SENT)
    return True


def test_fixed_vectors_verify() -> None:
    """The schemes themselves do not drift: values computed outside of this code, with OpenSSL."""
    teamtailor.verify(header(SECOND), BODY, [SECRET], SENT)
    teamtailor.verify(header(FIRST), BODY, [SECRET], SENT)
    assert teamtailor.signature(BODY, SECRET, SENT) == SECOND


@pytest.mark.skipif(not SHARED.exists(), reason="the shared vectors are not here")
def test_the_shared_vectors_verify() -> None:
    """Every shared Teamtailor vector is accepted, and for no other id."""
    vectors = json.loads((SHARED / "signature_vectors.json").read_text())
    mine = [one for one in vectors if one["vendor"] == "teamtailor"]
    assert mine
    for vector in mine:
        body = (SHARED / vector["body_file"]).read_bytes()
        teamtailor.verify(header(vector["header_value"]), body, [vector["secret"]], SENT)
        assert refused(
            header(vector["header_value"]), body.replace(b'"1337"', b'"1338"'), (vector["secret"],)
        )


def test_each_active_secret_is_good_and_no_other() -> None:
    """While a key is replaced both work; an empty one never does."""
    for used in ("old", "new"):
        teamtailor.verify(second(BODY, secret=used), BODY, ["new", "old"], SENT)
        teamtailor.verify(first("7001", used), BODY, ["new", "old"], SENT)
    assert refused(second(BODY, secret="older"), secrets=("new", "old"))
    assert refused(second(BODY, secret=""), secrets=("", "new"))
    assert refused(first("7001", ""), secrets=("",))
    assert refused(second(BODY), secrets=())


def test_a_day_old_is_good_and_older_is_not() -> None:
    """The signed time is looked at, generously, and only where we know what time it is."""
    headers, day = second(BODY), timedelta(hours=24)
    for near in (SENT - day, SENT, SENT + day):
        teamtailor.verify(headers, BODY, [SECRET], near)
    for far in (SENT - day - timedelta(seconds=1), SENT + day + timedelta(seconds=1)):
        with pytest.raises(BadSignature):
            teamtailor.verify(headers, BODY, [SECRET], far)
    teamtailor.verify(headers, BODY, [SECRET])
    teamtailor.verify(first("7001"), BODY, [SECRET], SENT + 100 * day)


def test_the_signature_in_the_body_is_not_read() -> None:
    """Whoever writes a body could write a signature beside it."""
    inside = json.loads(BODY) | {"signature": FIRST}
    assert refused({}, json.dumps(inside).encode())


@given(position=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
def test_every_flipped_byte_of_the_body_is_refused(position: int, flip: int) -> None:
    """No byte of the body may change on the way."""
    changed = bytearray(BODY)
    changed[position] ^= flip
    assert refused(header(SECOND), bytes(changed))


@given(position=st.integers(0, len(SECOND) - 1), flip=st.integers(1, 255), old=st.booleans())
def test_every_flipped_character_of_the_header_is_refused(position: int, flip: int, *, old: bool) -> None:
    """No character may change, not even one whose bits base64 does not use."""
    right = FIRST if old else SECOND
    place = position % len(right)
    assert refused(header(right[:place] + chr(ord(right[place]) ^ flip) + right[place + 1 :]))


def test_bits_that_base64_does_not_use_must_be_zero() -> None:
    """Another header than the one that was sent is refused, though it decodes to the same."""
    for right, last in ((FIRST, "g"), (SECOND, "A")):
        bare = right.rstrip("=")
        assert bare[-1] == last
        changed = bare[:-1] + chr(ord(last) + 1) + "=" * (len(right) - len(bare))
        assert base64.b64decode(changed) == base64.b64decode(right)
        assert refused(header(changed))


@given(value=st.one_of(st.text(), st.binary().map(lambda b: base64.b64encode(b).decode())), body=st.binary())
@example("", BODY)
@example("é" * 88, BODY)
@example("\udcff" * 88, BODY)
@example(SECOND + "\n", BODY)
@example(base64.b64encode(b"t=,v2=" + b"0" * 64).decode(), BODY)
@example(base64.b64encode(b"t=99999999999,v2=" + b"0" * 64).decode(), BODY)
@example(base64.b64encode("t=٣,v2=".encode() + b"0" * 64).decode(), BODY)
@example("A" * 10_000, BODY)
@example(FIRST, b"[" * 100_000)
@example(FIRST, b'{"payload":{"data":{"id":null}}}')
@example(FIRST, b'{"payload":7}')
@example(FIRST, b"\xff\xfe")
@example(FIRST, b'{"payload":{"data":{"id":' + b"9" * 10_000 + b"}}}")
def test_hostile_headers_and_bodies_are_bad_signatures_and_nothing_else(value: str, body: bytes) -> None:
    """Whatever a stranger writes is a refusal, never another error."""
    assert refused(header(value), body)
    assert refused({}, body)
    teamtailor.peek(header(value), body)


def test_one_state_of_a_row_is_one_event() -> None:
    """There is no delivery id: event, id and time are one; without a time the content is."""
    body = (
        b'{"payload":{"event_name":"job.update","data":{"id":2,"attributes":'
        b'{"updated-at":"2026-10-05T10:00:00.000+02:00"}}}}'
    )
    seen = teamtailor.peek(second(body), body)
    assert seen.dedupe_key == "job.update:2:2026-10-05T10:00:00.000+02:00"
    assert (seen.vendor_event_id, seen.action) == (None, "job.update")
    snake = body.replace(b"updated-at", b"updated_at")
    assert teamtailor.peek(second(snake), snake).dedupe_key == seen.dedupe_key
    bare = teamtailor.peek(second(BODY), BODY)
    assert bare.dedupe_key == f"sha256:{hashlib.sha256(BODY).hexdigest()}"


def test_a_forged_time_does_not_take_the_place_of_a_true_one() -> None:
    """What only an id signs has dedupe keys and actions of its own."""
    body = (
        b'{"payload":{"event_name":"job.update","data":{"id":"2","attributes":'
        b'{"updated-at":"2026-10-05T10:00:00.000+02:00"}}}}'
    )
    forged, true = teamtailor.peek(first("2"), body), teamtailor.peek(second(body), body)
    assert forged.dedupe_key != true.dedupe_key
    assert forged.action == "v1:job.update"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"\xff", b"{}", b'{"payload":{"event_name":7}}', b'{"payload":{"event_name":"a b"}}']
)
def test_peek_says_where_it_cannot_read(body: bytes) -> None:
    """A correctly signed body that nobody can read still gets a row."""
    assert teamtailor.peek(second(body), body).action == "unreadable"


def test_of_a_signed_id_only_the_id_is_believed() -> None:
    """Version 1 proves no content: neither a rejection nor an end is taken from it."""
    for event, kind, deleted in (
        ("job_application.update", NamedKind.APPLICATION, False),
        ("job_application.destroy", NamedKind.APPLICATION, True),
        ("candidate.destroy", NamedKind.CANDIDATE, True),
        ("job.destroy", NamedKind.JOB, True),
    ):
        told = {
            "rejected-at": "2026-10-05T10:00:00Z",
            "transparent-recruiting-visible-at": "2026-10-09T10:00:00Z",
        }
        data = {"id": "7001", "attributes": told}
        body = json.dumps({"payload": {"event_name": event, "data": data}}).encode()
        headers = first("7001")
        teamtailor.verify(headers, body, [SECRET], SENT)
        reading = teamtailor.read(body, SENT, teamtailor.peek(headers, body).action)
        assert (reading.facts, reading.erased) == ((), ())
        assert reading.named == (Named(kind, "7001", deleted=deleted),)
        assert teamtailor.read(body, SENT, "").named == reading.named


def test_teamtailor_is_a_vendor() -> None:
    """It takes 200 for success, has no handshake, and never sends again."""
    vendor = VENDORS["teamtailor"]
    assert (vendor.NAME, vendor.TITLE, vendor.SUCCESS_STATUS) == ("teamtailor", "Teamtailor", 200)
    assert vendor.handshake({}, BODY) is None
