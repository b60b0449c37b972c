"""Several mail routes: which one tried, what counts for how much may leave, and what was sent again.

Revision ID: 000000000013
Revises: 000000000012
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000013"
down_revision: str | Sequence[str] | None = "000000000012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("attempt", sa.Column("route", sa.String(), nullable=True))
    op.add_column("attempt", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attempt", sa.Column("from_domain", sa.String(), nullable=True))
    op.add_column("attempt", sa.Column("to_domain", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_attempt_left", "attempt", ["left_at"], postgresql_where=sa.text("left_at IS NOT NULL")
    )
    op.add_column("delivery", sa.Column("sent_again", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("delivery", "sent_again", server_default=None)
    op.create_index(
        "ix_delivery_sent_again", "delivery", ["sent_again"], postgresql_where=sa.text("sent_again > 0")
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_sent_again", table_name="delivery")
    op.drop_column("delivery", "sent_again")
    op.drop_index("ix_attempt_left", table_name="attempt")
    op.drop_column("attempt", "to_domain")
    op.drop_column("attempt", "from_domain")
    op.drop_column("attempt", "left_at")
    op.drop_column("attempt", "route")
