"""A provider that signs a token and not the body: each is good for one body, over HTTP and on Postgres."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from app.db import unit_of_work
from app.delivery.hook_models import Hook, HookNonce, ReceiptRow
from app.delivery.hook_queue import tidy_hooks
from app.demo.mailgun_hooks import receipt, signature
from app.mail.hooks import ReceiptKind
from app.main import create_app, open_hook_door
from tests.flow.serving import served
from tests.flow.small import MONDAY, Small, open_small

KEY = "key-of-these-tests"
_RECEIPTS = {
    "mailgun": {"provider": "mailgun", "secrets": [KEY]},
    "elsewhere": {"provider": "mailgun", "secrets": [KEY]},
}
_LISTENING = {name: {"kind": "listen", "receipts": given} for name, given in _RECEIPTS.items()}
WAYS_BACK = json.dumps({"routes": {"out": {"kind": "folder", "directory": "mail"}, **_LISTENING}})
TOKEN = signature(KEY, MONDAY, 1)


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """The service, with two routes that share a signing key."""
    async with open_small(database_url, tmp_path) as opened:
        given = {"mail_routes": SecretStr(WAYS_BACK)}
        opened.services.settings = opened.services.settings.model_copy(update=given)
        yield opened


@pytest_asyncio.fixture
async def mailgun(small: Small) -> AsyncIterator[httpx.AsyncClient]:
    """Mailgun's side of the wire."""
    app = create_app(small.services)
    app.state.hook_door = open_hook_door(small.services)
    async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=20) as client:
        yield client


def about(address: str, token: dict[str, str] = TOKEN) -> tuple[dict[str, str], bytes]:
    """A receipt that tells of a delivery to that address, under that token."""
    message = {
        "id": "m-1@ostwind.example",
        "at": MONDAY,
        "to": address,
        "tags": [],
        "variables": {},
        "subject": "-",
    }
    return receipt(message, ReceiptKind.DELIVERED, token)


async def post(client: httpx.AsyncClient, hook: tuple[dict[str, str], bytes], route: str = "mailgun") -> int:
    """What it hears."""
    answer = await client.post(f"/mail/{route}/receipts", headers=hook[0], content=hook[1])
    return answer.status_code


async def test_a_token_is_good_for_one_body(small: Small, mailgun: httpx.AsyncClient) -> None:
    """The same bytes again are a second delivery, answered with success; others are refused for good."""
    genuine, forged = about("first@example.net"), about("second@example.net")
    assert [await post(mailgun, genuine), await post(mailgun, genuine)] == [200, 200]
    answer = await mailgun.post("/mail/mailgun/receipts", headers=forged[0], content=forged[1])
    assert (answer.status_code, answer.json()["code"]) == (406, "replayed")
    assert await post(mailgun, genuine) == 200
    await small.drain()
    (row,) = await small.rows(ReceiptRow)
    assert row.address_hash == small.services.vault.address_hash("first@example.net")


async def test_a_repeat_that_is_signed_anew_is_heard(small: Small, mailgun: httpx.AsyncClient) -> None:
    """Its token is another one; what it tells is known already."""
    assert await post(mailgun, about("first@example.net")) == 200
    again = about("first@example.net", signature(KEY, MONDAY + timedelta(minutes=5), 2))
    assert await post(mailgun, again) == 200
    await small.drain()
    assert (len(await small.rows(Hook)), len(await small.rows(ReceiptRow))) == (2, 1)


async def test_no_other_route_and_no_other_use_takes_it_either(
    small: Small, mailgun: httpx.AsyncClient
) -> None:
    """Two routes may share a key: one webhook to both is heard by both, another body by neither."""
    genuine, forged = about("first@example.net"), about("second@example.net")
    assert [await post(mailgun, genuine), await post(mailgun, genuine, "elsewhere")] == [200, 200]
    assert await post(mailgun, forged, "elsewhere") == 406
    inbound = await mailgun.post("/mail/mailgun/inbound", headers=forged[0], content=forged[1])
    assert inbound.status_code == 406
    assert sorted(hook.route for hook in await small.rows(Hook)) == ["elsewhere", "mailgun"]


async def test_of_many_bodies_at_once_one_is_heard(small: Small, mailgun: httpx.AsyncClient) -> None:
    """However they race."""
    bodies = [about(f"n{number}@example.net") for number in range(6)]
    answers = await asyncio.gather(*(post(mailgun, body) for body in bodies))
    assert sorted(answers) == [200, *[406] * 5]
    assert len(await small.rows(Hook)) == 1


async def test_a_forged_signature_uses_up_nothing(small: Small, mailgun: httpx.AsyncClient) -> None:
    """Whoever cannot sign cannot spend a token before Mailgun does."""
    assert await post(mailgun, about("x@example.net", {**TOKEN, "signature": "0" * 64})) == 401
    assert await small.rows(HookNonce) == []
    assert await post(mailgun, about("first@example.net")) == 200


@pytest.mark.parametrize(("days", "left"), [(39, 1), (41, 0)])
async def test_tokens_are_kept_as_long_as_webhooks(
    small: Small, mailgun: httpx.AsyncClient, days: int, left: int
) -> None:
    """Long after a signature has ceased to be fresh; then they go."""
    await post(mailgun, about("first@example.net"))
    await small.drain()
    async with unit_of_work(small.services.sessions) as session:
        await tidy_hooks(session, MONDAY + timedelta(days=days))
    assert (len(await small.rows(HookNonce)), len(await small.rows(Hook))) == (left, left)
