"""Domains that we send from over the JSON API: their rates, and letting a paused one send again."""

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import ConfigDict

from app.delivery import health
from app.deps import Audit, Caller, Now, Session, api_router, needs
from app.errors import NotFound, WrongState
from app.problems import responses_for
from app.schemas import Shown

router = api_router("/v1/sending-domains", "sending-domains")
routers = (router,)


class DomainShown(Shown):
    """A domain with what became of its mails within the last seven days."""

    domain: str
    paused_at: datetime | None
    cause: str | None
    sent: int
    complaints: int
    bounces: int
    complaint_rate: float
    bounce_rate: float

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "domain": "acme.example",
                    "paused_at": "2026-11-20T13:00:00Z",
                    "cause": "11 hard bounces of 240 mails within 7 days",
                    "sent": 240,
                    "complaints": 0,
                    "bounces": 11,
                    "complaint_rate": 0.0,
                    "bounce_rate": 0.0458,
                }
            ]
        }
    )


@router.get("")
async def list_sending_domains(
    _: Annotated[Caller, needs("read")], session: Session, now: Now
) -> list[DomainShown]:
    """Every domain that has sent within the window or was ever paused, by name."""
    return [
        DomainShown(
            domain=one.domain,
            paused_at=one.paused_at,
            cause=one.cause,
            sent=one.rates.sent,
            complaints=one.rates.complaints,
            bounces=one.rates.bounces,
            complaint_rate=one.rates.complaint_rate,
            bounce_rate=one.rates.bounce_rate,
        )
        for one in await health.standings(session, now)
    ]


@router.post("/{domain}/resume", status_code=204, responses=responses_for(NotFound, WrongState))
async def resume_sending_domain(
    domain: Annotated[str, Path(max_length=253, examples=["acme.example"])],
    _: Annotated[Caller, needs("act")],
    session: Session,
    record: Audit,
    now: Now,
) -> None:
    """Let a paused domain send again, after its trouble has been mended; its rates begin anew."""
    known = await health.resume(session, domain, now)
    record("sending-domain.resumed", known.domain)
