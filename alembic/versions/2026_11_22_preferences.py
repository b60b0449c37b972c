"""How members want to hear from us, the digest that gathers their nudges, and why a message was held back.

Revision ID: 000000000008
Revises: 000000000007
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000008"
down_revision: str | Sequence[str] | None = "000000000007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("follow_up", sa.Column("held_for", sa.String(), nullable=True))
    op.add_column("follow_up", sa.Column("digest_id", sa.String(), nullable=True))
    op.create_index(op.f("ix_follow_up_digest_id"), "follow_up", ["digest_id"])
    op.add_column("application", sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "preference",
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("webhook", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_preference_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("connection_id", "member", name=op.f("pk_preference")),
    )


def downgrade() -> None:
    op.drop_table("preference")
    op.drop_column("application", "heard_at")
    op.execute("UPDATE follow_up SET state = 'planned' WHERE state = 'gathered'")
    op.drop_index(op.f("ix_follow_up_digest_id"), table_name="follow_up")
    op.drop_column("follow_up", "digest_id")
    op.drop_column("follow_up", "held_for")
