"""A person's time zone in the open, so that a calendar may follow the candidate without opening anything else.

Revision ID: 000000000004
Revises: 000000000003
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000004"
down_revision: str | Sequence[str] | None = "000000000003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("person", sa.Column("time_zone", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("person", "time_zone")
