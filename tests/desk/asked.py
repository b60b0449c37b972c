"""Somebody is asked to allow a rejection: a whole Heardback over HTTP, and the link from their mail."""

import re
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
from app.followups.catalogue import KINDS
from app.followups.models import FollowUp
from app.sla.book import apply_policies, starter_policies
from app.timeline.people import PeopleBook
from tests.api.life import MONDAY, STAGES, Life, minutes, open_life

KIND = "rejection_after_screening"
TOM = "tom.okoro@ostwind.example"
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
async def asked(
    database_url: str, folder: Path, *, title: str = "Welder", rules: dict[str, Any] | None = None
) -> AsyncIterator[Asked]:
    """Somebody applied on Monday at nine and was rejected at ten; who decided is known at once.

    `rules` is the part `approvals` of the policies.
    """
    async with open_life(database_url, folder) as life:
        house = life.house
        tom = house.greenhouse.add_user("Tom Okoro", TOM, MONDAY)
        life.job = house.greenhouse.add_job(
            title, STAGES, MONDAY, recruiters=[life.recruiter], managers=[tom]
        )
        await _introduce(life, tom)
        if rules is not None:
            async with unit_of_work(house.services.sessions) as session:
                document = {**starter_policies(), "approvals": rules}
                await apply_policies(session, document, by="a test", now=MONDAY, kinds=KINDS)
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


async def _introduce(life: Life, tom: int) -> None:
    """The poll of the ATS's users tells Tom's address; here it is told at once."""
    services = life.house.services
    ref = (PersonRole.MEMBER, str(tom))
    async with unit_of_work(services.sessions) as session:
        book = await PeopleBook.open(session, services.vault, life.house.connection, [ref], MONDAY)
        book.remember(PersonFields(*ref, first_name="Tom", last_name="Okoro", email=TOM), MONDAY)


async def state_of_everything(found: Asked) -> list[tuple[str, str, str | None]]:
    """Every follow-up with its state and message."""
    rows: list[FollowUp] = await found.life.house.rows(FollowUp)
    return sorted((row.id, row.state, row.message_id) for row in rows)
