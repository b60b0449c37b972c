"""Tokens for links that need no login: 16 bytes and the start of their signature, as 43 characters.

A forged one is refused by its signature, before any database is asked; only the hash of a token is stored.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from app.privacy.vault import Vault

SEED = 16
"""Bytes of a token before its signature, which is as long."""
_CHARS = 43


def signed_token(vault: Vault, purpose: str, seed: bytes, about: bytes = b"") -> str:
    """The token of that seed of 16 bytes for that purpose; `about` binds it to something and is not in it."""
    return _written(seed + vault.sign(purpose, seed + about)[:SEED])


def is_token(vault: Vault, purpose: str, token: str, about: bytes = b"") -> bool:
    """Whether we made that token for that purpose, and about that."""
    raw = _read(token)
    return raw is not None and vault.has_signed(purpose, raw[:SEED] + about, raw[SEED:])


def hash_of(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def _written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _read(text: str) -> bytes | None:
    if len(text) != _CHARS or not text.isascii():
        return None
    try:
        raw = urlsafe_b64decode(f"{text}=")
    except ValueError:
        return None
    return raw if _written(raw) == text else None
