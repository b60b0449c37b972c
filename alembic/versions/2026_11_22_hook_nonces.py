"""What a provider's webhook signs in place of its body is used once.

Revision ID: 000000000017
Revises: 000000000016
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000017"
down_revision: str | Sequence[str] | None = "000000000016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "hook_nonce",
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce"),
    )
    op.create_index("ix_hook_nonce_first_at", "hook_nonce", ["first_at"])


def downgrade() -> None:
    op.drop_table("hook_nonce")
