"""Each connection's client of its vendor's API, kept for the process; tokens shared through the database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import httpx
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.ats.http import Token
from app.ats.vendor import VENDORS, Api
from app.calls import Limits, VendorClient, vendor_http
from app.db import Sessions, unit_of_work
from app.errors import UnknownConnection, Unprocessable, VendorRefused
from app.intake.connections import account_of, secrets_of, settings_of
from app.intake.models import Connection
from app.moments import machine_now
from app.privacy.vault import Vault
from app.timeline.models import VendorToken

_REMEMBERED = timedelta(seconds=10)
"""How long a token is used without looking whether another process has a newer one."""
_REFRESHES = 2
"""Side by side in a process. Each holds a connection to the database for as long as the vendor takes, and
vendors that hang must leave nearly all of them to the rest of the house."""


class StoredTokens:
    """Access tokens in the database, sealed; one refresh at a time across processes.

    ``slots`` are the refreshes that this process makes side by side, for whatever connections.
    """

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        slots: asyncio.Semaphore,
        now: Callable[[], datetime] = machine_now,
    ) -> None:
        self._sessions, self._vault, self._slots, self._now = sessions, vault, slots, now
        self._turn = asyncio.Lock()
        self._seen: dict[str, tuple[datetime, Token]] = {}

    async def get(self, connection: str) -> Token | None:
        seen = self._seen.get(connection)
        if seen is not None and self._now() < seen[0] + _REMEMBERED:
            return seen[1]
        token = await self._read(connection)
        if token is not None:
            self._seen[connection] = self._now(), token
        return token

    async def _read(self, connection: str) -> Token | None:
        async with self._sessions() as session:
            row = await session.get(VendorToken, connection)
        if row is None:
            return None
        return Token(self._vault.unseal(row.token, f"token of {connection}").decode(), row.expires_at)

    async def put(self, connection: str, token: Token) -> None:
        self._seen[connection] = self._now(), token
        sealed = self._vault.seal(token.value.encode(), f"token of {connection}")
        values = {"token": sealed, "expires_at": token.expires_at}
        statement = insert(VendorToken).values(connection_id=connection, **values)
        async with unit_of_work(self._sessions) as session:
            await session.execute(
                statement.on_conflict_do_update(index_elements=["connection_id"], set_=values),
            )

    @asynccontextmanager
    async def refreshing(self, connection: str) -> AsyncIterator[None]:
        # Whoever waited here must see the token that somebody else has fetched meanwhile. Within the process
        # they wait without a connection to the database.
        async with self._turn, self._slots, unit_of_work(self._sessions) as session:
            await session.execute(
                select(func.pg_advisory_xact_lock(func.hashtextextended(f"token of {connection}", 0))),
            )
            self._seen.pop(connection, None)
            yield


@dataclass(slots=True)
class Vendors:
    """Clients by connection. One is made anew when the connection's settings or secrets change."""

    sessions: Sessions
    vault: Vault
    limits: Limits = field(default_factory=Limits)
    """What one call may cost; the share of the vendor's limit is the connection's own."""
    http: httpx.AsyncClient = field(default_factory=vendor_http)
    _refreshes: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_REFRESHES))
    _clients: dict[str, tuple[object, VendorClient]] = field(default_factory=dict)

    async def client(self, connection_id: str) -> tuple[Api, VendorClient]:
        """The vendor's API and the client that asks it.

        Raises UnknownConnection, and VendorRefused where the connection has no API credentials or an address
        that its vendor does not have.
        """
        async with self.sessions() as session:
            connection = await session.get(Connection, connection_id)
        if connection is None:
            raise UnknownConnection
        stamp = connection.secrets, str(connection.settings)
        known = self._clients.get(connection_id)
        if known is None or known[0] != stamp:
            known = stamp, self._make(connection)
            self._clients[connection_id] = known
        return known[1].api, known[1]

    def _make(self, connection: Connection) -> VendorClient:
        api = VENDORS[connection.vendor].api
        secrets = secrets_of(connection, self.vault)
        if api is None or not secrets.may_ask:
            raise VendorRefused("This connection has no API credentials.", kind="credentials")
        settings = settings_of(connection)
        try:
            return VendorClient(
                connection.id,
                api,
                account_of(settings, secrets),
                tokens=StoredTokens(self.sessions, self.vault, self._refreshes),
                http=self.http,
                limits=replace(self.limits, share=settings.rate_share),
            )
        except Unprocessable as wrong:
            raise VendorRefused(wrong.detail, kind="settings") from wrong

    async def aclose(self) -> None:
        await self.http.aclose()
