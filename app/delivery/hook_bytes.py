"""A webhook as it is stored: headers and raw body, sealed for its id, without the credentials in it."""

import json
from collections.abc import Mapping

from app.delivery.hook_models import Hook
from app.privacy.vault import Vault

_NOT_KEPT = frozenset({"authorization", "cookie", "proxy-authorization"})


def seal_hook(vault: Vault, hook_id: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """What came, as it is stored; the credentials that came with it are left out."""
    kept = {name: value for name, value in headers.items() if name not in _NOT_KEPT}
    return vault.seal(json.dumps(kept).encode() + b"\n" + body, hook_id)


def open_hook(vault: Vault, hook: Hook) -> tuple[dict[str, str], bytes]:
    """Headers and raw body of a stored webhook; raises `CannotOpen`, also where they are gone."""
    head, _, body = vault.unseal(hook.body or b"", hook.id).partition(b"\n")
    headers: dict[str, str] = json.loads(head)
    return headers, body
