"""Every mail provider × every fault × a worker that dies before, during or after: what is told and there.

``python -m bench.send_matrix`` plays it against the simulators over real connections and prints the table;
``--write`` puts it into ``docs/send-matrix.md``. Ages are given, so nothing is waited for but the timeouts.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.ats.http import Target
from app.delivery.questions import Question
from app.delivery.route import Route, RouteMeta
from app.delivery.route_http import HttpTimeouts
from app.delivery.route_smtp import SmtpTimeouts
from app.delivery.routes import route_from
from app.delivery.routing import Routes
from app.delivery.send import answer_of_route
from app.delivery.settle import INQUIRIES
from app.demo.faulty_http import Fault
from app.mail.outbound import Outcome, OutcomeKind
from tests.mail.letters import DATE, RICH
from tests.mail.providers import PROVIDERS
from tests.mail.smtp_server import DROP, HANG, FaultySmtp

CRASHES = ("none", "before", "during", "after")
PAGE = Path(__file__).parents[1] / "docs" / "send-matrix.md"
_META = RouteMeta(RICH.send_id, RICH.sender.email, RICH.to.email)
_PATIENCE = 1.6
_AT_ONCE = 12
_HTTP = HttpTimeouts(connect=_PATIENCE, total=_PATIENCE)
_SMTP = SmtpTimeouts(dialogue=_PATIENCE, after_dot=_PATIENCE, quit=0.2)
_STEPS = ("connect", "ehlo", "mail", "rcpt", "data", "after_dot")

FAULTS: dict[str, Sequence[str]] = {
    **dict.fromkeys(
        ("resend", "brevo", "postmark", "sendgrid", "mailgun", "ses"), ("", *(str(fault) for fault in Fault))
    ),
    "smtp": ("", *(f"{what} at {step}" for step in _STEPS for what in (DROP, HANG)), "451 at after_dot"),
    "folder": ("",),
}


@dataclass(frozen=True, slots=True)
class End:
    """What is told in the end, and how many messages reached the far side."""

    state: str
    there: int

    def __str__(self) -> str:
        # How far the bytes of one in doubt came may differ from run to run; that nobody knows is the point.
        return f"{self.state} · {'0 or 1' if self.state == 'unknown' else self.there}"

    @property
    def true(self) -> bool:
        """Never two; *sent* only of what is there. *Unknown* claims nothing."""
        return self.there == 1 if self.state == "sent" else self.there <= (self.state == "unknown")


@dataclass(frozen=True, slots=True)
class Stage:
    """A route and its far side."""

    route: Route
    messages: Callable[[], Counter[str]]
    """What has reached the far side, by what names the send there."""
    fail: Callable[[str], None]
    heal: Callable[[], None]

    def there(self, send_id: str = "") -> int:
        """Messages that have reached the far side: of that send, or all."""
        return sum(number for name, number in self.messages().items() if send_id in name)


@asynccontextmanager
async def stage(name: str) -> AsyncIterator[Stage]:
    """A provider of its own with nothing in it."""
    async with AsyncExitStack() as stack:
        if name == "folder":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            made = Stage(
                route_from({"kind": name, "directory": folder}),
                lambda: Counter(path.name for path in folder.glob("*.eml")),
                _none,
                lambda: None,
            )
        elif name == "smtp":
            relay = await stack.enter_async_context(FaultySmtp())
            where = {"host": "127.0.0.1", "port": relay.port, "tls": "none", "timeouts": _SMTP}
            route = route_from({"kind": name, **where})
            made = Stage(route, lambda: relay.effects, _smtp_fault(relay), relay.faults.clear)
        else:
            provider = next(each for each in PROVIDERS if each.name == name)
            server = await stack.enter_async_context(provider.simulator())
            route = route_from({"kind": name, "timeouts": _HTTP, **provider.settings(server)})
            made = Stage(route, lambda: server.effects, lambda fault: server.fail(Fault(fault)), server.heal)
        stack.push_async_callback(made.route.aclose)
        yield made


def _none(fault: str) -> None:
    raise ValueError(fault)


def _smtp_fault(relay: FaultySmtp) -> Callable[[str], None]:
    def fail(fault: str) -> None:
        what, _, step = fault.partition(" at ")
        relay.faults[step] = f"{what} 4.3.0 later" if what.isdecimal() else what

    return fail


async def play(name: str, fault: str, crash: str) -> End:
    """One mail: its first attempt with that fault and that crash, then all that the service does about it."""
    async with stage(name) as on:
        payload = on.route.prepare(RICH, DATE)
        if fault:
            on.fail(fault)
        outcome = await _attempt(on, payload, crash)
        return End(await _settled(on, payload, outcome), on.there())


async def _attempt(on: Stage, payload: bytes, crash: str) -> Outcome:
    """What is known of the first attempt; after a crash nothing is."""
    unknown = Outcome(OutcomeKind.AMBIGUOUS, "the worker stopped while sending")
    if crash == "before":
        return unknown
    if crash in ("none", "after"):
        said = await on.route.send(payload, _META)
        return unknown if crash == "after" else said
    sending = asyncio.create_task(on.route.send(payload, _META))
    while not sending.done() and not on.there():  # noqa: ASYNC110 - two things, one of them outside
        await asyncio.sleep(0.005)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    return unknown


async def _settled(on: Stage, payload: bytes, outcome: Outcome) -> str:
    """As the flow goes on: asked at its ages while it is unknown; once more where it is proven absent."""
    age = timedelta()
    for pause in (*INQUIRIES, None):
        if outcome.kind is not OutcomeKind.AMBIGUOUS or pause is None:
            break
        age += timedelta(minutes=pause)
        question = Question(
            RICH.send_id, 1, "mail", "", Target("", ""), age, payload, on.route.name, may_repeat=True
        )
        answer = await answer_of_route(Routes.single(on.route), question)
        if answer is None:
            return "unknown"
        outcome = answer
    if outcome.kind is OutcomeKind.NOT_SENT:
        return "retry"
    return "sent" if outcome.kind is OutcomeKind.ACCEPTED else "unknown"


async def whole() -> dict[tuple[str, str], dict[str, End]]:
    """Every cell, some at a time."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def cell(name: str, fault: str, crash: str) -> tuple[str, str, str, End]:
        async with gate:
            return name, fault, crash, await play(name, fault, crash)

    found: dict[tuple[str, str], dict[str, End]] = {}
    plan = [(name, fault, crash) for name, faults in FAULTS.items() for fault in faults for crash in CRASHES]
    for name, fault, crash, end in await asyncio.gather(*(cell(*each) for each in plan)):
        found.setdefault((name, fault), {})[crash] = end
    return found


def table(found: dict[tuple[str, str], dict[str, End]]) -> str:
    """As a page of Markdown."""
    head = ["provider", "fault", *(f"crash: {crash}" for crash in CRASHES)]
    rows = [
        [name, (fault or "no fault").replace("_", " "), *(str(ends[crash]) for crash in CRASHES)]
        for (name, fault), ends in found.items()
    ]
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    return f"{_INTRODUCTION}\n" + "\n".join(lines) + "\n"


_INTRODUCTION = """# The send matrix

Printed by `python -m bench.send_matrix`; `tests/delivery/test_out_matrix.py` plays it again and compares.
Each cell is what is told in the end, and how many messages have then reached the simulator: `sent` is told
of what is there; `retry` is proven not to have left, so that the next attempt is the first mail; `unknown`
waits for a receipt, then for a person. A crash `before` is one between storing the attempt and the request,
`during` is one while the request is under way, `after` is one between the answer and writing it down.
"""


def main() -> None:
    page = table(asyncio.run(whole()))
    sys.stdout.write(page)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
