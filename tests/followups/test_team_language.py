"""Members of the team hear in the language they chose, from the digest to the fact that is asked for."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest_asyncio

from app.db import unit_of_work
from app.followups import preferences
from app.followups.preferences import Wish
from tests.flow.small import MONDAY, Small, open_small, webhook
from tests.followups.test_held import until

SAME = {"id": 9_501}


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    async with open_small(database_url, tmp_path) as opened:
        yield opened


async def _prefers(small: Small, wish: Wish) -> None:
    async with unit_of_work(small.services.sessions) as session:
        vault, of = small.services.vault, small.connection
        await preferences.keep(session, vault, of, "55", wish, by="test", now=MONDAY, trial=True)


def _told(small: Small, subject: str) -> str:
    """Subject and text of the one mail whose subject begins so."""
    mails: list[EmailMessage] = [
        message_from_bytes(raw, policy=policy.default) for _, raw in small.route.sent
    ]
    [mail] = [mail for mail in mails if str(mail["Subject"]).startswith(subject)]
    body = mail.get_body(("plain",))
    assert body
    return f"{mail['Subject']}\n{body.get_content()}"


async def test_the_digest_is_in_the_members_language(small: Small) -> None:
    """Its own words and each of its lines, with dates as people there say them."""
    await _prefers(small, Wish(locale="es"))
    for number in (501, 502):
        await small.hear(webhook("new_candidate_application", MONDAY, application=number, candidate=SAME))
        await small.hear(
            webhook("candidate_stage_change", MONDAY, application=number, stage=2, candidate=SAME)
        )
    await small.drain()
    await until(small, MONDAY + timedelta(days=1))
    told = _told(small, "Pendiente para hoy: 2")
    assert "Esto es lo que le espera hoy:" in told
    assert told.count("- Cita por acordar: candidatura 50") == 2
    assert "martes 3 de noviembre de 2026" in told
    assert "Greenhouse application" not in told


async def test_what_is_missing_is_asked_for_in_the_members_language(small: Small) -> None:
    """The fact, the message that waits and the policy's own name for what is owed."""
    await _prefers(small, Wish(digest=False, locale="de-AT"))
    await small.hear(webhook("new_candidate_application", MONDAY, application=501, candidate=SAME))
    await small.drain()
    await small.hear(webhook("reject_candidate", MONDAY, application=501, candidate=SAME))
    await small.drain()
    await until(small, MONDAY + timedelta(days=3))
    told = _told(small, "Eine Angabe fehlt")
    assert "(Absage nach der Durchsicht)" in told
    assert "Was fehlt: wer entschieden hat; gebraucht bis" in told
    assert _told(small, "Bald fällig: Eine Absage mitteilen, ")
