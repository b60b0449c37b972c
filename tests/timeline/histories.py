"""Histories of applications as an ATS tells them: built act by act, so that every one could have happened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from app.ats.canonical import FactKind
from app.timeline.truth import Placed

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
APPLICATION, CANDIDATE, JOB = "501", "91", "7"
STAGES = {"1": "Application Review", "2": "Phone Screen", "3": "On-site Interview", "4": "Offer"}


@dataclass
class Story:
    """Facts, as time goes on."""

    at: datetime = BEGIN
    facts: list[Placed] = field(default_factory=list)
    interviews: int = 0
    offers: dict[str, int] = field(default_factory=dict)
    visits: list[tuple[str, datetime]] = field(default_factory=list)

    def tell(self, kind: FactKind, key: str, data: dict[str, Any], at: datetime | None = None) -> None:
        self.facts.append(Placed(kind, f"{key}:{len(self.facts)}", at or self.at, data))

    def pass_time(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    def snapshot(self, status: str) -> None:
        data = {"candidate": CANDIDATE, "job": JOB, "recruiter": "55", "status": status, "tags": ["x"]}
        self.tell(FactKind.APPLICATION_CHANGED, "application", data)

    def move(self, stage: str) -> None:
        self.visits.append((stage, self.at))
        self.tell(FactKind.STAGE_CHANGED, "stage", {"stage_id": stage, "stage_name": STAGES[stage]})

    def confirm_visits(self) -> None:
        """The API tells the stays with their true times, which may differ a little from the webhooks'."""
        for (stage, at), following in zip(self.visits, [*self.visits[1:], None], strict=True):
            data = {"stage_id": stage, "stage_name": STAGES[stage], "visit_id": str(at)}
            data["exited_at"] = following[1].isoformat() if following else None  # type: ignore[assignment]
            self.tell(FactKind.STAGE_ENTERED, "visit", data, at - timedelta(seconds=3))

    def interview(self, status: str, nth: int, in_hours: int) -> None:
        starts = self.at + timedelta(hours=in_hours)
        data = {
            "interview_id": str(nth),
            "name": "Round",
            "status": status,
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=1)).isoformat(),
        }
        self.tell(FactKind.INTERVIEW, "interview", data)
        duty = {"interview_id": str(nth), "user_id": "77", "scorecard_id": f"s{nth}"}
        self.tell(FactKind.INTERVIEWER, "interviewer", duty)

    def scorecard(self, nth: int) -> None:
        data = {
            "scorecard_id": f"s{nth}",
            "interviewer": "77",
            "status": "complete",
            "submitted_at": self.at.isoformat(),
        }
        self.tell(FactKind.SCORECARD, "scorecard", data)

    def offer(self, nth: int, status: str) -> None:
        version = self.offers[str(nth)] = self.offers.get(str(nth), 0) + (status == "created")
        data = {
            "offer_id": str(nth),
            "version": str(max(version, 1)),
            "status": status,
            "created_at": self.at.isoformat(),
            "sent_on": self.at.date().isoformat() if status == "sent" else None,
            "resolved_at": self.at.isoformat() if status in ("accepted", "rejected") else None,
        }
        self.tell(FactKind.OFFER, "offer", data)

    def say(self, step: str, *, promise: bool) -> None:
        data = {
            "kind": "application_received",
            "reason": "acknowledge_application/application",
            "step": step,
            "recipient": f"candidate:{CANDIDATE}",
            "promised_at": (self.at + timedelta(days=5)).isoformat() if promise else None,
        }
        self.tell(FactKind.SAID, "said", data)


def _do(story: Story, act: str, number: int) -> None:
    few = number % 3
    acts: dict[str, Callable[[], None]] = {
        "move": lambda: story.move(str(number % 4 + 1)),
        "visits": story.confirm_visits,
        "reject": lambda: story.tell(
            FactKind.REJECTED, "rejected", {"reason": f"r{few}", "stage_id": None if few else "3"}
        ),
        "withdraw": lambda: story.tell(FactKind.WITHDRAWN, "withdrawn", {"reason": "left"}),
        "unreject": lambda: story.tell(FactKind.UNREJECTED, "unrejected", {}),
        "hire": lambda: story.tell(FactKind.HIRED, "hired", {"offer_id": "1"}),
        "unhire": lambda: story.tell(FactKind.UNHIRED, "unhired", {}),
        "snapshot": lambda: story.snapshot(("active", "rejected", "hired")[few]),
        "interview": lambda: story.interview(("scheduled", "cancelled", "complete")[few], few, number % 50),
        "delete interview": lambda: story.tell(
            FactKind.INTERVIEW_DELETED, "gone", {"interview_id": str(few)}
        ),
        "scorecard": lambda: story.scorecard(few),
        "delete scorecard": lambda: story.tell(
            FactKind.SCORECARD_DELETED, "gone", {"scorecard_id": f"s{few}"}
        ),
        "offer": lambda: story.offer(few, ("created", "sent", "accepted", "rejected")[number % 4]),
        "delete offer": lambda: story.tell(
            FactKind.OFFER_DELETED, "gone", {"offer_id": str(few), "version": "1" if few else None}
        ),
        "say": lambda: story.say(f"say:{number}", promise=bool(few)),
        "delete": lambda: story.tell(FactKind.APPLICATION_DELETED, "deleted", {}),
        "same": lambda: story.facts.append(story.facts[-1]),
    }
    acts[act]()


ACTS = (
    *("move",) * 5,
    *("visits", "reject", "withdraw", "unreject", "hire", "unhire", "snapshot", "interview", "interview"),
    *("delete interview", "scorecard", "delete scorecard", "offer", "offer", "delete offer", "say", "delete"),
    "same",
)


@st.composite
def histories(draw: st.DrawFn) -> list[Placed]:
    """The facts of one application, in the order in which they came true; several may share an instant."""
    story = Story()
    story.tell(FactKind.APPLICATION_CREATED, "created", {})
    story.snapshot("active")
    story.move("1")
    steps = st.tuples(st.sampled_from(ACTS), st.integers(0, 100), st.sampled_from((0, 0, 1, 47, 1_500)))
    for act, number, minutes in draw(st.lists(steps, max_size=20)):
        story.pass_time(minutes)
        _do(story, act, number)
    return story.facts
