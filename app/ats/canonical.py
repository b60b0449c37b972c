"""The words in which every ATS is understood: facts about applications, without personal data.

A webhook or an API answer is *read* into facts and into people. Facts are kept for good and are what every
replay, recount and backtest reads; people's names and addresses go into their own encrypted table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class FactKind(StrEnum):
    """What can be known of an application, its candidate or its job."""

    APPLICATION_CREATED = "application_created"
    APPLICATION_CHANGED = "application_changed"
    """Attributes as of an instant: job, recruiter, coordinator, source, tags, prospect; the last one wins."""
    APPLICATION_DELETED = "application_deleted"
    STAGE_CHANGED = "stage_changed"
    STAGE_ENTERED = "stage_entered"
    """A stage visit with its true entry time, from the ATS's API; supersedes STAGE_CHANGED for that visit."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    UNREJECTED = "unrejected"
    HIRED = "hired"
    UNHIRED = "unhired"
    INTERVIEW = "interview"
    """An interview as of an instant: scheduled, moved, cancelled or ended; the last one wins."""
    INTERVIEW_DELETED = "interview_deleted"
    INTERVIEWER = "interviewer"
    SCORECARD = "scorecard"
    SCORECARD_DELETED = "scorecard_deleted"
    OFFER = "offer"
    """An offer as of an instant: created, approved, sent or answered; the last one wins per version."""
    OFFER_DELETED = "offer_deleted"
    JOB_CHANGED = "job_changed"
    """A job as of an instant: name, status, offices, departments, hiring team."""
    CANDIDATE_CHANGED = "candidate_changed"
    """May be mailed, private, tags."""
    CANDIDATE_MERGED = "candidate_merged"
    CANDIDATE_DELETED = "candidate_deleted"
    CANDIDATE_ANONYMIZED = "candidate_anonymized"
    SNOOZED = "snoozed"
    # What we and our people did; written by later stages of the flow, read by the fold like any other.
    SAID = "said"
    """A message reached (or must be taken to have reached) its recipient."""
    ACT = "act"
    """A person marked a clock done, paused, resumed or snoozed it."""


USUALLY_PUSHED = frozenset(
    {FactKind.APPLICATION_CREATED, FactKind.REJECTED, FactKind.WITHDRAWN, FactKind.HIRED}
)
"""What most vendors' webhooks bring, with the same key as asking does."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that became true, as the ATS names it.

    ``at`` is the vendor's time in UTC, or None where the vendor gives none and the time of receipt counts.
    ``key`` is stable: reading the same thing twice gives the same key, and it is stored once a connection.
    ``application``, ``candidate`` and ``job`` are the vendor's ids. ``data`` holds JSON values and never
    personal data.
    """

    kind: FactKind
    key: str
    at: datetime | None = None
    application: str | None = None
    candidate: str | None = None
    job: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


class PersonRole(StrEnum):
    """Why we know somebody."""

    CANDIDATE = "candidate"
    MEMBER = "member"
    """Somebody of the hiring team."""


@dataclass(frozen=True, slots=True)
class PersonFields:
    """The personal fields of one person, as read; None or empty means: not said, keep what is known."""

    role: PersonRole
    external_id: str
    first_name: str | None = None
    last_name: str | None = None
    name: str | None = None
    email: str | None = None
    time_zone: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What somebody wrote about a candidate on one scorecard: personal, so never part of a fact.

    ``fields`` holds the words by the name that the field has in the ATS; it is all that the scorecard says,
    so that what is not among it any more is forgotten. None of it is meant for the candidate unless a person
    has marked the field as such, or picks the words. ``candidate`` is None where the vendor names only the
    application; ``at`` is as in `Fact`.
    """

    scorecard: str
    application: str
    candidate: str | None
    fields: Mapping[str, str]
    at: datetime | None = None


class NamedKind(StrEnum):
    """What a webhook may name without telling it."""

    APPLICATION = "application"
    CANDIDATE = "candidate"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a webhook only names: nothing is true of it before the API has been asked.

    ``deleted`` says that the webhook claims its end: only then does an API that does not know it confirm
    that; otherwise it may merely be hidden from our credential.
    """

    kind: NamedKind
    id: str
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What one webhook or API answer says.

    ``ignored`` names the reason where nothing is to be done; ``erased`` lists candidates whose personal data
    must be destroyed; ``named`` is what the API must be asked about, because the webhook does not tell it or
    cannot be believed.
    """

    facts: tuple[Fact, ...] = ()
    people: tuple[PersonFields, ...] = ()
    erased: tuple[str, ...] = ()
    ignored: str | None = None
    named: tuple[Named, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
