"""Secrets that a webhook carries in its Authorization header: a bearer token, or user and password. Pure."""

import base64
import binascii
import hmac
from collections.abc import Mapping

from app.mail.hooks import HookSecrets


def carries_secret(headers: Mapping[str, str], secrets: HookSecrets) -> bool:
    """Whether the request carries an active shared secret; header names are lower case."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    claimed = _claimed(scheme.lower(), given.strip())
    matches = [hmac.compare_digest(claimed, secret.encode()) for secret in secrets.secrets if secret]
    return bool(claimed) and any(matches)


def _claimed(scheme: str, given: str) -> bytes:
    if scheme == "bearer":
        return given.encode("utf-8", "replace")
    try:
        return base64.b64decode(given, validate=True) if scheme == "basic" else b""
    except (binascii.Error, ValueError):
        return b""
