"""Structured logs on stdout, one JSON object a line, without personal data or secrets.

Names, addresses, words of messages and secrets are withheld by key and recognised by shape; exceptions are
told by type and place, because their messages quote the values they met.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import structlog

from app.errors import HeardbackError
from app.ids import new_id

_correlation: ContextVar[str | None] = ContextVar("correlation_id", default=None)

WITHHELD = "[withheld]"
_PRIVATE = frozenset(
    {
        "address", "authorization", "body", "candidate_name", "content", "cookie", "dsn", "email", "from",
        "headers", "html", "key", "mail", "name", "names", "note", "params", "parameters", "password",
        "payload", "phone", "query", "recipient", "reply", "secret", "secrets", "sender", "signature",
        "subject", "text", "to", "token", "url", "words",
    },
)  # fmt: skip
_PRIVATE_PARTS = frozenset({"email", "name", "password", "phone", "secret", "secrets", "subject", "token"})
_SHAPES = (
    (re.compile(r"[^\s\"'<>(),;:=/]+(?:@|%40)[^\s\"'<>(),;:=/]+", re.IGNORECASE), "[address]"),
    (re.compile(r"\bhb_[0-9a-z]+_[0-9a-zA-Z]+"), "[key]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+\S+"), "[credentials]"),
    (re.compile(r"(https?://[^\s?\"]+)\?[^\s\"]*"), r"\1"),
    (re.compile(r"(postgres(?:ql)?|rediss?)(\+\w+)?://\S+"), r"\1://[withheld]"),
)
_DEEPEST = 6
_OURS = frozenset({"event", "level", "timestamp", "logger", "correlation_id", "exception"})


def correlation_id() -> str | None:
    """The id that ties together what follows from one request or webhook, where there is one."""
    return _correlation.get()


@contextmanager
def correlated(identity: str | None) -> Iterator[str]:
    """Every log line and outgoing delivery inside carries this id; without one, a new id."""
    held = identity or new_id("cor")
    token = _correlation.set(held)
    try:
        yield held
    finally:
        _correlation.reset(token)


def redact(text: str) -> str:
    """The text without anything shaped like an address, a key, credentials or a query string."""
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text


def _is_private(key: str) -> bool:
    key = key.lower().replace("-", "_")
    return key in _PRIVATE or not _PRIVATE_PARTS.isdisjoint(key.split("_"))


def _clean(value: object, depth: int = 0) -> object:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if depth > _DEEPEST:
        return WITHHELD
    if isinstance(value, Mapping):
        return {str(k): WITHHELD if _is_private(str(k)) else _clean(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item, depth + 1) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return WITHHELD
    return redact(str(value))


def withhold(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: what must not be logged is withheld or redacted, whoever logs it."""
    for key, value in line.items():
        line[key] = WITHHELD if key not in _OURS and _is_private(key) else _clean(value)
    return line


def _add_correlation(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if (identity := _correlation.get()) is not None:
        line.setdefault("correlation_id", identity)
    return line


def describe(error: BaseException) -> dict[str, Any]:
    """An exception by type, place and cause. Only our own errors and the system's keep their words."""
    told: dict[str, Any] = {"type": type(error).__name__, "at": _places(error.__traceback__)}
    if isinstance(error, HeardbackError):
        told["detail"] = error.detail
    elif isinstance(error, OSError):
        told["detail"] = error.strerror or ""
    if sqlstate := getattr(error, "sqlstate", None):
        told["sqlstate"] = sqlstate
    if cause := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        told["cause"] = {"type": type(cause).__name__, "at": _places(cause.__traceback__)[-1:]}
    return told


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-12:]
    return [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames]


def _tell_exception(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    given = line.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else None
    if isinstance(given, tuple):
        error = given[1]
    elif given is True:
        error = sys.exc_info()[1]
    if error is not None:
        line["exception"] = describe(error)
    line.pop("stack_info", None)
    return line


def configure(level: str = "info") -> None:
    """Send every log, ours and the libraries', through one pipeline to stdout. `level` as in Settings."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_correlation,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _tell_exception,
            withhold,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    _take_over(handler, level.upper())


def _take_over(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for library in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi", "alembic"):
        logger = logging.getLogger(library)
        logger.handlers, logger.propagate = [], True
    # Their information lines quote whole URLs, statements and arguments.
    for talkative in ("httpx", "httpcore", "sqlalchemy", "arq", "alembic", "asyncio", "markdown_it"):
        logging.getLogger(talkative).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.getLogger("uvicorn.access").addFilter(_without_query)


def _without_query(record: logging.LogRecord) -> bool:
    """Uvicorn's access line: method, path and status; neither who asked nor what for."""
    if isinstance(record.args, tuple) and len(record.args) == 5:  # noqa: PLR2004  # uvicorn 0.54's five
        _client, method, path, _http, status = record.args
        record.msg, record.args = "%s %s %s", (method, str(path).split("?", 1)[0], status)
    return True
