"""Reading what mail providers post back: ids without brackets, addresses, headers, short codes. Pure."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from app.ats.fields import text

LONGEST_TEXT = 1_000_000
"""Characters of a mail's text or HTML that are kept; nobody types more."""
LONGEST_HEADERS = 200
"""Header lines of one mail that are kept; a long way through relays adds some dozens."""
_LONGEST_VALUE = 4_000
_ID = re.compile(r"<([^<>\s]{1,900})>")
_CODE = re.compile(r"[^A-Za-z0-9_./-]+")
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_SECONDS = re.compile(r"\d{1,12}(\.\d{1,9})?", re.ASCII)
_LATEST = 7_258_118_400
"""The year 2200; later instants are nonsense."""
_POLICY = "7"
"""The subject of an enhanced status code that speaks of policy, not of the address (RFC 3463, 3.8)."""


def bare_id(value: object) -> str | None:
    """One id of a message without its angle brackets; None for anything else."""
    found = text(value, 1_000)
    if found is None:
        return None
    inside = _ID.search(found)
    return inside[1] if inside else found if not re.search(r"[<>\s]", found) else None


def bare_ids(value: object) -> tuple[str, ...]:
    """Every id in a header such as References, in its order."""
    return tuple(_ID.findall(text(value, 20_000) or ""))


def addresses(*values: object) -> tuple[str, ...]:
    """The bare addresses in header values or lists of them, each once, in their order."""
    lines = [line for value in values for line in (value if isinstance(value, list) else [value])]
    pairs = getaddresses([found for line in lines if (found := text(line, _LONGEST_VALUE))])
    return tuple(dict.fromkeys(address for _, address in pairs if "@" in address))


def headers_of(value: object) -> tuple[tuple[str, str], ...]:
    """Header lines from an object whose values are strings or lists of strings; names in lower case."""
    found = list(_lines(value)) if isinstance(value, dict) else []
    return tuple(found[:LONGEST_HEADERS])


def _lines(value: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, given in value.items():
        for line in given if isinstance(given, list) else [given]:
            if (said := text(line, _LONGEST_VALUE)) is not None and (clean := text(name, 100)):
                yield clean.lower(), said


def header(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    """The first value under that lower-case name."""
    return next((value for each, value in headers if each == name), None)


def null_or_address(value: str | None) -> str | None:
    """The envelope's sender from a Return-Path: empty for the null sender of bounces, None where unknown."""
    if value is None:
        return None
    return "" if value.strip() == "<>" else next(iter(addresses(value)), None)


def mail_date(value: object) -> datetime | None:
    """The instant in a Date header, in UTC; None for nonsense. One without a zone is taken as UTC."""
    try:
        found = parsedate_to_datetime(text(value, 100) or "")
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def epoch(value: object) -> datetime | None:
    """The instant in seconds since 1970, as a number or its digits, in UTC; None for nonsense."""
    if isinstance(value, str) and _SECONDS.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _LATEST:
        return None
    return datetime.fromtimestamp(value, UTC)


def code(*parts: object) -> str:
    """A provider's own short words as one code: only letters, digits and ``_./-``, at most 60 characters.

    An address in them loses its @, so callers give enumerated fields only, never free text.
    """
    found = [_CODE.sub("-", part)[:40].strip("-") for part in parts if isinstance(part, str)]
    return " ".join(part for part in found if part)[:60]


def enhanced_code(*reasons: object) -> str | None:
    """The first enhanced status code (RFC 3463) in a receiving server's words, such as ``5.1.1``."""
    for reason in reasons:
        if match := _ENHANCED.search(text(reason, _LONGEST_VALUE) or ""):
            return ".".join(match.groups())
    return None


def of_policy(status: str | None) -> bool:
    """Whether that code blames the sender's authentication or reputation and not the recipient's address."""
    return status is not None and status.split(".")[1] == _POLICY


def digest(*parts: object) -> str:
    """A key for a receipt that has no id of its own; it repeats no address."""
    joined = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest()[:40]
