"""Somebody is asked to allow a rejection: a whole Heardback over HTTP, and the link from their mail."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_string, policy
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from app.ats.canonical import PersonFields, PersonRole
from app.db import unit_of_work
from app.demo.greenhouse import SimulatedGreenhouse
from app.demo.people import Newcomer
from app.followups.catalogue import KINDS
from app.followups.models import FollowUp
from app.main import create_app
from app.moments import HeldClock
from app.running import open_flow
from app.services import open_services
from app.sla.book import apply_policies, starter_policies
from app.timeline.people import PeopleBook
from tests.api.life import MONDAY, NOEMI, STAGES, Life, minutes, open_life
from tests.flow.house import House
from tests.flow.serving import served

KIND = "rejection_after_screening"
PLACE = "/v1/follow-ups/approve"
TOM = "tom.okoro@ostwind.example"
PEOPLE = (NOEMI, Newcomer("Ada", "Byrne", "ada@example.net"), Newcomer("Ivo", "Kranz", "ivo@example.net"))
_LINK = re.compile(r"/a/[A-Za-z0-9_-]{43}")
_NONCE = re.compile(r'name="nonce" value="([^"]+)"')


@dataclass
class Asked:
    """A rejection waits for Mia; Tom is the hiring manager of the job."""

    life: Life
    tom: int

    async def follow_up(self) -> dict[str, Any]:
        return await self.life.follow_up(KIND)

    async def detail(self) -> dict[str, Any]:
        return await self.life.get(f"/v1/follow-ups/{(await self.follow_up())['id']}", "act")

    def links(self, to: str = "mia.berger@ostwind.example") -> list[str]:
        """The links that were mailed to somebody, as paths, the oldest first."""
        found = []
        for mail in self.life.mails():
            read = message_from_string(mail, policy=policy.default)
            if to in str(read["To"]):
                body = read.get_body(("plain",))
                found += _LINK.findall(body.get_content() if body else "")
        return found

    def letters(self) -> int:
        """How many mails the candidate has."""
        return sum("noemi@example.com" in mail.partition("\n\n")[0] for mail in self.life.mails())

    async def open(self, link: str, method: str = "GET") -> httpx.Response:
        return await self.life.client.request(method, link)

    async def nonce(self, link: str) -> str:
        """What the page of a link holds."""
        found = _NONCE.search((await self.open(link)).text)
        assert found
        return unescape(found[1])

    async def send(self, link: str, act: str, nonce: str | None = None, **words: str) -> httpx.Response:
        """The form of the page, sent back."""
        given = {"act": act, "nonce": nonce or await self.nonce(link), **words}
        return await self.life.client.post(link, data=given)


@asynccontextmanager
async def asked(database_url: str, folder: Path) -> AsyncIterator[Asked]:
    """Somebody applied on Monday at nine and was rejected at ten; who decided is known at once."""
    async with open_life(database_url, folder) as life:
        house = life.house
        tom = house.greenhouse.add_user("Tom Okoro", TOM, MONDAY)
        life.job = house.greenhouse.add_job(
            "Welder", STAGES, MONDAY, recruiters=[life.recruiter], managers=[tom]
        )
        await _introduce(life, tom)
        application = life.apply(MONDAY + minutes(1))
        await house.at(MONDAY + minutes(31))
        house.greenhouse.reject(application, "Missing certificate", MONDAY + minutes(60))
        await house.at(MONDAY + minutes(61))
        found = Asked(life, tom)
        await life.act(
            f"/v1/follow-ups/{(await found.follow_up())['id']}/facts",
            {"facts": {"decision.by": "Tom Okoro"}, "on_behalf_of": "Robin Reyes"},
        )
        await house.at(MONDAY + minutes(71))
        yield found


@dataclass
class Three:
    """Three rejections wait for an approval."""

    life: Life

    async def reads(self) -> list[dict[str, str]]:
        rows = await self.life.items(f"/v1/follow-ups?kind={KIND}")
        return [{"follow_up_id": row["id"], "message_id": row["message_id"]} for row in reversed(rows)]

    async def states(self) -> list[str]:
        return [row["state"] for row in reversed(await self.life.items(f"/v1/follow-ups?kind={KIND}"))]

    async def bulk(self, **given: Any) -> list[tuple[str, str | None]]:
        answer = await self.life.act(PLACE, {"on_behalf_of": "Robin Reyes", **given})
        outcomes = [(each["outcome"], each["code"]) for each in answer["results"]]
        assert answer["approved"] == sum(outcome == "approved" for outcome, _ in outcomes)
        return outcomes


@dataclass(frozen=True)
class Kept:
    """A prepared world at rest: a database to clone, a folder to copy, and what tests know about it."""

    database: str
    folder: Path
    life: Life
    tom: int = 0


@asynccontextmanager
async def resumed(kept: Kept, database_url: str, folder: Path) -> AsyncIterator[Life]:
    """That world goes on from where it stood, without its ATS: nobody hears of news, notes do not arrive."""
    shutil.copytree(kept.folder, folder, dirs_exist_ok=True)
    before = kept.life.house
    settings = before.services.settings.model_copy(
        update={"database_url": database_url, "data_dir": folder},
    )
    clock = HeldClock(before.clock.now())
    async with (
        open_services(settings, clock=clock, migrate=False) as services,
        open_flow(services) as flow,
        served(create_app(services)) as url,
        httpx.AsyncClient(base_url=url, timeout=20) as client,
    ):
        ats = SimulatedGreenhouse(f"{url}/webhooks/none", "a-secret-that-nobody-uses")
        house = House(services, flow, clock, before.connection, ats, url)
        yield Life(house, client, kept.life.keys, kept.life.recruiter, kept.life.job)


async def rule(found: Asked, approvals: dict[str, Any]) -> None:
    """From now on those rules count; a new fact has the words written anew, under them."""
    house = found.life.house
    async with unit_of_work(house.services.sessions) as session:
        document = {**starter_policies(), "approvals": approvals}
        await apply_policies(session, document, by="a test", now=house.clock.now(), kinds=KINDS)
    place = f"/v1/follow-ups/{(await found.follow_up())['id']}/facts"
    await found.life.act(place, {"facts": {"decision.by": "Ada Okoro"}})
    await house.at(house.clock.now())


async def _introduce(life: Life, tom: int) -> None:
    """The poll of the ATS's users tells Tom's address; here it is told at once."""
    services = life.house.services
    ref = (PersonRole.MEMBER, str(tom))
    async with unit_of_work(services.sessions) as session:
        book = await PeopleBook.open(session, services.vault, life.house.connection, [ref], MONDAY)
        book.remember(PersonFields(*ref, first_name="Tom", last_name="Okoro", email=TOM), MONDAY)
        await book.save(session)


async def state_of_everything(found: Asked) -> list[tuple[str, str, str | None]]:
    """Every follow-up with its state and message."""
    rows: list[FollowUp] = await found.life.house.rows(FollowUp)
    return sorted((row.id, row.state, row.message_id) for row in rows)
