"""Encryption at rest: a master key seals secrets and the keys of persons; a person's key seals their data.

Destroying a person's key erases everything sealed with it, wherever copies of the rows may be.
"""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_ID, _NONCE, _TAG = 4, 12, 16
_SHORTEST_SIGNATURE = 16


class CannotOpen(Exception):
    """Sealed with a key that is not here: lost, erased, or the data was altered."""


def seal(key: bytes, plain: bytes, about: bytes = b"") -> bytes:
    """AES-256-GCM: key id, nonce, ciphertext. `about` binds the box to its place and must be given again."""
    nonce = os.urandom(_NONCE)
    return _key_id(key) + nonce + AESGCM(key).encrypt(nonce, plain, about)


def unseal(keys: Sequence[bytes], box: bytes, about: bytes = b"") -> bytes:
    """What was sealed, by whichever of the keys did it; raises CannotOpen."""
    key = next((k for k in keys if _key_id(k) == box[:_KEY_ID]), None)
    if key is None:
        raise CannotOpen("sealed with another key")
    if len(box) < _KEY_ID + _NONCE + _TAG:
        raise CannotOpen("cut short")
    try:
        return AESGCM(key).decrypt(
            box[_KEY_ID : _KEY_ID + _NONCE],
            box[_KEY_ID + _NONCE :],
            about,
        )
    except InvalidTag as wrong:
        raise CannotOpen("altered, or from another place") from wrong


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:_KEY_ID]


def _signature(key: bytes, purpose: str, data: bytes) -> bytes:
    return hmac.digest(hmac.digest(key, f"signs {purpose}".encode(), "sha256"), data, "sha256")


class Vault:
    """Seals and opens under the master keys, newest first."""

    def __init__(self, master_keys: Sequence[bytes]) -> None:
        self._keys = tuple(master_keys)
        self._hash_key = hashlib.sha256(b"address hash" + self._keys[-1]).digest()

    def seal(self, plain: bytes, about: str = "") -> bytes:
        return seal(self._keys[0], plain, about.encode())

    def unseal(self, box: bytes, about: str = "") -> bytes:
        return unseal(self._keys, box, about.encode())

    def new_person_key(self) -> tuple[bytes, bytes]:
        """A new key for one person, and the same key sealed for storage."""
        key = os.urandom(32)
        return key, self.seal(key, "person key")

    def person_key(self, sealed: bytes) -> bytes:
        return self.unseal(sealed, "person key")

    def sign(self, purpose: str, data: bytes) -> bytes:
        """32 bytes that only this service can have made of that data for that purpose."""
        return _signature(self._keys[0], purpose, data)

    def has_signed(self, purpose: str, data: bytes, signature: bytes) -> bool:
        """Whether that is its signature, or a start of it of at least 16 bytes, under any of the keys."""
        if len(signature) < _SHORTEST_SIGNATURE:
            return False
        made = (_signature(key, purpose, data)[: len(signature)] for key in self._keys)
        return any(hmac.compare_digest(signature, each) for each in made)

    def address_hash(self, address: str) -> bytes:
        """A keyed hash by which an address can be found and suppressed without being stored.

        The oldest master key makes it, so that rotation does not lose suppressions.
        """
        local, _, domain = address.strip().rpartition("@")
        return hmac.digest(self._hash_key, f"{local.casefold()}@{domain.casefold()}".encode(), "sha256")


def seal_words(key: bytes | None, words: str | None, about: str) -> str | None:
    """What a person wrote about a candidate, sealed as text; nothing is kept where the key is gone."""
    return b64encode(seal(key, words.encode(), about.encode())).decode() if key and words else None


def open_words(key: bytes | None, sealed: str | None, about: str) -> str | None:
    """What was written; None after erasure, and where it was sealed with another's key."""
    if key is None or not sealed:
        return None
    try:
        return unseal((key,), b64decode(sealed), about.encode()).decode()
    except (CannotOpen, ValueError):
        return None


def open_as_person(key: bytes, box: bytes, about: str = "") -> bytes:
    return unseal((key,), box, about.encode())


def seal_as_person(key: bytes, plain: bytes, about: str = "") -> bytes:
    return seal(key, plain, about.encode())
