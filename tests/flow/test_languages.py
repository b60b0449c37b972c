"""Each candidate reads their own language, on the whole way from the webhook to the mail that leaves."""

import email
import email.policy
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from app.ats.generic import signature
from app.db import unit_of_work
from app.intake import connections
from app.intake.config import ConnectionSecrets, ConnectionSettings
from app.messages.models import Message
from tests.flow.house import House, open_house

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KEY = "a-key-for-the-generic-door-of-this-test"
READERS = {
    "anna": "de-AT",
    "noemi": "fr",
    "lucia": "es_MX",
    "sven": "sv",
    "ada": "en-US",
}


def _applies(name: str) -> bytes:
    told: dict[str, Any] = {
        "type": "application.created",
        "occurred_at": MONDAY.isoformat(),
        "application": {
            "id": f"a-{name}",
            "stage": {"name": "Review"},
            "recruiter": {"id": "u-1", "name": "Mia Berger", "email": "mia@example.com"},
        },
        "candidate": {
            "id": f"c-{name}",
            "first_name": name.title(),
            "last_name": "Adler",
            "email": f"{name}@example.com",
            "locale": READERS[name],
        },
        "job": {"id": "j-3", "name": "Welder"},
    }
    return json.dumps(told).encode()


async def _connected(house: House) -> str:
    async with unit_of_work(house.services.sessions) as session:
        connection = await connections.add(
            session,
            house.services.vault,
            vendor="generic",
            name="Our own",
            settings=ConnectionSettings(locale="fr", time_zone="Europe/Berlin"),
            secrets=ConnectionSecrets(signing_secrets=[KEY]),
            now=MONDAY,
            trial=True,
        )
        return connection.id


async def _tell(house: House, connection: str, name: str) -> None:
    body, moment = _applies(name), int(time.time())
    headers = {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(name, moment, body, KEY),
    }
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{house.url}/webhooks/{connection}", content=body, headers=headers)
    assert answer.status_code == 202, answer.text


def _mails(folder: Path) -> dict[str, str]:
    found = {}
    for file in folder.glob("*.eml"):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        text = mail.get_body(("plain",))
        assert text is not None
        found[str(mail["To"].addresses[0].username)] = f"{mail['Subject']}\n{text.get_content()}"
    return found


async def test_each_candidate_is_written_to_in_their_language(database_url: str, tmp_path: Path) -> None:
    """German, French, Spanish and American dates; Swedish words are not there, so the connection's are."""
    async with open_house(database_url, tmp_path, MONDAY, poll=False) as house:
        connection = await _connected(house)
        for name in READERS:
            await _tell(house, connection, name)
        await house.at(MONDAY + timedelta(hours=24))

        mails = _mails(tmp_path / "mail")
        assert mails.keys() == READERS.keys()
        told = {
            "anna": ("Guten Tag Anna Adler,", "jemand aus unserem Team liest", "Montag, 9. November 2026"),
            "noemi": ("Bonjour Noemi,", "lit votre candidature", "lundi 9 novembre 2026"),
            "lucia": ("Hola, Lucia:", "lee su candidatura", "lunes 9 de noviembre de 2026"),
            "sven": ("Bonjour Sven,", "lit votre candidature", "lundi 9 novembre 2026"),
            "ada": ("Hello Ada,", "reads your application", "Monday, November 9, 2026"),
        }
        for name, said in told.items():
            for words in said:
                assert words in mails[name], mails[name]
        locales = {message.locale for message in await house.rows(Message)}
        assert locales == {"de-AT", "fr", "es-MX", "en-US"}
