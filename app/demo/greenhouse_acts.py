"""What may happen in the simulated Greenhouse, each act with the webhooks that Greenhouse sends for it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.demo import greenhouse_bodies as bodies
from app.demo.greenhouse_people import add_candidate, reason_id
from app.demo.greenhouse_world import Row, World, written
from app.demo.people import Newcomer
from app.demo.push import Push, Webhook


class Acts:
    """Acts on the world. Ids are Greenhouse's numbers; ``at`` is the simulated instant, aware."""

    def __init__(self, world: World, push: Push) -> None:
        self.world = world
        self.push = push

    def _queue(self, action: str, payload: Mapping[str, Any], at: datetime) -> Webhook:
        return self.push.queue(action, bodies.encoded(action, payload), at)

    # Applications

    def apply(
        self,
        newcomer: Newcomer,
        job: int | None,
        at: datetime,
        *,
        recruiter: int | None = None,
        coordinator: int | None = None,
        source: str = "Jobs page on your website",
        prospect: bool = False,
    ) -> int:
        """A candidate applies (or is added as a prospect) and stands in the job's first stage; the id."""
        candidate = add_candidate(self.world, newcomer, at, recruiter, coordinator)
        row = self.world.add(
            "applications",
            at,
            candidate_id=candidate["id"],
            job_id=None if prospect else job,
            prospective_job_ids=[job] if prospect and job else [],
            recruiter_id=recruiter,
            coordinator_id=coordinator,
            source_id=2,
            source_name=source,
            status="in_process",
            needs_decision=False,
            prospect=prospect,
            rejected_at=None,
            last_activity_at=written(at),
        )
        application = int(row["id"])
        if not prospect:
            self._enter(application, self.world.find("job_interview_stages", job_id=job)[0], at)
        self._tell("new_prospect_application" if prospect else "new_candidate_application", application, at)
        return application

    def move(self, application: int, stage: str, at: datetime) -> None:
        """Into the job's stage of that name."""
        job = self._application(application)["job_id"]
        self._leave(application, at)
        self._enter(application, self.world.find("job_interview_stages", job_id=job, name=stage)[0], at)
        self._touch(application, at)
        self._tell("candidate_stage_change", application, at)

    def update_application(self, application: int, at: datetime, **values: Any) -> None:  # noqa: ANN401 -- any JSON
        """Other attributes, such as ``source_name``."""
        self._touch(application, at, **values)
        self._tell("application_updated", application, at)

    def reject(self, application: int, reason: str, at: datetime, *, kind: str = "WE_REJECTED_THEM") -> None:
        """A rejection; ``kind`` is the reason's type, ``THEY_REJECTED_US`` for a candidate who withdraws."""
        reason_row = reason_id(self.world, reason, kind, at)
        self.world.add("rejection_details", at, application_id=application, rejection_reason_id=reason_row)
        self._touch(application, at, status="rejected", rejected_at=written(at))
        self._tell("reject_candidate", application, at)

    def unreject(self, application: int, at: datetime) -> None:
        """The rejection is taken back."""
        for details in self.world.find("rejection_details", application_id=application):
            self.world.remove("rejection_details", details["id"])
        self._touch(application, at, status="in_process", rejected_at=None)
        self._tell("unreject_candidate", application, at)

    def hire(self, application: int, at: datetime) -> None:
        """Hired, with the accepted offer if there is one."""
        row = self._touch(application, at, status="hired")
        accepted = self.world.find("offers", application_id=application, status="Accepted")
        hired = bodies.hired_application(self.world, row, accepted[-1] if accepted else None)
        self._queue("hire_candidate", {"application": hired}, at)

    def unhire(self, application: int, at: datetime) -> None:
        """The hire is taken back."""
        self._touch(application, at, status="in_process")
        self._tell("unhire_candidate", application, at)

    def delete_application(self, application: int, at: datetime) -> None:
        """Destroys one application."""
        row = self.world.remove("applications", application)
        shown = ("id", "candidate_id", "job_id", "created_at", "source_id", "prospect", "rejected_at")
        self._queue("delete_application", {"application": {name: row[name] for name in shown}}, at)

    # Interviews and scorecards: Greenhouse sends nothing, except when one is deleted

    def schedule_interview(
        self,
        application: int,
        interviewers: Sequence[int],
        starts_at: datetime,
        at: datetime,
        *,
        name: str = "Interview",
        lasts: timedelta = timedelta(hours=1),
    ) -> int:
        """An interview with these users in the present stage; its id."""
        visit = self.world.visit(application)
        row = self.world.add(
            "interviews",
            at,
            job_id=self._application(application)["job_id"],
            application_id=application,
            visit_id=visit["id"] if visit else None,
            job_interview_id=self.world.last_id + 500_000,
            name=name,
            starts_at=written(starts_at),
            ends_at=written(starts_at + lasts),
            all_day_start_on=None,
            all_day_end_on=None,
            location=None,
            status="scheduled",
            organizer_id=None,
            scheduled_at=written(at),
            availability_received_at=None,
        )
        for user in interviewers:
            member = self.world.one("users", user)
            self.world.add(
                "interviewers",
                at,
                interview_id=row["id"],
                user_id=user,
                scorecard_id=None,
                response_status="accepted",
                email=member["primary_email"],
                display_name=member["name"],
            )
        return int(row["id"])

    def move_interview(self, interview: int, starts_at: datetime, at: datetime) -> None:
        """The interview takes place at another time; it lasts an hour."""
        times = {"starts_at": written(starts_at), "ends_at": written(starts_at + timedelta(hours=1))}
        self.world.change("interviews", interview, at, scheduled_at=written(at), **times)

    def end_interview(self, interview: int, at: datetime) -> None:
        """The interview has taken place: feedback is awaited."""
        self.world.change("interviews", interview, at, status="awaiting_feedback")

    def cancel_interview(self, interview: int, at: datetime) -> None:
        """The interview is deleted."""
        self.world.remove("interviews", interview)
        self._queue("interview_deleted", {"interview": {"id": interview}}, at)

    def submit_scorecard(self, interview: int, user: int, at: datetime, rating: str = "yes") -> int:
        """The user's feedback on the interview; with the last one the interview is complete. Its id."""
        row = self.world.one("interviews", interview)
        scorecard = self.world.add(
            "scorecards",
            at,
            application_id=row["application_id"],
            interview_kit_id=row["job_interview_id"],
            interviewer_id=user,
            submitter_id=user,
            candidate_rating=rating,
            status="complete",
            interviewed_at=row["starts_at"],
            submitted_at=written(at),
            notes=None,
        )
        interviewers = self.world.find("interviewers", interview_id=interview)
        for interviewer in (one for one in interviewers if one["user_id"] == user):
            self.world.change("interviewers", interviewer["id"], at, scorecard_id=scorecard["id"])
        if all(one["scorecard_id"] for one in interviewers):
            self.world.change("interviews", interview, at, status="complete")
        return int(scorecard["id"])

    def delete_scorecard(self, scorecard: int, at: datetime) -> None:
        """A scorecard is deleted: the feedback is owed again."""
        row = self.world.remove("scorecards", scorecard)
        for interviewer in self.world.find("interviewers", scorecard_id=scorecard):
            self.world.change("interviewers", interviewer["id"], at, scorecard_id=None)
        candidate = self._application(row["application_id"])["candidate_id"]
        shown = {"id": scorecard, "candidate_id": candidate, "scorecard_status": row["status"]}
        shown |= {name: row[name] for name in ("interviewed_at", "created_at", "updated_at")}
        self._queue("scorecard_deleted", {"scorecard": shown}, at)

    # Offers

    def create_offer(self, application: int, at: datetime, *, starts_on: date | None = None) -> int:
        """An offer; a former one is deprecated. Its id."""
        former = self.world.find("offers", application_id=application)
        for offer in (one for one in former if one["status"] == "Created"):
            self._change_offer(offer["id"], at, "offer_updated", status="Deprecated")
        row = self.world.add(
            "offers",
            at,
            application_id=application,
            candidate_id=self._application(application)["candidate_id"],
            job_id=self._application(application)["job_id"],
            user_id=None,
            version=len(former) + 1,
            status="Created",
            sent_on=None,
            resolved_at=None,
            starts_on=starts_on.isoformat() if starts_on else None,
        )
        self._queue("offer_created", bodies.offer(row), at)
        return int(row["id"])

    def approve_offer(self, offer: int, at: datetime) -> None:
        """The offer may be sent."""
        self._change_offer(offer, at, "offer_approved")

    def send_offer(self, offer: int, at: datetime) -> None:
        """The offer is marked as sent that day."""
        self._change_offer(offer, at, "offer_updated", sent_on=at.date().isoformat())

    def accept_offer(self, offer: int, at: datetime) -> None:
        """The candidate accepts."""
        self._change_offer(offer, at, "offer_updated", status="Accepted", resolved_at=written(at))

    def decline_offer(self, offer: int, at: datetime) -> None:
        """The candidate declines."""
        self._change_offer(offer, at, "offer_updated", status="Rejected", resolved_at=written(at))

    def delete_offer(self, offer: int, at: datetime) -> None:
        """The offer is taken away."""
        row = self.world.remove("offers", offer)
        self._queue("offer_deleted", {"offer": bodies.offer(row)}, at)

    # Candidates and jobs

    def update_candidate(self, candidate: int, at: datetime, **values: Any) -> None:  # noqa: ANN401 -- any JSON
        """Other fields of a candidate, such as ``can_email``."""
        row = self.world.change("candidates", candidate, at, **values)
        self._queue("update_candidate", {"candidate": bodies.candidate(self.world, row)}, at)

    def merge(self, candidate: int, into: int, at: datetime) -> None:
        """Two candidates are one person: the applications move."""
        for row in self.world.find("applications", candidate_id=candidate):
            self.world.change("applications", row["id"], at, candidate_id=into)
        self.world.remove("candidates", candidate)
        self._queue("merge_candidate", {"person": {"id": candidate, "new_candidate_id": into}}, at)

    def delete_candidate(self, candidate: int, at: datetime) -> None:
        """A person is deleted with all their applications; one webhook in all."""
        row = self.world.remove("candidates", candidate)
        gone = [one["id"] for one in self.world.find("applications", candidate_id=candidate)]
        for application in gone:
            self.world.remove("applications", application)
        person = {name: row[name] for name in ("id", "first_name", "last_name", "created_at", "can_email")}
        person |= {"is_private": row["private"], "deleted_application_ids": gone}
        self._queue("delete_candidate", {"person": person}, at)

    def anonymize(self, candidate: int, at: datetime) -> None:
        """The personal fields are blanked."""
        blank: Row = {"first_name": None, "last_name": None, "email_addresses": [], "tags": []}
        self.world.change("candidates", candidate, at, **blank)
        fields = ["full_name", "email_addresses", "tags"]
        self._queue("candidate_anonymized", {"candidate_id": candidate, "anonymized_fields": fields}, at)

    def close_job(self, job: int, at: datetime) -> None:
        """The job is closed; its applications stay as they are."""
        self.world.change("jobs", job, at, status="closed", closed_at=written(at))
        self.job_event("job_updated", job, at)

    def job_event(self, action: str, job: int, at: datetime) -> None:
        """The webhook of a job."""
        payload = {"job": bodies.job(self.world, self.world.one("jobs", job))}
        self._queue(action, payload, at)

    def ping(self, at: datetime) -> None:
        """Somebody saved the webhook's settings."""
        self._queue("ping", {"web_hook_id": 4711}, at)

    # Inside

    def _application(self, application: int) -> Row:
        return self.world.one("applications", application)

    def _touch(self, application: int, at: datetime, **values: object) -> Row:
        return self.world.change("applications", application, at, last_activity_at=written(at), **values)

    def _tell(self, action: str, application: int, at: datetime) -> None:
        told = bodies.application(self.world, self._application(application))
        self._queue(action, {"application": told}, at)

    def _enter(self, application: int, stage: Row, at: datetime) -> None:
        values = {"job_interview_stage_id": stage["id"], "entered_at": written(at), "exited_at": None}
        self.world.add("application_stages", at, application_id=application, current=True, **values)

    def _leave(self, application: int, at: datetime) -> None:
        if visit := self.world.visit(application):
            self.world.change("application_stages", visit["id"], at, exited_at=written(at), current=False)

    def _change_offer(self, offer: int, at: datetime, action: str, **values: object) -> None:
        row = self.world.change("offers", offer, at, **values)
        self._touch(row["application_id"], at)
        self._queue(action, bodies.offer(row), at)
