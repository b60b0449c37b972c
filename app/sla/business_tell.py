"""An explanation in English sentences, short enough to be read."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.sla.business_explain import Explanation, Paused, Segment

# strftime's names depend on the process's locale.
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SHOWN = 6


def tell(why: "Explanation") -> str:
    """Say how much counted, where, what did not and why, and what the zones rest on."""
    zones = " then ".join(why.zones)
    sentences = [
        f"From {moment(why.start)} to {moment(why.end)} ({zones}), {span(why.seconds)} of open time counted"
        + (f": {_list(_segment(each) for each in why.segments)}." if why.segments else "."),
    ]
    if why.pauses:
        sentences.append(f"Paused: {_list(_pause(each) for each in why.pauses)}.")
    if why.closed:
        days = (f"{calendar_date(each.day)} ({each.name})" for each in why.closed)
        sentences.append(f"Closed: {_list(days)}.")
    sentences.append(f"Time zones as of tzdata {why.tzdata}.")
    return " ".join(sentences)


def span(seconds: float) -> str:
    """A length of time, such as ``2 h 30 min``."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "min"), (round(rest, 6), "s"))
    return " ".join(f"{count:g} {unit}" for count, unit in parts if count) or "0 min"


def calendar_date(day: date) -> str:
    """A date, such as ``Fri 25 Dec 2026``."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def moment(at: datetime) -> str:
    """A local moment to the minute, or finer where it matters."""
    return f"{calendar_date(at.date())} {_clock(at)}"


def _segment(each: "Segment") -> str:
    same_day = each.start.date() == each.end.date()
    until = _clock(each.end) if same_day else moment(each.end)
    return f"{moment(each.start)} to {until} ({span(each.seconds)})"


def _pause(each: "Paused") -> str:
    until = f"to {moment(each.end)}" if each.end else "and still paused"
    because = f", {each.cause}" if each.cause else ""
    return f"from {moment(each.start)} {until} ({span(each.seconds)} of open time{because})"


def _clock(at: datetime) -> str:
    return at.strftime("%H:%M:%S").removesuffix(":00")


def _list(parts: Iterable[str]) -> str:
    """The first and last few, and how many lie between."""
    told = list(parts)
    if len(told) > SHOWN:
        told[SHOWN - 2 : -1] = [f"… {len(told) - SHOWN + 1} more …"]
    return "; ".join(told)
