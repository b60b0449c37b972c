"""Processes that do the work, so that their absence shows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from app.db import Json, UtcDateTime


class WorkerSeen(SQLModel, table=True):
    """A process that does the work, and when it was last seen."""

    __tablename__ = "worker_seen"

    name: str = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
