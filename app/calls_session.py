"""One authorised exchange with a vendor: within its limit, with a token that works, past the breaker."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.ats.http import Account, ApiFailure, ApiRequest, ApiResponse, FailureKind, Token
from app.ats.vendor import Api
from app.calls_breaker import Breaker
from app.calls_rate import RateWindow
from app.calls_tokens import TokenStore
from app.calls_wire import Wire
from app.errors import MalformedBody, VendorAway, VendorBusy, VendorError, VendorRefused, VendorUnknown

_EARLY = timedelta(seconds=60)
"""A token is renewed this long before it expires."""


@dataclass(slots=True)
class Session:
    """What a connection's calls share in this process."""

    connection: str
    api: Api
    account: Account
    tokens: TokenStore
    wire: Wire
    rate: RateWindow
    breaker: Breaker
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def authorized(self, request: ApiRequest, deadline: datetime) -> ApiResponse:
        """The successful answer; raises `VendorError`. The token is renewed once where it is refused."""
        token = await self._token(None, deadline)
        response, failure = await self._exchange(self._signed(request, token), deadline)
        if failure and failure.kind is FailureKind.TOKEN and token is not None:
            # Refused, so certainly not done: this may be repeated even for a write.
            token = await self._token(token, deadline)
            response, failure = await self._exchange(self._signed(request, token), deadline)
        if failure:
            raise _error(failure, reads=request.reads)
        return response

    async def wait(self, pause: timedelta, deadline: datetime, error: VendorError | None = None) -> None:
        """Waits if that ends before the deadline, else gives up with the error, or with `VendorBusy`."""
        if self.now() + pause > deadline:
            raise error or VendorBusy(wait=pause)
        if pause > timedelta():
            await self.sleep(pause.total_seconds())

    def _signed(self, request: ApiRequest, token: Token | None) -> ApiRequest:
        return self.api.with_credentials(request, self.account, token)

    async def _token(self, refused: Token | None, deadline: datetime) -> Token | None:
        """A token that should work, other than the refused one; None where the key itself is sent."""
        asked = self.api.token_request(self.account)
        if asked is None:
            return None
        if token := await self._usable(refused):
            return token
        async with self.tokens.refreshing(self.connection):
            # Somebody else may have fetched one while we waited.
            if token := await self._usable(refused):
                return token
            response, failure = await self._exchange(asked, deadline)
            if failure:
                raise _error(failure, reads=True)
            try:
                token = self.api.read_token(response, self.now())
            except MalformedBody as error:
                raise VendorAway(error.detail) from error
            await self.tokens.put(self.connection, token)
            return token

    async def _usable(self, refused: Token | None) -> Token | None:
        token = await self.tokens.get(self.connection)
        if token is None or (refused is not None and token.value == refused.value):
            return None
        return token if self.now() < token.expires_at - _EARLY else None

    async def _exchange(
        self, request: ApiRequest, deadline: datetime
    ) -> tuple[ApiResponse, ApiFailure | None]:
        if rest := self.breaker.closed_for(self.now()):
            raise VendorAway("Left alone after repeated failures.", kind="breaker", wait=rest)
        # One at a time through the gate: waiting must not let several calls out on the same allowance.
        async with self._turn:
            while pause := self.rate.wait(self.now()):
                await self.wait(pause, deadline)
            self.rate.sent()
        try:
            response = await self.wire.exchange(request)
        except (VendorAway, VendorUnknown):
            self.breaker.failed(self.now())
            raise
        failure = self.api.failure(request, response, self.now())
        self._learn(response, failure)
        return response, failure

    def _learn(self, response: ApiResponse, failure: ApiFailure | None) -> None:
        now = self.now()
        if rate := self.api.rate(response, now):
            self.rate.heard(rate, now)
        if failure and failure.retry_after:
            self.rate.pause(now + failure.retry_after)
        if failure and failure.kind is FailureKind.AWAY:
            self.breaker.failed(now)
        else:
            self.breaker.succeeded()


def _error(failure: ApiFailure, *, reads: bool) -> VendorError:
    kind, wait = str(failure.kind), failure.retry_after
    if failure.kind is FailureKind.TOO_MANY:
        return VendorBusy(failure.detail, kind=kind, wait=wait)
    if failure.kind is FailureKind.AWAY:
        # Behind a gateway, a failed write may have been carried out.
        return (VendorAway if reads else VendorUnknown)(failure.detail, kind=kind, wait=wait)
    return VendorRefused(failure.detail, kind=kind)
