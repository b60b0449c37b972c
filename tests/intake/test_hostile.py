"""Whatever is sent, the door never answers with a 5xx and never stores what was not signed."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ats import greenhouse
from app.ats.delivery import Delivery
from app.intake.door import _storable_key
from tests.intake.house import SECRET, House, ask

RELAXED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(first=st.text(max_size=3_000), second=st.text(max_size=3_000))
def test_any_vendors_dedupe_key_becomes_one_that_a_column_takes(first: str, second: str) -> None:
    """Short, printable, and different for different keys."""
    keys = [_storable_key(Delivery(key, None, "ping")) for key in (first, second)]
    assert all(key.isascii() and key.isprintable() and 0 < len(key) <= 200 for key in keys)
    assert (keys[0] == keys[1]) == (first == second)


names = st.sampled_from(
    [b"signature", b"greenhouse-event-id", b"content-type", b"content-length", b"content-encoding", b"x"],
)
headers = st.lists(st.tuples(names, st.binary(max_size=300)), max_size=8)
paths = st.one_of(st.just(None), st.text(max_size=40))
methods = st.sampled_from(["POST", "POST", "POST", "GET", "PATCH"])


@RELAXED
@given(headers=headers, chunks=st.lists(st.binary(max_size=2_000), max_size=4), path=paths, method=methods)
async def test_anything_unsigned_is_refused(
    house: House,
    headers: list[tuple[bytes, bytes]],
    chunks: list[bytes],
    path: str | None,
    method: str,
) -> None:
    house.seconds[0] += 10
    where = house.path if path is None else f"/webhooks/{path}"
    status, told, body = await ask(house.door, where, headers, chunks, method=method)
    assert status in {0, 400, 401, 404, 405, 413}
    if status:
        assert json.loads(body)["correlation_id"] == told["x-correlation-id"]
    assert await house.count() == 0


@RELAXED
@given(
    body=st.one_of(
        st.binary(min_size=1, max_size=3_000),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=30),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
            ),
        ).map(lambda value: json.dumps(value).encode()),
        st.text(max_size=300).map(lambda action: json.dumps({"action": action, "payload": {}}).encode()),
        st.integers(1_000, 20_000).map(lambda depth: b'{"payload":' + b"[" * depth),
    ),
    event_id=st.none() | st.binary(max_size=3_000),
    more=headers,
)
async def test_anything_signed_is_stored(
    house: House,
    body: bytes,
    event_id: bytes | None,
    more: list[tuple[bytes, bytes]],
) -> None:
    """Also with an event id or an action that no column takes: the sender would only send it again."""
    ours = {b"signature", b"greenhouse-event-id", b"content-length"}
    known = [pair for pair in more if pair[0] not in ours]
    known.append((b"signature", greenhouse.signature(body, SECRET).encode()))
    if event_id is not None:
        known.append((b"greenhouse-event-id", event_id))
    status, told, _ = await ask(house.door, house.path, known, [body[:7], body[7:]])
    assert status == 200
    [raw] = await house.rows("SELECT body FROM raw_body WHERE event_id = $1", told["x-correlation-id"])
    if event_id is None:  # else it may be a duplicate of an earlier example
        assert house.vault.unseal(raw["body"], told["x-correlation-id"]) == body
