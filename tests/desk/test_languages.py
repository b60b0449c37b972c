"""The approval page in the approver's language, and what it offers of the scorecards."""

import re
from email import message_from_string, policy
from html import unescape

import pytest
from sqlalchemy import text

from app.access.models import AuditRow
from app.ats.canonical import Evaluation, Reading
from app.db import unit_of_work
from app.intake.models import Connection
from app.timeline.models import Application
from app.timeline.record import Heard, record
from tests.api.life import MONDAY, minutes
from tests.desk.asked import Asked, state_of_everything

STRENGTH = "Clean seams, drawn <from> memory."


async def prefers(found: Asked, **given: object) -> None:
    """What Mia has chosen."""
    place = f"/v1/preferences/{found.life.house.connection}/{found.life.recruiter}"
    answer = await found.life.ask("PUT", place, "act", json=given)
    assert answer.status_code == 200, answer.text


async def test_everything_on_the_page_is_in_the_approvers_language(found: Asked) -> None:
    """Words, findings, sources, refusals and old links; and so is the mail with the next link."""
    await prefers(found, locale="de-AT", time_zone="Europe/Lisbon")
    [link] = found.links()
    page = (await found.open(link)).text
    for expected in (
        '<html lang="de-AT">',
        "Darf das gesendet werden?",
        "Absage nach der Durchsicht",
        "der Vorname der Person (greenhouse:candidate/",
        "Ortszeit Lissabon",
        "Ja, senden",
    ):
        assert expected in page
    assert not re.search(r"May this|Waits since|Change the words|candidate's", unescape(page))

    silent = await found.send(link, "reject", note=" ")
    assert (silent.status_code, "Sagen Sie, warum" in silent.text) == (422, True)
    newer = (await found.send(link, "edit", subject="x", text="Dear Candidate,\n\nno.\n\nMia")).headers[
        "location"
    ]
    checked = (await found.open(newer)).text
    for expected in ("Muss geändert werden", "„Dear Candidate“ spricht niemanden an.", "Es fehlt ein guter"):
        assert expected in checked
    forced = await found.send(newer, "approve")
    assert forced.status_code == 422
    assert (
        "Eine Prüfung hält die Nachricht auf: Die Nachricht sagt nicht klar, was entschieden" in forced.text
    )
    assert "; „Dear Candidate“ spricht niemanden an.; Die Unterschrift fehlt.<" in forced.text

    assert "Dieser Link wurde schon benutzt" in (await found.open(link)).text
    assert (await found.send(link, "resend")).status_code == 303
    await found.life.house.at(MONDAY + minutes(75))
    mails = [message_from_string(mail, policy=policy.default) for mail in found.life.mails()]
    [mail] = [one for one in mails if one["Subject"] == "Ihre Freigabe ist nötig: Noémi Lefèvre, Welder"]
    body = mail.get_body(("plain",))
    assert body
    assert "(Absage nach der Durchsicht)" in body.get_content()


async def test_without_a_choice_the_connections_language_counts(found: Asked) -> None:
    """Where the ATS does not say what its members read."""
    async with unit_of_work(found.life.house.services.sessions) as session:
        row = await session.get_one(Connection, found.life.house.connection)
        row.settings = {**row.settings, "locale": "es"}
    [link] = found.links()
    assert "¿Se puede enviar este mensaje?" in (await found.open(link)).text


@pytest.mark.parametrize(
    ("accepted", "title"),
    [("fr-CH, en;q=0.5", "Ce lien n’existe pas"), ("sv", "No such link"), ("", "No such link")],
)
async def test_a_link_of_nobody_is_answered_in_the_browsers_language(
    found: Asked, accepted: str, title: str
) -> None:
    """Whoever is not known is told in their browser's language, else in the service's."""
    answer = await found.life.client.get("/a/none", headers={"accept-language": accepted})
    assert (answer.status_code, title in answer.text) == (404, True)


async def _scored(found: Asked) -> str:
    """A scorecard comes in; the id of what it says."""
    services, [application] = found.life.house.services, await found.life.house.rows(Application)
    card = Evaluation("91", application.external_id, None, {"Strengths": STRENGTH}, MONDAY)
    async with unit_of_work(services.sessions) as session:
        heard = [Heard(Reading(evaluations=(card,)), MONDAY, "poll")]
        await record(session, services.vault, found.life.house.connection, heard, MONDAY)
    async with services.sessions() as session:
        return str(await session.scalar(text("SELECT id FROM highlight")))


async def test_words_of_a_scorecard_are_taken_with_one_click(found: Asked) -> None:
    """The message is written anew with them, in the approver's name, and read once more before it leaves."""
    [link] = found.links()
    assert "scorecards" not in (await found.open(link)).text
    highlight = await _scored(found)
    shown = (await found.open(link)).text
    assert "Clean seams, drawn &lt;from&gt; memory." in shown
    assert f'value="{highlight}"' in shown
    taken = await found.send(link, "pick", highlight=highlight)
    assert taken.status_code == 303
    newer = taken.headers["location"]
    assert newer != link
    preview = await found.life.get(f"/v1/follow-ups/{(await found.follow_up())['id']}/preview", "act")
    assert STRENGTH in preview["text"]
    [fact] = [one for one in (await found.detail())["supplied"] if one["name"] != "decision.by"]
    assert fact["supplied_by"] == found.life.owner
    acts = [row for row in await found.life.house.rows(AuditRow) if row.act == "follow-up.highlight-picked"]
    assert [row.actor for row in acts] == [found.life.owner]
    assert "This link was used" in (await found.open(link)).text
    assert (await found.send(newer, "approve")).status_code == 303
    assert (await found.follow_up())["state"] == "ready"


@pytest.mark.parametrize("highlight", ["hil_none", "", "x" * 65])
async def test_what_no_scorecard_says_is_not_taken(found: Asked, highlight: str) -> None:
    """A page of yesterday, or an invented form: nothing changes, and it is said."""
    await _scored(found)
    [link] = found.links()
    before = await state_of_everything(found)
    answer = await found.send(link, "pick", highlight=highlight)
    assert answer.status_code in (409, 422)
    assert 'role="alert"' in answer.text
    assert await state_of_everything(found) == before
