"""Idempotency-Key: an act asked for twice is done once, and answered twice.

The key is claimed in the transaction that acts and the answer is stored in it. So a key is there exactly if
its act was done; two at once wait for each other on that row; a refused act leaves nothing and may be tried
again with the same key. Answers are sealed, because one may show a new secret, and are kept for a day.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.models import IdempotentAnswer
from app.errors import BadRequest, Busy, IdempotencyKeyReused
from app.privacy.vault import CannotOpen, Vault

KEPT = timedelta(hours=24)
_WAIT = "3s"  # for another request with the same key, or for any other row's lock
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_answers = IdempotentAnswer.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that must act at most once."""

    key: str
    actor: str
    request_hash: bytes

    @property
    def place(self) -> str:
        """What the sealed answer is bound to."""
        return f"answer {self.actor} {self.key}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered the first time."""

    status: int
    body: bytes


def asked(key: str, actor: str, *, method: str, target: str, body: bytes) -> Asked:
    """The request, known by its method, its path with query, and its body; raises BadRequest."""
    if not _KEY.fullmatch(key):
        raise BadRequest("Idempotency-Key is 1 to 200 visible ASCII characters.", field="Idempotency-Key")
    request = hashlib.sha256(f"{method} {target}\n".encode("utf-8", "surrogateescape"))
    request.update(body)
    return Asked(key, actor, request.digest())


async def claim(session: AsyncSession, vault: Vault, request: Asked, now: datetime) -> Answer | None:
    """None when the act is this request's to do, else the answer that was given to it before.

    Waits up to three seconds for another request with the same key.

    Args:
        session: The unit of work that will act.
        vault: Opens the stored answer.
        request: From `asked`.
        now: Machine time.

    Raises:
        IdempotencyKeyReused: The key belongs to another request.
        sqlalchemy.exc.DBAPIError: With SQLSTATE 55P03, when the other request takes too long.
    """
    await session.execute(text(f"SET LOCAL lock_timeout = '{_WAIT}'"))
    mine = (_answers.c.key == request.key) & (_answers.c.actor == request.actor)
    await session.execute(delete(_answers).where(mine, _answers.c.created_at <= now - KEPT))
    row = {
        "key": request.key,
        "actor": request.actor,
        "request_hash": request.request_hash,
        "created_at": now,
    }
    claimed = await session.execute(
        insert(_answers).values(row).on_conflict_do_nothing().returning(_answers.c.key),
    )
    if claimed.first() is not None:
        return None
    known = (await session.execute(select(_answers).where(mine))).first()
    if known is None or known.status is None:
        raise Busy
    if known.request_hash != request.request_hash:
        raise IdempotencyKeyReused
    try:
        return Answer(known.status, vault.unseal(known.body, request.place))
    except CannotOpen as lost:
        raise IdempotencyKeyReused("This was done, and its answer can no longer be read.") from lost


async def keep(session: AsyncSession, vault: Vault, request: Asked, answer: Answer) -> None:
    """Store the answer with the act that it tells."""
    mine = (_answers.c.key == request.key) & (_answers.c.actor == request.actor)
    sealed = vault.seal(answer.body, request.place)
    await session.execute(update(_answers).where(mine).values(status=answer.status, body=sealed))


async def sweep(session: AsyncSession, now: datetime) -> int:
    """Forget answers older than a day; how many there were. `now` is machine time."""
    gone = await session.execute(
        delete(_answers).where(_answers.c.created_at <= now - KEPT).returning(_answers.c.key),
    )
    return len(gone.all())
