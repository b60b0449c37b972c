"""A mail in full: whatever its bytes are, its words can be stored, noted and shown."""

import pytest

from app.mail.inbound import from_mime

HEAD = "From: Ottoline <ottoline@example.net>\r\nContent-Type: text/plain; charset="


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("unicode_escape", rb"See you \ud800then."),
        ("utf-7", b"See you +2AA-then."),
        ("utf-8", b"See you \x00then."),
    ],
    ids=["escaped", "utf-7", "nul"],
)
def test_no_charset_spells_what_cannot_be_stored(charset: str, body: bytes) -> None:
    """Half of a character pair and NUL fall out; the words stay."""
    mail = from_mime(f"{HEAD}{charset}\r\n\r\n".encode() + body)
    assert mail.text.encode() == b"See you then."


def test_a_charset_that_nobody_knows_hides_no_words() -> None:
    """They are read as the charset that nearly all mail has."""
    mail = from_mime(f"{HEAD}x-klingon\r\n\r\n".encode() + "Grüße".encode())
    assert mail.text == "Grüße"
