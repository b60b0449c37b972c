"""The body of a generic webhook: one event a request, in Heardback's own words.

These classes are the format: bodies are read by them, and the published JSON Schema is made from them.
Fields that they do not name are passed over.
"""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from app.ats.generic_values import Day, Id, Instant, Link, Name, Text


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True)


class Ref(Part):
    """Something by its id in your system."""

    id: Id


class Person(Ref):
    """Somebody by their id in your system; what is left out or null stays as it is known."""

    first_name: Text = None
    last_name: Text = None
    name: Text = None
    """The whole name, where your system does not hold it in parts."""
    email: Text = None
    time_zone: Text = None
    """IANA name, such as Europe/Berlin."""
    locale: Text = None
    """Language tag, such as de or en-GB."""


class Candidate(Person):
    """Who applies."""

    can_email: bool | None = None
    """False: this person must not be written to."""
    private: bool | None = None
    tags: list[Name] | None = None


class Interviewer(Person):
    """Who interviews, and so owes feedback."""

    response: Literal["accepted", "tentative", "declined"] | None = None
    """Declined takes the duty to give feedback away again."""


class Office(Part):
    """A place of work."""

    name: Name
    location: Text = None


class HiringTeam(Part):
    """Who looks after a job, as a whole: a list that is left out is empty."""

    recruiters: list[Person] | None = None
    hiring_managers: list[Person] | None = None
    coordinators: list[Person] | None = None


class Job(Ref):
    """A job; what is left out or null stays as it is known."""

    name: Text = None
    departments: list[Name] | None = None
    offices: list[Office] | None = None
    hiring_team: HiringTeam | None = None


class Stage(Part):
    """A stage of a job's process."""

    id: Id | None = None
    """Its name is its id where there is none."""
    name: Name
    entered_at: Instant | None = None
    """When it was entered, where that is not when the event occurred."""


class Application(Ref):
    """One person's candidacy for one job; what is left out stays as it is known."""

    applied_at: Instant | None = None
    stage: Stage | None = None
    """Where it stands."""
    source: Text = None
    tags: list[Name] | None = None
    prospect: bool | None = None
    """True: sourced, has not applied."""
    recruiter: Person | None = None
    """Null: nobody."""
    coordinator: Person | None = None
    """Null: nobody."""
    url: Link | None = None
    """Its page in your system."""


class ApplicationInStage(Application):
    """An application with the stage that it has entered."""

    stage: Stage


class Reason(Part):
    """A reason from your list of reasons; no words about the person."""

    id: Id | None = None
    name: Name


class Interview(Ref):
    """An interview; what is left out or null stays as it is known."""

    name: Text = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    interviewers: list[Interviewer] | None = None
    """Adds to those known; somebody leaves with the response declined."""


class ScheduledInterview(Interview):
    """An interview with its time."""

    starts_at: Instant
    ends_at: Instant


class Scorecard(Ref):
    """Feedback on an interview."""


class Answer(Part):
    """What was written in one field of the feedback."""

    field: Name
    words: Name


class SubmittedScorecard(Scorecard):
    """Feedback with its writer."""

    interviewer: Person
    answers: list[Answer] | None = None
    """All that it says in words, if that is to be known: shown to whoever approves a message, and to the
    candidate only from fields that the connection's settings mark for that."""


class Offer(Ref):
    """An offer; a renewed one has a higher version."""

    version: Annotated[int, Field(ge=1, le=10_000)] | None = None
    starts_on: Day | None = None
    """The first day of work."""


class Event(Part):
    """What every event may say."""

    type: str
    occurred_at: Instant
    """When it happened, not when it is sent; events may come in any order."""
    candidate: Candidate | None = None
    job: Job | None = None


class ApplicationCreated(Event):
    """Somebody has applied."""

    type: Literal["application.created"]
    application: Application
    candidate: Candidate
    job: Job


class ApplicationStageChanged(Event):
    """An application has entered a stage."""

    type: Literal["application.stage_changed"]
    application: ApplicationInStage


class ApplicationEnded(Event):
    """The company, or for a withdrawal the candidate, has said no."""

    type: Literal["application.rejected", "application.withdrawn"]
    application: Application
    reason: Reason | None = None


class ApplicationHired(Event):
    """The candidate is hired."""

    type: Literal["application.hired"]
    application: Application
    offer: Offer | None = None
    """The accepted offer, with the first day of work."""


class ApplicationTold(Event):
    """An end is taken back, an application is gone, or something else about it has changed."""

    type: Literal[
        "application.changed", "application.unrejected", "application.unhired", "application.deleted"
    ]
    application: Application


class ApplicationSnoozed(Event):
    """An application is put aside until an instant."""

    type: Literal["application.snoozed"]
    application: Application
    until: Instant


class InterviewScheduled(Event):
    """An interview has a time, or another one."""

    type: Literal["interview.scheduled", "interview.moved"]
    application: Application
    interview: ScheduledInterview


class InterviewTold(Event):
    """An interview will not take place, or is over."""

    type: Literal["interview.cancelled", "interview.ended"]
    application: Application
    interview: Interview


class ScorecardSubmitted(Event):
    """An interviewer has given feedback."""

    type: Literal["scorecard.submitted"]
    application: Application
    interview: Ref
    scorecard: SubmittedScorecard


class ScorecardDeleted(Event):
    """Feedback is taken back, and so is owed again; what is given anew has a new id."""

    type: Literal["scorecard.deleted"]
    application: Application
    scorecard: Scorecard


class OfferTold(Event):
    """How far an offer is. One that is withdrawn does not come back under its id."""

    type: Literal[
        "offer.created", "offer.approved", "offer.sent", "offer.accepted", "offer.declined", "offer.withdrawn"
    ]
    application: Application
    offer: Offer


class JobTold(Event):
    """Whether a job is open."""

    type: Literal["job.opened", "job.held", "job.closed"]
    job: Job


class CandidateTold(Event):
    """A candidate has changed, or is gone with everything personal."""

    type: Literal["candidate.changed", "candidate.deleted", "candidate.anonymized"]
    candidate: Candidate


class CandidateMerged(Event):
    """A candidate is the same person as another, under whose id they are known from now on."""

    type: Literal["candidate.merged"]
    candidate: Candidate
    into: Ref


class Ping(Part):
    """Nothing has happened: shows that signing and sending work."""

    type: Literal["ping"]


EVENTS: tuple[type[Part], ...] = (
    ApplicationCreated,
    ApplicationStageChanged,
    ApplicationEnded,
    ApplicationHired,
    ApplicationTold,
    ApplicationSnoozed,
    InterviewScheduled,
    InterviewTold,
    ScorecardSubmitted,
    ScorecardDeleted,
    OfferTold,
    JobTold,
    CandidateTold,
    CandidateMerged,
    Ping,
)

BODIES: dict[str, type[Part]] = {
    name: event for event in EVENTS for name in get_args(event.model_fields["type"].annotation)
}
"""The class of each type of event."""
