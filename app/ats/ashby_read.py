"""What an Ashby webhook says, action by action (Ashby's webhook reference, 2026-08, read 2026-11)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.ats.ashby_application import collect_application, collect_job, collect_members
from app.ats.ashby_facts import hired, offer_facts
from app.ats.ashby_interviews import collect_schedule
from app.ats.canonical import Fact, FactKind, Reading
from app.ats.collected import Collected
from app.ats.fields import Json, child, children, identity, instant, needed, parse_object, text
from app.errors import MalformedBody


def read(body: bytes, received_at: datetime, action: str = "") -> Reading:
    """What the webhook says; the body itself names its action, so ``action`` is not needed.

    ``received_at`` is when it was stored, aware; only the day on which an offer was first known to be out
    comes from it. Raises `MalformedBody` where the body is not JSON, has no data object, or lacks an id;
    unknown actions are ignored with a reason.
    """
    del action
    envelope = parse_object(body)
    named = text(envelope.get("action"))
    if named is None:
        raise MalformedBody("The body has no action.")
    data = envelope.get("data")
    if not isinstance(data, dict):
        raise MalformedBody("The data is not an object.")
    if reason := _IGNORED.get(named):
        return Reading(ignored=reason)
    reader = _READERS.get(named)
    if reader is None:
        return Reading(ignored=f"unknown action: {re.sub('[^A-Za-z0-9_.-]+', '?', named)[:64]}")
    return reader(_Webhook(named, data, received_at))


@dataclass(frozen=True, slots=True)
class _Webhook:
    action: str
    data: Json
    received_at: datetime


def _application(webhook: _Webhook) -> Reading:
    collected = Collected()
    new = webhook.action == "applicationSubmit"
    collect_application(collected, child(webhook.data, "application"), new=new)
    return collected.reading()


def _hire(webhook: _Webhook) -> Reading:
    collected = Collected()
    application, offer = child(webhook.data, "application"), child(webhook.data, "offer")
    ids = collect_application(collected, application)
    if offer_id := identity(offer.get("id")):
        for fact in offer_facts(offer, offer_id, ids, webhook.received_at):
            collected.fact(fact)
    collected.fact(hired(ids, instant(application.get("updatedAt")), offer))
    return collected.reading()


def _schedule(webhook: _Webhook) -> Reading:
    schedule = child(webhook.data, "interviewSchedule")
    schedule_id = needed(schedule, "id", "The interview schedule")
    application = needed(schedule, "applicationId", "The interview schedule")
    collected = Collected()
    collect_schedule(
        collected, schedule, schedule_id, (application, identity(schedule.get("candidateId")), None)
    )
    return collected.reading()


def _offer(webhook: _Webhook) -> Reading:
    offer = child(webhook.data, "offer")
    offer_id = needed(offer, "id", "The offer")
    whose = needed(offer, "applicationId", "The offer"), None, None
    return Reading(tuple(offer_facts(offer, offer_id, whose, webhook.received_at)))


def _offer_deleted(webhook: _Webhook) -> Reading:
    offer = child(webhook.data, "offer")
    offer_id = needed(offer, "id", "The offer")
    fact = Fact(
        FactKind.OFFER_DELETED,
        f"offer:{offer_id}:deleted",
        application=identity(offer.get("applicationId")),
        data={"offer_id": offer_id, "version": None},
    )
    return Reading((fact,))


def _candidate_deleted(webhook: _Webhook) -> Reading:
    candidate = needed(child(webhook.data, "candidate"), "id", "The candidate")
    fact = Fact(FactKind.CANDIDATE_DELETED, f"candidate:{candidate}:deleted", candidate=candidate)
    return Reading((fact,), erased=(candidate,))


def _candidate_merged(webhook: _Webhook) -> Reading:
    candidate = needed(child(webhook.data, "deletedCandidate"), "id", "The deleted candidate")
    into = needed(child(webhook.data, "mergedCandidate"), "id", "The merged candidate")
    key = f"candidate:{candidate}:merged:{into}"
    return Reading((Fact(FactKind.CANDIDATE_MERGED, key, candidate=candidate, data={"into": into}),))


def _job(webhook: _Webhook) -> Reading:
    job = child(webhook.data, "job")
    needed(job, "id", "The job")
    collected = Collected()
    collect_members(collected, [*children(job, "hiringTeam")], "userId")
    collect_job(collected, job, instant(job.get("updatedAt")))
    return collected.reading()


_READERS: dict[str, Callable[[_Webhook], Reading]] = {
    "applicationSubmit": _application,
    "applicationUpdate": _application,
    "candidateStageChange": _application,
    "candidateHire": _hire,
    "candidateDelete": _candidate_deleted,
    "candidateMerge": _candidate_merged,
    "interviewScheduleCreate": _schedule,
    "interviewScheduleUpdate": _schedule,
    "offerCreate": _offer,
    "offerUpdate": _offer,
    "offerDelete": _offer_deleted,
    "jobCreate": _job,
    "jobUpdate": _job,
}

_IGNORED = {
    "ping": "ping: the webhook was saved in Ashby",
    "jobPostingUpdate": "job posts are not followed",
    "jobPostingPublish": "job posts are not followed",
    "jobPostingUnpublish": "job posts are not followed",
    "openingCreate": "openings are not followed",
    "interviewPlanTransition": "stages are read from applications",
    "pushToHRIS": "what comes after the hire is not followed",
    "signatureRequestUpdate": "signatures are not followed; the offer tells the answer",
    "surveySubmit": "surveys are not read",
}
