"""The Greenhouse door: only signed bytes come in, whatever is thrown at it."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.ats import greenhouse
from app.ats.vendor import VENDORS
from app.errors import BadSignature

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads"
SECRET = "a-secret-of-our-own-for-tests-only"
BODY = b'{"action":"candidate_stage_change","payload":{"application":{"id":7001,"x":"\\u003cb\\u003e"}}}'


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"signature": "sha256 " + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def refused(headers: dict[str, str], body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)) -> bool:
    with pytest.raises(BadSignature):
        greenhouse.verify(headers, body, secrets)
    return True


def test_the_signature_is_over_the_raw_bytes_with_their_escapes() -> None:
    """A body that is parsed and written again is another body."""
    greenhouse.verify(signed(BODY), BODY, [SECRET])
    assert refused(signed(BODY), json.dumps(json.loads(BODY), ensure_ascii=False).encode())


def test_a_fixed_vector_verifies() -> None:
    """The scheme itself does not drift: a value computed outside of this code."""
    value = "sha256 eb2e6a6cfe768c51a49ce95fc5e5d39c8bc4aae0e57354b0a88a7259e88b0fd5"
    body = (
        b'{"action":"candidate_stage_change","payload":{"application":{"id":7001,"status":"active",'
        b'"current_stage":{"id":31,"name":"On-site \\u003cb\\u003e\\u00e9quipe\\u003c/b\\u003e"},'
        b'"candidate":{"id":9001,"first_name":"No\\u00e9mi"}}}}'
    )
    greenhouse.verify({"signature": value}, body, [SECRET])
    assert greenhouse.signature(body, SECRET) == value


@pytest.mark.skipif(not SHARED.exists(), reason="the shared vectors are not here")
def test_the_shared_vectors_verify() -> None:
    """Every shared Greenhouse vector is accepted."""
    vectors = json.loads((SHARED / "signature_vectors.json").read_text())
    for vector in (one for one in vectors if one["vendor"] == "greenhouse"):
        greenhouse.verify({"signature": vector["header_value"]}, vector["body"].encode(), [vector["secret"]])


def test_each_active_secret_is_good_and_no_other() -> None:
    """While a secret is rotated both work; an empty one never does."""
    for used in ("old", "new"):
        greenhouse.verify(signed(BODY, used), BODY, ["new", "old"])
    assert refused(signed(BODY, "older"), secrets=("new", "old"))
    assert refused(signed(BODY, ""), secrets=("", "new"))
    assert refused(signed(BODY), secrets=())


def test_upper_case_digits_are_the_same_digits() -> None:
    """Hexadecimal has no case."""
    scheme, _, digits = signed(BODY)["signature"].partition(" ")
    greenhouse.verify({"signature": f"{scheme} {digits.upper()}"}, BODY, [SECRET])


@given(position=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
def test_every_flipped_byte_of_the_body_is_refused(position: int, flip: int) -> None:
    """No byte of the body may change on the way."""
    changed = bytearray(BODY)
    changed[position] ^= flip
    assert refused(signed(BODY), bytes(changed))


@given(position=st.integers(0, 70), flip=st.integers(1, 255))
def test_every_flipped_character_of_the_signature_is_refused(position: int, flip: int) -> None:
    """No character of the header may change, except the case of a digit."""
    right = signed(BODY)["signature"]
    changed = right[:position] + chr(ord(right[position]) ^ flip) + right[position + 1 :]
    if changed.lower() == right and changed[:7] == right[:7]:
        greenhouse.verify({"signature": changed}, BODY, [SECRET])
    else:
        assert refused({"signature": changed})


@given(value=st.one_of(st.text(), st.from_regex(r"sha256 .{64}")))
@example("")
@example("sha256")
@example("sha256  " + "0" * 64)
@example("SHA256 " + "0" * 64)
@example("sha256=" + "0" * 64)
@example("sha1 " + "0" * 40)
@example("sha256 " + "é" * 64)
@example("sha256 " + "٣" * 64)
@example("sha256 " + "g" * 64)
@example("sha256 " + "0" * 65)
@example("sha256 " + "0" * 64 + "\n")
@example("sha256 \udcff" + "0" * 63)
def test_hostile_headers_are_bad_signatures_and_nothing_else(value: str) -> None:
    """Whatever a stranger writes into the header is a refusal, never another error."""
    assert refused({"signature": value})
    assert refused({})


def test_the_event_id_is_the_dedupe_key_where_there_is_one() -> None:
    """Two deliveries of one event share a key; two events with equal bytes do not."""
    first = greenhouse.peek({"greenhouse-event-id": "e-1"}, BODY)
    assert first.dedupe_key == greenhouse.peek({"greenhouse-event-id": "e-1"}, b"other").dedupe_key
    assert first.dedupe_key != greenhouse.peek({"greenhouse-event-id": "e-2"}, BODY).dedupe_key
    assert (first.vendor_event_id, first.action) == ("e-1", "candidate_stage_change")


def test_the_content_is_the_dedupe_key_where_there_is_no_id() -> None:
    """Without the vendor's id, equal bytes are one event."""
    bare = greenhouse.peek({}, BODY)
    assert bare.vendor_event_id is None
    assert bare.dedupe_key == f"sha256:{hashlib.sha256(BODY).hexdigest()}"
    assert bare.dedupe_key != greenhouse.peek({}, BODY + b" ").dedupe_key
    for hostile in ("", " ", "é", "x" * 201, "a\x00b"):
        assert greenhouse.peek({"greenhouse-event-id": hostile}, BODY).dedupe_key == bare.dedupe_key


@pytest.mark.parametrize(
    ("body", "action"),
    [
        (b'{"action":"ping","payload":{}}', "ping"),
        (b'{ "payload": {}, "action": "ping" }', "ping"),
        (b'{"action":"something_new","payload":{}}', "something_new"),
        (b'{"action":7}', "unreadable"),
        (b'{"action":"pi\\u0000ng"}', "unreadable"),
        (b"[]", "unreadable"),
        (b"", "unreadable"),
        (b"\xff\xfe", "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (b'{"action":"ping","payload":', "unreadable"),
        (b'{"action":' + b"9" * 10_000 + b"}", "unreadable"),
    ],
)
def test_peek_names_the_action_or_says_unreadable(body: bytes, action: str) -> None:
    """A correctly signed body that nobody can read still gets a row."""
    assert greenhouse.peek({}, body).action == action


@given(st.binary())
def test_peek_never_raises(body: bytes) -> None:
    """The door stores whatever was signed."""
    assert greenhouse.peek({"greenhouse-event-id": "e"}, body).dedupe_key == "event:e"


def test_greenhouse_is_a_vendor_with_its_own_statuses() -> None:
    """Greenhouse counts exactly 200 as delivered and sends again after 503."""
    vendor = VENDORS["greenhouse"]
    assert (vendor.SUCCESS_STATUS, vendor.RETRY_STATUS) == (200, 503)
