"""When it was last said that a candidate is private, apart from whether they may be mailed.

Revision ID: 000000000003
Revises: 000000000002
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000003"
down_revision: str | Sequence[str] | None = "000000000002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("person", sa.Column("private_as_of", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE person SET private_as_of = flags_as_of")


def downgrade() -> None:
    op.drop_column("person", "private_as_of")
