"""Years of mail slow nothing down: whatever the way out asks of its tables, an index answers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from app.db import unit_of_work
from app.delivery.by_hand import unsay
from app.delivery.models import Delivery
from app.delivery.receive import store, take_all
from app.followups.models import FollowUp
from app.mail.hooks import InboundMail, Receipt, ReceiptKind
from app.replies.take import Inbox
from tests.flow.small import ADDRESS, MONDAY, Small, open_small, webhook

MANY = 4_000
_LARGE = ("delivery", "follow_up", "fact", "attempt")
_SCAN = re.compile(rf"Seq Scan on ({'|'.join(_LARGE)})\b")
_COSTLY = 100.0
"""In the planner's units: all of a large table, by whatever way, costs more."""
_GROW = {
    "application": ("true", "'external_id', 'app_' || n, 'candidate', 'c' || n, 'wake_at', NULL"),
    "follow_up": ("kind = 'application_received'", "'step', 'n' || n, 'application_id', 'app_' || n / 4"),
    "delivery": (
        "channel = 'mail'",
        "'follow_up_id', 'fup_' || n, 'provider_id', 'p' || n, 'wire_id', 'w' || n, 'act_at', NULL",
    ),
    "attempt": ("true", "'delivery_id', 'dlv_' || n, 'left_at', to_timestamp(n)"),
    "fact": ("kind = 'said'", "'id', 1000000 + n, 'key', 'key-' || n, 'application', 'app_' || n / 4"),
}
"""Of each table which row is copied, and what differs in the copies."""
_IDS = {"application": "app", "follow_up": "fup", "delivery": "dlv"}


@contextmanager
def _heard(small: Small) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is executed meanwhile, with its values."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:  # noqa: FBT001  # SQLAlchemy calls it so
        if not many:
            asked.append((statement, values))

    engine = small.services.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def _grow(small: Small) -> None:
    async with unit_of_work(small.services.sessions) as session:
        for table, (row, differs) in _GROW.items():
            own = f"'id', '{_IDS[table]}_' || n, {differs}" if table in _IDS else differs
            one = f"SELECT to_jsonb(t) AS r FROM {table} t WHERE {row} LIMIT 1"
            made = f"jsonb_populate_record(NULL::{table}, r || jsonb_build_object({own}))"
            await session.execute(
                text(f"INSERT INTO {table} SELECT ({made}).* FROM ({one}) o, generate_series(0, {MANY}) n")
            )
        for table in _LARGE:
            await session.execute(text(f"ANALYZE {table}"))


async def _live(small: Small, mail: Delivery) -> None:
    """A second mail to the candidate leaves, comes back, is asked about; an answer comes in."""
    sessions, vault = small.services.sessions, small.services.vault
    post, at = small.post(), small.instants()
    await small.at(MONDAY + timedelta(hours=3))
    for _ in range(2):
        await post.send_due(small.instants())
        await post.ask_due(at)
    async with unit_of_work(sessions) as session:
        told = Receipt(ReceiptKind.DELIVERED, "key", MONDAY, None, mail.provider_id, wire_id="elsewhere")
        await take_all(session, vault, await store(session, vault, "twin", (told,), MONDAY), at)
        answer = InboundMail("k", ADDRESS, in_reply_to=(mail.wire_id or "").strip("<>"), text="See you.")
        await Inbox(vault, None, ()).take(session, "imap", answer, at)
        await unsay(session, await session.get_one(FollowUp, mail.follow_up_id))
    await small.flow.lookups()


async def test_no_question_goes_through_a_whole_table(database_url: str, tmp_path: Path) -> None:
    """Not the two looks a second, not a send, not a receipt, not an answer."""
    async with open_small(database_url, tmp_path) as small:
        await small.hear(webhook("new_candidate_application", MONDAY))
        await small.at(MONDAY + timedelta(minutes=20))
        await small.hear(webhook("candidate_stage_change", small.clock.now(), stage=2))
        mail = (await small.rows(Delivery, channel="mail", state="sent"))[0]
        await _grow(small)
        with _heard(small) as asked:
            await _live(small, mail)
        large = [one for one in dict(asked).items() if re.search(rf"\b({'|'.join(_LARGE)})\b", one[0])]
        async with small.services.engine.connect() as connection:
            plans = {}
            for statement, values in large:
                lines = await connection.exec_driver_sql(f"EXPLAIN {statement}", values)
                plans[statement] = "\n".join(lines.scalars())
    slow = [f"{s}\n{p}" for s, p in plans.items() if _SCAN.search(p) or _cost(p) > _COSTLY]
    assert not slow, "\n\n".join(slow)
    assert len(plans) > 20


def _cost(plan: str) -> float:
    return max(float(found) for found in re.findall(r"\.\.(\d+\.\d+) rows", plan))
