"""What the answers of Lever's API say, as facts without personal data."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ats.canonical import Fact, FactKind, PersonFields, PersonRole, Reading
from app.ats.fields import Json
from app.ats.lever_api import read_answers
from app.ats.lever_facts import milliseconds, withdrew
from app.timeline.fold import fold
from app.timeline.truth import Placed, Truth

DAY = timedelta(days=1)
START = datetime(2026, 11, 2, 9, 30, 15, 250_000, tzinfo=UTC)
NOW = START + 30 * DAY
ONE = "7d2f4a10-93ab-4c68-8f0e-1a2b3c4d5e6f"
JOB = "aa11bb22-0000-4111-8222-333344445555"
ANNA, BEN = "u-anna", "u-ben"
SCREEN, ONSITE = "stage-screen", "stage-onsite"
STAGES = [
    {"id": "lead-new", "text": "New lead"},
    {"id": "applicant-new", "text": "New applicant"},
    {"id": SCREEN, "text": "Phone screen"},
    {"id": ONSITE, "text": "On-site interview"},
]
REASONS = [
    {"id": "r-skills", "text": "Underqualified", "type": "non-hired", "status": "active"},
    {"id": "r-gone", "text": "Withdrew", "type": "non-hired", "status": "active"},
    {"id": "r-hired", "text": "Hired", "type": "hired", "status": "active"},
]


def ms(at: datetime) -> int:
    return milliseconds(at)


def change(stage: str, at: datetime) -> Json:
    return {"toStageId": stage, "toStageIndex": 1, "updatedAt": ms(at), "userId": ANNA}


def opportunity(**changes: object) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": ONE,
        "name": "Noémi Lefèvre",
        "contact": {"id": "c-1", "emails": ["noemi@example.com"], "isAnonymized": False},
        "emails": ["noemi@example.com"],
        "stage": {"id": SCREEN, "text": "Phone screen"},
        "stageChanges": [change("applicant-new", START), change(SCREEN, START + DAY)],
        "archived": None,
        "owner": {"id": ANNA, "name": "Anna Berg", "email": "anna.berg@example.com"},
        "tags": ["Welding"],
        "sources": ["Referral"],
        "origin": "referred",
        "applications": [
            {"id": "a-1", "posting": JOB, "createdAt": ms(START), "timezone": "Europe/Paris",
             "acceptLanguage": "fr-FR,fr;q=0.9"},
        ],
        "createdAt": ms(START),
        "updatedAt": ms(START + DAY),
        "snoozedUntil": None,
        "confidentiality": "non-confidential",
        "urls": {"show": f"https://hire.lever.co/candidates/{ONE}"},
        "isAnonymized": False,
        "dataProtection": None,
    }  # fmt: skip
    return {**row, **changes}


def read(row: Json | None = None, **parts: Sequence[Json]) -> Reading:
    """The reading of one opportunity with what belongs to it: panels, interviews, feedback, offers."""
    answers: dict[str, Sequence[Json]] = {f"{part}/{ONE}": rows for part, rows in parts.items()}
    whole: dict[str, Sequence[Json]] = {
        f"opportunity/{ONE}": [row or opportunity()],
        "stages": STAGES,
        "archive_reasons": REASONS,
    }
    return read_answers({**whole, **answers}, NOW)


def facts(reading: Reading, kind: FactKind) -> list[Fact]:
    return [fact for fact in reading.facts if fact.kind is kind]


def only(reading: Reading, kind: FactKind) -> Fact:
    (fact,) = facts(reading, kind)
    return fact


def truth(*readings: tuple[Reading, datetime]) -> Truth:
    placed = [
        Placed(str(fact.kind), fact.key, fact.at or received_at, fact.data)
        for reading, received_at in readings
        for fact in reading.facts
        if fact.application == ONE
    ]
    # As stored: a fact that is told again stands where it was first heard.
    return fold(ONE, sorted(placed, key=lambda fact: fact.at, reverse=True))


def test_an_opportunity_tells_what_it_is() -> None:
    """The opportunity is application and candidate; its owner is the recruiter; its page is Lever's."""
    attributes = only(read(), FactKind.APPLICATION_CHANGED)
    assert (attributes.application, attributes.candidate, attributes.job) == (ONE, ONE, JOB)
    assert attributes.at == START + DAY
    assert attributes.data == {
        "candidate": ONE,
        "job": JOB,
        "recruiter": ANNA,
        "source": "Referral",
        "tags": ["Welding"],
        "prospect": False,
        "status": "active",
        "url": f"https://hire.lever.co/candidates/{ONE}",
        "contact": "c-1",
    }


@pytest.mark.parametrize("url", ["http://hire.lever.co/x", "https://hire.lever.co.evil.example/x", "x", None])
def test_a_page_elsewhere_is_no_page(url: object) -> None:
    """A link in a message leads to Lever or nowhere."""
    assert "url" not in only(read(opportunity(urls={"show": url})), FactKind.APPLICATION_CHANGED).data


def test_people_are_read_beside_the_facts() -> None:
    """First name, address, zone and language of the candidate; the owner is a member."""
    candidate, owner = read().people
    assert candidate == PersonFields(
        PersonRole.CANDIDATE,
        ONE,
        first_name="Noémi",
        last_name="Lefèvre",
        name="Noémi Lefèvre",
        email="noemi@example.com",
        time_zone="Europe/Paris",
        locale="fr-FR",
    )
    assert (owner.role, owner.external_id, owner.name) == (PersonRole.MEMBER, ANNA, "Anna Berg")
    told = json.dumps([[fact.key, dict(fact.data)] for fact in read().facts], ensure_ascii=False)
    assert not any(word in told for word in ("Noémi", "Lefèvre", "example.com", "Berg"))


@pytest.mark.parametrize("name", ["Dr. Noémi Lefèvre", "Lefèvre, Noémi", "noemi@example.com", ""])
def test_a_first_name_is_not_guessed(name: str) -> None:
    """A title or a name turned round leaves the greeting to a person."""
    assert read(opportunity(name=name, contact="c-1")).people[0].first_name is None


def test_stages_are_entered_when_the_history_says() -> None:
    """Not when we heard of it; each visit knows its end."""
    first, second = facts(read(), FactKind.STAGE_ENTERED)
    assert (first.at, first.data["stage_name"], first.data["current"]) == (START, "New applicant", False)
    assert first.data["exited_at"] == "2026-11-03T09:30:15Z"
    assert (second.at, second.data["stage_id"], second.data["exited_at"]) == (START + DAY, SCREEN, None)
    visits = truth((read(), NOW)).visits
    assert [(visit.stage_name, visit.kind) for visit in visits][1] == ("Phone screen", "screen")


def test_a_later_look_closes_the_visit_and_keeps_the_others() -> None:
    """The same history told again adds only what is new."""
    changes = [*opportunity()["stageChanges"], change(ONSITE, START + 2 * DAY)]
    later = read(opportunity(stageChanges=changes, stage=ONSITE, updatedAt=ms(START + 2 * DAY)))
    before = {fact.key for fact in facts(read(), FactKind.STAGE_ENTERED)}
    after = {fact.key for fact in facts(later, FactKind.STAGE_ENTERED)}
    assert len(before & after) == 1
    assert [v.stage_id for v in truth((read(), NOW), (later, NOW)).visits] == [
        "applicant-new",
        SCREEN,
        ONSITE,
    ]


def test_a_lead_has_not_applied_until_it_leaves_the_leads() -> None:
    """Leads are prospects; whoever becomes an applicant later applied then."""
    lead = opportunity(stage="lead-new", stageChanges=[change("lead-new", START)])
    assert not facts(read(lead), FactKind.APPLICATION_CREATED)
    assert only(read(lead), FactKind.APPLICATION_CHANGED).data["prospect"] is True
    moved = opportunity(stageChanges=[change("lead-new", START), change(SCREEN, START + DAY)])
    created = only(read(moved), FactKind.APPLICATION_CREATED)
    assert (created.key, created.at) == (f"application:{ONE}:created", START + DAY)
    assert only(read(), FactKind.APPLICATION_CREATED).at == START


def archived(reason: str, at: datetime, **changes: object) -> dict[str, Any]:
    said = {"reason": reason, "archivedAt": ms(at)}
    return opportunity(archived=said, updatedAt=ms(at + timedelta(seconds=9)), **changes)


def test_an_archive_reason_decides_what_the_end_was() -> None:
    """Not hired is a rejection, unless the account's own words say that the candidate withdrew."""
    rejected = only(read(archived("r-skills", START + 2 * DAY)), FactKind.REJECTED)
    assert rejected.at == START + 2 * DAY
    assert rejected.data["reason"] == "Underqualified"
    assert rejected.data["stage_name"] == "Phone screen"
    withdrawn = read(archived("r-gone", START + 2 * DAY))
    assert only(withdrawn, FactKind.WITHDRAWN).data["reason_id"] == "r-gone"
    assert not facts(withdrawn, FactKind.REJECTED)
    hired = read(archived("r-hired", START + 2 * DAY))
    assert only(hired, FactKind.HIRED).at == START + 2 * DAY
    assert not facts(hired, FactKind.REJECTED)
    assert facts(read(archived("r-unheard-of", START)), FactKind.REJECTED)


@pytest.mark.parametrize(
    ("words", "theirs"),
    [
        ("Withdrew", True),
        ("Candidate withdrew", True),
        ("Offer declined", True),
        ("Accepted another offer", True),
        ("No longer interested", True),
        ("Withdrew offer", False),
        ("Position closed", False),
        ("Timing", False),
        ("No Response", False),
        (None, False),
    ],
)
def test_the_words_of_a_reason(words: str | None, theirs: bool) -> None:  # noqa: FBT001
    """Only plain words make a withdrawal."""
    assert withdrew(words) is theirs


def test_an_end_that_was_undone_and_came_back_is_told_anew() -> None:
    """Archived, taken back, archived again, at last hired: four looks, three decisions."""
    looks = [
        archived("r-skills", START + 2 * DAY),
        opportunity(updatedAt=ms(START + 3 * DAY)),
        archived("r-skills", START + 4 * DAY),
        archived("r-hired", START + 6 * DAY),
    ]
    known = truth(*((read(row), NOW) for row in looks))
    assert [(one.kind, one.at, one.undone_at) for one in known.decisions[:2]] == [
        ("rejected", START + 2 * DAY, START + 3 * DAY),
        ("rejected", START + 4 * DAY, START + 6 * DAY),
    ]
    assert known.status == "hired"


@pytest.mark.parametrize(
    ("changes", "can_email"),
    [
        ({}, True),
        ({"dataProtection": {"contact": {"allowed": True, "expiresAt": None}}}, True),
        ({"dataProtection": {"contact": {"allowed": False, "expiresAt": None}}}, False),
        ({"dataProtection": {"contact": {"allowed": True, "expiresAt": ms(NOW - DAY)}}}, False),
        ({"contact": {"id": "c-1", "dataProtection": {"contact": {"allowed": False}}}}, False),
    ],
)
def test_who_may_not_be_written_to(changes: dict[str, object], can_email: bool) -> None:  # noqa: FBT001
    """Refused consent and consent that has run out forbid it."""
    row = opportunity(confidentiality="confidential", **changes)
    flags = only(read(row), FactKind.CANDIDATE_CHANGED)
    assert (flags.candidate, dict(flags.data)) == (ONE, {"can_email": can_email, "private": True})


@pytest.mark.parametrize(
    "changes", [{"isAnonymized": True}, {"contact": {"id": "c-1", "isAnonymized": True}}]
)
def test_an_anonymized_candidate_is_erased(changes: dict[str, object]) -> None:
    """Nothing personal is read of them any more."""
    reading = read(opportunity(**changes))
    assert reading.erased == (ONE,)
    assert only(reading, FactKind.CANDIDATE_ANONYMIZED).candidate == ONE
    assert not reading.people


def test_a_snooze_holds_until_it_ends() -> None:
    """Told again it is the same; one that has ended by then is none."""
    until = START + 9 * DAY
    snoozed = only(read(opportunity(snoozedUntil=ms(until))), FactKind.SNOOZED)
    assert (snoozed.at, snoozed.data) == (START + DAY, {"until": "2026-11-11T09:30:15Z"})
    again = read(opportunity(snoozedUntil=ms(until), updatedAt=ms(START + 2 * DAY)))
    assert only(again, FactKind.SNOOZED).key == snoozed.key
    assert not facts(read(opportunity(snoozedUntil=ms(START))), FactKind.SNOOZED)


# Interviews and feedback

TALK = "i-talk"


def panel(canceled_at: int | None = None, **changes: object) -> Json:
    people = [
        {"id": ANNA, "name": "Anna Berg", "email": "anna.berg@example.com", "responseStatus": "accepted"},
        {"id": BEN, "name": "Ben Ito", "responseStatus": "needsAction", "feedbackTemplate": "no-feedback"},
    ]
    row = {"id": TALK, "subject": "Technical talk", "date": ms(START + 3 * DAY), "duration": 45}
    row |= {"interviewers": people, **changes}
    return {"id": "p-1", "canceledAt": canceled_at, "createdAt": ms(START), "interviews": [row]}


def listed() -> Json:
    people = [
        {"id": ANNA, "name": "Anna Berg"},
        {"id": BEN, "name": "Ben", "feedbackTemplate": "no-feedback"},
    ]
    row = {
        "id": TALK,
        "subject": "Technical talk",
        "date": ms(START + 3 * DAY),
        "duration": 45,
        "panel": "p-1",
    }
    return {**row, "interviewers": people, "canceledAt": None, "createdAt": ms(START)}


def form(**changes: object) -> Json:
    at = ms(START + 4 * DAY)
    row = {"id": "f-1", "interview": TALK, "panel": "p-1", "user": ANNA, "createdAt": at, "completedAt": at}
    return {**row, "updatedAt": None, "deletedAt": None, **changes}


def test_an_interview_lasts_from_its_date_for_its_minutes() -> None:
    """Its people owe feedback, except those who were asked for none."""
    reading = read(panels=[panel()], interviews=[listed()])
    (interview,) = truth((reading, NOW)).interviews
    assert (interview.id, interview.name) == (TALK, "Technical talk")
    assert interview.ends_at == datetime(2026, 11, 5, 10, 15, 15, tzinfo=UTC)
    assert [one.member for one in interview.interviewers] == [ANNA]
    assert {person.external_id for person in reading.people} == {ONE, ANNA, BEN}


def test_panels_and_interviews_are_two_views_of_one_thing() -> None:
    """Whichever list lacks it, the interview is there once."""
    for reading in (read(panels=[panel()]), read(interviews=[listed()])):
        assert len(truth((reading, NOW)).interviews) == 1
    assert not truth((read(panels=[panel(ms(NOW))], interviews=[listed()]), NOW)).interviews


def test_feedback_is_given_by_interview_or_by_panel() -> None:
    """Drafts count for nothing, and feedback that is deleted is owed again."""
    given = truth((read(panels=[panel()], feedback=[form()]), NOW)).interviews[0]
    assert given.feedback_at == datetime(2026, 11, 6, 9, 30, 15, tzinfo=UTC)
    assert truth((read(panels=[panel()], feedback=[form(interview=None)]), NOW)).interviews[0].feedback_at
    for changes in ({"completedAt": None}, {"user": BEN}, {"deletedAt": ms(NOW)}, {"interview": "other"}):
        row = read(panels=[panel()], feedback=[form(**changes)])
        assert truth((row, NOW)).interviews[0].feedback_at is None, changes
    before, after = read(panels=[panel()], feedback=[form()]), read(feedback=[form(deletedAt=ms(NOW))])
    assert truth((before, NOW), (after, NOW)).interviews[0].feedback_at is None


def test_an_interview_that_moves_away_and_back_is_where_it_was() -> None:
    """A state that comes back later is news, though Lever gives interviews no time of change."""
    moved = panel(date=ms(START + 8 * DAY))
    looks = [
        (read(opportunity(updatedAt=ms(START + n * DAY)), panels=[one]), START + n * DAY)
        for n, one in enumerate([panel(), moved, panel()], start=1)
    ]
    assert truth(*looks[:2]).interviews[0].starts_at == (START + 8 * DAY).replace(microsecond=0)
    assert truth(*looks).interviews[0].starts_at == (START + 3 * DAY).replace(microsecond=0)


def test_an_interview_is_gone_when_nobody_finds_it() -> None:
    """Asked for by its id and not found, nor in any list."""
    asked = f"interview/{ONE}/{TALK}"
    answers: dict[str, list[Json]] = {f"opportunity/{ONE}": [opportunity()], asked: []}
    assert only(read_answers(answers, NOW), FactKind.INTERVIEW_DELETED).data == {"interview_id": TALK}
    for proof in ({asked: [listed()]}, {f"panels/{ONE}": [panel()]}, {f"interviews/{ONE}": [listed()]}):
        assert not facts(read_answers({**answers, **proof}, NOW), FactKind.INTERVIEW_DELETED)
    assert not facts(read_answers({asked: []}, NOW), FactKind.INTERVIEW_DELETED)


# Offers and postings


def test_an_offer_has_passed_through_its_states() -> None:
    """Made, approved, sent and signed, each at its own time; opened is still only sent."""
    row = {"id": "o-1", "status": "opened", "createdAt": ms(START), "approvedAt": ms(START + DAY)}
    row |= {"sentAt": ms(START + 2 * DAY), "fields": [{"identifier": "start_date", "value": ms(NOW)}]}
    (sent,) = truth((read(offers=[row]), NOW)).offers
    assert (sent.created_at, sent.sent_at, sent.accepted) == (
        START.replace(microsecond=0),
        START + 2 * DAY,
        None,
    )
    assert sent.start_date == "2026-12-02"
    signed = {**row, "status": "signed", "signedDocument": {"uploadedAt": ms(START + 3 * DAY)}}
    (accepted,) = truth((read(offers=[row]), NOW), (read(offers=[signed]), NOW)).offers
    assert (accepted.sent_at, accepted.accepted) == (START + 2 * DAY, True)
    assert accepted.resolved_at == (START + 3 * DAY).replace(microsecond=0)


def test_an_offer_signed_nobody_knows_when_is_signed_when_heard_of() -> None:
    """The first time counts, and hearing it again adds nothing."""
    row = {"id": "o-1", "status": "signed", "createdAt": ms(START), "sentAt": ms(START)}
    answers = {f"opportunity/{ONE}": [opportunity()], f"offers/{ONE}": [row]}
    first, later = (read_answers(answers, at) for at in (NOW, NOW + DAY))
    assert facts(first, FactKind.OFFER)[-1].data["resolved_at"] == "2026-12-02T09:30:15Z"
    assert [fact.key for fact in first.facts] == [fact.key for fact in later.facts]


def test_a_denied_or_drafted_offer_is_nobodys_answer() -> None:
    """Denied is an approver's word."""
    for status in ("denied", "draft", "approval-sent", "approved"):
        row = {"id": "o-1", "status": status, "createdAt": ms(START)}
        (offer,) = truth((read(offers=[row]), NOW)).offers
        assert (offer.sent_at, offer.accepted, offer.resolved_at) == (None, None, None)


@pytest.mark.parametrize(
    ("state", "status"),
    [("published", "open"), ("internal", "open"), ("closed", "closed"), ("draft", "draft")],
)
def test_a_posting_is_the_job(state: str, status: str) -> None:
    """With its state in our words, its team and its places."""
    posting = {
        "id": JOB,
        "text": "Welder <m/f>",
        "state": state,
        "owner": ANNA,
        "hiringManager": BEN,
        "categories": {
            "team": "Shop",
            "department": "Robotics",
            "location": "Berlin",
            "allLocations": ["Berlin"],
        },
        "confidentiality": "confidential",
        "createdAt": ms(START),
        "updatedAt": ms(START + DAY),
    }
    job = only(read_answers({"postings": [posting]}, NOW), FactKind.JOB_CHANGED)
    assert (job.job, job.at) == (JOB, START + DAY)
    assert job.data == {
        "name": "Welder <m/f>",
        "status": status,
        "departments": ["Robotics"],
        "offices": [{"name": "Berlin", "location": "Berlin"}],
        "confidential": True,
        "hiring_team": {"hiring_managers": [BEN], "recruiters": [ANNA], "coordinators": [], "sourcers": []},
        "opened_at": "2026-11-02T09:30:15Z",
    }


def test_gone_means_listed_as_deleted_and_not_found() -> None:
    """Of a list alone, or of a missing answer alone, nothing is destroyed."""
    reading = read_answers({f"deleted/{ONE}": []}, NOW)
    assert reading.erased == (ONE,)
    assert [fact.kind for fact in reading.facts] == [FactKind.APPLICATION_DELETED, FactKind.CANDIDATE_DELETED]
    harmless: list[dict[str, list[Json]]] = [
        {f"deleted/{ONE}": [opportunity()]},
        {f"opportunity/{ONE}": []},
        {f"opportunity/{ONE}": [opportunity()], f"deleted/{ONE}": []},
    ]
    for answers in harmless:
        assert not read_answers(answers, NOW).erased


def test_the_same_answers_give_the_same_facts() -> None:
    """Asked twice, nothing is new, and no two facts share a key."""
    first, again = (read(panels=[panel()], interviews=[listed()], feedback=[form()]) for _ in range(2))
    assert first == again
    assert len({fact.key for fact in first.facts}) == len(first.facts)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "posting", "contact", "reason", "interviews", "x"]), inner)
    ),
    max_leaves=6,
)
ROWS = {
    f"opportunity/{ONE}": opportunity(),
    f"panels/{ONE}": panel(),
    f"interviews/{ONE}": listed(),
    f"feedback/{ONE}": form(),
    f"offers/{ONE}": {"id": "o-1", "status": "signed", "createdAt": 1, "sentAt": 1, "fields": []},
    "postings": {"id": JOB, "categories": {}, "state": "closed", "updatedAt": 1},
    "stages": STAGES[0],
    "archive_reasons": REASONS[0],
    "users": {"id": ANNA},
}


@settings(max_examples=40)
@given(st.data())
def test_hostile_rows_raise_nothing(data: st.DataObject) -> None:
    """Any field of any row may hold anything."""
    answers = {}
    for resource, row in ROWS.items():
        changed = data.draw(st.dictionaries(st.sampled_from(sorted(row)), JSON, max_size=3))
        answers[resource] = [{**row, **changed}]
    reading = read_answers(answers, NOW)
    json.dumps([dict(fact.data) for fact in reading.facts], allow_nan=False)
