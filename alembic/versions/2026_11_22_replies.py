"""Mails that came back, and what they seem to say.

Revision ID: 000000000014
Revises: 000000000013
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision: str = "000000000014"
down_revision: str | Sequence[str] | None = "000000000013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "reply",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("sign", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("connection_id", sa.String(), nullable=True),
        sa.Column("application_id", sa.String(), nullable=True),
        sa.Column("delivery_id", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("box", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("returns_on", sa.Date(), nullable=True),
        sa.Column("attachments", sa.Integer(), nullable=False),
        sa.Column("verdicts", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("followed", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("note_state", sa.String(), nullable=True),
        sa.Column("note_cause", sa.Text(), nullable=True),
        sa.Column("note_act_at", instant, nullable=True),
        sa.Column("note_attempt", sa.Integer(), nullable=False),
        sa.Column("note_started_at", instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_reply_connection_id_connection")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_reply_application_id_application")
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_reply_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reply_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_reply_source_key")),
    )
    op.create_index(op.f("ix_reply_application_id"), "reply", ["application_id"])
    op.create_index(op.f("ix_reply_person_id"), "reply", ["person_id"])
    op.create_index("ix_reply_received", "reply", ["received_at", "id"])
    op.create_index(
        "ix_reply_note", "reply", ["note_act_at"], postgresql_where=sa.text("note_act_at IS NOT NULL")
    )
    op.create_table(
        "reply_suggestion",
        sa.Column("reply_id", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", instant, nullable=True),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name=op.f("fk_reply_suggestion_reply_id_reply")),
        sa.PrimaryKeyConstraint("reply_id", "meaning", name=op.f("pk_reply_suggestion")),
    )


def downgrade() -> None:
    op.drop_table("reply_suggestion")
    op.drop_table("reply")
