"""What candidates ask for about our writing, and the lasting links by which they say it.

Revision ID: 000000000011
Revises: 000000000010
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision: str = "000000000011"
down_revision: str | Sequence[str] | None = "000000000010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "contact_preference",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=True),
        sa.Column("nurture_stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("important_only", sa.Boolean(), nullable=False),
        sa.Column("paused", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_preference_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_contact_preference")),
    )
    op.create_index(op.f("ix_contact_preference_address_hash"), "contact_preference", ["address_hash"])
    op.create_table(
        "contact_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_link_person_id_person")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_contact_link_application_id_application")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_contact_link")),
    )
    op.create_index(op.f("ix_contact_link_person_id"), "contact_link", ["person_id"])
    # Whoever was merged into somebody is looked up for every mail to that person.
    merged = sa.text("alias_of IS NOT NULL")
    op.create_index("ix_person_alias", "person", ["connection_id", "alias_of"], postgresql_where=merged)


def downgrade() -> None:
    op.drop_index("ix_person_alias", table_name="person")
    op.drop_table("contact_link")
    op.drop_table("contact_preference")
