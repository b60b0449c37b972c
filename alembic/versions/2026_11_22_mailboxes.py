"""Several mailboxes by name, how well each is read, and the tokens by which some open.

Revision ID: 000000000018
Revises: 000000000017
"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "000000000018"
down_revision: str | Sequence[str] | None = "000000000017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("imap_cursor", sa.Column("mailbox", sa.String(), nullable=False, server_default="imap"))
    op.add_column("imap_cursor", sa.Column("failed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("imap_cursor", sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE imap_cursor SET heard_at = next_at")
    op.alter_column("imap_cursor", "heard_at", nullable=False)
    op.alter_column("imap_cursor", "mailbox", server_default=None)
    op.alter_column("imap_cursor", "failed", server_default=None)
    op.create_table(
        "mailbox_token",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_token")),
    )


def downgrade() -> None:
    op.drop_table("mailbox_token")
    op.drop_column("imap_cursor", "heard_at")
    op.drop_column("imap_cursor", "failed")
    op.drop_column("imap_cursor", "mailbox")
