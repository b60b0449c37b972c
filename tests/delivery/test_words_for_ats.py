"""What is written into the ATS around a message is in the company's language."""

from types import SimpleNamespace
from typing import cast

import pytest

from app.delivery.words import answer_note, note_body, task_text, task_title
from app.followups.models import FollowUp
from app.messages.language import LANGUAGES

WORDS = {"subject": "Hallo", "text": "Guten Tag,\n\nja."}
MARK = "[heardback:del_1]"


def _row(*, note_only: bool = False, recipient: str = "candidate:1") -> FollowUp:
    row = SimpleNamespace(kind="holding_update", note_only=note_only, recipient=recipient)
    return cast("FollowUp", row)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_note_says_what_happened_in_the_companys_language(locale: str) -> None:
    """Each language in its own words, with the subject and our marker in it."""
    wrote = note_body(_row(), WORDS, MARK, locale)
    assert "Hallo" in wrote
    assert wrote.endswith(MARK)
    assert ("the candidate" in wrote) == (locale == "en")
    proposed = note_body(_row(note_only=True), WORDS, MARK, locale)
    assert "Guten Tag,\n\nja." in proposed
    assert ("not sent" in proposed) == (locale == "en")
    assert note_body(_row(recipient="member:5"), WORDS, MARK, locale).startswith("Hallo")


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("en", "Write to the candidate: holding update"),
        ("de-AT", "Bitte schreiben: Zwischenbescheid"),
        ("fr", "Message à écrire : message d’attente"),
        ("es", "Mensaje por escribir: aviso de espera"),
        ("nl", "Write to the candidate: holding update"),
    ],
)
def test_a_task_is_named_in_the_companys_language(locale: str, title: str) -> None:
    """English where there are no words."""
    assert task_title(_row(), locale) == title
    assert task_text(WORDS, locale).endswith("Guten Tag,\n\nja.")


def test_an_answer_without_words_is_noted_as_such() -> None:
    """Nobody wonders whether something was lost."""
    assert answer_note("", MARK, "de") == f"Antwort auf unsere Nachricht:\n\n(kein Text)\n\n{MARK}"
    assert answer_note("Ja!", MARK, "en") == f"The candidate answered:\n\nJa!\n\n{MARK}"
