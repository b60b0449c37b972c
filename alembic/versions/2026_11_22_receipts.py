"""What mail providers tell afterwards: webhooks as they came, receipts, people and domains that rest.

Revision ID: 000000000012
Revises: 000000000011
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op
from app.metrics.tally import RECEIPT_TRIGGER_DOWN, RECEIPT_TRIGGER_SQL

revision: str = "000000000012"
down_revision: str | Sequence[str] | None = "000000000011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MAIL = sa.text("channel = 'mail'")
_INDEXES = (
    ("ix_delivery_provider_id", "provider_id"),
    ("ix_delivery_wire_id", "wire_id"),
    ("ix_delivery_settled", "settled_at"),
)


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    for name, kind in (
        ("receipt", sa.String()),
        ("receipt_at", instant),
        ("receipt_detail", sa.String()),
        ("receipts_from", instant),
        ("sender_domain", sa.String()),
    ):
        op.add_column("delivery", sa.Column(name, kind, nullable=True))
    for index, column in _INDEXES:
        op.create_index(index, "delivery", [column], postgresql_where=_MAIL)
    op.create_table(
        "hook",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("act_at", instant, nullable=True),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook")),
        sa.UniqueConstraint("route", "kind", "dedupe_key", name=op.f("uq_hook_route_kind_dedupe_key")),
    )
    op.create_index("ix_hook_act", "hook", ["kind", "act_at"], postgresql_where=sa.text("act_at IS NOT NULL"))
    op.create_index("ix_hook_received", "hook", ["received_at"])
    op.create_table(
        "receipt",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=True),
        sa.Column("at", instant, nullable=True),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("suppress", sa.Boolean(), nullable=False),
        sa.Column("machine", sa.Boolean(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=True),
        sa.Column("send_id", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("wire_id", sa.String(), nullable=True),
        sa.Column("match_at", instant, nullable=True),
        sa.Column("matches", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_receipt_delivery_id_delivery")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("route", "key", name=op.f("uq_receipt_route_key")),
    )
    op.create_index(
        "ix_receipt_match", "receipt", ["match_at"], postgresql_where=sa.text("match_at IS NOT NULL")
    )
    op.create_index(op.f("ix_receipt_delivery_id"), "receipt", ["delivery_id"])
    op.create_table(
        "person_suppression",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_suppression_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_suppression")),
    )
    op.create_table(
        "sending_domain",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("paused_at", instant, nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("counts_from", instant, nullable=True),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_sending_domain")),
    )
    for statement in RECEIPT_TRIGGER_SQL:
        op.execute(statement)


def downgrade() -> None:
    for statement in RECEIPT_TRIGGER_DOWN:
        op.execute(statement)
    for table in ("sending_domain", "person_suppression", "receipt", "hook"):
        op.drop_table(table)
    op.execute("DELETE FROM tally WHERE figure = 'receipt'")
    for index, _ in _INDEXES:
        op.drop_index(index, table_name="delivery")
    for name in ("sender_domain", "receipts_from", "receipt_detail", "receipt_at", "receipt"):
        op.drop_column("delivery", name)
