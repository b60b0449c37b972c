"""Answers over HTTP: in by a provider's webhook, out by the API, and into the ATS as one note."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
from pydantic import SecretStr

from app.access import keys
from app.access.keys import Scope
from app.db import unit_of_work
from app.delivery.notes import marker
from app.demo.faults import Fault, FaultKind
from app.followups.models import FollowUp
from app.main import create_app
from app.replies.models import Reply
from app.timeline.models import Application
from tests.ats.contract.house import MONDAY, Account, House, connect, open_house
from tests.flow.serving import served

MAILBOX = "reply@answers.ostwind.example"
CANDIDATE = "noemi.recruitee.0@example.com"
RECRUITER = "mia.berger@ostwind.example"
HOOK = {
    "authorization": f"Basic {base64.b64encode(b'hook:pass').decode()}",
    "content-type": "application/json",
}
OFFER = "I have another offer and must answer by Friday 6 November. May I have more time?"
Key = dict[str, str]


@dataclass
class Stage:
    """A served application whose candidate has had a mail that can be answered."""

    house: House
    account: Account
    client: httpx.AsyncClient
    folder: Path
    reader: Key = field(default_factory=dict)
    actor: Key = field(default_factory=dict)
    posted: int = 0

    def letters(self, to: str) -> list[Any]:
        """The mails that have left for that address."""
        found = [message_from_bytes(path.read_bytes()) for path in sorted(self.folder.glob("mail/*.eml"))]
        return [mail for mail in found if to in str(mail["To"])]

    def body(self, words: str, *, sender: str = CANDIDATE, to: str | None = None) -> bytes:
        """What Postmark posts about an answer; to the address of the mail unless said otherwise."""
        self.posted += 1
        asked = parseaddr(str(self.letters(CANDIDATE)[0]["Reply-To"]))[1]
        mail = {
            "FromFull": {"Email": sender},
            "From": sender,
            "OriginalRecipient": to or asked,
            "MessageID": f"m-{self.posted}",
            "Subject": "Re: Your application",
            "TextBody": words,
            "Date": "Mon, 2 Nov 2026 10:00:00 +0000",
            "Headers": [],
        }
        return json.dumps(mail).encode()

    async def post(self, body: bytes) -> None:
        answer = await self.client.post("/mail/postmark/inbound", content=body, headers=HOOK)
        assert answer.status_code == 200, answer.text

    async def answers(self, words: str, **more: str) -> dict[str, Any]:
        """The candidate answers; all that follows is done. The reply, as the API lists it."""
        await self.post(self.body(words, **more))
        await self.house.drain()
        return (await self.listed())[0]

    async def listed(self, **wanted: str) -> list[dict[str, Any]]:
        answer = await self.client.get("/v1/replies", params=wanted, headers=self.reader)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def act(
        self, path: str, given: dict[str, Any], key: Key | None = None
    ) -> tuple[int, dict[str, Any]]:
        headers = self.actor if key is None else key
        answer = await self.client.post(f"/v1/replies/{path}", json=given, headers=headers)
        return answer.status_code, answer.json()

    async def read(self, reply: str, key: Key | None = None) -> tuple[int, dict[str, Any]]:
        headers = self.reader if key is None else key
        answer = await self.client.get(f"/v1/replies/{reply}", headers=headers)
        return answer.status_code, answer.json()

    def notes(self, reply: str) -> list[str]:
        """What stands in the ATS about that answer."""
        return [note for note in self.account.ats.notes if marker(reply) in note]


async def _key(house: House, scope: Scope) -> Key:
    async with unit_of_work(house.services.sessions) as session:
        _, shown = await keys.create(session, name=f"a {scope}", scopes=[scope], now=house.clock.now())
    return {"Authorization": f"Bearer {shown}"}


@pytest_asyncio.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Somebody has applied, moved on, and been told so."""
    routes = {
        "out": {"kind": "folder", "directory": str(tmp_path / "mail")},
        "postmark": {"kind": "listen", "receipts": {"provider": "postmark", "secrets": ["hook:pass"]}},
    }
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(database_url, tmp_path))
        document = SecretStr(json.dumps({"routes": routes}))
        house.services.settings = house.services.settings.model_copy(
            update={"reply_address": MAILBOX, "mail_routes": document}
        )
        account = await connect(house, "recruitee", stack)
        url = await stack.enter_async_context(served(create_app(house.services)))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, trust_env=False))
        account.begin()
        await house.at(MONDAY + timedelta(hours=1), account)
        made = Stage(house, account, client, tmp_path)
        made.reader, made.actor = await _key(house, Scope.READ), await _key(house, Scope.ACT)
        yield made


async def test_from_the_webhook_to_the_recruiter_and_the_note(stage: Stage) -> None:
    """Posted twice: listed once, the recruiter told once, one note in the ATS; the words only to who asks."""
    told = len(stage.letters(RECRUITER))
    body = stage.body("Thank you! See you on Thursday.")
    for _ in range(2):
        await stage.post(body)
        await stage.house.drain()
    (listed,) = await stage.listed()
    assert (listed["state"], listed["how"], listed["sort"]) == ("matched", "token", "reply")
    assert "Thursday" not in str(listed)
    status, shown = await stage.read(listed["id"])
    assert (status, shown["words"], shown["sender"]) == (200, "Thank you! See you on Thursday.", CANDIDATE)
    assert len(stage.notes(listed["id"])) == 1
    assert "See you on Thursday." in stage.notes(listed["id"])[0]
    assert listed["note_state"] == "written"
    await stage.house.at(MONDAY + timedelta(days=1, hours=1), stage.account)
    (news,) = await stage.house.rows(FollowUp, kind="candidate_replied")
    assert news.state == "sent"
    assert len(stage.letters(RECRUITER)) > told
    assert len(stage.notes(listed["id"])) == 1


async def test_a_worker_that_dies_after_the_note_was_taken_writes_no_second_one(stage: Stage) -> None:
    """The ATS has it, the worker is gone: another looks for the marker after the lease, and finds it."""
    house = stage.house
    await stage.post(stage.body("See you."))
    stage.account.ats.fault(Fault("/", FaultKind.ACCEPT_THEN_HANG, method="POST"))
    dying = asyncio.create_task(house.flow.replies())
    async with asyncio.timeout(10):
        while not (known := await house.rows(Reply)) or not stage.notes(known[0].id):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    (reply,) = await house.rows(Reply)
    assert (reply.note_state, reply.note_attempt) == ("queued", 1)
    house.clock.advance(timedelta(minutes=1))
    await house.drain()
    assert len(stage.notes(reply.id)) == 1
    house.clock.advance(timedelta(minutes=2))
    await house.drain()
    (reply,) = await house.rows(Reply)
    assert (reply.note_state, reply.note_attempt) == ("written", 2)
    assert len(stage.notes(reply.id)) == 1


async def test_a_worker_that_dies_before_the_note_loses_none(stage: Stage) -> None:
    """The connection is cut and the worker gone: the next one writes it, once."""
    house = stage.house
    await stage.post(stage.body("See you."))
    stage.account.ats.fault(Fault("/", FaultKind.CLOSE, method="POST"))
    await house.flow.replies()
    (reply,) = await house.rows(Reply)
    assert (reply.note_state, stage.notes(reply.id)) == ("queued", [])
    for _ in range(3):
        house.clock.advance(timedelta(minutes=3))
        await house.drain()
    assert len(stage.notes(reply.id)) == 1
    assert (await stage.listed())[0]["note_state"] == "written"


async def test_a_person_says_whose_answer_it_is_or_that_it_is_nobodys(stage: Stage) -> None:
    """A hint and a stranger wait, each is decided once; a wrong id changes nothing; who decided is kept."""
    hinted = await stage.answers("Any news?", to="talent@heardback.example")
    stranger = await stage.answers("Whose am I?", sender="x@example.org", to="talent@heardback.example")
    spam = await stage.answers("Buy this.", sender="y@example.org", to="talent@heardback.example")
    assert (hinted["state"], stranger["state"]) == ("hinted", "unmatched")
    assert [each["id"] for each in await stage.listed(state="hinted")] == [hinted["id"]]
    assert stage.notes(hinted["id"]) == []
    (application,) = await stage.house.rows(Application)

    status, told = await stage.act(f"{hinted['id']}/confirm", {"application_id": "app_nobodys"})
    assert (status, told["code"]) == (404, "not-found")
    for reply, by in ((hinted, {"on_behalf_of": "Mia Berger"}), (stranger, {})):
        given = {"application_id": application.id, **by}
        status, told = await stage.act(f"{reply['id']}/confirm", given)
        assert (status, told["state"], told["decided_by"]) == (
            200,
            "matched",
            by.get("on_behalf_of", "a act"),
        )
        assert (await stage.act(f"{reply['id']}/confirm", given))[0] == 409
    status, told = await stage.act(f"{spam['id']}/confirm", {})
    assert (status, told["state"], told["words"]) == (200, "dismissed", "")
    await stage.house.drain()
    noted = [len(stage.notes(each["id"])) for each in (hinted, stranger, spam)]
    assert noted == [1, 1, 0]


async def test_what_an_answer_seems_to_say_is_taken_or_left_once(stage: Stage) -> None:
    """Each with its sentence; what was decided stays decided, and what it does not say is not there."""
    reply = await stage.answers(OFFER)
    _, shown = await stage.read(reply["id"])
    seems = {each["meaning"]: each for each in shown["suggestions"]}
    assert {"other_offer", "asks_time"} <= set(seems)
    assert (seems["other_offer"]["day"], seems["other_offer"]["state"]) == ("2026-11-06", "open")
    for meaning, accepted, state in (("other_offer", True, "accepted"), ("asks_time", False, "dismissed")):
        where = f"{reply['id']}/suggestions/{meaning}"
        status, told = await stage.act(where, {"accepted": accepted})
        assert (status, told["state"], told["decided_by"]) == (200, state, "a act")
        assert (await stage.act(where, {"accepted": not accepted}))[0] == 409
    assert (await stage.act(f"{reply['id']}/suggestions/withdraws", {"accepted": True}))[0] == 404
    assert (await stage.act(f"{reply['id']}/suggestions/sings", {"accepted": True}))[0] == 422


async def test_who_may_not_learns_and_changes_nothing(stage: Stage) -> None:
    """Without a key, with one that only reads, with an id or a cursor that is not there."""
    reply = await stage.answers(OFFER)
    assert (await stage.read(reply["id"], key={}))[0] == 401
    assert (await stage.read("rpl_nobodys"))[0] == 404
    assert (await stage.client.get("/v1/replies")).status_code == 401
    strange = await stage.client.get("/v1/replies", params={"cursor": "xx"}, headers=stage.reader)
    assert (strange.status_code, strange.json()["code"]) == (400, "unknown-cursor")
    metrics = await _key(stage.house, Scope.METRICS)
    assert (await stage.read(reply["id"], key=metrics))[0] == 403
    for path, given in (
        (f"{reply['id']}/confirm", {}),
        (f"{reply['id']}/suggestions/other_offer", {"accepted": True}),
    ):
        assert [(await stage.act(path, given, key=key))[0] for key in ({}, stage.reader)] == [401, 403]
    assert (await stage.act("rpl_nobodys/confirm", {}))[0] == 404
    assert (await stage.act("rpl_nobodys/suggestions/stop", {"accepted": True}))[0] == 404
    _, shown = await stage.read(reply["id"])
    assert {each["state"] for each in shown["suggestions"]} == {"open"}
