"""What became of asking a language model about a message.

Revision ID: 000000000009
Revises: 000000000008
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000009"
down_revision: str | Sequence[str] | None = "000000000008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "rephrasing",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("follow_up_id", sa.String(), nullable=False),
        sa.Column("rephrased_id", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_up.id"], name=op.f("fk_rephrasing_follow_up_id_follow_up")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_rephrasing_message_id_message")
        ),
        sa.ForeignKeyConstraint(
            ["rephrased_id"], ["message.id"], name=op.f("fk_rephrasing_rephrased_id_message")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_rephrasing")),
        sa.UniqueConstraint("rephrased_id", name=op.f("uq_rephrasing_rephrased_id")),
    )
    op.create_index(op.f("ix_rephrasing_asked_at"), "rephrasing", ["asked_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_rephrasing_asked_at"), table_name="rephrasing")
    op.drop_table("rephrasing")
