"""The way out to a chat room: one POST to its incoming webhook, and the truth about how far it came."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.delivery.ways import SLACK, TEAMS
from app.mail import slack, teams
from app.mail.chat_hooks import LOOPBACK
from app.mail.outbound import Outcome, OutcomeKind

_PARSERS: Mapping[str, Callable[[int, Mapping[str, str], bytes], Outcome]] = {
    SLACK: slack.parse,
    TEAMS: teams.parse,
}
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_CONNECT, _TOTAL = 5.0, 12.0
"""Seconds; the whole stays below a lease."""
_LARGEST_ANSWER = 10_000


async def post(channel: str, url: str, payload: bytes) -> Outcome:
    """Posts once and never follows a redirect; the address is a secret and gets into no words of the outcome.

    A post that may have arrived is ambiguous: a chat room cannot be asked, so that a person must look.
    """
    begun = _Begun()
    limits = httpx.Timeout(_TOTAL, connect=_CONNECT)
    try:
        async with (
            asyncio.timeout(_TOTAL),
            httpx.AsyncClient(
                timeout=limits,
                headers={"user-agent": "heardback"},
                trust_env=urlsplit(url).hostname not in LOOPBACK,
            ) as client,
            client.stream(
                "POST",
                url,
                content=payload,
                headers={"content-type": "application/json"},
                extensions={"trace": begun.trace},
            ) as response,
        ):
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    break
            return _PARSERS[channel](response.status_code, dict(response.headers), bytes(body))
    except _NEVER_LEFT as error:
        return Outcome(OutcomeKind.NOT_SENT, f"{channel}: {type(error).__name__}")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        kind = OutcomeKind.AMBIGUOUS if begun.done else OutcomeKind.NOT_SENT
        return Outcome(kind, f"{channel}: {type(error).__name__}")


class _Begun:
    """Whether the first byte of the request may have reached the network."""

    def __init__(self) -> None:
        self.done = False

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        del info
        self.done = self.done or event.endswith("send_request_headers.started")
