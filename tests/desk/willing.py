"""Somebody is written to now and then to keep in touch: the real flow, and the app over HTTP."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.db import unit_of_work
from app.demo.round_time import next_due
from app.followups.catalogue import KINDS
from app.followups.models import FollowUp
from app.main import create_app
from app.sla.book import apply_policies
from tests.flow.house import drain_due
from tests.flow.serving import served
from tests.flow.small import MONDAY, Small, open_small, webhook

HOST = "https://talent.ostwind.example"
BASIS = {
    "en": "you agreed to hear from us when you applied",
    "de": "Sie dem bei der Bewerbung zugestimmt haben",
}


def _saying(key: str, kind: str, days: int) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": kind, "delay": {"calendar_days": days}}
    if KINDS[kind].progress:
        said |= {"next_step": "somebody reads your application", "promise": {"calendar_days": 5}}
    return {
        "key": key,
        "name": key.capitalize(),
        "starts": "application_created",
        "target": {"calendar_days": 60},
        "met_by": ["hired"],
        "say": [said],
    }


POLICIES = {
    "calendar": "office",
    "policies": [
        _saying("first_survey", "feedback_asked", 1),
        _saying("second_survey", "feedback_asked", 8),
        _saying("still_there", "still_interested", 9),
        _saying("received", "application_received", 14),
    ],
}


@dataclass
class Willing:
    """Two surveys are planned, a question, and a plain answer."""

    small: Small
    client: httpx.AsyncClient

    async def day(self, number: float) -> None:
        """On to that day of the story, stopping wherever something is due."""
        until = MONDAY + timedelta(days=number)
        while (due := await next_due(self.small.services.sessions)) is not None and due <= until:
            self.small.clock.at = max(due, self.small.clock.now() + timedelta(microseconds=1))
            await drain_due(self.small.flow)
        await self.small.at(until)

    def mails(self) -> list[EmailMessage]:
        """What has left for the candidate."""
        read = [message_from_bytes(raw, policy=policy.default) for _, raw in self.small.route.sent]
        return [mail for mail in read if "example.net" in str(mail["To"])]

    def link(self) -> str:
        """Where the first mail lets a mailbox stop it, as a path."""
        found = re.match(r"<(https://[^>]+)>", str(self.mails()[0]["List-Unsubscribe"]))
        assert found
        assert found[1].startswith(f"{HOST}/u/")
        return urlsplit(found[1]).path

    def page(self) -> str:
        """The page on which to choose, as a path."""
        return self.link().replace("/u/", "/p/")

    async def states(self, kind: str) -> list[tuple[str, str | None]]:
        """Each follow-up of that kind, by its time."""
        rows: list[FollowUp] = await self.small.rows(FollowUp, kind=kind)
        return [(row.state, row.cause) for row in sorted(rows, key=lambda row: row.planned_for)]


@asynccontextmanager
async def willing(database_url: str, folder: Path, **settings: Any) -> AsyncIterator[Willing]:
    """Somebody applied on Monday at nine; caps are proven elsewhere and off here."""
    given = {"mails_a_day": 0, "unanswered_mails": 0, "nurture_basis": BASIS, **settings}
    async with open_small(database_url, folder, **given) as small:
        services = small.services
        services.settings = services.settings.model_copy(update={"public_url": HOST})
        async with unit_of_work(services.sessions) as session:
            await apply_policies(session, POLICIES, by="a test", now=MONDAY, kinds=KINDS)
        await small.hear(webhook("new_candidate_application", MONDAY))
        await small.drain()
        async with (
            served(create_app(services)) as url,
            httpx.AsyncClient(base_url=url, timeout=20) as client,
        ):
            yield Willing(small, client)


def at(days: float) -> datetime:
    """That many days after the beginning."""
    return MONDAY + timedelta(days=days)
