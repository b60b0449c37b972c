"""A service with the way back of two routes, spoken to over HTTP, and its flow with time held."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from app.delivery.hook_fetch import Certificates
from app.delivery.hook_sources import HookSource, sources_of
from app.delivery.models import Delivery
from app.demo.brevo_hooks import posted, receipt_body
from app.demo.resend_hooks import receipt_body as resend_body
from app.demo.resend_hooks import signed
from app.mail import brevo
from app.mail.hooks import ReceiptKind
from app.main import create_app, open_hook_door
from app.settings import Settings
from tests.flow.small import Small, open_small

BREVO = "a-bearer-of-these-tests"
RESEND = "whsec_YS1zZWNyZXQtb2YtdGhlc2UtdGVzdHM="
TOPIC = "arn:aws:sns:eu-central-1:111122223333:heardback"
_RECEIPTS: dict[str, dict[str, Any]] = {
    "twin": {"provider": "brevo", "secrets": [BREVO]},
    "resend": {"provider": "resend", "secrets": [RESEND]},
    "postmark": {"provider": "postmark", "secrets": ["hook:pass"]},
    "ses": {"provider": "ses", "topics": [TOPIC]},
}
_LISTENING = {name: {"kind": "listen", "receipts": given} for name, given in _RECEIPTS.items()}
WAYS_BACK = json.dumps({"routes": {"out": {"kind": "folder", "directory": "mail"}, **_LISTENING}})
Hook = tuple[Mapping[str, str], bytes]


class Door:
    """The service's door for mail providers."""

    def __init__(self, small: Small, client: httpx.AsyncClient, app: Any) -> None:
        self.small, self.client, self.app = small, client, app

    async def post(self, hook: Hook, path: str = "/mail/twin/receipts") -> httpx.Response:
        """What the provider hears."""
        return await self.client.post(path, headers=dict(hook[0]), content=hook[1])

    async def told(self, delivery: Delivery, *kinds: ReceiptKind, email: str) -> None:
        """Brevo tells these of that mail, in this order; then all is drained."""
        for kind in kinds:
            answer = await self.post(receipt(delivery.id, delivery.created_at, kind, email))
            assert answer.status_code == 200, answer.text
        await self.small.drain()


def receipt(send_id: str, accepted: datetime, kind: ReceiptKind, email: str) -> Hook:
    """Brevo's webhook about that mail."""
    message = {
        "acceptedAt": accepted.isoformat(),
        "to": [{"email": email}],
        "messageId": f"<{send_id}.wire@smtp-relay.mailin.example>",
        "subject": "-",
        "tags": [f"{brevo.TAG}{send_id}"],
    }
    return posted(receipt_body(message, kind), BREVO)


def resend_receipt(send_id: str, kind: ReceiptKind, at: datetime) -> Hook:
    """Resend's webhook about a mail."""
    message = {
        "id": "5f0e7a10-0000-4000-8000-000000000001",
        "message_id": "<x@resend.example>",
        "created_at": at.isoformat(),
        "from": "a@ostwind.example",
        "to": ["b@example.net"],
        "subject": "-",
        "tags": [{"name": "hb_send", "value": send_id}],
    }
    return signed(resend_body(message, kind), RESEND, at)


@asynccontextmanager
async def open_door(database_url: str, folder: Path) -> AsyncIterator[Door]:
    """The flow on that database, with its application in process."""
    async with open_small(database_url, folder) as small:
        given = small.services.settings.model_copy(update={"mail_routes": SecretStr(WAYS_BACK)})
        small.services.settings = given
        app = create_app(small.services)
        app.state.hook_door = open_hook_door(small.services)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://heardback") as client:
            yield Door(small, client, app)


def sources() -> Mapping[str, HookSource]:
    """The ways back of these tests."""
    return sources_of(Settings(_env_file=None, mail_routes=SecretStr(WAYS_BACK)))


class Certified(Certificates):
    """Gives one certificate and remembers what was asked for."""

    def __init__(self, pem: bytes) -> None:
        self.asked: list[str] = []

        async def fetch(url: str) -> bytes:
            self.asked.append(url)
            return pem

        super().__init__(fetch)
