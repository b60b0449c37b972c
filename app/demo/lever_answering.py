"""The answering half of the simulated Lever: its API with the documented refusals.

Basic authentication, a token bucket without headers, pages by ``offset``, ``expand``, notes and tags, and
webhooks whose signature token is told once. Faults go wrong on purpose.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.ats.lever_facts import milliseconds
from app.demo.faults import Fault, commit
from app.demo.lever_world import Row, World
from app.demo.loopback import Answer, Asked

_MOST_PER_PAGE = 100
_EXPANDABLE = {"owner": "users", "contact": "contacts", "stage": "stages"}


def _refused(status: int, code: str) -> Answer:
    return Answer(status, {"code": code, "message": "Somebody somewhere <x@example.com> cannot do that"})


@dataclass(slots=True)
class Answering:
    """Answers from the world's rows. ``now`` is the machine clock: the bucket is real."""

    world: World
    now: Callable[[], datetime]
    secret: str
    """The signature token of webhooks that are made by API."""
    api_key: str = "lever-key-for-the-demo"
    rate: float = 10_000.0
    burst: float = 10_000.0
    denied: set[str] = field(default_factory=set)
    """Words of paths that the key may not ask for."""
    faults: list[Fault] = field(default_factory=list)
    calls: list[Asked] = field(default_factory=list)
    """Every request that came, faulty ones too."""
    _left: float | None = None
    _counted_at: datetime | None = None

    async def handle(self, asked: Asked) -> Answer:
        """The answer to one request."""
        self.calls.append(asked)
        for fault in self.faults:
            if fault.hits(asked):
                return await commit(fault, asked, self._act)
        return await self._act(asked)

    async def _act(self, asked: Asked) -> Answer:
        expected = base64.b64encode(f"{self.api_key}:".encode()).decode("ascii")
        if asked.headers.get("authorization") != f"Basic {expected}":
            return _refused(401, "Unauthorized")
        if not self._take():
            return _refused(429, "TooManyRequests")
        version, *path = asked.path.strip("/").split("/")
        if version != "v1" or not path:
            return _refused(404, "ResourceNotFound")
        if self.denied & set(path):
            return _refused(403, "Forbidden")
        return self._read(path, asked) if asked.method == "GET" else self._write(path, asked)

    def _take(self) -> bool:
        now = self.now()
        since = (now - self._counted_at).total_seconds() if self._counted_at else 0.0
        left = self.burst if self._left is None else min(self.burst, self._left + since * self.rate)
        self._counted_at, self._left = now, max(0.0, left - 1)
        return left >= 1

    # Reading

    def _read(self, path: list[str], asked: Asked) -> Answer:
        query = dict(asked.query)
        listed = self._listed("/".join(path), query)
        if listed is not None:
            return _page(listed, query)
        row = self.world.rows.get(path[0], {}).get(path[1]) if len(path) > 1 else None
        if row is None:
            return _refused(404, "ResourceNotFound")
        if len(path) == len(("opportunities", "id")):
            wanted = {value for name, value in asked.query if name == "expand"}
            return Answer(200, {"data": self._expanded(row, wanted)})
        return self._below(path[1], path[2:], query)

    def _listed(self, path: str, query: dict[str, str]) -> list[Row] | None:
        if path == "opportunities":
            return self._found(query)
        if path == "opportunities/deleted":
            since = int(query.get("deleted_at_start", "0"))
            return [row for row in self.world.deleted if row["deletedAt"] >= since]
        if path == "webhooks":
            return [_without_token(row) for row in self._rows("webhooks")]
        return self._rows(path) if path in self.world.rows else None

    def _rows(self, resource: str) -> list[Row]:
        return list(self.world.rows[resource].values())

    def _found(self, query: dict[str, str]) -> list[Row]:
        since, contact = int(query.get("updated_at_start", "0")), query.get("contact_id")
        rows = self._rows("opportunities")
        return [row for row in rows if row["updatedAt"] >= since and contact in (None, row["contact"])]

    def _expanded(self, row: Row, wanted: set[str]) -> Row:
        shown = dict(row)
        for name, resource in _EXPANDABLE.items():
            if name in wanted and row.get(name) in self.world.rows[resource]:
                shown[name] = self.world.rows[resource][row[name]]
        if "applications" in wanted and "applications" in row:
            shown["applications"] = self.world.parts["applications"].get(row["id"], [])
        return shown

    def _below(self, opportunity: str, path: list[str], query: dict[str, str]) -> Answer:
        if path[0] == "interviews":
            rows = self._interviews(opportunity)
        elif path[0] in self.world.parts:
            rows = self.world.parts[path[0]].get(opportunity, [])
        else:
            return _refused(404, "ResourceNotFound")
        if len(path) == 1:
            return _page(rows, query)
        one = [row for row in rows if row["id"] == path[1]]
        return Answer(200, {"data": one[0]}) if one else _refused(404, "ResourceNotFound")

    def _interviews(self, opportunity: str) -> list[Row]:
        """The interviews of all panels; how interviewers answered stands in the panels only."""
        rows = []
        for panel in self.world.parts["panels"].get(opportunity, []):
            for row in panel["interviews"]:
                people = [
                    {name: value for name, value in one.items() if name != "responseStatus"}
                    for one in row["interviewers"]
                ]
                shared = {"panel": panel["id"], "canceledAt": panel["canceledAt"], "user": panel["user"]}
                rows.append({**row, **shared, "interviewers": people, "createdAt": panel["createdAt"]})
        return rows

    # Writing

    def _write(self, path: list[str], asked: Asked) -> Answer:
        body: dict[str, Any] = json.loads(asked.body or b"{}")
        if path == ["webhooks"] and asked.method == "POST":
            return self._make_webhook(body)
        row = self.world.rows["opportunities"].get(path[1]) if len(path) > 1 else None
        if row is None or asked.method != "POST":
            return _refused(404, "ResourceNotFound")
        user = dict(asked.query).get("perform_as")
        if user is not None and user not in self.world.rows["users"]:
            return _refused(400, "BadRequestError")
        if path[2:] == ["notes"]:
            return self._write_note(row, body, user)
        if path[2:] == ["addTags"] and isinstance(body.get("tags"), list):
            row["tags"] = list(dict.fromkeys([*row["tags"], *body["tags"]]))
            return Answer(200, {"data": row})
        return _refused(404, "ResourceNotFound")

    def _write_note(self, row: Row, body: dict[str, Any], user: str | None) -> Answer:
        if not isinstance(body.get("value"), str) or not body["value"]:
            return _refused(400, "BadRequestError")
        at = milliseconds(self.now())
        written = {"type": "note", "text": "Comment", "value": body["value"], "user": user, "createdAt": at}
        note = self.world.add_part(
            "notes",
            row["id"],
            text="Note",
            fields=[written],
            user=user,
            secret=bool(body.get("secret")),
            completedAt=at,
            deletedAt=None,
            createdAt=at,
        )
        return Answer(201, {"data": {**note, "noteId": note["id"]}})

    def _make_webhook(self, body: dict[str, Any]) -> Answer:
        if not str(body.get("url", "")).startswith("http") or not body.get("event"):
            return _refused(400, "BadRequestError")
        configuration = {**body.get("configuration", {}), "signatureToken": self.secret}
        row = self.world.add("webhooks", event=body["event"], url=body["url"], configuration=configuration)
        return Answer(201, {"data": row})


def _without_token(row: Row) -> Row:
    shown = {name: value for name, value in row["configuration"].items() if name != "signatureToken"}
    return {**row, "configuration": shown}


def _page(rows: list[Row], query: dict[str, str]) -> Answer:
    limit = int(query.get("limit", str(_MOST_PER_PAGE)))
    if not 0 < limit <= _MOST_PER_PAGE:
        return _refused(400, "BadRequestError")
    start = int(query.get("offset", "0"))
    body: dict[str, object] = {"data": rows[start : start + limit], "hasNext": len(rows) > start + limit}
    if body["hasNext"]:
        body["next"] = str(start + limit)
    return Answer(200, body)
