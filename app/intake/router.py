"""Connections and events over the JSON API."""

from typing import Annotated

from fastapi import Query
from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import col

from app.deps import Audit, Caller, Services, Session, Settings, Vault, api_router, needs
from app.errors import NotFound, UnknownConnection, UnknownCursor, WrongState
from app.intake import connections, events
from app.intake.models import Connection, Event
from app.intake.schemas import (
    ConnectionChange,
    ConnectionMade,
    ConnectionNew,
    ConnectionShown,
    EventShown,
    SecretChange,
    SecretMade,
    State,
)
from app.pages import Page, Paging, page_of, paginate
from app.problems import responses_for
from app.schemas import Id

connections_router = api_router("/v1/connections", "connections")
events_router = api_router("/v1/events", "events")
routers = (connections_router, events_router)


@connections_router.get("", responses=responses_for(UnknownCursor))
async def list_connections(
    _: Annotated[Caller, needs("read")], session: Session, settings: Settings, paging: Paging
) -> Page[ConnectionShown]:
    """All connections, newest first."""
    order = [col(Connection.created_at), col(Connection.id)]
    rows = await paginate(session, select(Connection), order, paging)
    return page_of(rows, lambda row: _shown(row, settings.public_url))


@connections_router.post("", status_code=201)
async def create_connection(
    new: ConnectionNew,
    _: Annotated[Caller, needs("admin")],
    session: Session,
    services: Services,
    record: Audit,
) -> ConnectionMade:
    """Start listening to an ATS account. Enter `webhook_url` and the signing secret there."""
    secrets, made = connections.first_secrets(new.vendor, _given(new))
    connection = await connections.add(
        session,
        services.vault,
        vendor=new.vendor,
        name=new.name,
        settings=new.settings,
        secrets=secrets,
        now=services.clock.now(),
        trial=services.settings.mode == "trial",
    )
    record("connection.created", connection.id, {"vendor": connection.vendor})
    shown = _shown(connection, services.settings.public_url)
    return ConnectionMade(**shown.model_dump(), signing_secret=made)


@connections_router.get("/{connection_id}", responses=responses_for(UnknownConnection))
async def get_connection(
    connection_id: Id, _: Annotated[Caller, needs("read")], session: Session, settings: Settings
) -> ConnectionShown:
    """One connection."""
    return _shown(await connections.get(session, connection_id), settings.public_url)


@connections_router.patch("/{connection_id}", responses=responses_for(UnknownConnection))
async def change_connection(
    connection_id: Id,
    change: ConnectionChange,
    _: Annotated[Caller, needs("admin")],
    session: Session,
    settings: Settings,
    vault: Vault,
    record: Audit,
) -> ConnectionShown:
    """Rename, switch on or off, or set how a connection is treated."""
    connection = await connections.get(session, connection_id, lock=True)
    if change.name is not None:
        connection.name = change.name
    if change.enabled is not None:
        connection.enabled = change.enabled
    if change.settings is not None:
        trial = settings.mode == "trial"
        connections.change_settings(connection, vault, change.settings, trial=trial)
    record("connection.changed", connection.id, {"fields": sorted(change.model_fields_set)})
    return _shown(connection, settings.public_url)


@connections_router.post("/{connection_id}/rotate-secret", responses=responses_for(UnknownConnection))
async def rotate_signing_secret(
    connection_id: Id,
    change: SecretChange,
    _: Annotated[Caller, needs("admin")],
    session: Session,
    vault: Vault,
    record: Audit,
) -> SecretMade:
    """Accept a new signing secret beside the present one; enter it in the ATS, then retire the old one."""
    given = change.secret.get_secret_value() if change.secret is not None else None
    chosen = await connections.rotate_secret(session, vault, connection_id, given)
    record("connection.secret-rotated", connection_id)
    return SecretMade(signing_secret=chosen if given is None else None)


@connections_router.post(
    "/{connection_id}/retire-old-secret", status_code=204, responses=responses_for(UnknownConnection)
)
async def retire_old_signing_secret(
    connection_id: Id, _: Annotated[Caller, needs("admin")], session: Session, vault: Vault, record: Audit
) -> None:
    """From now on accept only the newest signing secret."""
    await connections.retire_old_secret(session, vault, connection_id)
    record("connection.old-secret-retired", connection_id)


@events_router.get("", responses=responses_for(UnknownCursor))
async def list_events(
    _: Annotated[Caller, needs("read")],
    session: Session,
    paging: Paging,
    connection: Annotated[str | None, Query(max_length=64)] = None,
    state: State | None = None,
    action: Annotated[str | None, Query(max_length=200, examples=["candidate_stage_change"])] = None,
) -> Page[EventShown]:
    """What the ATS said, newest first."""
    order = [col(Event.received_at), col(Event.id)]
    rows = await paginate(session, events.listing(connection, state, action), order, paging)
    return page_of(rows, EventShown.model_validate)


@events_router.get("/{event_id}", responses=responses_for(NotFound))
async def get_event(event_id: Id, _: Annotated[Caller, needs("read")], session: Session) -> EventShown:
    """One event."""
    return EventShown.model_validate(await events.get(session, event_id))


@events_router.post("/{event_id}/replay", responses=responses_for(NotFound, WrongState))
async def replay_event(
    event_id: Id, _: Annotated[Caller, needs("act")], session: Session, record: Audit
) -> EventShown:
    """Read an event and derive from it again, say after a mistake of ours. It never sends what was sent."""
    event = await events.replay(session, event_id)
    record("event.replayed", event.id, {"replays": event.replays})
    return EventShown.model_validate(event)


def _shown(connection: Connection, public_url: str) -> ConnectionShown:
    url = connections.webhook_url(public_url, connection.id)
    settings = connections.settings_of(connection).model_dump(mode="json")
    shown = {**connection.model_dump(exclude={"secrets"}), "settings": settings, "webhook_url": url}
    return ConnectionShown.model_validate(shown)


def _given(new: ConnectionNew) -> dict[str, str | None]:
    return {
        "signing_secret": _opened(new.signing_secret),
        "client_id": new.client_id,
        "client_secret": _opened(new.client_secret),
        "api_key": _opened(new.api_key),
        "acting_user": new.acting_user,
    }


def _opened(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None
