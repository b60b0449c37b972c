"""The database: engine, one commit per unit of work, UTC datetimes, names for constraints."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Dialect,
    FromClause,
    MetaData,
    Table,
    Text,
    Update,
    and_,
    any_,
    bindparam,
    column,
    func,
    select,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    },
).naming_convention

Json = JSONB(none_as_null=True)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: refuses naive datetimes on the way in, gives UTC on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}; give it a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.astimezone(UTC) if value is not None else None


Sessions = async_sessionmaker[AsyncSession]


def async_url(url: str) -> str:
    """The same database through asyncpg, however its URL was written."""
    for prefix in ("postgresql+asyncpg://", "postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+asyncpg://" + url.removeprefix(prefix)
    raise ValueError("DATABASE_URL must begin with postgresql://")


def driver_url(url: str) -> str:
    """The same database for asyncpg used bare."""
    return "postgresql://" + async_url(url).removeprefix("postgresql+asyncpg://")


def make_engine(url: str, *, pool_size: int = 8) -> AsyncEngine:
    """An engine whose connections are checked before use, so that a restarted database is met once."""
    return create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=2,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"timeout": 5, "command_timeout": 30},
    )


def make_sessions(engine: AsyncEngine) -> Sessions:
    return async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def unit_of_work(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """All or nothing: commits at the end, rolls back when anything is raised. The only commit there is."""
    async with sessions() as session, session.begin():
        yield session


def among(column: Any, values: Iterable[str]) -> ColumnElement[bool]:  # noqa: ANN401  # SQLModel types it as its value
    """The column is one of these texts, as one array: any number of them is one statement, prepared once."""
    same: ColumnElement[bool] = column == any_(sql_cast(list(values), ARRAY(Text)))
    return same


def insert_many(model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> Insert:
    """One INSERT of any number of rows that have the same columns; add `on_conflict…` and `returning` to it.

    The rows travel as one array a column: a VALUES list of another length would be another statement, to be
    compiled by us and planned by Postgres each time, which costs more than the insert.
    """
    names, table = list(rows[0]), _table(model)
    given, chosen = _given(table, names, rows)
    return insert(table).from_select(names, select(*chosen.values()).select_from(given))


def update_many(model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> Update:
    """One UPDATE of any number of rows that have the same columns, found by their primary keys.

    An UPDATE for each row would also run the table's triggers for each.
    """
    table = _table(model)
    _, chosen = _given(table, list(rows[0]), rows)
    keys = [column.name for column in table.primary_key]
    found = and_(*(table.c[key] == chosen[key] for key in keys))
    return update(table).where(found).values({n: v for n, v in chosen.items() if n not in keys})


async def write_changes(session: AsyncSession, rows: Iterable[SQLModel]) -> None:
    """Writes what was changed in these rows of one table, in one statement rather than one for each."""
    changed = [(row, state) for row in rows if (state := instance_state(row)).modified]
    names = sorted({name for _, state in changed for name in state.committed_state})
    if not names:
        return
    model = type(changed[0][0])
    keys = [column.name for column in _table(model).primary_key]
    values = [{name: getattr(row, name) for name in (*keys, *names)} for row, _ in changed]
    with session.no_autoflush:
        await session.execute(update_many(model, values))
    for _, state in changed:
        # Told the session, which would write each of them again; there is no public way.
        state._commit_all(state.dict, session.sync_session.identity_map)  # noqa: SLF001


def put(row: SQLModel, values: Mapping[str, Any]) -> bool:
    """Sets what differs, unseen by the session, and says whether anything did; the caller writes it.

    Setting attributes as one usually does costs ten times as much: three layers look at each.
    """
    changed = [(name, value) for name, value in values.items() if getattr(row, name) != value]
    for name, value in changed:
        set_committed_value(row, name, value)
    return bool(changed)


def _table(model: type[SQLModel]) -> Table:
    return cast("Table", model.__table__)  # type: ignore[attr-defined]  # SQLModel makes it


def _given(
    table: Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
    """The rows as a table to select from, and its columns."""
    arrays, columns = [], []
    for name in names:
        kind = table.c[name].type
        values = [row[name] for row in rows]
        if isinstance(kind, JSONB):
            values = [None if value is None else json.dumps(value) for value in values]
        element = Text() if isinstance(kind, JSONB) else kind
        arrays.append(sql_cast(bindparam(name, values, type_=ARRAY(element), unique=True), ARRAY(element)))
        columns.append(column(name, element))
    given = func.unnest(*arrays).table_valued(*columns).render_derived()
    json_ = {name for name in names if isinstance(table.c[name].type, JSONB)}
    return given, {n: sql_cast(given.c[n], JSONB) if n in json_ else given.c[n] for n in names}


def json_row(row: SQLModel, *names: str) -> dict[str, Any]:
    """The named columns of a row, for an answer or a comparison."""
    return {name: getattr(row, name) for name in names}
