"""Inbound webhooks become answers: once, with a second fetch where it is needed, each on its own."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from app.db import unit_of_work
from app.delivery.claim import Instants
from app.delivery.hook_bytes import seal_hook
from app.delivery.hook_models import Hook
from app.delivery.hook_sources import HookSource, sources_in
from app.delivery.mail_document import document_from
from app.errors import Unavailable, UnsafeSettings
from app.mail import postmark_hooks, resend_hooks
from app.mail.hooks import HookSecrets
from app.mail.provider import MailRequest
from app.replies.inbox import Replies
from app.replies.models import Reply
from app.replies.take import Inbox
from app.settings import Settings
from tests.flow.small import ADDRESS, MONDAY, Small, open_small, webhook

MAILBOX = "reply@answers.ostwind.example"
EMAIL_ID = "5b0c1d2e-3f4a-4b5c-8d6e-7f8091a2b3c4"


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    async with open_small(database_url, tmp_path) as opened:
        opened.services.settings.reply_address = MAILBOX
        await opened.hear(webhook("new_candidate_application", MONDAY))
        await opened.drain()
        await opened.at(MONDAY + timedelta(hours=3))
        yield opened


async def hook(small: Small, route: str, body: dict[str, Any], key: str) -> None:
    async with unit_of_work(small.services.sessions) as session:
        sealed = seal_hook(small.services.vault, key, {}, json.dumps(body).encode())
        at = small.machine.now()
        session.add(
            Hook(id=key, route=route, kind="inbound", dedupe_key=key, body=sealed, act_at=at, received_at=at)
        )


def replies(small: Small, *answers: tuple[int, bytes] | Exception) -> tuple[Replies, list[tuple[str, str]]]:
    asked: list[tuple[str, str]] = []
    left = list(answers)

    async def ask(request: MailRequest, key: str) -> tuple[int, bytes]:
        asked.append((request.url, key))
        told = left.pop(0)
        if isinstance(told, Exception):
            raise told
        return told

    sources = {
        "postmark": HookSource("postmark", postmark_hooks, HookSecrets()),
        "resend": HookSource("resend", resend_hooks, HookSecrets(), "re_test"),
    }
    inbox = Inbox(small.services.vault, MAILBOX, ("talent@heardback.example",))
    return Replies(small.services.sessions, inbox, sources, ask), asked


def reply_to(small: Small) -> str:
    mails = [message_from_bytes(payload) for _, payload in small.route.sent]
    return parseaddr(next(m["Reply-To"] for m in mails if ADDRESS in m["To"]))[1]


async def test_every_mail_to_a_candidate_asks_for_answers_at_its_own_address(small: Small) -> None:
    """And an answer to that address, through Postmark, is known by it; the webhook's bytes go."""
    to = reply_to(small)
    assert to.startswith("reply+")
    assert to.endswith("@answers.ostwind.example")
    mail = {
        "FromFull": {"Email": ADDRESS},
        "From": ADDRESS,
        "OriginalRecipient": to,
        "MessageID": "m-1",
        "TextBody": "Thank you!",
        "Headers": [],
    }
    await hook(small, "postmark", mail, "hok_1")
    drain, _ = replies(small)
    assert await drain.read_due(small.instants()) == 1
    assert await drain.read_due(small.instants()) == 0
    reply = await small.one(Reply)
    assert (reply.state, reply.how, reply.source) == ("matched", "token", "postmark")
    row = await small.one(Hook)
    assert (row.state, row.body) == ("done", None)


async def test_words_that_a_provider_holds_back_are_fetched_until_it_gives_them(small: Small) -> None:
    """Tried again with a pause while it is away; then heard once. One that is broken holds up no other."""
    to = reply_to(small)
    data = {"email_id": EMAIL_ID, "from": ADDRESS, "to": [to], "subject": "Re"}
    await hook(small, "postmark", {"neither": "this nor that"}, "hok_1")
    await hook(small, "resend", {"type": "email.received", "data": data}, "hok_2")
    whole = {"id": EMAIL_ID, "from": ADDRESS, "to": [to], "text": "I am very interested.", "headers": {}}
    drain, asked = replies(small, Unavailable(), (404, b"{}"), (200, json.dumps(whole).encode()))
    later = small.instants()
    for tries in range(1, 4):
        await drain.read_due(later)
        assert len(asked) == tries
        assert await drain.read_due(later) == 0
        later = Instants(later.business, later.machine + timedelta(minutes=2))
    assert set(asked) == {(f"https://api.resend.com/emails/receiving/{EMAIL_ID}", "re_test")}
    assert (await small.one(Reply)).how == "token"
    states = {row.id: (row.state, row.body is None) for row in await small.rows(Hook)}
    assert states == {"hok_1": ("unreadable", False), "hok_2": ("done", True)}


async def test_a_trial_fetches_words_at_its_own_address_and_tells_what_stands_in_the_way(
    small: Small,
) -> None:
    """The key of a route that talks to a simulator never goes to the real provider; a failure is logged."""
    receipts = '{"secrets": ["whsec_aGVhcmRiYWNr"]}'
    route = (
        f'{{"kind": "resend", "key": "re_try", "base_url": "http://127.0.0.1:9/", "receipts": {receipts}}}'
    )
    sources = sources_in(document_from(f'{{"routes": {{"resend": {route}}}}}'))
    data = {"email_id": EMAIL_ID, "from": ADDRESS, "to": [reply_to(small)], "subject": "Re"}
    await hook(small, "resend", {"type": "email.received", "data": data}, "hok_1")
    drain, asked = replies(small, Unavailable())
    with capture_logs() as told:
        await replace(drain, sources=sources).read_due(small.instants())
    assert asked == [(f"http://127.0.0.1:9/emails/receiving/{EMAIL_ID}", "re_try")]
    [line] = [each for each in told if each["event"] == "inbound.not_heard"]
    assert (line["route"], line["error"], line["attempt"]) == ("resend", "unavailable", 1)


@pytest.mark.parametrize("wrong", ["reply", "a-name-too-long@x.example", "Re ply@x.example", "reply@x"])
def test_a_mailbox_that_cannot_carry_a_token_is_refused_at_the_start(wrong: str) -> None:
    """Beyond 64 octets mail servers may refuse every answer."""
    with pytest.raises(UnsafeSettings):
        Settings(_env_file=None, reply_address=wrong)
