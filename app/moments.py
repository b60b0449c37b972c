"""Time: the one place that asks what time it is, and the pinned time-zone data.

Two clocks. The *business clock* says when things happen to candidates; a demo may simulate it. The
*machine clock* serves leases, tokens, rate windows and signatures and is always real. Both are injected.
"""

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Protocol
from zoneinfo import ZoneInfo

import tzdata

# Python prefers the system's zone files, which on a stock image are a year old. Deadlines must not depend
# on the host, so only the pinned package is read.
zoneinfo.reset_tzpath(to=())

TZDATA_VERSION: str = tzdata.IANA_VERSION
"""The IANA release in use, such as ``2026f``."""

HOLIDAYS_VERSION: str = version("holidays")


def machine_now() -> datetime:
    """The real instant, in UTC: for leases, tokens and rate windows."""
    return datetime.now(UTC)


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name, from the pinned data; raises ``ZoneInfoNotFoundError``."""
    return ZoneInfo(name)


class BusinessClock(Protocol):
    """Says when it is for candidates and recruiters."""

    def now(self) -> datetime:
        """The business instant, aware, in UTC."""
        ...


class RealClock:
    """Business time is real time: every deployment."""

    def now(self) -> datetime:
        return machine_now()


@dataclass
class HeldClock:
    """Business time stands still until somebody moves it: tests and the demo's fast-forward."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new instant."""
        self.at += by
        return self.at
