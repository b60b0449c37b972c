"""Links by which a candidate says what to be written about, without logging in: short, opaque, and lasting.

A token is 16 bytes that only we can derive from whom and what it is for, and the start of their signature.
The same candidate and application have the same token in every mail; only its hash is stored, and it names
nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.followups.contact_models import ContactLink
from app.privacy.tokens import SEED, hash_of, is_token, signed_token
from app.privacy.vault import Vault

_SEED, _PURPOSE = "contact link for", "contact link"

About = tuple[str, str]
"""Our ids of a person and of an application."""


@dataclass(frozen=True, slots=True)
class ContactUrls:
    """Where a candidate stops messages that only keep in touch, and where they choose among all."""

    unsubscribe: str
    preferences: str

    @classmethod
    def under(cls, base: str, token: str) -> "ContactUrls":
        """The addresses of that token, where the service is reached under ``base``."""
        base = base.rstrip("/")
        return cls(f"{base}/u/{token}", f"{base}/p/{token}")


def contact_token(vault: Vault, about: About) -> str:
    """The token of that person and application: always the same under the same master key."""
    return signed_token(vault, _PURPOSE, vault.sign(_SEED, "/".join(about).encode())[:SEED])


async def give_links(
    session: AsyncSession, vault: Vault, base: str, about: Iterable[About], now: datetime
) -> None:
    """Makes the links of these people and applications work, those of old mails included."""
    values = [
        {
            "token_hash": hash_of(contact_token(vault, each)),
            "person_id": each[0],
            "application_id": each[1],
            "base": base,
            "created_at": now,
        }
        for each in sorted(set(about))
    ]
    if not values:
        return
    statement = insert(ContactLink).values(values)
    changed = {"base": statement.excluded.base}
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["token_hash"], set_=changed, where=col(ContactLink.base) != changed["base"]
        )
    )


async def known_links(
    session: AsyncSession, vault: Vault, about: Iterable[About]
) -> dict[About, ContactUrls]:
    """The addresses of the links that were given to these people about these applications."""
    tokens = {hash_of(token): (each, token) for each in set(about) for token in [contact_token(vault, each)]}
    if not tokens:
        return {}
    rows = await session.scalars(select(ContactLink).where(col(ContactLink.token_hash).in_(tokens)))
    found = [(*tokens[row.token_hash], row.base) for row in rows]
    return {each: ContactUrls.under(base, token) for each, token, base in found}


async def find_contact_link(session: AsyncSession, vault: Vault, token: str) -> ContactLink | None:
    """The link of that token; a forged one is refused by its signature, before the database is asked."""
    if not is_token(vault, _PURPOSE, token):
        return None
    return await session.get(ContactLink, hash_of(token))
