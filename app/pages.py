"""Lists in pages: a cursor marks the place after the last row shown, so that new rows move nothing.

A cursor is opaque to callers. It holds the sort values of one row, which its caller has seen anyway, and the
order they belong to; whatever does not fit that order is refused.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeDecorator
from sqlmodel import col

from app.errors import UnknownCursor

MOST, DEFAULT = 200, 50
_LONGEST = 1_000
_BIGGEST = 2**63

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """Some of a list. While `next_cursor` is there, more follows: ask again with `cursor` set to it."""

    items: list[T]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which part of a list the caller wants."""

    limit: int = DEFAULT
    cursor: str | None = None


def _asked(
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many rows at most.")] = DEFAULT,
    cursor: Annotated[
        str | None, Query(description="`next_cursor` of the page before.", examples=[None])
    ] = None,
) -> PageAsked:
    return PageAsked(limit, cursor)


Paging = Annotated[PageAsked, Depends(_asked)]
"""The query parameters `limit` and `cursor`."""


def matching(wanted: Mapping[Any, object]) -> list[ColumnElement[bool]]:
    """The conditions for rows with all of these properties; one that is None asks for nothing."""
    return [col(column) == value for column, value in wanted.items() if value is not None]


async def paginate(
    session: AsyncSession,
    rows: Select[T],
    order: Sequence[Any],
    asked: PageAsked,
    *,
    newest_first: bool = True,
) -> tuple[Sequence[T], str | None]:
    """One page of a select, and the cursor of the next or None.

    Args:
        session: Where to read.
        rows: Selects one entity, filtered as wished and not ordered.
        order: Columns of that entity, none nullable, the last of them unique, such as
            ``(Event.received_at, Event.id)``. Instants, texts, integers and bytes.
        asked: `Paging` of the request.
        newest_first: All columns descending, else all ascending.

    Raises:
        UnknownCursor: The cursor belongs to another list or to none.
    """
    columns: list[ColumnElement[Any]] = [column.expression for column in order]
    name = ",".join(str(column) for column in columns) + (" desc" if newest_first else "")
    if asked.cursor is not None:
        place = tuple_(*_read(asked.cursor, name, columns))
        here = tuple_(*columns)
        rows = rows.where(here < place if newest_first else here > place)
    ordered = rows.order_by(*(column.desc() if newest_first else column for column in columns))
    found = (await session.scalars(ordered.limit(asked.limit + 1))).all()
    if len(found) <= asked.limit:
        return found, None
    shown = found[: asked.limit]
    return shown, _write(name, [getattr(shown[-1], column.key) for column in order])


def page_of(shown: tuple[Sequence[Any], str | None], show: Callable[[Any], T]) -> Page[T]:
    """The answer: each row as `show` tells it, such as ``EventShown.model_validate``."""
    rows, cursor = shown
    return Page(items=[show(row) for row in rows], next_cursor=cursor)


def _write(name: str, values: Sequence[object]) -> str:
    told = [_told(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps([name, *told], separators=(",", ":")).encode()).decode()


def _told(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, datetime) else value


def _read(cursor: str, name: str, columns: Sequence[ColumnElement[Any]]) -> list[Any]:
    if len(cursor) > _LONGEST:
        raise UnknownCursor
    try:
        told = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        if not isinstance(told, list) or len(told) != len(columns) + 1 or told[0] != name:
            raise UnknownCursor
        return [_value(value, _kind(column)) for value, column in zip(told[1:], columns, strict=True)]
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError) as wrong:
        raise UnknownCursor from wrong


def _kind(column: ColumnElement[Any]) -> type:
    stored = column.type
    return (stored.impl_instance if isinstance(stored, TypeDecorator) else stored).python_type


def _value(value: object, kind: type) -> object:
    if issubclass(kind, datetime) and isinstance(value, str):
        return _instant(value)
    if issubclass(kind, bytes) and isinstance(value, str):
        return bytes.fromhex(value)
    fits = type(value) is kind and not (isinstance(value, int) and not -_BIGGEST <= value < _BIGGEST)
    if not fits or (isinstance(value, str) and ("\0" in value or not _encodes(value))):
        raise UnknownCursor
    return value


def _instant(value: str) -> datetime:
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise UnknownCursor
    return instant.astimezone(UTC)


def _encodes(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)
