"""Days in sentences, and what may not be guessed."""

from datetime import date

import pytest

from app.replies.days import days_in, returning_on
from app.replies.read import read
from app.replies.strip import unquoted

TUESDAY = date(2026, 11, 10)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("by 2026-11-13", date(2026, 11, 13)),
        ("bis zum 13.11.", date(2026, 11, 13)),
        ("bis 5.1.27", date(2027, 1, 5)),
        ("avant le 3/12", date(2026, 12, 3)),
        ("by January 4th", date(2027, 1, 4)),
        ("el 1 de diciembre de 2026", date(2026, 12, 1)),
        ("le 1er décembre", date(2026, 12, 1)),
        ("by Tuesday", date(2026, 11, 17)),
        ("bis morgen", date(2026, 11, 11)),
        ("by Fr\u0131day", date(2026, 11, 13)),
        ("by Fr\u0130DAY", date(2026, 11, 13)),
        ("am 3. Augu\u017ft 2027", date(2027, 8, 3)),
        ("31.2.2027", None),
        ("by 03/04", None),
        ("29 February 2027", None),
        ("version 1.2.3", None),
    ],
)
def test_a_day_is_read_only_where_it_has_one_meaning(words: str, day: date | None) -> None:
    """The next such day; nothing where it could be two, or none."""
    assert next(days_in(words, TUESDAY), None) == day


def test_until_ends_a_day_later_than_back_on() -> None:
    """Whoever is away until the 16th is back on the 17th."""
    assert returning_on("I am away until 16 November.", TUESDAY) == date(2026, 11, 17)
    assert returning_on("Back on 16 November.", TUESDAY) == date(2026, 11, 16)
    assert returning_on("I am away.", TUESDAY) is None


@pytest.mark.parametrize("size", [100_000, 1_000_000])
def test_hostile_text_takes_no_time_to_speak_of(size: int) -> None:
    """A mail of a megabyte without an end of line is read within its bounds."""
    for piece in ("on 1 ", "a ", "> ", "le 1 a écrit ", "offer ", "angebot von ", "\n\n>", "no tengo otra "):
        words = unquoted(piece * (size // len(piece)))
        read(words[:20_000], TUESDAY)
