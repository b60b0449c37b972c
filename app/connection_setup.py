"""Connecting an account: its webhooks created through the vendor's API where that is allowed, else told."""

from collections.abc import Sequence

from app.ats.steps import Done, Signer
from app.ats.vendor import VENDORS, Vendor
from app.db import unit_of_work
from app.errors import VendorError
from app.intake import connections as stored
from app.intake.models import Connection
from app.services import Services
from app.vendors import Vendors


async def create_webhooks(services: Services, connection_id: str) -> Sequence[str]:
    """Creates the webhooks that are missing, and says what came of it or what is left to do by hand.

    The connection must be committed: a vendor may knock while a webhook is being created. Raises
    `UnknownConnection`.
    """
    async with services.sessions() as session:
        connection = await stored.get(session, connection_id)
    vendor, url = VENDORS[connection.vendor], stored.webhook_url(services.settings.public_url, connection_id)
    secrets = stored.secrets_of(connection, services.vault)
    if vendor.api is not None and secrets.may_ask:
        vendors = Vendors(services.sessions, services.vault)
        try:
            _, client = await vendors.client(connection_id)
            done = await client.walk(
                lambda answers: vendor.setup.create_step(
                    url, secrets.signing_secrets[0], answers, client.base
                )
            )
        except VendorError as refused:
            return [
                f"{vendor.TITLE} did not create the webhooks: {refused.detail}",
                "",
                *_by_hand(vendor, connection, url),
            ]
        finally:
            await vendors.aclose()
        if done is not None:
            await _keep(services, connection_id, done)
            return [f"{vendor.TITLE} has created the webhooks to {url}.", *done.left]
    return _by_hand(vendor, connection, url)


async def _keep(services: Services, connection_id: str, done: Done) -> None:
    """The secrets that the vendor made, beside those known: webhooks may be on their way."""
    if done.secrets:
        async with unit_of_work(services.sessions) as session:
            await stored.add_secrets(session, services.vault, connection_id, done.secrets)


def _by_hand(vendor: Vendor, connection: Connection, url: str) -> list[str]:
    lines = list(vendor.setup.by_hand(url))
    if not lines:
        return [
            f"{vendor.TITLE}'s webhooks, to {url}, are created through its API only.",
            f"Enter credentials with `heardback connections credentials {connection.id}`,",
            f"then: heardback connections webhooks {connection.id}",
        ]
    if vendor.setup.SIGNER is Signer.VENDOR:
        lines += [
            "",
            f"{vendor.TITLE} shows the secret that signs them; enter it here:",
            f"  heardback connections rotate-secret {connection.id} --secret …",
        ]
    return lines
