"""Every kind, written for one rich application, is exactly what was read and approved in review.

After a wanted change, `HEARDBACK_WRITE_GOLDEN=1 pytest tests/messages/test_golden.py` writes them anew.
"""

import os
import re
from pathlib import Path

import pytest

from app.followups.catalogue import KINDS, Recipient
from app.messages.checks import check
from app.messages.language import LANGUAGES
from app.messages.library import load_templates
from app.messages.render import render, validate
from app.messages.rules.base import words_in
from tests.messages.example import NOW, example
from tests.messages.readers import numbers, read_page, seen

GOLDEN = Path(__file__).parent / "golden"
TEMPLATES = load_templates()
EVERY = sorted(TEMPLATES)
TO_CANDIDATES = sorted(key for key, kind in KINDS.items() if kind.recipient is Recipient.CANDIDATE)


@pytest.mark.parametrize(("key", "locale"), EVERY)
def test_each_kind_reads_as_reviewed(key: str, locale: str) -> None:
    """Text and HTML of every kind and language equal their golden files."""
    message = render(TEMPLATES[key, locale], example(locale), locale)
    text = f"Subject: {message.subject}\nPreheader: {message.preheader}\n\n{message.text}"
    for suffix, content in (("txt", text), ("html", message.html)):
        file = GOLDEN / locale / f"{key}.{suffix}"
        if os.environ.get("HEARDBACK_WRITE_GOLDEN"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        assert content == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_kind_has_words_and_every_template_a_kind(locale: str) -> None:
    """No kind is without words in any language, and no template lies unused."""
    assert {key for key, language in EVERY if language == locale} == set(KINDS)


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("key", sorted(KINDS))
def test_every_kind_tells_the_same_in_every_language(key: str, locale: str) -> None:
    """Whoever reads German, French or Spanish is told the same facts as whoever reads English.

    To candidates a greeting alone may differ: with the formal German address goes the full name. In a call
    script the first name is there anyway.
    """
    greeting = {"candidate.full_name"} if key in TO_CANDIDATES else set()
    assert set(validate(TEMPLATES[key, locale])) - greeting == set(validate(TEMPLATES[key, "en"])) - greeting


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_language_has_the_words_that_the_checks_look_for(locale: str) -> None:
    """A rule that reads a word list reads one in each language."""
    assert set(words_in(locale)) == set(words_in("en"))
    assert all(isinstance(word, str) for words in words_in(locale).values() for word in words)


@pytest.mark.parametrize(("key", "locale"), EVERY)
def test_both_parts_say_the_same(key: str, locale: str) -> None:
    """Numbers, dates and addresses are the same in the text part and in the HTML part."""
    message = render(TEMPLATES[key, locale], example(locale), locale)
    page = read_page(message.html)
    assert numbers(seen(page)) == numbers(message.text)
    for link in page.links:
        assert link.removeprefix("mailto:") in message.text
    without_targets = re.sub(r"(?m)^- ", "", message.text)
    for link in page.links:
        without_targets = without_targets.replace(f": {link}", "")
    assert seen(page).split() == without_targets.split()


@pytest.mark.parametrize(("key", "locale"), EVERY)
def test_our_own_words_pass_our_own_checks(key: str, locale: str) -> None:
    """A message made from good facts has nothing to be said against it."""
    message = render(TEMPLATES[key, locale], example(locale), locale)
    assert check(message, KINDS[key], example(locale), NOW) == []


@pytest.mark.parametrize(("key", "locale"), EVERY)
def test_the_page_is_accessible_and_still(key: str, locale: str) -> None:
    """Language, title and direction are there; nothing loads, tracks, runs or fixes a colour."""
    page = read_page(render(TEMPLATES[key, locale], example(locale), locale).html)
    assert {"html.lang", "html.dir"} <= page.attributes
    assert "title" in page.tags
    assert not {"img", "script", "form", "iframe", "link", "style", "object"} & set(page.tags)
    html = render(TEMPLATES[key, locale], example(locale), locale).html
    assert "color:" not in html
    assert "url(" not in html
    assert len(html) < 102_400


@pytest.mark.parametrize(("key", "locale"), EVERY)
def test_only_what_is_required_suffices(key: str, locale: str) -> None:
    """With nothing but the required facts a message is complete, and leaves no hole."""
    kind = KINDS[key]
    facts = example(locale)
    bare = type(facts)({name: facts[name] for name in kind.required_facts})
    message = render(TEMPLATES[key, locale], bare, locale)
    assert check(message, kind, bare, NOW) == []
    assert "\n\n\n" not in message.text


@pytest.mark.parametrize(("key", "locale"), EVERY)
def test_internal_facts_never_reach_a_candidate(key: str, locale: str) -> None:
    """No template to a candidate mentions a clock, a decision record, an approval link or the ATS."""
    names = validate(TEMPLATES[key, locale])
    if KINDS[key].recipient is Recipient.CANDIDATE:
        internal = ("clock.", "decision.", "approve.", "application.", "missing.", "waiting.", "person.")
        assert not [name for name in names if name.startswith(internal)]


@pytest.mark.parametrize("key", sorted(KINDS))
def test_no_template_names_a_fact_that_the_example_lacks(key: str) -> None:
    """The golden files show every optional part."""
    assert set(validate(TEMPLATES[key, "en"])) - set(example()) <= {"clock.then"}


@pytest.mark.parametrize(("key", "locale"), EVERY)
def test_the_team_reads_of_an_application_in_its_own_language(key: str, locale: str) -> None:
    """Without the candidate's name, as in a digest, nothing of English is left in another language."""
    facts = example(locale, candidate__full_name=None, application__reference=None)
    if key in TO_CANDIDATES or locale == "en":
        return
    message = render(TEMPLATES[key, locale], facts, locale)
    assert "candidate" not in message.text.replace("candidature", "").casefold()


SCRIPTS = [(key, locale) for key, locale in EVERY if KINDS[key].script_words]


@pytest.mark.parametrize(("key", "locale"), SCRIPTS)
def test_a_call_takes_half_a_minute_in_every_language(key: str, locale: str) -> None:
    """What is to be said aloud stands between quotation marks, and 75 words of it are enough."""
    message = render(TEMPLATES[key, locale], example(locale), locale)
    [script] = [line for line in message.text.splitlines() if line[0:1] in {"“", "„", "«"}]
    spoken = [word for word in script.split() if any(c.isalnum() for c in word)]
    assert 40 < len(spoken) <= (KINDS[key].script_words or 0)


def test_call_scripts_are_there_in_every_language() -> None:
    """Whoever calls speaks the language of the office, which need not be English."""
    assert {locale for _, locale in SCRIPTS} == set(LANGUAGES)
