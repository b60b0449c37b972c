"""For every kind of follow-up, what must happen in the ATS for it to be said: a story each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.ats.canonical import Fact, FactKind, PersonFields, PersonRole
from app.timeline.truth import Placed

TEAM = (
    PersonFields(PersonRole.MEMBER, "55", name="Mara Bexley", email="mara.bexley@ostwind.example"),
    PersonFields(PersonRole.MEMBER, "66", name="Ute Hagen", email="ute.hagen@ostwind.example"),
    PersonFields(PersonRole.MEMBER, "77", name="Odo Falk", email="odo.falk@ostwind.example"),
)
STAGES = {"1": "Application Review", "2": "Phone Screen", "3": "On-site Interview", "4": "Offer"}


@dataclass
class Told:
    """One application's facts, at hours after the beginning."""

    application: str
    monday: datetime
    facts: list[Fact] = field(default_factory=list)

    def tell(self, hours: float, kind: FactKind, **data: Any) -> None:
        """One fact at that hour."""
        at = self.at(hours)
        key = f"{self.application}:{kind}:{len(self.facts)}"
        self.facts.append(Fact(kind, key, at, application=self.application, data=data))

    def at(self, hours: float) -> datetime:
        """That many hours after the beginning."""
        return self.monday + timedelta(hours=hours)

    def stage(self, hours: float, stage: str) -> None:
        self.tell(hours, FactKind.STAGE_CHANGED, stage_id=stage, stage_name=STAGES[stage])

    def interview(self, hours: float, starts: float, *, feedback: float | None = None) -> None:
        """An interview of one hour that is planned at one hour and starts at another."""
        times = {"starts_at": self.at(starts).isoformat(), "ends_at": self.at(starts + 1).isoformat()}
        of = f"i{self.application}"
        self.tell(
            hours, FactKind.INTERVIEW, interview_id=of, name="Portfolio talk", status="scheduled", **times
        )
        self.tell(hours, FactKind.INTERVIEWER, interview_id=of, user_id="77", scorecard_id=f"s{of}")
        if feedback is not None:
            card = {"interviewer": "77", "status": "complete", "submitted_at": self.at(feedback).isoformat()}
            self.tell(
                feedback, FactKind.SCORECARD, scorecard_id=f"s{of}", interviewed_at=times["starts_at"], **card
            )

    def offer(self, hours: float, *, sent: bool = False) -> None:
        more = {"sent_on": f"{self.at(hours):%Y-%m-%d}"} if sent else {}
        told = {"offer_id": f"o{self.application}", "version": "1", "starts_at": "2027-01-04", **more}
        self.tell(hours, FactKind.OFFER, status="created", created_at=self.at(hours).isoformat(), **told)

    def placed(self) -> list[Placed]:
        """The facts as the fold takes them, with the application's beginning."""
        return [Placed(f.kind, f.key, f.at or self.monday, f.data) for f in self.facts]


Story = Callable[[Told], None]


def _nothing(_: Told) -> None:
    """Applying is all."""


def _advanced(t: Told) -> None:
    t.stage(4, "2")


def _interviewed(t: Told) -> None:
    t.stage(4, "3")
    t.interview(5, 24)


def _rejected(t: Told) -> None:
    t.tell(4, FactKind.REJECTED, reason="Another profile")


def _rejected_after_interview(t: Told) -> None:
    _interviewed(t)
    t.tell(48, FactKind.REJECTED, reason="Another profile")


def _reviewed(t: Told) -> None:
    t.stage(4, "3")
    t.interview(5, 24, feedback=26)


def _offered(t: Told) -> None:
    t.stage(4, "4")
    t.offer(5)


def _offer_sent(t: Told) -> None:
    _offered(t)
    t.offer(8, sent=True)


def _withdrawn(t: Told) -> None:
    t.tell(4, FactKind.WITHDRAWN, reason="Withdrew")


def _hired(t: Told) -> None:
    t.tell(4, FactKind.HIRED, starts_at=f"{t.at(12 * 24):%Y-%m-%d}")


def _at_the_offer_stage(t: Told) -> None:
    t.stage(4, "4")


def _closed(t: Told) -> None:
    t.facts.append(
        Fact(
            FactKind.JOB_CHANGED,
            f"{t.application}:job",
            t.at(4),
            job=t.application,
            data={"status": "closed"},
        )
    )


@dataclass(frozen=True)
class Row:
    """How one kind comes about: the policy that says it, the story, what the application has besides.

    ``after`` are policies whose messages must come first.
    """

    policy: str
    story: Story = _nothing
    candidate: Mapping[str, Any] = field(default_factory=dict)
    job: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[str, ...] = ()


def _tagged(*tags: str) -> dict[str, Any]:
    return {"tags": list(tags)}


_POOL = _tagged("Talent pool", "consent: you asked us to keep you in mind")
_NEW_YORK = {"offices": [{"name": "East", "location": {"name": "New York, NY"}}]}

EVERY: Mapping[str, Row] = {
    "application_received": Row("acknowledge_application"),
    "moved_on": Row("tell_progress", _advanced),
    "interview_confirmed": Row("confirm_interview", _interviewed),
    "thank_you_after_interview": Row("thank_after_interview", _interviewed),
    "feedback_due": Row("interviewer_feedback", _interviewed),
    "scheduling_due": Row("scheduling", _advanced),
    "decision_due": Row("decision", _reviewed),
    "update_due": Row("candidate_update", _advanced, after=("acknowledge_application",)),
    "holding_update": Row("promised_date", after=("acknowledge_application",)),
    "rejection_after_screening": Row("tell_rejection", _rejected),
    "rejection_after_interview": Row("tell_rejection", _rejected_after_interview),
    "clock_warned": Row("tell_rejection", _rejected),
    "clock_breached": Row("scheduling", _advanced),
    "clock_escalated": Row("interviewer_feedback", _interviewed),
    "approval_waiting": Row("tell_rejection", _rejected),
    "fact_missing": Row("tell_rejection", _rejected_after_interview),
    "withdrawal_acknowledged": Row("acknowledge_withdrawal", _withdrawn),
    "offer_due": Row("offer_created", _at_the_offer_stage),
    "offer_news": Row("offer_out", _offered),
    "offer_call_script": Row("offer_out", _offered, _tagged("Offer by call")),
    "offer_meeting": Row("offer_out", _offered, _tagged("Offer in person")),
    "offer_details": Row("offer_details", _offer_sent),
    "offer_reminder": Row("offer_answer", _offer_sent),
    "position_filled": Row("position_filled", _closed),
    "still_interested": Row("long_wait", _advanced),
    "answer_reminder": Row("candidate_answer", _advanced, after=("long_wait",)),
    "check_in_before_start": Row("before_first_day", _hired),
    "check_in_first_weeks": Row("first_weeks", _hired),
    "feedback_given": Row("give_feedback", _rejected_after_interview, _tagged("Wants feedback")),
    "feedback_asked": Row("ask_feedback", _rejected, _POOL, after=("tell_rejection",)),
    "talent_pool_invitation": Row(
        "talent_pool_invitation", _rejected_after_interview, _POOL, after=("tell_rejection",)
    ),
    "talent_pool_check_in": Row("talent_pool_check_in", _rejected, _POOL),
    "talent_pool_due": Row("talent_pool", _rejected_after_interview, _POOL),
    "automated_tool_notice": Row("nyc_automated_tool_notice", job=_NEW_YORK),
}
"""By kind. What people do (move a date, reply) and what a provider does is in the tests themselves."""
