"""The signature that most vendors use: HMAC-SHA256 in hexadecimal; where it stands is each one's own."""

import hmac
from collections.abc import Sequence

from app.errors import BadSignature


def refuse_unless_signed(claimed: str, message: bytes, secrets: Sequence[str]) -> None:
    """Raises `BadSignature` unless one of the active secrets gives these 64 hexadecimal digits, in any case.

    Every secret is tried and compared in constant time; an empty one never matches.
    """
    given = claimed.lower()
    matches = [
        hmac.compare_digest(given, hmac.digest(secret.encode(), message, "sha256").hex())
        for secret in secrets
        if secret
    ]
    if not any(matches):
        raise BadSignature
