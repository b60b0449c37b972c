"""A bare database connection that stores webhooks in batches, each in one statement and one commit."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg

from app.db import driver_url
from app.errors import DatabaseAway


class Arrival(NamedTuple):
    """A verified webhook, ready to be stored; ``body`` is sealed, ``received_at`` is business time."""

    id: str
    connection_id: str
    dedupe_key: str
    action: str
    received_at: datetime
    body: bytes


class Stored(NamedTuple):
    """Where the event is kept: under our new id, or for a duplicate under the id that it already has."""

    event_id: str
    new: bool


class RowRefused(Exception):
    """The database refused the rows themselves; the cause says why."""


# The raw body is inserted by the same statement, so that neither is ever without the other.
STORE = """
WITH arrived AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bytea[])
    AS row (id, connection_id, dedupe_key, action, received_at, body)
), stored AS (
  INSERT INTO event (id, connection_id, dedupe_key, action, received_at, state, replays)
  SELECT id, connection_id, dedupe_key, action, received_at, 'pending', 0 FROM arrived
  ON CONFLICT (connection_id, dedupe_key) DO NOTHING
  RETURNING id
), bodies AS (
  INSERT INTO raw_body (event_id, body, received_at)
  SELECT id, body, received_at FROM arrived JOIN stored USING (id)
)
SELECT id FROM stored
"""

_FIND = """
SELECT connection_id, dedupe_key, event.id
FROM event JOIN unnest($1::text[], $2::text[]) AS sought (connection_id, dedupe_key)
  USING (connection_id, dedupe_key)
"""

# SQLSTATE classes: bad data, broken constraints, program limits (a key too long for its index).
_ROW_FAULTS = ("22", "23", "54")
_DURABLE = ("on", "remote_apply")
_LOST = (
    ConnectionError,
    asyncpg.InterfaceError,
    # What a connection that dies at the wrong moment says of itself.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
)


class Lane:
    """A connection that is opened when first needed, and again after it was lost.

    ``connect_seconds`` and ``command_seconds`` bound what a batch can wait for the database.
    """

    def __init__(self, url: str, *, connect_seconds: float = 1.5, command_seconds: float = 2.5) -> None:
        self._url = driver_url(url)
        self._connect_seconds = connect_seconds
        self._command_seconds = command_seconds
        self._connection: asyncpg.Connection | None = None

    async def store(self, arrivals: Sequence[Arrival]) -> list[Stored]:
        """Commit these rows; answers in their order. Storing the same rows again changes nothing.

        Raises:
            RowRefused: Nothing was stored, because of the rows themselves.
            DatabaseAway: The database did not answer, or cannot store anything now.
        """
        try:
            return await self._store_or_reopen(arrivals)
        except (UnicodeEncodeError, asyncpg.DataError) as wrong:
            raise RowRefused from wrong
        except asyncpg.PostgresError as wrong:
            if (wrong.sqlstate or "")[:2] in _ROW_FAULTS:
                raise RowRefused from wrong
            self.drop()
            raise DatabaseAway from wrong
        except (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError) as wrong:
            self.drop()
            raise DatabaseAway from wrong

    async def _store_or_reopen(self, arrivals: Sequence[Arrival]) -> list[Stored]:
        reused = self._connection is not None
        try:
            return await store_rows(await self.connected(), arrivals)
        except _LOST as lost:
            # A restarted database is met on a connection that was idle. Whether the batch was committed is
            # unknown; sent again, its rows are found under their own ids.
            if not reused or isinstance(lost, asyncpg.DataError):
                raise
            self.drop()
            return await store_rows(await self.connected(), arrivals)

    async def connected(self) -> asyncpg.Connection:
        """The open connection; its commits are on disk when they return."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._open()
        return self._connection

    async def _open(self) -> asyncpg.Connection:
        connection = await asyncpg.connect(
            self._url,
            timeout=self._connect_seconds,
            command_timeout=self._command_seconds,
            server_settings={"application_name": "heardback intake"},
        )
        try:
            if await connection.fetchval("SHOW synchronous_commit") not in _DURABLE:
                await connection.execute("SET synchronous_commit = on")
        except BaseException:
            connection.terminate()
            raise
        return connection

    def drop(self) -> None:
        """Forget the connection at once; the next batch opens another."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


async def store_rows(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> list[Stored]:
    fresh = {row[0] for row in await connection.fetch(STORE, *zip(*arrivals, strict=True))}
    known = [arrival for arrival in arrivals if arrival.id not in fresh]
    kept = await _find(connection, known) if known else {}
    return [_answer(arrival, fresh, kept) for arrival in arrivals]


async def _find(connection: asyncpg.Connection, known: Sequence[Arrival]) -> dict[tuple[str, str], str]:
    rows = await connection.fetch(_FIND, [a.connection_id for a in known], [a.dedupe_key for a in known])
    return {(connection_id, dedupe_key): event_id for connection_id, dedupe_key, event_id in rows}


def _answer(arrival: Arrival, fresh: set[str], kept: dict[tuple[str, str], str]) -> Stored:
    if arrival.id in fresh:
        return Stored(arrival.id, new=True)
    event_id = kept.get((arrival.connection_id, arrival.dedupe_key), arrival.id)
    return Stored(event_id, new=event_id == arrival.id)
