"""The few things that a webhook's proof needs from the network: a certificate, a confirmation."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import httpx

from app.errors import Unavailable

Fetch = Callable[[str], Awaitable[bytes]]
"""The body behind an address that was checked to be the provider's own; raises `Unavailable`."""

_SECONDS = 5.0
_LARGEST = 100_000
_KEPT = 8


async def fetch(url: str) -> bytes:
    """Asked once, without redirects, bounded in time and size; raises `Unavailable`."""
    try:
        async with (
            asyncio.timeout(_SECONDS),
            httpx.AsyncClient(timeout=_SECONDS, headers={"user-agent": "heardback"}) as client,
            client.stream("GET", url) as answer,
        ):
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _LARGEST:
                    raise Unavailable("The provider's answer is larger than any such answer is.")
            if answer.status_code != HTTPStatus.OK:
                raise Unavailable(f"The provider answered {answer.status_code}.")
            return bytes(body)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as away:
        raise Unavailable(f"The provider cannot be reached: {type(away).__name__}.") from away


class Certificates:
    """Certificates by their address, kept; one is fetched at a time, because strangers can ask for them."""

    def __init__(self, fetch: Fetch = fetch) -> None:
        self._fetch = fetch
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._one = asyncio.Lock()

    async def get(self, url: str) -> bytes:
        """The certificate at that checked address; raises `Unavailable`."""
        if url in self._kept:
            return self._kept[url]
        async with self._one:
            if url not in self._kept:
                self._kept[url] = await self._fetch(url)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return self._kept[url]
