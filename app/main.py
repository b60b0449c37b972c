"""The application: middleware, routers, error handlers, lifespan; nothing else."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app import problems, silence_router
from app.access import router as access
from app.delivery import health_router, hook_door, suppression_router
from app.delivery import router as delivery
from app.delivery.hook_sources import sources_of
from app.desk import contact_router as contact
from app.desk import router as desk
from app.followups import preferences_router
from app.followups import router as followups
from app.intake import door
from app.intake import router as intake
from app.messages import router as messages
from app.messages import template_router as templates
from app.metrics import health
from app.metrics import router as metrics
from app.middleware import BodyLimit, Correlation
from app.openapi import TAGS, Api, operation_id
from app.rehearsal import router as rehearsal
from app.replies import router as replies
from app.services import Services, open_services
from app.settings import Settings
from app.sla import router as sla
from app.timeline import router as timeline

ROUTERS = (
    *intake.routers,
    *timeline.routers,
    *sla.routers,
    *followups.routers,
    *preferences_router.routers,
    *rehearsal.routers,
    *messages.routers,
    *templates.routers,
    *delivery.routers,
    *replies.routers,
    *suppression_router.routers,
    *health_router.routers,
    *silence_router.routers,
    *access.routers,
    desk.router,
    contact.router,
    health.router,
    metrics.router,
)


def create_app(services: Services | None = None, settings: Settings | None = None) -> FastAPI:
    """The application.

    Args:
        services: Already open ones, which stay open; else the lifespan opens its own.
        settings: For those; else from the environment.
    """
    bounds = services.settings if services is not None else settings

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as opened:
            if services is None:
                app.state.services = await opened.enter_async_context(open_services(settings or Settings()))
            app.state.hook_door = open_hook_door(app.state.services)
            app.state.door = await opened.enter_async_context(_open_door(app.state.services))
            yield

    app = _Doored(
        title="Heardback",
        version=version("heardback"),
        summary="Starts a clock for every answer a company owes a candidate, and sees each one through.",
        openapi_tags=TAGS,
        generate_unique_id_function=operation_id,
        redirect_slashes=False,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.services = services
    for router in ROUTERS:
        app.include_router(router)
    problems.install(app)
    limit = bounds.max_body_bytes if bounds is not None else 2_000_000
    app.add_middleware(BodyLimit, limit=limit)
    app.add_middleware(Correlation)
    return app


class _Doored(Api):
    """The application behind its door: a webhook passes none of the layers that it does not need."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if door.is_webhook(scope):
            await self.state.door(scope, receive, send)
        elif hook_door.is_hook(scope):
            await self.state.hook_door(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def open_hook_door(services: Services) -> hook_door.HookDoor:
    """The door of mail providers; raises `UnsafeSettings` where its settings are not understood."""
    return hook_door.HookDoor(
        sources=sources_of(services.settings),
        sessions=services.sessions,
        vault=services.vault,
        machine_now=lambda: services.machine_now(),  # noqa: PLW0108  # both may be replaced
        nudge=lambda: services.nudge(),  # noqa: PLW0108  # later
    )


@asynccontextmanager
async def _open_door(services: Services) -> AsyncIterator[door.Door]:
    async with door.open_door(
        database_url=services.database_url,
        sessions=services.sessions,
        vault=services.vault,
        now=lambda: services.clock.now(),  # noqa: PLW0108  # both may be replaced
        nudge=lambda: services.nudge(),  # noqa: PLW0108  # later
        max_body_bytes=services.settings.max_body_bytes,
        queue_limit=services.settings.intake_queue,
    ) as opened:
        yield opened
