"""How far the mailbox that answers and bounces come to has been read.

Revision ID: 000000000016
Revises: 000000000015
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000016"
down_revision: str | Sequence[str] | None = "000000000015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "imap_cursor",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imap_cursor")),
    )


def downgrade() -> None:
    op.drop_table("imap_cursor")
