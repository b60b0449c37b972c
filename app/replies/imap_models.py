"""How far a mailbox has been read."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class ImapCursor(SQLModel, table=True):
    """One mailbox; its next look is claimed by moving ``next_at``, fenced by the turn's number."""

    __tablename__ = "imap_cursor"

    id: str = Field(primary_key=True)
    """A digest of host, account and mailbox: another one is read from its own beginning."""
    uid_validity: int | None = Field(default=None, sa_type=BigInteger)
    """While the server names this number, a UID means the same mail."""
    last_uid: int = Field(default=0, sa_type=BigInteger)
    next_at: datetime = Field(sa_type=UtcDateTime)
    """Machine time of the next look; while one is under way, the end of its lease."""
    turn: int = 0
    failures: int = 0
    failure: str | None = None
    skipped: int = 0
    """Mails that could not be taken; they stay in the mailbox."""
