"""Mails without a receipt: how often their provider was asked, when, and what it showed.

Revision ID: 000000000015
Revises: 000000000014
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000015"
down_revision: str | Sequence[str] | None = "000000000014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("checks", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("delivery", "checks", server_default=None)
    op.add_column("delivery", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("checked", sa.String(), nullable=True))
    op.create_index(
        "ix_delivery_checked",
        "delivery",
        ["checked_at"],
        postgresql_where=sa.text("checked_at IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_unheard",
        "delivery",
        ["settled_at"],
        postgresql_where=sa.text("state = 'sent' AND receipt IS NULL AND checked IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_unheard", table_name="delivery")
    op.drop_index("ix_delivery_checked", table_name="delivery")
    op.drop_column("delivery", "checked")
    op.drop_column("delivery", "checked_at")
    op.drop_column("delivery", "checks")
