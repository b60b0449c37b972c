"""Approvals have a clock, a named approver and links of their own, and keep what the person saw.

Revision ID: 000000000006
Revises: 000000000005
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision: str = "000000000006"
down_revision: str | Sequence[str] | None = "000000000005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("follow_up", sa.Column("approver", sa.String(), nullable=True))
    op.add_column("follow_up", sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("follow_up", sa.Column("nudges", sa.Integer(), server_default="0", nullable=False))
    op.add_column("approval", sa.Column("via", sa.String(), server_default="api", nullable=False))
    json = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.add_column("approval", sa.Column("saw", json, server_default=sa.text("'{}'"), nullable=False))
    # Drafts that wait already get their clock from now on: the first look asks nobody twice.
    op.execute(
        "UPDATE follow_up SET waits_since = updated_at, nudges = 1, act_at = updated_at "
        "WHERE state = 'waiting_approval'"
    )
    op.create_table(
        "approval_link",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("follow_up_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("approver", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_for", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_up.id"], name=op.f("fk_approval_link_follow_up_id_follow_up")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_approval_link_token_hash")),
    )
    op.create_index(op.f("ix_approval_link_follow_up_id"), "approval_link", ["follow_up_id"])
    op.create_index(op.f("ix_approval_link_expires_at"), "approval_link", ["expires_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_approval_link_expires_at"), table_name="approval_link")
    op.drop_index(op.f("ix_approval_link_follow_up_id"), table_name="approval_link")
    op.drop_table("approval_link")
    op.drop_column("approval", "saw")
    op.drop_column("approval", "via")
    op.execute("UPDATE follow_up SET act_at = NULL WHERE state = 'waiting_approval'")
    op.execute("UPDATE follow_up SET state = 'failed' WHERE state = 'expired'")
    op.drop_column("follow_up", "nudges")
    op.drop_column("follow_up", "waits_since")
    op.drop_column("follow_up", "approver")
