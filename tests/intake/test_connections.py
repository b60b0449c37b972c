"""Connections: their settings, their secrets, and how secrets are rotated."""

import asyncio
import json
import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import unit_of_work
from app.errors import DatabaseAway, UnknownConnection, Unprocessable, VendorRefused
from app.ids import new_id
from app.intake import connections
from app.intake.config import ConnectionSecrets, ConnectionSettings
from app.intake.directory import Directory, Entry, read_entries
from app.intake.models import Connection
from app.vendors import Vendors
from tests.intake.house import NOON, SECRET, House


async def added(session: AsyncSession, house: House, **changed: object) -> Connection:
    given: dict[str, object] = {
        "vendor": "greenhouse",
        "name": "Another",
        "settings": ConnectionSettings(),
        "secrets": ConnectionSecrets(signing_secrets=[SECRET], client_id="us", client_secret="quite-secret"),
        "now": NOON,
    }
    return await connections.add(session, house.vault, **(given | changed))  # type: ignore[arg-type]


async def test_what_was_added_comes_back(house: House) -> None:
    """With its settings and its secrets; listed oldest first."""
    wanted = ConnectionSettings(default_delivery="note_only", delivery={"offer_news": "off"}, rate_share=0.25)
    async with unit_of_work(house.sessions) as session:
        made = await added(session, house, settings=wanted)
    async with unit_of_work(house.sessions) as session:
        found = await connections.get(session, made.id)
        assert (found.vendor, found.name, found.enabled, found.created_at) == (
            "greenhouse",
            "Another",
            True,
            NOON,
        )
        assert connections.settings_of(found) == wanted
        assert connections.secrets_of(found, house.vault).client_secret == "quite-secret"
        assert [one.id for one in await connections.list_all(session)] == [house.connection_id, made.id]
        with pytest.raises(UnknownConnection):
            await connections.get(session, new_id("con"))


async def test_secrets_are_sealed_at_rest_and_bound_to_their_connection(house: House) -> None:
    async with unit_of_work(house.sessions) as session:
        made = await added(session, house)
        assert SECRET.encode() not in made.secrets
        assert b"quite-secret" not in made.secrets
        with pytest.raises(Exception, match="altered"):
            connections.open_secrets(house.connection_id, made.secrets, house.vault)


def test_secrets_are_neither_printed_nor_told_by_errors() -> None:
    known = ConnectionSecrets(signing_secrets=[SECRET], client_secret="quite-secret", api_key="key-of-ours")
    for said in (repr(known), str(known)):
        assert SECRET not in said
        assert "quite-secret" not in said
        assert "key-of-ours" not in said
    with pytest.raises(ValidationError) as wrong:
        ConnectionSecrets(signing_secrets=["too-short"], client_secret=5)  # type: ignore[arg-type]
    assert "too-short" not in str(wrong.value)


async def test_rotation_keeps_two_newest_first_and_the_credentials(house: House) -> None:
    """A third secret pushes out the first; retiring leaves the newest alone."""
    async with unit_of_work(house.sessions) as session:
        made = await added(session, house)
        generated = await connections.rotate_secret(session, house.vault, made.id)
        assert connections.secrets_of(made, house.vault).signing_secrets == [generated, SECRET]
        given = await connections.rotate_secret(session, house.vault, made.id, "one-that-they-have-chosen")
        assert connections.secrets_of(made, house.vault).signing_secrets == [given, generated]
        await connections.rotate_secret(session, house.vault, made.id, given)
        assert connections.secrets_of(made, house.vault).signing_secrets == [given, generated]
        await connections.retire_old_secret(session, house.vault, made.id)
        left = connections.secrets_of(made, house.vault)
        assert (left.signing_secrets, left.client_id, left.client_secret) == ([given], "us", "quite-secret")
        for weak in ("short", "with spaces in between", "ünïcödé-all-the-way", ""):
            with pytest.raises(Unprocessable):
                await connections.rotate_secret(session, house.vault, made.id, weak)
        with pytest.raises(UnknownConnection):
            await connections.rotate_secret(session, house.vault, new_id("con"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"no_such_setting": 1},
        {"delivery": {"offer_news": "maybe"}},
        {"default_delivery": "Send"},
        {"time_zone": "Europe/Atlantis"},
        {"time_zone": "../etc/passwd"},
        {"stage_kinds": {"(": "interview"}},
        {"poll_every_seconds": 1},
        {"poll": "yes"},
        {"rate_share": 1.5},
    ],
)
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ConnectionSettings.model_validate(wrong)


async def test_what_an_older_version_knew_does_not_stop_a_newer_one(house: House) -> None:
    """A setting that is gone is passed over where it is stored, and refused where it is given."""
    async with unit_of_work(house.sessions) as session:
        made = await added(session, house)
        made.settings = {**made.settings, "gone_by_now": "public", "time_zone": "Europe/Berlin"}
        assert connections.settings_of(made).time_zone == "Europe/Berlin"


@pytest.mark.parametrize(
    "wrong", [{"sender_address": "no address"}, {"sender_name": "Two\r\nlines"}], ids=["address", "name"]
)
async def test_a_sender_that_no_server_takes_is_refused(house: House, wrong: dict[str, str]) -> None:
    """When it is set, and not one by one with each mail."""
    async with unit_of_work(house.sessions) as session:
        made = await added(session, house)
        with pytest.raises(Unprocessable) as refused:
            connections.change_settings(made, house.vault, ConnectionSettings.model_validate(wrong))
        assert refused.value.field == next(iter(wrong))


def test_every_setting_is_told_in_the_documentation() -> None:
    """Whoever looks for one finds it in the table, and none that is not there any more."""
    page = (Path(__file__).parents[2] / "docs" / "connections.md").read_text(encoding="utf-8")
    table = page.partition("## Settings")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert sorted(re.findall("`([a-z_]+)`", " ".join(rows))) == sorted(ConnectionSettings.model_fields)


def test_a_kind_goes_its_own_way_or_the_default_way() -> None:
    settings = ConnectionSettings(default_delivery="off", delivery={"offer_news": "send"})
    assert (settings.mode_of("offer_news"), settings.mode_of("moved_on")) == ("send", "off")


async def test_another_api_is_only_for_trying_out_and_only_on_this_machine(house: House) -> None:
    """A connection must not make the service call whatever address somebody enters."""
    here, elsewhere = "http://127.0.0.1:9000/v3", "https://harvest.invalid/v3"
    async with unit_of_work(house.sessions) as session:
        for field in ("base_url", "auth_url"):
            local = ConnectionSettings.model_validate({field: here})
            assert await added(session, house, settings=local, trial=True)
            far = ConnectionSettings.model_validate({field: elsewhere})
            for settings, trial in ((local, False), (far, True), (far, False)):
                with pytest.raises(Unprocessable) as refused:
                    await added(session, house, settings=settings, trial=trial)
                assert refused.value.field == field


async def test_a_vendor_must_be_known(house: House) -> None:
    async with unit_of_work(house.sessions) as session:
        with pytest.raises(Unprocessable, match="greenhouse"):
            await added(session, house, vendor="inkwell")


async def test_new_credentials_are_refused_by_name_and_a_signing_key_replaces_the_old_one(
    house: House,
) -> None:
    """What no request can hold is not kept; the key before stays accepted until the ATS uses the new one."""
    async with unit_of_work(house.sessions) as session:
        made = await added(session, house)
        for wrong in ("ключ", "pasted\u200bkey", "two\nlines", "k" * 501):
            with pytest.raises(Unprocessable) as refused:
                await connections.set_credentials(session, house.vault, made.id, {"api_key": wrong})
            assert refused.value.field == "api_key"
        with pytest.raises(Unprocessable) as refused:
            await connections.set_credentials(session, house.vault, made.id, {"api_key": "k"}, signs=True)
        assert refused.value.field == "api_key"
        fresh = "a-key-that-signs-as-well"
        await connections.set_credentials(session, house.vault, made.id, {"api_key": fresh}, signs=True)
        kept = connections.secrets_of(made, house.vault)
        assert (kept.signing_secrets, kept.api_key, kept.client_id) == ([fresh, SECRET], fresh, "us")


async def test_an_address_that_the_vendor_does_not_have_is_a_persons_to_correct(house: House) -> None:
    """Credentials may come before the site: then asking is refused in the words that name it."""
    async with unit_of_work(house.sessions) as session:
        bare = ConnectionSecrets(signing_secrets=[SECRET])
        made = await added(session, house, vendor="workable", secrets=bare)
        await connections.set_credentials(session, house.vault, made.id, {"api_key": "a-key-of-workable"})
    vendors = Vendors(house.sessions, house.vault)
    try:
        with pytest.raises(VendorRefused, match="subdomain"):
            await vendors.client(made.id)
    finally:
        await vendors.aclose()


async def test_secrets_of_a_newer_version_are_understood(house: House) -> None:
    """While it is rolled out or back, both versions read the same rows: no webhook is refused meanwhile."""
    async with unit_of_work(house.sessions) as session:
        row = await connections.get(session, house.connection_id)
        newer = {**connections.secrets_of(row, house.vault).model_dump(), "refresh_token": "not-known-yet"}
        row.secrets = house.vault.seal(json.dumps(newer).encode(), f"secrets of {row.id}")
    assert (await house.post(b'{"action":"ping"}')).status_code == 200


async def test_one_connection_that_cannot_be_opened_closes_no_other(house: House) -> None:
    """Its master key is lost: it is unknown at the door, the others work."""
    async with unit_of_work(house.sessions) as session:
        (await added(session, house)).secrets = b"not a box at all"
    body = b'{"action":"ping"}'
    assert (await house.post(body)).status_code == 200


async def test_the_table_is_read_rarely_and_secrets_are_opened_once() -> None:
    """Once for many webhooks, again after five seconds, and at most five times a second for strangers."""
    reads: list[float] = []
    now = [100.0]
    entry = Entry("con_here", None, ("secret",), b"sealed")  # type: ignore[arg-type]

    async def load(known: object) -> dict[str, Entry]:
        reads.append(now[0])
        return {"con_here": entry}

    directory = Directory(load, clock=lambda: now[0])
    for _ in range(50):
        assert await directory.find("con_here") is entry
    assert reads == [100.0]
    now[0] = 105.1
    await directory.find("con_here")
    assert reads == [100.0, 105.1]
    now[0] = 106.0
    for _ in range(3):
        with pytest.raises(UnknownConnection):
            await directory.find("con_elsewhere")
    assert len(reads) == 3


async def test_webhooks_that_arrive_during_a_reading_share_it() -> None:
    """Nobody who knocks while the table is being read makes it be read again, or waits for that."""
    readings: list[asyncio.Event] = []
    now = [100.0]
    entry = Entry("con_here", None, ("secret",), b"sealed")  # type: ignore[arg-type]

    async def load(known: object) -> dict[str, Entry]:
        readings.append(asyncio.Event())
        await readings[-1].wait()
        return {"con_here": entry}

    directory = Directory(load, clock=lambda: now[0])
    for round_ in range(2):
        knocking = []
        for _ in range(5):
            now[0] += 0.01
            knocking.append(asyncio.create_task(directory.find("con_here")))
            await asyncio.sleep(0)
        readings[-1].set()
        assert await asyncio.gather(*knocking) == [entry] * 5
        assert len(readings) == round_ + 1
        now[0] += 6


async def test_a_silent_database_is_waited_for_once_by_all() -> None:
    """However many knock meanwhile: they do not wait for it one after the other."""
    readings: list[asyncio.Event] = []
    now = [100.0]

    async def load(known: object) -> dict[str, Entry]:
        readings.append(asyncio.Event())
        await readings[-1].wait()
        now[0] += 4
        raise DatabaseAway

    directory = Directory(load, clock=lambda: now[0])
    knocking = []
    for _ in range(20):
        now[0] += 0.01
        knocking.append(asyncio.create_task(directory.find("con_here")))
        await asyncio.sleep(0)
    readings[0].set()
    told = await asyncio.wait_for(asyncio.gather(*knocking, return_exceptions=True), 5)
    assert [type(one) for one in told] == [DatabaseAway] * 20
    assert len(readings) == 1


async def test_a_pool_without_a_free_connection_is_a_database_away(house: House) -> None:
    """The door says so soon, whoever holds the connections."""
    async with AsyncExitStack() as held:
        for _ in range(10):
            session = await held.enter_async_context(house.sessions())
            await session.connection()
        with pytest.raises(DatabaseAway):
            await read_entries(house.sessions, house.vault, {}, patience=0.05)
    assert len(await read_entries(house.sessions, house.vault, {})) == 1
