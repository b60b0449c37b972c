"""What a clock's row must tell for it to be timed anew without its facts.

Revision ID: 000000000021
Revises: 000000000020
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000021"
down_revision: str | Sequence[str] | None = "000000000020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Of clocks that are written already nobody knows it: they are derived once more.
    op.add_column("clock", sa.Column("plain", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("clock", sa.Column("stops_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("recompute", sa.Column("since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("recompute", "since")
    op.drop_column("clock", "stops_at")
    op.drop_column("clock", "plain")
