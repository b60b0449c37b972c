"""Logs tell what happened, tied together by one id, and nothing about people."""

import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from app.log import WITHHELD, correlated, correlation_id, describe, redact
from tests.api.house import House, logging_configured

ADDRESS = "ada.lovelace@example.com"


def test_personal_fields_are_withheld_by_name() -> None:
    """However deep, however a key is written; what is ours to tell stays."""
    with logging_configured() as lines:
        structlog.get_logger("x").info(
            "planned",
            email=ADDRESS,
            name="Ada",
            candidate_name="Ada",
            subject="About your interview",
            clock_id="clk_1",
            detail={"first_name": "Ada", "steps": [{"Authorization": "Bearer x"}], "count": 3},
            raw=b"Ada",
        )
    (line,) = lines.read_back()
    assert "Ada" not in json.dumps(line)
    assert (line["event"], line["level"], line["clock_id"]) == ("planned", "info", "clk_1")
    assert line["detail"] == {"first_name": WITHHELD, "steps": [{"Authorization": WITHHELD}], "count": 3}


def test_libraries_go_through_the_same_pipeline() -> None:
    """A standard logger's message is JSON, redacted, and uvicorn's access line has no query and no client."""
    with logging_configured() as lines:
        logging.getLogger("some.library").warning("cannot write to %s", ADDRESS)
        logging.getLogger("uvicorn.access").info(
            '%s - "%s %s HTTP/%s" %d', "203.0.113.9:1", "GET", "/v1/events?email=ada", "1.1", 200
        )
        logging.getLogger("httpx").info("HTTP Request: GET https://api.example.com/?email=ada")
    first, second = lines.read_back()
    assert first["event"] == "cannot write to [address]"
    assert second["event"] == "GET /v1/events 200"


def test_an_exception_is_told_by_type_and_place() -> None:
    """Messages of exceptions quote values; the type, the place and the cause are enough to find them."""
    with logging_configured() as lines:
        try:
            fail()
        except ValueError:
            structlog.get_logger("x").exception("failed")
            logging.getLogger("library").exception("failed, too")
    assert len(lines.read_back()) == 2
    for line in lines.read_back():
        told = line["exception"]
        assert (told["type"], told["cause"]["type"]) == ("ValueError", "KeyError")
        assert told["at"][-1].endswith(" fail")
        assert "Ada" not in json.dumps(line)
        assert "ada" not in json.dumps(line)


def fail() -> None:
    """As code does that meets a value it did not expect."""
    try:
        dict[str, str]()["Ada Lovelace"]
    except KeyError as wrong:
        raise ValueError(f"cannot write to {ADDRESS}") from wrong


def test_what_the_system_says_of_itself_is_kept() -> None:
    """An operating system's error has words without people in them; they help."""
    assert describe(ConnectionRefusedError(111, "Connection refused"))["detail"] == "Connection refused"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"to <{ADDRESS}>, twice", "to <[address]>, twice"),
        ("mailto:ada%40example.com", "mailto:[address]"),
        ("ada@localhost", "[address]"),
        ("hb_01jd2q8z6w3k7m9p5r1t0v4x2y_5e1f", "[key]"),
        ("Authorization: Bearer abc.def", "Authorization: [credentials]"),
        ("GET https://api.example.com/x?email=ada HTTP/1.1", "GET https://api.example.com/x HTTP/1.1"),
        ("postgresql+asyncpg://u:p@h/db", "postgresql://[withheld]"),
        ("clk_01 is due at 12:00", "clk_01 is due at 12:00"),
    ],
)
def test_shapes_are_redacted(text: str, clean: str) -> None:
    """Addresses, keys, credentials and queries are recognised wherever they stand."""
    assert redact(text) == clean


WORDS = st.text("abcdefghijklmnopqrstuvwxyzäé0123456789._+-", min_size=1, max_size=12)


@given(WORDS, WORDS, st.text(" <>\"'(),;:\n", max_size=3), st.text(" <>\"'(),;:\n", max_size=3))
def test_no_address_survives(local: str, domain: str, before: str, after: str) -> None:
    """Whatever surrounds it."""
    assert "@" not in redact(f"x{before}{local}@{domain}{after}y")


def test_correlation_is_nested_and_undone() -> None:
    """Work done for one id tells that id, and only it."""
    with correlated("outer-id"):
        with correlated(None) as made:
            assert correlation_id() == made
            assert made.startswith("cor_")
        assert correlation_id() == "outer-id"
    assert correlation_id() is None


async def test_a_request_leaves_one_line_with_its_id(
    house: House,
) -> None:
    """The id of the answer is the id in the log; neither address, key nor query is in it."""
    headers = {**await house.headers("read"), "X-Correlation-Id": "ours-12345"}
    with logging_configured() as lines:
        answer = await house.client.get(f"/v1/events/{ADDRESS}?action={ADDRESS}", headers=headers)
    assert answer.headers["x-correlation-id"] == "ours-12345"
    (line,) = lines.read_back()
    assert (line["correlation_id"], line["route"], line["status"]) == (
        "ours-12345",
        "/v1/events/{event_id}",
        404,
    )
    assert ADDRESS not in json.dumps(line)


@pytest.mark.parametrize("given_id", ["short", "x" * 65, "with space", ADDRESS, "ünsound-id"])
async def test_an_unsound_id_is_replaced(house: House, given_id: str) -> None:
    """What a caller sends is not written into logs unless it is plainly an id."""
    headers = [(b"X-Correlation-Id", given_id.encode("latin-1"))]
    answer = await house.client.get("/healthz", headers=headers)
    assert answer.headers["x-correlation-id"].startswith("cor_")
