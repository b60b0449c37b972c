"""Held back in the transaction that sends; gathered once a day; told where a person prefers to hear."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app import flow
from app.db import unit_of_work
from app.delivery.claim import claim_batch
from app.delivery.held import stop_thread
from app.delivery.models import Delivery
from app.demo.round_time import next_due
from app.followups import preferences
from app.followups.caps import counts
from app.followups.models import FollowUp
from app.followups.preferences import Wish
from app.messages.approval import Desk, approve, supply
from app.timeline.models import Application
from tests.flow.house import drain_due
from tests.flow.small import MONDAY, Small, open_small, webhook

SAME = {"id": 9_501}
TUESDAY = MONDAY + timedelta(days=1)


async def until(small: Small, instant: datetime) -> None:
    """Moves on, stopping wherever something is due on the way."""
    while (following := await next_due(small.services.sessions)) is not None and following <= instant:
        small.clock.at = max(following, small.clock.now() + timedelta(microseconds=1))
        await drain_due(small.flow)
    await small.at(instant)


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    async with open_small(database_url, tmp_path) as opened:
        yield opened


async def _two_jobs(small: Small, *, stage: int = 1) -> None:
    for number in (501, 502):
        await small.hear(webhook("new_candidate_application", MONDAY, application=number, candidate=SAME))
    await small.drain()
    if stage > 1:
        for number in (501, 502):
            moved = webhook("candidate_stage_change", MONDAY, application=number, stage=stage, candidate=SAME)
            await small.hear(moved)
        await small.drain()


async def test_one_automated_mail_a_day_and_three_in_a_row(small: Small) -> None:
    """Two jobs of one candidate share a day's place; the fourth in a row waits on the recruiter, with why."""
    await _two_jobs(small)
    await until(small, MONDAY + timedelta(days=25))
    told = [f for f in await small.rows(FollowUp) if f.recipient == "candidate:9501"]
    mails = {d.follow_up_id: d for d in await small.rows(Delivery, channel="mail", state="sent")}
    counted = [mails[f.id].settled_at for f in told if f.id in mails and counts(f.kind)]
    assert Counter(at.date() for at in counted).most_common(1)[0][1] == 1
    assert len(counted) == 3
    held = [f for f in told if f.held_for == "unanswered"]
    assert held
    assert {f.state for f in held} <= {"waiting_approval", "cancelled", "expired"}
    assert any("have had no answer" in (f.cause or "") for f in held)
    questions = await small.rows(FollowUp, about_id=held[0].id, kind="approval_waiting")
    assert {q.recipient for q in questions} >= {"member:55"}


async def test_two_workers_do_not_both_find_room_for_one_candidate(small: Small) -> None:
    """Who counts while another is just sending to the same candidate waits, and then finds the day full."""
    await _two_jobs(small)
    small.clock.at = MONDAY + timedelta(hours=2)
    await small.flow.messages()
    await small.execute("UPDATE follow_up SET kind = 'holding_update' WHERE state = 'ready'")
    await small.flow.releases()
    claim = partial(
        claim_batch, packer=small.flow._post.packer, at=small.instants(), lease=timedelta(seconds=30), limit=1
    )
    async with unit_of_work(small.services.sessions) as mine, unit_of_work(small.services.sessions) as theirs:
        first, second = await claim(mine), await claim(theirs)
    assert (first.looked, len(first.parcels), second.looked, len(second.parcels)) == (1, 1, 1, 0)
    small.clock.at += timedelta(seconds=6)
    async with unit_of_work(small.services.sessions) as session:
        assert (await claim(session, at=small.instants())).parcels == []
    states = [row.state for row in await small.rows(Delivery, channel="mail")]
    assert sorted(states) == ["cancelled", "sending"]


@pytest.mark.parametrize(("allowed", "state"), [(False, "cancelled"), (True, "waiting_approval")])
async def test_an_answer_stops_what_was_about_to_be_said(small: Small, state: str, *, allowed: bool) -> None:
    """Automated words are cancelled for good; what a person had allowed waits for them to read the answer."""
    await small.hear(webhook("new_candidate_application", MONDAY))
    await small.at(MONDAY + timedelta(minutes=5))
    await small.execute(
        "UPDATE follow_up SET kind = 'holding_update', state = 'ready', approval_needed = :a", a=allowed
    )
    async with unit_of_work(small.services.sessions) as session:
        row = await small.one(Application)
        application = await session.get_one(Application, row.id, with_for_update=True)
        now = MONDAY + timedelta(minutes=6)
        assert await stop_thread(session, application, "the candidate replied", now) == 1
    (told,) = [f for f in await small.rows(FollowUp) if f.kind == "holding_update"]
    assert told.state == state
    assert "the candidate replied" in (told.cause or "")
    assert (await small.one(Application)).heard_at == now


async def test_a_backlog_leaves_minute_by_minute(database_url: str, tmp_path: Path) -> None:
    """Five are due at once and two may leave in a minute: two, two and one."""
    async with open_small(database_url, tmp_path, mails_a_minute=2) as small:
        for number in range(5):
            await small.hear(webhook("new_candidate_application", MONDAY, application=number + 1))
        await small.drain()
        sent = []
        for minute in range(3):
            await small.at(MONDAY + timedelta(hours=2, minutes=minute))
            sent.append(len(await small.rows(FollowUp, state="sent")))
        assert sent == [2, 4, 5]


async def test_what_can_wait_comes_once_a_day_without_a_name(small: Small) -> None:
    """Two nudges of Monday are one mail on Tuesday morning; both are said; nobody's name is in it."""
    await _two_jobs(small, stage=2)
    await until(small, TUESDAY.replace(hour=7, minute=59))
    nudges = await small.rows(FollowUp, kind="scheduling_due")
    assert [n.state for n in nudges] == ["gathered", "gathered"]
    before = len(small.route.sent)
    await until(small, TUESDAY.replace(hour=8, minute=15))
    digest = await small.one(FollowUp, kind="digest")
    assert (digest.state, digest.recipient) == ("sent", "member:55")
    nudges = await small.rows(FollowUp, kind="scheduling_due")
    assert {(n.state, n.digest_id) for n in nudges} == {("sent", digest.id)}
    (mail,) = [mail for _, mail in small.route.sent[before:] if b"Subject: Today" in mail]
    assert mail.count(b"Greenhouse application 50") >= 2
    assert b"Quennell" not in mail
    assert b"Ottoline" not in mail


async def test_no_batch_divides_a_persons_digest(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is for one person goes together, where a batch would end among it."""
    monkeypatch.setattr(flow, "GATHERED", 1)
    await _two_jobs(small, stage=2)
    await until(small, TUESDAY.replace(hour=8, minute=15))
    digest = await small.one(FollowUp, kind="digest")
    nudges = await small.rows(FollowUp, kind="scheduling_due")
    assert [n.digest_id for n in nudges] == [digest.id, digest.id]


async def test_what_is_settled_before_the_morning_is_in_no_digest(small: Small) -> None:
    """Nothing to say: no digest."""
    await _two_jobs(small, stage=2)
    await until(small, TUESDAY.replace(hour=7))
    for number in (501, 502):
        await small.hear(
            webhook("hire_candidate", TUESDAY.replace(hour=7), application=number, candidate=SAME)
        )
    await until(small, TUESDAY.replace(hour=9))
    assert await small.rows(FollowUp, kind="digest") == []
    assert {n.state for n in await small.rows(FollowUp, kind="scheduling_due")} == {"cancelled"}


@asynccontextmanager
async def _room(status: str, said: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A chat room's webhook on this machine, which answers so."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        heard.append(await reader.readexactly(length))
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: {len(said)}\r\n\r\n".encode() + said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook", heard
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    ("status", "said", "state", "posts"),
    [
        ("200 OK", b"ok", "sent", 1),
        ("500 No", b"rollup_error", "unknown", 1),
        ("404 No", b"no_service", "queued", 1),
    ],
)
async def test_the_team_hears_in_its_room_once(
    small: Small, status: str, said: bytes, state: str, posts: int
) -> None:
    """Sent, unknown and held for a person, or kept until the room is mended; never posted twice on hope."""
    async with _room(status, said) as (url, heard):
        async with unit_of_work(small.services.sessions) as session:
            wish = Wish("slack", url, digest=False)
            vault: Any = small.services.vault
            row = await preferences.keep(
                session, vault, small.connection, "55", wish, by="t", now=MONDAY, trial=True
            )
            assert url.encode() not in (row.webhook or b"")
        await _two_jobs(small)
        await small.execute("UPDATE follow_up SET kind = 'talent_pool_due', recipient = 'member:55'")
        await small.execute("DELETE FROM follow_up WHERE application_id <> (SELECT min(id) FROM application)")
        await small.at(MONDAY + timedelta(minutes=11))
        delivery = await small.one(Delivery, channel="slack")
        assert delivery.state == state
        await small.at(MONDAY + timedelta(minutes=20))
        assert len(heard) == posts
        assert b"blocks" in heard[0]


async def _decide(small: Small, row: FollowUp) -> None:
    services = small.services
    async with unit_of_work(services.sessions) as session:
        book, now = await small.flow.shelf.book(session), small.clock.now()
        company = services.settings.company_name
        desk = Desk(session, services.vault, book, company, "en", "Robin Reyes", now)
        if row.state == "waiting_fact":
            await supply(desk, row.id, {"decision.by": "Mara Bexley"})
        await approve(desk, row.id, message_id=None, note=None)


async def _rejection(small: Small) -> FollowUp:
    found: FollowUp = await small.one(FollowUp, kind="rejection_after_screening")
    return found


async def test_a_rejection_beside_a_hire_waits_for_a_person_who_knows(small: Small) -> None:
    """Allowed, then the candidate is hired for another job: held, said why, and allowed again it leaves."""
    await _two_jobs(small)
    noon = MONDAY + timedelta(hours=3)
    small.clock.at = noon
    await small.hear(webhook("reject_candidate", noon, application=501, candidate=SAME))
    await small.drain()
    await _decide(small, await _rejection(small))
    await small.hear(webhook("hire_candidate", noon, application=502, candidate=SAME))
    await small.drain()
    await until(small, MONDAY + timedelta(days=2))
    held = await _rejection(small)
    assert held.state == "waiting_approval"
    assert "hired for another job" in (held.cause or "")
    assert await small.rows(Delivery, follow_up_id=held.id, state="sent") == []
    await _decide(small, held)
    await until(small, MONDAY + timedelta(days=3))
    assert (await _rejection(small)).state == "sent"


async def test_nobody_who_is_hired_is_sent_a_rejection(small: Small) -> None:
    """Queued, and the hire is not folded: the transaction that sends asks the facts themselves."""
    await _two_jobs(small)
    noon = MONDAY + timedelta(hours=3)
    small.clock.at = noon
    await small.hear(webhook("reject_candidate", noon, application=501, candidate=SAME))
    await small.drain()
    await _decide(small, await _rejection(small))
    leaves = (await _rejection(small)).act_at or noon
    small.clock.at = leaves
    await small.flow.releases()
    await small.hear(webhook("hire_candidate", leaves, application=501, candidate=SAME))
    await small.flow.events()
    await small.execute("UPDATE application SET wake_at = NULL")
    await small.flow.deliveries()
    row = await _rejection(small)
    assert (row.state, row.cause) == ("cancelled", "the candidate is hired")
