"""An application's life, its deliveries and the silence around it, seen through the JSON API."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest_asyncio

from app.delivery.route import RouteMeta
from app.delivery.route_folder import FolderRoute
from app.delivery.routing import Routes
from app.mail.outbound import Envelope, Outcome, OutcomeKind
from tests.api.life import MONDAY, Life, minutes, open_life

SURE = {"reason": "The candidate answered", "on_behalf_of": "Robin Reyes"}


@dataclass
class UnsureRoute:
    """A way out whose provider takes a candidate's mail, hangs, and can never be asked."""

    folder: FolderRoute
    unsure: bool = True
    sent: list[str] = field(default_factory=list)
    name: str = "folder"
    longest: timedelta = timedelta(seconds=1)
    repeat_within: timedelta | None = None
    keeps_message_id: bool = True

    def prepare(self, envelope: Envelope, date: datetime) -> bytes:
        return self.folder.prepare(envelope, date)

    async def send(self, payload: bytes, meta: RouteMeta) -> Outcome:
        self.sent.append(meta.recipient)
        if self.unsure and meta.recipient == "noemi@example.com":
            return Outcome(OutcomeKind.AMBIGUOUS, "no answer")
        return await self.folder.send(payload, meta)

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        return None

    async def aclose(self) -> None:
        await self.folder.aclose()


@pytest_asyncio.fixture
async def life(database_url: str, tmp_path: Path) -> AsyncIterator[Life]:
    """A house in which nothing has happened."""
    async with open_life(database_url, tmp_path) as opened:
        yield opened


async def test_an_application_shows_its_life(life: Life) -> None:
    """Stages, what was said, what was decided; by the vendor's ids, and the person only for who may."""
    world = life.house.greenhouse
    number = life.apply(MONDAY)
    await life.house.at(MONDAY + minutes(30))
    world.move(number, "Onsite Interview", MONDAY + minutes(60))
    await life.house.at(MONDAY + minutes(61))
    [listed] = await life.items("/v1/applications?status=active&stage_kind=interview")
    assert (listed["external_id"], listed["recruiter"]) == (str(number), str(life.recruiter))
    place = f"/v1/applications/{listed['id']}"
    shown = await life.get(place)
    assert [(visit["stage_name"], visit["kind"]) for visit in shown["visits"]] == [
        ("Application Review", "applied"),
        ("Onsite Interview", "interview"),
    ]
    assert [said["kind"] for said in shown["said"]] == ["application_received"]
    assert (shown["decisions"], shown["offers"], shown["person"]) == ([], [], None)
    for name in ("clocks", "follow_ups", "deliveries"):
        found = await life.items(shown["links"][name])
        assert found
        assert {each.get("application_id", listed["id"]) for each in found} == {listed["id"]}
    assert "Noémi" not in str(shown)

    person = (await life.get(f"{place}?include=person", "act"))["person"]
    assert (person["first_name"], person["email"]) == ("Noémi", "noemi@example.com")
    assert (await life.ask("GET", f"{place}?include=person", "read")).status_code == 403
    audit = await life.get(f"/v1/audit?subject={listed['id']}", "admin")
    assert [row["act"] for row in audit["items"]] == ["application.person-read"]

    world.reject(number, "Missing certificate", MONDAY + minutes(90))
    await life.house.at(MONDAY + minutes(91))
    after = await life.get(place)
    assert (after["status"], [each["kind"] for each in after["decisions"]]) == ("rejected", ["rejected"])
    assert (await life.ask("GET", "/v1/applications/app_none", "read")).status_code == 404


async def test_there_is_no_silence_in_the_good_case(life: Life) -> None:
    """While somebody is at work on every answer, all is zero."""
    life.apply(MONDAY)
    await life.house.at(MONDAY + minutes(30))
    assert await life.get("/v1/silence") == {
        "total": 0,
        "applications": 0,
        "follow_ups": 0,
        "waiting_on": {},
        "at": "2026-11-02T09:30:00Z",
    }
    assert await life.items("/v1/silence/applications") == []


async def test_silence_names_who_must_answer(life: Life) -> None:
    """Every clock done and no decision: the application is silent, and its recruiter must speak."""
    life.apply(MONDAY)
    await life.house.at(MONDAY + minutes(30))
    promised = await life.clock("promised_date")
    await life.act(f"/v1/clocks/{promised['id']}/done", SURE)
    await life.house.at(MONDAY + minutes(31))
    silence = await life.get("/v1/silence")
    assert (silence["total"], silence["waiting_on"]) == (1, {life.owner: 1})
    [silent] = await life.items("/v1/silence/applications")
    assert (silent["kind"], silent["waiting_on"]) == ("application", life.owner)
    assert silent["reason"] == "no clock runs for it and no decision closes it"
    assert (await life.ask("GET", "/v1/silence", "metrics")).status_code == 403


async def test_news_that_nobody_reads_are_silence(life: Life) -> None:
    """When no worker runs, what it leaves undone shows after some minutes."""
    life.apply(MONDAY)
    await life.house.at(MONDAY + minutes(1))
    life.house.clock.at = MONDAY + minutes(20)
    kinds = {each["kind"]: each for each in await life.items("/v1/silence/follow-ups")}
    assert kinds["follow_up"]["reason"] == "its words are overdue"
    assert kinds["follow_up"]["waiting_on"] == "operations"
    await life.house.at(MONDAY + minutes(21))
    assert (await life.get("/v1/silence"))["total"] == 0


async def unknown(life: Life) -> UnsureRoute:
    """The acknowledgement has left, or not: nobody knows."""
    folder = FolderRoute(life.house.services.settings.data_dir / "mail")
    route = UnsureRoute(folder)
    life.house.flow = replace(life.house.flow, routes=Routes.single(route))
    life.apply(MONDAY)
    await life.house.at(MONDAY + minutes(60))
    return route


async def mail(life: Life) -> dict[str, str]:
    """The one mail to the candidate."""
    waiting = await life.follow_up("application_received")
    [delivery] = await life.items(f"/v1/deliveries?follow_up={waiting['id']}&channel=mail")
    return delivery


async def test_an_unknown_that_arrived_is_never_sent_again(life: Life) -> None:
    """A person's word settles it, and only then the ATS is told."""
    route = await unknown(life)
    delivery = await mail(life)
    assert (delivery["state"], delivery["waiting_on"]) == ("unknown", life.owner)
    await life.house.at(MONDAY + timedelta(days=2))
    assert route.sent.count("noemi@example.com") == 1, "nothing is repeated by itself"
    settled = await life.act(f"/v1/deliveries/{delivery['id']}/settle", {"arrived": True, **SURE})
    assert (settled["state"], settled["waiting_on"]) == ("sent", None)
    await life.house.at(MONDAY + timedelta(days=2, minutes=5))
    assert route.sent.count("noemi@example.com") == 1
    assert len(life.house.greenhouse.world.find("notes")) == 1
    again = {"arrived": False, **SURE}
    assert await life.refused(f"/v1/deliveries/{delivery['id']}/settle", again) == (409, "wrong-state")
    [attempt] = (await life.get(f"/v1/deliveries/{delivery['id']}"))["attempts"]
    assert attempt["outcome"] == "accepted"


async def test_an_unknown_that_did_not_arrive_is_sent_once_more(life: Life) -> None:
    """What had counted as said no longer does, so that its clock runs until the second mail has left."""
    route = await unknown(life)
    delivery = await mail(life)
    assert (await life.clock("acknowledge_application"))["state"] == "met", "it may have arrived"
    route.unsure = False
    settled = await life.act(f"/v1/deliveries/{delivery['id']}/settle", {"arrived": False, **SURE})
    assert settled["state"] == "queued"
    await life.house.at(MONDAY + minutes(70))
    assert route.sent.count("noemi@example.com") == 2
    assert (await mail(life))["state"] == "sent"
    assert (await life.follow_up("application_received"))["state"] == "sent"
    assert (await life.clock("acknowledge_application"))["state"] == "met"
    await life.house.at(MONDAY + timedelta(days=1))
    assert route.sent.count("noemi@example.com") == 2
    attempts = (await life.get(f"/v1/deliveries/{delivery['id']}"))["attempts"]
    assert [each["outcome"] for each in attempts] == ["not_sent", "accepted"]


async def test_a_suppressed_address_is_not_written_to(life: Life) -> None:
    """It is kept as a hash, stops what waits, and is allowed again by an administrator alone."""
    given = {"address": "Noemi@example.com", "reason": "asked us to stop"}
    made = await life.act("/v1/suppressions", given, status=201)
    assert "noemi" not in str(made).lower()
    assert await life.act("/v1/suppressions", given, status=201) == made
    assert await life.items("/v1/suppressions") == [made]
    life.apply(MONDAY)
    await life.house.at(MONDAY + minutes(30))
    assert [mail for mail in life.mails() if "noemi@" in mail.lower()] == []
    stopped = await life.follow_up("application_received")
    assert (stopped["state"], stopped["cause"]) == (
        "cancelled",
        "the address is suppressed: asked us to stop",
    )
    gone = {"address": "noemi@example.com"}
    assert await life.refused("/v1/suppressions/remove", gone) == (403, "not-allowed")
    await life.act("/v1/suppressions/remove", gone, "admin")
    assert await life.items("/v1/suppressions") == []
    assert await life.refused("/v1/suppressions/remove", gone, "admin") == (404, "not-found")
    bad = await life.ask("POST", "/v1/suppressions", "act", {**given, "address": "no address"})
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid-address")
    assert "no address" not in bad.text


async def test_a_stopped_way_out_is_restarted(life: Life) -> None:
    """The message waits unburnt, silence names operations, and a restart lets it leave at once."""
    folder = life.house.services.settings.data_dir / "mail"
    folder.write_text("a file where the folder should be")
    life.apply(MONDAY)
    await life.house.at(MONDAY + minutes(12))
    [stopped] = await life.items("/v1/routes")
    assert (stopped["route"], stopped["stopped_at"] is not None) == ("folder", True)
    assert (await life.get("/v1/silence"))["waiting_on"] == {"operations": 1}
    folder.unlink()
    assert await life.refused("/v1/routes/smtp/restart", None) == (404, "not-found")
    restarted = await life.act("/v1/routes/folder/restart", None)
    assert restarted["stopped_at"] is None
    assert await life.refused("/v1/routes/folder/restart", None) == (409, "wrong-state")
    await life.house.at(MONDAY + minutes(13))
    assert len(life.mails()) == 1
    assert (await life.get("/v1/silence"))["total"] == 0
