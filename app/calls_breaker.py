"""A circuit breaker: a vendor that keeps failing is left alone for a while, then tried once."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class Breaker:
    """Opens after ``failures`` failures in a row; after ``rest`` one call may try, and its end decides."""

    failures: int = 5
    rest: timedelta = timedelta(seconds=30)
    in_a_row: int = 0
    open_until: datetime | None = None

    def closed_for(self, now: datetime) -> timedelta:
        """How long no call may leave; after a rest, zero lets one through, and others once it is good."""
        if self.open_until is None:
            return timedelta()
        if now < self.open_until:
            return self.open_until - now
        self.open_until = now + self.rest
        return timedelta()

    def succeeded(self) -> None:
        """The vendor answered sensibly."""
        self.in_a_row, self.open_until = 0, None

    def failed(self, now: datetime) -> None:
        """The vendor failed or was not reached."""
        self.in_a_row += 1
        if self.in_a_row >= self.failures:
            self.open_until = now + self.rest
