"""The few things that a webhook's proof needs from the network: a certificate, a confirmation."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import httpx

from app.errors import Unavailable
from app.mail.provider import MailRequest

Fetch = Callable[[str], Awaitable[bytes]]
"""The body behind an address that was checked to be the provider's own; raises `Unavailable`."""

_SECONDS = 5.0
_LARGEST = 100_000
_LARGEST_MAIL = 5_000_000
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


async def fetch_words(request: MailRequest, api_key: str) -> tuple[int, bytes]:
    """Status and body of a provider's answer about an inbound mail; raises `Unavailable`.

    The address is the provider's own, made by its file, and the key goes nowhere else: no redirects.
    """
    headers = {**dict(request.headers), "authorization": f"Bearer {api_key}", "user-agent": "heardback"}
    try:
        async with (
            asyncio.timeout(_SECONDS),
            httpx.AsyncClient(timeout=_SECONDS) as client,
            client.stream(request.method, request.url, headers=headers) as answer,
        ):
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _LARGEST_MAIL:
                    raise Unavailable("The provider's answer is larger than any mail that is read.")
            return answer.status_code, bytes(body)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as away:
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
