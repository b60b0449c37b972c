"""Figures for operations, as Prometheus scrapes them."""

from ipaddress import ip_address

from fastapi import APIRouter, Request, Response

from app.access.keys import Scope, authenticate
from app.db import unit_of_work
from app.errors import DatabaseAway, NotAllowed, NotAuthenticated
from app.metrics.figures import figures
from app.metrics.text import CONTENT_TYPE, prometheus
from app.problems import responses_for
from app.routes import services_of
from app.services import Services

router = APIRouter(tags=["health"])


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {
            "description": "Prometheus text",
            "content": {"text/plain": {"schema": {"type": "string"}, "example": "heardback_workers 1.0\n"}},
        },
        **responses_for(NotAuthenticated, NotAllowed, DatabaseAway),
    },
    openapi_extra={"security": [{"ApiKey": ["metrics"]}]},
)
async def metrics(request: Request) -> Response:
    """Every figure, read from the database; each replica gives the same answer.

    Needs a key with the scope `metrics`; in trial mode this machine itself may read without one.
    """
    services = services_of(request)
    now = await services.refresh()
    async with unit_of_work(services.sessions) as session:
        if not _is_trial_on_this_machine(request, services):
            header, machine_now = request.headers.get("authorization"), services.machine_now()
            caller = await authenticate(session, header, machine_now)
            if Scope.METRICS not in caller.scopes:
                raise NotAllowed("This API key lacks the scope metrics; make one with it.")
        found = await figures(session, now, services.machine_now())
    return Response(prometheus(found), media_type=CONTENT_TYPE)


def _is_trial_on_this_machine(request: Request, services: Services) -> bool:
    if services.settings.mode != "trial" or request.client is None:
        return False
    # Whatever a proxy forwards comes from elsewhere.
    if "forwarded" in request.headers or "x-forwarded-for" in request.headers:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
