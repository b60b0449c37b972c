"""What is asked again and again of tables that grow: webhooks set aside, old receipts, questions under way.

Revision ID: 000000000022
Revises: 000000000021
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000022"
down_revision: str | Sequence[str] | None = "000000000021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    odd = sa.text("state IN ('unreadable', 'failed')")
    op.create_index("ix_hook_set_aside", "hook", ["state"], postgresql_where=odd)
    op.create_index("ix_receipt_received", "receipt", ["received_at"])
    asked = sa.text("outcome = 'asked'")
    op.create_index("ix_rephrasing_asked", "rephrasing", ["asked_at"], postgresql_where=asked)


def downgrade() -> None:
    op.drop_index("ix_rephrasing_asked", table_name="rephrasing")
    op.drop_index("ix_receipt_received", table_name="receipt")
    op.drop_index("ix_hook_set_aside", table_name="hook")
