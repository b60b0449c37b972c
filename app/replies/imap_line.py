"""One connection to a mailbox over IMAP (RFC 3501): it reads, and neither marks nor deletes.

Every call blocks and belongs into a thread; none waits longer than the socket's timeout between two bytes,
and `cut` ends from outside what still hangs.
"""

import imaplib
import re
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from app.errors import MailboxRefused, Unavailable
from app.replies.imap_bearer import bearer
from app.replies.imap_socket import Socket, encrypted
from app.replies.mailbox import Mailbox

LARGEST = 10_000_000
"""Bytes of one mail that are read: its words come first, what is cut off are attachments."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Opened(NamedTuple):
    """A folder as the server shows it: while ``validity`` is the same, a UID means the same mail."""

    validity: int
    mails: int


class _Bounded(imaplib.IMAP4):
    """What it meets is told to the holder at once, so that a wait can be ended at any step."""

    def __init__(self, box: Mailbox, held: Socket) -> None:
        self._box, self._held = box, held
        self._greeting = b"* OK\r\n" if box.tls == "starttls" else b""
        super().__init__(box.host, box.port, box.seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        # The library's own way in for a socket of another kind (IMAP4_SSL does the same).
        plain = socket.create_connection((self._box.host, self._box.port), timeout)
        self._held.hold(plain)
        return plain if self._box.tls == "none" else encrypted(plain, self._box, self._held)

    def readline(self) -> bytes:
        """After STARTTLS no second greeting comes; the first was read before, in clear."""
        if self._greeting:
            said, self._greeting = self._greeting, b""
            return said
        return super().readline()

    def read(self, size: int) -> bytes:
        """A server may announce any length; only what was asked for is read."""
        if size > LARGEST + 1_000:
            raise self.abort("more than was asked for")
        return super().read(size)


class Line:
    """Raises `Unavailable` for whatever goes wrong, in words of our own: a server's may quote the account."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._line: imaplib.IMAP4 | None = None
        self._busy = threading.Lock()
        self._held = Socket()

    def open(self, secret: str) -> None:
        """Connects, encrypts and logs in; once more, if the former secret was refused.

        Args:
            secret: The password, or the access token of a mailbox that has a grant.

        Raises:
            MailboxRefused: The server answers, and does not take the secret.
            Unavailable: Anything else.
        """
        self._hang_up()
        with self._busy, _Told("connect"):
            line = self._line = _Bounded(self._mailbox, self._held)
        with self._busy, _Told("login"):
            if self._mailbox.grant is None:
                _log_in(line, self._mailbox, secret)
            else:
                mechanism, answer = bearer(self._mailbox, line.capabilities, secret)
                line.authenticate(mechanism, answer)

    def examine(self) -> Opened:
        """Opens the folder for reading only."""
        with self._busy, _Told("select"):
            line = self._open
            kind, found = line.select(_quoted(self._mailbox.folder), readonly=True)
            _, told = line.response("UIDVALIDITY")
            validity, mails = _number(told), _number(found)
            if kind != "OK" or validity is None:
                raise imaplib.IMAP4.error(kind)
            return Opened(validity, mails or 0)

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
        self._held.cut()

    def close(self, *, politely: bool = False) -> None:
        """Always to be called in the end."""
        self._hang_up(politely=politely)
        self._held.cut()

    def _hang_up(self, *, politely: bool = False) -> None:
        with self._busy, suppress(OSError, imaplib.IMAP4.error, AttributeError):
            line, self._line = self._line, None
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
            kind = MailboxRefused if self._step == "login" else Unavailable
            raise kind(f"The mailbox refuses ({self._step}).") from None


def _log_in(line: imaplib.IMAP4, box: Mailbox, password: str) -> None:
    if "LOGINDISABLED" in line.capabilities:
        raise Unavailable("The mailbox takes no passwords; set its tls, or oauth.")
    line.login(_quoted(box.username), password)


def _number(found: Sequence[object]) -> int | None:
    number = found[-1] if found else None
    return int(number) if isinstance(number, bytes) and number.isdigit() else None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
