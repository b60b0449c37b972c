"""What scorecards say in words, sealed; and where words come from that an approver picked.

Revision ID: 000000000010
Revises: 000000000009
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000010"
down_revision: str | Sequence[str] | None = "000000000009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "highlight",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("scorecard", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_highlight_connection_id_connection")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_highlight_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_highlight")),
        sa.UniqueConstraint(
            "connection_id", "scorecard", "field", name=op.f("uq_highlight_connection_id_scorecard_field")
        ),
    )
    op.create_index("ix_highlight_application", "highlight", ["connection_id", "application"])
    op.create_index(op.f("ix_highlight_person_id"), "highlight", ["person_id"])
    op.add_column("supplied_fact", sa.Column("picked_from", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("supplied_fact", "picked_from")
    op.drop_index(op.f("ix_highlight_person_id"), table_name="highlight")
    op.drop_index("ix_highlight_application", table_name="highlight")
    op.drop_table("highlight")
