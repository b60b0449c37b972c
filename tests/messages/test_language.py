"""Everybody is written to in a language that they read, where there are words in it."""

from datetime import UTC, datetime

import pytest

from app.followups.catalogue import KINDS
from app.followups.models import FollowUp
from app.intake.config import ConnectionSettings
from app.messages.checks import check
from app.messages.dates import spoken_iso
from app.messages.gather import Material, locale_for
from app.messages.language import choose, in_language
from app.messages.library import load_templates
from app.messages.render import render
from app.messages.rules.dates import dates_in
from app.timeline.people import PersonData
from app.timeline.truth import Truth
from tests.messages.example import NOW, example

WORDS = {(kind, language) for kind in ("application_received", "update_due") for language in ("en", "de")}
NEXT = {"en": "we decide", "de": "wir entscheiden", "fr": "nous décidons"}


@pytest.mark.parametrize(
    ("wishes", "chosen"),
    [
        (("de", "en"), "de"),
        (("de-AT", "en"), "de-AT"),
        (("de_AT", "en"), "de-AT"),
        (("DE", "en"), "de"),
        (("en-US", "de"), "en-US"),
        (("sv", "de"), "de"),
        ((None, "de"), "de"),
        (("German", "de-CH"), "de-CH"),
        (("", None), "en"),
        (("../de", "*"), "en"),
        (("sv", "pt"), "en"),
    ],
)
def test_the_first_wish_with_words_is_granted(wishes: tuple[str | None, ...], chosen: str) -> None:
    """A locale as any ATS writes it counts where there are words in its language, and else the next."""
    assert choose("application_received", wishes, WORDS) == chosen


@pytest.mark.parametrize(
    ("locale", "read"),
    [
        ("de", "wir entscheiden"),
        ("de-AT", "wir entscheiden"),
        ("fr_CA", "nous décidons"),
        ("es", "we decide"),
    ],
)
def test_a_policys_words_come_in_the_readers_language(locale: str, read: str) -> None:
    """By language, with English where the reader's is not there."""
    assert in_language(NEXT, locale) == read


def test_a_policys_words_without_english_and_without_languages() -> None:
    """One wording serves everybody; of several without English the first is better than silence."""
    assert in_language("we decide", "de") == "we decide"
    assert in_language({"de": "wir entscheiden"}, "fr") == "wir entscheiden"
    assert in_language({"de-AT": "servus", "de": "hallo"}, "de-AT") == "servus"
    assert in_language(None, "de") is None


def _material(
    kind: str, *, candidate: str | None, connection: str | None, member: str | None = None
) -> Material:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    row = FollowUp(
        id="fup_1",
        connection_id="con_1",
        application_id="app_1",
        reason="r",
        step="s",
        recipient="candidate:1",
        kind=kind,
        state="planned",
        planned_for=now,
        release_at=now,
        created_at=now,
        updated_at=now,
    )
    person = PersonData(locale=candidate)
    return Material(
        follow_up=row,
        truth=Truth(external_id="1"),
        settings=ConnectionSettings(locale=connection),
        vendor="greenhouse",
        company="Lindqvist & Daughters",
        candidate=person,
        recruiter=person,
        addressee=PersonData(locale=member) if kind == "update_due" else person,
        clock=None,
        case=None,
        supplied={},
    )


@pytest.mark.parametrize(
    ("kind", "candidate", "member", "connection", "company", "chosen"),
    [
        ("application_received", "de-AT", None, "en", "en", "de-AT"),
        ("application_received", "sv", "de", "de-CH", "en", "de-CH"),
        ("application_received", None, None, None, "de-CH", "de-CH"),
        ("application_received", None, None, None, "sv", "en"),
        ("update_due", "de", None, None, "en-GB", "en-GB"),
        ("update_due", "en", "de-AT", "en", "en", "de-AT"),
        ("update_due", "en", "sv", "de", "en", "de"),
        ("update_due", "en", None, None, "de", "de"),
    ],
)
def test_everybody_reads_their_own_language_and_else_the_companys(
    kind: str, candidate: str | None, member: str | None, connection: str | None, company: str, chosen: str
) -> None:
    """Words to the team about a German candidate are not German for that, but for a German recruiter."""
    material = _material(kind, candidate=candidate, connection=connection, member=member)
    assert locale_for(material, company, WORDS) == chosen


@pytest.mark.parametrize(
    ("words", "reader", "said"), [("de", "de-AT", "de-AT"), ("en", "en_US", "en-US"), ("en", "sv", "en")]
)
def test_a_message_says_for_whom_it_is_written(words: str, reader: str, said: str) -> None:
    """Its locale keeps the reader's territory, by which its dates are written, but never another language."""
    message = render(load_templates()["moved_on", words], example(words), reader)
    assert message.locale == said
    assert f'<html lang="{said}"' in message.html


def test_an_austrian_reads_austrian_dates_and_the_checks_read_them_too() -> None:
    """January has a name of its own there, and the one used elsewhere is understood as well."""
    facts = example("de-AT", offer__answer_by=spoken_iso("2027-01-04", "de-AT"))
    message = render(load_templates()["offer_reminder", "de"], facts, "de-AT")
    assert "Montag, 4. Jänner 2027" in message.text
    january = "Montag, 4. Jänner 2027 und Dienstag, 5. Januar 2027"
    assert [day.day for _, day in dates_in(january, message.locale)] == [4, 5]
    assert check(message, KINDS["offer_reminder"], facts, NOW) == []
