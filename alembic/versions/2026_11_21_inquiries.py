"""What webhooks only name is asked of the API; each polled resource remembers where to go on.

Revision ID: 000000000005
Revises: 000000000004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision: str = "000000000005"
down_revision: str | Sequence[str] | None = "000000000004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "inquiry",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("named", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_inquiry_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_inquiry_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inquiry")),
    )
    op.create_index(op.f("ix_inquiry_connection_id"), "inquiry", ["connection_id"])
    op.create_index(op.f("ix_inquiry_act_at"), "inquiry", ["act_at"])
    op.create_index(
        "ix_fact_missed",
        "fact",
        ["connection_id", "placed_at"],
        postgresql_where=sa.text(
            "source = 'poll' AND event_id IS NULL "
            "AND kind IN ('application_created', 'rejected', 'withdrawn', 'hired')"
        ),
    )
    op.add_column("poll_cursor", sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("poll_cursor", sa.Column("resume", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("poll_cursor", "resume")
    op.drop_column("poll_cursor", "missed_at")
    op.drop_index("ix_fact_missed", table_name="fact")
    op.drop_index(op.f("ix_inquiry_act_at"), table_name="inquiry")
    op.drop_index(op.f("ix_inquiry_connection_id"), table_name="inquiry")
    op.drop_table("inquiry")
