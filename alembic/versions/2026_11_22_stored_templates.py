"""A company's own templates: every version is kept, and which one is in force is a choice beside them.

Revision ID: 000000000007
Revises: 000000000006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op
from app.access.audit import append_only

revision: str = "000000000007"
down_revision: str | Sequence[str] | None = "000000000006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PLACE = ["scope", "kind", "locale"]


def upgrade() -> None:
    op.create_table(
        "stored_template",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("preheader", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("findings", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_template")),
        sa.UniqueConstraint(*_PLACE, "version", name=op.f("uq_stored_template_scope_kind_locale_version")),
    )
    op.create_table(
        "template_choice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            [*_PLACE, "version"],
            [f"stored_template.{name}" for name in (*_PLACE, "version")],
            name=op.f("fk_template_choice_scope_stored_template"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_choice")),
    )
    op.create_index("ix_template_choice_place", "template_choice", [*_PLACE, "id"])
    for statement in (*append_only("stored_template")[0], *append_only("template_choice")[0]):
        op.execute(statement)


def downgrade() -> None:
    for statement in (*append_only("template_choice")[1], *append_only("stored_template")[1]):
        op.execute(statement)
    op.drop_index("ix_template_choice_place", table_name="template_choice")
    op.drop_table("template_choice")
    op.drop_table("stored_template")
