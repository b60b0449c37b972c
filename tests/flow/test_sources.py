"""Every sentence names where its facts stand, in the ATS's own terms."""

from datetime import timedelta
from pathlib import Path

from app.followups.models import FollowUp
from app.messages.models import Message
from tests.flow.small import MONDAY, open_small, webhook


async def test_whoever_signs_is_the_source_of_their_name(database_url: str, tmp_path: Path) -> None:
    """Also where the application has no recruiter of its own, and the job's recruiter signs."""
    async with open_small(database_url, tmp_path) as small:
        await small.hear(webhook("new_candidate_application", MONDAY, application=1))
        nobodys = webhook("new_candidate_application", MONDAY, application=2, candidate={"recruiter": None})
        await small.hear(nobodys)
        await small.at(MONDAY + timedelta(minutes=20))
        row = await small.one(FollowUp, kind="application_received", recipient="candidate:9002")
        message = await small.one(Message, follow_up_id=row.id)
        used = {each["fact"]: each["source"] for each in message.used}
        assert used["recruiter.name"] == "greenhouse:user/55"
