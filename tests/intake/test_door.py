"""The door's answers, one status each."""

import asyncio
import json

import httpx
import pytest

from app.db import unit_of_work
from app.ids import new_id
from app.intake import connections
from app.intake.config import ConnectionSecrets, ConnectionSettings
from tests.intake.house import NOON, SECRET, House, ask, disable, signed, stage_change


def problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told["code"]) == (status, code)
    assert told["type"]
    assert told["title"]
    assert told["detail"]
    assert told["correlation_id"] == answer.headers["x-correlation-id"]


async def test_a_signed_webhook_is_stored_and_answered_with_exactly_200(house: House) -> None:
    """The answer carries the event's id, under which the event and its bytes can be found."""
    body = stage_change(7)
    answer = await house.post(body, signed(body, event_id="gh-7"))
    assert (answer.status_code, answer.content) == (200, b"")
    [event] = await house.rows("SELECT * FROM event")
    assert event["id"] == answer.headers["x-correlation-id"]
    assert event["connection_id"] == house.connection_id
    assert event["dedupe_key"] == "event:gh-7"
    assert event["action"] == "candidate_stage_change"
    assert event["state"] == "pending"
    assert event["received_at"] == NOON
    [raw] = await house.rows("SELECT * FROM raw_body")
    assert raw["received_at"] == NOON
    assert house.vault.unseal(raw["body"], event["id"]) == body


async def test_bodies_are_sealed_at_rest(house: House) -> None:
    """Nothing of a body's words is in the tables, and a sealed body opens for its own event only."""
    await house.post(stage_change(name="Wilhelmina Quist"))
    [raw] = await house.rows("SELECT e.*, r.body FROM event e JOIN raw_body r ON r.event_id = e.id")
    assert b"Wilhelmina" not in raw["body"]
    assert "Wilhelmina" not in str([value for value in raw.values() if isinstance(value, str)])
    with pytest.raises(Exception, match="altered"):
        house.vault.unseal(raw["body"], new_id("evt"))


async def test_one_flipped_bit_is_401(house: House) -> None:
    """At any place in the body, and nothing is stored."""
    body = stage_change()
    headers = signed(body)
    for place in range(0, len(body), 37):
        altered = bytearray(body)
        altered[place] ^= 1
        problem(await house.post(bytes(altered), headers), 401, "bad-signature")
    assert await house.count() == 0


async def test_a_missing_or_wrong_signature_is_401(house: House) -> None:
    for value in (None, "", "sha256", "sha256 zz", "md5 " + "a" * 64, "sha256 " + "a" * 64):
        headers = signed(stage_change())
        headers.pop("Signature")
        if value is not None:
            headers["Signature"] = value
        problem(await house.post(stage_change(), headers), 401, "bad-signature")
    assert await house.count() == 0


async def test_an_unknown_connection_is_404(house: House) -> None:
    body = stage_change()
    for name in (new_id("con"), "", "a/b", "%00", "%F0%9F%92%A9", "x" * 500):
        house.seconds[0] += 10
        answer = await house.client.post(f"/webhooks/{name}", content=body, headers=signed(body))
        problem(answer, 404, "unknown-connection")


async def test_a_disabled_connection_is_404_within_seconds(house: House) -> None:
    assert (await house.post(stage_change())).status_code == 200
    await disable(house)
    house.seconds[0] += 6
    problem(await house.post(stage_change()), 404, "unknown-connection")


async def test_a_new_connection_works_at_once(house: House) -> None:
    """Greenhouse's ping, sent the moment the webhook is saved, must not fail: it would be stored disabled."""
    await house.post(stage_change())
    async with unit_of_work(house.sessions) as session:
        second = await connections.add(
            session,
            house.vault,
            vendor="greenhouse",
            name="Second",
            settings=ConnectionSettings(),
            secrets=ConnectionSecrets(signing_secrets=["another-secret-altogether"]),
            now=NOON,
        )
    house.seconds[0] += 0.3
    body = stage_change()
    headers = signed(body, secret="another-secret-altogether")
    answer = await house.client.post(f"/webhooks/{second.id}", content=body, headers=headers)
    assert answer.status_code == 200


async def test_both_secrets_count_during_rotation_and_one_after_it(house: House) -> None:
    """The new one at once, the old one until it is retired."""
    body = stage_change()
    assert (await house.post(body)).status_code == 200
    async with unit_of_work(house.sessions) as session:
        fresh = await connections.rotate_secret(session, house.vault, house.connection_id)
    house.seconds[0] += 1.5
    assert (await house.post(body, signed(body, secret=fresh))).status_code == 200
    assert (await house.post(body, signed(body, secret=SECRET))).status_code == 200
    async with unit_of_work(house.sessions) as session:
        await connections.retire_old_secret(session, house.vault, house.connection_id)
    house.seconds[0] += 6
    problem(await house.post(body, signed(body, secret=SECRET)), 401, "bad-signature")
    assert (await house.post(body, signed(body, secret=fresh))).status_code == 200


async def test_too_large_a_body_is_413_with_and_without_its_length(house: House) -> None:
    """Refused before it is read where the length is said, and as soon as it is too long where not."""
    chunk = b"x" * 20_000
    for headers, chunks in (([(b"content-length", b"50001")], []), ([], [chunk] * 1_000)):
        status, told, said = await ask(house.door, house.path, headers, chunks)
        assert (status, told["connection"]) == (413, "close")
        assert json.loads(said)["code"] == "too-large"
    status, _, _ = await ask(house.door, house.path, [(b"content-length", b"9" * 5_000)], [])
    assert status == 413


async def test_a_request_without_a_body_is_400(house: House) -> None:
    problem(await house.post(b"", signed(b"")), 400, "malformed-body")


async def test_who_leaves_before_the_end_of_the_body_leaves_nothing(house: House) -> None:
    body = stage_change()
    sent = [(name.lower().encode(), value.encode()) for name, value in signed(body).items()]

    async def door(scope: object, receive: object, send: object) -> None:
        await house.door(scope, receive, send)  # type: ignore[arg-type]

    assert await ask(door, house.path, sent, []) == (0, {}, b"")
    assert await house.count() == 0


async def test_a_signed_body_that_cannot_be_read_is_stored(house: House) -> None:
    """The ATS would only send the same again; the reader sets it aside, where a person sees it."""
    bodies = [b"{", b"\xff\xfe", b"[]", b"null", b"not json", b'{"action": 5}', b"\0"]
    for body in bodies:
        assert (await house.post(body)).status_code == 200
    events = await house.rows("SELECT action, state FROM event")
    assert [tuple(event) for event in events] == [("unreadable", "pending")] * len(bodies)


async def test_only_post_is_allowed(house: House) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
        answer = await house.client.request(method, house.path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_a_hundred_at_once_of_the_same_event_are_one_row(house: House) -> None:
    """All are answered with success and the same event id; the workers are woken once."""
    body = stage_change()
    headers = signed(body, event_id="the-same")
    answers = await asyncio.gather(*(house.post(body, headers) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    [event] = await house.rows("SELECT id FROM event")
    assert {answer.headers["x-correlation-id"] for answer in answers} == {event["id"]}
    assert await house.count() == 1
    assert len(house.nudges) == 1


async def test_the_content_counts_only_where_the_event_id_is_missing(house: House) -> None:
    """Equal bytes without an id are one event; with distinct ids they are two."""
    body = stage_change()
    bare = {name: value for name, value in signed(body).items() if name != "Greenhouse-Event-ID"}
    first, again = await house.post(body, bare), await house.post(body, bare)
    assert first.headers["x-correlation-id"] == again.headers["x-correlation-id"]
    await house.post(body, signed(body, event_id="one"))
    await house.post(body, signed(body, event_id="two"))
    assert await house.count() == 3
