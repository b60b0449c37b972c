"""Signatures under the master keys: for one purpose, and across a rotation."""

from datetime import UTC, datetime, timedelta

from app.db import make_engine, make_sessions, unit_of_work
from app.messages.models import ApprovalLink
from app.privacy.retention import tidy
from app.privacy.vault import Vault

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_a_signature_counts_for_its_purpose_and_its_data_alone() -> None:
    """Neither another purpose, other data, another key, nor too little of it passes."""
    vault = Vault([OLD])
    made = vault.sign("a", b"data")
    assert len(made) == 32
    assert vault.has_signed("a", b"data", made)
    assert vault.has_signed("a", b"data", made[:16])
    assert not vault.has_signed("a", b"data", made[:15])
    assert not vault.has_signed("a", b"data", b"")
    assert not vault.has_signed("b", b"data", made)
    assert not vault.has_signed("a", b"date", made)
    assert not vault.has_signed("a", b"data", made[:-1] + bytes([made[-1] ^ 1]))
    assert not Vault([NEW]).has_signed("a", b"data", made)


def test_it_outlives_a_rotation() -> None:
    """What the old key signed still counts while that key may open."""
    made = Vault([OLD]).sign("a", b"data")
    assert Vault([NEW, OLD]).has_signed("a", b"data", made)
    assert Vault([NEW, OLD]).sign("a", b"data") != made


async def test_old_links_go_after_their_time(database_url: str) -> None:
    """For 90 days an old link still says why it does nothing."""
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    # No follow-up is needed behind these links.
    statement = "ALTER TABLE approval_link DROP CONSTRAINT fk_approval_link_follow_up_id_follow_up"
    async with unit_of_work(sessions) as session:
        await (await session.connection()).exec_driver_sql(statement)
        for days in (89, 91):
            session.add(
                ApprovalLink(
                    id=f"lnk_{days}",
                    token_hash=bytes([days]),
                    created_at=NOW,
                    expires_at=NOW - timedelta(days=days),
                    follow_up_id="fup_1",
                    message_id="msg_1",
                    approver="member:1",
                ),
            )
    async with unit_of_work(sessions) as session:
        await tidy(session, now=NOW, machine_now=NOW, raw_body_days=60)
    async with sessions() as session:
        assert await session.get(ApprovalLink, "lnk_89") is not None
        assert await session.get(ApprovalLink, "lnk_91") is None
    await engine.dispose()
