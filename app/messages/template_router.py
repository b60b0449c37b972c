"""Templates over the JSON API: read, save, try, roll back, switch off; every version is kept."""

from typing import Annotated

from fastapi import Depends, Path, Query
from sqlmodel import col

from app.deps import Audit, Caller, Now, Services, Session, api_router, needs
from app.errors import InvalidTemplate, NotFound, UnknownConnection, UnknownCursor, WrongState
from app.followups.catalogue import KINDS
from app.messages import stored
from app.messages.facts import LABELS
from app.messages.library import Template, load_templates
from app.messages.models import StoredTemplate, TemplateChoice
from app.messages.overrides import MAX_SCOPE, Place, Where, parse_place, parse_scope
from app.messages.previews import label_of
from app.messages.render import validate
from app.messages.schemas import FindingShown, MissingShown, SentenceShown, SourceShown
from app.messages.template_schemas import (
    FactShown,
    PassedOverShown,
    PreviewGiven,
    RollbackGiven,
    ShippedShown,
    TemplateEffective,
    TemplatePreview,
    TemplateShown,
    TemplateWords,
    VersionDetail,
    VersionShown,
)
from app.messages.trial import TRIED, Trial, Wording, on_application, on_sample
from app.messages.vet import compile_parts
from app.pages import Page, Paging, page_of, paginate
from app.problems import responses_for

router = api_router("/v1/templates", "templates")
routers = (router,)

Filter = Annotated[str | None, Query(max_length=MAX_SCOPE)]
Read = Annotated[Caller, needs("read")]
Admin = Annotated[Caller, needs("admin")]


async def _where(
    kind: Annotated[str, Path(max_length=64, examples=["moved_on"])],
    locale: Annotated[str, Path(max_length=35, examples=["en"])],
    scope: Annotated[
        str,
        Query(
            max_length=MAX_SCOPE,
            description="`company`, `department:<name>` or `job:<connection>/<the job's id in the ATS>`.",
        ),
    ] = "company",
) -> Where:
    return parse_place(scope, kind, locale)


There = Annotated[Where, Depends(_where)]
_REFUSALS = (NotFound, InvalidTemplate)


@router.get("", responses=responses_for(UnknownCursor))
async def list_templates(
    _: Read,
    session: Session,
    paging: Paging,
    scope: Annotated[Filter, Query(examples=["company"])] = None,
    kind: Annotated[Filter, Query(examples=["moved_on"])] = None,
    locale: Annotated[Filter, Query(examples=["de"])] = None,
) -> Page[TemplateShown]:
    """Templates of your own, with the version in force; those that changed last come first."""
    rows = stored.newest_choices()
    if scope is not None:
        rows = rows.where(col(TemplateChoice.scope) == parse_scope(scope))
    if kind is not None:
        rows = rows.where(col(TemplateChoice.kind) == kind)
    if locale is not None:
        rows = rows.where(col(TemplateChoice.locale) == locale)
    return page_of(
        await paginate(session, rows, [col(TemplateChoice.id)], paging), TemplateShown.model_validate
    )


@router.get("/shipped")
async def list_shipped_templates(_: Read) -> list[ShippedShown]:
    """Every template that comes with Heardback; its words are at its kind and language."""
    return [
        ShippedShown(
            kind=kind,
            locale=locale,
            template_version=template.version,
            recipient=KINDS[kind].recipient,
            required=sorted(KINDS[kind].required_facts),
        )
        for (kind, locale), template in sorted(load_templates().items())
        if kind in KINDS
    ]


@router.get("/facts")
async def list_template_facts(_: Read) -> list[FactShown]:
    """Every fact that a template may name."""
    return [FactShown(name=name, label=label) for name, label in sorted(LABELS.items())]


@router.get("/{kind}/{locale}", responses=responses_for(*_REFUSALS))
async def get_template(_: Read, session: Session, where: There) -> TemplateEffective:
    """The words that count there now: your own of that scope or a wider one, else Heardback's."""
    [templates] = await stored.templates_at(
        session, [await stored.scopes_at(session, where.scope)], {where.kind}
    )
    place = next(templates.candidates(where.kind, where.locale), None)
    if place is None:
        raise NotFound("There is no template of that kind.")
    words = place.template
    return TemplateEffective(
        kind=words.key,
        locale=words.locale,
        from_scope=place.scope,
        version=place.version,
        template_version=words.version,
        subject=words.subject,
        preheader=words.preheader,
        body=words.body,
        facts=list(validate(words)),
        passed_over=[
            PassedOverShown(scope=one.scope, locale=one.key[1], version=one.version, reason=one.reason)
            for one in templates.passed_over(where.kind, where.locale)
        ],
    )


@router.put("/{kind}/{locale}", responses=responses_for(*_REFUSALS, UnknownConnection))
async def save_template(
    words: TemplateWords, _: Admin, session: Session, where: There, record: Audit, now: Now
) -> VersionDetail:
    """Store a new version and put it in force at once.

    It is tried on the sample application: what a check would stop is refused with its field, warnings are
    kept with the version and answered.
    """
    row = await stored.save(session, where, **words.model_dump(), by=record.actor, now=now)
    record("template.saved", where.subject, {"scope": where.scope, "version": row.version})
    return VersionDetail.model_validate(_version(row, row.version))


@router.delete("/{kind}/{locale}", responses=responses_for(*_REFUSALS))
async def switch_template_off(
    _: Admin, session: Session, where: There, record: Audit, now: Now
) -> TemplateShown:
    """Go back to what counts without it. Its versions stay, and may be put in force again."""
    choice = await stored.switch_off(session, where, by=record.actor, now=now)
    record("template.switched-off", where.subject, {"scope": where.scope})
    return TemplateShown.model_validate(choice)


@router.get("/{kind}/{locale}/versions", responses=responses_for(*_REFUSALS, UnknownCursor))
async def list_template_versions(
    _: Read, session: Session, where: There, paging: Paging
) -> Page[VersionShown]:
    """Every version of your own template of exactly that scope, the newest first."""
    choice = await stored.chosen(session, where)
    rows = await paginate(session, stored.versions_of(where), [col(StoredTemplate.version)], paging)
    current = choice.version if choice else None
    return page_of(rows, lambda row: VersionShown.model_validate(_version(row, current)))


@router.get("/{kind}/{locale}/versions/{version}", responses=responses_for(*_REFUSALS))
async def get_template_version(
    version: Annotated[int, Path(ge=1, le=2**31 - 1, examples=[1])], _: Read, session: Session, where: There
) -> VersionDetail:
    """One version with its words."""
    choice = await stored.chosen(session, where)
    row = await stored.version_of(session, where, version)
    return VersionDetail.model_validate(_version(row, choice.version if choice else None))


def _version(row: StoredTemplate, current: int | None) -> dict[str, object]:
    return {
        **row.model_dump(),
        "template_version": row.content,
        "in_force": row.version == current,
        "trouble": stored.trouble_of(row),
    }


@router.post("/{kind}/{locale}/rollback", responses=responses_for(*_REFUSALS, WrongState))
async def roll_template_back(
    given: RollbackGiven, _: Admin, session: Session, where: There, record: Audit, now: Now
) -> VersionDetail:
    """Put an older version in force again; nothing is rewritten."""
    row = await stored.roll_back(session, where, version=given.version, by=record.actor, now=now)
    record("template.rolled-back", where.subject, {"scope": where.scope, "version": row.version})
    return VersionDetail.model_validate(_version(row, row.version))


@router.post("/{kind}/{locale}/preview", responses=responses_for(*_REFUSALS))
async def preview_template(
    given: PreviewGiven,
    _: Annotated[Caller, needs("act")],
    session: Session,
    services: Services,
    where: There,
    record: Audit,
    now: Now,
) -> TemplatePreview:
    """What would be said, on the sample or on a real application; nothing is stored, nothing is sent.

    On a real application the words are personal, so this needs the scope `act` and is written to the audit.
    """
    wording = Wording(where.kind, where.locale, await _asked(session, where, given))
    if given.application_id is None:
        scopes = await stored.scopes_at(session, where.scope)
        [templates] = await stored.templates_at(session, [scopes], {where.kind})
        return _preview(on_sample(wording, templates), None)
    settings = services.settings
    trial = await on_application(
        session,
        services.vault,
        await services.shelf.book(session),
        given.application_id,
        wording,
        now,
        company=settings.company_name,
        locale=settings.locale,
    )
    record("template.tried", given.application_id, {"kind": where.kind, "locale": where.locale})
    return _preview(trial, given.application_id)


async def _asked(session: Session, where: Where, given: PreviewGiven) -> Place | None:
    if given.words is not None:
        template = Template.make(where.kind, where.locale, **given.words.model_dump())
        compile_parts(template)
        return Place(template, TRIED, None)
    if given.version is not None:
        row = await stored.version_of(session, where, given.version)
        compile_parts(stored.template_of(row))
        return Place(stored.template_of(row), row.scope, row.version)
    return None


def _preview(trial: Trial, application_id: str | None) -> TemplatePreview:
    words, place = trial.rendered, trial.place
    return TemplatePreview(
        from_scope=place.scope if place else None,
        version=place.version if place else None,
        locale=place.template.locale if place else None,
        application_id=application_id,
        follow_up_id=trial.follow_up_id,
        subject=words.subject if words else None,
        preheader=words.preheader if words else None,
        text=words.text if words else None,
        html=words.html if words else None,
        sentences=[
            SentenceShown(text=each.text, facts=[SourceShown(name=n, source=s) for n, s in each.facts])
            for each in (words.sentences if words else ())
        ],
        findings=[FindingShown.model_validate(each) for each in trial.findings],
        missing=[MissingShown(name=name, label=label_of(name)) for name in trial.missing],
        obstacle=trial.obstacle,
        promises=[trial.promised_at] if trial.promised_at else [],
    )
