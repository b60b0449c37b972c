"""Mail that is right: stopping it, ids and links of any length, and every message read back by others."""

import re
from base64 import urlsafe_b64encode
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import UnsafeHeader
from app.followups.catalogue import KINDS, MessageClass, Recipient
from app.mail.mime import build_mime
from app.mail.outbound import Address, MailClass
from app.mail.unsubscribe import list_headers
from app.messages.checks import check
from app.messages.language import LANGUAGES
from app.messages.library import load_templates
from app.messages.render import Rendered, render
from app.messages.sample import SAMPLE_NOW, sample_facts
from tests.mail.letters import DATE, RICH, content

URL = "https://talent.example/u/" + urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
POLICIES = [policy.SMTP, policy.default]
NAMES = st.text(
    st.characters(
        exclude_categories=("Cc", "Cs", "Zl", "Zp"),
        exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
    max_size=120,
)
CLIPPED = 102 * 1024
"""Bytes of HTML after which Gmail cuts a message (our facts on mail, 2026-11)."""
WRITTEN = [
    (kind, language)
    for kind, language in sorted(load_templates())
    if language in LANGUAGES and KINDS[kind].recipient is Recipient.CANDIDATE
]


def read(raw: bytes, how: Any) -> EmailMessage:
    message = BytesParser(policy=how).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    return message


def test_one_click_needs_https_and_names_the_list() -> None:
    """Both headers of RFC 8058 and a List-Id; a way by mail where somebody reads it."""
    found = dict(list_headers(URL, "Talent.example", mailto="reply@talent.example"))
    assert found == {
        "List-Id": "<keeping-in-touch.talent.example>",
        "List-Unsubscribe": f"<{URL}>, <mailto:reply@talent.example?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    trial = dict(list_headers(URL.replace("https", "http"), "talent.example"))
    assert set(trial) == {"List-Id", "List-Unsubscribe"}


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        (URL + ">, <https://evil.example/", "talent.example"),
        (URL + "\r\nBcc: x@evil.example", "talent.example"),
        (URL + " x", "talent.example"),
        (URL + "é", "talent.example"),
        (URL, "talent.example>"),
        (URL, "täler.example"),
        (URL, ""),
    ],
)
def test_what_cannot_stand_in_a_list_header_is_refused(url: str, domain: str) -> None:
    """Never repaired: a second address in the header would be somebody else's."""
    with pytest.raises(UnsafeHeader):
        list_headers(url, domain)


@pytest.mark.parametrize("how", POLICIES, ids=["smtp", "default"])
def test_ids_and_links_of_200_characters_survive(how: Any) -> None:
    """In one piece in the raw bytes, and the same when read: threading and one click depend on it."""
    ids = tuple(f"<{letter * 180}@long.mail.example.net>" for letter in "abc")
    link = f"https://talent.example/u/{'x' * 200}"
    headers = list_headers(link, "talent.example", mailto="reply@talent.example")
    envelope = replace(
        RICH, message_id=ids[0], in_reply_to=ids[1], references=ids[1:], headers=headers,
        mail_class=MailClass.NURTURE,
    )  # fmt: skip
    raw = build_mime(envelope, DATE)
    assert all(each.encode() in raw for each in (*ids, link))
    assert b"=?" not in raw.partition(b"References:")[2].partition(b"MIME-Version")[0]
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    message = read(raw, how)
    assert "".join(str(message["Message-ID"]).split()) == ids[0]
    assert str(message["References"]).split() == list(ids[1:])
    assert str(message["List-Unsubscribe"]).split(", ")[0] == f"<{link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("how", POLICIES, ids=["smtp", "default"])
@given(name=NAMES, title=NAMES)
def test_any_name_and_title_is_one_message_to_one_person(how: Any, name: str, title: str) -> None:
    """Whatever people and jobs are called: one recipient, no new header, both parts, nothing tracked."""
    envelope = replace(
        RICH,
        subject=title,
        to=Address(name, "sam@mail.example"),
        text=f"Hello {name},\n\n{title}\n",
        html=f"<p>{title}</p>",
        headers=list_headers(URL, "talent.example"),
    )
    raw = build_mime(envelope, DATE)
    message = read(raw, how)
    assert [box.addr_spec for box in message["To"].addresses] == ["sam@mail.example"]
    assert message.get_all("List-Unsubscribe") == [f"<{URL}>"]
    assert not {"bcc", "cc", "precedence", "feedback-id"} & {header.lower() for header in message}
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert content(message, "plain") == envelope.text


@pytest.mark.parametrize(("kind", "language"), WRITTEN)
def test_every_message_to_a_candidate_is_small_and_says_its_language(kind: str, language: str) -> None:
    """Text and HTML from one source, both with the same links; far below where mailboxes clip; no images."""
    written = _rendered(kind, language)
    html = written.html.encode()
    assert len(html) < CLIPPED / 10
    assert f'<html lang="{language}" dir="ltr">' in written.html
    assert "<title>" in written.html
    assert not re.search(r"<img|<script|<link|url\(|\bsrc=", written.html)
    said = {url.rstrip(".,)") for url in re.findall(r"https://[^\s<>]+", written.text)}
    assert all(url in written.html for url in said), "what one part offers the other does"
    assert set(re.findall(r'href="(https[^"]+)"', written.html)) <= said
    raw = build_mime(replace(RICH, subject=written.subject, text=written.text, html=written.html), DATE)
    for how in POLICIES:
        assert content(read(raw, how), "plain") == written.text


@pytest.mark.parametrize(("kind", "language"), [
    each for each in WRITTEN if KINDS[each[0]].message_class is MessageClass.NURTURE
])  # fmt: skip
def test_mail_that_keeps_in_touch_says_how_to_stop_it_in_its_words(kind: str, language: str) -> None:
    """Beside the headers there is a link to be seen; without it, or without a basis, a check stops it."""
    written, facts = _rendered(kind, language), sample_facts(language)
    assert facts.text("unsubscribe.url") in written.text
    bare = replace(written, text="Hello", html="<p>Hello</p>")
    found = {each.rule for each in check(bare, KINDS[kind], facts, SAMPLE_NOW)}
    assert {"unsubscribe-missing", "legal-basis-missing"} <= found


def _rendered(kind: str, language: str) -> Rendered:
    return render(load_templates()[kind, language], sample_facts(language), language)
