"""What a follow-up's message may draw on, loaded: people opened, the application folded, supplied facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import PersonRole
from app.followups.catalogue import KINDS, Recipient
from app.followups.contact import Choices
from app.followups.contact_links import About, ContactUrls, give_links, known_links
from app.followups.contact_store import choices_of
from app.followups.models import FollowUp, Preference, SuppliedFact
from app.followups.preferences import wishes
from app.intake.models import Connection
from app.messages.facts import FactValue
from app.messages.gather import Material
from app.messages.keyring import Keyring
from app.messages.links import Links
from app.messages.overrides import Templates, scopes_of
from app.messages.stored import templates_at
from app.privacy.vault import Vault
from app.sla.cases import Case, RuleBook, cases
from app.sla.models import Clock
from app.sla.stops import clock_key
from app.timeline.highlights import Note, read_notes
from app.timeline.models import Application, Person
from app.timeline.people import PersonData, Ref, find_people, open_person
from app.timeline.store import Known, read

_Row = TypeVar("_Row", Clock, FollowUp)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The material of one follow-up, and the rows that writing its message needs."""

    material: Material
    candidate: Person | None
    addressee: Person | None
    templates: Templates
    """Those that count for this application."""
    book: RuleBook
    choices: Choices = field(default_factory=Choices)
    """What the candidate has asked for about our writing."""

    @property
    def follow_up(self) -> FollowUp:
        return self.material.follow_up


async def load(
    session: AsyncSession,
    vault: Vault,
    book: RuleBook,
    follow_ups: Sequence[FollowUp],
    *,
    company: str,
    links: Links | None = None,
) -> list[Loaded]:
    """The material of these follow-ups, which may belong to several applications and connections.

    With `links`, candidates are given those by which they choose what to be written about; without, those
    that they have been given before are there.
    """
    applications = await session.scalars(
        select(Application).where(col(Application.id).in_({f.application_id for f in follow_ups})),
    )
    known = {k.application.id: k for k in await read(session, applications.all())}
    batch = await _batch(session, vault, known, follow_ups, links)
    loaded = []
    for follow_up in follow_ups:
        k = known[follow_up.application_id]
        told = batch.about.get(follow_up.about_id or "")
        clock = batch.clocks.get(follow_up.clock_id or (told.clock_id if told else None) or "")
        who, vendor = batch.people[follow_up.connection_id], batch.vendors[follow_up.connection_id]
        candidate, addressee = who.get(_candidate(k)), _addressee(follow_up, who)
        signer = _signer(k, who)
        case = _case(k, book, clock, follow_up.connection_id)
        material = Material(
            follow_up=follow_up,
            truth=k.truth,
            settings=k.settings,
            vendor=vendor,
            company=company,
            candidate=_open(vault, candidate),
            recruiter=_open(vault, signer),
            addressee=_as_wished(_open(vault, addressee), batch.wishes.get(_wisher(follow_up))),
            clock=clock,
            case=case,
            supplied=await _opened(session, vault, batch.supplied.get(follow_up.id, ()), candidate, vendor),
            about=told,
            interviewers=_interviewers(vault, case, who),
            notes=batch.notes.get((follow_up.connection_id, k.application.external_id), ()),
            contact=batch.contacts.get(k.application.id),
            signer=signer.external_id if signer else None,
        )
        said = batch.choices.get(candidate.id, Choices()) if candidate else Choices()
        loaded.append(Loaded(material, candidate, addressee, batch.templates[k.application.id], book, said))
    return loaded


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is read once for all follow-ups of a batch."""

    vendors: Mapping[str, str]
    clocks: Mapping[str, Clock]
    about: Mapping[str, FollowUp]
    people: Mapping[str, Mapping[Ref, Person]]
    notes: Mapping[tuple[str, str], tuple[Note, ...]]
    templates: Mapping[str, Templates]
    choices: Mapping[str, Choices]
    contacts: Mapping[str, ContactUrls]
    wishes: Mapping[tuple[str, str], Preference]
    supplied: Mapping[str, Sequence[SuppliedFact]]


async def _batch(
    session: AsyncSession,
    vault: Vault,
    known: Mapping[str, Known],
    follow_ups: Sequence[FollowUp],
    links: Links | None,
) -> _Batch:
    vendors = {c.id: c.vendor for c in await session.scalars(select(Connection))}
    clocks = await _by_id(session, Clock, [f.clock_id for f in follow_ups])
    about = await _by_id(session, FollowUp, [f.about_id for f in follow_ups])
    clocks |= await _by_id(session, Clock, [a.clock_id for a in about.values()])
    people = await _people(session, known, follow_ups)
    written_to = {f.application_id for f in follow_ups if KINDS[f.kind].recipient is Recipient.CANDIDATE}
    of = [known[a].application for a in sorted(written_to)]
    notes = await read_notes(session, vault, [(a.connection_id, a.external_id) for a in of])
    templates = await _templates(session, known, follow_ups)
    candidates = {
        a: candidate
        for a in written_to
        if (candidate := people[known[a].application.connection_id].get(_candidate(known[a])))
    }
    choices = await choices_of(session, candidates.values())
    contacts = await _contacts(session, vault, candidates, links)
    wished = await wishes(session, follow_ups)
    supplied = await _supplied(session, follow_ups)
    return _Batch(vendors, clocks, about, people, notes, templates, choices, contacts, wished, supplied)


def _candidate(known: Known) -> Ref:
    return PersonRole.CANDIDATE, known.truth.candidate or ""


async def _contacts(
    session: AsyncSession, vault: Vault, candidates: Mapping[str, Person], links: Links | None
) -> dict[str, ContactUrls]:
    """By application; nobody who was erased is given one."""
    about: dict[str, About] = {a: (person.id, a) for a, person in candidates.items() if person.key}
    if links is not None:
        await give_links(session, vault, links.public_url, about.values(), links.machine_now())
    known = await known_links(session, vault, about.values())
    return {a: known[each] for a, each in about.items() if each in known}


async def _templates(
    session: AsyncSession, known: Mapping[str, Known], follow_ups: Sequence[FollowUp]
) -> dict[str, Templates]:
    scopes = [scopes_of(k.application.connection_id, k.truth.job) for k in known.values()]
    found = await templates_at(session, scopes, {follow_up.kind for follow_up in follow_ups})
    return dict(zip(known, found, strict=True))


async def _by_id(
    session: AsyncSession,
    table: type[_Row],
    ids: Sequence[str | None],
) -> dict[str, _Row]:
    wanted = {i for i in ids if i}
    if not wanted:
        return {}
    return {row.id: row for row in await session.scalars(select(table).where(col(table.id).in_(wanted)))}


async def _people(
    session: AsyncSession,
    known: Mapping[str, Known],
    follow_ups: Sequence[FollowUp],
) -> dict[str, dict[Ref, Person]]:
    wanted: dict[str, set[Ref]] = {}
    for follow_up in follow_ups:
        k = known[follow_up.application_id]
        refs = wanted.setdefault(follow_up.connection_id, set())
        refs.add((PersonRole.CANDIDATE, k.truth.candidate or ""))
        refs.update((PersonRole.MEMBER, member) for member in (*_signers(k), *_meet(k, follow_up)))
        role, _, external_id = follow_up.recipient.partition(":")
        refs.add((role, external_id))
    return {c: await find_people(session, c, refs) for c, refs in wanted.items()}


def _signers(known: Known) -> tuple[str, ...]:
    """Who signs: the application's recruiter, else the job's, else whoever coordinates."""
    truth = known.truth
    named = (truth.recruiter, *truth.job.recruiters, truth.coordinator, *truth.job.hiring_managers)
    return tuple(member for member in named if member)


def _meet(known: Known, follow_up: FollowUp) -> tuple[str, ...]:
    """Whom the candidate meets: looked up only where the words tell of it."""
    if not KINDS[follow_up.kind].invites:
        return ()
    return tuple(one.member for interview in known.truth.interviews for one in interview.interviewers)


def _interviewers(vault: Vault, case: Case | None, people: Mapping[Ref, Person]) -> tuple[str, ...]:
    interview = case.occurrence.interview if case else None
    held_by = [one.member for one in interview.interviewers] if interview else []
    names = (_open(vault, people.get((PersonRole.MEMBER, member))).full_name for member in held_by)
    return tuple(name for name in names if name)


def _signer(known: Known, people: Mapping[Ref, Person]) -> Person | None:
    found = (people.get((PersonRole.MEMBER, member)) for member in _signers(known))
    return next((person for person in found if person), None)


def _addressee(follow_up: FollowUp, people: Mapping[Ref, Person]) -> Person | None:
    role, _, external_id = follow_up.recipient.partition(":")
    return people.get((role, external_id))


def _open(vault: Vault, person: Person | None) -> PersonData:
    return open_person(vault, person) if person else PersonData()


def _wisher(follow_up: FollowUp) -> tuple[str, str]:
    return follow_up.connection_id, follow_up.recipient


def _as_wished(person: PersonData, wish: Preference | None) -> PersonData:
    """A member's own choice of language comes before what the ATS says of them."""
    return person.model_copy(update={"locale": wish.locale}) if wish and wish.locale else person


def _case(known: Known, book: RuleBook, clock: Clock | None, connection: str) -> Case | None:
    if clock is None:
        return None
    wanted = clock_key(clock.policy, clock.occurrence)
    found = cases(known.truth, book, connection=connection, calendar=known.settings.calendar)
    return next((c for c in found if clock_key(c.policy.key, c.occurrence.key) == wanted), None)


async def _supplied(session: AsyncSession, follow_ups: Sequence[FollowUp]) -> dict[str, list[SuppliedFact]]:
    of = col(SuppliedFact.follow_up_id)
    found: dict[str, list[SuppliedFact]] = {}
    for row in await session.scalars(select(SuppliedFact).where(of.in_({f.id for f in follow_ups}))):
        found.setdefault(row.follow_up_id, []).append(row)
    return found


async def _opened(
    session: AsyncSession,
    vault: Vault,
    rows: Sequence[SuppliedFact],
    candidate: Person | None,
    vendor: str,
) -> dict[str, FactValue]:
    """What was added to one follow-up; nothing after erasure."""
    if candidate is None or candidate.key is None or not rows:
        return {}
    found: dict[str, FactValue] = {}
    keys = Keyring(vault, candidate, rows[0].follow_up_id)
    for row in rows:
        value = await keys.open(session, row.value, f"{row.follow_up_id}/{row.name}")
        if value is not None:
            found[row.name] = FactValue(value.decode(), _source(row, vendor))
    return found


def _source(row: SuppliedFact, vendor: str) -> str:
    """Who vouches for it; for picked words, where they stand as well."""
    by = row.supplied_by if row.supplied_by.startswith("event:") else f"person:{row.supplied_by}"
    return f"{vendor}:{row.picked_from}, picked by {by}" if row.picked_from else by
