"""The one edge to a language model: any endpoint that speaks ``POST /chat/completions`` as OpenAI's does.

One exchange, bounded in time and size, never repeated, no redirects. Whatever goes wrong is a reason in the
answer, never an exception: nothing waits for this.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Literal

import httpx
from pydantic import SecretStr

_LARGEST_ANSWER = 256 * 1024
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MOST_TOKENS = 10_000_000


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Where the model is. ``url`` is the API's base with its version, such as ``https://api.example.com/v1``.

    ``seconds`` bounds the whole exchange; ``limit_name`` is what this endpoint calls the limit on the length
    of an answer.
    """

    url: str
    model: str
    key: SecretStr | None = None
    seconds: float = 10.0
    limit_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model wrote; or in ``failure`` why there is nothing, such as ``slow`` or ``http-500``."""

    content: str = ""
    failure: str | None = None
    tokens: int | None = None
    """Used in all, where the endpoint says so."""


class Endpoint:
    """Asks one model. Keep one a process, and close it."""

    def __init__(self, settings: EndpointSettings) -> None:
        self.settings = settings
        host = httpx.URL(settings.url).host
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(settings.seconds),
            headers={"user-agent": "heardback", "accept": "application/json"},
            trust_env=host not in _LOOPBACK,
        )

    async def ask(self, rules: str, given: str, *, most: int) -> Answer:
        """The model's answer of at most ``most`` tokens."""
        try:
            async with asyncio.timeout(self.settings.seconds):
                status, body = await self._exchange(rules, given, most)
        except TimeoutError:
            return Answer(failure="slow")
        except _TooLarge:
            return Answer(failure="too-large")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            return Answer(failure="slow" if isinstance(error, httpx.TimeoutException) else "away")
        return read_completion(body) if status == httpx.codes.OK else Answer(failure=f"http-{status}")

    async def _exchange(self, rules: str, given: str, most: int) -> tuple[int, bytes]:
        key = self.settings.key
        request = self._http.build_request(
            "POST",
            f"{self.settings.url.rstrip('/')}/chat/completions",
            headers={"authorization": f"Bearer {key.get_secret_value()}"} if key else {},
            json={
                "model": self.settings.model,
                "messages": [{"role": "system", "content": rules}, {"role": "user", "content": given}],
                self.settings.limit_name: most,
            },
        )
        answer = await self._http.send(request, stream=True, follow_redirects=False)
        body = bytearray()
        try:
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    raise _TooLarge
        finally:
            await answer.aclose()
        return answer.status_code, bytes(body)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()


class _TooLarge(httpx.TransportError):
    """The answer is larger than any honest one."""

    def __init__(self) -> None:
        super().__init__("larger than allowed")


def read_completion(body: bytes) -> Answer:
    """The text of the first choice in a chat completion (OpenAI API reference, read 2026-11)."""
    try:
        read = json.loads(body)
        choice = read["choices"][0]
        content = choice["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return Answer(failure="garbled")
    tokens = _tokens(read)
    if not isinstance(content, str):
        return Answer(failure="garbled", tokens=tokens)
    if choice.get("finish_reason") not in (None, "stop"):
        return Answer(failure="cut-off", tokens=tokens)
    return Answer(content, tokens=tokens)


def _tokens(read: dict[str, Any]) -> int | None:
    usage = read.get("usage")
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if type(total) is int and 0 < total < _MOST_TOKENS else None
