"""Preferences of team members over the JSON API."""

from typing import Annotated

from fastapi import Path, Query
from sqlmodel import col

from app.deps import Audit, Caller, Now, Services, Session, Vault, api_router, needs
from app.errors import NotFound, UnknownConnection, UnknownCursor, Unprocessable
from app.followups import preferences
from app.followups.models import Preference
from app.followups.preferences import Wish
from app.followups.preferences_schemas import PreferenceGiven, PreferenceShown
from app.pages import Page, Paging, page_of, paginate
from app.problems import responses_for

router = api_router("/v1/preferences", "preferences")
routers = (router,)

Connection = Annotated[str, Path(max_length=64, examples=["con_01jd2q8z6w3k7m9p5r1t0v4x2y"])]
Member = Annotated[str, Path(max_length=200, examples=["4455"])]


@router.get("", responses=responses_for(UnknownCursor))
async def list_preferences(
    _: Annotated[Caller, needs("read")],
    session: Session,
    paging: Paging,
    connection: Annotated[str | None, Query(max_length=64)] = None,
) -> Page[PreferenceShown]:
    """How members want to hear from us. Whoever is not here hears by mail, once a day where it can wait."""
    order = [col(Preference.updated_at), col(Preference.connection_id), col(Preference.member)]
    rows = await paginate(session, preferences.all_of(connection), order, paging)
    return page_of(rows, PreferenceShown.model_validate)


@router.get("/{connection_id}/{member}", responses=responses_for(NotFound))
async def get_preference(
    connection_id: Connection, member: Member, _: Annotated[Caller, needs("read")], session: Session
) -> PreferenceShown:
    """How one member, named by the ATS's id, wants to hear from us."""
    return PreferenceShown.model_validate(await preferences.get(session, connection_id, member))


@router.put("/{connection_id}/{member}", responses=responses_for(UnknownConnection, Unprocessable))
async def keep_preference(
    connection_id: Connection,
    member: Member,
    given: PreferenceGiven,
    _: Annotated[Caller, needs("act")],
    session: Session,
    services: Services,
    vault: Vault,
    record: Audit,
    now: Now,
) -> PreferenceShown:
    """Set how one member wants to hear from us, in place of what was set before."""
    wish = Wish(
        given.channel,
        given.webhook_url.get_secret_value() if given.webhook_url else None,
        given.digest,
        given.digest_hour,
        given.time_zone,
        given.locale,
    )
    trial = services.settings.mode == "trial"
    row = await preferences.keep(
        session, vault, connection_id, member, wish, by=record.actor, now=now, trial=trial
    )
    record("preference.kept", f"preferences/{connection_id}/{member}", {"channel": row.channel})
    return PreferenceShown.model_validate(row)


@router.delete("/{connection_id}/{member}", status_code=204, responses=responses_for(NotFound))
async def forget_preference(
    connection_id: Connection,
    member: Member,
    _: Annotated[Caller, needs("act")],
    session: Session,
    record: Audit,
) -> None:
    """Forget it: the member hears by mail again."""
    await preferences.forget(session, connection_id, member)
    record("preference.forgotten", f"preferences/{connection_id}/{member}")
