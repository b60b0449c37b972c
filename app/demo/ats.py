"""What every simulated ATS can do, so that one test suite and one demo can play with any of them.

Ids are strings, as Heardback keeps them. ``at`` is the simulated instant, aware, at which something happens;
an act queues the webhooks that the vendor would send for it, which `deliver_due` sends.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, Self

from app.demo.faults import Fault
from app.demo.people import Newcomer
from app.demo.push import Push


class SimulatedAts(Protocol):
    """One account of an ATS: it sends signed webhooks and answers its API over real HTTP while entered."""

    NAME: str
    push: Push

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *problem: object) -> None: ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """What a connection's settings must say: ``base_url``, ``auth_url``, ``site``."""
        ...

    @property
    def secrets(self) -> Mapping[str, Any]:
        """The connection's secrets: ``signing_secrets`` and API credentials."""
        ...

    def fault(self, fault: Fault) -> None:
        """The API goes wrong this way from now on."""
        ...

    async def deliver_due(self, now: datetime) -> Sequence[object]:
        """Sends the webhooks that are due by that simulated instant."""
        ...

    def add_user(self, name: str, email: str, at: datetime) -> str:
        """Somebody of the company."""
        ...

    def add_job(self, name: str, stages: Sequence[str], at: datetime, *, recruiter: str, manager: str) -> str:
        """An open job with its stages in order."""
        ...

    def apply(self, newcomer: Newcomer, job: str, at: datetime) -> str:
        """A candidate applies and stands in the first stage; the application's id as Heardback has it."""
        ...

    def move(self, application: str, stage: str, at: datetime) -> None:
        """Into the job's stage of that name."""
        ...

    def reject(self, application: str, at: datetime) -> None:
        """The company says no."""
        ...

    def withdraw(self, application: str, at: datetime) -> None:
        """The candidate says no."""
        ...

    def hire(self, application: str, at: datetime) -> None:
        """Done."""
        ...

    def delete(self, application: str, at: datetime) -> None:
        """The candidate is deleted from the ATS, with the application."""
        ...

    def delivery(self, action: str, at: datetime, secret: str | None = None) -> tuple[dict[str, str], bytes]:
        """A correctly signed delivery of an event of that name, about nobody; also of an unknown name.

        ``secret`` is the account's own unless given.
        """
        ...

    @property
    def notes(self) -> Sequence[str]:
        """The bodies of the notes, comments or messages that were written through the API, oldest first."""
        ...
