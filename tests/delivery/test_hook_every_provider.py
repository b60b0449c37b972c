"""Receipts of every provider, posted by its simulator at the served application: from send to rank."""

import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.delivery.hook_door import HookDoor
from app.delivery.hook_models import Hook, ReceiptRow
from app.delivery.hook_sources import sources_of
from app.delivery.models import Delivery, Suppression
from app.delivery.routing import Routes
from app.followups.models import FollowUp
from app.mail.hooks import ReceiptKind
from app.mail.providers import HOOKS
from app.main import create_app
from tests.delivery.receipts_house import Certified
from tests.flow.serving import served
from tests.flow.small import ADDRESS, MONDAY, Small, open_small, webhook
from tests.mail.providers import PROVIDERS

DUE = MONDAY + timedelta(minutes=11)
LATE = timedelta(hours=8)
K = ReceiptKind
Posted = tuple[Mapping[str, str], bytes]
_EVENTS: Mapping[ReceiptKind, tuple[str, dict[str, Any]]] = {
    K.SENT: ("Send", {}),
    K.DELIVERED: ("Delivery", {}),
    K.OPENED: ("Open", {}),
    K.BOUNCED_HARD: (
        "Bounce",
        {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": ADDRESS}],
        },
    ),
}
_RECORDS: Mapping[ReceiptKind, tuple[str, dict[str, Any]]] = {
    K.DELIVERED: ("Delivery", {"Recipient": ADDRESS, "DeliveredAt": "2026-11-02T09:11:05Z"}),
    K.OPENED: ("Open", {"Recipient": ADDRESS, "ReceivedAt": "2026-11-02T09:11:20Z"}),
    K.BOUNCED_HARD: (
        "Bounce",
        {
            "Type": "HardBounce",
            "ID": 4711,
            "Email": ADDRESS,
            "BouncedAt": "2026-11-02T09:11:30Z",
            "Inactive": True,
        },
    ),
}
"""As Postmark's documentation shows them; its simulator posts none."""


def _posted(far: Any, send_id: str, kind: ReceiptKind) -> Posted:
    made: list[Posted] = far.receipts(send_id, kind)
    return made[0]


def _amazons(far: Any, send_id: str, kind: ReceiptKind) -> Posted:
    event, told = _EVENTS[kind]
    made: Posted = far.receipt(send_id, event, DUE, **told)
    return made


def _postmarks(far: Any, send_id: str, kind: ReceiptKind) -> Posted:
    (message,) = (each for each in far.messages if each["Metadata"]["hb_send"] == send_id)
    record, told = _RECORDS[kind]
    about = {"MessageID": message["MessageID"], "Metadata": message["Metadata"], "MessageStream": "outbound"}
    body = json.dumps({"RecordType": record, **about, **told}).encode()
    return {"authorization": f"Basic {base64.b64encode(b'hook:pass').decode()}"}, body


def _other_bearer(hook: Posted) -> Posted:
    return {**hook[0], "authorization": "Bearer somebody-else"}, hook[1]


def _other_body(hook: Posted) -> Posted:
    return hook[0], hook[1].replace(ADDRESS.encode(), b"somebody.else@example.org")


def _other_proof(hook: Posted) -> Posted:
    body = json.loads(hook[1])
    body["signature"]["signature"] = "0" * 64
    return hook[0], json.dumps(body).encode()


@dataclass(frozen=True)
class Row:
    """One provider: what its route is told to believe, how its simulator posts, and what a forger would post.

    ``early`` is a kind that says less than *delivered*; None where the provider posts no such thing.
    """

    proof: Callable[[Any], dict[str, Any]]
    forge: Callable[[Posted], Posted]
    post: Callable[[Any, str, ReceiptKind], Posted] = _posted
    early: ReceiptKind | None = K.QUEUED


ROWS: Mapping[str, Row] = {
    "postmark": Row(lambda far: {"secrets": ["hook:pass"]}, _other_bearer, _postmarks, None),
    "resend": Row(lambda far: {"secrets": [far.secret]}, _other_body, early=K.SENT),
    "brevo": Row(lambda far: {"secrets": [far.secret]}, _other_bearer),
    "sendgrid": Row(lambda far: {"public_keys": [far.public_key]}, _other_body),
    "mailgun": Row(lambda far: {"secrets": [far.signing_key]}, _other_proof),
    "ses": Row(lambda far: {"topics": [far.topic]}, _other_body, _amazons, K.SENT),
}


@dataclass
class Stage:
    """A service whose mail leaves by that provider, which knows where to post."""

    name: str
    small: Small
    far: Any
    client: httpx.AsyncClient
    mail: Delivery

    @property
    def row(self) -> Row:
        return ROWS[self.name]

    async def post(self, hook: Posted) -> httpx.Response:
        headers = {"content-type": "application/json", **hook[0]}
        return await self.client.post(f"/mail/{self.name}/receipts", headers=headers, content=hook[1])

    async def told(self, *kinds: ReceiptKind) -> None:
        """The provider posts these, in this order; each is answered with its success."""
        for kind in kinds:
            answer = await self.post(self.row.post(self.far, self.mail.id, kind))
            assert (answer.status_code, answer.content) == (HOOKS[self.name].ANSWERS.success, b""), (
                answer.text
            )

    async def heard(self) -> str | None:
        found: Delivery = await self.small.one(Delivery, id=self.mail.id)
        return found.receipt

    async def kinds(self) -> list[str]:
        return sorted(row.kind for row in await self.small.rows(ReceiptRow))

    def later(self, span: timedelta) -> None:
        """The provider's time goes on, and the machine's: the business day does not."""
        self.small.machine.advance(span)
        self.far.at = self.small.machine.at


@asynccontextmanager
async def staged(name: str, database_url: str, folder: Path) -> AsyncIterator[Stage]:
    """An application was made and its acknowledgement has left through the simulator."""
    known = next(each for each in PROVIDERS if each.name == name)
    async with AsyncExitStack() as stack:
        far = await stack.enter_async_context(known.simulator())
        far.at = DUE
        route = await stack.enter_async_context(known.route(far))
        small = await stack.enter_async_context(open_small(database_url, folder))
        small.flow, small.machine.at = replace(small.flow, routes=Routes.single(route)), DUE
        listening = {"kind": "listen", "receipts": {"provider": name, **ROWS[name].proof(far)}}
        routes = {"out": {"kind": "folder", "directory": "mail"}, name: listening}
        document = SecretStr(json.dumps({"routes": routes}))
        services = small.services
        services.settings = services.settings.model_copy(update={"mail_routes": document})
        app = create_app(services)
        url = await stack.enter_async_context(served(app))
        if name == "ses":
            app.state.hook_door = _certified(small, far)
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, trust_env=False))
        await small.hear(webhook("new_candidate_application", MONDAY))
        await small.drain()
        await small.at(DUE)
        follow_up = await small.one(FollowUp, kind="application_received")
        mail = await small.one(Delivery, follow_up_id=follow_up.id, channel="mail")
        assert mail.state == "sent"
        yield Stage(name, small, far, client, mail)


def _certified(small: Small, far: Any) -> HookDoor:
    """The door with the certificate of the simulator, which is none of Amazon's."""
    services = small.services
    return HookDoor(
        sources=sources_of(services.settings),
        sessions=services.sessions,
        vault=services.vault,
        machine_now=services.machine_now,
        nudge=lambda: None,
        certificates=Certified(far.certificate),
    )


@pytest.mark.parametrize("name", list(ROWS))
async def test_twice_late_and_out_of_order(name: str, database_url: str, tmp_path: Path) -> None:
    """Stored before it is read; each counted once; the weightiest tells the state, whenever it comes."""
    async with staged(name, database_url, tmp_path) as stage:
        await stage.told(K.DELIVERED, K.OPENED)
        hooks = await stage.small.rows(Hook)
        assert [hook.state for hook in hooks] == ["pending"] * 2
        assert (await stage.heard(), await stage.kinds()) == (None, [])
        await stage.small.flow.receipts()
        assert (await stage.heard(), await stage.kinds()) == ("delivered", ["delivered", "opened"])

        stage.later(LATE)
        early: Sequence[ReceiptKind] = [stage.row.early] if stage.row.early else []
        for kinds, heard in ((early, "delivered"), ([K.DELIVERED, K.BOUNCED_HARD], "bounced_hard")):
            for _ in range(2):
                await stage.told(*kinds)
                await stage.small.flow.receipts()
                assert await stage.heard() == heard
        once = sorted(["delivered", "opened", *(str(kind) for kind in early)])
        assert await stage.kinds() == sorted([*once, "bounced_hard"])
        assert {hook.state for hook in await stage.small.rows(Hook)} == {"done"}
        address = (await stage.small.one(Suppression)).address_hash
        assert address == stage.small.services.vault.address_hash(ADDRESS)


@pytest.mark.parametrize("name", list(ROWS))
async def test_what_is_not_proven_is_refused(name: str, database_url: str, tmp_path: Path) -> None:
    """With the status that this provider bears, and no trace; the genuine one counts, whatever follows."""
    async with staged(name, database_url, tmp_path) as stage:
        genuine = stage.row.post(stage.far, stage.mail.id, K.BOUNCED_HARD)
        forged = stage.row.forge(genuine)
        assert forged != genuine
        for hook in (forged, ({}, forged[1])):
            answer = await stage.post(hook)
            assert (answer.status_code, answer.json()["code"]) == (
                HOOKS[name].ANSWERS.refused,
                "bad-signature",
            )
        assert await stage.small.rows(Hook) == []
        assert (await stage.post(genuine)).status_code == HOOKS[name].ANSWERS.success
        await stage.small.flow.receipts()
        assert await stage.heard() == "bounced_hard"
        await stage.told(K.DELIVERED)
        await stage.small.flow.receipts()
        assert await stage.heard() == "bounced_hard"
