"""Is the process alive, can it work, and what exactly is it."""

import asyncio
import platform
from functools import cache
from importlib.metadata import version
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from app import migrations
from app.db import unit_of_work
from app.metrics.troubles import warnings as warnings_of
from app.moments import HOLIDAYS_VERSION, TZDATA_VERSION
from app.routes import services_of
from app.services import Services

router = APIRouter(tags=["health"])
_PATIENCE = 2.0  # seconds; an orchestrator's probe gives up soon after


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether work can be done here now; `reasons` says what is missing.

    `warnings` are for people: no other replica would do better, so they make nothing unready.
    """

    ready: bool
    reasons: list[str] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ready": True, "reasons": [], "warnings": []}]}
    )


class Version(BaseModel):
    """What runs. Deadlines follow from `tzdata` and `holidays`, too."""

    version: str = Field(examples=["0.1.0"])
    python: str = Field(examples=["3.13.9"])
    tzdata: str = Field(examples=["2026f"])
    holidays: str = Field(examples=["0.109"])
    schema_revision: str | None = Field(examples=["d3d9dc864980"])


@router.get("/healthz")
async def healthz() -> Alive:
    """The process is alive. It asks nobody else, so that a database away restarts no process."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready; `reasons` says why."}})
async def readyz(request: Request, response: Response) -> Readiness:
    """The database answers within two seconds and has the schema that this version needs.

    Warnings: a mailbox that has not been read for half an hour, a mail route that is stopped, and, where the
    work is left to workers, none that was seen within a minute.
    """
    services = services_of(request)
    reasons = await _missing(services)
    response.status_code = 503 if reasons else 200
    warnings = [] if reasons else await _warnings(services)
    return Readiness(ready=not reasons, reasons=reasons, warnings=warnings)


@router.get("/version")
async def show_version() -> Version:
    """Versions of the service and of the data that its deadlines rest on."""
    return Version(
        version=version("heardback"),
        python=platform.python_version(),
        tzdata=TZDATA_VERSION,
        holidays=HOLIDAYS_VERSION,
        schema_revision=needed_revision(),
    )


@cache
def needed_revision() -> str | None:
    """The schema revision that this code needs; the migrations do not change while it runs."""
    return migrations.head()


async def _warnings(services: Services) -> list[str]:
    try:
        async with asyncio.timeout(_PATIENCE), unit_of_work(services.sessions) as session:
            elsewhere = services.settings.redis_url is not None
            return await warnings_of(session, services.machine_now(), worked_elsewhere=elsewhere)
    except Exception:  # noqa: BLE001  # a warning that cannot be told makes nothing unready
        return []


async def _missing(services: Services) -> list[str]:
    try:
        async with asyncio.timeout(_PATIENCE), services.engine.connect() as connection:
            found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
    except Exception:  # noqa: BLE001  # whatever it is, the answer is "not ready"
        return ["the database does not answer, or has no schema; see `heardback migrate`"]
    if found != needed_revision():
        return [f"the schema is at {found}, this version needs {needed_revision()}; run `heardback migrate`"]
    return []
