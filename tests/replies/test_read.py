"""Single sentences in four languages, and what must not be heard in them."""

from datetime import date
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.replies.phrases import LANGUAGES, Meaning
from app.replies.read import read
from app.replies.strip import unquoted

TUESDAY = date(2026, 11, 10)
SENTENCES = [
    line.split("|", 1)
    for line in (Path(__file__).parent / "sentences.txt").read_text().splitlines()
    if "|" in line
]


def said(words: str) -> set[str]:
    return {str(each.meaning) for each in read(words, TUESDAY)}


def besides(words: str, wanted: set[str]) -> set[str]:
    """What a question mark adds, which is not at issue here."""
    return {"question"} - wanted if "?" in words else set()


@pytest.mark.parametrize("meaning", [*(str(each) for each in Meaning), "nothing"])
def test_a_sentence_says_its_meaning_and_no_other(meaning: str) -> None:
    """More than a thousand sentences are heard as they were meant; a third are traps that mean nothing."""
    wanted = set() if meaning == "nothing" else {meaning}
    lines = [words for each, words in SENTENCES if each == meaning]
    assert len(lines) > 30
    wrong = [
        words for words in lines if said(words) - ({"question"} - wanted if "?" in words else set()) != wanted
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "words",
    [
        'You write "if you want to withdraw my application, one line is enough" and I smiled.',
        "Sie fragen: „Haben Sie noch Interesse, oder ein anderes Angebot?“ Ich überlege.",
        "Vous écrivez « je retire ma candidature » comme exemple.",
        "Ustedes ponen «retiro mi candidatura» como ejemplo.",
    ],
)
def test_words_in_quotation_marks_are_not_the_candidates(words: str) -> None:
    """What somebody quotes is not said by them."""
    assert said(words) <= {"question"}


def test_what_is_denied_hides_only_itself() -> None:
    """A denial in one clause does not silence the next."""
    assert said("I have no other offer, but I would like to withdraw my application.") == {"withdraws"}
    assert said("Ich ziehe nicht zurück, aber ich habe ein anderes Angebot.") == {"other_offer"}


def test_a_withdrawal_leaves_nothing_else_to_wait_for() -> None:
    """Who has accepted the other offer has none that runs, and needs no time."""
    words = "I received another offer. I was still very interested, but I have withdrawn my application."
    assert said(words) == {"withdraws"}


def test_spelling_does_not_decide() -> None:
    """Accents, capitals, umlauts written out and typographic apostrophes are all the same."""
    assert said("ICH ZIEHE MEINE BEWERBUNG ZURUECK") == {"withdraws"}
    assert said("je ne suis plus interesse") == said("Je ne suis plus intéressé.") == {"withdraws"}
    assert said("I’ve accepted another job.") == said("i have accepted another job") == {"withdraws"}


def test_every_language_has_every_meaning() -> None:
    """No language is read less carefully than the others."""
    for language in LANGUAGES.values():
        assert set(language.phrases) == set(Meaning)


PIECES = (
    "on 1 ",
    "a ",
    "> ",
    "le 1 a écrit ",
    "offer ",
    "angebot von ",
    "no tengo otra ",
    "not ",
    "if ",
    "<a@b ",
)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join))
def test_hostile_words_are_read_in_bounded_time(piece: str) -> None:
    """Fifty thousand characters made to be slow cost no more than a moment of computing."""
    begun = process_time()
    read(unquoted(piece * (50_000 // len(piece))), TUESDAY)
    assert process_time() - begun < 4
