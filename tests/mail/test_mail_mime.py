"""What a message promises on the wire."""

import re
from dataclasses import replace
from email.header import decode_header, make_header
from email.headerregistry import AddressHeader
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import InvalidAddress, UnsafeHeader
from app.mail.headers import message_id
from app.mail.mime import build_mime
from app.mail.outbound import Address
from tests.mail.letters import DATE, LONG_LINK, RICH, content, parsed

PRINTABLE = st.characters(
    exclude_categories=("Cc", "Cs", "Zl", "Zp"),
    exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
)
BODY = st.characters(exclude_categories=("Cs", "Co"), exclude_characters="\r")
HOSTILE = [
    "\r\nBcc: x@evil.example", "\n", "\r", "\x00", "\x0b", "\x1f", "\x7f", "\x85", "\u2028", "\u2029",
    "\u202e", "\u2066", "\ud800",
]  # fmt: skip
FIELDS = ["subject", "sender", "to", "reply_to", "address", "in_reply_to", "message_id", "header"]
NO_ADDRESSES = [
    "", "sam", "sam@", "@mail.example", "a@b.example, c@d.example", "a@b.example <c@d.example>",
    "sam smith@mail.example", "sam@mail..example", "jörg@mail.example", "<a@b.example>",
]  # fmt: skip


def test_a_rich_message_reads_back_as_it_was_written() -> None:
    """Names with commas, quotes and umlauts, a long subject, both parts and every header survive."""
    message = parsed(build_mime(RICH, DATE))
    assert message["subject"] == RICH.subject
    assert [(a.display_name, a.addr_spec) for a in message["from"].addresses] == [
        (RICH.sender.name, "talent@talent.example")
    ]
    assert [(a.display_name, a.addr_spec) for a in message["to"].addresses] == [
        ("Weiß, Jörg", "Joerg.Weiss@mail.example")
    ]
    assert message["reply-to"].addresses[0].addr_spec == "reply+a2b3@reply.talent.example"
    assert message["message-id"] == RICH.message_id
    assert message["in-reply-to"] == RICH.in_reply_to
    assert str(message["references"]).split() == list(RICH.references)
    assert message["auto-submitted"] == "auto-generated"
    assert message["x-auto-response-suppress"] == "OOF, AutoReply"
    assert message["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert message["date"].datetime == DATE
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert content(message, "plain") == RICH.text
    assert content(message, "html") == RICH.html + "\n"


def test_links_and_ids_go_out_in_one_piece() -> None:
    """A mailbox must find the whole unsubscribe link and every id in the raw bytes, unencoded."""
    raw = build_mime(RICH, DATE)
    assert f"<{LONG_LINK}>".encode() in raw
    assert all(reference.encode() in raw for reference in RICH.references)
    assert RICH.message_id.encode() in raw


def test_a_long_thread_keeps_its_first_and_last_ten_ids() -> None:
    """References stay bounded however long a conversation gets, and end with the parent."""
    ids = tuple(f"<{n}@mail.example>" for n in range(40))
    envelope = replace(RICH, references=ids, in_reply_to="<parent@mail.example>")
    assert str(parsed(build_mime(envelope, DATE))["references"]).split() == [
        ids[0], *ids[31:], "<parent@mail.example>",
    ]  # fmt: skip


def test_the_same_message_has_the_same_bytes() -> None:
    """Stored bytes can be compared with bytes built again; another send has another boundary."""
    assert build_mime(RICH, DATE) == build_mime(RICH, DATE)
    other = build_mime(replace(RICH, send_id="del_other"), DATE)
    assert parsed(other).get_boundary() != parsed(build_mime(RICH, DATE)).get_boundary()


def test_without_html_the_message_is_plain() -> None:
    """No empty alternative is sent."""
    message = parsed(build_mime(replace(RICH, html=""), DATE))
    assert message.get_content_type() == "text/plain"
    assert content(message, "plain") == RICH.text


@given(subject=st.text(PRINTABLE, max_size=300), name=st.text(PRINTABLE, max_size=150))
@example(subject="=?utf-8?q?Bcc=3A?= x", name='O"Brien \\ =?utf-8?q?x?=')
@example(subject="a" * 300, name="Weaver, Sam, " + "x" * 120)
@example(subject=" two  blanks ", name="a  b")
def test_any_subject_and_name_survive_within_the_limits(subject: str, name: str) -> None:
    """Whatever is printable reads back the same, in lines of 76, encoded words of 75, and one recipient."""
    raw = build_mime(replace(RICH, subject=subject, to=Address(name, "sam@mail.example"), headers=()), DATE)
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    unfolded = dict(line.split(":", 1) for line in re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n"))
    assert str(make_header(decode_header(unfolded["Subject"][1:]))) == subject
    fields: dict[str, object] = {"defects": []}
    AddressHeader.parse(unfolded["To"][1:], fields)
    boxes = [box for group in fields["groups"] for box in group.addresses]  # type: ignore[attr-defined]
    assert [box.username + "@" + box.domain for box in boxes] == ["sam@mail.example"]
    own = [line for line in head.split("\r\n") if line.startswith(("From", "To", "Subject", " "))]
    assert all(len(line) <= 76 for line in own if "p" * 90 not in line)
    assert all(len(word) <= 75 for word in re.findall(r"=\?utf-8\?[bq]\?[^?]*\?=", head))


@given(name=st.text(PRINTABLE, max_size=150))
@example(name='O"Brien \\ Co')
@example(name="Weaver, Thérèse and more and more and more words, and a comma")
@example(name="=?utf-8?q?x?=, y")
@example(name="a  b, c")
def test_a_display_name_reads_back(name: str) -> None:
    """The name that a mailbox shows is the one that was given, less blanks at its ends."""
    head = build_mime(replace(RICH, to=Address(name, "sam@mail.example")), DATE).partition(b"\r\nSubject")[0]
    shown, email = parseaddr(re.sub(r"\r\n(?=[ \t])", "", head.decode("ascii").split("\r\nTo: ")[1]))
    assert email == "sam@mail.example"
    assert str(make_header(decode_header(shown))) == name.strip()


@given(text=st.text(BODY, max_size=400))
@example(text="." * 200 + "\n.\n..\nFrom here\n")
@example(text="ends with blanks   \nand tabs\t\n" + "é" * 120)
def test_any_body_survives_in_lines_of_76(text: str) -> None:
    """Text and HTML read back the same; only a missing last line end is added; no bare LF or CR goes out."""
    raw = build_mime(replace(RICH, text=text, html=f"<p>{text}</p>"), DATE)
    message = parsed(raw)
    wanted = text if text.endswith("\n") else text + "\n"
    assert content(message, "plain") == wanted
    assert content(message, "html") == f"<p>{text}</p>\n"
    body = raw.partition(b"\r\n\r\n")[2]
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    assert raw.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)


@pytest.mark.parametrize("bad", HOSTILE)
@pytest.mark.parametrize("field", FIELDS)
def test_control_and_direction_characters_are_refused(bad: str, field: str) -> None:
    """Nothing that could start a header or turn a line around is repaired; the field is named."""
    value = f"Sam{bad}"
    changed = {
        "subject": replace(RICH, subject=value),
        "sender": replace(RICH, sender=Address(value, "a@mail.example")),
        "to": replace(RICH, to=Address(value, "a@mail.example")),
        "reply_to": replace(RICH, reply_to=Address(value, "a@mail.example")),
        "address": replace(RICH, to=Address("Sam", f"{value}@mail.example")),
        "in_reply_to": replace(RICH, in_reply_to=f"<{value}@mail.example>"),
        "message_id": replace(RICH, message_id=f"<{value}@mail.example>"),
        "header": replace(RICH, headers=(("List-Id", value),)),
    }[field]
    names = {"address": "to", "header": "List-Id", "in_reply_to": "references"}
    with pytest.raises(UnsafeHeader) as refused:
        build_mime(changed, DATE)
    assert refused.value.field == names.get(field, field)
    assert "Sam" not in str(refused.value)


@given(value=st.text(max_size=40), where=st.sampled_from(["subject", "name", "header", "reference"]))
def test_no_value_ever_adds_a_header(value: str, where: str) -> None:
    """Either the message is refused, or it has exactly the headers that it should have."""
    envelope = {
        "subject": replace(RICH, subject=value),
        "name": replace(RICH, to=Address(value, "a@mail.example")),
        "header": replace(RICH, headers=(("List-Id", value),)),
        "reference": replace(RICH, references=(value,)),
    }[where]
    try:
        raw = build_mime(envelope, DATE)
    except UnsafeHeader:
        return
    extra = ["List-Id"] if where == "header" else ["List-Unsubscribe", "List-Unsubscribe-Post"]
    assert parsed(raw).keys() == [
        "From", "To", "Subject", "Date", "Reply-To", "Message-ID", "In-Reply-To", "References",
        "Auto-Submitted", "X-Auto-Response-Suppress", *extra, "MIME-Version", "Content-Type",
    ]  # fmt: skip


@pytest.mark.parametrize("email", NO_ADDRESSES)
def test_what_is_not_one_plain_address_is_refused(email: str) -> None:
    """A second recipient cannot come in through an address; the words do not repeat it."""
    with pytest.raises(InvalidAddress) as refused:
        build_mime(replace(RICH, to=Address("Sam", email)), DATE)
    assert refused.value.field == "to"
    assert not email or email not in str(refused.value)


def test_an_international_domain_travels_in_ascii() -> None:
    """Old servers understand the domain; the local part stays as it was given."""
    message = parsed(build_mime(replace(RICH, to=Address("", "Sam@bücher.example")), DATE))
    assert message["to"].addresses[0].addr_spec == "Sam@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "name", ["Bcc", "To", "content-type", "Message-ID", "Bad Name", "X:Y", "", "X-PM-KeepID"]
)
def test_extra_headers_cannot_replace_ours(name: str) -> None:
    """The fields of the envelope are the only way to say to whom and from whom."""
    with pytest.raises(UnsafeHeader):
        build_mime(replace(RICH, headers=((name, "x"),)), DATE)


def test_a_header_twice_is_refused_and_automatic_marks_can_be_said_otherwise() -> None:
    """An answer to a message may call itself auto-replied; nothing may appear twice."""
    with pytest.raises(UnsafeHeader):
        build_mime(replace(RICH, headers=(("List-Id", "a"), ("list-id", "b"))), DATE)
    message = parsed(build_mime(replace(RICH, headers=(("Auto-Submitted", "auto-replied"),)), DATE))
    assert message.get_all("auto-submitted") == ["auto-replied"]


def test_half_a_character_in_the_words_is_refused() -> None:
    """A lone surrogate has no encoding; the part is named."""
    with pytest.raises(UnsafeHeader) as refused:
        build_mime(replace(RICH, html="<p>\ud83d</p>"), DATE)
    assert refused.value.field == "html"


def test_the_message_id_is_the_same_for_every_attempt() -> None:
    """It derives from the send alone, and hostile parts are refused."""
    assert message_id("del_1", "Talent.Example") == "<hb.del_1@talent.example>"
    for send, domain in (("a b", "x.example"), ("a>", "x.example"), ("a", "x>.example"), ("a", "")):
        with pytest.raises(UnsafeHeader):
            message_id(send, domain)
