"""What can be set for a connection, and what must stay secret about it."""

import re
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from app.errors import Unprocessable
from app.mail.headers import address as sound_address
from app.mail.outbound import Address
from app.moments import zone

Mode = Literal["send", "note_only", "off"]
"""What becomes of a follow-up: sent and noted in the ATS, only noted, or not said at all."""

WriteBack = Literal["note", "tag", "email", "task"]
"""What is left in the ATS, in the words of `app.ats.steps.WriteKind`."""

ACTIVE_SECRETS = 2
"""How many signing secrets may be active: the new one, and the old one until the ATS uses the new."""

MOST_SECRETS = 40
"""Where a vendor makes one for each webhook."""


HighlightFact = Literal[
    "highlight.text",
    "rejection.strength",
    "rejection.recommendation",
    "rejection.reason",
    "offer.reason",
    "feedback.text",
]
"""The facts that words on a scorecard may become."""
HIGHLIGHT_FACTS: tuple[str, ...] = get_args(HighlightFact)


def _by_field(given: object) -> object:
    """A plain list of fields marks each as something specific from the interview."""
    if isinstance(given, list) and all(isinstance(field, str) for field in given):
        return dict.fromkeys(given, HIGHLIGHT_FACTS[0])
    return given


def _known_zone(name: str) -> str:
    try:
        zone(name)
    except (KeyError, ValueError, OSError) as wrong:
        raise ValueError(f"{name!r} is not an IANA time zone such as Europe/Berlin") from wrong
    return name


def _patterns(rules: dict[str, str]) -> dict[str, str]:
    for pattern in rules:
        try:
            re.compile(pattern)
        except re.error as wrong:
            raise ValueError(f"{pattern!r} is not a regular expression: {wrong}") from wrong
    return rules


class ConnectionSettings(BaseModel):
    """How one ATS account is treated; every value has a sensible default."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    default_delivery: Mode = "send"
    """For every kind of follow-up that `delivery` does not name."""
    delivery: dict[str, Mode] = Field(default_factory=dict)
    """By kind of follow-up; the ATS may already write some of them itself."""
    write_back: Annotated[list[WriteBack], Field(max_length=len(get_args(WriteBack)))] = ["note"]
    """What a sent message leaves in the ATS: a note, or a copy of the mail in its place, and a tag. With
    `task`, what is only noted becomes a task for the recruiter."""

    calendar: str = "default"
    """The name of the business calendar."""
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    """For people whose own zone is not known."""
    stage_kinds: Annotated[dict[str, str], AfterValidator(_patterns)] = Field(default_factory=dict)
    """Regular expressions over stage names, with the kind of stage they mean; asked first, in order."""
    candidate_facing_fields: Annotated[dict[str, HighlightFact], BeforeValidator(_by_field)] = Field(
        default_factory=dict
    )
    """Names of scorecard fields that people fill in for the candidate to read, each with the fact that it
    gives, such as `{"What impressed us": "highlight.text"}`. What stands in other fields reaches no candidate
    unless whoever approves the message picks it."""
    link_domains: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]], Field(max_length=50)
    ] = []
    """Domains to which messages may link, with everything under them, besides the recruiter's own and where
    the ATS leads: the company's, those of its tests and meetings."""

    jitter_minutes: int = Field(default=10, ge=0, le=60)
    """What waited for the morning leaves spread over so many minutes; 0: all at once."""
    rejection_cooling_minutes: int = Field(default=60, ge=0, le=20_160)
    """The least time between a decision and its rejection, whatever the policy says: it can be taken back."""
    mails_a_day: int = Field(default=1, ge=0, le=20)
    """Automated mails to one candidate on one day, across their jobs; 0: any number."""
    unanswered_mails: int = Field(default=3, ge=0, le=20)
    """Automated mails in a row to a candidate who does not act; then the next waits on a person. 0: any
    number."""
    mails_a_minute: int = Field(default=120, ge=1, le=6_000)
    """How many follow-ups leave in a minute at most: no burst after an outage."""

    locale: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$")] | None = None
    """The language of its messages, such as `de` or `en-US`, to the team and to candidates whose own is not
    known; unset: the service's."""
    brand: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """In whose name it hires, in a word of your own: mail routes may be chosen by it."""
    nurture_basis: str | dict[str, str] | None = None
    """Why candidates may be written to apart from an application, as a phrase, or as one by language, such as
    `you agreed to it when you applied`. A tag `consent: …` in the ATS counts before it; without either, such
    a message waits for a person."""
    sender_name: str | None = None
    sender_address: str | None = None
    """From whom its mail comes, where a recruiter's own address is not of the same domain; unset: those of
    the service's settings. The mail route must be allowed to send from that domain."""

    note_user: str | None = None
    """The vendor's id of the user in whose name notes are written."""

    poll: bool = True
    """Ask the ATS for what its webhooks never say."""
    poll_every_seconds: int = Field(default=300, ge=10, le=86_400)
    rate_share: float = Field(default=0.5, gt=0, le=1)
    """How much of the vendor's rate limit we may use."""

    site: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] | None = None
    """What the vendor's address depends on: a subdomain, a company's number or a region."""
    base_url: str | None = None
    auth_url: str | None = None
    """Another address for the vendor's API, for trying out against a simulated one."""

    def mode_of(self, kind: str) -> Mode:
        """What becomes of follow-ups of this kind."""
        return self.delivery.get(kind, self.default_delivery)

    def refuse_foreign_addresses(self, *, trial: bool) -> None:
        """Raises `Unprocessable` for an address of another API, except on trial one of this machine.

        And `InvalidAddress` or `UnsafeHeader` for a sender that no mail server can take.
        """
        sound_address(Address(self.sender_name or "", "nobody@heardback.example"), "sender_name")
        if self.sender_address is not None:
            sound_address(Address("", self.sender_address), "sender_address")
        for field in ("base_url", "auth_url"):
            url = getattr(self, field)
            if url is None:
                continue
            if not trial:
                raise Unprocessable(f"{field} is for trying out only; remove it.", field=field)
            if urlsplit(url).hostname not in {"127.0.0.1", "::1", "localhost"}:
                raise Unprocessable(f"{field} must be an address of this machine.", field=field)


Secret = Annotated[str, Field(min_length=16, max_length=500, pattern=r"^[\x21-\x7e]+$")]


class ConnectionSecrets(BaseModel):
    """What must not be seen of a connection; neither its repr nor its validation errors show it."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    signing_secrets: list[Secret] = Field(min_length=1, max_length=MOST_SECRETS, repr=False)
    """Newest first; each of them is accepted. Some vendors make one for each webhook."""
    client_id: str | None = Field(default=None, repr=False)
    client_secret: str | None = Field(default=None, repr=False)
    api_key: str | None = Field(default=None, repr=False)
    """For vendors without OAuth."""
    acting_user: str | None = None
    """The vendor's id of the user as whom the API is used."""

    @property
    def may_ask(self) -> bool:
        """Whether there are credentials for the vendor's API."""
        return bool(self.api_key or (self.client_id and self.client_secret))
