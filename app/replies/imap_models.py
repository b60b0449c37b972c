"""How far each mailbox has been read, and the tokens by which some open."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class ImapCursor(SQLModel, table=True):
    """One mailbox; its next look is claimed by moving ``next_at``, fenced by the turn's number."""

    __tablename__ = "imap_cursor"

    id: str = Field(primary_key=True)
    """A digest of host, account and folder: another one is read from its own beginning."""
    mailbox: str
    """Its name in the settings; no address."""
    uid_validity: int | None = Field(default=None, sa_type=BigInteger)
    """While the server names this number, a UID means the same mail."""
    last_uid: int = Field(default=0, sa_type=BigInteger)
    next_at: datetime = Field(sa_type=UtcDateTime)
    """Machine time of the next look; while one is under way, the end of its lease."""
    heard_at: datetime = Field(sa_type=UtcDateTime)
    """Machine time of the last look that went well; at first, of the beginning."""
    turn: int = 0
    failures: int = 0
    """Looks in a row that failed."""
    failed: int = 0
    """Looks in all that failed."""
    failure: str | None = None
    skipped: int = 0
    """Mails that could not be taken; they stay in the mailbox."""


class MailboxToken(SQLModel, table=True):
    """What an OAuth server gave for an account, sealed, shared by all processes."""

    __tablename__ = "mailbox_token"

    id: str = Field(primary_key=True)
    """A digest of the token's address, client and account."""
    box: bytes = Field(sa_type=LargeBinary)
    written_at: datetime = Field(sa_type=UtcDateTime)
    """Machine time; one that is used is written every hour or so."""
