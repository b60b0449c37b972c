"""Approval by a link from the mail: looking never acts, a form acts once, a link that is done says why."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest

from app.access.models import AuditRow
from app.ats.canonical import Fact, FactKind, Reading
from app.db import unit_of_work
from app.followups.models import Approval
from app.messages.models import ApprovalLink
from app.timeline.models import Application
from app.timeline.record import Heard, record
from tests.api.life import MONDAY
from tests.desk.asked import Asked, state_of_everything

RESOURCES = re.compile(
    r"""<(?:script|img|link|iframe|object|embed|base)\b|\bsrc=|url\(|@import|https?://|\bon\w+="""
)


def _words(page: httpx.Response) -> str:
    return re.sub(r"<[^>]+>", "", page.text)


async def test_the_page_shows_all_and_looking_never_acts(found: Asked) -> None:
    """Words, sources and recipient; whatever fetches it, as often as it likes, changes nothing."""
    [link] = found.links()
    before = await state_of_everything(found)
    for method in ("GET", "HEAD", "GET", "OPTIONS"):
        page = await found.open(link, method)
        assert page.status_code == (405 if method == "OPTIONS" else 200)
    page = await found.open(link)
    for expected in ("Noémi Lefèvre", "Welder", "the candidate&#x27;s first name (greenhouse:candidate/"):
        assert expected in page.text
    assert await state_of_everything(found) == before
    assert await found.life.house.rows(Approval) == []
    [row] = await found.life.house.rows(ApprovalLink)
    assert (row.used_at, row.used_for) == (None, None)
    assert found.letters() == 1, "the acknowledgement alone"


async def test_the_page_is_private_and_holds_nothing_from_elsewhere(found: Asked) -> None:
    """No script, nothing remote, in no cache, index or frame; and the address names nobody."""
    [link] = found.links()
    page = await found.open(link)
    assert RESOURCES.findall(page.text.replace("<meta", "")) == []
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" in page.headers["x-robots-tag"]
    assert page.headers["referrer-policy"] == "no-referrer"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert re.fullmatch(r"/a/[A-Za-z0-9_-]{43}", link)
    [row] = await found.life.house.rows(ApprovalLink)
    token = link.removeprefix("/a/")
    assert token.encode() not in row.token_hash
    assert token not in str(row.model_dump()), "only its hash is stored"


async def test_allowed_once_in_the_approvers_name(found: Asked) -> None:
    """It leaves at its time; who allowed it, by which way and what they saw is kept; a repeat says so."""
    [link] = found.links()
    nonce = await found.nonce(link)
    done = await found.send(link, "approve", nonce)
    assert (done.status_code, done.headers["location"]) == (303, link)
    shown = await found.open(link)
    assert "You have allowed this message" in shown.text
    assert "Noémi" not in shown.text, "a used link shows no words"
    again = await found.send(link, "approve", nonce)
    assert again.status_code == 409
    assert "You have allowed this message" in again.text

    [verdict] = (await found.detail())["approvals"]
    assert (verdict["verdict"], verdict["decided_by"], verdict["via"]) == (
        "approved",
        found.life.owner,
        "link",
    )
    seen = verdict["saw"]
    assert (seen["message_id"], seen["version"], seen["written_by"]) == (verdict["message_id"], 1, "template")
    assert "candidate.first_name" in {fact["name"] for fact in seen["facts"]}
    assert "Noémi" not in str(seen)
    acts = [row for row in await found.life.house.rows(AuditRow) if row.act == "follow-up.approved"]
    assert [(row.actor, row.detail["via"]) for row in acts] == [(found.life.owner, "link")]
    await found.life.house.at(MONDAY + timedelta(hours=28))
    assert (await found.follow_up())["state"] == "sent"
    assert found.letters() == 2


async def test_two_at_once_and_one_acts(found: Asked) -> None:
    """A double click, or two devices: the second finds the link used."""
    [link] = found.links()
    nonces = [await found.nonce(link) for _ in range(4)]
    answers = await asyncio.gather(*(found.send(link, "approve", nonce) for nonce in nonces))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    assert len(await found.life.house.rows(Approval)) == 1


async def test_allowing_and_refusing_at_once(found: Asked) -> None:
    """One of them counts, and the other is told which."""
    [link] = found.links()
    nonce = await found.nonce(link)
    answers = await asyncio.gather(
        found.send(link, "approve", nonce), found.send(link, "reject", nonce, note="I will call")
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    [verdict] = await found.life.house.rows(Approval)
    expected = "ready" if verdict.verdict == "approved" else "rejected"
    assert (await found.follow_up())["state"] == expected


async def test_refused_with_a_reason(found: Asked) -> None:
    """Without one nothing happens; with one it is not sent, and the clock runs on."""
    [link] = found.links()
    silent = await found.send(link, "reject", note="   ")
    assert silent.status_code == 422
    assert "Say why" in silent.text
    assert (await found.follow_up())["state"] == "waiting_approval"
    assert (await found.send(link, "reject", note="I will call instead")).status_code == 303
    assert (await found.follow_up())["state"] == "rejected"
    [verdict] = (await found.detail())["approvals"]
    assert (verdict["note"], verdict["decided_by"]) == ("I will call instead", found.life.owner)
    assert (await found.life.clock("tell_rejection"))["state"] == "running"


async def test_changed_words_are_checked_and_seen_again(found: Asked) -> None:
    """A change makes a new version with a link of its own; the old link decides nothing any more."""
    [link] = found.links()
    own = "Dear Candidate,\n\nno.\n\nMia"
    bad = await found.send(link, "edit", subject="About <b>you</b>", text=own)
    assert bad.status_code == 303
    newer = bad.headers["location"]
    assert newer != link
    page = await found.open(newer)
    assert "Must be mended" in page.text
    assert "About &lt;b&gt;you&lt;/b&gt;" in page.text
    assert 'value="approve"' not in page.text, "what a check stops cannot be allowed"
    forced = await found.send(newer, "approve")
    assert forced.status_code == 422
    assert "A check stops it" in forced.text

    used = await found.open(link)
    assert "This link was used" in used.text
    assert (await found.send(link, "approve")).status_code == 409
    assert (await found.follow_up())["state"] == "waiting_approval"
    verdicts = (await found.detail())["approvals"]
    assert [(each["verdict"], each["saw"]["version"]) for each in verdicts] == [("edited", 1)]


async def test_good_changed_words_go_all_the_way(found: Asked) -> None:
    """Changed, read once more, allowed and sent, in the approver's words."""
    [link] = found.links()
    detail = await found.life.get(f"/v1/follow-ups/{(await found.follow_up())['id']}/preview", "act")
    own = detail["text"].replace("Kind regards", "With warm regards").replace("\n", "\r\n")
    newer = (await found.send(link, "edit", subject=detail["subject"], text=own)).headers["location"]
    assert (await found.send(newer, "approve")).status_code == 303
    await found.life.house.at(MONDAY + timedelta(hours=28))
    assert any("With warm regards" in mail for mail in found.life.mails())
    assert [each["saw"]["version"] for each in (await found.detail())["approvals"]] == [1, 2]


async def test_words_written_anew_are_not_allowed_by_an_old_link(found: Asked) -> None:
    """The link says so, and shows the new ones on request; then those can be allowed."""
    [link] = found.links()
    nonce = await found.nonce(link)
    place = f"/v1/follow-ups/{(await found.follow_up())['id']}"
    await found.life.act(f"{place}/facts", {"facts": {"decision.by": "Ada Okoro"}, "on_behalf_of": "Robin"})
    assert (await found.send(link, "approve", nonce)).status_code == 409
    page = await found.open(link)
    assert "The words were changed since" in page.text
    assert "Noémi" not in page.text
    renewed = await found.send(link, "renew")
    assert renewed.status_code == 303
    newer = renewed.headers["location"]
    assert "Noémi" in (await found.open(newer)).text
    assert (await found.send(link, "renew", nonce)).status_code == 409, "each link helps once"
    assert (await found.send(newer, "approve")).status_code == 303
    assert (await found.follow_up())["state"] == "ready"


async def test_an_old_link_mails_a_new_one(found: Asked) -> None:
    """After 48 hours it decides nothing and shows nothing; a new one goes to the approver's address only."""
    [link] = found.links()
    nonce, services = await found.nonce(link), found.life.house.services
    real = services.machine_now
    services.machine_now = lambda: real() + timedelta(hours=48, minutes=1)
    assert (await found.send(link, "approve", nonce)).status_code == 409
    page = await found.open(link)
    assert "This link is too old" in page.text
    assert "Noémi" not in page.text
    for _ in range(3):
        assert (await found.send(link, "resend")).headers["location"] == link
    await found.life.house.at(MONDAY + timedelta(minutes=75))
    first, second = found.links()
    assert (first, second == link) == (link, False)
    assert (await found.send(second, "approve")).status_code == 303
    assert (await found.follow_up())["state"] == "ready"


@pytest.mark.parametrize(
    ("act", "words"),
    [("renew", {}), ("resend", {}), ("explode", {}), ("", {}), ("edit", {"subject": "", "text": "x"})],
)
async def test_an_open_link_does_only_what_its_page_offers(
    found: Asked, act: str, words: dict[str, str]
) -> None:
    """Anything else is refused, and nothing of it is done."""
    [link] = found.links()
    before = await state_of_everything(found)
    answer = await found.send(link, act, **words)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"].startswith("text/html")
    assert await state_of_everything(found) == before


async def test_forged_forms_and_tokens_act_on_nothing(found: Asked) -> None:
    """A changed, shortened or invented token, a nonce of elsewhere, another content type: all refused."""
    [link] = found.links()
    nonce, before = await found.nonce(link), await state_of_everything(found)
    token = link.removeprefix("/a/")
    other = "A" if token[5] != "A" else "B"
    for forged in (
        token[:5] + other + token[6:],
        token[:-2],
        token + "A",
        "A" * 43,
        "%00",
        "x" * 5000,
        "é" * 43,
    ):
        for answer in (await found.open(f"/a/{forged}"), await found.send(f"/a/{forged}", "approve", nonce)):
            assert answer.status_code == 404
            assert "No such link" in answer.text
    for wrong in ("", "A" * 43, token, nonce[:-1] + ("A" if nonce[-1] != "A" else "B"), "é"):
        assert (await found.send(link, "approve", wrong or " ")).status_code in (403, 422)
    for body, kind in (
        ('{"act": "approve"}', "application/json"),
        (f"act=approve&act=approve&nonce={nonce}", "application/x-www-form-urlencoded"),
        (f"act=approve&nonce={nonce}&more=1", "application/x-www-form-urlencoded"),
        ("act=%ff&nonce=%ff", "application/x-www-form-urlencoded"),
        ("act=approve", "application/x-www-form-urlencoded"),
        ("&".join(["act=approve"] * 50), "application/x-www-form-urlencoded"),
        ("", "text/plain"),
    ):
        answer = await found.life.client.post(link, content=body, headers={"content-type": kind})
        assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    long = await found.send(link, "reject", nonce, note="x" * 1_001)
    assert long.status_code == 422
    nul = await found.send(link, "edit", nonce, subject="x", text="a\0b")
    assert nul.status_code == 422
    assert await state_of_everything(found) == before
    assert await found.life.house.rows(Approval) == []


async def test_a_message_that_news_made_needless_is_not_sent_by_its_link(found: Asked) -> None:
    """The rejection is taken back: the page says that nothing is left to be decided."""
    [link] = found.links()
    nonce = await found.nonce(link)
    at = MONDAY + timedelta(minutes=80)
    [row] = await found.life.house.rows(Application)
    fact = Fact(FactKind.UNREJECTED, "unrejected:1", at, application=row.external_id)
    services = found.life.house.services
    async with unit_of_work(services.sessions) as session:
        heard = [Heard(Reading(facts=(fact,)), at, "poll")]
        await record(session, services.vault, found.life.house.connection, heard, at)
    await found.life.house.at(at + timedelta(minutes=1))
    assert "no longer needed" in _words(await found.open(link))
    assert (await found.send(link, "approve", nonce)).status_code == 409
    assert (await found.follow_up())["state"] == "cancelled"
