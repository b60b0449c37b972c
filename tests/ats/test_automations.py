"""Whoever connects an ATS is told what it may write to candidates by itself."""

from pathlib import Path

from app.ats.automations import automations
from app.ats.vendor import VENDORS
from app.connection_check import check_connection
from app.intake.config import Mode
from tests.flow.small import open_small


def test_every_vendor_has_been_looked_at() -> None:
    """Each has its sentence, which ends in what to do; an unknown one has none."""
    said = {name: automations(name) for name in VENDORS}
    assert all(one and "`off`" in one for one in said.values())
    assert len(set(said.values())) == len(VENDORS)
    assert automations("nobody") is None


async def test_the_check_tells_it_and_finds_a_kind_that_does_not_exist(
    database_url: str, tmp_path: Path
) -> None:
    """A slip in `delivery` would send what was to be off, so it is to do; the rest is good to know."""
    delivery: dict[str, Mode] = {"moved_on": "off", "rejection_after_screenin": "off"}
    async with open_small(database_url, tmp_path, delivery=delivery) as small:
        found = await check_connection(small.services, small.connection)
    (slip,) = [one for one in found if "rejection_after_screenin'" in one.what]
    assert not slip.fine
    assert "rejection_after_screening," in slip.what
    (told,) = [one for one in found if one.what == automations("greenhouse")]
    assert told.fine
    assert not any("'moved_on'" in one.what for one in found)
