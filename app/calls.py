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

from app.ats.canonical import Named
from app.ats.fields import Answers, Json
from app.ats.http import Account, ApiRequest, ApiResponse, FailureKind, Target
from app.ats.steps import Ask, Done, Step
from app.ats.vendor import Api
from app.calls_breaker import Breaker
from app.calls_rate import RateWindow
from app.calls_session import Session
from app.calls_tokens import TokenStore
from app.calls_wire import Wire
from app.errors import MalformedBody, VendorAway, VendorBusy, VendorRefused, VendorUnknown
from app.moments import machine_now

_REMEMBERED = timedelta(minutes=10)
"""How long an answer about something steady is used again."""
_MOST_REMEMBERED = 2_000
_MOST_ROUNDS = 12
_MOST_STEPS = 100


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
    most_changed_pages: int = 2_000
    """Of a list of what changed, of which only ids are kept: after an outage it is long."""
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
        self.api, self._now, self._chance = api, now, chance
        self._steady: dict[str, tuple[datetime, list[Json]]] = {}
        self.base = api.api_base(account)
        auth_url = api.auth_url(account)
        allowed = [self.base, auth_url] if auth_url else [self.base]
        calls, window = api.ASSUMED_RATE
        self._session = Session(
            connection,
            api,
            account,
            tokens,
            Wire(http, allowed, self._limits.exchange.total_seconds()),
            RateWindow(share=self._limits.share, window=window, assumed=calls),
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
        return [row async for page, _ in self._pages(request, self._limits.most_pages) for row in page]

    async def _pages(
        self, request: ApiRequest, most: int
    ) -> AsyncIterator[tuple[Sequence[Json], ApiResponse]]:
        page = request
        for _ in range(most):
            response = await self.call(page)
            try:
                rows, following = self.api.rows(response), self.api.next_page(page, response)
            except MalformedBody as error:
                raise VendorAway(error.detail) from error
            yield rows, response
            if following is None:
                return
            page = following
        raise VendorRefused(f"More than {most} pages.", kind="pages")

    async def collect(self, asked: Mapping[str, Sequence[ApiRequest]]) -> dict[str, list[Json]]:
        """The rows of several lists by resource; what is not there has none. Raises `VendorError`."""
        found: dict[str, list[Json]] = {}
        for resource, requests in asked.items():
            steady = resource in self.api.STEADY
            lists = [await self._lookup(request, steady=steady) for request in requests]
            found[resource] = [row for one in lists for row in one]
        return found

    async def _lookup(self, request: ApiRequest, *, steady: bool) -> list[Json]:
        key = f"{request.url} {request.params} {request.json}"
        remembered = self._steady.get(key)
        if steady and remembered is not None and self._now() < remembered[0]:
            return remembered[1]
        try:
            found = await self.rows(request)
        except VendorRefused as error:
            if error.kind != FailureKind.NOT_FOUND:
                raise
            found = []
        if steady:
            if len(self._steady) >= _MOST_REMEMBERED:
                self._steady.clear()
            self._steady[key] = self._now() + _REMEMBERED, found
        return found

    async def applications(self, ids: Sequence[str]) -> Answers:
        """All that the API says about these applications, for ``api.read_answers``; raises `VendorError`."""
        return await self._all(self.api.first_requests(ids, self.base))

    async def about(self, named: Sequence[Named]) -> Answers:
        """All that the API says about what a webhook named; raises `VendorError`."""
        return await self._all(self.api.named_requests(named, self.base))

    async def _all(self, first: Mapping[str, Sequence[ApiRequest]]) -> Answers:
        answers = await self.collect(first)
        for _ in range(_MOST_ROUNDS):
            asked = self.api.further_requests(answers, self.base)
            if not asked:
                return answers
            answers |= await self.collect(asked)
        raise VendorRefused("The answers name ever more.", kind="rounds")

    async def changed(
        self,
        resource: str,
        since: datetime,
        resume: Mapping[str, str] | None = None,
        heard: Callable[[], Awaitable[None]] | None = None,
    ) -> tuple[list[str], str | None]:
        """The ids of the applications that changed at or after that instant, as this resource tells it.

        With them comes where the next question goes on, None where the vendor goes by time. ``heard`` is
        called after every page. Raises `VendorError`.
        """
        found: set[str] = set()
        point: str | None = None
        for request in self.api.changed_requests(since, self.base, resume).get(resource, ()):
            last: ApiResponse | None = None
            async for rows, response in self._pages(request, self._limits.most_changed_pages):
                last = response
                found.update(self.api.changed_applications({resource: rows}))
                if heard is not None:
                    await heard()
            point = (self.api.resume_point(last) if last else None) or point
        return sorted(found), point

    async def find_note(self, target: Target, marker: str) -> str | None:
        """The vendor's id of the note that carries our marker, or None; raises `VendorError`."""
        for request in self.api.notes_requests(target, self.base):
            if found := self.api.marker_in(await self.rows(request), marker):
                return found
        return None

    async def write_note(self, target: Target, body: str) -> str | None:
        """Writes a note once; the vendor's id of it, or None where the answer names none.

        Raises `VendorError`; after `VendorUnknown`, ask `find_note` before writing again.
        """
        return self.api.created_id(await self.call(self.api.note_request(target, body, self.base)))

    async def walk(self, following: Callable[[Answers], Step | None]) -> Done | None:
        """Goes step by step until it is done; None where it is not offered. Raises `VendorError`."""
        answers: dict[str, list[Json]] = {}
        for _ in range(_MOST_STEPS):
            step = following(answers)
            if step is None or isinstance(step, Done):
                return step
            if isinstance(step, Ask):
                answers |= await self.collect({step.resource: step.requests})
            else:
                answers[step.resource] = await self._written(step.request)
        raise VendorRefused("It takes ever more steps.", kind="steps")

    async def _written(self, request: ApiRequest) -> list[Json]:
        response = await self.call(request)
        try:
            return list(self.api.rows(response))
        except MalformedBody as error:
            raise VendorUnknown(error.detail) from error

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
