"""What every rule works with: the finding, the message under examination, and the words of its language."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files

import yaml

from app.followups.catalogue import Kind, Recipient
from app.messages.dates import locale_of
from app.messages.facts import Facts
from app.messages.render import Rendered

_OWN_WORDS = (
    "candidate.",
    "job.title",
    "company.name",
    "recruiter.",
    "person.",
    "stage.name",
    "interview.name",
    "offer.title",
    "offer.salary",
)
"""Names and titles, whose words are not the message's own."""


class Severity(StrEnum):
    """An error stops the message; a warning asks for a look; an info is only shown."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found: its id, how grave it is, why in plain words, and what to do."""

    rule: str
    severity: Severity
    reason: str
    suggestion: str


@dataclass(frozen=True)
class Draft:
    """A message as the rules see it; ``now`` is the business instant, aware, in UTC."""

    rendered: Rendered
    kind: Kind
    facts: Facts
    now: datetime
    by_hand: bool = False
    """A person chose these words and vouches for them; they may say a fact in another way or language."""

    @property
    def to_candidate(self) -> bool:
        return self.kind.recipient is Recipient.CANDIDATE

    @cached_property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.rendered.text.splitlines() if line.strip()]

    @cached_property
    def everything(self) -> str:
        return f"{self.rendered.subject}\n{self.rendered.preheader}\n{self.rendered.text}"

    @cached_property
    def own_words(self) -> str:
        """Everything said, with the names and titles taken out."""
        names = [n for n in self.facts if n.startswith(_OWN_WORDS)]
        values = sorted({self.facts.text(n) for n in names} - {""}, key=len, reverse=True)
        masked = self.everything
        for value in values:
            masked = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "⁂", masked)
        return masked

    @cached_property
    def earliest_today(self) -> date:
        """The date that it still is somewhere on Earth: a date before it is past for every reader."""
        return (self.now - timedelta(hours=12)).date()

    def says(self, value: str) -> bool:
        """Whether the text holds that value, white space, case and a closing full stop aside."""
        return bool(value) and _plain(value) in _plain(self.rendered.text)

    def found(self, group: str) -> list[str]:
        """The phrases of that word list in the message's own words."""
        return [m.group() for m in self.phrases(group).finditer(self.own_words)]

    def phrases(self, group: str) -> re.Pattern[str]:
        """What finds the phrases of that word list in the message's language."""
        return _phrases(self.rendered.locale, group)


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".").casefold()


@cache
def words_in(language: str) -> Mapping[str, list[str]]:
    """The word lists of a language by group; English ones where it has none."""
    folder = files("app.messages").joinpath("words")
    file = folder.joinpath(f"{language}.yaml")
    source = file if file.is_file() else folder.joinpath("en.yaml")
    words: Mapping[str, list[str]] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return words


@cache
def _phrases(locale: str, group: str) -> re.Pattern[str]:
    alternatives = "|".join(words_in(locale_of(locale).language).get(group, ["(?!)"]))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE | re.MULTILINE)


Rule = Callable[[Draft], Iterable[tuple[Severity, str, str]]]
REGISTRY: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    """Register a rule under its id; it yields (severity, reason, suggestion)."""

    def register(function: Rule) -> Rule:
        REGISTRY[name] = function
        return function

    return register


def run(draft: Draft) -> Iterator[Finding]:
    """Every registered rule over one message."""
    for name, function in REGISTRY.items():
        for severity, reason, suggestion in function(draft):
            yield Finding(name, severity, reason, suggestion)
