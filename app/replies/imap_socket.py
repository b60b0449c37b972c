"""The socket below a line to a mailbox: cut at any step, and encrypted before anything is said."""

import imaplib
import socket
import ssl
import threading
from contextlib import suppress

from app.replies.mailbox import Mailbox

_LONGEST, _MOST = 8_192, 20
"""Bytes of a line and number of lines that a server may say before the encryption."""


class Socket:
    """Whichever socket is in use; `cut` ends what waits for it, now and later."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._over = False

    def hold(self, made: socket.socket) -> None:
        """From now on it is this one; raises OSError where all is over."""
        with self._lock:
            if self._over:
                made.close()
                raise OSError("cut")
            self._socket = made

    def cut(self) -> None:
        """May be called from any thread and more than once."""
        with self._lock:
            self._over = True
            if self._socket is not None:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)


def encrypted(plain: socket.socket, box: Mailbox, held: Socket) -> ssl.SSLSocket:
    """The same connection, to a server that the machine, or the mailbox's own authority, vouches for.

    Raises OSError, or `imaplib.IMAP4.error` for a server that refuses STARTTLS.
    """
    try:
        if box.tls == "starttls":
            _ask(plain)
        context = ssl.create_default_context(cafile=box.ca_file)
        safe = context.wrap_socket(plain, server_hostname=box.host, do_handshake_on_connect=False)
    except BaseException:
        plain.close()
        raise
    try:
        held.hold(safe)
        safe.do_handshake()
    except BaseException:
        safe.close()
        raise
    return safe


def _ask(plain: socket.socket) -> None:
    """STARTTLS, before the library sees the connection: nothing that was said in clear outlives it.

    A server that greets as if one were logged in (PREAUTH) would skip it: an attack, or a mistake.
    """
    if not _said(plain).upper().startswith(b"* OK"):
        raise imaplib.IMAP4.error("greeting")
    plain.sendall(b"a STARTTLS\r\n")
    for _ in range(_MOST):
        tag, _, told = _said(plain).upper().partition(b" ")
        if tag == b"A":
            if told.startswith(b"OK"):
                return
            break
    raise imaplib.IMAP4.error("STARTTLS")


def _said(plain: socket.socket) -> bytes:
    """One line, a byte at a time: what comes after it goes to the handshake, which fails on it."""
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = plain.recv(1)
        line += byte
        if not byte or len(line) > _LONGEST:
            raise OSError("no line")
    return bytes(line)
