"""Incoming webhooks of chat rooms: which addresses we post to, and links in plain words. Pure."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from app.errors import Unprocessable

HOSTS = {
    "slack": ("hooks.slack.com",),
    # Connectors (webhook.office.com) gave way to flows in 2026, and the flows' addresses are moving from
    # logic.azure.com to api.powerplatform.com (Microsoft's and others' docs, read 2026-11).
    "teams": ("*.webhook.office.com", "*.logic.azure.com", "*.environment.api.powerplatform.com"),
}
"""By kind of room; ``*`` stands for any subdomain."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_HTTPS = 443
LONGEST = 2_000
LINK = re.compile(r"https://[^\s<>|\"()\[\]]+")


def sound_hook(channel: str, url: str, *, trial: bool) -> str:
    """The address of an incoming webhook of that channel (``slack`` or ``teams``).

    Only the vendors' own hosts, over https; on trial also this machine. Raises Unprocessable without
    repeating the address, which is a secret.
    """
    wanted = " or ".join(HOSTS[channel])
    wrong = Unprocessable(
        f"A webhook for {channel} is an https address of {wanted}, as the vendor shows it.",
        field="webhook_url",
    )
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").casefold(), parts.port
    except ValueError:
        raise wrong from None
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or parts.username:
        raise wrong
    if trial and host in LOOPBACK and parts.scheme in ("http", "https"):
        return url
    if parts.scheme != "https" or port not in (None, _HTTPS) or not any(_is(host, h) for h in HOSTS[channel]):
        raise wrong
    return url


def _is(host: str, pattern: str) -> bool:
    return host == pattern or (
        pattern.startswith("*.") and host.endswith(pattern[1:]) and host != pattern[2:]
    )


def pieces(text: str, most: int) -> Iterator[str]:
    """The paragraphs of a text, none longer than that many characters."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        for start in range(0, len(paragraph), most):
            yield paragraph[start : start + most]
