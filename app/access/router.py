"""Keys and the audit, for administrators."""

from typing import Annotated

from fastapi import Query
from sqlmodel import col

from app.access import audit, keys
from app.access.models import ApiKey, AuditRow
from app.access.schemas import AuditShown, KeyMade, KeyNew, KeyShown
from app.deps import Audit, Caller, Services, Session, api_router, needs
from app.errors import NotFound, UnknownCursor
from app.pages import Page, Paging, page_of, paginate
from app.problems import responses_for
from app.schemas import Id

router = api_router("/v1/keys", "keys")
audit_router = api_router("/v1/audit", "audit")
routers = (router, audit_router)


@router.post("", status_code=201)
async def create_key(
    new: KeyNew, _: Annotated[Caller, needs("admin")], session: Session, services: Services, record: Audit
) -> KeyMade:
    """Make a key. Its text is in this answer and nowhere else."""
    key, shown = await keys.create(session, name=new.name, scopes=new.scopes, now=services.machine_now())
    record("key.created", key.id, {"scopes": key.scopes})
    return KeyMade.model_validate({**key.model_dump(), "key": shown})


@router.get("", responses=responses_for(UnknownCursor))
async def list_keys(_: Annotated[Caller, needs("admin")], session: Session, paging: Paging) -> Page[KeyShown]:
    """All keys, newest first; revoked ones too."""
    rows = await paginate(session, keys.listing(), [col(ApiKey.created_at), col(ApiKey.id)], paging)
    return page_of(rows, KeyShown.model_validate)


@router.post("/{key_id}/revoke", responses=responses_for(NotFound))
async def revoke_key(
    key_id: Id, _: Annotated[Caller, needs("admin")], session: Session, services: Services, record: Audit
) -> KeyShown:
    """End a key, at once and for good. A key may end itself."""
    key = await keys.revoke(session, key_id, services.machine_now())
    record("key.revoked", key.id)
    return KeyShown.model_validate(key)


@audit_router.get("", responses=responses_for(UnknownCursor))
async def list_audit(
    _: Annotated[Caller, needs("admin")],
    session: Session,
    paging: Paging,
    subject: Annotated[str | None, Query(max_length=300, description="What was acted on.")] = None,
) -> Page[AuditShown]:
    """What was done, newest first."""
    rows = await paginate(session, audit.listing(subject), [col(AuditRow.id)], paging)
    return page_of(rows, AuditShown.model_validate)
