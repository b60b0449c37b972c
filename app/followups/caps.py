"""How much one candidate gets: what is held back across their jobs, until when or until who says so. Pure.

Counted and held are automated mails that keep to the sending hours. What answers an act of the candidate, or
is too good to wait (a kind without a window: application received, interview confirmed, offer news), always
leaves and counts for nothing. What a person has allowed always leaves too, and takes the place of that day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.followups.catalogue import KINDS, Recipient
from app.followups.windows import Window
from app.timeline.truth import Truth

UNANSWERED, BETTER_NEWS = "unanswered", "better_news"


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail that has reached the candidate, or may have; `automated`: no person had allowed it."""

    kind: str
    at: datetime
    automated: bool


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now: until an instant, or, without one, until a person allows it. The code names the reason."""

    cause: str
    until: datetime | None = None
    code: str = ""


def counts(kind: str) -> bool:
    """Whether mails of this kind are counted and held back."""
    known = KINDS.get(kind)
    return known is not None and known.recipient is Recipient.CANDIDATE and known.window


def held_by_day(
    mailed: Sequence[Mailed], now: datetime, window: Window, key: str, *, most: int
) -> Hold | None:
    """Until the candidate's next open day, where they had their mails of today; `most` 0 holds nothing."""
    today = sum(counts(mail.kind) and window.day(mail.at) == window.day(now) for mail in mailed)
    if not most or today < most:
        return None
    had = "a mail" if today == 1 else f"{today} mails"
    return Hold(f"the candidate has had {had} today", window.next_day(now, key))


def held_by_silence(mailed: Sequence[Mailed], heard_at: datetime | None, *, most: int) -> Hold | None:
    """Until a person allows it, where that many automated mails in a row had no answer; 0 holds nothing."""
    row = [m for m in mailed if m.automated and counts(m.kind) and (heard_at is None or m.at > heard_at)]
    if not most or len(row) < most:
        return None
    return Hold(f"{len(row)} automated mails in a row have had no answer", code=UNANSWERED)


def held_by_better_news(kind: str, others: Sequence[Truth]) -> Hold | None:
    """A rejection waits on a person while the candidate is hired, or has an offer, for another job."""
    if not KINDS[kind].rejects:
        return None
    for other in others:
        news = _better_news(other)
        if news is not None:
            job = f" ({other.job.name})" if other.job.name else ""
            return Hold(f"{news} for another job{job}", code=f"{BETTER_NEWS}:{other.external_id}")
    return None


def _better_news(other: Truth) -> str | None:
    standing = other.standing
    if standing is not None:
        return "the candidate is hired" if standing.kind == "hired" else None
    open_offers = [offer for offer in other.offers if offer.resolved_at is None or offer.accepted]
    return "the candidate has an offer" if open_offers else None


def heard_at(truths: Sequence[Truth], now: datetime) -> datetime | None:
    """When the candidate last acted: applied, came to an interview, answered an offer, withdrew."""
    acts = [at for truth in truths for at in _acts(truth)]
    return max((at for at in acts if at <= now), default=None)


def _acts(truth: Truth) -> list[datetime]:
    interviews = [interview.ends_at for interview in truth.interviews]
    answers = [offer.resolved_at for offer in truth.offers]
    withdrawals = [decision.at for decision in truth.decisions if decision.kind == "withdrawn"]
    return [at for at in (truth.applied_at, *interviews, *answers, *withdrawals) if at is not None]
