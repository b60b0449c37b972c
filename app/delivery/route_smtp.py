"""The way out through an SMTP server, step by step, so that the stage of a failure is always known."""

import asyncio
import re
import ssl
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeVar

import aiosmtplib

from app.delivery.route import RouteMeta
from app.errors import Unprocessable, UnsafeSettings
from app.mail.headers import address
from app.mail.mime import build_mime
from app.mail.outbound import Address, Envelope, Outcome, OutcomeKind
from app.mail.smtp import Stage, classify_break, classify_reply, not_supported

T = TypeVar("T")
TlsMode = Literal["starttls", "tls", "none"]

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_START_INPUT = 354


@dataclass(frozen=True, slots=True)
class SmtpTimeouts:
    """Bounds in seconds.

    ``dialogue`` covers all from the connection to the reply to DATA. ``after_dot`` is the wait that matters:
    RFC 5321 allows a server ten minutes, and who leaves early does not know whether the message was taken.
    """

    dialogue: float = 8.0
    after_dot: float = 16.0
    quit: float = 1.0


class SmtpRoute:
    """Sends through one SMTP server, one connection a message. SMTP cannot be asked afterwards.

    ``tls`` is ``starttls`` (demanded, never skipped), ``tls`` from the first byte, or ``none``. With a
    ``bounce_domain`` every message has an envelope sender of its own there, ``bounce+<send id>@…``, so that
    a bounce tells which message came back; mail to that domain must reach a mailbox that is read. Raises
    ``UnsafeSettings`` for a password that would travel in clear to another machine.
    """

    def __init__(
        self,
        host: str,
        port: int = 587,
        *,
        tls: TlsMode = "starttls",
        username: str | None = None,
        password: str | None = None,
        timeouts: SmtpTimeouts | None = None,
        tls_context: ssl.SSLContext | None = None,
        bounce_domain: str | None = None,
        name: str = "smtp",
    ) -> None:
        if username and tls == "none" and host not in _LOOPBACK:
            raise UnsafeSettings("Set its `tls` to starttls or tls: the password would go in clear.")
        self.name = name
        self._timeouts = timeouts or SmtpTimeouts()
        bound = self._timeouts
        self.longest = timedelta(seconds=bound.dialogue + bound.after_dot + bound.quit)
        self.repeat_within: timedelta | None = None
        self.keeps_message_id = True
        self._host, self._port, self._tls = host, port, tls
        self._login = (username, password or "") if username else None
        self._tls_context = tls_context
        self._bounce_domain = bounce_domain

    def prepare(self, envelope: Envelope, date: datetime) -> bytes:
        return build_mime(envelope, date)

    async def send(self, payload: bytes, meta: RouteMeta) -> Outcome:
        meta = replace(meta, sender=self._envelope_sender(meta))
        refused = self._refuse(meta.sender, OutcomeKind.CONFIGURATION)
        refused = refused or self._refuse(meta.recipient, OutcomeKind.PERMANENT)
        if refused:
            return refused
        conversation = _Conversation(self._client(), self._tls, self._login, self._timeouts)
        try:
            return await conversation.hold(payload, meta)
        finally:
            conversation.client.close()

    async def greet(self) -> Outcome | None:
        """Connect, encrypt and log in as for a message, and leave: None where the server lets us in."""
        conversation = _Conversation(self._client(), self._tls, self._login, self._timeouts)
        try:
            return await conversation.greet()
        finally:
            conversation.client.close()

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        """None: SMTP has no way to ask; a receipt, a bounce or a person must settle it."""
        del send_id, age
        return None

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _envelope_sender(self, meta: RouteMeta) -> str:
        """Where bounces go: an address that says which message came back, else the sender's own."""
        return f"bounce+{meta.send_id}@{self._bounce_domain}" if self._bounce_domain else meta.sender

    def _refuse(self, mailbox: str, kind: OutcomeKind) -> Outcome | None:
        try:
            address(Address("", mailbox), "address")
        except Unprocessable as error:
            # The library would cut a broken address to its first readable part, and write to that.
            return Outcome(kind, f"{self.name}: {error.code}")
        return None

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._tls == "tls",
            start_tls=False,
            tls_context=self._tls_context,
            timeout=self._timeouts.dialogue,
        )


class _Conversation:
    def __init__(
        self, client: aiosmtplib.SMTP, tls: TlsMode, login: tuple[str, str] | None, timeouts: SmtpTimeouts
    ) -> None:
        self.client = client
        self.stage = Stage.CONNECT
        self._tls, self._login, self._timeouts = tls, login, timeouts

    async def greet(self) -> Outcome | None:
        return await self._held(self._greeted())

    async def hold(self, payload: bytes, meta: RouteMeta) -> Outcome:
        return await self._held(self._handed_over(payload, meta))

    async def _held(self, talk: Awaitable[T]) -> T | Outcome:
        try:
            outcome = await talk
        except aiosmtplib.SMTPResponseException as error:
            return classify_reply(self.stage, error.code, error.message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            first = error.recipients[0]
            return classify_reply(Stage.RCPT, first.code, first.message)
        except (aiosmtplib.SMTPException, TimeoutError, OSError, ValueError) as error:
            # A ValueError is the library's refusal of an argument before it was written.
            return classify_break(self.stage, type(error).__name__)
        with suppress(aiosmtplib.SMTPException, TimeoutError, OSError):
            await self.client.quit(timeout=self._timeouts.quit)
        return outcome

    async def _greeted(self) -> Outcome | None:
        async with asyncio.timeout(self._timeouts.dialogue):
            refused = await self._until_login()
            if not refused:
                await self.client.noop()
            return refused

    async def _handed_over(self, payload: bytes, meta: RouteMeta) -> Outcome:
        async with asyncio.timeout(self._timeouts.dialogue):
            refused = await self._until_login() or await self._until_data(meta)
        return refused or await self._hand_over(payload)

    async def _until_login(self) -> Outcome | None:
        client = self.client
        await client.connect()
        self.stage = Stage.EHLO
        await client.ehlo()
        if self._tls == "starttls":
            self.stage = Stage.STARTTLS
            if not client.supports_extension("starttls"):
                return not_supported(self.stage)
            await client.starttls()
            await client.ehlo()
        if self._login:
            self.stage = Stage.AUTH
            if not client.supports_extension("auth") or not client.supported_auth_methods:
                return not_supported(self.stage)
            await client.login(*self._login)
        return None

    async def _until_data(self, meta: RouteMeta) -> Outcome | None:
        client = self.client
        self.stage = Stage.MAIL
        await client.mail(meta.sender)
        self.stage = Stage.RCPT
        await client.rcpt(meta.recipient)
        self.stage = Stage.DATA
        reply = await client.execute_command(b"DATA")
        return None if reply.code == _START_INPUT else classify_reply(self.stage, reply.code, reply.message)

    async def _hand_over(self, payload: bytes) -> Outcome:
        """Write the message and its dot, and wait for the one reply that makes it theirs."""
        protocol = self.client.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        end = b".\r\n" if payload.endswith(b"\r\n") else b"\r\n.\r\n"
        protocol.write(_LEADING_DOT.sub(b"..", payload) + end)
        self.stage = Stage.AFTER_DOT
        reply = await protocol.read_response(timeout=self._timeouts.after_dot)
        return classify_reply(self.stage, reply.code, reply.message)
