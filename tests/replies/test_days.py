"""Days in sentences, and what may not be guessed."""

from datetime import date

import pytest

from app.replies.days import days_in, returning_on
from app.replies.phrases import Meaning
from app.replies.read import read
from app.replies.strip import unquoted

TUESDAY = date(2026, 11, 10)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("by the 3rd", date(2026, 12, 3)),
        ("the 2nd round", None),
        ("am 20. um 9 Uhr", date(2026, 11, 20)),
        ("Freitag, den 27.11.", date(2026, 11, 27)),
        ("lundi 16", date(2026, 11, 16)),
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


DEADLINES = {
    "I have another offer, need to answer by EOD Monday": date(2026, 11, 16),
    "I have another offer, they want an answer by the 17th": date(2026, 11, 17),
    "I have another offer, they gave me 24 hours": date(2026, 11, 11),
    "I have another offer, must decide within 48 hours": date(2026, 11, 12),
    "I have another offer, which expires in two weeks": date(2026, 11, 24),
    "I have another offer and must answer by Friday; it came on a Monday": date(2026, 11, 13),
    "I have another offer, must reply tomorrow": date(2026, 11, 11),
    "I have another offer, have to answer by the end of the week": date(2026, 11, 13),
    "I have another offer, have to answer by the end of next week": date(2026, 11, 20),
    "I have another offer, from last Friday and need to reply by this Thursday": date(2026, 11, 12),
    "I have another offer, got it on 5 November and need to reply by the 13th": date(2026, 11, 13),
    "I have another offer, and need to tell them by next Wednesday": date(2026, 11, 18),
    "I have another offer, and they need to know by Wednesday next week": date(2026, 11, 18),
    "I have another offer, since last Friday": None,
    "I have another offer, received today": None,
    "Ich habe ein anderes Angebot, auf das ich bis zum 20. antworten muss": date(2026, 11, 20),
    "Ich habe ein anderes Angebot, und muss mich bis Ende der Woche entscheiden": date(2026, 11, 13),
    "Ich habe ein anderes Angebot, bis spätestens Montagabend": date(2026, 11, 16),
    "Ich habe ein anderes Angebot, und muss bis Monatsende Bescheid geben": date(2026, 11, 30),
    "Ich habe ein anderes Angebot, man will innerhalb von 3 Tagen Antwort": date(2026, 11, 13),
    "Ich habe ein anderes Angebot, und muss bis übermorgen zusagen": date(2026, 11, 12),
    "Ich habe ein anderes Angebot, guten Morgen zusammen": None,
    "J'ai une autre offre, et je dois répondre d'ici vendredi": date(2026, 11, 13),
    "J'ai une autre offre, et je dois répondre avant le 20": date(2026, 11, 20),
    "J'ai une autre offre, à signer sous 48 heures": date(2026, 11, 12),
    "J'ai une autre offre, date limite : le 1er décembre": date(2026, 12, 1),
    "Tengo otra oferta, y debo contestar antes del 20": date(2026, 11, 20),
    "Tengo otra oferta, que caduca en dos semanas": date(2026, 11, 24),
    "Tengo otra oferta, y quieren respuesta mañana": date(2026, 11, 11),
    "Tengo otra oferta, que llegó esta mañana": None,
    "Tengo otra oferta, y debo contestar a finales de mes": date(2026, 11, 30),
    "Tengo otra oferta, y el plazo vence el viernes 13": date(2026, 11, 13),
}


@pytest.mark.parametrize("words", DEADLINES)
def test_the_deadline_of_an_offer_is_the_day_that_limits_it(words: str) -> None:
    """Not the day on which it came, and none where none is named."""
    found = {each.meaning: each.day for each in read(f"{words}.", TUESDAY)}
    assert found.get(Meaning.OTHER_OFFER, "unread") == DEADLINES[words]


def test_a_deadline_stands_in_the_next_sentence_too() -> None:
    """*They close it on the 17th* belongs to the offer before it; the first day at work does not."""
    words = "I have another offer. They close it on the 17th. My trial day is on the 25th."
    assert [each.day for each in read(words, TUESDAY)] == [date(2026, 11, 17)]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("I'm away until Friday and back on Monday 30 November.", date(2026, 11, 30)),
        ("I am on leave from 9 to 20 November.", date(2026, 11, 21)),
        ("Back in two weeks.", date(2026, 11, 24)),
        ("Ich bin ab dem 30.11. wieder erreichbar.", date(2026, 11, 30)),
        ("Ich bin vom 9. bis 20. November im Urlaub.", date(2026, 11, 21)),
        ("Je suis en congés jusqu'au 20 novembre inclus.", date(2026, 11, 21)),
        ("De retour le 23 novembre.", date(2026, 11, 23)),
        ("Vuelvo el 23 de noviembre.", date(2026, 11, 23)),
        ("Me reincorporo el lunes 23.", date(2026, 11, 23)),
        ("Me reincorporo el lunes 24.", date(2026, 11, 16)),
        ("Ich bin nächste Woche wieder da.", None),
    ],
)
def test_the_day_of_return_is_read_in_four_languages(words: str, day: date | None) -> None:
    """The day somebody is back, from the day itself or the one after the last day away."""
    assert returning_on(words, TUESDAY) == day


@pytest.mark.parametrize("size", [100_000, 1_000_000])
def test_hostile_text_takes_no_time_to_speak_of(size: int) -> None:
    """A mail of a megabyte without an end of line is stripped and read within its bounds."""
    for piece in ("on 1 ", "a ", "> ", "le 1 a écrit ", "offer ", "angebot von ", "\n\n>", "no tengo otra "):
        words = unquoted(piece * (size // len(piece)))
        read(words, TUESDAY)
