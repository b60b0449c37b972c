"""The shape that every ATS has here, and the list of them.

A vendor is a module with these names: a door that verifies and reads webhooks, and, where there is one, an
``api`` that builds requests and reads answers, and a ``setup`` that connects an account. Everything is pure:
bytes and instants in, values out. To add an ATS, write one such module, one simulator and one test file, and
put the module into `VENDORS`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from app.ats import ashby, generic, greenhouse, lever, recruitee, smartrecruiters, teamtailor, workable
from app.ats.canonical import FactKind, Named, Reading
from app.ats.delivery import Delivery
from app.ats.fields import Answers, Json
from app.ats.http import Account, ApiFailure, ApiRequest, ApiResponse, Rate, Target, Token
from app.ats.steps import Question, Signer, Step, Write, WriteKind


class Api(Protocol):
    """How a vendor's API is asked. ``base`` is where it is; `api_base` says it for an account."""

    ASSUMED_RATE: tuple[int, timedelta]
    """Calls a window, as long as no answer has told the limit."""
    CHUNK: int
    """How many applications are asked about in one piece, so that a piece ends within some 20 seconds."""
    PUSHED: frozenset[FactKind]
    """Of applications created and ended, what the webhooks bring, under the same keys as asking does: what
    only the poll has found was lost on the way."""
    STEADY: frozenset[str]
    """Resources that change so rarely that an answer may be used again for ten minutes: stages, users …"""
    WRITES: frozenset[WriteKind]
    """What can be written back."""

    def api_base(self, account: Account) -> str:
        """The account's API, without a slash at its end; raises `Unprocessable` for a bad ``site``."""
        ...

    def auth_url(self, account: Account) -> str | None:
        """Where tokens are fetched, or None where the key itself is sent."""
        ...

    def token_request(self, account: Account) -> ApiRequest | None:
        """Asks for an access token; None where the key itself is sent."""
        ...

    def read_token(self, response: ApiResponse, now: datetime) -> Token:
        """The token of a successful answer; raises `MalformedBody` where there is none."""
        ...

    def with_credentials(self, request: ApiRequest, account: Account, token: Token | None) -> ApiRequest:
        """The request with its credentials; ``token`` is None where `token_request` is."""
        ...

    def failure(self, request: ApiRequest, response: ApiResponse, now: datetime) -> ApiFailure | None:
        """What went wrong, or None for success."""
        ...

    def rate(self, response: ApiResponse, now: datetime) -> Rate | None:
        """What the answer says of the limit."""
        ...

    def rows(self, response: ApiResponse) -> Sequence[Json]:
        """The rows of a successful answer: one for a single object, none for no body.

        Raises `MalformedBody` where it is neither.
        """
        ...

    def next_page(self, request: ApiRequest, response: ApiResponse) -> ApiRequest | None:
        """The request for the next page, or None on the last one; may raise `MalformedBody`."""
        ...

    # Reading

    def changed_requests(
        self, since: datetime, base: str | None = None, resume: Mapping[str, str] | None = None
    ) -> Mapping[str, Sequence[ApiRequest]]:
        """What to ask to learn which applications changed since then, by resource.

        Each resource has a cursor of its own; ``resume`` holds what `resume_point` gave for it the last time.
        """
        ...

    def resume_point(self, response: ApiResponse) -> str | None:
        """Where the next question goes on after this last page; None where the vendor goes by time."""
        ...

    def changed_applications(self, answers: Answers) -> list[str]:
        """The ids of the applications that the answers to `changed_requests` name."""
        ...

    def named_requests(
        self, named: Sequence[Named], base: str | None = None
    ) -> Mapping[str, Sequence[ApiRequest]]:
        """What to ask about what a webhook only named, by resource."""
        ...

    def found(self, named: Named, answers: Answers) -> bool:
        """Whether the answers know what was named."""
        ...

    def first_requests(
        self, applications: Sequence[str], base: str | None = None
    ) -> Mapping[str, Sequence[ApiRequest]]:
        """What to ask about these applications, by resource."""
        ...

    def further_requests(
        self, answers: Answers, base: str | None = None
    ) -> Mapping[str, Sequence[ApiRequest]]:
        """What to ask next about what the answers so far only name; empty when nothing is missing.

        A resource that is among the answers already is not asked for again.
        """
        ...

    def read_answers(self, answers: Answers, received_at: datetime) -> Reading:
        """What the answers together say."""
        ...

    # Writing back

    def note_request(self, target: Target, body: str, base: str | None = None) -> ApiRequest:
        """Writes a note; ``body`` is plain text and carries our marker, and is escaped here as need be."""
        ...

    def created_id(self, response: ApiResponse) -> str | None:
        """The vendor's id of what a write created, or None where the answer names none."""
        ...

    def notes_requests(self, target: Target, base: str | None = None) -> Sequence[ApiRequest]:
        """Lists the notes among which ours would be."""
        ...

    def marker_in(self, notes: Sequence[Json], marker: str) -> str | None:
        """The vendor's id of the note that carries our marker, or None."""
        ...

    def write_step(self, write: Write, answers: Answers, base: str | None = None) -> Step:
        """What comes next in writing a tag, a logged e-mail or a task of `WRITES`.

        First it is looked for, so that beginning anew after any fault never writes it twice. Raises
        `VendorRefused` (`steps.not_offered`) for a kind that is not among them, and for a note.
        """
        ...


class Setup(Protocol):
    """How an account is connected, and whether it still is."""

    QUESTIONS: Sequence[Question]
    SIGNER: Signer
    """Who makes the secret that signs the webhooks."""

    def by_hand(self, url: str) -> Sequence[str]:
        """What a person must do in the ATS, line by line; empty where `create_step` does it all."""
        ...

    def create_step(self, url: str, secret: str, answers: Answers, base: str | None = None) -> Step | None:
        """What comes next in creating the webhooks by API; None where the vendor does not allow that.

        Webhooks to ``url`` that are there already are kept.
        """
        ...

    def webhook_requests(self, base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
        """Lists the account's webhooks; empty where the vendor's API does not tell."""
        ...

    def webhook_findings(self, answers: Answers, url: str) -> Sequence[str]:
        """What is wrong with the webhooks to ``url`` and what to do about it; empty when all is well."""
        ...

    def check_requests(self, base: str | None = None) -> Mapping[str, ApiRequest]:
        """Harmless requests by what they show the credential to be allowed, such as ``read candidates``."""
        ...


class Vendor(Protocol):
    """One ATS. Header names are lower case; bodies are the raw bytes as they came."""

    NAME: str
    TITLE: str
    """The vendor's name as people write it."""
    SUCCESS_STATUS: int
    """A status that the vendor takes for success."""
    RETRY_STATUS: int
    """The status that makes the vendor send again, and never give up or disable the webhook."""

    @property
    def api(self) -> Api | None:
        """None where there is no API to ask."""
        ...

    @property
    def setup(self) -> Setup:
        """How an account is connected."""
        ...

    def handshake(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, str] | None:
        """The headers of a 200 with which a handshake or an unsigned test is answered.

        Nothing else is done then; None for every other request.
        """
        ...

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> None:
        """Raises `BadSignature` unless one of the active secrets signed this; never another error.

        ``now`` is machine time, aware.
        """
        ...

    def peek(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """What the door needs to store the delivery; cheap, and never raises."""
        ...

    def read(self, body: bytes, received_at: datetime, action: str) -> Reading:
        """What the webhook says; raises `MalformedBody` where it cannot be understood.

        ``action`` is what `peek` said: some vendors name the event in a header.
        """
        ...


VENDORS: Mapping[str, Vendor] = {
    greenhouse.NAME: greenhouse,
    generic.NAME: generic,
    ashby.NAME: ashby,
    teamtailor.NAME: teamtailor,
    recruitee.NAME: recruitee,
    smartrecruiters.NAME: smartrecruiters,
    lever.NAME: lever,
    workable.NAME: workable,
}
