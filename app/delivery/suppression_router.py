"""Suppressions over the JSON API, beyond one address: a check, people, and files."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import ConfigDict, Field
from sqlalchemy import select
from sqlmodel import col

from app.delivery.models import PersonSuppression, Suppression
from app.delivery.schemas import Address, SuppressionShown
from app.delivery.suppression_file import read_file, write_file
from app.delivery.suppressions import check_address, lift_person, suppress_hashes, suppress_person
from app.deps import Audit, Caller, Now, Session, Vault, api_router, needs
from app.errors import InvalidAddress, MalformedBody, NotFound, UnknownCursor, Unprocessable
from app.mail.headers import address as sound_address
from app.mail.outbound import Address as MailAddress
from app.pages import Page, Paging, page_of, paginate
from app.problems import responses_for
from app.schemas import Given, Id, Instant, Label, Shown
from app.timeline.models import Person

router = api_router("/v1/suppressions", "suppressions")
routers = (router,)

_PERSON = "per_01jd2q8z6w3k7m9p5r1t0v4x2y"
_CSV = {
    "text/csv": {"schema": {"type": "string"}, "example": "address,reason\r\nnoemi@example.com,asked us\r\n"}
}


class AddressAsked(Given):
    """An address to be looked for; it is not stored."""

    address: Address

    model_config = ConfigDict(json_schema_extra={"examples": [{"address": "noemi@example.com"}]})


class AddressFound(Shown):
    """Whether that address is written to."""

    suppressed: bool
    suppression: SuppressionShown | None = None

    model_config = ConfigDict(json_schema_extra={"examples": [{"suppressed": False, "suppression": None}]})


class PersonNew(Given):
    """A person who must not be written to, whatever address they have."""

    person_id: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Label

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"person_id": _PERSON, "reason": "asked us to stop"}]}
    )


class PersonShown(Shown):
    """A person who is not written to."""

    person_id: str
    reason: str
    source: str
    created_at: Instant

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "person_id": _PERSON,
                    "reason": "complained",
                    "source": "receipt:postmark",
                    "created_at": "2026-11-20T13:00:00Z",
                }
            ]
        },
    )


class Imported(Shown):
    """What became of a file."""

    added: int
    known: int
    """Suppressed already; their first reason stays."""
    refused_lines: list[int]
    """Numbers of lines that hold neither a sound address nor a hash."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"added": 41, "known": 2, "refused_lines": [7]}]}
    )


@router.post("/check", responses=responses_for(InvalidAddress))
async def check_suppression(
    given: AddressAsked, _: Annotated[Caller, needs("read")], session: Session, vault: Vault
) -> AddressFound:
    """Whether an address is suppressed. It is in the body, because URLs end up in logs, and is not stored."""
    address = given.address.get_secret_value().strip()
    sound_address(MailAddress("", address), "address")
    row = await check_address(session, vault, address)
    return AddressFound(suppressed=row is not None, suppression=SuppressionShown.of(row) if row else None)


@router.get("/people", responses=responses_for(UnknownCursor))
async def list_suppressed_people(
    _: Annotated[Caller, needs("read")], session: Session, paging: Paging
) -> Page[PersonShown]:
    """People who are not written to under any address, newest first."""
    order = [col(PersonSuppression.created_at), col(PersonSuppression.person_id)]
    rows = await paginate(session, select(PersonSuppression), order, paging)
    return page_of(rows, PersonShown.model_validate)


@router.post("/people", status_code=201, responses=responses_for(NotFound))
async def suppress_one_person(
    given: PersonNew, _: Annotated[Caller, needs("act")], session: Session, record: Audit, now: Now
) -> PersonShown:
    """Never write to that person again, whatever address they have next."""
    if await session.get(Person, given.person_id) is None:
        raise NotFound
    await suppress_person(session, given.person_id, reason=given.reason, source=record.actor, now=now)
    record("suppression.person-added", given.person_id)
    return PersonShown.model_validate(await session.get_one(PersonSuppression, given.person_id))


@router.delete("/people/{person_id}", status_code=204, responses=responses_for(NotFound))
async def lift_one_person(
    person_id: Id, _: Annotated[Caller, needs("admin")], session: Session, record: Audit
) -> None:
    """Let a person be written to again; what is said of their address stays."""
    await lift_person(session, person_id)
    record("suppression.person-removed", person_id)


@router.post(
    "/import",
    responses=responses_for(MalformedBody, Unprocessable),
    openapi_extra={"requestBody": {"required": True, "content": _CSV}},
)
async def import_suppressions(
    request: Request,
    _: Annotated[Caller, needs("act")],
    session: Session,
    vault: Vault,
    record: Audit,
    now: Now,
) -> Imported:
    """Read a CSV file: its first line names `address` (or `id`, a hash of ours) and `reason`.

    Addresses are hashed at once and not stored.
    """
    try:
        text = (await request.body()).decode()
    except UnicodeDecodeError as wrong:
        raise MalformedBody("The file is not in UTF-8.") from wrong
    found = read_file(text, vault.address_hash)
    rows = found.by_hash()
    added = await suppress_hashes(
        session, [(hashed, reason, f"import:{record.actor}", now) for hashed, reason in rows.items()]
    )
    record("suppression.imported", "suppressions", {"added": added, "refused": len(found.refused)})
    return Imported(added=added, known=len(rows) - added, refused_lines=list(found.refused[:1_000]))


@router.get(
    "/export",
    response_class=Response,
    responses={200: {"description": "A CSV file: id, reason, source, created_at.", "content": _CSV}},
)
async def export_suppressions(
    _: Annotated[Caller, needs("admin")], session: Session, record: Audit
) -> Response:
    """All suppressed addresses as a CSV file, by keyed hash: the addresses themselves are not known to us."""
    order = (col(Suppression.created_at), col(Suppression.address_hash))
    rows = (await session.scalars(select(Suppression).order_by(*order))).all()
    record("suppression.exported", "suppressions", {"rows": len(rows)})
    disposition = {"content-disposition": 'attachment; filename="suppressions.csv"'}
    return Response(write_file(rows), media_type="text/csv; charset=utf-8", headers=disposition)
