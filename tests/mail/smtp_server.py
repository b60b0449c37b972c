"""A real SMTP server on loopback that can fail at every command, and counts what it took by Message-ID."""

import asyncio
import ssl
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DROP, HANG = "drop", "hang"
"""Instead of a reply: the connection is cut, or nothing ever comes."""


class FaultySmtp:
    """``faults`` maps a step to a reply, ``DROP`` or ``HANG``.

    Steps are ``connect, ehlo, auth, mail, rcpt, data`` (the command) and ``after_dot`` (the message was
    read); a 2yz for ``after_dot``, ``DROP`` and ``HANG`` there count as taken: the server has the message.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, auth: bool = False) -> None:
        self.faults: dict[str, str] = {}
        self.effects: Counter[str] = Counter()
        self.received: list[bytes] = []
        self.senders: list[str] = []
        self.logins: list[str] = []
        self.encrypted: list[bool] = []
        self.port = 0
        self._tls, self._auth = tls, auth
        self._ending = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._open: list[SMTP] = []

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._ending.set()
        if self._server:
            self._server.close()
        for protocol in self._open:
            _cut(protocol)
            task = protocol._handler_coroutine
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError, OSError):
                    await task

    def _protocol(self) -> SMTP:
        protocol = _Faulty(
            self,
            hostname="mx.example",
            tls_context=self._tls,
            authenticator=self._authenticate if self._auth else None,
            auth_required=self._auth,
            auth_require_tls=self._tls is not None,
            enable_SMTPUTF8=False,
        )
        self._open.append(protocol)
        return protocol

    def _authenticate(self, server: Any, session: Any, envelope: Any, how: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == b"secret", handled=False)

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        self.senders.append(address)
        return await self.meet(server, "mail") or "250 OK"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await self.meet(server, "rcpt") or "250 OK"
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        planned = self.faults.get("after_dot", "250 2.0.0 Ok: queued as 4Xy1")
        if planned in (DROP, HANG) or planned.startswith("2"):
            self.received.append(content)
            self.effects[str(message_from_bytes(content)["message-id"])] += 1
            self.encrypted.append(session.ssl is not None)
        return await self.meet(server, "after_dot") or planned

    async def meet(self, server: SMTP, step: str) -> str | None:
        """The planned reply of a step; cuts or holds the connection where that is planned."""
        planned = self.faults.get(step)
        if planned == DROP:
            _cut(server)
        if planned in (DROP, HANG):
            await self._ending.wait()
        return planned


def _cut(protocol: SMTP) -> None:
    # By name: uvloop's transports are no subclasses of asyncio's.
    abort = getattr(protocol.transport, "abort", None)
    if abort:
        abort()


class _Faulty(SMTP):
    def __init__(self, plan: FaultySmtp, **options: Any) -> None:
        super().__init__(plan, **options)
        self._plan = plan

    async def push(self, status: Any) -> None:
        text = str(status)
        if text.startswith("220") and "mx.example" in text:
            status = await self._plan.meet(self, "connect") or status
        await super().push(status)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - the library's name
        reply = await self._plan.meet(self, "ehlo")
        await (self.push(reply) if reply else super().smtp_EHLO(hostname))

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 - the library's name
        reply = await self._plan.meet(self, "auth")
        await (self.push(reply) if reply else super().smtp_AUTH(arg))

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the library's name
        reply = await self._plan.meet(self, "data")
        await (self.push(reply) if reply else super().smtp_DATA(arg))


def certificates(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's TLS context that trust each other, for 127.0.0.1 and localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = built.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both = folder / "server.pem"
    both.write_bytes(pem + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(both)
    return server, ssl.create_default_context(cadata=pem.decode())
