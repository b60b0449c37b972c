"""Rendering keeps up with a worker that sends."""

import time

from app.followups.catalogue import KINDS
from app.messages.library import load_templates
from app.messages.render import render
from tests.messages.example import example


def test_rendering_is_faster_than_sending() -> None:
    """At least 400 messages a second with warm caches, on a busy machine; ten times that is usual."""
    templates = load_templates()
    facts = example()
    best = float("inf")
    for _ in range(5):
        started = time.process_time()
        for key in KINDS:
            render(templates[key, "en"], facts, "en")
        best = min(best, time.process_time() - started)
    assert len(KINDS) / best > 400
