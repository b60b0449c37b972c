"""Runs the hostile corpus where it can do no harm, and says what came of each entry, in JSON on one line.

    python -m tests.messages.hostile_child

The process may use 60 s of processor time and as much memory as it has at the start, and 300 MB.
"""

import json
import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from app.errors import InvalidTemplate, MissingFact, UnsafeHeader
from app.followups.catalogue import KINDS
from app.messages.checks import check
from app.messages.library import Template
from app.messages.render import Rendered, render
from tests.messages.corpus import HUGE, POISONS, TEMPLATES
from tests.messages.example import NOW, example

ROOM = 300 * 2**20
SECONDS = 60
SAYS_IT_ALL = (
    "Hello {{ candidate.first_name }},\n\n- **{{ job.title }}** [{{ job.title }}](https://a.example/)"
)


def of_template(body: str) -> Rendered:
    """A template of somebody's own, over the example."""
    return render(Template.make("own", "en", subject="x", preheader="x", body=body), example(), "en")


def of_value(value: str, subject: str = "x") -> Rendered:
    """A harmless template over facts of which two hold that value."""
    template = Template.make("own", "en", subject=subject, preheader="{{ job.title }}", body=SAYS_IT_ALL)
    return render(template, example(candidate__first_name=value, job__title=value), "en")


def outcome(write: Callable[[], Rendered]) -> dict[str, object]:
    """What came of it, with the processor's seconds, the checks on it included."""
    began = time.process_time()
    found: dict[str, object]
    try:
        message = write()
    except (InvalidTemplate, MissingFact, UnsafeHeader) as wrong:
        found = {"refused": type(wrong).__name__, "reason": len(wrong.detail)}
    else:
        check(message, KINDS["application_received"], example(), NOW)
        found = {"text": message.text[:200_000], "html": message.html[:400_000], "subject": message.subject}
    return {**found, "seconds": time.process_time() - began}


def limit() -> None:
    """From here on the kernel stops whatever goes beyond."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    room = pages * resource.getpagesize() + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main() -> None:
    outcome(partial(of_value, "warm"))
    limit()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = {
        "templates": [outcome(partial(of_template, each.body)) for each in TEMPLATES],
        "values": [outcome(partial(of_value, each.value)) for each in POISONS],
        "headers": [outcome(partial(of_value, each.value, "{{ job.title }}")) for each in POISONS],
        "huge": [outcome(partial(of_value, each.value)) for each in HUGE],
    }
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps({**told, "grown_kb": grown}))  # noqa: T201


if __name__ == "__main__":
    main()
