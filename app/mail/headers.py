"""Header values made safe for the wire: refused rather than repaired, folded without breaking a token.

Python's own folding encodes unbroken tokens longer than a line, which breaks List-Unsubscribe links and
References, and its address folding has lost quotes around commas in several releases. So lines are laid out
here: words are never split, what is not plain ASCII becomes RFC 2047 words of at most 75 characters, and
nothing that could start a new header gets this far.
"""

import re
from email.header import Header
from email.headerregistry import Address as HeaderAddress

from email_validator import EmailNotValidError, validate_email

from app.errors import InvalidAddress, UnsafeHeader
from app.mail.outbound import Address, Envelope

LINE = 76
"""Characters in a header line, where words allow."""

TOKEN = 900
"""The longest unbroken word; a line may have 998 octets (RFC 5322 2.1.1)."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,75}")
_ID = re.compile(r"<[!-;=?-~]+>")
_SEND_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")

OWN = frozenset(
    {
        "bcc", "cc", "date", "from", "in-reply-to", "message-id", "mime-version", "references", "reply-to",
        "return-path", "sender", "subject", "to", "received", "dkim-signature", "x-pm-keepid",
    }
)  # fmt: skip
"""Header names that are made from the envelope's own fields and may not come as extra headers."""

KEPT_REFERENCES = 11
"""A long thread keeps its first id and its last ten."""


def safe(value: str, field: str) -> str:
    """The same value; raises ``UnsafeHeader`` where it holds control, surrogate or direction characters."""
    if _CONTROL.search(value) or _BIDI.search(value):
        raise UnsafeHeader(field=field)
    return value


def words(value: str, field: str) -> str:
    """The same body; raises ``UnsafeHeader`` for half of a surrogate pair, which no encoding can carry."""
    if not value.isascii() and _SURROGATE.search(value):
        raise UnsafeHeader("The words hold half of a character pair; no mail can carry it.", field=field)
    return value


def send_id(value: str) -> str:
    """The same id; it must also fit file names, tags and metadata, else ``UnsafeHeader``."""
    if not _SEND_ID.fullmatch(value):
        raise UnsafeHeader("A send id has up to 64 ASCII letters, digits, '-' or '_'.", field="send_id")
    return value


def message_id(send: str, domain: str) -> str:
    """The Message-ID of a send: the same for every attempt, so that mailboxes can collapse a repeat.

    ``domain`` is the sender's, in ASCII. Raises ``UnsafeHeader``.
    """
    if not _DOMAIN.fullmatch(domain.lower()):
        raise UnsafeHeader("A Message-ID needs a plain domain.", field="domain")
    return f"<hb.{send_id(send)}@{domain.lower()}>"


def address(mailbox: Address, field: str) -> HeaderAddress:
    """The mailbox as the standard library has it: local part as given, domain in lower-case ASCII.

    Raises ``UnsafeHeader`` and, for what is no single address that every server can take,
    ``InvalidAddress``. Nothing is looked up.
    """
    safe(mailbox.name, field)
    safe(mailbox.email, field)
    try:
        checked = validate_email(
            mailbox.email, check_deliverability=False, allow_smtputf8=False, globally_deliverable=False
        )
    except EmailNotValidError:
        # The library's words repeat the address; ours must not.
        raise InvalidAddress(field=field) from None
    return HeaderAddress(mailbox.name.strip(), addr_spec=checked.ascii_email or checked.normalized)


def thread_headers(envelope: Envelope) -> list[tuple[str, str]]:
    """In-Reply-To and References, long threads cut to the first id and the last ten."""
    references = list(dict.fromkeys(envelope.references))
    if envelope.in_reply_to and envelope.in_reply_to not in references:
        references.append(envelope.in_reply_to)
    if len(references) > KEPT_REFERENCES:
        references = [references[0], *references[1 - KEPT_REFERENCES :]]
    for reference in references:
        _identifier(reference, "references")
    found = [("In-Reply-To", envelope.in_reply_to)] if envelope.in_reply_to else []
    return [*found, ("References", " ".join(references))] if references else found


def extra_headers(envelope: Envelope) -> list[tuple[str, str]]:
    """What every message of ours carries besides its fields, in the order in which it goes out.

    Message-ID, threading, the two marks of automatic mail (RFC 3834; Microsoft's for Exchange) and the
    envelope's own headers, such as List-Unsubscribe. Values are printable ASCII in words of at most 900
    characters. Raises ``UnsafeHeader`` with the header's name as its field.
    """
    found = [("Message-ID", _identifier(envelope.message_id, "message_id")), *thread_headers(envelope)]
    given = {name.lower() for name, _ in envelope.headers}
    if "auto-submitted" not in given:
        found.append(("Auto-Submitted", "auto-generated"))
    if "x-auto-response-suppress" not in given:
        found.append(("X-Auto-Response-Suppress", "OOF, AutoReply"))
    if len(given) != len(envelope.headers):
        raise UnsafeHeader("A header is given twice.", field="headers")
    return [*found, *((name, _extra(name, value)) for name, value in envelope.headers)]


def _extra(name: str, value: str) -> str:
    if not _NAME.fullmatch(name) or name.lower() in OWN or name.lower().startswith("content-"):
        raise UnsafeHeader("That header is not for the caller to set.", field=safe(name, "headers"))
    if not _PLAIN.fullmatch(value) or any(len(word) > TOKEN for word in value.split()):
        raise UnsafeHeader("A header value is printable ASCII in words of up to 900 characters.", field=name)
    return value


def _identifier(value: str, field: str) -> str:
    if not _ID.fullmatch(value) or len(value) > TOKEN:
        raise UnsafeHeader("An id of a message looks like <unique@domain>.", field=field)
    return value


def line(name: str, value: str) -> str:
    """One header of printable ASCII words, folded between words, with its CRLF."""
    lines, current = [], f"{name}:"
    for word in value.split(" "):
        if len(current) + 1 + len(word) > LINE and not current.endswith(":"):
            lines.append(current)
            current = ""
        current = f"{current} {word}"
    return "\r\n".join([*lines, current]) + "\r\n"


def text_line(name: str, value: str) -> str:
    """One header of free text, such as the subject; RFC 2047 words where ASCII words would not do."""
    safe(value, name.lower())
    plain = _PLAIN.fullmatch(value) and "=?" not in value and all(len(w) <= LINE - 12 for w in value.split())
    return line(name, value) if plain else f"{name}: {_encoded(value, name)}\r\n"


def address_line(name: str, mailbox: HeaderAddress) -> str:
    """One header of one mailbox: its name as a phrase, a quoted string or RFC 2047 words."""
    spec, display = mailbox.addr_spec, mailbox.display_name
    if not display:
        return line(name, spec)
    if _PHRASE.fullmatch(display) and "=?" not in display and len(display) <= LINE - 12:
        phrase = display
    elif display.isascii() and "=?" not in display and len(display) <= LINE - 16:
        # One word of the fold: a quoted string may hold runs of blanks, which must stay.
        quoted = display.replace("\\", "\\\\").replace('"', '\\"')
        return _joined(name, f'"{quoted}"', spec)
    else:
        return _joined(name, _encoded(display, name), spec)
    return line(name, f"{phrase} <{spec}>")


def _joined(name: str, phrase: str, spec: str) -> str:
    last = f"{name}: {phrase}".rsplit("\r\n", 1)[-1]
    gap = " " if len(last) + len(spec) + 3 <= LINE else "\r\n "
    return f"{name}: {phrase}{gap}<{spec}>\r\n"


def _encoded(value: str, name: str) -> str:
    return Header(value, "utf-8", maxlinelen=LINE - 1, header_name=name).encode(linesep="\r\n")
