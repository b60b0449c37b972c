"""API keys: who may call, and for what.

A key reads ``hb_<id>_<secret>``. Its secret has 256 random bits, so a plain SHA-256 is all that is kept:
there is nothing to guess, and a slow hash would only slow the service.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.models import ApiKey
from app.errors import NotAuthenticated, NotFound
from app.ids import new_id

_KEY = re.compile(r"[Bb]earer +(hb_([0-9a-z]{26})_[0-9a-f]{64})")


class Scope(StrEnum):
    """What a key allows. `act` includes `read`; `admin` includes everything."""

    READ = "read"
    ACT = "act"
    """Approve, pause, replay and whatever else moves a follow-up."""
    ADMIN = "admin"
    """Connections, policies, calendars, keys."""
    METRICS = "metrics"


_INCLUDES: dict[Scope, frozenset[Scope]] = {
    Scope.READ: frozenset({Scope.READ}),
    Scope.ACT: frozenset({Scope.ACT, Scope.READ}),
    Scope.ADMIN: frozenset(Scope),
    Scope.METRICS: frozenset({Scope.METRICS}),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, as its key says. ``scopes`` holds the included ones, too."""

    name: str
    key_id: str
    scopes: frozenset[Scope]

    @property
    def actor(self) -> str:
        """How acts and audit rows name this caller."""
        return f"key:{self.key_id}"


async def create(
    session: AsyncSession, *, name: str, scopes: Collection[Scope], now: datetime
) -> tuple[ApiKey, str]:
    """A new key, and its text, which cannot be shown again.

    Args:
        session: The unit of work that stores it.
        name: What it is for, in the owner's words.
        scopes: At least one.
        now: Machine time.
    """
    key_id = new_id("key")
    shown = f"hb_{key_id.removeprefix('key_')}_{secrets.token_hex(32)}"
    key = ApiKey(
        id=key_id,
        name=name,
        key_hash=_hash(shown),
        scopes=sorted({scope.value for scope in scopes}),
        created_at=now,
    )
    session.add(key)
    await session.flush()
    return key, shown


async def authenticate(session: AsyncSession, header: str | None, now: datetime) -> Caller:
    """The caller whose key an `Authorization` header holds.

    Args:
        session: Where keys are looked up.
        header: Its whole value, ``Bearer hb_…``; None where there is none.
        now: Machine time; a key revoked by then is none.

    Raises:
        NotAuthenticated: No key, a malformed one, an unknown one or a revoked one; it does not say which.
    """
    parts = _KEY.fullmatch(header or "")
    if parts is None:
        raise NotAuthenticated
    key = await session.get(ApiKey, f"key_{parts[2]}")
    known = key.key_hash if key is not None else bytes(32)
    if not hmac.compare_digest(known, _hash(parts[1])) or key is None:
        raise NotAuthenticated
    if key.revoked_at is not None and key.revoked_at <= now:
        raise NotAuthenticated
    return Caller(key.name, key.id, allowed(key.scopes))


def allowed(scopes: Iterable[str]) -> frozenset[Scope]:
    """Everything that these scopes allow, included ones too."""
    return frozenset().union(*(_INCLUDES[Scope(scope)] for scope in scopes))


async def revoke(session: AsyncSession, key_id: str, now: datetime) -> ApiKey:
    """The key, of no use from now on; revoked again, it keeps its first instant. Raises NotFound."""
    key = await session.get(ApiKey, key_id, with_for_update=True)
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at = now
    return key


def listing() -> Select[ApiKey]:
    """All keys, also revoked ones, for a page."""
    return select(ApiKey)


def _hash(shown: str) -> bytes:
    return hashlib.sha256(shown.encode()).digest()
