"""The generic door: only what was signed, and lately, comes in."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.ats import generic
from app.ats.vendor import VENDORS
from app.demo.ats import SimulatedAts
from app.demo.faults import Fault, FaultKind
from app.demo.generic import SimulatedGeneric
from app.demo.generic_push import WAITS
from app.demo.loopback import Answer, Asked, Loopback
from app.demo.people import Newcomer
from app.errors import BadSignature

PLAIN = "a-plain-secret-of-our-own"
CODED = "whsec_dGhpcnR5LXR3byBieXRlcyBvZiBvdXIgb3duIGtleS4="
BODY = b'{"type":"ping"}'
AT = 1_793_600_000
NOW = datetime.fromtimestamp(AT, UTC)


def headers(
    secret: str = PLAIN, *, body: bytes = BODY, at: int = AT, event: str = "event-1"
) -> dict[str, str]:
    return {
        "webhook-id": "event-1",
        "webhook-timestamp": str(at),
        "webhook-signature": generic.signature("event-1", at, BODY, secret),
    }


def refused(
    given_headers: dict[str, str], body: bytes = BODY, secrets: tuple[str, ...] = (PLAIN, CODED)
) -> bool:
    with pytest.raises(BadSignature):
        generic.verify(given_headers, body, secrets, NOW)
    return True


def test_fixed_vectors_verify() -> None:
    """The scheme does not drift, for both kinds of secret: values that openssl computed."""
    assert headers()["webhook-signature"] == "v1,5YmjsNu2vDAAy3x63TikMxPJHCbbNZGSFYe5skyDy5E="
    assert headers(CODED)["webhook-signature"] == "v1,D7vJWfFMWgFS4U4RWwOhXslsRASl9xI+qjs4reCzhmA="
    for secret in (PLAIN, CODED):
        generic.verify(headers(secret), BODY, [PLAIN, CODED], NOW)


def test_a_secret_that_only_looks_coded_is_used_as_it_stands() -> None:
    """Whatever somebody types, both sides have the same bytes."""
    odd = "whsec_is*not*base64*at*all"
    assert generic.key_of(odd) == odd.encode()
    generic.verify(headers(odd), BODY, [odd], NOW)


def test_one_of_several_signatures_is_enough() -> None:
    """A sender that changes its secret signs with both; other versions of the scheme are passed over."""
    ours, other = headers()["webhook-signature"], headers("another-secret-of-theirs")["webhook-signature"]
    for several in (f"{other} {ours}", f"{ours} {other}", f"v1a,AAAA {ours}", f"{ours}  v2,{ours[3:]}"):
        generic.verify(headers() | {"webhook-signature": several}, BODY, [PLAIN], NOW)
    assert refused(headers() | {"webhook-signature": f"{other} v1a,{ours[3:]} v2,{ours[3:]}"})


def test_each_active_secret_is_good_and_no_other() -> None:
    """While a secret is rotated both work; an empty one never does."""
    for used in ("old", "new"):
        generic.verify(headers(used), BODY, ["new", "old"], NOW)
    assert refused(headers("older"), secrets=("new", "old"))
    assert refused(headers(""), secrets=("", "new"))
    assert refused(headers(), secrets=())


@pytest.mark.parametrize("seconds", [-301, -300, 0, 300, 301, 10**11])
def test_a_time_more_than_five_minutes_away_is_a_replay(seconds: int) -> None:
    """Either way, and however well it was signed."""
    given_headers = headers(at=AT + seconds)
    if abs(seconds) <= 300:
        generic.verify(given_headers, BODY, [PLAIN], NOW)
    else:
        assert refused(given_headers)
        generic.verify(given_headers, BODY, [PLAIN])  # without a clock nobody can tell


def test_the_id_and_the_time_are_signed_as_well() -> None:
    """Neither may change on the way: the id is what an event is counted by."""
    assert refused(headers() | {"webhook-id": "event-2"})
    assert refused(headers() | {"webhook-timestamp": str(AT + 1)})


@given(position=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
def test_every_flipped_byte_of_the_body_is_refused(position: int, flip: int) -> None:
    """No byte of the body may change on the way."""
    changed = bytearray(BODY)
    changed[position] ^= flip
    assert refused(headers(), bytes(changed))


@given(
    name=st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]),
    value=st.text() | st.from_regex(r"v1,.{44}") | st.binary().map(lambda raw: raw.decode("latin-1")),
)
@example("webhook-timestamp", "9" * 5_000)
@example("webhook-timestamp", "٣٣٣٣٣٣٣٣٣٣")
@example("webhook-timestamp", "-1793600000")
@example("webhook-timestamp", "1793600000.0")
@example("webhook-signature", "v1")
@example("webhook-signature", "v1,")
@example("webhook-signature", "v1,é")
@example("webhook-signature", "\udcff")
@example("webhook-signature", "v1,a,b,c")
@example("webhook-signature", " " * 10_000)
@example("webhook-id", "with.stop")
@example("webhook-id", "x" * 500)
@example("webhook-id", "event\n1")
def test_hostile_headers_are_bad_signatures_and_nothing_else(name: str, value: str) -> None:
    """Whatever a stranger writes into a header is a refusal, never another error."""
    assert refused(headers() | {name: value})
    assert refused({other: said for other, said in headers().items() if other != name})


def test_a_refusal_says_what_to_mend() -> None:
    """Who writes a sender by hand reads the answer."""
    for given_headers, word in (
        ({}, "webhook-id"),
        ({"webhook-id": "e"}, "webhook-timestamp"),
        (headers(at=AT - 3600), "five minutes"),
    ):
        with pytest.raises(BadSignature, match=word):
            generic.verify(given_headers, BODY, [PLAIN], NOW)


@pytest.mark.parametrize(
    ("body", "action"),
    [
        (b'{"type":"application.created","x":1}', "application.created"),
        (b'{ "x": {}, "type": "ping" }', "ping"),
        (b'{"type":"something.New"}', "something.New"),
        (b'{"type":7}', "unreadable"),
        (b'{"type":"pi\\u0000ng"}', "unreadable"),
        (b"[]", "unreadable"),
        (b"\xff\xfe", "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (b'{"x":' + b"9" * 10_000 + b"}", "unreadable"),
    ],
)
def test_peek_names_the_type_or_says_unreadable(body: bytes, action: str) -> None:
    """A correctly signed body that nobody can read still gets a row, under the sender's id."""
    found = generic.peek({"webhook-id": "e-1"}, body)
    assert (found.dedupe_key, found.vendor_event_id, found.action) == ("event:e-1", "e-1", action)


def test_a_person_is_told_how_to_sign() -> None:
    """Everything that a sender needs, and both kinds of keys."""
    told = "\n".join(generic.setup.by_hand("https://hear.example/webhooks/con_1"))
    for word in (
        "https://hear.example/webhooks/con_1",
        "webhook-id",
        "v1,",
        "whsec_",
        "UTF-8",
        "five minutes",
    ):
        assert word in told
    assert VENDORS["generic"].api is None


class Receiver:
    """Answers with the statuses given, one after the other, the last one for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.asked: list[Asked] = []

    async def handle(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return Answer(self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0])


async def test_the_simulator_sends_again_as_the_specification_says() -> None:
    """After 5 seconds, then 5 minutes and so on: the same id, signed anew each time."""
    receiver, machine = Receiver(503, 500, 202), [NOW]
    async with Loopback(receiver.handle) as server:
        sender: SimulatedAts = SimulatedGeneric(server.url, PLAIN, now=lambda: machine[0])
        user = sender.add_user("Mia Berger", "mia@ostwind.example", NOW)
        sender.add_job("Welder", ["Review"], NOW, recruiter=user, manager=user)
        at = NOW
        for wait in (timedelta(), timedelta(seconds=5), timedelta(minutes=5)):
            at += wait
            machine[0] = at
            assert await sender.deliver_due(at - timedelta(seconds=1)) == []
            assert len(await sender.deliver_due(at)) == 1
            last = receiver.asked[-1]
            generic.verify(last.headers, last.body, [PLAIN], at)
    assert len({asked.headers["webhook-id"] for asked in receiver.asked}) == 1
    assert sender.push.webhooks[0].delivered
    assert sum(WAITS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


async def test_the_simulator_stops_when_it_is_told_to() -> None:
    """410 ends it."""
    receiver = Receiver(410)
    async with Loopback(receiver.handle) as server:
        sender = SimulatedGeneric(server.url, PLAIN)
        sender.fault(Fault("/", FaultKind.ERROR))  # it has no API that could go wrong
        user = sender.add_user("Mia Berger", "mia@ostwind.example", NOW)
        job = sender.add_job("Welder", ["Review"], NOW, recruiter=user, manager=user)
        sender.apply(Newcomer("Noémi", "Lefèvre"), job, NOW)
        await sender.deliver_due(NOW)
        assert await sender.deliver_due(NOW + timedelta(days=9)) == []
    assert json.loads(receiver.asked[0].body)["type"] == "job.opened"
    assert (sender.settings, sender.notes) == ({}, ())
