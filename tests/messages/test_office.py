"""The team's words are there in every language: names, reasons, findings and the starter policies."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
import yaml

from app.desk.page_words import PAGE_WORDS
from app.desk.standing_words import told
from app.followups.catalogue import KINDS
from app.mail.unreached import Unreached
from app.messages import rules
from app.messages.facts import LABELS, describe
from app.messages.language import LANGUAGES, first_of
from app.messages.library import load_templates
from app.messages.office import fact_name, kind_name, missing_in, reference, said, translated
from app.messages.render import render
from app.messages.unreached import told_of
from app.sla.book import starter_policies
from tests.messages.example import example

OTHERS = [language for language in LANGUAGES if language != "en"]
WORDS = Path(rules.__file__).parents[1] / "office_words"


def _found() -> Iterator[str]:
    """What the rules say, as they write it; ``{}`` for what varies."""
    for file in Path(rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Yield)
                and isinstance(node.value, ast.Tuple)
                and len(node.value.elts) == 3
            ):
                yield from (_written(part) for part in node.value.elts[-2:])


def _written(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.JoinedStr), ast.dump(node)
    return "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)


FOUND = sorted({*_found()} - {"{}"})


@pytest.mark.parametrize("language", OTHERS)
def test_every_kind_and_fact_has_a_name(language: str) -> None:
    """Nobody reads a key, or English, where a message or a fact is named."""
    for kind in KINDS:
        assert kind_name(kind, language) != kind.replace("_", " ")
    for fact, english in LABELS.items():
        assert fact_name(fact, language) != english
        assert fact_name(fact, "en") == english


def test_there_are_findings_to_translate() -> None:
    """The reader of the rules reads them."""
    assert len(FOUND) > 60
    assert "“{}” promises an outcome." in FOUND


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("english", FOUND)
def test_every_finding_is_said_in_every_language(english: str, language: str) -> None:
    """An approver reads what the checks found in their own language, with the words it is about."""
    spoken = english.replace("{}", "XYZ")
    shown = translated(spoken, language)
    assert shown
    assert shown != spoken
    assert "{" not in shown
    assert shown.count("XYZ") == english.count("{}")


@pytest.mark.parametrize("language", OTHERS)
def test_what_stands_in_a_finding_is_in_the_language_too(language: str) -> None:
    """The name of a fact, of a language, of several findings in a row."""
    shown = said(f"The message does not say {LABELS['next_step.by']}.", language)
    assert fact_name("next_step.by", language) in shown
    several = [
        "The message does not say plainly what was decided.",
        "“a; b” speaks to nobody.",
        "No date is given.",
    ]
    row = said(f"A check stops it: {'; '.join(several)}", language)
    assert all(said(each, language) in row for each in several[::2])
    assert "speaks" not in row
    assert "German" not in said("A sentence is in German, the message in French.", language)


@pytest.mark.parametrize("language", OTHERS)
def test_the_files_leave_nothing_open(language: str) -> None:
    """The same sentences in each, with as many places for what varies, and none that says English."""
    words = yaml.safe_load((WORDS / f"{language}.yaml").read_text(encoding="utf-8"))
    first = yaml.safe_load((WORDS / f"{OTHERS[0]}.yaml").read_text(encoding="utf-8"))
    assert set(words["said"]) == set(first["said"])
    for english, other in words["said"].items():
        assert other != english
        places = [name for _, name, _, _ in Formatter().parse(other) if name is not None]
        assert len(places) <= english.count("{}")


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("why", Unreached)
def test_why_nobody_was_reached_is_said_in_every_language(why: Unreached, language: str) -> None:
    """And what helps, each as a phrase that fits into the message."""
    for phrase in told_of(why):
        assert translated(phrase, language)
        assert not said(phrase, language).endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_listed_by_name(language: str) -> None:
    """As the follow-up's cause lists it, and as the reader calls it; another cause is told as it is."""
    names = ["decision.by", "rejection.reason"]
    cause = f"The message needs: {'; '.join(describe(names))}."
    assert missing_in(cause, language) == [fact_name(name, language) for name in names]
    assert missing_in("the weather", language) == ["the weather"]
    facts = example(language, missing__facts=missing_in(cause, language))
    text = render(load_templates()["fact_missing", language], facts, language).text
    assert all(fact_name(name, language) in text for name in names)


def test_an_application_is_named_without_its_candidate() -> None:
    """By vendor and number, in each language."""
    named = {language: reference("greenhouse", "7001", language) for language in LANGUAGES}
    assert named["en"] == "Greenhouse application 7001"
    assert len(set(named.values())) == len(LANGUAGES)
    assert all("Greenhouse" in name and "7001" in name for name in named.values())


def test_the_pages_words_are_there_in_every_language() -> None:
    """Each of them, said in its own way, with the same places for what is put in."""
    assert set(PAGE_WORDS) == set(LANGUAGES)
    for name in PAGE_WORDS["en"].__slots__:
        values = {language: getattr(words, name) for language, words in PAGE_WORDS.items()}
        assert all(values.values())
        assert len({tuple(re.findall(r"{\w+}", value)) for value in values.values()}) == 1
    for state in ("approved", "used", "changed", "unknown", "impossible"):
        assert len({told(state, language) for language in LANGUAGES}) == len(LANGUAGES)


def test_the_first_language_that_is_there_counts() -> None:
    """With its territory, by which dates are written; else English."""
    assert first_of((None, "sv", "de_AT", "fr")) == "de-AT"
    assert first_of(("*", "sv", None)) == "en"


@pytest.mark.parametrize("policy", starter_policies()["policies"], ids=lambda policy: str(policy["name"]))
def test_the_starter_policies_have_a_name_in_every_language(policy: dict[str, dict[str, str]]) -> None:
    """What is owed is named in words to the team."""
    assert set(policy["names"]) == set(OTHERS)
