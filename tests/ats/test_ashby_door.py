"""The Ashby door: only signed bytes come in, whatever is thrown at it."""

import hashlib
import hmac
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.ats import ashby
from app.ats.vendor import VENDORS
from app.errors import BadSignature
from tests.ats.ashby_samples import SECRET, SHARED

BODY = (
    b'{"webhookActionId":"5d0c","action":"candidateStageChange","data":{"application":{"id":"app-1",'
    b'"candidate":{"id":"can-1","name":"No\\u00e9mi <b>"}}}}'
)
SIGNED = "sha256=23d58f3ccb17c9875750cc7697f7bd2d040a417927b63eae17661161747af32a"


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"ashby-signature": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def refused(headers: dict[str, str], body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)) -> bool:
    with pytest.raises(BadSignature):
        ashby.verify(headers, body, secrets)
    return True


def test_a_fixed_vector_verifies() -> None:
    """The scheme itself does not drift: a value computed outside of this code."""
    ashby.verify({"ashby-signature": SIGNED}, BODY, [SECRET])
    assert ashby.signature(BODY, SECRET) == SIGNED
    assert refused({"ashby-signature": SIGNED}, json.dumps(json.loads(BODY)).encode())


@pytest.mark.skipif(not SHARED.exists(), reason="the shared vectors are not here")
def test_the_shared_vectors_verify() -> None:
    """Every shared Ashby vector is accepted."""
    vectors = [
        one for one in json.loads((SHARED / "signature_vectors.json").read_text()) if one["vendor"] == "ashby"
    ]
    assert vectors
    for vector in vectors:
        body = (SHARED / vector["body_file"]).read_bytes()
        ashby.verify({"ashby-signature": vector["header_value"]}, body, [vector["secret"]])


def test_each_active_secret_is_good_and_no_other() -> None:
    """While a secret is rotated both work: Ashby never repeats what was refused. An empty one never does."""
    for used in ("old", "new"):
        ashby.verify(signed(BODY, used), BODY, ["new", "old"])
    assert refused(signed(BODY, "older"), secrets=("new", "old"))
    assert refused(signed(BODY, ""), secrets=("", "new"))
    assert refused(signed(BODY), secrets=())


@given(position=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
def test_every_flipped_byte_of_the_body_is_refused(position: int, flip: int) -> None:
    """No byte of the body may change on the way."""
    changed = bytearray(BODY)
    changed[position] ^= flip
    assert refused(signed(BODY), bytes(changed))


@given(position=st.integers(0, len(SIGNED) - 1), flip=st.integers(1, 255))
def test_every_flipped_character_of_the_signature_is_refused(position: int, flip: int) -> None:
    """No character of the header may change, except the case of a digit."""
    changed = SIGNED[:position] + chr(ord(SIGNED[position]) ^ flip) + SIGNED[position + 1 :]
    if changed.lower() == SIGNED and changed[:7] == SIGNED[:7]:
        ashby.verify({"ashby-signature": changed}, BODY, [SECRET])
    else:
        assert refused({"ashby-signature": changed})


@given(value=st.one_of(st.text(), st.from_regex(r"sha256=.{64}")))
@example("")
@example("sha256=")
@example("SHA256=" + "0" * 64)
@example("sha256 " + "0" * 64)
@example("sha256=" + "é" * 64)
@example("sha256=" + "٣" * 64)
@example("sha256=" + "0" * 65)
@example("sha256=" + "0" * 64 + "\n")
def test_hostile_headers_are_bad_signatures_and_nothing_else(value: str) -> None:
    """Whatever a stranger writes into the header is a refusal, never another error."""
    assert refused({"ashby-signature": value})
    assert refused({})


def test_related_webhooks_of_one_change_are_two_events_and_a_repeat_is_none() -> None:
    """Ashby gives a stage change and its update one id, so the action is part of the key."""
    update = BODY.replace(b"candidateStageChange", b"applicationUpdate")
    first, second, again = (ashby.peek({}, body) for body in (BODY, update, BODY + b" "))
    assert first.dedupe_key == again.dedupe_key != second.dedupe_key
    assert first.vendor_event_id == second.vendor_event_id == "5d0c"
    assert (first.action, second.action) == ("candidateStageChange", "applicationUpdate")


@pytest.mark.parametrize(
    ("body", "action"),
    [
        (b'{"action":"ping","data":{"webhookActionType":"ping"}}', "ping"),
        (b'{"action":"somethingNew","webhookActionId":""}', "somethingNew"),
        (b'{"action":"somethingNew","webhookActionId":"a\\u0000b"}', "somethingNew"),
        (b'{"action":"pi\\u0000ng","webhookActionId":"5d0c"}', "unreadable"),
        (b'{"action":7,"webhookActionId":"5d0c"}', "unreadable"),
        (b'{"action":"ping"', "unreadable"),
        (b"[]", "unreadable"),
        (b"\xff\xfe", "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (b'{"action":' + b"9" * 10_000 + b"}", "unreadable"),
    ],
)
def test_without_an_id_the_content_is_the_key(body: bytes, action: str) -> None:
    """A correctly signed body that nobody can read still gets a row, and a name where there is one."""
    seen = ashby.peek({}, body)
    assert (seen.dedupe_key, seen.action) == (f"sha256:{hashlib.sha256(body).hexdigest()}", action)
    assert seen.vendor_event_id is None


@given(st.binary())
def test_peek_never_raises(body: bytes) -> None:
    """The door stores whatever was signed."""
    assert ashby.peek({}, body).dedupe_key


def test_ashby_never_gives_up_because_of_us() -> None:
    """What we answer while we cannot take a webhook is a status after which Ashby sends it again."""
    vendor = VENDORS["ashby"]
    assert vendor.SUCCESS_STATUS == 200
    assert vendor.RETRY_STATUS not in {401, 403, 404, 405, 410}
    assert vendor.handshake({}, BODY) is None
