"""Policies: what is owed, to whom, by when, and what is said. The schema of the YAML that operators write."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.errors import InvalidPolicy

LanguageTag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
"""A language such as `de`, or with its territory `de-AT`."""
Role = Literal["candidate", "recruiter", "coordinator", "hiring_managers", "interviewers", "operations"]

Approver = Annotated[
    str, Field(pattern=r"^(recruiter|coordinator|hiring_managers|member:[A-Za-z0-9._:-]{1,100})$")
]
"""Who may allow a message: a role of the hiring team, or one member by the vendor's id."""


class Trigger(StrEnum):
    """What may start a clock."""

    APPLICATION_CREATED = "application_created"
    STAGE_ENTERED = "stage_entered"
    MOVED_ON = "moved_on"
    """A later stage was entered for the first time; a move back or sideways to a known stage is none."""
    INTERVIEW_SCHEDULED = "interview_scheduled"
    """An interview got a time, or another one, that is still to come."""
    INTERVIEW_ENDED = "interview_ended"
    FEEDBACK_COMPLETE = "feedback_complete"
    """All interviews of a stage are over and every feedback is in."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    OFFER_STAGE = "offer_stage"
    OFFER_CREATED = "offer_created"
    CANDIDATE_CONTACTED = "candidate_contacted"
    """The candidate heard from us, or applied: the next word is owed from here."""
    DATE_PROMISED = "date_promised"
    """A message told the candidate a date; that date is the target."""
    OFFER_SENT = "offer_sent"
    JOB_CLOSED = "job_closed"
    """The job closed while the application was still open."""
    LAST_INTERVIEW = "last_interview"
    """From the end of the latest interview, moving on with each further one."""
    BEFORE_FIRST_DAY = "before_first_day"
    """Hired with a known first day; the target is three days before it."""
    AFTER_FIRST_DAY = "after_first_day"
    """Hired with a known first day; the target is two weeks after it."""
    ENDING_TOLD = "ending_told"
    """The candidate heard how it ended: rejected, filled, or their withdrawal noted."""
    QUESTION_ASKED = "question_asked"
    """A message asked the candidate something that they owe an answer to."""
    COMPETING_OFFER = "competing_offer"
    """A person confirmed that the candidate has another offer; its deadline, if known, is the target."""


_BRING_THEIR_OWN_DATE = {Trigger.DATE_PROMISED, Trigger.BEFORE_FIRST_DAY, Trigger.AFTER_FIRST_DAY}


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(Model):
    """A length of time: exactly one of its fields, and about a year at most.

    The calendar looks six years ahead: a longer target would have no due time, and could not be derived.
    """

    business_minutes: float | None = Field(default=None, ge=0, le=150_000)
    business_hours: float | None = Field(default=None, ge=0, le=2_500)
    business_days: int | None = Field(default=None, ge=1, le=366)
    """Until the last close of the n-th open day after."""
    calendar_hours: float | None = Field(default=None, ge=0, le=8_784)
    calendar_days: float | None = Field(default=None, ge=0, le=366)

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("give exactly one of " + ", ".join(type(self).model_fields))
        return self

    @property
    def business_seconds(self) -> float | None:
        """Open seconds, for the two business spans that are lengths."""
        if self.business_hours is not None:
            return self.business_hours * 3600
        return self.business_minutes * 60 if self.business_minutes is not None else None

    @property
    def wall(self) -> timedelta | None:
        """Real time, for the two calendar spans."""
        if self.calendar_days is not None:
            return timedelta(days=self.calendar_days)
        return timedelta(hours=self.calendar_hours) if self.calendar_hours is not None else None


class When(Model):
    """Conditions, all of which must hold; an empty one holds always.

    Lists mean: one of these; ``*`` stands for anything in the texts, which are compared without case.
    """

    stage_kinds: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    interviewed: bool | None = None
    prospect: bool | None = False
    """Prospects applied for nothing; by default nothing is owed to them."""

    @cached_property
    def lists(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The lists that say anything, by name: mostly none."""
        names = (name for name in type(self).model_fields if isinstance(getattr(self, name), tuple))
        return tuple((name, getattr(self, name)) for name in names if getattr(self, name))


class Warn(Model):
    """Before the target runs out: at a share of it, or a business span before."""

    percent: float | None = Field(default=None, gt=0, lt=100)
    before: Span | None = None

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("give either percent or before")
        return self


class Escalate(Model):
    """After the breach: whom to tell, a business span later."""

    after: Span
    to: Role


Told = Annotated[str, Field(pattern=r"^(question|tool)\.[a-z][a-z0-9_]*$")]
"""A fact that a policy may state: about what was asked or which tool is used, never about a person."""
MOST_REMINDERS = 2
"""Of one question to a candidate."""


class Say(Model):
    """A follow-up that belongs to the clock."""

    kind: str
    to: Role = "candidate"
    at: Literal["start", "warn", "breach", "moved"] = "start"
    """``moved``: a person moved the promised date."""
    nth: int = Field(default=1, ge=1)
    """Which of the warnings."""
    delay: Span | None = None
    """How long after; a rejection's cooling time, in which it can still be cancelled."""
    when: When | None = None
    approval: bool | None = None
    """Overrides the kind's own default."""
    next_step: str | dict[LanguageTag, str] | None = None
    """What happens next, as the candidate should read it: once, or by language (`{en: …, de: …}`).

    A reader whose language is not there gets the English words, else the first.
    """
    promise: Span | None = None
    """The message states a date this far away; that date becomes a clock."""
    facts: dict[Told, str | dict[LanguageTag, str]] = Field(default_factory=dict)
    """What the words need and only the company knows, such as `question.what`; once, or by language."""


class Policy(Model):
    """One thing owed."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{2,62}$")
    name: str
    names: dict[LanguageTag, str] = Field(default_factory=dict)
    """The name in other languages, for words to the team."""
    enabled: bool = True
    """A policy that is switched off is kept and asks for nothing."""
    owed_by: Role = "recruiter"
    owed_to: Role = "candidate"
    starts: Trigger
    when: When = When()
    target: Span | None = None
    """May be missing only where the trigger brings its own date."""
    calendar: str | tuple[str, ...] | None = None
    """A calendar's name, or several sources of which the first that exists counts.

    ``@office``, ``@job``, ``@recruiter``: calendars named ``office:Berlin``, ``job:4711``, ``member:55``.
    ``@candidate``: the company's week in the candidate's own time zone, where the ATS gives it.
    ``@connection``: the connection's own.
    """
    met_by: tuple[str, ...] = ()
    cancelled_by: tuple[str, ...] = ()
    paused_by: tuple[Literal["job_held", "snoozed"], ...] = ("snoozed",)
    reopen: Literal["continue", "anew"] = "continue"
    """When an application is reopened: go on with what was left, or count from the reopening."""
    legal: bool = False
    """A duty by law: nobody can pause or snooze it."""
    warn: tuple[Warn, ...] = ()
    escalate: tuple[Escalate, ...] = ()
    say: tuple[Say, ...] = ()

    @model_validator(mode="after")
    def check(self) -> Self:
        if self.target is None and self.starts not in _BRING_THEIR_OWN_DATE:
            raise ValueError("a target is needed")
        known = STOPS
        for stop in (*self.met_by, *self.cancelled_by):
            if stop not in known and not stop.startswith("said:"):
                raise ValueError(f"{stop!r} stops nothing; known are {', '.join(sorted(known))}")
        if self.legal and self.paused_by:
            raise ValueError("paused_by must be empty for a duty by law")
        if not self.met_by:
            raise ValueError("met_by: a clock that nothing meets can only breach")
        reminders = [say for say in self.say if say.to == "candidate"]
        if self.owed_by == "candidate" and len(reminders) > MOST_REMINDERS:
            raise ValueError(f"say: nobody is reminded of one thing more than {MOST_REMINDERS} times")
        return self


STOPS = {
    "closed",
    "contacted",
    "decision_told",
    "decided",
    "feedback_given",
    "hired",
    "interview_begins",
    "interview_scheduled",
    "offer_resolved",
    "offer_sent",
    "reopened",
    "stage_left",
    "offer_created",
}
"""What may meet or cancel a clock, beside `said:<kind>`."""


class ApprovalRule(Model):
    """Which messages need an approval, and by whom."""

    kinds: tuple[str, ...] = ()
    """Kinds of follow-up, ``*`` standing for anything (`rejection_*`); empty: every kind to candidates."""
    when: When = When(prospect=None)
    """Seniority and area are matched here: `jobs: ["Head of *"]`, `departments: [Board]`."""
    needed: Literal["by_kind", "always", "on_warnings"] = "by_kind"
    """As the kind and its policy have it; always; or also where the checks found a warning.

    Only ever adds to what the kind needs: a rejection or an offer always waits for a person.
    """
    by: Approver = "recruiter"
    """A role, or a member as `member:<vendor's id>`. Where a rule fits, nobody else may allow it."""


class Approvals(Model):
    """How approvals are asked for, how long they may take, and who is told when they take longer.

    The spans count from the moment at which the draft began to wait, in the hours of its clock's calendar.
    """

    rules: tuple[ApprovalRule, ...] = ()
    """The first that fits a follow-up counts; without one the recruiter is asked, and all may allow it."""
    remind_after: Span = Span(business_hours=8)
    escalate_after: Span = Span(business_hours=16)
    """To the hiring managers, who may decide then, too."""
    operations_after: Span = Span(business_hours=24)
    expires_after: Span = Span(calendar_days=14)
    """Then the draft is void, operations are told, and the clock behind it keeps running."""


class PolicyDocument(Model):
    """The whole rule book. For each key the first policy whose conditions hold wins."""

    calendar: str = "office"
    approvals: Approvals = Approvals()
    policies: tuple[Policy, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._by_key)

    def named(self, key: str) -> tuple[Policy, ...]:
        """The policies of that key that are switched on, in order of precedence."""
        return self._by_key.get(key, ())

    @cached_property
    def _by_key(self) -> Mapping[str, tuple[Policy, ...]]:
        # Asked for each occurrence of each application.
        found: dict[str, tuple[Policy, ...]] = {}
        for policy in self.policies:
            if policy.enabled:
                found[policy.key] = (*found.get(policy.key, ()), policy)
        return found


def parse_policies(document: Mapping[str, Any]) -> PolicyDocument:
    """The rule book; raises InvalidPolicy that names the first wrong field."""
    try:
        return PolicyDocument.model_validate(document)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidPolicy(f"{field}: {first['msg']}", field=field) from wrong
