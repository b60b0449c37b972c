"""What may happen in the simulated Ashby, each act with the webhooks that Ashby sends for it.

Related webhooks of one change share their ``webhookActionId`` (Ashby's guide to them, read 2026-11).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from app.demo.ashby_world import REASONS, Row, World, encoded, written
from app.demo.people import Newcomer
from app.demo.push import Push


class Acts:
    """Acts on the world. Ids are strings; ``at`` is the simulated instant, aware."""

    def __init__(self, world: World, push: Push) -> None:
        self.world = world
        self.push = push

    def tell(self, told: Mapping[str, Row], at: datetime) -> None:
        """Queues related webhooks by action, with one id for all."""
        action_id = self.world.new_id()
        for action, data in told.items():
            self.push.queue(action, encoded(action, action_id, data), at, event_id=action_id)

    # Setting the stage

    def add_user(self, name: str, email: str, at: datetime) -> str:
        """Somebody of the company."""
        first, _, last = name.partition(" ")
        row = self.world.add("users", at, firstName=first, lastName=last, email=email, isEnabled=True)
        return str(row["id"])

    def add_job(self, name: str, stages: Sequence[str], at: datetime, *, recruiter: str, manager: str) -> str:
        """An open job with its stages in order and its hiring team."""
        row = self.world.add(
            "jobs",
            at,
            title=name,
            confidential=False,
            status="Open",
            hiringTeam=[self._member(recruiter, "Recruiter"), self._member(manager, "Hiring Manager")],
            openedAt=written(at),
            closedAt=None,
        )
        self.world.plan(row["id"], stages)
        self.tell({"jobCreate": {"job": row}}, at)
        return str(row["id"])

    def close_job(self, job: str, at: datetime) -> None:
        """The job is closed; its applications stay as they are."""
        row = self.world.change("jobs", job, at, status="Closed", closedAt=written(at))
        self.tell({"jobUpdate": {"job": row}}, at)

    def ping(self, at: datetime) -> None:
        """Somebody saved a webhook's settings."""
        self.push.queue("ping", b'{"action":"ping","data":{"webhookActionType":"ping"}}', at)

    # Applications

    def apply(self, newcomer: Newcomer, job: str, at: datetime) -> str:
        """A candidate applies and stands in the first stage; the id of the application."""
        address = {"value": newcomer.email, "type": "Personal", "isPrimary": True} if newcomer.email else None
        tags = [self.tag(title, at) for title in newcomer.tags]
        candidate = self.world.add(
            "candidates",
            at,
            name=f"{newcomer.first_name} {newcomer.last_name}",
            primaryEmailAddress=address,
            emailAddresses=[address] if address else [],
            tags=tags,
            timezone=None,
            applicationIds=[],
        )
        candidate["profileUrl"] = f"https://app.ashbyhq.com/candidates/{candidate['id']}"
        job_row = self.world.one("jobs", job)
        person = {name: candidate[name] for name in ("id", "name", "primaryEmailAddress") if candidate[name]}
        row = self.world.add(
            "applications",
            at,
            status="Active",
            customFields=[],
            candidate=person,
            source={"id": self.world.new_id(), "title": "Applied", "isArchived": False},
            archiveReason=None,
            job={"id": job, "title": job_row["title"], "locationId": None, "departmentId": None},
            creditedToUser=None,
            hiringTeam=job_row["hiringTeam"],
            applicationHistory=[],
        )
        candidate["applicationIds"].append(row["id"])
        self.world.enter(row["id"], self.world.stages[job][0], at)
        self.tell({"applicationSubmit": {"application": self.world.told(row["id"])}}, at)
        return str(row["id"])

    def move(self, application: str, stage: str, at: datetime) -> None:
        """Into the job's stage of that name; an archived application is active again."""
        values = {"status": "Active", "archiveReason": None, "archivedAt": None}
        self._enter(application, stage, at, values)
        self._tell_stage(application, at)

    def reject(self, application: str, at: datetime) -> None:
        """The company says no."""
        self.archive(application, "RejectedByOrg", at)

    def withdraw(self, application: str, at: datetime) -> None:
        """The candidate says no."""
        self.archive(application, "RejectedByCandidate", at)

    def archive(self, application: str, kind: str, at: datetime) -> None:
        """Archived for the reason of that type."""
        reason = {"id": f"reason-{kind}", "text": REASONS[kind], "reasonType": kind, "isArchived": False}
        values = {"status": "Archived", "archiveReason": reason, "archivedAt": written(at)}
        self._enter(application, "Archived", at, values)
        self._tell_stage(application, at)

    def hire(self, application: str, at: datetime) -> None:
        """Hired, with the accepted offer if there is one."""
        self._enter(application, "Hired", at, {"status": "Hired"})
        told = {"application": self.world.told(application)}
        accepted = self.world.find("offers", applicationId=application, acceptanceStatus="Accepted")
        hired = {**told, "offer": accepted[-1]} if accepted else told
        self.tell({"candidateHire": hired, "candidateStageChange": told, "applicationUpdate": told}, at)

    def update(self, application: str, at: datetime) -> None:
        """Some other field of the application is edited."""
        self.world.change("applications", application, at)
        self.tell({"applicationUpdate": {"application": self.world.told(application)}}, at)

    def delete(self, application: str, at: datetime) -> None:
        """The candidate is deleted, with all applications; one webhook in all."""
        candidate = self.world.one("applications", application)["candidate"]["id"]
        for gone in self.world.one("candidates", candidate)["applicationIds"]:
            self.world.rows["applications"].pop(gone, None)
        self.world.rows["candidates"].pop(candidate)
        self.tell({"candidateDelete": {"candidate": {"id": candidate}}}, at)

    def merge(self, candidate: str, into: str, at: datetime) -> None:
        """Two candidates are one person: the applications move."""
        gone, kept = self.world.rows["candidates"].pop(candidate), self.world.one("candidates", into)
        for application in gone["applicationIds"]:
            person = {"id": into, "name": kept["name"]}
            self.world.change("applications", application, at, candidate=person)
        kept["applicationIds"] += gone["applicationIds"]
        told = {"deletedCandidate": {"id": candidate}, "mergedCandidate": {"id": into}}
        self.tell({"candidateMerge": told}, at)

    def tag(self, title: str, at: datetime) -> Row:
        """The tag of that title, made where it is new."""
        known = self.world.find("tags", title=title)
        return (known or [self.world.add("tags", at, title=title, isArchived=False)])[0]

    # Interviews and feedback

    def schedule_interview(
        self, application: str, interviewers: Sequence[str], starts_at: datetime, at: datetime
    ) -> str:
        """An interview of an hour with these users in the present stage; the id of its schedule."""
        row = self.world.one("applications", application)
        stage = row["currentInterviewStage"]
        interview = self.world.add(
            "interviews",
            at,
            title="Panel (internal)",
            externalTitle="Panel",
            isDebrief=False,
            isFeedbackRequired=True,
        )
        schedule = self.world.add(
            "schedules",
            at,
            status="Scheduled",
            applicationId=application,
            interviewStageId=stage["id"],
            scheduledBy=None,
            candidateId=row["candidate"]["id"],
        )
        users = [{**self.world.one("users", one), "isFeedbackRequired": True} for one in interviewers]
        event = {
            "id": self.world.new_id(),
            "interviewId": interview["id"],
            "interviewScheduleId": schedule["id"],
            "interviewerUserIds": list(interviewers),
            "interviewers": users,
            "createdAt": written(at),
            "updatedAt": written(at),
            "startTime": written(starts_at),
            "endTime": written(starts_at + timedelta(hours=1)),
            "hasSubmittedFeedback": False,
        }
        schedule["interviewEvents"] = [event]
        told = {"interviewSchedule": self.world.told_schedule(schedule)}
        self.tell({"interviewScheduleCreate": told, "interviewScheduleUpdate": told}, at)
        return str(schedule["id"])

    def move_interview(self, schedule: str, starts_at: datetime, at: datetime) -> None:
        """The interview takes place at another time."""
        for event in self.world.one("schedules", schedule)["interviewEvents"]:
            times = {"startTime": starts_at, "endTime": starts_at + timedelta(hours=1), "updatedAt": at}
            event.update({name: written(instant) for name, instant in times.items()})
        self.set_schedule(schedule, "Scheduled", at)

    def set_schedule(self, schedule: str, status: str, at: datetime) -> None:
        """The schedule has that status from now on, such as ``Cancelled`` or ``WaitingOnFeedback``."""
        row = self.world.change("schedules", schedule, at, status=status)
        self.tell({"interviewScheduleUpdate": {"interviewSchedule": self.world.told_schedule(row)}}, at)

    def submit_feedback(self, schedule: str, user: str, at: datetime) -> None:
        """The user's feedback; with the last one the schedule is complete."""
        row = self.world.one("schedules", schedule)
        application = row["applicationId"]
        for event in row["interviewEvents"]:
            values = {
                "applicationId": application,
                "interviewEventId": event["id"],
                "submittedAt": written(at),
            }
            self.world.add("feedback", at, submittedByUser=self.world.one("users", user), **values)
            event.update(hasSubmittedFeedback=True, updatedAt=written(at))
        given = {
            one["submittedByUser"]["id"] for one in self.world.find("feedback", applicationId=application)
        }
        wanted = {user for event in row["interviewEvents"] for user in event["interviewerUserIds"]}
        self.set_schedule(schedule, "Complete" if wanted <= given else "WaitingOnFeedback", at)

    # Offers

    def create_offer(self, application: str, at: datetime, *, starts_on: date | None = None) -> str:
        """An offer that waits for its approval; its id."""
        version = {
            "id": self.world.new_id(),
            "startDate": starts_on.isoformat() if starts_on else None,
            "createdAt": written(at),
            "approvalStatus": "WaitingOnApprovals",
        }
        row = self.world.add("offers", at, applicationId=application, decidedAt=None, latestVersion=version)
        row |= {"acceptanceStatus": "Pending", "offerStatus": "WaitingOnOfferApproval"}
        self.tell({"offerCreate": {"offer": row}}, at)
        return str(row["id"])

    def send_offer(self, offer: str, at: datetime) -> None:
        """Approved and sent."""
        self.world.one("offers", offer)["latestVersion"]["approvalStatus"] = "Approved"
        values = {"acceptanceStatus": "WaitingOnResponse", "offerStatus": "WaitingOnCandidateResponse"}
        self._change_offer(offer, at, **values)

    def answer_offer(self, offer: str, at: datetime, *, accepted: bool) -> None:
        """The candidate says yes or no."""
        answer = ("Accepted", "CandidateAccepted") if accepted else ("Declined", "CandidateRejected")
        self._change_offer(
            offer, at, acceptanceStatus=answer[0], offerStatus=answer[1], decidedAt=written(at)
        )

    def delete_offer(self, offer: str, at: datetime) -> None:
        """The offer is taken away."""
        row = self.world.rows["offers"].pop(offer)
        told = {"id": offer, "applicationId": row["applicationId"]}
        self.tell({"offerDelete": {"offer": told}}, at)

    # Inside

    def _change_offer(self, offer: str, at: datetime, **values: object) -> None:
        self.tell({"offerUpdate": {"offer": self.world.change("offers", offer, at, **values)}}, at)

    def _enter(self, application: str, stage: str, at: datetime, values: Row) -> None:
        job = self.world.one("applications", application)["job"]["id"]
        self.world.enter(application, self.world.stage(job, stage), at, **values)

    def _tell_stage(self, application: str, at: datetime) -> None:
        told = {"application": self.world.told(application)}
        self.tell({"candidateStageChange": told, "applicationUpdate": told}, at)

    def _member(self, user: str, role: str) -> Row:
        row = self.world.one("users", user)
        named = {name: row[name] for name in ("firstName", "lastName", "email")}
        return {"userId": user, "role": role, **named}
