"""The totals again, counted row by row: what the endpoint's figures must equal. Slow, and exact."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.metrics.tally import COUNTED

Counts = dict[tuple[str, str, str], tuple[int, float]]


async def recounted(session: AsyncSession) -> Counts:
    """By figure and its two labels: number and seconds, from the rows themselves."""
    found: Counts = {}
    for table, counted in COUNTED.items():
        rows = counted.format(sign="1", rows=table)
        statement = f"SELECT f, a, b, sum(n), sum(s) FROM ({rows}) counted GROUP BY f, a, b"  # noqa: S608  # ours
        for f, a, b, number, seconds in await session.execute(text(statement)):
            found[f, a, b] = int(number), float(seconds)
    return found


async def tallied(session: AsyncSession) -> Counts:
    """The same from the tallies."""
    statement = "SELECT figure, a, b, sum(number), sum(seconds) FROM tally GROUP BY 1, 2, 3"
    rows = await session.execute(text(f"{statement} HAVING sum(number) <> 0 OR sum(seconds) <> 0"))
    return {(f, a, b): (int(number), float(seconds)) for f, a, b, number, seconds in rows}
