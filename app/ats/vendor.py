"""The shape that every ATS has here, and the list of them.

A vendor is a module with these names: a door that verifies and reads webhooks, and an ``api`` that builds
requests and reads answers. Everything is pure: bytes and instants in, values out. To add an ATS, write one
such module and put it into `VENDORS`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.ats import greenhouse
from app.ats.canonical import Reading
from app.ats.delivery import Delivery
from app.ats.fields import Answers, Json
from app.ats.http import Account, ApiFailure, ApiRequest, ApiResponse, Rate, Token


class Api(Protocol):
    """How a vendor's API is asked. ``base`` replaces the vendor's own address only where it is given."""

    API_BASE: str
    AUTH_URL: str

    def token_request(self, account: Account) -> ApiRequest:
        """Asks for an access token."""
        ...

    def read_token(self, response: ApiResponse, now: datetime) -> Token:
        """The token of a successful answer; raises `MalformedBody` where there is none."""
        ...

    def with_token(self, request: ApiRequest, token: Token) -> ApiRequest:
        """The request with its credentials."""
        ...

    def failure(self, request: ApiRequest, response: ApiResponse, now: datetime) -> ApiFailure | None:
        """What went wrong, or None for success."""
        ...

    def rate(self, response: ApiResponse, now: datetime) -> Rate | None:
        """What the answer says of the limit."""
        ...

    def rows(self, response: ApiResponse) -> Sequence[Json]:
        """The rows of a successful answer; raises `MalformedBody` where it is not a list."""
        ...

    def next_page(self, request: ApiRequest, response: ApiResponse) -> ApiRequest | None:
        """The request for the next page, or None on the last one."""
        ...

    def changed_requests(
        self, since: datetime, base: str | None = None
    ) -> Mapping[str, Sequence[ApiRequest]]:
        """What to ask to learn which applications changed since then."""
        ...

    def changed_applications(self, answers: Answers) -> list[str]:
        """The ids of the applications that the answers to `changed_requests` name."""
        ...

    def first_requests(
        self, applications: Sequence[str], base: str | None = None
    ) -> Mapping[str, Sequence[ApiRequest]]:
        """What to ask about these applications, by resource."""
        ...

    def further_requests(
        self, answers: Answers, base: str | None = None
    ) -> Mapping[str, Sequence[ApiRequest]]:
        """What to ask next about what the answers so far only name; empty when nothing is missing."""
        ...

    def read_answers(self, answers: Answers, received_at: datetime) -> Reading:
        """What the answers together say."""
        ...

    def note_request(
        self,
        candidate: str,
        application: str | None,
        body: str,
        user: str | None = None,
        *,
        base: str | None = None,
    ) -> ApiRequest:
        """Writes a note on the candidate; ``body`` is plain text and should carry our marker."""
        ...

    def created_id(self, response: ApiResponse) -> str | None:
        """The vendor's id of what a write created, or None where the answer names none."""
        ...

    def notes_requests(self, candidate: str, base: str | None = None) -> Sequence[ApiRequest]:
        """Lists the candidate's notes."""
        ...

    def marker_in(self, notes: Sequence[Json], marker: str) -> str | None:
        """The vendor's id of the note that carries our marker, or None."""
        ...


class Vendor(Protocol):
    """One ATS. Header names are lower case; bodies are the raw bytes as they came."""

    NAME: str
    SUCCESS_STATUS: int
    """The only status that the vendor takes for success."""
    RETRY_STATUS: int
    """The status that makes the vendor send again, and never give up or disable the webhook."""
    api: Api

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> None:
        """Raises `BadSignature` unless one of the active secrets signed these bytes; never another error."""
        ...

    def peek(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """What the door needs to store the delivery; cheap, and never raises."""
        ...

    def read(self, body: bytes, received_at: datetime) -> Reading:
        """What the webhook says; raises `MalformedBody` where it cannot be understood."""
        ...


VENDORS: Mapping[str, Vendor] = {greenhouse.NAME: greenhouse}
