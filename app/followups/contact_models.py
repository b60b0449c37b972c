"""What candidates have said about our writing to them, and the links by which they say it."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from app.db import Json, UtcDateTime


class ContactPreference(SQLModel, table=True):
    """What one candidate wants less of. It outlives erasure: it names nobody, and still has to be kept to."""

    __tablename__ = "contact_preference"

    person_id: str = Field(foreign_key="person.id", primary_key=True)
    address_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, index=True))
    """Keyed hash of the address that it was said for: the same person may come again under another id."""
    nurture_stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when nothing may be written that only keeps in touch."""
    important_only: bool = False
    paused: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    """Our ids of the applications about which nobody wants to be reminded."""
    updated_at: datetime = Field(sa_type=UtcDateTime)


class ContactLink(SQLModel, table=True):
    """A link that was given to a candidate in a mail. It is kept longer than the mail, and never expires."""

    __tablename__ = "contact_link"

    token_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    person_id: str = Field(foreign_key="person.id", index=True)
    application_id: str = Field(foreign_key="application.id")
    base: str
    """Under which address of ours it was given."""
    created_at: datetime = Field(sa_type=UtcDateTime)
