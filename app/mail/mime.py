"""A message as it goes over the wire: RFC 5322 headers, text and HTML in quoted-printable, CRLF.

The bytes are a pure function of the envelope and its date, the boundary included, so that a stored message
can be compared with one built again.
"""

import hashlib
from binascii import b2a_qp
from datetime import datetime
from email.utils import format_datetime

from app.mail.headers import address, address_line, extra_headers, line, message_id, send_id, text_line, words
from app.mail.outbound import Envelope

__all__ = ["build_mime", "message_id"]


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
    text = _part("plain", envelope.text, "text")
    if not envelope.html:
        return text
    # "=_" cannot occur in quoted-printable, so no body can hold the boundary.
    boundary = f"=_hb_{hashlib.sha256(envelope.send_id.encode()).hexdigest()[:32]}"
    mark = f"--{boundary}".encode()
    head = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode()
    html = _part("html", envelope.html, "html")
    return b"".join((head, mark, b"\r\n", text, b"\r\n", mark, b"\r\n", html, b"\r\n", mark, b"--\r\n"))


def _part(subtype: str, content: str, field: str) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\n"
    head += "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    raw = words(content, field).replace("\r\n", "\n").replace("\r", "\n").encode()
    if not raw.endswith(b"\n"):
        raw += b"\n"
    # b2a_qp takes its line ends from the first line, so every line is LF here and CRLF after.
    return head.encode() + b2a_qp(raw).replace(b"\n", b"\r\n")
