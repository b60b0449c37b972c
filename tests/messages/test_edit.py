"""A person's words replace the template's, in both parts, and what still stands keeps its source."""

import pytest

from app.errors import UnsafeHeader
from app.messages.edit import edited
from app.messages.library import load_templates
from app.messages.render import render
from tests.messages.example import example
from tests.messages.readers import read_page, seen

BEFORE = render(load_templates()["rejection_after_interview", "en"], example(), "en")


def test_an_edit_reaches_both_parts() -> None:
    """Text and HTML say the new words, and nothing in them is markup."""
    text = "Hello Amara,\r\n\r\nsee <b>this</b> & *that*: https://a.example/x?a=1&b=2.\nBye."
    after = edited(BEFORE, subject=" Our answer ", text=text)
    page = read_page(after.html)
    assert after.subject == "Our answer"
    assert after.text == text.replace("\r\n", "\n") + "\n"
    assert seen(page).split() == after.text.split()
    assert page.links == ["https://a.example/x?a=1&b=2"]
    assert not {"b", "em"} & set(page.tags)


def test_sentences_that_stand_keep_their_facts() -> None:
    """The approver sees which sentences come from facts; the person vouches for the others."""
    kept = BEFORE.sentences[1].text
    after = edited(BEFORE, subject=BEFORE.subject, text=f"Hello you,\n\n{kept} And more.")
    assert after.sentences == (BEFORE.sentences[1],)
    assert set(after.used) == set(BEFORE.sentences[1].facts)


def test_an_unsafe_address_in_an_edit_is_no_link() -> None:
    """Only plain https becomes a link."""
    after = edited(BEFORE, subject="x", text="http://a.example https://u:p@a.example javascript:alert(1)")
    assert read_page(after.html).links == []


def test_what_nobody_sees_does_not_leave() -> None:
    """No NUL, no terminal codes, nothing that turns the direction of writing; lines and spaces stay."""
    after = edited(BEFORE, subject="x", text="a\0b \x1b[31m\u202ec\ud800\r\n  - d\re\u2028f")
    assert after.text == "a b  [31mc\ufffd\n  - d\ne f\n"
    assert not set(after.html) & set("\0\x1b\u202e\ud800\u2028\r")


def test_an_edited_subject_is_checked() -> None:
    """A subject typed by a person obeys the same rule."""
    with pytest.raises(UnsafeHeader):
        edited(BEFORE, subject="a\r\nBcc: b", text="x")
