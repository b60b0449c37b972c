"""What a handler may ask for: its signature says what it needs and what its caller must be allowed to do.

@router.post("/{id}/replay")
async def replay(id: Id, caller: Annotated[Caller, needs("act")], session: Session, audit: Audit) -> …
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request, params
from fastapi.security import HTTPBearer, SecurityScopes
from sqlalchemy.ext.asyncio import AsyncSession

from app.access import audit
from app.access.keys import Caller, Scope
from app.errors import NotAllowed
from app.privacy.vault import Vault as _Vault
from app.routes import api_router, caller_of, services_of, session_of
from app.services import Services as _Services
from app.settings import Settings as _Settings

__all__ = ["Audit", "Caller", "Now", "Services", "Session", "Settings", "Vault", "api_router", "needs"]

_bearer = HTTPBearer(
    scheme_name="ApiKey",
    bearerFormat="hb_<id>_<secret>",
    description=(
        "An API key, as `heardback keys create` or `POST /v1/keys` shows it once. Each operation names "
        "the scope that it needs: `read`; `act`, which includes `read`; `admin`, which includes "
        "all; `metrics`."
    ),
    auto_error=False,
)


async def _permitted(
    request: Request, needed: SecurityScopes, _shown: Annotated[object, Depends(_bearer)]
) -> Caller:
    caller = caller_of(request)
    missing = [scope for scope in needed.scopes if scope not in caller.scopes]
    if missing:
        raise NotAllowed(f"This API key lacks the scope {missing[0]}; make one with it, or ask its owner.")
    return caller


def needs(scope: Scope | str) -> params.Security:
    """For annotations: the caller, who must have that scope, else NotAllowed."""
    return params.Security(_permitted, scopes=[Scope(scope).value])


async def _session(request: Request) -> AsyncSession:
    return session_of(request)


async def _services(request: Request) -> _Services:
    return services_of(request)


async def _now(request: Request) -> datetime:
    return services_of(request).clock.now()


async def _vault(request: Request) -> _Vault:
    return services_of(request).vault


async def _settings(request: Request) -> _Settings:
    return services_of(request).settings


@dataclass(frozen=True, slots=True)
class Auditor:
    """Writes audit rows in the caller's name, into the request's unit of work."""

    session: AsyncSession
    actor: str
    at: datetime

    def __call__(self, act: str, subject: str, detail: Mapping[str, Any] | None = None) -> None:
        """As `access.audit.record`: no personal data, no secrets."""
        audit.record(self.session, actor=self.actor, act=act, subject=subject, at=self.at, detail=detail)


async def _auditor(request: Request) -> Auditor:
    return Auditor(session_of(request), caller_of(request).actor, services_of(request).clock.now())


Session = Annotated[AsyncSession, Depends(_session)]
"""The request's unit of work. Never commit: that happens before the answer is sent."""

Now = Annotated[datetime, Depends(_now)]
"""Business time, in UTC."""

Services = Annotated[_Services, Depends(_services)]
Vault = Annotated[_Vault, Depends(_vault)]
Settings = Annotated[_Settings, Depends(_settings)]

Audit = Annotated[Auditor, Depends(_auditor)]
"""``audit("event.replayed", event.id)``: every act writes a row."""
