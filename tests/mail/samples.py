"""The shared samples of providers' answers, where they are here."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOM = Path(__file__).parents[2].parent / "shared" / "payloads" / "mail"


def answers(provider: str) -> Iterator[Any]:
    """One parameter an answer to a send, by its name; a skipped one where the samples are not here."""
    file = ROOM / provider / "api-send-responses.json"
    if not file.exists():
        yield pytest.param({}, marks=pytest.mark.skip(reason="the shared samples are not here"))
        return
    for name, sample in json.loads(file.read_text()).items():
        yield pytest.param(sample, id=name)
