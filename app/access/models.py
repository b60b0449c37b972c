"""Who may call, what they did, and which acts were already done."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Identity, LargeBinary
from sqlmodel import Field, SQLModel

from app.db import Json, UtcDateTime


class ApiKey(SQLModel, table=True):
    """A caller. Only the hash of the key is kept."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True)
    name: str
    key_hash: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    scopes: list[str] = Field(sa_column=Column(Json, nullable=False))
    created_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AuditRow(SQLModel, table=True):
    """One act by one person or service; a trigger refuses to change or delete it."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    act: str
    subject: str = Field(index=True)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))


class IdempotentAnswer(SQLModel, table=True):
    """What was answered to an Idempotency-Key, to be answered again."""

    __tablename__ = "idempotent_answer"

    key: str = Field(primary_key=True)
    actor: str = Field(primary_key=True)
    request_hash: bytes = Field(sa_type=LargeBinary)
    status: int | None = None
    """Empty while the first request is still being worked on."""
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
