"""Links by which a person decides about one version of one message, without logging in.

A token is 16 random bytes and the start of their signature under a key derived from the master key; only its
hash is stored. It names nobody and nothing, works once, for 48 hours, and for one version of the words.
"""

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import NotFound
from app.followups.models import FollowUp
from app.ids import new_id
from app.messages.models import ApprovalLink
from app.privacy.vault import Vault

LASTS = timedelta(hours=48)
_PURPOSE, _FORM = "approval link", "approval form"
_RANDOM, _MAC = 16, 16
_TOKEN_CHARS = 43


@dataclass(frozen=True, slots=True)
class Links:
    """What making a link needs: where the service is reached, and machine time."""

    public_url: str
    machine_now: Callable[[], datetime]


async def make_link(
    session: AsyncSession,
    vault: Vault,
    links: Links,
    about: FollowUp,
    approver: str,
    *,
    rests: timedelta = timedelta(0),
) -> str:
    """The address of a new link for the present version of that follow-up's message.

    `approver` is in whose name it will act. It lasts 48 hours from when it reaches them: `rests` is how long
    the mail with it still waits for its hour.
    """
    seed = secrets.token_bytes(_RANDOM)
    token = _written(seed + vault.sign(_PURPOSE, seed)[:_MAC])
    now = links.machine_now()
    session.add(
        ApprovalLink(
            id=new_id("lnk"),
            token_hash=_hash(token),
            follow_up_id=about.id,
            message_id=about.message_id or "",
            approver=approver,
            created_at=now,
            expires_at=now + max(rests, timedelta(0)) + LASTS,
        ),
    )
    await session.flush()
    return f"{links.public_url.rstrip('/')}/a/{token}"


async def find_link(session: AsyncSession, vault: Vault, token: str, *, lock: bool = False) -> ApprovalLink:
    """The link of that token, locked for an act if asked; raises NotFound for one that is not ours.

    A forged token is refused by its signature, before the database is asked.
    """
    raw = _read(token)
    if raw is None or not vault.has_signed(_PURPOSE, raw[:_RANDOM], raw[_RANDOM:]):
        raise NotFound("This link is not one of ours, or a part of it is missing.")
    found = select(ApprovalLink).where(col(ApprovalLink.token_hash) == _hash(token))
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    row = await session.scalar(found)
    if row is None:
        raise NotFound("This link is not known here any more.")
    return row


def form_nonce(vault: Vault, link: ApprovalLink) -> str:
    """What only a page that was shown for this link holds; it dies with the link's single use."""
    salt = secrets.token_bytes(_RANDOM)
    return _written(salt + vault.sign(_FORM, salt + link.token_hash)[:_MAC])


def is_nonce(vault: Vault, link: ApprovalLink, nonce: str) -> bool:
    """Whether a page of this link sent that."""
    raw = _read(nonce)
    return raw is not None and vault.has_signed(_FORM, raw[:_RANDOM] + link.token_hash, raw[_RANDOM:])


def _written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _read(text: str) -> bytes | None:
    if len(text) != _TOKEN_CHARS or not text.isascii():
        return None
    try:
        raw = urlsafe_b64decode(f"{text}=")
    except ValueError:
        return None
    return raw if _written(raw) == text else None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
