"""Business time while the demo holds it."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class HeldTime(SQLModel, table=True):
    """Business time while the demo holds it; read only where simulated time is switched on."""

    __tablename__ = "held_time"

    id: int = Field(default=1, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
