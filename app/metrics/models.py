"""Processes that do the work, so that their absence shows; and counts that need no counting."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Column, Identity, Numeric
from sqlmodel import Field, SQLModel

from app.db import Json, UtcDateTime


class WorkerSeen(SQLModel, table=True):
    """A process that does the work, and when it was last seen."""

    __tablename__ = "worker_seen"

    name: str = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))


class Tally(SQLModel, table=True):
    """A change of one count; the count is the sum. Written by triggers only (`app.metrics.tally`)."""

    __tablename__ = "tally"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    figure: str
    a: str
    b: str
    number: int = Field(sa_type=BigInteger)
    seconds: Decimal = Field(default=Decimal(0), sa_column=Column(Numeric, nullable=False))


class Measured(SQLModel, table=True):
    """What a worker measured when it last looked, by name: ``silence``, as `app.metrics.figures` shows it."""

    __tablename__ = "measured"

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    value: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
