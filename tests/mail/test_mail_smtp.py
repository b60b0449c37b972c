"""What an SMTP reply, or its absence, means at each stage."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.mail.outbound import OutcomeKind
from app.mail.smtp import Stage, classify_break, classify_reply, not_supported

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "mail" / "smtp" / "replies.json"
A, N, P, C, U = (
    OutcomeKind.ACCEPTED,
    OutcomeKind.NOT_SENT,
    OutcomeKind.PERMANENT,
    OutcomeKind.CONFIGURATION,
    OutcomeKind.AMBIGUOUS,
)


@pytest.mark.parametrize(
    ("stage", "code", "reply", "kind", "suppress"),
    [
        ("connect", 421, "4.3.2 Not now", N, False),
        ("connect", 554, "No service here", C, False),
        ("ehlo", 502, "Not implemented", C, False),
        ("starttls", 454, "TLS not available", N, False),
        ("auth", 535, "5.7.8 Wrong", C, False),
        ("auth", 454, "4.7.0 Temporary trouble", N, False),
        ("mail", 550, "5.7.1 Sender refused", C, False),
        ("mail", 530, "5.7.0 Authenticate first", C, False),
        ("mail", 553, "Not your address", C, False),
        ("mail", 552, "5.3.4 Too big", P, False),
        ("mail", 451, "4.3.0 Later", N, False),
        ("rcpt", 550, "5.1.1 Unknown", P, True),
        ("rcpt", 550, "5.1.10 Null MX", P, True),
        ("rcpt", 550, "5.2.1 Disabled", P, True),
        ("rcpt", 552, "5.2.2 Full", P, False),
        ("rcpt", 550, "No such user", P, True),
        ("rcpt", 550, "Relay not permitted", C, False),
        ("rcpt", 554, "5.7.1 Relay access denied", C, False),
        ("rcpt", 550, "5.1.8 Sender's domain is unknown", C, False),
        ("rcpt", 553, "Not allowed", P, False),
        ("rcpt", 503, "Bad sequence", C, False),
        ("rcpt", 450, "4.2.0 Greylisted", N, False),
        ("rcpt", 452, "4.2.2 Full", N, False),
        ("data", 451, "Later", N, False),
        ("data", 503, "5.5.1 No valid recipients", C, False),
        ("data", 250, "Odd", N, False),
        ("after_dot", 250, "2.0.0 Ok: queued as 4Xy1", A, False),
        ("after_dot", 451, "4.7.1 Later", N, False),
        ("after_dot", 552, "5.3.4 Too big", P, False),
        ("after_dot", 554, "5.6.0 Malformed", P, False),
        ("after_dot", 550, "5.1.1 Unknown", P, True),
        ("after_dot", 550, "Content refused", P, False),
        ("after_dot", 550, "5.7.515 Not authenticated enough", C, False),
        ("after_dot", 354, "Odd", U, False),
        ("after_dot", -1, "Odd", U, False),
    ],
)
def test_each_reply_at_its_stage(
    *, stage: str, code: int, reply: str, kind: OutcomeKind, suppress: bool
) -> None:
    """Policy is the route's trouble, 4yz is another try, and only a dead address suppresses."""
    outcome = classify_reply(Stage(stage), code, reply)
    assert (outcome.kind, outcome.suppress) == (kind, suppress)
    assert stage in outcome.detail


def test_the_queue_id_is_kept_and_the_words_are_not() -> None:
    """An operator can find the message at the server; a server's words, which name people, stay out."""
    outcome = classify_reply(Stage.AFTER_DOT, 250, "2.0.0 Ok: queued as 4Xy1")
    assert outcome.provider_id == "4Xy1"
    refused = classify_reply(Stage.RCPT, 550, "5.1.1 <sam@mail.example> unknown, not 10.5.1.1")
    assert refused.detail == "SMTP 550 5.1.1 at rcpt"


@pytest.mark.parametrize("stage", list(Stage))
def test_a_break_is_ambiguous_only_after_the_dot(stage: Stage) -> None:
    """Before the dot nothing has left; after it the server may have the message."""
    outcome = classify_break(stage, "SMTPServerDisconnected")
    assert outcome.kind is (U if stage is Stage.AFTER_DOT else N)
    assert not_supported(stage).kind is C


def _samples() -> Iterator[Any]:
    if not SHARED.exists():
        yield pytest.param({}, marks=pytest.mark.skip(reason="the shared samples are not here"))
        return
    for sample in json.loads(SHARED.read_text()):
        yield pytest.param(sample, id=f"{sample['stage']}-{sample.get('reply', sample.get('event'))[:12]}")


@pytest.mark.parametrize("sample", list(_samples()))
def test_shared_replies(sample: dict[str, str]) -> None:
    """Every shared sample is classed as its note says."""
    stage = Stage({"greeting": "connect", "data-end": "after_dot"}.get(sample["stage"], sample["stage"]))
    if "reply" in sample:
        code, _, words = sample["reply"].partition(" ")
        outcome = classify_reply(stage, int(code), words)
    else:
        outcome = classify_break(stage, sample["event"])
    note = sample["classify"].lower()
    wanted = {"not-sent": N, "config": C, "permanent": P, "accepted": A, "ambiguous": U}
    assert outcome.kind is next(kind for word, kind in wanted.items() if note.startswith(word))
    assert outcome.suppress == ("suppression" in note)
