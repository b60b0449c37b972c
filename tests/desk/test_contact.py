"""Candidates stop messages with one click, or choose among all: at once, and it is kept to."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.access.models import AuditRow
from app.db import unit_of_work
from app.delivery.models import Delivery
from app.followups.contact import IMPORTANT, PAUSED, STOPPED, Wishes
from app.followups.contact_models import ContactLink, ContactPreference
from app.followups.contact_store import choices_of, keep_wishes
from app.intake.config import ConnectionSettings
from app.timeline.models import Person
from app.timeline.people import PeopleBook, open_person
from tests.desk.willing import BASIS, HOST, willing
from tests.flow.small import ADDRESS, MONDAY, Small, webhook

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FORMS = [
    {"data": ONE_CLICK},
    {"files": {"List-Unsubscribe": (None, "One-Click")}},
    {"content": b""},
]
REMOTE = re.compile(
    r"""<(?:script|img|link|iframe|object|embed|base)\b|\bsrc=|url\(|@import|https?://|\bon\w+="""
)


@pytest.mark.parametrize("form", FORMS, ids=["form", "multipart", "empty"])
async def test_one_click_stops_the_next_and_no_answer(
    database_url: str, tmp_path: Path, form: dict[str, object]
) -> None:
    """RFC 8058: a mailbox's POST gets an empty 200; no further survey leaves, other mail does."""
    async with willing(database_url, tmp_path) as found:
        await found.day(2)
        [survey] = found.mails()
        assert survey["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert str(survey["List-Id"]) == "<keeping-in-touch.heardback.example>"
        for _ in range(2):
            answer = await found.client.post(found.link(), **form)  # type: ignore[arg-type]
            assert (answer.status_code, answer.content) == (200, b"")
            assert "set-cookie" not in answer.headers
        await found.day(20)
        assert await found.states("feedback_asked") == [("sent", None), ("cancelled", STOPPED)]
        subjects = [str(mail["Subject"]) for mail in found.mails()]
        assert len(subjects) == 3, "the first survey, a question and an answer about the application"
        about = [mail for mail in found.mails() if mail["Subject"] != survey["Subject"]]
        assert all(mail["List-Unsubscribe"] is None for mail in about), "logistics cannot be clicked away"
        assert len(await found.small.rows(AuditRow, act="contact.chosen")) == 1, "a repeat changes nothing"


async def test_it_counts_for_what_is_queued_already(database_url: str, tmp_path: Path) -> None:
    """Whether it may leave is asked in the transaction that sends, not only when it is planned."""
    async with willing(database_url, tmp_path) as found:
        await found.day(2)
        await found.day(7.9)
        found.small.clock.at = MONDAY.replace(day=10, hour=9, minute=1)
        while await found.small.flow.messages() or await found.small.flow.releases():
            pass
        assert (await found.states("feedback_asked"))[1][0] == "queued"
        await found.client.post(found.link(), data=ONE_CLICK)
        await found.small.drain()
        assert (await found.states("feedback_asked"))[1] == ("cancelled", STOPPED)
        assert len(found.mails()) == 1


async def test_looking_never_stops_anything(database_url: str, tmp_path: Path) -> None:
    """A scanner that fetches every link changes nothing; the page's button does, and says so."""
    async with willing(database_url, tmp_path) as found:
        await found.day(2)
        for method in ("GET", "HEAD"):
            for path in (found.link(), found.page()):
                assert (await found.client.request(method, path)).status_code == 200
        assert await found.small.rows(ContactPreference) == []
        pressed = await found.client.post(found.link(), data={"act": "stop"})
        assert pressed.status_code == 200
        assert "They are stopped" in pressed.text
        assert (await found.small.one(ContactPreference)).nurture_stopped_at is not None


async def test_nobody_learns_whether_a_link_is_known(database_url: str, tmp_path: Path) -> None:
    """An unknown token gets the same page and the same answer; a choice needs a known one."""
    async with willing(database_url, tmp_path) as found:
        await found.day(2)
        known, forged = found.link(), "/u/" + "A" * 43
        pages = [(await found.client.get(path)).text.replace(path[3:], "") for path in (known, forged)]
        assert pages[0] == pages[1]
        for token in (forged, "/u/x", "/u/" + "é" * 43, known[:-1] + ("A" if known[-1] != "A" else "B")):
            answer = await found.client.post(token, data=ONE_CLICK)
            assert (answer.status_code, answer.content) == (200, b"")
        assert await found.small.rows(ContactPreference) == []
        assert (await found.client.get(forged.replace("/u/", "/p/"))).status_code == 404
        assert (await found.client.post(forged.replace("/u/", "/p/"), data={})).status_code == 404


async def test_the_pages_are_private_and_speak_the_candidates_language(
    database_url: str, tmp_path: Path
) -> None:
    """No script, nothing remote, in no cache or index; nothing of the person on them; four languages."""
    async with willing(database_url, tmp_path) as found:
        await found.day(2)
        titles = {"en": "What we write", "de": "Worüber wir", "fr": "Ce que nous vous", "es": "Sobre qué"}
        for language, title in titles.items():
            page = await found.client.get(
                found.page(), headers={"Accept-Language": f"xx, {language}-XX;q=0.8"}
            )
            assert f'<html lang="{language}">' in page.text
            assert title in page.text
            assert REMOTE.findall(page.text) == []
            assert "Ottoline" not in page.text
            assert ADDRESS not in page.text
            assert "Welder" in page.text
            assert page.headers["cache-control"] == "no-store"
            assert "noindex" in page.headers["x-robots-tag"]
            assert page.headers["content-security-policy"].startswith(
                "default-src 'none'; style-src 'sha256-"
            )
        [link] = await found.small.rows(ContactLink)
        assert found.link()[3:] not in str(link.model_dump()), "only its hash is stored"
        # A field has its label, and a box says what it means.
        boxes = re.findall(r'id="(\w+)" name="\w+"', page.text)
        assert set(boxes) == {"paused", "important_only", "nurture_stopped", "locale", "time_zone"}
        assert all(f'for="{box}"' in page.text for box in boxes)


async def test_reminders_of_one_application_are_paused(database_url: str, tmp_path: Path) -> None:
    """No question again; surveys and answers go on, and the page shows what was chosen."""
    async with willing(database_url, tmp_path) as found:
        await found.day(2)
        kept = await found.client.post(found.page(), data={"paused": "1"})
        assert (kept.status_code, kept.headers["location"]) == (303, f"{found.page()}?saved")
        shown = (await found.client.get(f"{found.page()}?saved")).text
        assert 'name="paused" value="1" checked' in shown
        assert "Saved" in shown
        await found.day(20)
        assert await found.states("still_interested") == [("cancelled", PAUSED)]
        assert [state for state, _ in await found.states("feedback_asked")] == ["sent", "sent"]
        assert [state for state, _ in await found.states("application_received")] == ["sent"]


async def test_only_what_is_important(database_url: str, tmp_path: Path) -> None:
    """Neither surveys nor questions; what the candidate is owed still comes. It can be taken back."""
    async with willing(database_url, tmp_path) as found:
        await found.day(2)
        await found.client.post(found.page(), data={"important_only": "1"})
        await found.day(8.5)
        assert (await found.states("feedback_asked"))[1] == ("cancelled", IMPORTANT)
        await found.client.post(found.page(), data={})
        await found.day(20)
        assert [state for state, _ in await found.states("still_interested")] == ["sent"]
        assert [state for state, _ in await found.states("application_received")] == ["sent"]


async def test_language_and_time_zone_come_before_what_the_ats_says(
    database_url: str, tmp_path: Path
) -> None:
    """The next mail is in that language and in that zone's hours; both are sealed."""
    async with willing(database_url, tmp_path) as found:
        await found.day(2)
        chosen = {"locale": "de", "time_zone": "America/Los_Angeles"}
        assert (await found.client.post(found.page(), data=chosen)).status_code == 303
        await found.small.hear(webhook("candidate_stage_change", MONDAY.replace(day=5), stage=2))
        await found.day(9.2)
        survey = found.mails()[1]
        assert survey.get_body(("html",)).get_content().count('<html lang="de" dir="ltr">') == 1  # type: ignore[union-attr]
        assert BASIS["de"] in survey.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        row = (await found.small.rows(Person, role="candidate"))[0]
        assert row.time_zone == "America/Los_Angeles"
        sent = [d.settled_at for d in await found.small.rows(Delivery, channel="mail", state="sent")]
        assert max(sent).hour >= 16, "eight in the morning there"
        assert b"Los_Angeles" not in bytes(row.fields or b"")
        page = (await found.client.get(found.page())).text
        assert '<option value="de" selected>' in page
        assert '<option value="America/Los_Angeles" selected>' in page


@pytest.mark.parametrize(
    "body", [{"locale": "tlh"}, {"time_zone": "Europe/Atlantis"}, {"admin": "1"}, {"paused": "x" * 200}]
)
async def test_what_the_page_does_not_offer_changes_nothing(
    database_url: str, tmp_path: Path, body: dict[str, str]
) -> None:
    """It is said, on the page, and nothing is kept."""
    async with willing(database_url, tmp_path) as found:
        await found.day(2)
        answer = await found.client.post(found.page(), data=body)
        assert answer.status_code == 422
        assert "Please choose again" in answer.text
        assert await found.small.rows(ContactPreference) == []


async def test_without_a_basis_it_waits_for_a_person(database_url: str, tmp_path: Path) -> None:
    """Neither a tag nor the settings say why the candidate may be written to."""
    async with willing(database_url, tmp_path, nurture_basis=None) as found:
        await found.day(2)
        [(state, cause), *_] = await found.states("feedback_asked")
        assert state == "waiting_fact"
        assert cause is not None
        assert "why the candidate may be written to" in cause
        assert "stop such messages" not in cause, "the link is ours to give"
        assert found.mails() == []


async def test_it_outlives_a_merge_and_erasure(database_url: str, tmp_path: Path) -> None:
    """It counts for the same person under another id; what erasure must take is gone."""
    async with willing(database_url, tmp_path) as found:
        await found.day(2)
        await found.client.post(found.link(), data=ONE_CLICK)
        await found.client.post(found.page(), data={"nurture_stopped": "1", "locale": "fr"})
        small = found.small
        await small.hear(
            webhook("new_candidate_application", MONDAY, application=502, address="else@example.net")
        )
        await small.hear(webhook("new_candidate_application", MONDAY, application=503))
        await small.drain()
        assert await _stopped(small) == {"9501", "9503"}, "the same address"
        await _book(small, lambda book: book.merge("9501", "9502"))
        assert await _stopped(small) == {"9501", "9502", "9503"}
        await _book(small, lambda book: book.erase("9501", MONDAY))
        assert await _stopped(small) == {"9501", "9502", "9503"}
        person = (await small.rows(Person, external_id="9501"))[0]
        assert open_person(small.services.vault, person).chosen.locale is None
        again = await found.client.post(found.link(), data=ONE_CLICK)
        assert again.status_code == 200, "the link of an old mail still works"


async def test_a_choice_stays_with_each_id_of_the_same_address(database_url: str, tmp_path: Path) -> None:
    """Said again under another id, it still counts for the first when an address changes."""
    async with willing(database_url, tmp_path) as found:
        await found.day(2)
        await found.client.post(found.link(), data=ONE_CLICK)
        small = found.small
        await small.hear(webhook("new_candidate_application", MONDAY, application=503))
        await small.drain()
        [other] = await small.rows(Person, external_id="9503")
        [first] = await small.rows(Person, external_id="9501")
        async with unit_of_work(small.services.sessions) as session:
            link = ContactLink(
                token_hash=b"x", person_id=other.id, application_id="", base="", created_at=MONDAY
            )
            wishes = Wishes(paused=False, important_only=True, nurture_stopped=True)
            await keep_wishes(session, small.services.vault, link, wishes, MONDAY)
        await small.execute("UPDATE person SET address_hash = 'moved' WHERE id = :i", i=first.id)
        assert await _stopped(small) == {"9501", "9503"}


async def _stopped(small: Small) -> set[str]:
    people = await small.rows(Person, role="candidate")
    async with small.services.sessions() as session:
        said = await choices_of(session, people)
    return {person.external_id for person in people if person.id in said and said[person.id].nurture_stopped}


async def _book(small: Small, change: Callable[[PeopleBook], None]) -> None:
    refs = [("candidate", number) for number in ("9501", "9502")]
    async with unit_of_work(small.services.sessions) as session:
        book = await PeopleBook.open(session, small.services.vault, small.connection, refs, MONDAY)
        change(book)


async def test_links_are_the_same_in_every_mail_and_survive_its_row(
    database_url: str, tmp_path: Path
) -> None:
    """One row a candidate and application; it is tied to no message."""
    async with willing(database_url, tmp_path) as found:
        await found.day(10)
        links = {str(mail["List-Unsubscribe"]) for mail in found.mails() if mail["List-Unsubscribe"]}
        assert len(links) == 1
        assert re.fullmatch(rf"<{HOST}/u/[A-Za-z0-9_-]{{43}}>", links.pop())
        assert len(await found.small.rows(ContactLink)) == 1
        columns = {key.column.table.name for key in ContactLink.__table__.foreign_keys}  # type: ignore[attr-defined]
        assert columns == {"person", "application"}


def test_a_basis_may_be_said_by_language() -> None:
    """One phrase, or one for each language of the candidates."""
    assert ConnectionSettings(nurture_basis="you agreed").nurture_basis == "you agreed"
    assert ConnectionSettings(nurture_basis=BASIS).nurture_basis == BASIS
