"""The facts of one follow-up, from what is true and from people; nothing is invented."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.errors import Unprocessable
from app.followups.catalogue import KINDS, Recipient
from app.followups.contact_links import ContactUrls
from app.followups.models import FollowUp
from app.followups.plan import step_of
from app.followups.standing import NOT_REACHED, why_unreached
from app.intake.config import ConnectionSettings
from app.messages.appointments import WHEN, Appointment, Slot, slot_from, slot_of
from app.messages.dates import spoken_date, spoken_iso
from app.messages.facts import Facts, FactValue, source_of
from app.messages.highlights import marked
from app.messages.language import choose, in_language
from app.messages.library import DEFAULT_LOCALE
from app.messages.office import kind_name, missing_in, reference, said
from app.messages.supplied import spoken_facts
from app.messages.unreached import told_of
from app.moments import zone
from app.sla.calendar import remaining
from app.sla.cases import Case
from app.sla.clocks import after, counted_in
from app.sla.models import Clock
from app.sla.policies import Say, Span
from app.sla.triggers import ASKING
from app.timeline.highlights import Note
from app.timeline.people import PersonData
from app.timeline.truth import Truth


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that a message may draw on."""

    follow_up: FollowUp
    truth: Truth
    settings: ConnectionSettings
    vendor: str
    company: str
    candidate: PersonData
    recruiter: PersonData
    """Who signs."""
    addressee: PersonData
    clock: Clock | None
    case: Case | None
    supplied: Mapping[str, FactValue]
    about: FollowUp | None = None
    """The follow-up that waits, where this one tells somebody so."""
    notes: tuple[Note, ...] = ()
    """What scorecards say about the candidate, the newest first; internal unless marked or picked."""
    interviewers: tuple[str, ...] = ()
    """Who holds the interview in question, by name."""
    contact: ContactUrls | None = None
    """Where the candidate chooses what to be written about."""
    signer: str | None = None
    """The vendor's id of whoever signs."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts, the date they promise and the appointment they invite to, if any."""

    facts: Facts
    promised_at: datetime | None
    appointment: Appointment | None = None


def locale_for(material: Material, company: str, available: Collection[tuple[str, str]]) -> str:
    """The locale of this follow-up's message, such as ``de`` or ``en-US``.

    Everybody is written to in their own language where it is known and there are words of that kind in it;
    else in the connection's, the company's or English. ``company`` is the service's own locale, ``available``
    the (kind, language) pairs for which there are templates.
    """
    kind = KINDS[material.follow_up.kind]
    reader = material.candidate if kind.recipient is Recipient.CANDIDATE else material.addressee
    return choose(kind.key, (reader.locale, material.settings.locale, company), available)


def gather(material: Material, locale: str, now: datetime) -> Gathered:
    """The facts as of now; a promised date is counted from now on the clock's calendar."""
    promised_at = _promise(material, now)
    groups: tuple[Mapping[str, FactValue], ...] = (
        _stated(material, locale, now),
        _people(material),
        _application(material, locale),
        _decision(material, locale),
        _clock(material, locale, now),
        _next_step(material, promised_at, locale),
        _waiting(material, locale),
        _consent(material, locale),
        _contact(material),
        _from_scorecards(material),
        spoken_facts(material.supplied, locale, material.addressee.time_zone or material.settings.time_zone),
    )
    values = {name: fact for group in groups for name, fact in group.items()}
    name, slot = _slot(material, now)
    if slot is not None:
        source = values[name].source if name in values else f"{material.vendor}:{slot.key.replace(':', '/')}"
        values[name] = FactValue(_date(material, slot.starts_at, locale, with_time=True), source)
    facts = Facts(values)
    return Gathered(facts, promised_at, _appointment(material, facts, slot) if slot else None)


Found = dict[str, FactValue]
_NOTICE = Span(business_days=10)
"""Before an automated decision tool is used (New York City, Administrative Code § 20-871, read 2026-11)."""
_CONSENT = "consent:"
"""How a tag in the ATS begins that says why somebody may be written to; the rest says why."""


def _say(material: Material) -> Say | None:
    if material.case is None:
        return None
    step = material.follow_up.step
    return next((say for say in material.case.policy.say if step_of(say, material.case) == step), None)


def _promise(material: Material, now: datetime) -> datetime | None:
    say = _say(material)
    if say is None or material.case is None:
        return None
    if say.at == "moved":
        return material.case.occurrence.due_at
    if say.promise is None:
        return None
    return after(say.promise, material.case.history.hours, now)


def _slot(material: Material, now: datetime) -> tuple[str, Slot | None]:
    """The appointment that this follow-up invites to, and the fact that tells its time.

    What a person wrote counts; else what the ATS has planned. A time nobody can read is no time.
    """
    kind, truth = KINDS[material.follow_up.kind], material.truth
    name = next(iter(kind.required_facts & WHEN), "")
    if not kind.invites:
        return name, None
    if written := material.supplied.get(name):
        try:
            here = zone(material.settings.time_zone)
            return name, slot_from(str(written.value), here, material.follow_up.reason)
        except Unprocessable:
            return name, None
    planned = material.case.occurrence.interview if material.case else None
    if planned is None and truth.stage is not None and truth.stage.kind == "offer":
        ahead = (i for i in truth.interviews if i.starts_at and i.starts_at > now)
        planned = next(ahead, None)
    return name, slot_of(planned)


def _appointment(material: Material, facts: Facts, slot: Slot) -> Appointment:
    interview = facts.text("interview.name") if slot.key.startswith("interview:") else ""
    about = f"{facts.text('job.title')}, {facts.text('company.name')}"
    where = "meeting.where" if "meeting.when" in KINDS[material.follow_up.kind].required_facts else ""
    return Appointment(
        key=slot.key,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        zone=material.addressee.time_zone or material.settings.time_zone,
        title=f"{interview}: {about}" if interview else about,
        where=facts.text(where or "interview.where"),
        sequence=slot.moves,
    )


def _stated(material: Material, locale: str, now: datetime) -> Found:
    """What the policy itself says, and what follows from the law it keeps."""
    say, case = _say(material), material.case
    if say is None or case is None:
        return {}
    source = f"policy:{case.policy.key}"
    told = {name: in_language(words, locale) for name, words in say.facts.items()}
    found = {name: FactValue(words, source) for name, words in told.items() if words}
    if "tool.used_from" in KINDS[material.follow_up.kind].required_facts:
        earliest = after(_NOTICE, case.history.hours, max(now, material.follow_up.release_at))
        found["tool.used_from"] = FactValue(_date(material, earliest, locale), source)
    return found


def _consent(material: Material, locale: str) -> Found:
    """Why somebody may be written to apart from their application: a tag says so, or the settings do."""
    tags = [tag for tag in material.truth.tags if tag.casefold().startswith(_CONSENT)]
    if tags and (basis := tags[0][len(_CONSENT) :].strip()):
        return _facts(f"{material.vendor}:application/{material.truth.external_id}", consent__basis=basis)
    return _facts("settings:connection", consent__basis=in_language(material.settings.nurture_basis, locale))


def _contact(material: Material) -> Found:
    if material.contact is None:
        return {}
    return _facts(
        "link:contact",
        unsubscribe__url=material.contact.unsubscribe,
        preferences__url=material.contact.preferences,
    )


def _facts(source: str, **values: str | list[str] | None) -> Found:
    return {
        name.replace("__", "."): FactValue(value, source)
        for name, value in values.items()
        if value is not None
    }


def _people(material: Material) -> Found:
    vendor, truth = material.vendor, material.truth
    return (
        _facts(
            f"{vendor}:candidate/{truth.candidate}",
            candidate__first_name=material.candidate.first_name,
            candidate__full_name=material.candidate.full_name,
        )
        | _facts(
            f"{vendor}:user/{material.signer}",
            recruiter__name=material.recruiter.full_name,
            recruiter__email=material.recruiter.email,
        )
        | _facts("settings:company", company__name=material.company)
        | _facts("settings:connection", company__domains=_domains(material))
        | _facts(source_of(vendor, material.follow_up.recipient), person__name=material.addressee.full_name)
    )


def _domains(material: Material) -> str:
    """Where messages may link to; no template can print it, and nobody can supply it."""
    sender = (material.settings.sender_address or "").rpartition("@")[2]
    return ", ".join(filter(None, (*material.settings.link_domains, sender)))


def _application(material: Material, locale: str) -> Found:
    vendor, truth = material.vendor, material.truth
    source = f"{vendor}:application/{truth.external_id}"
    found = _facts(f"{vendor}:job/{truth.job.external_id}", job__title=truth.job.name) | _facts(
        source,
        application__url=truth.url,
        application__reference=reference(vendor, truth.external_id, locale),
        stage__name=truth.stage.stage_name if truth.stage else None,
    )
    interview = material.case.occurrence.interview if material.case else None
    if interview and interview.ends_at:
        found |= _facts(
            f"{vendor}:interview/{interview.id}",
            interview__date=_date(material, interview.starts_at or interview.ends_at, locale),
            interview__name=interview.name,
            interview__people=list(material.interviewers),
        )
    asked = material.case.occurrence.said if material.case else None
    if asked and asked.kind in ASKING:
        found |= _facts(f"message:{asked.kind}", question__asked_on=_date(material, asked.at, locale))
    return found


def _date(material: Material, at: datetime, locale: str, *, with_time: bool = False) -> str:
    name = material.addressee.time_zone or material.settings.time_zone
    return spoken_date(at, zone(name), locale, with_time=with_time)


def _decision(material: Material, locale: str) -> Found:
    """Who decided is nowhere in a webhook: it is a fact that a person supplies."""
    decision = material.case.occurrence.decision if material.case else None
    offer = material.case.occurrence.offer if material.case else None
    vendor, truth = material.vendor, material.truth
    if decision:
        reference = f"{vendor.title()} application {truth.external_id}, {decision.kind}"
        return _facts(
            f"{vendor}:application/{truth.external_id}",
            decision__at=_date(material, decision.at, locale),
            decision__reference=reference,
        )
    if offer:
        return _facts(
            f"{vendor}:offer/{offer.id}",
            decision__at=_date(material, offer.created_at, locale),
            decision__reference=f"{vendor.title()} offer {offer.id}, version {offer.version}",
            offer__start_date=spoken_iso(offer.start_date, locale) if offer.start_date else None,
            offer__sent_on=_date(material, offer.sent_at, locale) if offer.sent_at else None,
            offer__answer_by=_answer_by(material, locale),
        )
    return {}


def _answer_by(material: Material, locale: str) -> str | None:
    """When the clock that waits for the candidate's answer is due."""
    case, clock = material.case, material.clock
    waits = case is not None and case.policy.owed_by == "candidate" and clock is not None
    return _date(material, clock.due_at, locale) if waits and clock and clock.due_at else None


def _clock(material: Material, locale: str, now: datetime) -> Found:
    clock, case = material.clock, material.case
    if clock is None or case is None:
        return {}
    source = f"policy:{case.policy.key}"
    names = {DEFAULT_LOCALE: case.policy.name, **case.policy.names}
    found = _facts(source, clock__name=in_language(names, locale))
    if clock.due_at:
        found |= _facts(source, clock__due=_date(material, clock.due_at, locale, with_time=True))
    if clock.breached_at:
        late = -remaining(counted_in(case.history), now, clock.breached_at)
        found |= _facts(source, clock__overdue=_hours(late))
    return found


def _hours(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min"


def _next_step(material: Material, promised_at: datetime | None, locale: str) -> Found:
    say = _say(material)
    if say is None or material.case is None:
        return {}
    source = f"policy:{material.case.policy.key}"
    found = _facts(source, next_step__what=in_language(say.next_step, locale))
    if promised_at:
        found |= _facts(source, next_step__by=_date(material, promised_at, locale))
    before = material.case.occurrence.due_at
    if before and say.at != "moved":
        found |= _facts(source, promise__by=_date(material, before, locale))
    return found


def _from_scorecards(material: Material) -> Found:
    """Only what is marked as written for candidates, and only to them."""
    if KINDS[material.follow_up.kind].recipient is not Recipient.CANDIDATE:
        return {}
    return marked(material.notes, material.settings.candidate_facing_fields, material.vendor)


def _waiting(material: Material, locale: str) -> Found:
    about = material.about
    if about is None:
        return {}
    why, remedy = None, None
    if material.follow_up.kind == NOT_REACHED:
        why, remedy = told_of(why_unreached(material.follow_up.step))
    return _facts(
        f"follow_up:{about.id}",
        waiting__what=kind_name(about.kind, locale),
        waiting__since=_date(material, about.updated_at, locale, with_time=True),
        missing__facts=missing_in(about.cause, locale) if about.cause else None,
        failure__why=said(why, locale) if why else None,
        failure__remedy=said(remedy, locale) if remedy else None,
    )
