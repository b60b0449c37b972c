"""For every rule, in every language that has words: a text that breaks it and a near miss that does not."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.followups.catalogue import KINDS
from app.messages.checks import RULES, check
from app.messages.facts import Facts, FactValue
from app.messages.language import LANGUAGES
from app.messages.render import Rendered
from tests.messages.example import NOW, example

FOLDER = Path(__file__).parent / "faults"
FACT = re.compile(r"(?<!\{)\{([a-z_]+\.[a-z_]+)\}(?!\})")
ADDED = {
    "consent.basis": "⟨consent⟩",
    "unsubscribe.url": "https://heardback.example.com/stop/3f9c",
}
"""Facts of kinds that the example may not have."""


@dataclass(frozen=True)
class Letter:
    """One side of a case, with what the language gives to all of its letters."""

    language: str
    greeting: str
    closing: str
    kind: str
    given: Mapping[str, Any]

    @property
    def facts(self) -> Facts:
        sample = example(self.language)
        added = {name: FactValue(value, "policy:x") for name, value in ADDED.items() if name not in sample}
        changed = {n: FactValue(v, "person:test") for n, v in self.given.get("facts", {}).items()}
        return Facts({**sample, **added, **changed})

    def found(self) -> set[str]:
        """The rules that object."""
        facts = self.facts
        body = FACT.sub(lambda name: facts.text(name.group(1)), self._body())
        signature = self.given.get("signature", "{recruiter.name}")
        signed = FACT.sub(lambda name: facts.text(name.group(1)), signature)
        text = f"{self.given.get('greeting', self.greeting)}\n\n{body}\n\n{self.closing}\n{signed}\n"
        subject = self.given.get("subject", "Amara")
        message = Rendered(self.kind, self.language, "0", subject, "", text, "", (), ())
        return {finding.rule for finding in check(message, KINDS[self.kind], facts, NOW)}

    def _body(self) -> str:
        repeated = self.given.get("repeat", "") * self.given.get("times", 1)
        return str(self.given.get("body", repeated.strip()))


@dataclass(frozen=True)
class Case:
    """A rule's fault in one language, beside its near miss."""

    rule: str
    breaks: Letter
    keeps: Letter


def cases(language: str) -> Iterator[Case]:
    """All cases of a language, as its file has them."""
    read = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    for rule, given in read["faults"].items():
        for each in given:
            sides = []
            for side in (each["breaks"], each["keeps"]):
                words = side if isinstance(side, dict) else {"body": side}
                kind = words.get("kind", each.get("kind", "application_received"))
                sides.append(Letter(language, read["greeting"], read["closing"], kind, words))
            yield Case(rule, *sides)


CASES = [(language, case) for language in LANGUAGES for case in cases(language)]


@pytest.mark.parametrize(
    "case", [c for _, c in CASES], ids=[f"{language}-{n}-{c.rule}" for n, (language, c) in enumerate(CASES)]
)
def test_the_fault_is_found_and_the_near_miss_is_not(case: Case) -> None:
    """What breaks the rule is found by it; what only looks like it is not."""
    assert case.rule in case.breaks.found()
    assert case.rule not in case.keeps.found()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_shown_in_every_language(language: str) -> None:
    """Who adds a rule says in each language what breaks it and what does not."""
    assert {case.rule for own, case in CASES if own == language} == set(RULES)
