"""The answering half of the simulated Recruitee: the company API, its refusals and its limit.

A personal API token, lists by ``page`` or ``offset`` with ``limit``, rows wrapped under their name with the
``references`` beside a single candidate. The limit's figures and headers are ours: Recruitee's are not
public.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from app.demo.faults import Fault, commit
from app.demo.loopback import Answer, Asked
from app.demo.recruitee_world import COMPANY, Row, World

_NOT_FOUND = Answer(404, {"error": ["Record not found"]})
_MOST = 1000
_LISTS = {
    "/candidates": "candidates",
    "/offers": "offers",
    "/admins": "admins",
    "/tasks": "tasks",
    "/tracking/activities": "activities",
    "/disqualify_reasons": "disqualify_reasons",
}
_NEWEST_FIRST = {"candidates", "activities", "notes"}


@dataclass(slots=True)
class Rest:
    """Answers requests from the world's rows. ``now`` is the machine clock: the rate window is real."""

    world: World
    now: Callable[[], datetime]
    token: str = "token-for-the-demo"  # noqa: S105 -- opens nothing but the simulator
    limit: int = 100_000
    window: timedelta = timedelta(seconds=10)
    missing: tuple[str, ...] = ()
    """Paths, as regular expressions, that this account does not have."""
    faults: list[Fault] = field(default_factory=list)
    calls: list[Asked] = field(default_factory=list)
    """Every request that came, faulty ones too."""
    _ends: datetime | None = None
    _used: int = 0

    async def handle(self, asked: Asked) -> Answer:
        """The answer to one request."""
        self.calls.append(asked)
        for fault in self.faults:
            if fault.hits(asked):
                return await commit(fault, asked, self._act)
        return await self._act(asked)

    async def _act(self, asked: Asked) -> Answer:
        headers = self._count()
        if self._used > self.limit:
            return Answer(429, {"error": ["Rate limit exceeded"]}, {**headers, "retry-after": "1"})
        answer = self._authorized(asked)
        return Answer(answer.status, answer.body, {**headers, **answer.headers})

    def _count(self) -> dict[str, str]:
        now = self.now()
        if self._ends is None or now >= self._ends:
            self._ends, self._used = now + self.window, 0
        self._used += 1
        left = max(0, self.limit - self._used)
        return {"x-ratelimit-limit": str(self.limit), "x-ratelimit-remaining": str(left)}

    def _authorized(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return Answer(HTTPStatus.UNAUTHORIZED, {"error": ["Unauthorized"]})
        root = f"/c/{COMPANY}"
        path = asked.path.removeprefix(root)
        if not asked.path.startswith(root) or any(re.search(one, path) for one in self.missing):
            return _NOT_FOUND
        if asked.method == "POST":
            return self._write(path, json.loads(asked.body))
        if resource := _LISTS.get(path):
            return self._list(resource, [*self.world.rows[resource].values()], dict(asked.query))
        return self._read(path, dict(asked.query))

    def _list(self, name: str, rows: list[Row], query: dict[str, str]) -> Answer:
        if name == "tasks":
            done = query.get("scope") == "completed"
            rows = [row for row in rows if row["completed"] is done]
        rows = rows[::-1] if name in _NEWEST_FIRST else rows
        limit = min(int(query.get("limit", "60")), _MOST)
        begin = int(query.get("offset", "0")) + (int(query.get("page", "1")) - 1) * limit
        return Answer(200, {name: rows[begin : begin + limit], "references": []})

    def _read(self, path: str, query: dict[str, str]) -> Answer:
        match = re.fullmatch(r"/(?:interview/)?(candidates|offers)/(\d+)(?:/(\w+))?", path)
        row = self.world.rows[match[1]].get(int(match[2])) if match else None
        if match is None or row is None:
            return _NOT_FOUND
        if match[1] == "offers":
            return Answer(200, {"offer": row, "references": []})
        if match[3] is None:
            return Answer(200, {"candidate": row, "references": self._references(row)})
        resource = {"notes": "notes", "events": "interview_events", "results": "results"}.get(match[3])
        if resource is None:
            return _NOT_FOUND
        about = [one for one in self.world.rows[resource].values() if one["candidate_id"] == row["id"]]
        return self._list(resource, about, query)

    def _references(self, candidate: Row) -> list[Row]:
        jobs = [self.world.rows["offers"][placement["offer_id"]] for placement in candidate["placements"]]
        shown = ("id", "kind", "slug", "status", "title")
        stages = [stage for job in jobs for stage in job["pipeline_template"]["stages"]]
        return [
            *({"type": "Offer", **{name: job[name] for name in shown}} for job in jobs),
            *({"type": "Stage", **stage} for stage in stages),
        ]

    def _write(self, path: str, body: Row) -> Answer:
        match = re.fullmatch(r"/candidates/(\d+)/(notes|tags)", path)
        if path == "/tasks":
            said = body["task"]
            task = self.world.add("tasks", self.now(), completed=False, **said)
            return Answer(HTTPStatus.CREATED, {"task": task})
        candidate = self.world.rows["candidates"].get(int(match[1])) if match else None
        if match is None or candidate is None:
            return _NOT_FOUND
        if match[2] == "tags":
            candidate["tags"] = list(dict.fromkeys([*candidate["tags"], *body["tags"]]))
            return Answer(HTTPStatus.CREATED, {"tags": [{"name": name} for name in candidate["tags"]]})
        if not body.get("note", {}).get("body"):
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": ["Body can't be blank"]})
        note = self.world.add("notes", self.now(), candidate_id=candidate["id"], **body["note"])
        return Answer(HTTPStatus.CREATED, {"note": note})
