"""One HTTP exchange with a vendor: allowed addresses only, bounded in time and size."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from app.ats.http import ApiRequest, ApiResponse
from app.errors import VendorAway, VendorRefused, VendorUnknown

_LARGEST_ANSWER = 16 * 1024 * 1024
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Wire:
    """Sends requests to the addresses in ``allowed`` and to nowhere else."""

    http: httpx.AsyncClient
    allowed: Sequence[str]
    seconds: float = field(default=10.0)
    """The longest that one exchange may take, from connecting to the last byte."""

    async def exchange(self, request: ApiRequest) -> ApiResponse:
        """The vendor's answer, whatever its status.

        Raises `VendorRefused` for an address that is not allowed, for a redirect and for what no request can
        hold, `VendorAway` where nothing was sent or only something that may be repeated, `VendorUnknown`
        where a write may have taken effect.
        """
        self._check(request.url)
        try:
            async with asyncio.timeout(self.seconds):
                answer = await self._send(request)
        except _NEVER_SENT as error:
            raise VendorAway(f"No connection ({type(error).__name__}).") from error
        except (httpx.RequestError, TimeoutError) as error:
            if request.reads or request.form is not None:
                raise VendorAway(f"No answer ({type(error).__name__}).") from error
            raise VendorUnknown(f"No answer to a write ({type(error).__name__}).") from error
        if answer.status in _REDIRECTS:
            raise VendorRefused(f"Redirects are not followed ({answer.status}).", kind="redirect")
        return answer

    def _written(self, request: ApiRequest) -> httpx.Request:
        try:
            return self.http.build_request(
                request.method,
                request.url,
                params=request.params or None,
                headers={"accept": "application/json", **request.headers},
                json=request.json,
                data=request.form,
            )
        except (UnicodeError, httpx.InvalidURL):
            # Its cause is left out: it holds what could not be written, perhaps a key.
            words = "The request cannot be written; look for odd characters in the connection's credentials."
            raise VendorRefused(words, kind="request") from None

    async def _send(self, request: ApiRequest) -> ApiResponse:
        outgoing = self._written(request)
        answer = await self.http.send(outgoing, stream=True, follow_redirects=False)
        try:
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    raise httpx.ReadError("larger than allowed")
        finally:
            await answer.aclose()
        return ApiResponse(answer.status_code, dict(answer.headers), bytes(body))

    def _check(self, url: str) -> None:
        try:
            asked = httpx.URL(url)
        except httpx.InvalidURL:
            raise VendorRefused("The address is none.", kind="address") from None
        for base in map(httpx.URL, self.allowed):
            same_host = (asked.scheme, asked.host, asked.port) == (base.scheme, base.host, base.port)
            root = base.path.rstrip("/")
            below = asked.path == root or asked.path.startswith(f"{root}/")
            if same_host and below and ".." not in asked.path and not asked.userinfo:
                return
        raise VendorRefused("The address is not the vendor's.", kind="address")
