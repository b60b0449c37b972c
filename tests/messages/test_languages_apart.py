"""A sentence in another language than its message is found, and nothing else is taken for one."""

from dataclasses import replace

import pytest

from app.followups.catalogue import KINDS
from app.messages.checks import check
from app.messages.language import LANGUAGES
from app.messages.library import load_templates
from app.messages.render import render
from app.messages.rules.base import Severity
from tests.messages.example import NOW, example

RULE = "language-mismatch"
KEY = "rejection_after_interview"
REASON = {language: example(language).text("rejection.reason") for language in LANGUAGES}


def _found(own: str, reason: str) -> list[Severity]:
    facts = example(own, rejection__reason=reason)
    message = render(load_templates()[KEY, own], facts, own)
    return [f.severity for f in check(message, KINDS[KEY], facts, NOW) if f.rule == RULE]


@pytest.mark.parametrize("own", LANGUAGES)
@pytest.mark.parametrize("other", LANGUAGES)
def test_a_reason_given_in_another_language_is_noticed(own: str, other: str) -> None:
    """What a person supplies in the office's language is worth a look in the reader's; it stops nothing."""
    assert _found(own, REASON[other]) == ([] if own == other else [Severity.WARNING])


@pytest.mark.parametrize(
    ("own", "reason"),
    [
        (
            "de",
            "Ihre Erfahrung mit Site Reliability Engineering und On-Call reicht noch nicht aus",
        ),
        ("de", "im Projekt „The Art of the Possible“ fehlte uns noch ein Beispiel"),
        ("fr", "le poste demande de la pratique en machine learning et en data engineering"),
        ("es", "el puesto de Head of Growth requiere más experiencia con equipos grandes"),
        ("en", "we needed somebody who has led the Service après-vente in La Rochelle"),
        ("en", "we looked for more work on Die Zeit and on Le Monde"),
    ],
)
def test_titles_and_borrowed_words_are_no_other_language(own: str, reason: str) -> None:
    """Terms of a trade and names of things are borrowed everywhere."""
    assert _found(own, reason) == []


def test_names_and_job_titles_are_no_words_of_the_message() -> None:
    """A job title in another language is what the ATS calls the job."""
    facts = example("en", job__title="Leiter der Abteilung für die Prüfung von und mit Sensoren")
    message = render(load_templates()[KEY, "en"], facts, "en")
    assert RULE not in [f.rule for f in check(message, KINDS[KEY], facts, NOW)]


def test_a_language_without_lists_is_not_judged() -> None:
    """Words in a language whose little words are not known are left alone."""
    facts = example("en")
    message = replace(render(load_templates()[KEY, "en"], facts, "en"), locale="sv")
    assert RULE not in [f.rule for f in check(message, KINDS[KEY], facts, NOW)]
