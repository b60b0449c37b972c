"""The hostile corpus, run in a process of its own whose memory and time the kernel limits."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.messages.corpus import HUGE, POISONS, TEMPLATES, Hostile, Poison
from tests.messages.readers import read_page, seen

ROOT = Path(__file__).parents[2]
SECONDS = 2.0
"""For one entry and the checks on it; each takes less than a third of it on an idle machine."""
GROWTH_KB = 100_000
HARMLESS = {
    *("html", "head", "meta", "title", "body", "div", "main"),
    *("p", "ul", "ol", "li", "strong", "em", "br", "a"),
}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What came of every entry."""
    command = [sys.executable, "-m", "tests.messages.hostile_child"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def harmless(came: dict[str, Any]) -> None:
    """Nothing runs, loads or leads astray; both parts can be sent."""
    page = read_page(came["html"])
    assert set(page.tags) <= HARMLESS
    assert not [name for name in page.attributes if ".on" in name]
    assert all(re.match(r"https://[a-z0-9]", link) and "@" not in link for link in page.links)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ue000-\ue00f]", came["text"])
    came["text"].encode()
    came["html"].encode()


@pytest.mark.parametrize("nth", range(len(TEMPLATES)), ids=lambda n: f"{n}-{TEMPLATES[n].attack}")
def test_a_hostile_template_is_refused_or_harmless(nth: int, told: dict[str, Any]) -> None:
    """Refused with a plain reason, or no more than words; within its time either way."""
    entry: Hostile = TEMPLATES[nth]
    came = told["templates"][nth]
    assert came["seconds"] < SECONDS
    if entry.refused:
        assert came["refused"] in ("InvalidTemplate", "MissingFact"), entry.body[:100]
        assert 20 < came["reason"] < 2_000
    else:
        assert "refused" not in came, entry.body[:100]
        harmless(came)


@pytest.mark.parametrize("nth", range(len(POISONS)), ids=lambda n: f"{n}-{POISONS[n].attack}")
def test_a_hostile_value_is_inert_in_the_words(nth: int, told: dict[str, Any]) -> None:
    """As a name and as a title: literal text, no tag, link or line of its own; or too long, and refused."""
    entry: Poison = POISONS[nth]
    came = told["values"][nth]
    assert came["seconds"] < SECONDS
    if "refused" in came:
        assert entry.attack == "huge"
        return
    page = read_page(came["html"])
    assert page.tags.count("a") == 1
    assert page.links == ["https://a.example/"]
    assert {tag: page.tags.count(tag) for tag in HARMLESS} == {tag: PLAIN.tags.count(tag) for tag in HARMLESS}
    assert came["text"].count("\n") == 3
    came["text"].encode()
    if not re.search("[^\\w .,'\"<>-]", entry.value):
        assert " ".join(entry.value.split()) in seen(page)


PLAIN = read_page(
    "<!doctype html><html><head><meta><meta><meta><meta><title></title></head><body><div></div><main>"
    "<p></p><ul><li><strong></strong><a></a></li></ul></main></body></html>"
)
"""What the template of the child makes of harmless values."""


@pytest.mark.parametrize("nth", range(len(POISONS)), ids=lambda n: f"{n}-{POISONS[n].attack}")
def test_a_hostile_value_adds_nothing_to_a_header(nth: int, told: dict[str, Any]) -> None:
    """What could end or disguise a header is refused; the rest stays on one line that is not too long."""
    entry: Poison = POISONS[nth]
    came = told["headers"][nth]
    if entry.header:
        assert came["refused"] == "UnsafeHeader"
    elif "refused" not in came:
        assert len(came["subject"]) <= 300
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", came["subject"])
    else:
        assert came["refused"] == "InvalidTemplate"
        assert len(entry.value) > 300


def test_what_is_longer_than_any_name_is_refused_quickly(told: dict[str, Any]) -> None:
    """Ten million characters cost no more than to count them."""
    assert [each["refused"] for each in told["huge"]] == ["InvalidTemplate"] * len(HUGE)
    assert max(each["seconds"] for each in told["huge"]) < SECONDS


def test_the_whole_corpus_fits_into_little_memory(told: dict[str, Any]) -> None:
    """The process hardly grew, however much the templates asked for."""
    assert told["grown_kb"] < GROWTH_KB


def test_the_corpus_is_as_wide_as_it_must_be() -> None:
    """Every way in is tried, none of them twice."""
    bodies = [entry.body for entry in TEMPLATES]
    assert len(set(bodies)) == len(bodies) >= 60
    ways = {"reach", "private", "clock", "filter", "tag", "loop", "memory", "parser", "markup", "marks"}
    assert {entry.attack for entry in TEMPLATES} == ways
    kinds = {"header", "html", "markdown", "template", "marks", "unicode", "format", "huge"}
    assert {entry.attack for entry in POISONS} == kinds
