"""The stories as acts at instants, and the director who performs them in the simulated Greenhouse."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from app.demo.cast import CLOSED, COMPANY, DESK_HOURS, DOMAIN, OPENINGS, STAGES, STORIES, TEAM, ZONE, Story
from app.demo.greenhouse import SimulatedGreenhouse
from app.demo.people import Newcomer
from app.moments import zone

WEEKEND = 5
LENGTH = timedelta(days=12)
"""From the first Monday to the evening of the second Friday."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that happens; of acts at one instant the one that was written first."""

    at: datetime
    who: str
    verb: str
    words: str = ""

    @property
    def at_desk(self) -> bool:
        return self.verb == "desk"


def first_monday(end: datetime) -> datetime:
    """The start of a round that may end then: midnight of the latest Monday that leaves it time enough."""
    local = end.astimezone(zone(ZONE)) - LENGTH
    return instant(local - timedelta(days=local.weekday()), 0, "00:00")


def instant(monday: datetime, day: int, clock: str) -> datetime:
    """That time of that day of the round, in UTC."""
    local = monday.astimezone(zone(ZONE)).date() + timedelta(days=day)
    return datetime.combine(local, time.fromisoformat(clock), zone(ZONE)).astimezone(monday.tzinfo)


def script(monday: datetime, stories: Sequence[Story] = STORIES) -> list[Act]:
    """Every act of these stories, and the recruiter's hours, in order."""
    acts = [act for story in stories for act in _told(monday, story)]
    if any(story.opening == CLOSED[0] for story in stories):
        acts.append(Act(instant(monday, CLOSED[1], CLOSED[2]), CLOSED[0], "close"))
    days = [day for day in range(LENGTH.days) if day % 7 < WEEKEND]
    acts += [Act(instant(monday, day, clock), "mia", "desk") for day in days for clock in DESK_HOURS]
    return sorted(acts, key=lambda act: act.at)


def _told(monday: datetime, story: Story) -> Iterator[Act]:
    for line in story.told.strip().splitlines():
        day, clock, verb, *words = line.split()
        yield Act(instant(monday, int(day), clock), story.key, verb, " ".join(words))
        if verb == "interview":
            ends = instant(monday, int(words[0]), words[1]) + timedelta(hours=1)
            yield Act(ends, story.key, "interviewed")


@dataclass(slots=True)
class Director:
    """Performs acts, and knows who is who."""

    greenhouse: SimulatedGreenhouse
    monday: datetime
    stories: dict[str, Story]
    users: dict[str, int] = field(default_factory=dict)
    jobs: dict[str, int] = field(default_factory=dict)
    applications: dict[str, int] = field(default_factory=dict)
    candidates: dict[str, int] = field(default_factory=dict)
    interviews: dict[str, int] = field(default_factory=dict)
    offers: dict[str, int] = field(default_factory=dict)

    def set_up(self, at: datetime) -> None:
        """The company and its open jobs."""
        for key, name in TEAM.items():
            self.users[key] = self.greenhouse.add_user(name, f"{key}@{DOMAIN}", at)
        for opening in OPENINGS:
            self.jobs[opening.key] = self.greenhouse.add_job(
                opening.title,
                STAGES,
                at,
                managers=[self.users[opening.manager]],
                recruiters=[self.users[opening.recruiter]],
            )
        self.greenhouse.ping(at)

    def perform(self, act: Act) -> str:
        """Does it; what happened, in words."""
        return str(getattr(self, f"_{act.verb}")(act))

    def name_of(self, candidate: str) -> str:
        """The name behind Greenhouse's id of a candidate."""
        return next(
            (self.stories[key].name for key, found in self.candidates.items() if str(found) == candidate),
            f"candidate {candidate}",
        )

    def names(self) -> dict[str, str]:
        """What Greenhouse's ids stand for, free of the order in which they were given."""
        stages = {
            str(row["id"]): f"{key}/{row['name']}"
            for key, job in self.jobs.items()
            for row in self.greenhouse.world.find("job_interview_stages", job_id=job)
        }
        known = {
            "member": self.users,
            "job": self.jobs,
            "application": self.applications,
            "candidate": self.candidates,
            "interview": self.interviews,
            "offer": self.offers,
        }
        return stages | {
            str(found): f"{what} {key}" for what, ids in known.items() for key, found in ids.items()
        }

    def _apply(self, act: Act) -> str:
        story = self.stories[act.who]
        first, _, last = story.name.partition(" ")
        newcomer = Newcomer(
            first,
            last,
            f"{story.key}@candidates.example",
            can_email=story.may_be_mailed,
            private=story.private,
        )
        opening = next(one for one in OPENINGS if one.key == story.opening)
        recruiter = self.users[opening.recruiter]
        application = self.greenhouse.apply(
            newcomer, self.jobs[story.opening], act.at, recruiter=recruiter, prospect=story.prospect
        )
        self.applications[story.key] = application
        self.candidates[story.key] = self._row(story.key)["candidate_id"]
        if story.prospect:
            return f"is kept as a prospect for {opening.title}"
        return f"applies for {opening.title}"

    def _move(self, act: Act) -> str:
        self.greenhouse.move(self.applications[act.who], act.words, act.at)
        return f"moves on to {act.words}"

    def _interview(self, act: Act) -> str:
        day, clock, names = act.words.split()
        members = names.split(",")
        starts = instant(self.monday, int(day), clock)
        self.interviews[act.who] = self.greenhouse.schedule_interview(
            self.applications[act.who], [self.users[m] for m in members], starts, act.at
        )
        return f"is invited to an interview with {_listed(TEAM[m] for m in members)}"

    def _interviewed(self, act: Act) -> str:
        self.greenhouse.end_interview(self.interviews[act.who], act.at)
        return "has had the interview"

    def _feedback(self, act: Act) -> str:
        self.greenhouse.submit_scorecard(self.interviews[act.who], self.users[act.words], act.at)
        return f"has feedback from {TEAM[act.words]}"

    def _reject(self, act: Act) -> str:
        self.greenhouse.reject(self.applications[act.who], act.words, act.at)
        return f"is rejected: {act.words}"

    def _withdraw(self, act: Act) -> str:
        self.greenhouse.reject(
            self.applications[act.who], "Withdrew from the process", act.at, kind="THEY_REJECTED_US"
        )
        return "withdraws"

    def _unreject(self, act: Act) -> str:
        self.greenhouse.unreject(self.applications[act.who], act.at)
        return "is not rejected after all"

    def _offer(self, act: Act) -> str:
        starts_on = act.at.date() + timedelta(days=60)
        self.offers[act.who] = self.greenhouse.create_offer(
            self.applications[act.who], act.at, starts_on=starts_on
        )
        return "is to get an offer"

    def _send_offer(self, act: Act) -> str:
        self.greenhouse.send_offer(self.offers[act.who], act.at)
        return "is sent the offer"

    def _accept(self, act: Act) -> str:
        self.greenhouse.accept_offer(self.offers[act.who], act.at)
        return "accepts"

    def _decline(self, act: Act) -> str:
        self.greenhouse.decline_offer(self.offers[act.who], act.at)
        return "declines"

    def _hire(self, act: Act) -> str:
        self.greenhouse.hire(self.applications[act.who], act.at)
        return "is hired"

    def _anonymize(self, act: Act) -> str:
        self.greenhouse.anonymize(self.candidates[act.who], act.at)
        return "asks to be forgotten"

    def _close(self, act: Act) -> str:
        self.greenhouse.close_job(self.jobs[act.who], act.at)
        return "is closed"

    def _row(self, key: str) -> dict[str, int]:
        row: dict[str, int] = self.greenhouse.world.one("applications", self.applications[key])
        return row

    def title(self, act: Act) -> str:
        """Whom or what the act is about, as a person reads it."""
        if act.verb == "close":
            return next(one.title for one in OPENINGS if one.key == act.who)
        return self.stories[act.who].name if act.who in self.stories else COMPANY


def _listed(names: Iterator[str]) -> str:
    return " and ".join(names)
