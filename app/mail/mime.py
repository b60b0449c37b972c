"""A message as it goes over the wire: RFC 5322 headers, text and HTML in quoted-printable, files, CRLF.

The bytes are a pure function of the envelope and its date, the boundary included, so that a stored message
can be compared with one built again.
"""

import hashlib
import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from app.errors import UnsafeHeader
from app.mail.headers import (
    address,
    address_line,
    extra_headers,
    line,
    safe,
    send_id,
    text_line,
    words,
)
from app.mail.outbound import Attachment, Envelope

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_CONTENT_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(; [a-z-]+=[A-Za-z0-9-]+)*")


def build_mime(envelope: Envelope, date: datetime) -> bytes:
    """The exact bytes of the message, 7-bit, lines ended by CRLF.

    ``date`` is an aware instant and becomes the Date header. The HTML part is left out where it is empty.
    Raises ``UnsafeHeader`` with the field that cannot travel, and ``InvalidAddress``.
    """
    send_id(envelope.send_id)
    head = [
        address_line("From", address(envelope.sender, "sender")),
        address_line("To", address(envelope.to, "to")),
        text_line("Subject", envelope.subject),
        line("Date", format_datetime(date)),
    ]
    if envelope.reply_to:
        head.append(address_line("Reply-To", address(envelope.reply_to, "reply_to")))
    head += [line(name, value) for name, value in extra_headers(envelope)]
    head.append(line("MIME-Version", "1.0"))
    return "".join(head).encode("ascii") + _body(envelope)


def _body(envelope: Envelope) -> bytes:
    said = _said(envelope)
    if not envelope.attachments:
        return said
    return _together("mixed", envelope.send_id, [said, *map(_file, envelope.attachments)])


def _said(envelope: Envelope) -> bytes:
    text = _part("plain", envelope.text, "text")
    if not envelope.html:
        return text
    return _together("alternative", envelope.send_id, [text, _part("html", envelope.html, "html")])


def _together(subtype: str, send: str, parts: Sequence[bytes]) -> bytes:
    # "=_" cannot occur in quoted-printable nor in base64, so no part can hold the boundary.
    seed = send if subtype == "alternative" else f"{send}/{subtype}"
    boundary = f"=_hb_{hashlib.sha256(seed.encode()).hexdigest()[:32]}"
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    mark = f"--{boundary}".encode()
    return head + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


def _file(attachment: Attachment) -> bytes:
    """One file as a part of its own; its name and type are refused where they are not plain."""
    name, kind = safe(attachment.name, "attachment"), safe(attachment.content_type, "attachment")
    if not _FILE_NAME.fullmatch(name) or not _CONTENT_TYPE.fullmatch(kind):
        raise UnsafeHeader("A file's name or type is not plain ASCII.", field="attachment")
    head = line("Content-Type", f'{kind}; name="{name}"')
    head += line("Content-Disposition", f'attachment; filename="{name}"')
    head += line("Content-Transfer-Encoding", "base64") + "\r\n"
    return head.encode("ascii") + encodebytes(attachment.content).replace(b"\n", b"\r\n")


def _part(subtype: str, content: str, field: str) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\n"
    head += "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    raw = words(content, field).replace("\r\n", "\n").replace("\r", "\n").encode()
    if not raw.endswith(b"\n"):
        raw += b"\n"
    # b2a_qp takes its line ends from the first line, so every line is LF here and CRLF after.
    return head.encode() + b2a_qp(raw).replace(b"\n", b"\r\n")
