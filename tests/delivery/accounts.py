"""Accounts of simulated ATSs whose settings change while they are used."""

from typing import Any

from app.db import unit_of_work
from app.intake import connections
from app.intake.config import ConnectionSettings
from tests.ats.contract.house import MONDAY, STAGES, Account


async def settings(account: Account, **changed: Any) -> None:
    """The connection is treated so from now on."""
    services = account.house.services
    async with unit_of_work(services.sessions) as session:
        row = await connections.get(session, account.connection, lock=True)
        known = connections.settings_of(row).model_dump() | changed
        wanted = ConnectionSettings.model_validate(known)
        connections.change_settings(row, services.vault, wanted, trial=True)


def job_of(account: Account) -> str:
    """An open job with a recruiter; its id in the ATS."""
    ats = account.ats
    mia = ats.add_user("Mia Berger", "mia.berger@ostwind.example", MONDAY)
    tom = ats.add_user("Tom Okoro", "tom.okoro@ostwind.example", MONDAY)
    return ats.add_job("Welder", STAGES, MONDAY, recruiter=mia, manager=tom)
