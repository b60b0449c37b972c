"""Calls to a vendor's API as values: what to ask, what came back, and what a refusal means."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One request; ``url`` is absolute. At most one of ``json`` and ``form`` is given.

    ``safe`` marks a request that changes nothing although its method is not GET.
    """

    method: str
    url: str
    params: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Mapping[str, object] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    safe: bool = False

    @property
    def reads(self) -> bool:
        """Whether asking twice changes nothing."""
        return self.safe or self.method == "GET"

    def with_header(self, name: str, value: str) -> "ApiRequest":
        """The same request with one more header."""
        return replace(self, headers={**self.headers, name: value})


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """One answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """A connection's way into the vendor's API.

    ``client_id`` and ``client_secret`` are for vendors with OAuth, ``api_key`` for those with keys. ``user``
    is the vendor's id of the person to act as. ``site`` is what the vendor's address depends on: a subdomain,
    a company's number or a region. ``api_base`` and ``auth_url`` are the vendor's own unless the shell says
    otherwise, which only the demo does; they are the only addresses ever called.
    """

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    user: str | None = None
    api_base: str | None = None
    auth_url: str | None = None
    api_key: str = field(default="", repr=False)
    site: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom something is written about in the ATS, and in whose name. All are the vendor's ids."""

    candidate: str
    application: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the instant at which it stops working."""

    value: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Rate:
    """What the vendor said of its limit: calls a window, calls left, and when the window ends."""

    limit: int
    remaining: int
    resets_at: datetime | None = None


class FailureKind(StrEnum):
    """Why a call was refused, in the words in which the caller must react."""

    TOKEN = "token"  # noqa: S105 -- the name of a kind, not a token
    """The access token is not accepted: get a new one, once."""
    SCOPE = "scope"
    """The credential may not do that: a person must add the scope."""
    RETIRED = "retired"
    """The API of this credential is gone: a person must make new credentials."""
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    """The vendor understood the request and refuses it: asking again will not help."""
    TOO_MANY = "too_many"
    AWAY = "away"
    """The vendor failed; a read may be repeated, a write may have taken effect."""


@dataclass(frozen=True, slots=True)
class ApiFailure:
    """One refusal. ``detail`` tells an operator what to do and holds no personal data."""

    kind: FailureKind
    detail: str
    status: int
    retry_after: timedelta | None = None
