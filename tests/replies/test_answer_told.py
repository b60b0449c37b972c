"""The recruiter can read what the candidate wrote: it stands below the mail that tells of the answer."""

from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import pytest_asyncio

from app.delivery.answer import LONGEST, quoted
from tests.flow.small import Small, open_small
from tests.replies.test_take import LATER, answer, prepare, take

WORDS = """\
Ich habe ein anderes Angebot und muss bis zum 6. November antworten.
<script>alert(1)</script> {{ job.title }} **x**"""


@pytest_asyncio.fixture
async def german(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    async with open_small(database_url, tmp_path, locale="de") as opened:
        await prepare(opened)
        yield opened


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


async def test_the_recruiter_reads_the_answer_as_it_was_written(german: Small) -> None:
    """Quoted and escaped, in a mail of their language, with its dates; no check of ours holds it up."""
    before = len(german.route.sent)
    await take(german, await answer(german, WORDS))
    await german.at(LATER)
    mails = [message_from_bytes(payload, policy=policy.default) for _, payload in german.route.sent[before:]]
    (told,) = [mail for mail in mails if "Antwort" in mail["Subject"]]
    text, html = body(told, "plain"), body(told, "html")
    assert "\n\nAntwort auf unsere Nachricht:\n\n> Ich habe ein anderes Angebot" in text
    assert "\n> <script>alert(1)</script> {{ job.title }} **x**\n" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ job.title }} **x**</blockquote>\n</main>" in html
    assert "<script>" not in html
    assert "am Montag, 2. November 2026" in text
    (offer,) = [mail for mail in mails if "Angebot" in mail["Subject"]]
    assert "Freitag, 6. November 2026" in body(offer, "plain")


async def test_after_erasure_nothing_of_it_is_told(german: Small) -> None:
    await take(german, await answer(german, WORDS))
    await german.execute("UPDATE person SET key = NULL, fields = NULL WHERE role = 'candidate'")
    await german.at(LATER)
    assert not any(b"alert(1)" in payload for _, payload in german.route.sent)


@pytest.mark.parametrize("words", ["", "x" * LONGEST])
def test_a_mail_without_a_place_for_it_keeps_its_html(words: str) -> None:
    """Whatever a company's own template looks like, nothing is put where it would not be read."""
    mail = {"subject": "s", "text": "Hello", "html": ""}
    assert quoted(mail, words, "en")["html"] == ""
