"""Exact counts that cost nothing to read: triggers write every change of a count beside the change itself.

Counting a million rows at each scrape is too slow, an estimate is no figure, and one row a count would make
all writers wait for each other. So each statement that moves rows from one state to another adds signed rows
to `tally` in its own transaction; a count is their sum, and `fold_tally` adds them up now and then. Whatever
writes the tables, the counts follow.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_EVENT = "SELECT 'event' f, connection_id a, state b, {sign} n, 0::numeric s FROM {rows}"
_FOLLOW_UP = "SELECT 'follow_up' f, kind a, state b, {sign} n, 0::numeric s FROM {rows}"
_DELIVERY = "SELECT 'delivery' f, channel a, state b, {sign} n, 0::numeric s FROM {rows}"
_CLOCK = """
SELECT 'clock' f, policy a, CASE
  WHEN closed_at IS NULL AND state = 'running' AND warned_at IS NOT NULL THEN 'warned'
  WHEN closed_at IS NULL THEN state
  WHEN state = 'met' AND breached_at IS NULL THEN 'met_in_time'
  WHEN state = 'met' THEN 'met_late'
  ELSE 'cancelled' END b, {sign} n, 0::numeric s FROM {rows}
UNION ALL
SELECT 'answered', policy, '', {sign}, {sign} * extract(epoch FROM closed_at - started_at)
FROM {rows} WHERE state = 'met' AND closed_by LIKE 'said:%'
"""

_RECEIPT = "SELECT 'receipt' f, route a, kind b, {sign} n, 0::numeric s FROM {rows}"

_SUM = (
    "INSERT INTO tally (figure, a, b, number, seconds) SELECT f, a, b, sum(n), sum(s) FROM ({rows}) changes "
    "GROUP BY f, a, b HAVING sum(n) <> 0 OR sum(s) <> 0;"
)


def _triggers(table: str, counted: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Statements that keep the counts of a table, and those that stop it, each to be executed singly."""
    came, went = (counted.format(sign=sign, rows=rows) for sign, rows in (("1", "came"), ("-1", "went")))
    bodies = {
        "insert": _SUM.format(rows=came),
        "update": _SUM.format(rows=f"{came} UNION ALL {went}"),
        "delete": _SUM.format(rows=went),
    }
    seen = {
        "insert": "NEW TABLE AS came",
        "update": "NEW TABLE AS came OLD TABLE AS went",
        "delete": "OLD TABLE AS went",
    }
    up, down = [], []
    for act, body in bodies.items():
        name = f"tally_{table}_{act}"
        function = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        up.append(f"{function}$$ BEGIN {body} RETURN NULL; END $$")
        up.append(
            f"CREATE TRIGGER {name} AFTER {act.upper()} ON {table} REFERENCING {seen[act]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
        down += [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]
    return tuple(up), tuple(down)


_ALL = tuple(
    _triggers(table, counted)
    for table, counted in (
        ("event", _EVENT),
        ("clock", _CLOCK),
        ("follow_up", _FOLLOW_UP),
        ("delivery", _DELIVERY),
    )
)
TALLY_TRIGGER_SQL = tuple(statement for up, _ in _ALL for statement in up)
TALLY_TRIGGER_DOWN = tuple(statement for _, down in _ALL for statement in down)

RECEIPT_TRIGGER_SQL, RECEIPT_TRIGGER_DOWN = _triggers("receipt", _RECEIPT)

COUNTED = {
    "event": _EVENT,
    "clock": _CLOCK,
    "follow_up": _FOLLOW_UP,
    "delivery": _DELIVERY,
    "receipt": _RECEIPT,
}
"""What is counted of each table, as the triggers do it: for a recount from the rows themselves."""

_FOLD = """
WITH gone AS (DELETE FROM tally RETURNING figure, a, b, number, seconds)
INSERT INTO tally (figure, a, b, number, seconds)
SELECT figure, a, b, sum(number), sum(seconds) FROM gone
GROUP BY figure, a, b HAVING sum(number) <> 0 OR sum(seconds) <> 0
"""


async def fold_tally(session: AsyncSession) -> None:
    """Adds the rows of each count up to one. Readers see the same sums before, meanwhile and after."""
    if await session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended('tally', 0))")):
        await session.execute(text(_FOLD))
