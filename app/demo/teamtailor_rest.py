"""The answering half of the simulated Teamtailor: JSON:API with its documented refusals.

A key and a version on every request, a window of ten seconds told in headers, pages of at most 30 with links
to the next one, filters and relations from closed lists. Faults go wrong on purpose.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from app.demo.faults import Fault, commit
from app.demo.loopback import Answer, Asked
from app.demo.teamtailor_world import Row, World

_INCLUDES: Mapping[str, frozenset[str]] = {
    "job-applications": frozenset({"candidate", "job", "stage", "reject-reason"}),
    "candidates": frozenset({"job-applications", "department"}),
    "jobs": frozenset({"user", "department", "stages"}),
}
_FILTERS: Mapping[str, frozenset[str]] = {
    "job-applications": frozenset({"filter[updated-at][from]", "filter[stage-type]"}),
    "candidates": frozenset({"filter[updated-at][from]", "filter[email]"}),
    "notes": frozenset({"filter[candidate]"}),
    "todos": frozenset({"filter[candidate]", "filter[user]"}),
}
_JSON_API = "application/vnd.api+json"
_MOST_PER_PAGE = 30


class _Refused(Exception):
    """The answer is an error of JSON:API."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.answer = Answer(status, {"errors": [{"status": str(status), "detail": detail}]})


@dataclass(slots=True)
class Rest:
    """Answers requests from the world's rows. ``now`` is the machine clock: windows are real."""

    world: World
    now: Callable[[], datetime]
    base: str = ""
    """Our own address, for the links to the next page."""
    api_key: str = "teamtailor-key-for-the-demo"
    limit: int = 100_000
    """Calls a window; 50 at the real one."""
    window: timedelta = timedelta(seconds=10)
    faults: list[Fault] = field(default_factory=list)
    calls: list[Asked] = field(default_factory=list)
    """Every request that came, faulty ones too."""
    _window_ends: datetime | None = None
    _used: int = 0

    async def handle(self, asked: Asked) -> Answer:
        """The answer to one request."""
        self.calls.append(asked)
        for fault in self.faults:
            if fault.hits(asked):
                return await commit(fault, asked, self._act)
        return await self._act(asked)

    async def _act(self, asked: Asked) -> Answer:
        now = self.now()
        if self._window_ends is None or now >= self._window_ends:
            self._window_ends, self._used = now + self.window, 0
        self._used += 1
        headers = {
            "content-type": _JSON_API,
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(max(0, self.limit - self._used)),
            "x-rate-limit-reset": str(int((self._window_ends - now).total_seconds()) + 1),
        }
        try:
            answer = self._answer(asked)
        except _Refused as refused:
            answer = refused.answer
        return Answer(answer.status, answer.body, headers)

    def _answer(self, asked: Asked) -> Answer:
        if self._used > self.limit:
            raise _Refused(429, "Rate limit exceeded")
        if asked.headers.get("authorization") != f"Token token={self.api_key}":
            raise _Refused(401, "Invalid API key")
        if not re.fullmatch(r"\d{8}", asked.headers.get("x-api-version", "")):
            raise _Refused(406, "X-Api-Version is missing")
        root, _, path = asked.path.partition("/v1/")
        kind, _, row_id = path.partition("/")
        if root or kind not in self.world.rows:
            raise _Refused(404, "Not found")
        if asked.method == "GET":
            return self._one(kind, row_id, asked) if row_id else self._list(kind, asked)
        if asked.headers.get("content-type") != _JSON_API:
            raise _Refused(415, f"The content type must be {_JSON_API}")
        data: Row = json.loads(asked.body)["data"]
        if asked.method == "PATCH" and kind == "candidates":
            return self._change(row_id, data)
        if asked.method == "POST" and kind in ("notes", "todos") and not row_id:
            return self._note(data) if kind == "notes" else self._todo(data)
        raise _Refused(404, "Not found")

    # Reading

    def _one(self, kind: str, row_id: str, asked: Asked) -> Answer:
        self._known(kind, row_id, 404)
        include = _include(kind, asked)
        related = self._related(kind, [row_id], include)
        shown = self.world.shown(kind, row_id, include)
        return Answer(200, {"data": shown, "included": related} if include else {"data": shown})

    def _list(self, kind: str, asked: Asked) -> Answer:
        include, query = _include(kind, asked), dict(asked.query)
        filters = {name: value for name, value in query.items() if name.startswith("filter")}
        for name in filters:
            if name not in _FILTERS.get(kind, ()):
                raise _Refused(400, f"{name} is not allowed.")
        size, number = int(query.get("page[size]", "10")), int(query.get("page[number]", "1"))
        if not 0 < size <= _MOST_PER_PAGE:
            raise _Refused(400, "page[size] must be between 1 and 30")
        fitting = [one for one in self.world.rows[kind] if self._fits(kind, one, filters)]
        page = fitting[(number - 1) * size : number * size]
        links = {"first": f"{self.base}/{kind}"}
        if number * size < len(fitting):
            links["next"] = f"{self.base}/{kind}?{urlencode({**query, 'page[number]': number + 1})}"
        body = {"data": [self.world.shown(kind, one, include) for one in page], "links": links}
        if include:
            body["included"] = self._related(kind, page, include)
        return Answer(200, body)

    def _fits(self, kind: str, row_id: str, filters: Mapping[str, str]) -> bool:
        row = self.world.rows[kind][row_id]
        since, candidate = filters.get("filter[updated-at][from]"), filters.get("filter[candidate]")
        updated = datetime.fromisoformat(row["attributes"]["updated-at"])
        if since and updated < datetime.fromisoformat(since):
            return False
        return candidate is None or row["links"]["candidate"][1] == candidate

    def _related(self, kind: str, ids: list[str], include: frozenset[str]) -> list[Row]:
        found = {one for row_id in ids for one in self.world.related(kind, row_id, include)}
        return [self.world.shown(other_kind, other) for other_kind, other in sorted(found)]

    def _known(self, kind: str, row_id: object, status: int = 422) -> str:
        if str(row_id) not in self.world.rows[kind]:
            raise _Refused(status, f"The record identified by {row_id} could not be found.")
        return str(row_id)

    # Writing

    def _change(self, row_id: str, data: Row) -> Answer:
        self._known("candidates", row_id, 404)
        changed = {name.replace("-", "_"): value for name, value in data["attributes"].items()}
        self.world.change("candidates", row_id, self.now(), **changed)
        return Answer(200, {"data": self.world.shown("candidates", row_id)})

    def _note(self, data: Row) -> Answer:
        words = data["attributes"].get("note")
        if not words:
            raise _Refused(422, "note can't be blank")
        candidate = self._known("candidates", _link(data, "candidate"))
        user = _link(data, "user")
        writer = self._known("users", user) if user is not None else None
        names = {row["attributes"]["username"]: one for one, row in self.world.rows["users"].items()}
        mentioned = [names[name] for name in re.findall(r"@(\w+)", words) if name in names]
        attributes = {"note": words, "mentioned-user-ids": mentioned, "private-note": False}
        links = {"candidate": ("candidates", candidate), "user": ("users", writer)}
        return self._created("notes", attributes, links)

    def _todo(self, data: Row) -> Answer:
        attributes: Row = {"due": None, "completed-at": None, **data["attributes"]}
        if not attributes.get("value"):
            raise _Refused(422, "value can't be blank")
        links = {"candidate": ("candidates", self._known("candidates", _link(data, "candidate")))}
        links["user"] = ("users", self._known("users", _link(data, "user")))
        return self._created("todos", attributes, links)

    def _created(self, kind: str, attributes: Row, links: Mapping[str, tuple[str, str | None]]) -> Answer:
        row_id = self.world.add(kind, self.now(), attributes, **links)
        return Answer(201, {"data": self.world.shown(kind, row_id)})


def _include(kind: str, asked: Asked) -> frozenset[str]:
    names = frozenset(filter(None, dict(asked.query).get("include", "").split(",")))
    if names - _INCLUDES.get(kind, frozenset()):
        raise _Refused(400, "include names a relation that is not there")
    return names


def _link(data: Row, name: str) -> Any:  # noqa: ANN401 -- any JSON value
    return ((data.get("relationships", {}).get(name) or {}).get("data") or {}).get("id")
