"""Connections and events over the JSON API."""

import pytest

from app.db import unit_of_work
from app.intake import connections
from app.intake.models import Event, RawBody
from tests.api.house import NOON, House

NEW = {"vendor": "greenhouse", "name": "Berlin", "client_id": "id", "client_secret": "a-client-secret"}


async def test_a_connection_is_made_shown_and_found(house: House) -> None:
    """The signing secret is in the answer that makes it, and nowhere after."""
    admin = await house.headers("admin")
    made = (await house.client.post("/v1/connections", headers=admin, json=NEW)).json()
    secret = made.pop("signing_secret")
    assert len(secret) >= 32
    assert made["webhook_url"] == f"http://127.0.0.1:8321/webhooks/{made['id']}"
    shown = await house.client.get(f"/v1/connections/{made['id']}", headers=admin)
    listed = await house.client.get("/v1/connections", headers=await house.headers("read"))
    assert shown.json() == made
    assert listed.json()["items"] == [made]
    assert secret not in shown.text
    async with unit_of_work(house.services.sessions) as session:
        kept = connections.secrets_of(await connections.get(session, made["id"]), house.services.vault)
    assert (kept.signing_secrets, kept.client_secret) == ([secret], "a-client-secret")


async def test_a_given_signing_secret_is_not_repeated(house: House) -> None:
    """Whoever sent it has it."""
    body = {**NEW, "signing_secret": "one-that-the-ats-made"}
    made = await house.client.post("/v1/connections", headers=await house.headers("admin"), json=body)
    assert (made.status_code, made.json()["signing_secret"]) == (201, None)
    assert "one-that-the-ats-made" not in made.text


async def test_rotating_keeps_the_old_secret_until_it_is_retired(house: House) -> None:
    """So that no webhook is refused while the new one is entered in the ATS."""
    admin = await house.headers("admin")
    made = (await house.client.post("/v1/connections", headers=admin, json=NEW)).json()
    place = f"/v1/connections/{made['id']}"
    new = (await house.client.post(f"{place}/rotate-secret", headers=admin, json={})).json()["signing_secret"]

    async def active() -> list[str]:
        async with unit_of_work(house.services.sessions) as session:
            connection = await connections.get(session, made["id"])
            return connections.secrets_of(connection, house.services.vault).signing_secrets

    assert await active() == [new, made["signing_secret"]]
    assert (await house.client.post(f"{place}/retire-old-secret", headers=admin)).status_code == 204
    assert await active() == [new]


async def test_where_the_api_key_signs_it_is_the_signing_secret(house: House) -> None:
    """Workable knows no other: a secret of ours would refuse every webhook."""
    admin, key = await house.headers("admin"), "a-token-with-all-scopes"
    body = {"vendor": "workable", "name": "W", "settings": {"site": "acme"}, "api_key": f" {key}\n"}
    made = (await house.client.post("/v1/connections", headers=admin, json=body)).json()
    assert made["signing_secret"] is None
    async with unit_of_work(house.services.sessions) as session:
        kept = connections.secrets_of(await connections.get(session, made["id"]), house.services.vault)
    assert (kept.signing_secrets, kept.api_key) == ([key], key)
    place = f"/v1/connections/{made['id']}/rotate-secret"
    refused = await house.client.post(place, headers=admin, json={})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "secret")
    assert "credentials" in refused.json()["detail"]


async def test_where_the_ats_makes_the_secret_ours_is_neither_shown_nor_made(house: House) -> None:
    """Nobody could enter it there."""
    admin = await house.headers("admin")
    body = {"vendor": "recruitee", "name": "R", "settings": {"site": "acme"}, "api_key": "k"}
    made = (await house.client.post("/v1/connections", headers=admin, json=body)).json()
    assert made["signing_secret"] is None
    place = f"/v1/connections/{made['id']}/rotate-secret"
    refused = await house.client.post(place, headers=admin, json={})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "secret")
    taken = await house.client.post(place, headers=admin, json={"secret": "one-that-recruitee-shows"})
    assert taken.status_code == 200


async def test_only_what_is_given_changes(house: House) -> None:
    """A PATCH leaves the rest alone, and is audited by the names of its fields."""
    admin = await house.headers("admin")
    made = (await house.client.post("/v1/connections", headers=admin, json=NEW)).json()
    place = f"/v1/connections/{made['id']}"
    off = (await house.client.patch(place, headers=admin, json={"enabled": False})).json()
    assert (off["enabled"], off["name"], off["settings"]) == (False, "Berlin", made["settings"])
    wanted = {"settings": {"default_delivery": "note_only"}, "name": "Hamburg"}
    changed = (await house.client.patch(place, headers=admin, json=wanted)).json()
    assert (changed["name"], changed["settings"]["default_delivery"]) == ("Hamburg", "note_only")
    rows = (await house.client.get("/v1/audit", headers=admin)).json()["items"]
    assert [row["detail"] for row in rows[:2]] == [{"fields": ["name", "settings"]}, {"fields": ["enabled"]}]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"vendor": "unknown"}, "vendor"),
        ({"settings": {"time_zone": "Mars/Olympus"}}, "body.settings.time_zone"),
        ({"settings": {"stage_kinds": {"(": "interview"}}}, "body.settings.stage_kinds"),
        ({"settings": {"stage_kinds": {"(?:a{1,99999999999})": "x"}}}, "body.settings"),
        ({"settings": {"stage_kinds": {"(" * 5_000 + ")" * 5_000: "x"}}}, "body.settings"),
        ({"settings": {"base_url": "https://evil.example"}}, "base_url"),
        ({"settings": {"base_url": "http://["}}, "body.settings"),
        ({"settings": {"write_back": ["fax"]}}, "body.settings.write_back.0"),
        ({"settings": {"write_back": ["note", "task"]}}, "write_back"),
        ({"vendor": "generic", "settings": {"write_back": ["tag"]}}, "write_back"),
        ({"vendor": "generic", "settings": {"default_delivery": "note_only"}}, "default_delivery"),
        ({"vendor": "generic", "settings": {"delivery": {"moved_on": "note_only"}}}, "delivery"),
        ({"settings": {"default_delivery": "note_only"}, "client_secret": None}, "default_delivery"),
        ({"client_secret": "pasted\u200bsecret"}, "client_secret"),
        ({"vendor": "workable", "api_key": "short"}, "api_key"),
        ({"vendor": "workable", "api_key": "a-key-that-is-long-enough"}, "site"),
        ({"vendor": "lever", "api_key": "k", "settings": {"site": "mars"}}, "site"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(
    house: House, change: dict[str, object], field: str
) -> None:
    """A connection that could not work is not made."""
    admin = await house.headers("admin")
    refused = await house.client.post("/v1/connections", headers=admin, json={**NEW, **change})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert (await house.client.get("/v1/connections", headers=admin)).json()["items"] == []


async def test_an_unknown_connection_is_404(house: House) -> None:
    """For reading and for changing."""
    admin = await house.headers("admin")
    for answer in (
        await house.client.get("/v1/connections/con_none", headers=admin),
        await house.client.patch("/v1/connections/con_none", headers=admin, json={}),
        await house.client.post("/v1/connections/con_none/rotate-secret", headers=admin, json={}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-connection")


async def test_a_replay_makes_the_event_wait_again(house: House) -> None:
    """It is counted, audited and nudged; what came of it before is forgotten, what was sent is not."""
    await house.add_connection()
    await house.add_events(["evt_1"], state="dead", reason="unreadable", handled_at=NOON)
    act = await house.headers("act")
    told = (await house.client.post("/v1/events/evt_1/replay", headers=act)).json()
    assert (told["state"], told["reason"], told["handled_at"], told["replays"]) == ("pending", None, None, 1)
    assert (await house.client.get("/v1/events/evt_1", headers=act)).json() == told
    audit = await house.client.get("/v1/audit", headers=await house.headers("admin"))
    assert [(row["act"], row["subject"]) for row in audit.json()["items"]] == [("event.replayed", "evt_1")]
    assert len(house.nudges) == 1, "acts nudge, reads do not"


async def test_a_replay_that_makes_no_sense_is_refused(house: House) -> None:
    """An event that waits anyway, one that never was; and never without the scope."""
    await house.add_connection()
    await house.add_events(["evt_waits"], state="pending")
    await house.add_events(["evt_done"])
    act = await house.headers("act")
    for event_id, status in (("evt_waits", 409), ("evt_none", 404)):
        refused = await house.client.post(f"/v1/events/{event_id}/replay", headers=act)
        assert refused.status_code == status
    read = await house.headers("read")
    assert (await house.client.post("/v1/events/evt_done/replay", headers=read)).status_code == 403
    async with unit_of_work(house.services.sessions) as session:
        assert (await session.get_one(Event, "evt_done")).replays == 0
    assert house.nudges == []


async def test_a_replay_needs_no_body(house: House) -> None:
    """Retention takes the bytes; the facts that stayed are derived from again."""
    await house.add_connection()
    await house.add_events(["evt_gone"])
    async with unit_of_work(house.services.sessions) as session:
        await session.delete(await session.get_one(RawBody, "evt_gone"))
    act = await house.headers("act")
    replayed = await house.client.post("/v1/events/evt_gone/replay", headers=act)
    assert (replayed.status_code, replayed.json()["state"]) == (200, "pending")


async def test_settings_that_this_ats_cannot_keep_are_refused_by_a_change_as_well(house: House) -> None:
    """The field is named, and the connection stays as it was."""
    admin = await house.headers("admin")
    made = (await house.client.post("/v1/connections", headers=admin, json=NEW)).json()
    place = f"/v1/connections/{made['id']}"
    refused = await house.client.patch(place, headers=admin, json={"settings": {"write_back": ["email"]}})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "write_back")
    assert (await house.client.get(place, headers=admin)).json()["settings"] == made["settings"]
