"""Business time beside its peers: who is right, and at what cost, in one run on one machine.

Peers take part when they can be imported (``pip install businesstimedelta pandas``); nobody needs them. A
case a peer cannot express is not counted against it. A peer that does not answer within two seconds is wrong.
"""

import importlib
import json
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from statistics import median
from types import FrameType, ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.moments import TZDATA_VERSION
from app.sla.business_batch import due_many
from app.sla.business_hours import Calendar
from app.sla.business_parse import DAYS
from app.sla.business_table import compiled
from app.sla.calendar import due
from app.sla.calendar_solve import answers

ROOT = Path(__file__).resolve().parents[1]
FILES = (
    ROOT.parent / "shared" / "business-time-cases.json",
    ROOT / "tests" / "sla" / "business_time_vectors.json",
)
PATIENCE = 2.0
ROUNDS = 7
Due = Callable[[datetime], Any]


class Inexpressible(Exception):
    """The peer has no way to say this case."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Give up after that long: one of the peers loops for ever on some cases."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def optional(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def shape(raw: dict[str, Any], case: dict[str, Any]) -> dict[str, list[list[str]]]:
    """The week of a case that has nothing but a week and holidays, or a refusal."""
    if case["op"] != "due" or case.get("pauses") or raw.get("overrides") or not case["seconds"]:
        raise Inexpressible
    week: dict[str, list[list[str]]] = raw["week"]
    return week


class BusinessTimeDelta:
    """businesstimedelta 1.x: rules per day and hours, pytz zones."""

    def __init__(self) -> None:
        self.package: Any = optional("businesstimedelta")
        self.pytz: Any = optional("pytz")
        self.here = bool(self.package and self.pytz)

    def due(self, raw: dict[str, Any], case: dict[str, Any]) -> Callable[[], datetime]:
        package, zone = self.package, self.pytz.timezone(raw["tz"])
        days = [
            package.WorkDayRule(
                start_time=clock_time.fromisoformat(start),
                end_time=clock_time.fromisoformat(end),
                working_days=[DAYS.index(day)],
                tz=zone,
            )
            for day, hours in shape(raw, case).items()
            for start, end in hours
            if end != "24:00" or _refuse()
        ]
        dates = {datetime.fromisoformat(day).date(): "closed" for day in raw.get("holidays", ())}
        rules = package.Rules([*days, package.HolidayRule(dates, tz=zone)] if dates else days)
        start = datetime.fromisoformat(case["start"]).astimezone(zone)
        target = package.BusinessTimeDelta(rules, seconds=case["seconds"])
        return lambda: (start + target).astimezone(UTC)


class PandasBusinessHour:
    """pandas CustomBusinessHour: whole hours, the same hours on each day."""

    def __init__(self) -> None:
        self.package: Any = optional("pandas")
        self.here = bool(self.package)

    def due(self, raw: dict[str, Any], case: dict[str, Any]) -> Callable[[], datetime]:
        week = shape(raw, case)
        shapes = {json.dumps(hours) for hours in week.values()}
        if len(shapes) != 1 or case["seconds"] % 3600 or "24:00" in next(iter(shapes)):
            raise Inexpressible
        hours = next(iter(week.values()))
        offset = self.package.offsets.CustomBusinessHour(
            n=case["seconds"] // 3600,
            weekmask=" ".join(day.capitalize() for day in week),
            holidays=list(raw.get("holidays", ())),
            start=[start for start, _ in hours],
            end=[end for _, end in hours],
        )
        start = self.package.Timestamp(case["start"]).tz_convert(raw["tz"])
        return lambda: (start + offset).to_pydatetime().astimezone(UTC)


def _refuse() -> bool:
    raise Inexpressible


PEERS: dict[str, Callable[[], BusinessTimeDelta | PandasBusinessHour]] = {
    "businesstimedelta": BusinessTimeDelta,
    "pandas CustomBusinessHour": PandasBusinessHour,
}


def correctness(file: dict[str, Any], name: str) -> None:
    cases = file["cases"]
    lines = list(answers(file["calendars"], cases))
    right = sum(
        line.get("answer", {"error": line.get("error")}) == case["expected"]
        for line, case in zip(lines, cases, strict=True)
    )
    print(f"{name}: heardback {right} of {len(cases)} right")
    for peer_name, peer_type in PEERS.items():
        peer = peer_type()
        if not peer.here:
            print(f"{name}: {peer_name}: not installed")
            continue
        verdicts = [verdict(peer, file, case) for case in cases]
        expressible = [each for each in verdicts if each is not None]
        print(f"{name}: {peer_name} {sum(expressible)} of {len(expressible)} it can express right")


def verdict(peer: Any, file: dict[str, Any], case: dict[str, Any]) -> bool | None:  # noqa: ANN401 - a peer
    named = case["calendar"]
    if not isinstance(named, str):
        return None
    try:
        with patience(PATIENCE):
            found = peer.due(file["calendars"][named], case)()
    except Inexpressible:
        return None
    except Exception:  # noqa: BLE001 - whatever a peer raises is not the answer
        return "error" in case["expected"]
    return bool(found.isoformat().replace("+00:00", "Z") == case["expected"].get("utc"))


def cost(call: Callable[[], Any], calls: int) -> float:
    """Median over rounds of the nanoseconds of processor time per call; other processes hardly disturb it."""
    rounds = []
    for _ in range(ROUNDS):
        begin = time.process_time_ns()
        for _ in range(calls):
            call()
        rounds.append((time.process_time_ns() - begin) / calls)
    return median(rounds)


def speed() -> None:
    holidays = [
        f"2026-{month:02d}-{day:02d}" for month, day in ((1, 1), (5, 25), (7, 3), (9, 7), (11, 26), (12, 25))
    ]
    raw = {
        "tz": "America/New_York",
        "week": {day: [["09:00", "17:00"]] for day in DAYS[:5]},
        "holidays": holidays,
    }
    calendar = Calendar.parse(raw)
    hours, start = compiled(calendar), datetime(2026, 11, 16, 15, tzinfo=UTC)
    epoch = int(start.timestamp())
    for target in (4, 40, 400):
        seconds = target * 3600
        ours = cost(lambda seconds=seconds: hours.due(epoch, seconds), 20_000)  # type: ignore[misc]  # a default
        dated = cost(lambda seconds=seconds: due(calendar, start, seconds), 20_000)  # type: ignore[misc]
        print(f"due +{target} h, warm: epoch seconds {ours:,.0f} ns, datetimes {dated:,.0f} ns")
        case = {"op": "due", "start": start.isoformat(), "seconds": seconds}
        for name, peer_type in PEERS.items():
            peer = peer_type()
            if peer.here:
                print(f"  {name}: {ratio(peer.due(raw, case), dated)}")
    cold(raw, start)
    batch(calendar, epoch)


def ratio(theirs: Callable[[], Any], ours: float) -> str:
    try:
        with patience(20 * PATIENCE):
            found = cost(theirs, 20)
    except Exception as failure:  # noqa: BLE001 - a peer may raise anything
        return f"no answer ({type(failure).__name__})"
    return f"{found:,.0f} ns, {found / ours:,.0f} × ours on datetimes"


def cold(raw: dict[str, Any], start: datetime) -> None:
    fresh = [Calendar.parse({**raw, "overrides": {f"2026-01-{day:02d}": []}}) for day in range(1, 29)]
    costs = []
    for calendar in fresh:
        begin = time.process_time_ns()
        due(calendar, start, 144_000)
        costs.append(time.process_time_ns() - begin)
    print(f"due +40 h, cold (one year compiled): {median(costs) / 1000:,.0f} µs")


def batch(calendar: Calendar, epoch: int) -> None:
    chosen = random.Random(1)
    starts = [epoch + chosen.randrange(180 * 86_400) for _ in range(100_000)]
    hours = compiled(calendar)
    many = cost(lambda: due_many(calendar, starts, 57_600), 1) / len(starts)
    single = cost(lambda: [hours.due(start, 57_600) for start in starts], 1) / len(starts)
    how = "numpy" if optional("numpy") else "plain Python"
    print(
        f"batch of {len(starts):,} ({how}): {many:,.0f} ns a row; "
        f"one by one {single:,.0f} ns, {single / many:.1f} ×"
    )


def main() -> None:
    print(f"tzdata {TZDATA_VERSION}, {timedelta(seconds=PATIENCE).total_seconds():g} s of patience a case")
    for file in FILES:
        if file.exists():
            correctness(json.loads(file.read_text(encoding="utf-8")), file.stem)
    speed()


if __name__ == "__main__":
    main()
