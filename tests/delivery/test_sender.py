"""In whose name mail goes out: the recruiter's where the domain is ours, else the connection's."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from app.delivery.signing import sender_of
from app.intake.config import ConnectionSettings
from app.mail.outbound import Address
from app.settings import Settings
from app.timeline.people import PersonData
from tests.flow.small import ADDRESS, MONDAY, open_small, webhook

SERVICE = Settings(_env_file=None, mail_from="talent@group.example", company_name="Ostwind")
HERE = ConnectionSettings(sender_name="Hiring at Südwind", sender_address="jobs@suedwind.example")
ROBIN = PersonData(name="Robin Reyes", email="robin@suedwind.example")


@pytest.mark.parametrize(
    ("here", "sender", "reply_to"),
    [
        (HERE, Address("Robin Reyes", "robin@suedwind.example"), None),
        (
            ConnectionSettings(),
            Address("Robin Reyes (Ostwind)", "talent@group.example"),
            Address("Robin Reyes", "robin@suedwind.example"),
        ),
    ],
    ids=["own-domain", "service"],
)
def test_a_recruiter_writes_from_their_own_address_where_the_domain_is_ours(
    here: ConnectionSettings, sender: Address, reply_to: Address | None
) -> None:
    """Ours is the connection's domain where it has one."""
    assert sender_of(SERVICE, here, ROBIN) == (sender, reply_to)


async def test_a_connection_sends_from_its_own_address(database_url: str, tmp_path: Path) -> None:
    """A group with several companies: each writes under its own name, whoever signs."""
    sender: dict[str, Any] = {"sender_name": "Hiring at Südwind", "sender_address": "jobs@suedwind.example"}
    async with open_small(database_url, tmp_path, **sender) as small:
        await small.hear(webhook("new_candidate_application", MONDAY))
        await small.at(MONDAY + timedelta(minutes=11))
        read = [message_from_bytes(raw, policy=policy.default) for _, raw in small.route.sent]
        [mail] = [mail for mail in read if ADDRESS in str(mail["To"])]
        assert mail["From"].addresses[0].addr_spec == "jobs@suedwind.example"
        assert mail["Reply-To"].addresses[0].addr_spec == "mara.bexley@ostwind.example"
