"""An application's life in a whole Heardback, seen through the JSON API alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from app.access import keys
from app.access.keys import Scope
from app.db import unit_of_work
from app.demo.people import Newcomer
from tests.flow.house import House, open_house

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
STAGES = ["Application Review", "Phone Screen", "Onsite Interview", "Offer"]
NOEMI = Newcomer("Noémi", "Lefèvre", "noemi@example.com")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@dataclass(slots=True)
class Life:
    """A house, a job with its recruiter, and callers of every scope."""

    house: House
    client: httpx.AsyncClient
    keys: dict[str, str]
    recruiter: int
    job: int
    nth: int = field(default=0)

    @property
    def owner(self) -> str:
        return f"member:{self.recruiter}"

    async def ask(
        self, method: str, path: str, scope: str, json: object = None, **headers: str
    ) -> httpx.Response:
        """The raw answer to a caller with that scope."""
        given = {"Authorization": f"Bearer {self.keys[scope]}", **headers}
        return await self.client.request(method, path, headers=given, json=json)

    async def get(self, path: str, scope: str = "read") -> dict[str, Any]:
        """What is shown there."""
        answer = await self.ask("GET", path, scope)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def items(self, path: str) -> list[dict[str, Any]]:
        """The first page of that list."""
        found: list[dict[str, Any]] = (await self.get(path))["items"]
        return found

    async def act(self, path: str, json: object, scope: str = "act", status: int = 200) -> dict[str, Any]:
        """What is answered to an act."""
        answer = await self.ask("POST", path, scope, json)
        assert answer.status_code == status, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def refused(self, path: str, json: object, scope: str = "act") -> tuple[int, str]:
        """Status and code of an act that is refused."""
        answer = await self.ask("POST", path, scope, json)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        return answer.status_code, answer.json()["code"]

    def apply(self, at: datetime, newcomer: Newcomer = NOEMI) -> int:
        """Somebody applies."""
        return self.house.greenhouse.apply(newcomer, self.job, at, recruiter=self.recruiter)

    async def clock(self, policy: str) -> dict[str, Any]:
        """The one clock of that policy."""
        [clock] = await self.items(f"/v1/clocks?policy={policy}")
        return clock

    async def follow_up(self, kind: str) -> dict[str, Any]:
        """The one follow-up of that kind."""
        [follow_up] = await self.items(f"/v1/follow-ups?kind={kind}")
        return follow_up

    def mails(self) -> list[str]:
        """Every mail in the folder, as text."""
        folder = self.house.services.settings.data_dir / "mail"
        return [path.read_text() for path in sorted(folder.glob("*.eml"))]


@asynccontextmanager
async def open_life(
    database_url: str, folder: Path, start: datetime = MONDAY, **overrides: Any
) -> AsyncIterator[Life]:
    """A life that begins at `start`, in an office in UTC unless told otherwise."""
    # The poll is proven elsewhere; without it a week passes in a second.
    settings = {"poll": False, "public_url": "http://127.0.0.1", **overrides}
    async with (
        open_house(database_url, folder, start, **settings) as house,
        httpx.AsyncClient(base_url=house.url, timeout=20) as client,
    ):
        made = {}
        async with unit_of_work(house.services.sessions) as session:
            for scope in Scope:
                now = house.services.machine_now() - timedelta(seconds=1)
                made[scope.value] = (
                    await keys.create(session, name=f"the {scope} key", scopes=[scope], now=now)
                )[1]
        mia = house.greenhouse.add_user("Mia Berger", "mia.berger@ostwind.example", start)
        job = house.greenhouse.add_job("Welder", STAGES, start, recruiters=[mia])
        yield Life(house, client, made, mia, job)
