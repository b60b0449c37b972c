"""A mail that comes back, from the inbox to what follows from it, on a real database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.db import unit_of_work
from app.delivery.models import Delivery, Suppression
from app.errors import WrongState
from app.followups.models import FollowUp
from app.mail.hooks import InboundMail
from app.mail.token import PURPOSE, reply_address
from app.replies import act
from app.replies.models import Reply, ReplySuggestion
from app.replies.take import Inbox
from app.sla.models import Clock
from app.timeline.models import FactRow
from tests.flow.small import ADDRESS, MONDAY, Small, open_small, webhook

MAILBOX = "reply@answers.ostwind.example"
LATER = MONDAY + timedelta(days=1)


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """One candidate who has been told that the application arrived, and to whom more is planned."""
    async with open_small(database_url, tmp_path) as opened:
        await prepare(opened)
        yield opened


async def prepare(opened: Small) -> None:
    """The acknowledgement has left, and the candidate has moved on."""
    await opened.hear(webhook("new_candidate_application", MONDAY))
    await opened.drain()
    await opened.at(MONDAY + timedelta(hours=3))
    await opened.hear(webhook("candidate_stage_change", opened.clock.now(), stage=2))
    await opened.drain()


async def sent(small: Small) -> Delivery:
    mails: list[Delivery] = await small.rows(Delivery, channel="mail", state="sent")
    candidates = [mail for mail in mails if mail.recipient.startswith("candidate:")]
    assert candidates
    return candidates.pop(0)


async def answer(small: Small, text: str, **more: object) -> InboundMail:
    send = (await sent(small)).id
    to = reply_address(MAILBOX, send, lambda data: small.services.vault.sign(PURPOSE, data))
    mail = InboundMail("k1", sender=f"Ottoline <{ADDRESS}>", recipients=(to,), text=text, sent_at=LATER)
    return replace(mail, **more)  # type: ignore[arg-type]  # fields by name


async def take(small: Small, mail: InboundMail) -> Reply | None:
    inbox = Inbox(small.services.vault, MAILBOX, ("talent@heardback.example",))
    async with unit_of_work(small.services.sessions) as session:
        return await inbox.take(session, "postmark", mail, small.instants())


async def open_to_candidate(small: Small) -> list[FollowUp]:
    rows = await small.rows(FollowUp)
    return [f for f in rows if "candidate:" in f.recipient and f.state in ("planned", "ready", "queued")]


async def test_an_answer_stops_the_automation_and_tells_the_recruiter(small: Small) -> None:
    """Once, however often it comes; the words are sealed with the candidate's key, and what is owed stays."""
    assert await open_to_candidate(small)
    running = {c.id for c in await small.rows(Clock, closed_at=None)}
    mail = await answer(small, "Thank you, see you then.")
    assert await take(small, mail)
    assert await take(small, mail) is None
    assert await open_to_candidate(small) == []
    (told,) = await small.rows(FollowUp, kind="candidate_replied")
    assert told.recipient == "member:55"
    reply = await small.one(Reply)
    assert (reply.state, reply.how, reply.sort) == ("matched", "token", "reply")
    assert b"see you" not in reply.box
    async with small.services.sessions() as session:
        assert (await act.opened(session, small.services.vault, reply)).words == "Thank you, see you then."
    await small.drain()
    assert {c.id for c in await small.rows(Clock, closed_at=None)} >= running


async def test_erasure_takes_the_words_too(small: Small) -> None:
    """With the candidate's key gone neither the words nor the sentences can be read."""
    await take(small, await answer(small, "I would like to withdraw my application."))
    await small.execute("UPDATE person SET key = NULL, fields = NULL WHERE role = 'candidate'")
    reply, suggestion = await small.one(Reply), await small.one(ReplySuggestion)
    async with small.services.sessions() as session:
        assert (await act.opened(session, small.services.vault, reply)).words == ""
        assert await act.sentence(session, small.services.vault, reply, suggestion) == ""


async def test_stop_suppresses_at_once_and_says_so(small: Small) -> None:
    """The one reading that acts by itself."""
    await take(small, await answer(small, "Please stop emailing me."))
    row = await small.one(Suppression)
    assert row.address_hash == small.services.vault.address_hash(ADDRESS)
    assert (await small.one(ReplySuggestion)).state == "done"
    assert "not written to any more" in " ".join((await small.one(Reply)).followed)


async def test_another_offer_is_told_at_once_and_starts_a_clock_when_accepted(small: Small) -> None:
    """The recruiter hears of it with its day; only a person's word makes it a fact with a due time."""
    words = "I have another offer and must answer by Friday 6 November."
    await take(small, await answer(small, words))
    assert len(await small.rows(FollowUp, kind="competing_offer")) == 1
    assert await small.rows(Clock, policy="competing_offer") == []
    reply = await small.one(Reply)
    for again in (False, True):
        async with unit_of_work(small.services.sessions) as session:
            call = act.decide(
                session, small.services.vault, reply.id, "other_offer", accepted=True, by="Mara", now=LATER
            )
            if again:
                with pytest.raises(WrongState):
                    await call
            else:
                await call
    await small.at(LATER + timedelta(minutes=1))
    clock = await small.one(Clock, policy="competing_offer")
    assert f"{clock.due_at:%Y-%m-%d %H:%M}" == "2026-11-05 12:00"
    assert words not in str([f.data for f in await small.rows(FactRow)])


async def test_an_address_alone_is_a_hint_until_a_person_confirms(small: Small) -> None:
    """Nothing is stopped on it; the recruiter is told, and the confirmation does the rest."""
    planned = len(await open_to_candidate(small))
    await take(small, await answer(small, "Any news?", recipients=("talent@heardback.example",)))
    reply = await small.one(Reply)
    assert (reply.state, reply.how) == ("hinted", "address")
    assert len(await open_to_candidate(small)) == planned > 0
    assert len(await small.rows(FollowUp, kind="candidate_replied")) == 1
    async with unit_of_work(small.services.sessions) as session:
        await act.confirm(
            session, small.services.vault, reply.id, reply.application_id, by="Mara", at=small.instants()
        )
    assert (await small.one(Reply)).state == "matched"
    assert await open_to_candidate(small) == []


async def test_a_stranger_waits_unmatched_and_a_person_may_say_whose_it_is(small: Small) -> None:
    """Sealed with the service's key first, with the candidate's once it is known to be theirs."""
    stranger = await answer(small, "It is me. Any news?", sender="x@example.org", recipients=())
    await take(small, stranger)
    reply = await small.one(Reply)
    assert (reply.state, reply.person_id) == ("unmatched", None)
    async with unit_of_work(small.services.sessions) as session:
        assert await act.forget_old(session, reply.received_at) == 0
    application = (await open_to_candidate(small))[0].application_id
    async with unit_of_work(small.services.sessions) as session:
        await act.confirm(
            session, small.services.vault, reply.id, application, by="Mara", at=small.instants()
        )
    reply = await small.one(Reply)
    async with small.services.sessions() as session:
        assert (await act.opened(session, small.services.vault, reply)).words == "It is me. Any news?"
    assert reply.person_id is not None
    assert [s.meaning for s in await small.rows(ReplySuggestion)] == ["question"]


async def test_words_that_nobody_could_match_go_after_their_days(small: Small) -> None:
    """What is sealed with the service's key is not kept for ever; what is matched ends with its person."""
    await take(small, await answer(small, "Whose is this?", sender="x@example.org", recipients=()))
    await take(small, await answer(small, "Mine.", key="k2"))
    async with unit_of_work(small.services.sessions) as session:
        assert await act.forget_old(session, small.clock.now() + timedelta(days=1)) == 1
    assert {r.key: r.box is None for r in await small.rows(Reply)} == {"k1": True, "k2": False}


async def test_machines_stop_nothing(small: Small) -> None:
    """An automatic answer, a bounce and our own mail are kept apart, and nobody is told."""
    planned = len(await open_to_candidate(small))
    auto = (("auto-submitted", "auto-replied"),)
    await take(small, await answer(small, "We got it. Unsubscribe me.", headers=auto))
    await take(small, await answer(small, "x", key="k2", headers=(("content-type", "multipart/report"),)))
    await take(small, await answer(small, "x", key="k3", sender=MAILBOX))
    assert {r.state for r in await small.rows(Reply)} == {"apart"}
    assert len(await open_to_candidate(small)) == planned
    assert await small.rows(FollowUp, kind="candidate_replied") == []
    assert await small.rows(Suppression) == []


async def test_an_absence_puts_nudges_off_until_the_return(small: Small) -> None:
    """A question waits for the day of return; what the company owes does not."""
    (first, *_) = await open_to_candidate(small)
    await small.execute("UPDATE follow_up SET kind = 'still_interested' WHERE id = :id", id=first.id)
    auto = (("auto-submitted", "auto-replied"),)
    text = "I am out of the office until 20 November."
    await take(small, await answer(small, text, headers=auto, subject="Automatic reply"))
    row = await small.one(FollowUp, id=first.id)
    assert f"{row.release_at:%Y-%m-%d}" == f"{row.act_at:%Y-%m-%d}" == "2026-11-21"
    assert row.state in ("planned", "ready")
    assert (await small.one(Reply)).sort == "out_of_office"


async def test_an_answer_to_an_id_on_the_wire_is_found(small: Small) -> None:
    """By our Message-ID, and by the id that a provider put in its place."""
    delivery = await sent(small)
    await small.execute("UPDATE delivery SET provider_id = '0100-abc' WHERE id = :id", id=delivery.id)
    ours = f"hb.{delivery.id}@heardback.example"
    await take(small, await answer(small, "Yes", recipients=(), in_reply_to=ours))
    theirs = ("0100-abc@eu-west-1.amazonses.com",)
    await take(small, await answer(small, "Yes", key="k2", recipients=(), references=theirs))
    found = {(r.how, r.delivery_id) for r in await small.rows(Reply)}
    assert found == {("in_reply_to", delivery.id), ("references", delivery.id)}
