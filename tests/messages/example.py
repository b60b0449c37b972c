"""One rich application, with everything a message may say; our own people, in no vendor's shape."""

from datetime import UTC, datetime

from app.messages.facts import Facts, FactValue
from app.messages.liquid import Value

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

_APPLICATION: dict[str, Value] = {
    "application.reference": "application 7001",
    "application.url": "https://ats.example.com/people/9001?application_id=7001&tab=stage",
    "candidate.first_name": "Amara",
    "candidate.full_name": "Amara Okafor",
    "company.name": "Lindqvist & Daughters",
    "decision.at": "Friday 20 November 2026",
    "decision.by": "Jonas Weber",
    "decision.reference": "application 7001",
    "interview.date": "Tuesday 17 November 2026",
    "interview.name": "Technical interview",
    "job.title": "Embedded Engineer, Sensors",
    "offer.salary": "€72,000 to €78,000 a year",
    "offer.start_date": "Monday 1 February 2027",
    "offer.title": "Senior Embedded Engineer",
    "person.name": "Jonas",
    "recruiter.email": "mira@lindqvist.example",
    "recruiter.name": "Mira Sandberg",
    "recruiter.title": "Talent Partner",
    "stage.name": "Technical interview",
}
_POLICY: dict[str, Value] = {
    "approve.url": "https://heardback.example.com/approve/3f9c",
    "clock.due": "Tuesday 24 November 2026, 14:00 (Berlin time)",
    "clock.name": "Decision after the interview",
    "clock.overdue": "3 hours of working time",
    "missing.facts": ["why the candidate was not selected", "one useful recommendation for the candidate"],
    "next_step.by": "Friday 27 November 2026",
    "next_step.what": "the hiring team compares notes and decides",
    "promise.by": "Monday 23 November 2026",
    "waiting.since": "Thursday 19 November 2026, 09:30 (Berlin time)",
    "waiting.what": "the answer after the interview",
}
_PERSON: dict[str, Value] = {
    "highlight.text": "the way you traced the calibration drift back to the wind tunnel stayed with us",
    "offer.next_step": "Jonas calls you on Monday to go through the contract",
    "offer.answer_by": "Monday 30 November 2026",
    "offer.sent_on": "Thursday 19 November 2026",
    "offer.reason": "you found the fault in our sample board within minutes, and everybody could follow how",
    "rejection.reason": "the role needs radio certification, and your work so far was on wired sensors",
    "rejection.recommendation": "a small certified radio project of your own would show that side",
    "rejection.strength": "your debugging under time pressure was among the clearest we have seen",
}
_SOURCES = (
    (_APPLICATION, "greenhouse:application/7001"),
    (_POLICY, "policy:decide"),
    (_PERSON, "person:approver"),
)


def example(**changes: Value | None) -> Facts:
    """The example's facts; ``job__title="…"`` replaces one, None takes it away."""
    facts = {name: FactValue(value, source) for values, source in _SOURCES for name, value in values.items()}
    for key, value in changes.items():
        name = key.replace("__", ".")
        if value is None:
            del facts[name]
        else:
            facts[name] = FactValue(value, "person:test")
    return Facts(facts)
