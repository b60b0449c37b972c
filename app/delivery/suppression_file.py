"""Suppressions as a CSV file: in with addresses or keyed hashes, out with hashes only.

Addresses are not known to us, so none can be written out; a file of ours can be read in again wherever the
same oldest master key is in force. Pure.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.delivery.models import Suppression
from app.errors import InvalidAddress, Unprocessable, UnsafeHeader
from app.mail.headers import address as sound_address
from app.mail.outbound import Address

COLUMNS = ("id", "reason", "source", "created_at")
MOST = 20_000
"""Lines in one file; a longer one is read in parts."""
_HASH = re.compile(r"[0-9a-f]{64}")
_LONGEST_REASON = 100


@dataclass(frozen=True, slots=True)
class Import:
    """What a file holds: each hash with its reason, and the numbers of the lines that hold nothing sound."""

    rows: Sequence[tuple[bytes, str]] = field(repr=False)
    refused: Sequence[int]

    def by_hash(self) -> dict[bytes, str]:
        """Each hash once, with the reason of its first line."""
        return dict(reversed(self.rows))


def read_file(text: str, hashed: Callable[[str], bytes]) -> Import:
    """The suppressions in a file with a header line: ``address`` or ``id``, and ``reason`` if known.

    ``hashed`` makes the keyed hash of an address. Raises `Unprocessable` for a file of another shape.
    """
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        names = {name.strip().lower() for name in lines.fieldnames or () if name}
        given = [{str(k).strip().lower(): v for k, v in line.items() if k} for line in lines]
    except csv.Error as wrong:
        raise Unprocessable("That is not a CSV file.") from wrong
    if names.isdisjoint(("address", "email", "id")):
        raise Unprocessable("The first line names the columns: address (or id), and reason.")
    if len(given) > MOST:
        raise Unprocessable(f"One file holds at most {MOST} lines; read it in parts.")
    rows, refused = [], []
    for number, line in enumerate(given, start=2):
        found = _hash_of(line, hashed)
        if found is None:
            refused.append(number)
        else:
            rows.append((found, _reason(line.get("reason"))))
    return Import(rows, refused)


def _hash_of(line: dict[str, str | None], hashed: Callable[[str], bytes]) -> bytes | None:
    known = (line.get("id") or "").strip().lower()
    if _HASH.fullmatch(known):
        return bytes.fromhex(known)
    given = (line.get("address") or line.get("email") or "").strip()
    try:
        sound_address(Address("", given), "address")
    except (InvalidAddress, UnsafeHeader):
        return None
    return hashed(given)


def _reason(given: str | None) -> str:
    words = " ".join((given or "").split())[:_LONGEST_REASON]
    # A reason is shown to everybody who may look at the list, so it must not hold an address.
    return words if words.isprintable() and words and "@" not in words else "imported"


def write_file(rows: Iterable[Suppression]) -> str:
    """The file with these suppressions, by hash."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        since: datetime = row.created_at
        writer.writerow([row.address_hash.hex(), _cell(row.reason), _cell(row.source), since.isoformat()])
    return out.getvalue()


def _cell(words: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t") else words
