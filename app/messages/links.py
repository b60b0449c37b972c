"""Links by which a person decides about one version of one message, without logging in.

A token is 16 random bytes and the start of their signature under a key derived from the master key; only its
hash is stored. It names nobody and nothing, works once, for 48 hours, and for one version of the words.
"""

import secrets
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
from app.privacy.tokens import SEED, hash_of, is_token, signed_token
from app.privacy.vault import Vault

LASTS = timedelta(hours=48)
_PURPOSE, _FORM = "approval link", "approval form"


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
    token = signed_token(vault, _PURPOSE, secrets.token_bytes(SEED))
    now = links.machine_now()
    session.add(
        ApprovalLink(
            id=new_id("lnk"),
            token_hash=hash_of(token),
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
    if not is_token(vault, _PURPOSE, token):
        raise NotFound("This link is not one of ours, or a part of it is missing.")
    found = select(ApprovalLink).where(col(ApprovalLink.token_hash) == hash_of(token))
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    row = await session.scalar(found)
    if row is None:
        raise NotFound("This link is not known here any more.")
    return row


def form_nonce(vault: Vault, link: ApprovalLink) -> str:
    """What only a page that was shown for this link holds; it dies with the link's single use."""
    return signed_token(vault, _FORM, secrets.token_bytes(SEED), link.token_hash)


def is_nonce(vault: Vault, link: ApprovalLink, nonce: str) -> bool:
    """Whether a page of this link sent that."""
    return is_token(vault, _FORM, nonce, link.token_hash)
