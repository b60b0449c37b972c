"""Forms as mail providers post and take them: multipart or url-encoded, bounded. Pure."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from urllib.parse import parse_qsl

from app.errors import MalformedBody, UnsafeHeader

LARGEST_FORM = 40_000_000
"""Bytes; the providers' own limits for inbound mail are 25 to 35 MB."""
MOST_FIELDS = 200
_LONGEST_HEAD = 16_000
_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;",]{1,200}))', re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,99}")


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form. A file has a ``filename``; one that was read has lost its content."""

    name: str
    value: bytes = field(repr=False)
    filename: str | None = field(default=None, repr=False)
    content_type: str = "text/plain"


def is_form(headers: Mapping[str, str]) -> bool:
    """Whether the Content-Type, under its lower-case name, is that of a form."""
    return _type(headers) in (_URLENCODED, _MULTIPART)


def read_form(headers: Mapping[str, str], body: bytes) -> tuple[FormField, ...]:
    """The fields in their order; raises `MalformedBody` for what is no whole form of moderate size."""
    if len(body) > LARGEST_FORM:
        raise MalformedBody("The form is too large.")
    kind = _type(headers)
    if kind == _URLENCODED:
        return _urlencoded(body)
    found = _BOUNDARY.search(headers.get("content-type", ""))
    if kind != _MULTIPART or found is None:
        raise MalformedBody("The body is not a form.")
    return tuple(_parts(body, (found[1] or found[2]).encode("utf-8", "replace")))


def _type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _urlencoded(body: bytes) -> tuple[FormField, ...]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise MalformedBody("The form is not url-encoded, or has too many fields.") from None
    return tuple(FormField(name, value.encode("utf-8", "replace")) for name, value in pairs)


def _parts(body: bytes, boundary: bytes) -> Iterator[FormField]:
    _, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary, MOST_FIELDS + 1)
    for part in parts:
        if part.startswith(b"--"):
            return
        line, _, rest = part.partition(b"\r\n")
        head, gap, value = rest.partition(b"\r\n\r\n")
        if line.strip(b" \t") or not gap or len(head) > _LONGEST_HEAD:
            break
        yield _part(head, value)
    raise MalformedBody("The form breaks off, or has too many fields.")


def _part(head: bytes, value: bytes) -> FormField:
    try:
        said: Message = BytesHeaderParser().parsebytes(head + b"\r\n\r\n")
        name, filename = (said.get_param(of, header="content-disposition") for of in ("name", "filename"))
        kind = said.get_content_type()
    except (ValueError, LookupError, TypeError, AttributeError):
        raise MalformedBody("A part of the form cannot be read.") from None
    if not isinstance(name, str):
        raise MalformedBody("A part of the form has no name.")
    if filename is None:
        return FormField(name, value, content_type=kind)
    return FormField(name, b"", filename=str(filename), content_type=kind)


def write_form(fields: Sequence[FormField]) -> tuple[str, bytes]:
    """The Content-Type and the bytes of a multipart form, the same for the same fields.

    Raises ``UnsafeHeader`` for the name of a field or file that is not plain ASCII. The boundary is made of
    the content, so no content can hold it.
    """
    parts = [_head(each) + each.value for each in fields]
    boundary = hashlib.sha256(b"\x00".join(parts)).hexdigest()[:40].encode()
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return f"{_MULTIPART}; boundary={boundary.decode()}", body + b"--" + boundary + b"--\r\n"


def _head(each: FormField) -> bytes:
    for name in (each.name, each.filename or "x"):
        if not _PLAIN_NAME.fullmatch(name):
            raise UnsafeHeader("The name of a field or a file is not plain ASCII.", field="attachment")
    if each.filename is None:
        return f'Content-Disposition: form-data; name="{each.name}"\r\n\r\n'.encode()
    if not each.content_type.isascii() or not each.content_type.isprintable():
        raise UnsafeHeader("A file's type is not plain ASCII.", field="attachment")
    line = f'Content-Disposition: form-data; name="{each.name}"; filename="{each.filename}"'
    return f"{line}\r\nContent-Type: {each.content_type}\r\n\r\n".encode()
