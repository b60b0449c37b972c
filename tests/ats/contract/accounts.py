"""Which simulator plays which vendor, and the few things in which their doors differ by nature."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest

from app.ats.vendor import VENDORS
from app.demo.ats import SimulatedAts

SECRET, FRESH, STRANGE = "a-secret-16-long", "b-secret-16-long", "c-secret-16-long"
"""SmartRecruiters takes no longer ones; ours take no shorter ones."""


@dataclass(frozen=True, slots=True)
class Row:
    """One vendor's account.

    ``tests`` are unsigned requests that it sends to try an address out, with the headers of the answer;
    ``pings`` are signed events that mean nothing; ``patience`` makes its limits wide.
    """

    simulator: str
    tests: tuple[tuple[Mapping[str, str], bytes, Mapping[str, str]], ...] = ()
    pings: tuple[str, ...] = ()
    patience: Callable[[Any], None] = field(default=lambda _: None)
    clock: Callable[[Callable[[], datetime]], Mapping[str, Any]] = field(default=lambda now: {"now": now})

    def open(self, url: str, now: Callable[[], datetime], secret: str = SECRET) -> SimulatedAts:
        """A new account that sends its webhooks to this address; ``now`` is what its machine says."""
        module, _, name = self.simulator.partition(":")
        account: SimulatedAts = getattr(import_module(module), name)(url, secret, **self.clock(now))
        self.patience(account)
        return account


def _wide(*path: str) -> Callable[[Any], None]:
    """Weeks pass in seconds here: a vendor's window of real seconds would hold them up."""

    def widen(account: Any) -> None:
        for name in path[:-1]:
            account = getattr(account, name)
        setattr(account, path[-1], 1_000_000)

    return widen


_TEST = json.dumps({"test": True}).encode()
_HOOK = {"x-hook-secret": "5f7c1e0a-hook-secret"}
ACCOUNTS: Mapping[str, Row] = {
    "greenhouse": Row(
        "app.demo.greenhouse_ats:GreenhouseAts",
        pings=("ping",),
        patience=_wide("greenhouse", "harvest", "limit"),
        clock=lambda _: {},  # its tokens end by the real clock, and it signs no time
    ),
    "lever": Row("app.demo.lever:SimulatedLever"),
    "ashby": Row("app.demo.ashby:SimulatedAshby", pings=("ping",)),
    "workable": Row("app.demo.workable:SimulatedWorkable"),
    "smartrecruiters": Row("app.demo.smartrecruiters:SimulatedSmartRecruiters", tests=((_HOOK, b"", _HOOK),)),
    "teamtailor": Row("app.demo.teamtailor:SimulatedTeamtailor"),
    "recruitee": Row("app.demo.recruitee:SimulatedRecruitee", tests=(({}, _TEST, {}),)),
    "generic": Row("app.demo.generic:SimulatedGeneric", pings=("ping",)),
}

every_vendor = pytest.mark.parametrize("vendor", sorted(VENDORS))
every_vendor_with_an_api = pytest.mark.parametrize(
    "vendor", [name for name, vendor in sorted(VENDORS.items()) if vendor.api is not None]
)
