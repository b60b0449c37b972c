"""Lists in pages: everything exactly once, whatever happens meanwhile."""

import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.db import unit_of_work
from app.errors import UnknownCursor
from app.intake.models import Event
from app.pages import PageAsked, paginate
from tests.api.house import NOON, House

ORDER = [col(Event.received_at), col(Event.id)]


async def test_a_walk_sees_everything_once_while_rows_are_added(house: House) -> None:
    """New rows neither push a row onto the next page twice nor hide one; many rows share one instant."""
    await house.add_connection()
    first = [f"evt_{number:03}" for number in range(23)]
    await house.add_events(first)
    headers, seen, cursor = await house.headers("read"), [], None
    for step in range(20):
        params = {"limit": 5} if cursor is None else {"limit": 5, "cursor": cursor}
        page = (await house.client.get("/v1/events", headers=headers, params=params)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        await house.add_events([f"new_{step}"], received_at=NOON + timedelta(seconds=1 + step))
    assert seen == sorted(first, reverse=True)


async def test_oldest_first_walks_the_other_way(house: House) -> None:
    """The last page has no cursor, also when it is full."""
    await house.add_connection()
    await house.add_events(["evt_1", "evt_2", "evt_3", "evt_4"])
    async with unit_of_work(house.services.sessions) as session:
        rows, cursor = await paginate(session, select(Event), ORDER, PageAsked(2), newest_first=False)
        assert [row.id for row in rows] == ["evt_1", "evt_2"]
        rows, cursor = await paginate(session, select(Event), ORDER, PageAsked(2, cursor), newest_first=False)
    assert ([row.id for row in rows], cursor) == (["evt_3", "evt_4"], None)


async def test_filters_hold_on_every_page(house: House) -> None:
    """The cursor says where, the query says what."""
    await house.add_connection()
    await house.add_events(["evt_1", "evt_2", "evt_3"], state="dead")
    await house.add_events(["evt_4", "evt_5"])
    headers, params = await house.headers("read"), {"limit": "1", "state": "dead", "connection": "con_1"}
    page = (await house.client.get("/v1/events", headers=headers, params=params)).json()
    page = (
        await house.client.get(
            "/v1/events", headers=headers, params={**params, "cursor": page["next_cursor"]}
        )
    ).json()
    assert [item["id"] for item in page["items"]] == ["evt_2"]
    nothing = await house.client.get("/v1/events", headers=headers, params={"connection": "con_2"})
    assert nothing.json() == {"items": [], "next_cursor": None}


def forged(*values: object) -> str:
    """What somebody might make of a cursor."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


FORGED: list[tuple[object, ...]] = [
    (),
    ("event.received_at,event.id desc",),
    ("event.received_at,event.id", "2026-01-01T00:00:00+00:00", "evt_1"),
    ("event.received_at,event.id desc", "2026-01-01T00:00:00", "evt_1"),
    ("event.received_at,event.id desc", "0001-01-01T00:00:00+14:00", "evt_1"),
    ("event.received_at,event.id desc", 7, "evt_1"),
    ("event.received_at,event.id desc", "2026-01-01T00:00:00+00:00", 7),
    ("event.received_at,event.id desc", "2026-01-01T00:00:00+00:00", "a\0"),
    ("event.received_at,event.id desc", "2026-01-01T00:00:00+00:00", "\ud800"),
    ("event.received_at,event.id desc", "2026-01-01T00:00:00+00:00", "evt_1", "more"),
]


async def test_a_cursor_that_is_not_ours_is_refused(house: House) -> None:
    """Whatever does not fit this list's order is told apart, not guessed at."""
    async with unit_of_work(house.services.sessions) as session:
        for values in FORGED:
            with pytest.raises(UnknownCursor):
                await paginate(session, select(Event), ORDER, PageAsked(2, forged(*values)))


async def test_a_cursor_that_fits_is_accepted(house: House) -> None:
    """The forgeries above differ from a good cursor in one point each."""
    good = forged("event.received_at,event.id desc", "2026-01-01T00:00:00+00:00", "evt_1")
    async with unit_of_work(house.services.sessions) as session:
        assert await paginate(session, select(Event), ORDER, PageAsked(2, good)) == ([], None)


async def test_garbage_is_no_cursor(house: House) -> None:
    """Nothing a caller can type gets further than 400."""
    headers = await house.headers("read")
    for text in ("", "x", "é", "[]", "a" * 5_000, forged([[[[]]]] * 3)):
        answer = await house.client.get("/v1/events", headers=headers, params={"cursor": text})
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown-cursor")
