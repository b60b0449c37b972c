"""The sheet of all messages shows each of them as it is now, and is a page on its own."""

import re
from html import escape
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.messages.library import load_templates
from app.messages.render import render
from app.messages.sheet import sheet
from tests.messages.example import example

KEPT = Path(__file__).parents[2] / "docs" / "messages.html"
PAGE = sheet()


def test_the_kept_sheet_is_the_present_one() -> None:
    """`heardback messages sheet docs/messages.html` writes it anew after a change of words."""
    assert KEPT.read_text(encoding="utf-8") == PAGE


def test_the_command_writes_the_sheet(tmp_path: Path) -> None:
    """It goes into the file that was named."""
    file = tmp_path / "sheet.html"
    done = CliRunner().invoke(main, ["messages", "sheet", str(file)])
    assert done.exit_code == 0, done.output
    assert file.read_text(encoding="utf-8") == PAGE


@pytest.mark.parametrize(("key", "locale"), sorted(load_templates()))
def test_every_message_is_there_with_its_sources(key: str, locale: str) -> None:
    """Subject, preheader, the whole letter and the source of each personal sentence."""
    message = render(load_templates()[key, locale], example(locale), locale)
    section = PAGE.partition(f'<section id="{key}">')[2].partition("</section>")[0]
    card = section.partition(f'<article lang="{locale}">')[2].partition("</article>")[0]
    letter = message.html.partition("<main")[2].partition(">\n")[2].partition("</main>")[0]
    assert letter
    assert letter in card
    for words in (message.subject, message.preheader, *(s.text.strip() for s in message.sentences)):
        assert escape(words) in card
    for name, source in {fact for sentence in message.sentences for fact in sentence.facts}:
        assert f"<code>{name}</code> ({source})" in card


def test_the_sheet_loads_and_runs_nothing() -> None:
    """No script, no picture, no remote style; links in messages alone lead anywhere."""
    assert not re.search(r"<(script|img|link|iframe|object|form)\b|url\(|@import|\son\w+=", PAGE)
    assert not re.search(r'\ssrc="', PAGE)
