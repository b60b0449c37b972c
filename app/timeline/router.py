"""Applications with their timelines over the JSON API."""

from typing import Annotated, Literal

from fastapi import Query
from sqlalchemy import select
from sqlmodel import col

from app.access.keys import Scope
from app.ats.canonical import PersonRole
from app.deps import Audit, Caller, Session, Vault, api_router, needs
from app.errors import NotAllowed, NotFound, UnknownCursor
from app.pages import Page, Paging, matching, page_of, paginate
from app.privacy.vault import Vault as _Vault
from app.privacy.vault import open_words
from app.problems import responses_for
from app.schemas import Id
from app.timeline.models import Application, Person
from app.timeline.people import find_people, key_of, open_person
from app.timeline.schemas import ApplicationDetail, ApplicationShown, CandidateShown, LinksShown, details
from app.timeline.store import read

router = api_router("/v1/applications", "applications")
routers = (router,)

Filter = Annotated[str | None, Query(max_length=200)]


@router.get("", responses=responses_for(UnknownCursor))
async def list_applications(
    _: Annotated[Caller, needs("read")],
    session: Session,
    paging: Paging,
    connection: Filter = None,
    status: Annotated[Filter, Query(examples=["active"])] = None,
    stage_kind: Annotated[Filter, Query(examples=["interview"])] = None,
    job: Annotated[Filter, Query(description="The vendor's id of the job.")] = None,
    candidate: Annotated[Filter, Query(description="The vendor's id of the candidate.")] = None,
) -> Page[ApplicationShown]:
    """Applications with all of the given properties, newest first."""
    wanted = {
        Application.connection_id: connection,
        Application.status: status,
        Application.stage_kind: stage_kind,
        Application.job: job,
        Application.candidate: candidate,
    }
    found = select(Application).where(*matching(wanted))
    return page_of(
        await paginate(session, found, [col(Application.id)], paging), ApplicationShown.model_validate
    )


@router.get("/{application_id}", responses=responses_for(NotFound))
async def get_application(
    application_id: Id,
    caller: Annotated[Caller, needs("read")],
    session: Session,
    vault: Vault,
    record: Audit,
    include: Annotated[
        Literal["person"] | None,
        Query(description="`person` adds the candidate's name and address; needs the scope `act`."),
    ] = None,
) -> ApplicationDetail:
    """One application with its history. Reading the person is written to the audit."""
    application = await session.get(Application, application_id)
    if application is None:
        raise NotFound
    if include is not None and Scope.ACT not in caller.scopes:
        raise NotAllowed("Personal fields need a key with the scope act.")
    [known] = await read(session, [application])
    person, key = None, None
    if include is not None and known.truth.candidate:
        ref = (str(PersonRole.CANDIDATE), known.truth.candidate)
        found = await find_people(session, application.connection_id, [ref])
        if ref in found:
            person, key = _person(vault, found[ref]), key_of(vault, found[ref])
        record("application.person-read", application.id)
    return ApplicationDetail.model_validate(
        {
            **application.model_dump(),
            **details(known.truth, lambda sealed: open_words(key, sealed, application.id)),
            "links": _links(application.id),
            "person": person,
        }
    )


def _links(application_id: str) -> LinksShown:
    places = ("clocks", "follow-ups", "deliveries")
    links = {place.replace("-", "_"): f"/v1/{place}?application={application_id}" for place in places}
    return LinksShown.model_validate(links)


def _person(vault: _Vault, person: Person) -> CandidateShown:
    fields = open_person(vault, person)
    return CandidateShown.model_validate({**person.model_dump(), **fields.model_dump()})
