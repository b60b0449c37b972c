"""Members of a team may choose in which language they read.

Revision ID: 000000000020
Revises: 000000000019
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000020"
down_revision: str | Sequence[str] | None = "000000000019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("preference", sa.Column("locale", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("preference", "locale")
