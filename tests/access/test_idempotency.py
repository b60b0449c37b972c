"""An act asked for twice is done once, and answered twice."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from app.access import idempotency
from app.access.idempotency import Answer, Asked
from app.db import unit_of_work
from app.errors import IdempotencyKeyReused
from tests.api.house import House

BODY = {"name": "board", "scopes": ["read"]}


async def keys_of(house: House, headers: dict[str, str]) -> int:
    """How many keys there are."""
    return len((await house.client.get("/v1/keys", headers=headers)).json()["items"])


async def test_the_same_request_with_the_same_key_is_done_once(house: House) -> None:
    """The second answer is the first one, byte for byte, and says so."""
    headers = await house.headers("admin", Idempotency_Key="k-1")
    first = await house.client.post("/v1/keys", headers=headers, json=BODY)
    second = await house.client.post("/v1/keys", headers=headers, json=BODY)
    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert await keys_of(house, headers) == 2


@pytest.mark.parametrize("change", ["body", "path"])
async def test_the_same_key_with_another_request_is_refused(house: House, change: str) -> None:
    """A key names one act; another act with it is a mistake, and does nothing."""
    headers = await house.headers("admin", Idempotency_Key="k-1")
    await house.client.post("/v1/keys", headers=headers, json=BODY)
    path = "/v1/keys?again=1" if change == "path" else "/v1/keys"
    other = await house.client.post(
        path, headers=headers, json={**BODY, "name": change} if change == "body" else BODY
    )
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    assert await keys_of(house, headers) == 2


async def test_many_at_once_act_once(house: House) -> None:
    """Ten requests at the same moment: one key is made, and all get the same answer."""
    headers = await house.headers("admin", Idempotency_Key="k-1")
    asked = [house.client.post("/v1/keys", headers=headers, json=BODY) for _ in range(10)]
    answers = await asyncio.gather(*asked)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 9
    assert await keys_of(house, headers) == 2


async def test_one_that_waits_too_long_is_told_when_to_try_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the first request is still at work, a second one does not act; it hears 409 with Retry-After."""
    monkeypatch.setattr(idempotency, "_WAIT", "50ms")
    headers = await house.headers("admin", Idempotency_Key="k-1")
    actor = f"key:key_{headers['Authorization'].split('_')[1]}"
    async with house.services.engine.connect() as first:  # rolls back on leaving
        claim = (
            "INSERT INTO idempotent_answer (key, actor, request_hash, created_at) VALUES ('k-1', :a, '', :n)"
        )
        await first.execute(text(claim), {"a": actor, "n": house.machine.now()})
        answer = await house.client.post("/v1/keys", headers=headers, json=BODY)
    assert (answer.status_code, answer.json()["code"]) == (409, "busy")
    assert answer.headers["retry-after"] == "1"
    assert (await house.client.post("/v1/keys", headers=headers, json=BODY)).status_code == 201


async def test_a_refused_act_may_be_tried_again_with_the_same_key(house: House) -> None:
    """Only what was done is remembered."""
    headers = await house.headers("act", Idempotency_Key="k-1")
    assert (await house.client.post("/v1/events/evt_1/replay", headers=headers)).status_code == 404
    await house.add_connection()
    await house.add_events(["evt_1"])
    assert (await house.client.post("/v1/events/evt_1/replay", headers=headers)).status_code == 200
    again = await house.client.post("/v1/events/evt_1/replay", headers=headers)
    assert (again.status_code, again.json()["replays"]) == (200, 1)


async def test_two_callers_may_use_the_same_words(house: House) -> None:
    """Keys belong to their callers: nobody is shown another's answer."""
    answers: list[httpx.Response] = []
    for _ in range(2):
        headers = await house.headers("admin", Idempotency_Key="k-1")
        answers.append(await house.client.post("/v1/keys", headers=headers, json=BODY))
    assert answers[0].json()["id"] != answers[1].json()["id"]


async def test_a_revoked_caller_gets_no_stored_answer(house: House) -> None:
    """A replay is authenticated like any request."""
    headers = await house.headers("admin", Idempotency_Key="k-1")
    own = f"key_{headers['Authorization'].split('_')[1]}"
    assert (await house.client.post(f"/v1/keys/{own}/revoke", headers=headers)).status_code == 200
    assert (await house.client.post(f"/v1/keys/{own}/revoke", headers=headers)).status_code == 401


async def test_after_a_day_the_key_is_free_again(house: House) -> None:
    """Answers are kept for 24 hours, no longer, whether swept or not."""
    headers = await house.headers("admin", Idempotency_Key="k-1")
    await house.client.post("/v1/keys", headers=headers, json=BODY)
    house.machine.advance(timedelta(hours=24))
    again = await house.client.post("/v1/keys", headers=headers, json={**BODY, "name": "other"})
    assert (again.status_code, again.json()["name"]) == (201, "other")
    house.machine.advance(timedelta(hours=23))
    async with unit_of_work(house.services.sessions) as session:
        assert await idempotency.sweep(session, house.machine.now()) == 0
        assert await idempotency.sweep(session, house.machine.now() + timedelta(hours=1)) == 1


async def test_a_stored_answer_cannot_be_read_in_the_table(house: House) -> None:
    """An answer that shows a new secret is sealed, and bound to its caller and key."""
    headers = await house.headers("admin", Idempotency_Key="k-1")
    made = await house.client.post("/v1/keys", headers=headers, json=BODY)
    async with house.services.engine.connect() as connection:
        body = (await connection.execute(text("SELECT body FROM idempotent_answer"))).scalar_one()
        await connection.execute(text("UPDATE idempotent_answer SET key = 'k-2'"))
        await connection.commit()
    assert made.json()["key"].encode() not in body
    moved = await house.client.post("/v1/keys", headers={**headers, "Idempotency-Key": "k-2"}, json=BODY)
    assert moved.status_code == 409


async def test_the_answer_is_stored_with_the_act_or_not_at_all(house: House) -> None:
    """What rolls back leaves no answer behind that would claim it was done."""
    request = Asked("k-1", "key:key_x", b"hash")
    vault, now = house.services.vault, house.machine.now()
    async with house.services.sessions() as session:  # never committed
        assert await idempotency.claim(session, vault, request, now) is None
        await idempotency.keep(session, vault, request, Answer(200, b"{}"))
    async with unit_of_work(house.services.sessions) as session:
        assert await idempotency.claim(session, vault, request, now) is None
        await idempotency.keep(session, vault, request, Answer(200, b"{}"))
    async with unit_of_work(house.services.sessions) as session:
        assert await idempotency.claim(session, vault, request, now) == Answer(200, b"{}")
        with pytest.raises(IdempotencyKeyReused):
            await idempotency.claim(session, vault, Asked("k-1", "key:key_x", b"another"), now)


async def test_an_unusable_key_is_400(house: House) -> None:
    """A key that cannot be kept must not be taken for protection."""
    headers = await house.headers("admin")
    for key in ("", " ", "x" * 201, "naïve"):
        given = {**headers, "Idempotency-Key": key}
        sent = [(name.encode(), value.encode("latin-1")) for name, value in given.items()]
        answer = await house.client.post("/v1/keys", headers=sent, json=BODY)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
