"""To which address a mail went, and by which delivery a person has sent it again.

Revision ID: 000000000019
Revises: 000000000018
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000019"
down_revision: str | Sequence[str] | None = "000000000018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_UNIQUE = "uq_delivery_follow_up_id_channel"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("address_hash", sa.LargeBinary(), nullable=True))
    op.add_column("delivery", sa.Column("replaced_by", sa.String(), nullable=True))
    op.drop_constraint(op.f(_UNIQUE), "delivery", type_="unique")
    op.create_index(
        _UNIQUE,
        "delivery",
        ["follow_up_id", "channel"],
        unique=True,
        postgresql_where=sa.text("replaced_by IS NULL"),
    )


def downgrade() -> None:
    # Of a mail that was sent again only the latest delivery fits the old table; the story of others goes.
    op.execute("DELETE FROM attempt USING delivery d WHERE d.replaced_by IS NOT NULL AND d.id = delivery_id")
    for table in ("receipt", "reply"):
        of = sa.table(table, sa.column("delivery_id"))
        delivery = sa.table("delivery", sa.column("id"), sa.column("replaced_by"))
        gone = sa.select(delivery.c.id).where(delivery.c.replaced_by.is_not(None))
        op.execute(sa.update(of).where(of.c.delivery_id.in_(gone)).values(delivery_id=None))
    op.execute("DELETE FROM delivery WHERE replaced_by IS NOT NULL")
    op.drop_index(_UNIQUE, table_name="delivery")
    op.create_unique_constraint(op.f(_UNIQUE), "delivery", ["follow_up_id", "channel"])
    op.drop_column("delivery", "replaced_by")
    op.drop_column("delivery", "address_hash")
