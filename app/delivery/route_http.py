"""The way out through an HTTP provider: one request an attempt, and the truth about how far it came."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

import httpx

from app.delivery.route import RouteMeta
from app.errors import HeardbackError, UnsafeSettings
from app.mail.outbound import Envelope, Outcome, OutcomeKind
from app.mail.provider import MailRequest, Provider

LARGEST_ANSWER = 1_000_000
"""Bytes of an answer that are read; no provider's answer to one message comes near."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_OUR_FAULT = (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError, ValueError)


class ProviderSettings(Protocol):
    """What the edge must know of a provider's settings."""

    @property
    def base_url(self) -> str:
        """Where the provider listens; credentials go nowhere else."""
        ...


S = TypeVar("S", bound=ProviderSettings)


@dataclass(frozen=True, slots=True)
class HttpTimeouts:
    """Bounds in seconds; ``total`` holds whatever the provider does and stays below 15."""

    connect: float = 5.0
    total: float = 14.0


class HttpRoute(Generic[S]):
    """One provider's file joined to the network.

    ``authorize`` gives the headers with the credentials for a request; they are never stored. ``lag`` is how
    old an attempt must be before its absence from the provider's search proves that it was not taken.
    """

    def __init__(
        self,
        name: str,
        provider: Provider[S],
        settings: S,
        *,
        authorize: Callable[[MailRequest], Mapping[str, str]],
        lag: timedelta,
        timeouts: HttpTimeouts | None = None,
    ) -> None:
        where = urlsplit(settings.base_url)
        if where.scheme != "https" and not (where.scheme == "http" and where.hostname in _LOOPBACK):
            raise UnsafeSettings(f"Set {name}'s address to an https:// one.")
        self.name = name
        self._provider, self._settings = provider, settings
        self._authorize, self._lag = authorize, lag
        self._timeouts = timeouts or HttpTimeouts()
        self.longest = timedelta(seconds=self._timeouts.total)
        self.repeat_within = provider.REPEAT_WITHIN
        self.keeps_message_id = True
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(self._timeouts.total, connect=self._timeouts.connect),
            limits=httpx.Limits(keepalive_expiry=5.0),
            headers={"user-agent": "heardback"},
            trust_env=where.hostname not in _LOOPBACK,
        )

    def prepare(self, envelope: Envelope, date: datetime) -> bytes:
        """The request without its credentials; these providers set the Date header themselves."""
        del date
        return self._provider.build(envelope, self._settings).to_bytes()

    async def send(self, payload: bytes, meta: RouteMeta) -> Outcome:
        del meta  # the request names its recipient
        try:
            request = MailRequest.from_bytes(payload)
        except ValueError:
            return self._wrong("the stored payload is not for this route")
        answer = await self.ask(request)
        return answer if isinstance(answer, Outcome) else self._provider.parse(*answer)

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        try:
            request = self._provider.look_up(send_id, self._settings)
        except HeardbackError as error:
            return Outcome(OutcomeKind.AMBIGUOUS, f"{self.name}: {error.code}")
        if request is None:
            return None
        answer = await self.ask(request)
        if isinstance(answer, Outcome):
            # The trouble is the question's; what became of the send is as unknown as before.
            return Outcome(OutcomeKind.AMBIGUOUS, f"look-up: {answer.detail}")
        outcome = self._provider.found(send_id, *answer)
        if outcome is not None:
            return outcome
        if age is not None and age >= self._lag:
            return Outcome(OutcomeKind.NOT_SENT, f"{self.name}'s search does not know it")
        return Outcome(OutcomeKind.AMBIGUOUS, f"{self.name}'s search does not know it yet")

    async def aclose(self) -> None:
        await self._client.aclose()

    @property
    def settings(self) -> S:
        """The provider's settings, without credentials."""
        return self._settings

    async def ask(self, request: MailRequest) -> tuple[int, Mapping[str, str], bytes] | Outcome:
        """The provider's answer to a request of ours, its credentials added here; else why there is none."""
        if not request.url.startswith(self._settings.base_url.rstrip("/") + "/"):
            return self._wrong("the stored payload is for another address")
        progress = _Progress()
        try:
            async with asyncio.timeout(self._timeouts.total):
                return await self._exchange(request, progress)
        except _NEVER_LEFT as error:
            return self._broken(OutcomeKind.NOT_SENT, error)
        except (httpx.HTTPError, OSError, *_OUR_FAULT) as error:
            if progress.started:
                return self._broken(OutcomeKind.AMBIGUOUS, error)
            ours = isinstance(error, _OUR_FAULT)
            return self._broken(OutcomeKind.CONFIGURATION if ours else OutcomeKind.NOT_SENT, error)

    async def _exchange(
        self, request: MailRequest, progress: "_Progress"
    ) -> tuple[int, Mapping[str, str], bytes]:
        headers = {**dict(request.headers), **self._authorize(request)}
        async with self._client.stream(
            request.method,
            request.url,
            headers=headers,
            content=request.body,
            extensions={"trace": progress.trace},
        ) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    break
            return response.status_code, dict(response.headers), bytes(body[:LARGEST_ANSWER])

    def _wrong(self, what: str) -> Outcome:
        return Outcome(OutcomeKind.CONFIGURATION, f"{self.name}: {what}")

    def _broken(self, kind: OutcomeKind, error: Exception) -> Outcome:
        return Outcome(kind, f"{self.name}: {type(error).__name__}")


class _Progress:
    """Whether the first byte of a request may have reached the network."""

    def __init__(self) -> None:
        self.started = False

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        del info
        self.started = self.started or event.endswith("send_request_headers.started")
