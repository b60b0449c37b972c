"""One connection to a mailbox over IMAP (RFC 3501): it reads, and neither marks nor deletes.

Every call blocks and belongs into a thread; none waits longer than the socket's timeout between two bytes,
and `cut` ends from outside what still hangs.
"""

import imaplib
import re
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from app.errors import Unavailable

LARGEST = 10_000_000
"""Bytes of one mail that are read: its words come first, what is cut off are attachments."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BOTH_WAYS = 2
"""SHUT_RDWR."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where it is and how it opens; all printable ASCII. ``seconds`` bound each wait for the server."""

    host: str
    port: int
    username: str = field(repr=False)
    password: str = field(repr=False)
    name: str = "INBOX"
    tls: bool = True
    seconds: float = 10.0


class _Bounded(imaplib.IMAP4):
    def read(self, size: int) -> bytes:
        """A server may announce any length; only what was asked for is read."""
        if size > LARGEST + 1_000:
            raise self.abort("more than was asked for")
        return super().read(size)


class _BoundedTls(_Bounded, imaplib.IMAP4_SSL):
    """The same, encrypted; the certificate must be one that this machine trusts."""


class Line:
    """Raises `Unavailable` for whatever goes wrong, in words of our own: a server's may quote the account."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._line: imaplib.IMAP4 | None = None
        self._busy = threading.Lock()
        self._over = False

    def open(self) -> int:
        """Logs in and opens the mailbox for reading only; gives its UIDVALIDITY."""
        box = self._mailbox
        with self._busy, _Told("connect"):
            if self._over:
                raise Unavailable("The mailbox does not answer (connect).")
            line = self._line = self._connected()
        with self._busy, _Told("login"):
            line.login(_quoted(box.username), box.password)
        with self._busy, _Told("select"):
            kind, _ = line.select(_quoted(box.name), readonly=True)
            _, found = line.response("UIDVALIDITY")
            number = found[0] if found else None
            if kind != "OK" or not isinstance(number, bytes) or not number.isdigit():
                raise imaplib.IMAP4.error(kind)
            return int(number)

    def newer(self, last: int, since: date | None) -> list[int]:
        """The UIDs above ``last``, lowest first; of mails that arrived since that day, where one is given."""
        day = f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}" if since else ""
        with self._busy, _Told("search"):
            kind, found = self._open.uid("SEARCH", f"UID {last + 1}:*{day}")
            if kind != "OK":
                raise imaplib.IMAP4.error(kind)
        numbers = re.findall(rb"\d+", b" ".join(part for part in found if isinstance(part, bytes)))
        # `n:*` names the last mail even where its UID is below n (RFC 3501, 6.4.8).
        return sorted({uid for uid in map(int, numbers) if uid > last})

    def fetch(self, uid: int, most: int = LARGEST) -> bytes | None:
        """The mail, or its first ``most`` bytes; None where it has gone meanwhile."""
        with self._busy, _Told("fetch"):
            kind, found = self._open.uid("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{most}>)")
            if kind != "OK":
                raise imaplib.IMAP4.error(kind)
        for part in found:
            if isinstance(part, tuple) and b"BODY[" in part[0].upper():
                return bytes(part[1])[:most]
        return None

    def cut(self) -> None:
        """Ends what hangs in another thread; nothing can be asked afterwards."""
        self._over = True
        if self._line is not None:
            with suppress(OSError, AttributeError):
                self._line.sock.shutdown(_BOTH_WAYS)

    def close(self, *, politely: bool = False) -> None:
        """Always to be called in the end."""
        with self._busy, suppress(OSError, imaplib.IMAP4.error, AttributeError):
            line, self._line, self._over = self._line, None, True
            if line is not None:
                try:
                    if politely:
                        line.logout()
                finally:
                    line.shutdown()

    @property
    def _open(self) -> imaplib.IMAP4:
        if self._line is None:
            raise imaplib.IMAP4.abort("not open")
        return self._line

    def _connected(self) -> imaplib.IMAP4:
        box = self._mailbox
        if not box.tls:
            return _Bounded(box.host, box.port, box.seconds)
        return _BoundedTls(box.host, box.port, ssl_context=ssl.create_default_context(), timeout=box.seconds)


class _Told:
    """Turns the library's errors into ours, with the step at which they came."""

    def __init__(self, step: str) -> None:
        self._step = step

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, wrong: BaseException | None, _trace: object) -> None:
        if isinstance(wrong, OSError | imaplib.IMAP4.abort | ValueError | AttributeError):
            raise Unavailable(f"The mailbox does not answer ({self._step}).") from None
        if isinstance(wrong, imaplib.IMAP4.error):
            raise Unavailable(f"The mailbox refuses ({self._step}).") from None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
