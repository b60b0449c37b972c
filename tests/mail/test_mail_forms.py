"""Forms that providers post: read whole or refused, whatever they hold."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import MalformedBody, UnsafeHeader
from app.mail.forms import MOST_FIELDS, FormField, is_form, read_form, write_form

MULTIPART = {"content-type": 'multipart/form-data; boundary="xY z"'}
URLENCODED = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


@given(st.lists(st.tuples(st.from_regex(r"[a-z][a-z0-9:._-]{0,20}", fullmatch=True), st.binary(max_size=80))))
def test_what_is_written_is_read_again(pairs: list[tuple[str, bytes]]) -> None:
    """Every byte of a value survives, line breaks and dashes included."""
    kind, body = write_form([FormField(name, value) for name, value in pairs])
    found = read_form({"content-type": kind}, body)
    assert [(each.name, each.value) for each in found] == pairs
    assert write_form([FormField(name, value) for name, value in pairs]) == (kind, body)


def test_files_are_named_and_their_content_is_dropped() -> None:
    """We keep the type of a file, never the file."""
    kind, body = write_form([FormField("f", b"PDF", filename="cv.pdf", content_type="application/pdf")])
    (found,) = read_form({"content-type": kind}, body)
    assert (found.value, found.filename, found.content_type) == (b"", "cv.pdf", "application/pdf")


def test_a_form_as_others_write_it() -> None:
    """Quoted boundaries, a preamble, blanks after a boundary, other headers; url-encoded forms too."""
    body = (
        b"preamble\r\n--xY z  \r\nContent-Type: text/plain\r\nCONTENT-DISPOSITION: form-data; name=a\r\n\r\n"
        b'one\r\ntwo\r\n--xY z\r\nContent-Disposition: form-data; name="b"\r\n\r\n\r\n--xY z--\r\nepilogue'
    )
    assert [(each.name, each.value) for each in read_form(MULTIPART, body)] == [
        ("a", b"one\r\ntwo"),
        ("b", b""),
    ]
    found = read_form(URLENCODED, b"a=1&b=&a=%C3%BC+x")
    assert [(each.name, each.value) for each in found] == [("a", b"1"), ("b", b""), ("a", "ü x".encode())]
    assert is_form(MULTIPART)
    assert not is_form({"content-type": "application/json"})


def test_broken_and_boundless_forms_are_refused() -> None:
    """A form that breaks off may have lost the envelope; one with many parts is no mail."""
    part = b'--xY z\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    for headers, body in (
        (MULTIPART, b""),
        (MULTIPART, part),
        (MULTIPART, part + part.replace(b"--xY z", b"--xY zzz") + b"--xY z--"),
        (MULTIPART, b"--xY z\r\n\r\n\r\n1\r\n--xY z--"),
        (MULTIPART, b'--xY z\r\nX: form-data; name="a"\r\n\r\n1\r\n--xY z--'),
        (MULTIPART, b"--xY z\r\nX: " + b"y" * 20_000 + b"\r\n\r\n1\r\n--xY z--"),
        (MULTIPART, part * (MOST_FIELDS + 1) + b"--xY z--"),
        ({"content-type": "multipart/form-data"}, part),
        ({"content-type": "text/plain"}, b"a=1"),
        ({}, b"a=1"),
        (URLENCODED, b"&".join([b"a=1"] * (MOST_FIELDS + 1))),
        (URLENCODED, b"a=\xff"),
    ):
        with pytest.raises(MalformedBody):
            read_form(headers, body)
    assert len(read_form(MULTIPART, part * MOST_FIELDS + b"--xY z--")) == MOST_FIELDS


def test_a_name_cannot_break_out_of_its_part() -> None:
    """Names of fields and files are refused rather than repaired."""
    for bad in ('a"; x="', "a\r\nb", "ü", "", "a/b"):
        with pytest.raises(UnsafeHeader):
            write_form([FormField(bad, b"")])
        if bad:
            with pytest.raises(UnsafeHeader):
                write_form([FormField("a", b"", filename=bad)])
    with pytest.raises(UnsafeHeader):
        write_form([FormField("a", b"", filename="a", content_type="text/plain\r\nX: y")])


@given(
    st.sampled_from(("multipart/form-data; boundary=", URLENCODED["content-type"])), st.text(), st.binary()
)
def test_hostile_forms_are_refused_and_nothing_else(kind: str, boundary: str, body: bytes) -> None:
    """Never another error."""
    marked = b"--x\r\n" + body + b"\r\n--x--"
    for headers in ({"content-type": kind + boundary}, {"content-type": kind + "x"}):
        for raw in (body, marked):
            with suppress(MalformedBody):
                read_form(headers, raw)
