"""How often a connection may call its vendor: a share of the vendor's window, and a pause where it asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.ats.http import Rate


@dataclass(slots=True)
class RateWindow:
    """Counts this process's calls in the vendor's fixed window.

    ``share`` of the vendor's limit is ours, so that the customer's other integrations, and our other
    processes, keep the rest. Until the vendor has told its limit, ``assumed`` calls a window are made.
    """

    share: float = 0.5
    window: timedelta = timedelta(seconds=30)
    assumed: int = 40
    ends_at: datetime | None = None
    used: int = 0
    limit: int | None = None
    remaining: int | None = None
    paused_until: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        """How long to wait before the next call; zero means: call now, and say so with `sent`."""
        if self.paused_until and now < self.paused_until:
            return self.paused_until - now
        if self.ends_at is None or now >= self.ends_at:
            self.ends_at, self.used, self.remaining = now + self.window, 0, None
        allowed = max(1, int((self.limit if self.limit is not None else self.assumed) * self.share))
        spent = self.used >= allowed or (self.remaining is not None and self.remaining <= 0)
        return self.ends_at - now if spent else timedelta()

    def sent(self) -> None:
        """A call leaves."""
        self.used += 1
        if self.remaining is not None:
            self.remaining -= 1

    def heard(self, rate: Rate, now: datetime) -> None:
        """The vendor told its limit."""
        self.limit = rate.limit
        # Answers may come back in another order than their calls went out: the lower figure is the later.
        known = self.remaining
        self.remaining = rate.remaining if known is None else min(known, rate.remaining)
        if rate.resets_at and now < rate.resets_at <= now + 2 * self.window:
            self.ends_at = rate.resets_at

    def pause(self, until: datetime) -> None:
        """The vendor asked for silence."""
        self.paused_until = max(until, self.paused_until or until)
