"""Messages built a second by one worker: names, a thread and 6 kB of HTML, as MIME and as JSON."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from app.mail.mime import build_mime
from app.mail.outbound import Address, Envelope
from app.mail.postmark import PostmarkSettings, build

WANTED = 400
ROUNDS = 2000
DATE = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ENVELOPE = Envelope(
    send_id="del_bench",
    message_id="<hb.del_bench@talent.example>",
    sender=Address("Åse Øster, Talent", "talent@talent.example"),
    to=Address("Weiß, Jörg", "joerg@mail.example"),
    subject="Nächste Schritte für „Senior Data Engineer“",
    text="Guten Tag Herr Weiß,\n\n" + "danke für das Gespräch am Dienstag. " * 60,
    html="<p>Guten Tag Herr Weiß,</p><p>" + "danke für das Gespräch am Dienstag. " * 170 + "</p>",
    reply_to=Address("Talent", "reply+a2b3@reply.talent.example"),
    references=("<first@mail.example>",),
    in_reply_to="<first@mail.example>",
)


def rate(work: Callable[[], object]) -> float:
    """How often a second that work is done."""
    start = time.perf_counter()
    for _ in range(ROUNDS):
        work()
    return ROUNDS / (time.perf_counter() - start)


def main() -> None:
    """Print both rates; fail below the wanted one."""
    settings = PostmarkSettings()
    rates = {
        "MIME": rate(lambda: build_mime(ENVELOPE, DATE)),
        "Postmark": rate(lambda: build(ENVELOPE, settings)),
    }
    for name, found in rates.items():
        print(f"{name:10} {found:8.0f} messages/s   wanted ≥ {WANTED}")
    if min(rates.values()) < WANTED:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
