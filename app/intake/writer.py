"""Group commit: whatever arrived while the last batch was being committed is the next batch.

Nobody lingers for company, so that a lone webhook waits for one commit only; under load a commit is shared
by many. A waiter is answered after the commit that holds its row, never before.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import asyncpg
import structlog

from app.errors import DatabaseAway, HeardbackError, IntakeFull, MalformedBody, UnknownConnection
from app.intake.lane import Arrival, Lane, RowRefused, Stored

_BATCH = 256  # rows; beyond it a statement's time grows faster than its rows
_DRAIN_SECONDS = 5.0
_log = structlog.get_logger(__name__)

Waiting = tuple[Arrival, "asyncio.Future[Stored]"]


class Writer:
    """The way of every webhook into the database, shared by all requests of a process.

    Args:
        url: The database.
        nudge: Called after each commit that stored something new; must return at once.
        queue_limit: How many rows may wait; beyond it `store` raises `IntakeFull`.
        lanes: How many connections commit side by side.
        patience: Seconds after which a waiter is told `DatabaseAway`, whatever the database does.
        pause: Seconds for which nobody is made to wait after the database was found away.
    """

    def __init__(
        self,
        url: str,
        *,
        nudge: Callable[[], None],
        queue_limit: int = 5_000,
        lanes: int = 1,
        patience: float = 4.5,
        pause: float = 0.25,
    ) -> None:
        self._nudge = nudge
        self._queue_limit = queue_limit
        self._patience = patience
        self._pause = pause
        self._lanes = [Lane(url) for _ in range(lanes)]
        self._queue: deque[Waiting] = deque()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._away_until = 0.0
        self._running = False

    def start(self) -> None:
        """Begin to accept; to be called in the running loop. The database may still be away."""
        self._running = True
        self._tasks = [asyncio.create_task(self._work(lane)) for lane in self._lanes]

    async def stop(self) -> None:
        """Accept nothing more, commit what waits (for at most five seconds) and close the connections."""
        self._running = False
        self._wake.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_DRAIN_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        _refuse(self._queue, DatabaseAway)
        self._queue.clear()
        for lane in self._lanes:
            lane.drop()

    async def store(self, arrival: Arrival) -> Stored:
        """Return once the row is committed, or was found to be there already.

        Raises:
            IntakeFull: Too many wait; nothing was kept.
            DatabaseAway: No answer in time; the row may have been kept, and sending it again is harmless.
            UnknownConnection: The connection was deleted meanwhile.
            MalformedBody: The database refuses the row itself.
        """
        loop = asyncio.get_running_loop()
        if not self._running or loop.time() < self._away_until:
            raise DatabaseAway
        if len(self._queue) >= self._queue_limit:
            raise IntakeFull
        answer: asyncio.Future[Stored] = loop.create_future()
        self._queue.append((arrival, answer))
        self._wake.set()
        timer = loop.call_later(self._patience, _give_up, answer)
        try:
            return await answer
        finally:
            timer.cancel()

    async def _work(self, lane: Lane) -> None:
        while self._running or self._queue:
            await self._wake.wait()
            if batch := self._take():
                await self._settle(lane, batch)

    def _take(self) -> list[Waiting]:
        batch: list[Waiting] = []
        while self._queue and len(batch) < _BATCH:
            waiting = self._queue.popleft()
            if not waiting[1].done():  # who gave up or left is not acknowledged, so need not be stored
                batch.append(waiting)
        if not self._queue and self._running:
            self._wake.clear()
        return batch

    async def _settle(self, lane: Lane, batch: Sequence[Waiting]) -> None:
        try:
            stored = await lane.store([arrival for arrival, _ in batch])
        except RowRefused as refused:
            await self._settle_singly(lane, batch, refused)
        except DatabaseAway as away:
            self._step_back(batch, away)
        except Exception as wrong:  # noqa: BLE001  # whatever it is, the waiters must hear and the lane live on
            _log.exception("intake_failed", error=type(wrong).__name__)
            lane.drop()
            _refuse(batch, DatabaseAway)
        else:
            self._answer(batch, stored)

    async def _settle_singly(self, lane: Lane, batch: Sequence[Waiting], refused: RowRefused) -> None:
        if len(batch) == 1:
            _refuse(batch, _verdict(refused.__cause__))
            return
        for number, one in enumerate(batch):
            if asyncio.get_running_loop().time() < self._away_until:
                _refuse(batch[number:], DatabaseAway)
                return
            await self._settle(lane, [one])

    def _answer(self, batch: Sequence[Waiting], stored: Sequence[Stored]) -> None:
        for (_, answer), result in zip(batch, stored, strict=True):
            if not answer.done():
                answer.set_result(result)
        if any(result.new for result in stored):
            try:
                self._nudge()
            except Exception as wrong:  # noqa: BLE001  # a nudge only hurries what the rows already say
                _log.warning("nudge_failed", error=type(wrong).__name__)

    def _step_back(self, batch: Sequence[Waiting], away: DatabaseAway) -> None:
        cause = away.__cause__
        _log.error("database_away", error=type(cause).__name__, sqlstate=getattr(cause, "sqlstate", None))
        self._away_until = asyncio.get_running_loop().time() + self._pause
        _refuse([*batch, *self._queue], DatabaseAway)
        self._queue.clear()


def _verdict(cause: BaseException | None) -> Callable[[], HeardbackError]:
    if isinstance(cause, asyncpg.ForeignKeyViolationError):
        return UnknownConnection
    _log.error("row_refused", error=type(cause).__name__)
    return lambda: MalformedBody("This event cannot be stored.")


def _refuse(waiting: Iterable[Waiting], why: Callable[[], HeardbackError]) -> None:
    for _, answer in waiting:
        if not answer.done():
            answer.set_exception(why())


def _give_up(answer: asyncio.Future[Stored]) -> None:
    if not answer.done():
        answer.set_exception(DatabaseAway())
