"""From a webhook to a message and a note: the whole flow, over real HTTP and a real database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.delivery.models import Delivery
from app.demo.people import Newcomer
from app.followups.models import FollowUp
from app.messages.approval import approve, supply
from app.sla.models import Clock, ClockEvent
from tests.flow.house import House, open_house

MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
STAGES = ["Application Review", "Phone Screen", "Onsite Interview", "Offer"]


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


async def clocks_of(house: House) -> dict[str, Clock]:
    return {clock.policy: clock for clock in await house.rows(Clock)}


async def test_an_application_is_acknowledged_and_noted(database_url: str, tmp_path: Path) -> None:
    """A candidate who applies hears from us within minutes, and the ATS says so, once each."""
    async with open_house(database_url, tmp_path, MONDAY, poll_every=hours(3)) as house:
        world = house.greenhouse
        mia = world.add_user("Mia Berger", "mia.berger@ostwind.example", MONDAY)
        job = world.add_job("Welder", STAGES, MONDAY, recruiters=[mia])
        noemi = Newcomer("Noémi", "Lefèvre", "noemi@example.com")
        world.apply(noemi, job, MONDAY + hours(2), recruiter=mia)
        await house.at(MONDAY + hours(6))

        clocks = await clocks_of(house)
        assert clocks["acknowledge_application"].state == "met"
        assert clocks["acknowledge_application"].closed_by == "said:application_received"
        assert clocks["promised_date"].state == "running"
        [follow_up] = await house.rows(FollowUp)
        assert (follow_up.kind, follow_up.state) == ("application_received", "sent")
        assert {(d.channel, d.state) for d in await house.rows(Delivery)} == {
            ("mail", "sent"),
            ("note", "sent"),
        }
        assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
        assert len(world.world.find("notes")) == 1


async def test_a_rejection_waits_for_a_person(database_url: str, tmp_path: Path) -> None:
    """Nobody is rejected by a machine: a fact and an approval by a person come first, then the window."""
    async with open_house(database_url, tmp_path, MONDAY, poll_every=hours(24)) as house:
        world = house.greenhouse
        mia = world.add_user("Mia Berger", "mia.berger@ostwind.example", MONDAY)
        tom = world.add_user("Tom Okoro", "tom.okoro@ostwind.example", MONDAY)
        job = world.add_job("Welder", STAGES, MONDAY, recruiters=[mia], managers=[tom])
        sam = world.apply(Newcomer("Sam", "Novak", "sam@example.com"), job, MONDAY + hours(1), recruiter=mia)
        world.move(sam, "Onsite Interview", MONDAY + hours(3))
        interview = world.schedule_interview(sam, [tom], MONDAY + hours(26), MONDAY + hours(4))
        await house.asked_at(MONDAY + hours(5))
        await house.at(MONDAY + hours(27))
        world.end_interview(interview, MONDAY + hours(27))
        await house.asked_at(MONDAY + hours(27))
        await house.at(MONDAY + hours(49))
        clocks = await clocks_of(house)
        assert clocks["thank_after_interview"].state == "met"
        assert clocks["interviewer_feedback"].state == "running"
        assert clocks["interviewer_feedback"].warned_at is not None

        await house.at(MONDAY + hours(56))
        assert (await clocks_of(house))["interviewer_feedback"].state == "breached"
        world.submit_scorecard(interview, tom, MONDAY + hours(57))
        await house.asked_at(MONDAY + hours(58))
        feedback = (await clocks_of(house))["interviewer_feedback"]
        assert (feedback.state, feedback.closed_by) == ("met", "feedback_given")
        assert feedback.breached_at is not None
        assert {e.kind for e in await house.rows(ClockEvent)} >= {"warned", "breached", "escalated"}

        world.reject(sam, "Missing certificate", MONDAY + hours(72))
        await house.at(MONDAY + hours(73))
        [rejection] = [f for f in await house.rows(FollowUp) if f.kind == "rejection_after_interview"]
        assert (rejection.state, rejection.waiting_on) == ("waiting_fact", f"member:{mia}")

        facts = {
            "decision.by": "Tom Okoro",
            "rejection.reason": "We chose somebody who already holds the pressure-vessel certificate.",
            "rejection.recommendation": "The certificate course at the chamber of crafts takes six weeks.",
        }
        async with house.desk() as desk:
            assert (await supply(desk, rejection.id, facts)).state == "waiting_approval"
        async with house.desk() as desk:
            assert (await approve(desk, rejection.id, message_id=None, note=None)).state == "ready"
        await house.at(MONDAY + hours(100))
        [rejection] = [f for f in await house.rows(FollowUp) if f.kind == "rejection_after_interview"]
        assert rejection.state == "sent"
        assert (await clocks_of(house))["tell_rejection"].closed_by == "said:rejection_after_interview"
