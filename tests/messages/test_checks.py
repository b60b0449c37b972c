"""Each check finds what breaks its rule and leaves the near miss alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.followups.catalogue import KINDS
from app.messages.checks import check, stops
from app.messages.facts import Facts
from app.messages.library import load_templates
from app.messages.render import Rendered, render
from app.messages.rules.base import Severity
from app.messages.rules.dates import dates_in
from tests.messages.example import NOW, example

TEMPLATES = load_templates()
Change = Callable[[Rendered], Rendered]


def instead(old: str, new: str) -> Change:
    """The text with other words in one place."""

    def change(message: Rendered) -> Rendered:
        assert old in message.text, old
        return replace(message, text=message.text.replace(old, new))

    return change


def more(words: str) -> Change:
    """The text with a paragraph more, before the signature."""
    return instead("\n\nKind regards", f"\n\n{words}\n\nKind regards")


def subject(words: str) -> Change:
    """Another subject."""
    return lambda message: replace(message, subject=words)


def found(key: str, change: Change | None = None, facts: Facts | None = None) -> dict[str, Severity]:
    """The rules that object to a kind's message after a change."""
    facts = facts or example()
    message = render(TEMPLATES[key, "en"], example(), "en")
    return {f.rule: f.severity for f in check(change(message) if change else message, KINDS[key], facts, NOW)}


RECEIVED, REJECTED, OFFER = "application_received", "rejection_after_interview", "offer_news"
NEXT = example().text("next_step.what")
BY = example().text("next_step.by")
REASON = example().text("rejection.reason")

CASES: list[tuple[str, str, Change, Change]] = [
    ("greeting-impersonal", RECEIVED, instead("Hello Amara", "Dear Candidate"), instead("Hello", "Dear")),
    ("greeting-impersonal", RECEIVED, instead("Hello Amara", "Hello"), instead("Hello Amara", "Amara")),
    (
        "greeting-impersonal",
        RECEIVED,
        instead("Hello Amara", "Hi there, Amara"),
        more("Hi there is no need for."),
    ),
    ("greeting-impersonal", "decision_due", instead("Jonas", "Colleague"), instead("Hello Jonas", "Jonas")),
    ("signature-missing", RECEIVED, instead("Mira Sandberg", "The team"), instead("Kind regards", "Warmly")),
    ("signature-missing", "update_due", instead("Heardback", "Somebody"), instead("What is", "This is")),
    ("template-leftover", RECEIVED, more("See {{ x }}."), more("See { x }.")),
    ("template-leftover", RECEIVED, more("Dear [NAME]: see."), more("See [1] and [A]: fine.")),
    (
        "template-leftover",
        RECEIVED,
        more("Your start is None."),
        more("None of this is final. We have none."),
    ),
    ("template-leftover", RECEIVED, more("Salary: null"), more("The annulled one.")),
    (
        "template-leftover",
        RECEIVED,
        instead("Hello Amara,", "Hello ,Amara"),
        more("We meet , as said".replace(" ,", ",")),
    ),
    ("template-leftover", RECEIVED, more("At our office ()."), more("At our office (main door).")),
    ("next-step-missing", RECEIVED, instead(NEXT, "something"), instead(NEXT, NEXT.upper())),
    ("next-step-missing", RECEIVED, instead(BY, "soon"), instead(BY, "Monday 30 November 2026")),
    (
        "point-missing",
        REJECTED,
        instead(REASON[1:], "he reason."),
        instead(REASON[1:], REASON[1:].replace(" ", "  ")),
    ),
    ("point-missing", OFFER, instead("within minutes", "soon"), instead("within minutes", "Within Minutes")),
    (
        "rejection-incomplete",
        REJECTED,
        instead("not been selected", "been considered"),
        instead("not been", "not been"),
    ),
    ("rejection-incomplete", REJECTED, instead("Good luck", "Goodbye"), instead("Good luck", "All the best")),
    (
        "rejection-incomplete",
        REJECTED,
        instead(
            "stay in touch: reply to this message if you would like to join our talent network and hear "
            "about roles that suit you, and please apply again when you see one.",
            "leave it at that.",
        ),
        instead("I would be glad to stay in touch: r", "R"),
    ),
    (
        "good-news-late",
        OFFER,
        lambda m: replace(
            m,
            subject="An offer",
            preheader="x",
            text=m.text.replace("Good news: we would like you to join", "You may join"),
        ),
        subject("An offer"),
    ),
    ("promise", RECEIVED, more("You will be hired."), more("You will be told who was hired.")),
    ("promise", RECEIVED, more("We guarantee an answer you like."), more("There is no warranty.")),
    ("pressure", RECEIVED, more("Please reply immediately."), more("We reply as soon as we can.")),
    ("pressure", OFFER, more("This is your last chance."), more("This is the last step.")),
    (
        "protected-characteristic",
        REJECTED,
        more("You are too old for this team."),
        more("The code is too old for this team.".replace("too old", "quite old")),
    ),
    ("protected-characteristic", REJECTED, more("Your age was discussed."), more("Your page was discussed.")),
    (
        "protected-characteristic",
        REJECTED,
        more("Your race matters."),
        more("Your race-condition fix matters."),
    ),
    (
        "protected-characteristic",
        REJECTED,
        more("We look for a native speaker."),
        more("We look for a native app."),
    ),
    ("weekday-mismatch", RECEIVED, instead("Friday 27", "Thursday 27"), instead("Friday 27", "27")),
    ("weekday-mismatch", RECEIVED, more("On 31 November 2026."), more("On 30 November 2026.")),
    ("weekday-mismatch", RECEIVED, more("Tuesday, December 2, 2026"), more("Wednesday, December 2, 2026")),
    ("date-past", RECEIVED, more("By 12 November 2026."), more("By 21 November 2026.")),
    (
        "date-past",
        "thank_you_after_interview",
        more("By Monday 16 November 2026."),
        more("Tuesday 17 November 2026."),
    ),
    ("too-long", RECEIVED, more("word " * 140), more("word " * 20)),
    ("subject-length", RECEIVED, subject("x" * 79), subject("x" * 78)),
    ("exclamations", RECEIVED, more("Hooray! Great!"), more("Hooray!")),
    ("capitals", RECEIVED, more("This is VERY URGENT."), more("We use RTOS and the CAN.")),
    ("link-unsafe", RECEIVED, more("See http://a.example."), more("See https://a.example.")),
    ("link-unsafe", RECEIVED, more("See javascript:alert(1)"), more("We write JavaScript: well.")),
    ("link-unsafe", RECEIVED, more("See www.a.example"), more("See (https://a.example/x).")),
    (
        "link-unsafe",
        RECEIVED,
        lambda m: replace(m, html=m.html.replace("<p", '<a href="http://a.example">x</a><p', 1)),
        lambda m: m,
    ),
    ("header-unsafe", RECEIVED, subject("News\u202e"), subject("News – “Größe”")),
]


@pytest.mark.parametrize(
    ("rule", "key", "breaks", "keeps"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)]
)
def test_a_rule_finds_its_fault_and_no_other(rule: str, key: str, breaks: Change, keeps: Change) -> None:
    """The fault is found by its rule; the near miss is not."""
    assert rule in found(key, breaks)
    assert rule not in found(key, keeps)


FACT_CASES: list[tuple[str, str, Facts, Facts]] = [
    ("decision-missing", REJECTED, example(decision__by=None), example(decision__at=None)),
    ("decision-missing", OFFER, example(decision__reference=""), example(decision__at=None)),
    (
        "name-odd",
        RECEIVED,
        example(candidate__full_name="amara@mail.example"),
        example(candidate__full_name="A. O'Kafor-Núñez"),
    ),
    (
        "name-odd",
        RECEIVED,
        example(candidate__full_name="www.evil.example"),
        example(candidate__full_name="李小龙"),
    ),
    ("name-odd", RECEIVED, example(candidate__first_name="AMARA"), example(candidate__first_name="Amara-JO")),
    ("name-odd", RECEIVED, example(candidate__first_name="unknown"), example(candidate__first_name="Unnown")),
    (
        "date-past",
        RECEIVED,
        example(next_step__by="Tuesday 17 November 2026"),
        example(promise__by="Tuesday 17 November 2026"),
    ),
    (
        "header-unsafe",
        RECEIVED,
        example(recruiter__name="Mira\r\nBcc: x"),
        example(recruiter__name="Mira O’Neil"),
    ),
]


@pytest.mark.parametrize(
    ("rule", "key", "bad", "good"), FACT_CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(FACT_CASES)]
)
def test_a_rule_judges_the_facts(rule: str, key: str, bad: Facts, good: Facts) -> None:
    """Where the fault lies in a fact, the fact is judged."""
    change = instead(BY, bad.text("next_step.by")) if rule == "date-past" else None
    assert rule in found(key, change, bad)
    assert rule not in found(key, None, good)


def test_names_and_titles_are_not_the_messages_words() -> None:
    """A person, a job or a company may be called anything without offence."""
    facts = example(
        candidate__first_name="Nan",
        candidate__full_name="Nan Guarantee",
        job__title="PREGNANCY NURSE, MATERNITY LEAVE COVER!!",
        company__name="Last Chance Kennels",
        next_step__by="Friday 27 November 2026",
    )
    message = render(TEMPLATES[RECEIVED, "en"], facts, "en")
    assert check(message, KINDS[RECEIVED], facts, NOW) == []


def test_only_errors_stop_and_come_first() -> None:
    """A warning asks for a look; an error keeps the message here."""
    message = render(TEMPLATES[RECEIVED, "en"], example(), "en")
    warned = check(more("Hooray! Great!")(message), KINDS[RECEIVED], example(), NOW)
    assert [f.severity for f in warned] == [Severity.WARNING]
    assert not stops(warned)
    both = check(more("Hooray! Great! You will be hired.")(message), KINDS[RECEIVED], example(), NOW)
    assert [f.severity for f in both] == [Severity.ERROR, Severity.WARNING]
    assert stops(both)


def test_much_too_long_is_an_error() -> None:
    """Over the measure is worth a look; over twice the measure is not sent."""
    assert found(RECEIVED, more("word " * 100))["too-long"] is Severity.WARNING
    assert found(RECEIVED, more("word " * 260))["too-long"] is Severity.ERROR


def test_findings_are_deterministic_and_speak_plainly() -> None:
    """The same message always gives the same findings, each with a reason and a suggestion."""
    message = subject("x" * 99)(render(TEMPLATES[RECEIVED, "en"], example(), "en"))
    once, again = (check(message, KINDS[RECEIVED], example(), NOW) for _ in range(2))
    assert once == again
    assert all(f.reason.endswith(".") and f.suggestion.endswith(".") for f in once)


def test_today_is_no_past_anywhere_on_earth() -> None:
    """A date counts as past when it is past for the last reader on Earth, not before."""
    message = render(TEMPLATES[RECEIVED, "en"], example(), "en")
    kind, facts = KINDS[RECEIVED], example()
    last_moment = datetime(2026, 11, 28, 11, 59, tzinfo=UTC)
    assert not stops(check(message, kind, facts, last_moment))
    assert stops(check(message, kind, facts, last_moment + timedelta(minutes=1)))


def test_dates_are_read_in_other_languages() -> None:
    """The date rules need no words of their own: months and weekdays come with the language."""
    german = list(dates_in("am Dienstag, 24. November 2026 und am 1. März 2027", "de"))
    assert [(w, d.isoformat()) for w, d in german] == [(1, "2026-11-24"), (None, "2027-03-01")]
    assert [d.isoformat() for _, d in dates_in("martes, 24 de noviembre de 2026", "es")] == ["2026-11-24"]
    assert list(dates_in("chapter 24 November 20261", "en")) == []


@pytest.mark.parametrize("said", ["3 Apr\u0131l 2026", "3 APR\u0130L 2026", "Fr\u0131day 3 April 2026"])
def test_a_date_in_letters_of_another_alphabet_is_still_a_date(said: str) -> None:
    """Whoever writes an i as Turks do is read, and no word that matches is looked up in vain."""
    assert [day.isoformat() for _, day in dates_in(said, "en")] == ["2026-04-03"]


def test_the_team_is_told_whatever_stands_in_it() -> None:
    """A nudge is not kept back for a link, a number or a time that somebody else wrote."""
    words = instead("Heardback", "See https://a.example at 14:00, DE89 3704 0044 0532 0130 00.\n\nHeardback")
    assert found("decision_due", words) == {"zone-missing": Severity.WARNING}


@pytest.mark.parametrize(
    ("rule", "key", "change"),
    [
        ("point-missing", REJECTED, instead(REASON[1:], "ine Begründung in anderen Worten.")),
        ("next-step-missing", RECEIVED, instead(NEXT, "jemand liest Ihre Bewerbung")),
    ],
)
def test_a_person_may_say_a_fact_in_other_words(rule: str, key: str, change: Change) -> None:
    """Whoever translates a sentence on the page is not refused for it; whoever approves is told."""
    message = change(render(TEMPLATES[key, "en"], example(), "en"))
    by_hand = check(message, KINDS[key], example(), NOW, by_hand=True)
    assert {f.severity for f in by_hand if f.rule == rule} == {Severity.WARNING}
    assert stops(check(message, KINDS[key], example(), NOW))
