"""Calls to applicant tracking systems: the one client for all of them.

It keeps within the vendor's rate limit, renews a refused token once, repeats reads a few times with growing
pauses, never repeats a write, and leaves a failing vendor alone. What goes wrong is a `VendorError`:
`VendorAway` (not done, try later), `VendorBusy` (not done, ``wait``), `VendorRefused` (a person must change
something; ``kind`` is the `FailureKind`), `VendorUnknown` (a write that may have taken effect).
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from app.ats.fields import Answers, Json
from app.ats.http import Account, ApiRequest, ApiResponse
from app.ats.vendor import Api
from app.calls_breaker import Breaker
from app.calls_rate import RateWindow
from app.calls_session import Session
from app.calls_tokens import TokenStore
from app.calls_wire import Wire
from app.errors import MalformedBody, VendorAway, VendorBusy, VendorRefused, VendorUnknown
from app.moments import machine_now


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may cost.

    ``total`` bounds a call with all its waits and repeats, ``exchange`` a single exchange; both stay below
    the lease of 30 s. ``share`` is the part of the vendor's limit that this process takes.
    """

    total: timedelta = timedelta(seconds=15)
    exchange: timedelta = timedelta(seconds=10)
    reads: int = 3
    """How often a read is tried in all."""
    share: float = 0.5
    most_pages: int = 200
    breaker_failures: int = 5
    breaker_rest: timedelta = timedelta(seconds=30)


def vendor_http() -> httpx.AsyncClient:
    """A client that reads no proxies and no passwords from the environment; close it after use."""
    return httpx.AsyncClient(trust_env=False, timeout=httpx.Timeout(10, connect=5))


class VendorClient:
    """Calls one connection's vendor. Keep one a connection and process: it holds the rate and the breaker.

    ``now`` is the machine clock and ``sleep`` waits for seconds; ``chance`` gives a number from 0 to 1 that
    spreads the pauses.
    """

    def __init__(
        self,
        connection: str,
        api: Api,
        account: Account,
        *,
        tokens: TokenStore,
        http: httpx.AsyncClient,
        limits: Limits | None = None,
        now: Callable[[], datetime] = machine_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._limits = limits or Limits()
        self._api, self._account, self._now, self._chance = api, account, now, chance
        allowed = [account.api_base or api.API_BASE, account.auth_url or api.AUTH_URL]
        self._session = Session(
            connection,
            api,
            account,
            tokens,
            Wire(http, allowed, self._limits.exchange.total_seconds()),
            RateWindow(share=self._limits.share),
            Breaker(self._limits.breaker_failures, self._limits.breaker_rest),
            now,
            sleep,
        )

    async def call(self, request: ApiRequest) -> ApiResponse:
        """The vendor's successful answer; raises `VendorError` for anything else."""
        deadline = self._now() + self._limits.total
        tries = self._limits.reads if request.reads else 1
        async with self._bounded(request):
            for attempt in range(1, tries):
                try:
                    return await self._session.authorized(request, deadline)
                except (VendorAway, VendorBusy) as error:
                    if error.kind == "breaker":
                        raise
                    await self._session.wait(error.wait or self._pause(attempt), deadline, error)
            return await self._session.authorized(request, deadline)

    async def rows(self, request: ApiRequest) -> list[Json]:
        """All rows of a list, page by page; raises `VendorError`."""
        found: list[Json] = []
        page = request
        for _ in range(self._limits.most_pages):
            response = await self.call(page)
            try:
                found += self._api.rows(response)
            except MalformedBody as error:
                raise VendorAway(error.detail) from error
            following = self._api.next_page(page, response)
            if following is None:
                return found
            page = following
        raise VendorRefused(f"More than {self._limits.most_pages} pages.", kind="pages")

    async def collect(self, asked: Mapping[str, Sequence[ApiRequest]]) -> dict[str, list[Json]]:
        """The rows of several lists by resource; raises `VendorError`."""
        found: dict[str, list[Json]] = {}
        for resource, requests in asked.items():
            found[resource] = [row for request in requests for row in await self.rows(request)]
        return found

    async def applications(self, ids: Sequence[str]) -> Answers:
        """All that the API says about these applications, for ``api.read_answers``; raises `VendorError`."""
        base = self._account.api_base
        answers = await self.collect(self._api.first_requests(ids, base))
        while asked := self._api.further_requests(answers, base):
            answers |= await self.collect(asked)
        return answers

    async def changed(self, since: datetime) -> list[str]:
        """The ids of the applications that changed at or after that instant; raises `VendorError`."""
        answers = await self.collect(self._api.changed_requests(since, self._account.api_base))
        return self._api.changed_applications(answers)

    async def find_note(self, candidate: str, marker: str) -> str | None:
        """The vendor's id of the candidate's note that carries our marker, or None; raises `VendorError`."""
        for request in self._api.notes_requests(candidate, self._account.api_base):
            if found := self._api.marker_in(await self.rows(request), marker):
                return found
        return None

    async def write_note(
        self, candidate: str, application: str | None, body: str, user: str | None = None
    ) -> str | None:
        """Writes a note once; the vendor's id of it, or None where the answer names none.

        Raises `VendorError`; after `VendorUnknown`, ask `find_note` before writing again.
        """
        base = self._account.api_base
        response = await self.call(self._api.note_request(candidate, application, body, user, base=base))
        return self._api.created_id(response)

    @asynccontextmanager
    async def _bounded(self, request: ApiRequest) -> AsyncIterator[None]:
        # The injected clock may stand still, so real time is bounded as well.
        try:
            async with asyncio.timeout(self._limits.total.total_seconds()):
                yield
        except TimeoutError as error:
            raise (VendorAway if request.reads else VendorUnknown)("The call took too long.") from error

    def _pause(self, attempt: int) -> timedelta:
        return timedelta(seconds=0.5 * 2 ** (attempt - 1) * (0.5 + self._chance()))
