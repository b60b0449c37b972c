"""Who may knock: the connections with their secrets, kept in memory so that no webhook waits for them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import asyncpg
import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from app.ats.vendor import VENDORS, Vendor
from app.db import Sessions
from app.errors import DatabaseAway, UnknownConnection
from app.intake.connections import open_secrets
from app.intake.models import Connection
from app.privacy.vault import CannotOpen, Vault

_FRESH_SECONDS = 5.0
"""How long a change to a connection may go unnoticed."""
_APART_SECONDS = 0.2
"""Strangers must not make us read the table more often than this."""
_PATIENCE_SECONDS = 4.0
"""For reading the table; a vendor that waits for five seconds must hear from us before."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """An enabled connection."""

    connection_id: str
    vendor: Vendor
    signing_secrets: tuple[str, ...] = field(repr=False)
    sealed: bytes = field(repr=False)
    """What the secrets were opened from; as long as it is the same they need not be opened again."""


Load = Callable[[Mapping[str, Entry]], Awaitable[Mapping[str, Entry]]]


class Directory:
    """A copy of the table of connections, never older than five seconds when it is believed.

    Args:
        load: Reads the table, given the entries already known.
        clock: Seconds, monotonic.
    """

    def __init__(self, load: Load, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._load = load
        self._clock = clock
        self._entries: Mapping[str, Entry] = {}
        self._read_at = self._away_at = float("-inf")
        self._reading = asyncio.Lock()

    async def find(self, connection_id: str) -> Entry:
        """The enabled connection of that id.

        An unknown id is looked for in the table itself, so that a new connection works at once.

        Raises:
            UnknownConnection: There is none, or it is disabled.
            DatabaseAway: The table could not be read.
        """
        asked_at = self._clock()
        if (entry := self._believed(connection_id, asked_at)) is None:
            async with self._reading:  # who waited here finds what the one before has read
                if self._believed(connection_id, asked_at) is None:
                    await self._read_since(asked_at)
            entry = self._entries.get(connection_id)
        if entry is None:
            raise UnknownConnection
        return entry

    def _believed(self, connection_id: str, asked_at: float) -> Entry | None:
        return self._entries.get(connection_id) if asked_at - self._read_at <= _FRESH_SECONDS else None

    async def renewed(self, entry: Entry) -> Entry | None:
        """The same connection if its secrets changed meanwhile, else None; asks once a second at most."""
        asked_at = self._clock()
        if asked_at - self._read_at < 1:
            return None
        async with self._reading:
            await self._read_since(asked_at)
        now = self._entries.get(entry.connection_id)
        return now if now is not None and now.sealed != entry.sealed else None

    async def _read_since(self, asked_at: float) -> None:
        if self._read_at >= asked_at:
            return
        if self._away_at > asked_at:  # waiting one after the other for the same silence would take minutes
            raise DatabaseAway
        await asyncio.sleep(max(0.0, self._read_at + _APART_SECONDS - self._clock()))
        started_at = self._clock()
        try:
            self._entries = await self._load(self._entries)
        except DatabaseAway:
            self._away_at = self._clock()
            raise
        self._read_at = started_at


async def read_entries(
    sessions: Sessions, vault: Vault, known: Mapping[str, Entry], *, patience: float = _PATIENCE_SECONDS
) -> dict[str, Entry]:
    """The enabled connections as the door needs them; opens only secrets that are new since `known`.

    Raises:
        DatabaseAway: The table could not be read, or not within ``patience`` seconds.
    """
    table = (col(Connection.id), col(Connection.vendor), col(Connection.secrets))
    try:
        async with asyncio.timeout(patience), sessions() as session:
            rows = (await session.execute(select(*table).where(col(Connection.enabled)))).all()
    except (
        SQLAlchemyError,
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    ) as wrong:
        raise DatabaseAway from wrong
    entries = (_entry(vault, known, *row) for row in rows)
    return {entry.connection_id: entry for entry in entries if entry is not None}


def _entry(
    vault: Vault, known: Mapping[str, Entry], connection_id: str, vendor: str, sealed: bytes
) -> Entry | None:
    before = known.get(connection_id)
    if before is not None and before.sealed == sealed:
        return before
    try:
        opened = open_secrets(connection_id, sealed, vault)
        return Entry(connection_id, VENDORS[vendor], tuple(opened.signing_secrets), sealed)
    except (CannotOpen, ValueError, KeyError) as wrong:
        # One connection that cannot be read must not close the door to the others.
        _log.error("connection_unusable", connection=connection_id, error=type(wrong).__name__)
        return None
