"""Facts: everything a message may say about a person, a job or a date, each with where it comes from.

Names are ``group.name``. Values are plain and final: dates arrive as text in the reader's language and zone
(`app.messages.dates`), amounts with their currency. A blank value is no value.

Grammar, so that templates read well whoever supplies the value: ``next_step.what``, ``offer.next_step``,
``clock.then``, ``consent.basis``, ``question.what``, ``tool.assesses``, ``failure.why`` and
``failure.remedy`` are phrases ("a conversation with the hiring manager"); ``rejection.reason``,
``rejection.recommendation``, ``rejection.strength``,
``offer.reason``, ``offer.wish``, ``feedback.text``, ``highlight.text``, ``tool.data`` and
``tool.alternative`` are sentences to the candidate. ``promise.by`` is the date promised before;
``next_step.by`` is the date promised now.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.messages.liquid import Value

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "application.reference": "the application's reference in the applicant tracking system",
        "application.url": "the application's page in the applicant tracking system",
        "approve.url": "the page on which to approve",
        "candidate.first_name": "the candidate's first name",
        "candidate.full_name": "the candidate's full name",
        "clock.due": "when the clock is due",
        "clock.name": "what is owed",
        "clock.overdue": "how late it is",
        "clock.then": "what happens when nothing is done",
        "company.name": "the company's name",
        "competing.deadline": "the deadline of the candidate's other offer",
        "consent.basis": "why the candidate may be written to apart from this application, as a phrase",
        "decision.at": "when the decision was made",
        "decision.by": "who made the decision",
        "decision.reference": "where the decision is recorded",
        "failure.remedy": "what helps where somebody could not be reached, as a phrase",
        "failure.why": "why somebody could not be reached, as a phrase",
        "feedback.text": "feedback for the candidate, fit for them to read",
        "digest.count": "how many things wait for somebody",
        "digest.lines": "what waits for somebody, one line each",
        "highlight.text": "something specific from the interview, fit for the candidate",
        "interview.date": "the date of the interview",
        "interview.name": "the name of the interview",
        "interview.people": "who interviews",
        "interview.when": "the date and time of the interview, written as 2026-11-24 14:00",
        "interview.where": "where the interview takes place, or the link to it",
        "job.title": "the title of the job",
        "meeting.when": "the date and time of the meeting, written as 2026-11-24 14:00",
        "meeting.where": "where the meeting takes place, or the link to it",
        "missing.facts": "the facts that are missing",
        "next_step.by": "the date by which the candidate hears again",
        "next_step.what": "the next step",
        "offer.answer_by": "the date by which an answer to the offer is hoped for",
        "offer.next_step": "what follows the offer",
        "offer.reason": "why this candidate was chosen",
        "offer.salary": "the salary or its range",
        "offer.sent_on": "the date on which the offer was sent",
        "offer.start_date": "the first day",
        "offer.title": "the title in the offer",
        "offer.wish": "what the candidate had said they were looking for, and how the offer meets it",
        "person.name": "the name of the team member addressed",
        "preferences.url": "the page on which to choose what to be written about",
        "promise.by": "the date promised before",
        "question.asked_on": "the date on which the candidate was asked",
        "question.what": "what the candidate was asked, as a phrase",
        "recruiter.email": "the recruiter's address",
        "recruiter.name": "the recruiter's name",
        "recruiter.title": "the recruiter's title",
        "rejection.reason": "why the candidate was not selected",
        "rejection.recommendation": "one useful recommendation for the candidate",
        "rejection.strength": "what spoke for the candidate",
        "reply.at": "when the candidate replied",
        "role.suggestion": "a role that would suit the candidate",
        "stage.name": "the stage",
        "tool.alternative": "how to ask for another way of being assessed",
        "tool.assesses": "which qualifications the automated tool assesses",
        "tool.data": "which data the tool uses, from where, and how long they are kept",
        "tool.used_from": "the date before which the tool is not used",
        "unsubscribe.url": "the link with which to stop such messages",
        "waiting.since": "since when it is waiting",
        "waiting.what": "which message is waiting",
    }
)
"""Every fact a template may name, in words for whoever is asked to supply it."""

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class FactValue:
    """A value and where it comes from.

    A source is such as ``greenhouse:application/7001``, ``policy:acknowledge`` or ``person:approver``, and
    holds no personal data.
    """

    value: Value
    source: str


class Facts(Mapping[str, FactValue]):
    """Facts by dotted name; immutable.

    Raises ``ValueError`` for a malformed name and ``TypeError`` for a value that is not plain (an instant, an
    object): format it first.
    """

    def __init__(self, values: Mapping[str, FactValue]) -> None:
        self._values: dict[str, FactValue] = {}
        self.nested: dict[str, dict[str, Value]] = {}
        """The values alone, by group and name, as templates read them."""
        for name, fact in values.items():
            cleaned = _cleaned(name, fact.value)
            if cleaned in ("", []):
                continue
            self._values[name] = FactValue(cleaned, fact.source)
            group, _, leaf = name.partition(".")
            self.nested.setdefault(group, {})[leaf] = cleaned

    def __getitem__(self, name: str) -> FactValue:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def with_fact(self, name: str, fact: FactValue) -> "Facts":
        """These facts and one more, or one replaced: what a person supplied."""
        return Facts({**self._values, name: fact})

    def lacking(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that are not here, sorted."""
        return tuple(sorted(set(names) - self._values.keys()))

    def text(self, name: str) -> str:
        """The value as text on one line; empty when it is not here."""
        fact = self._values.get(name)
        if fact is None:
            return ""
        value = fact.value
        return " ".join((", ".join(value) if isinstance(value, list) else str(value)).split())


def _cleaned(name: str, value: Value) -> Value:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a fact's name: {name!r}; it has the form group.name")
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [item.strip() for item in value if item.strip()]
    if type(value) in (int, float, bool):
        return value
    raise TypeError(f"the fact {name} is a {type(value).__name__}; give text, a number or a list of texts")


def describe(names: Iterable[str]) -> list[str]:
    """The facts of those names in words, for the person who is asked to supply them."""
    return [LABELS.get(name, name) for name in names]


def source_of(vendor: str, recipient: str) -> str:
    """Where the ATS knows somebody, as the source of what is said of them: ``greenhouse:user/55``.

    ``recipient`` is as a follow-up has it: ``member:55`` or ``candidate:9001``.
    """
    role, _, external_id = recipient.partition(":")
    return f"{vendor}:{'user' if role == 'member' else role}/{external_id}"
