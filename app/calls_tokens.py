"""Where access tokens are kept, so that one refresh serves every call of a connection."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from app.ats.http import Token


class TokenStore(Protocol):
    """Tokens by connection, shared by all processes; values are encrypted where they are kept."""

    async def get(self, connection: str) -> Token | None:
        """The connection's token, fresh or not."""
        ...

    async def put(self, connection: str, token: Token) -> None:
        """Keep this token instead of the former one."""
        ...

    def refreshing(self, connection: str) -> AbstractAsyncContextManager[None]:
        """Held while a token is fetched: one fetch at a time a connection, across processes.

        A vendor may void the former token when it gives a new one, so two fetches at once could leave a
        process with a dead token.
        """
        ...


class MemoryTokens:
    """Tokens of a single process."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, connection: str) -> Token | None:
        return self._tokens.get(connection)

    async def put(self, connection: str, token: Token) -> None:
        self._tokens[connection] = token

    def refreshing(self, connection: str) -> AbstractAsyncContextManager[None]:
        return self._locks.setdefault(connection, asyncio.Lock())
