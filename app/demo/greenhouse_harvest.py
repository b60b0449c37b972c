"""The answering half of the simulated Greenhouse: OAuth and Harvest v3 with their documented refusals.

One token per credential at a time, scopes, lists by at most 50 ids, cursor pages that allow no other
parameter, a fixed rate window of 30 seconds told in headers, notes. Faults go wrong on purpose.
"""

import base64
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

from app.ats.greenhouse_api import SCOPES
from app.demo.faults import Fault, commit
from app.demo.greenhouse_world import RESOURCES, Row, World
from app.demo.loopback import Answer, Asked

_MOST_IDS = 50
_MOST_PER_PAGE = 500
_HIDDEN = {
    "applications": {"source_name"},
    "interviews": {"visit_id", "name"},
    "interviewers": {"display_name"},
}
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "gte": lambda have, want: have >= want,
    "gt": lambda have, want: have > want,
    "lte": lambda have, want: have <= want,
    "lt": lambda have, want: have < want,
}


def _refused(status: int, *errors: str, **headers: str) -> Answer:
    return Answer(status, {"errors": list(errors)}, headers)


@dataclass(slots=True)
class Harvest:
    """Answers requests from the world's rows. ``now`` is the machine clock: tokens and windows are real."""

    world: World
    now: Callable[[], datetime]
    base: str = ""
    """Our own address, for the links to the next page."""
    client_id: str = "heardback"
    client_secret: str = "harvest-secret-for-the-demo"  # noqa: S105 -- opens nothing but the simulator
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    limit: int = 50
    window: timedelta = timedelta(seconds=30)
    token_life: timedelta = timedelta(hours=1)
    faults: list[Fault] = field(default_factory=list)
    token: str | None = None
    token_until: datetime | None = None
    tokens_given: int = 0
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
        if asked.path == "/token":
            return self._give_token(asked)
        headers = self._count()
        if self._used > self.limit:
            wait = str(max(1, int((self._ends() - self.now()).total_seconds())))
            return Answer(429, {"message": "Rate limit exceeded"}, {**headers, "retry-after": wait})
        answer = self._authorized(asked)
        return Answer(answer.status, answer.body, {**headers, **answer.headers})

    def revoke(self) -> None:
        """The token stops working, as when somebody else fetched one with the same credential."""
        self.token = None

    def _ends(self) -> datetime:
        now = self.now()
        if self._window_ends is None or now >= self._window_ends:
            self._window_ends, self._used = now + self.window, 0
        return self._window_ends

    def _count(self) -> dict[str, str]:
        ends = self._ends()
        self._used += 1
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(max(0, self.limit - self._used)),
            "x-ratelimit-reset": str(int(ends.timestamp()) + 1),
        }

    def _give_token(self, asked: Asked) -> Answer:
        expected = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode("ascii")
        form = parse_qs(asked.body.decode())
        if asked.headers.get("authorization") != f"Basic {expected}":
            return Answer(401, {"error": "invalid_client"})
        if form.get("grant_type") != ["client_credentials"]:
            return Answer(400, {"error": "unsupported_grant_type"})
        self.token, self.token_until = secrets.token_urlsafe(24), self.now() + self.token_life
        self.tokens_given += 1
        expires_at = self.token_until.isoformat()
        return Answer(200, {"token_type": "Bearer", "access_token": self.token, "expires_at": expires_at})

    def _authorized(self, asked: Asked) -> Answer:
        live = self.token is not None and self.token_until is not None and self.now() < self.token_until
        if not live or asked.headers.get("authorization") != f"Bearer {self.token}":
            return Answer(401, {"message": "Invalid or expired access token"})
        prefix, _, resource = asked.path.rpartition("/")
        if prefix != "/v3" or resource not in RESOURCES:
            return Answer(404, {"message": "Resource not found"})
        if f"harvest:{resource}:{'list' if asked.method == 'GET' else 'create'}" not in self.scopes:
            return Answer(403, {"message": "Missing scope"})
        if asked.method == "GET":
            return self._list(resource, dict(asked.query))
        return self._write_note(asked) if resource == "notes" else Answer(404, {"message": "Not found"})

    def _list(self, resource: str, query: dict[str, str]) -> Answer:
        if "cursor" in query:
            if len(query) > 1:
                return _refused(422, "When passing a cursor, do not include other query params.")
            query = json.loads(base64.urlsafe_b64decode(query["cursor"]))
        below = int(query.pop("below", "0")) or None
        per_page = int(query.pop("per_page", "100"))
        if not 0 < per_page <= _MOST_PER_PAGE:
            return _refused(422, "per_page must be between 1 and 500")
        if any(len(value.split(",")) > _MOST_IDS for name, value in query.items() if name.endswith("ids")):
            return _refused(422, "Too many ids, at most 50 are allowed")
        found = [row for row in reversed(self.world.rows[resource].values()) if _matches(row, query)]
        found = [row for row in found if below is None or row["id"] < below]
        page = found[:per_page]
        headers = {}
        if len(found) > per_page:
            following = {**query, "per_page": str(per_page), "below": str(page[-1]["id"])}
            cursor = base64.urlsafe_b64encode(json.dumps(following).encode()).decode("ascii")
            headers["link"] = f'<{self.base}/{resource}?{urlencode({"cursor": cursor})}>; rel="next"'
        return Answer(200, [self._shown(resource, row) for row in page], headers)

    def _shown(self, resource: str, row: Row) -> Row:
        hidden = _HIDDEN.get(resource, set())
        shown = {name: value for name, value in row.items() if name not in hidden}
        if resource == "applications":
            visit = self.world.visit(row["id"])
            stage = self.world.one("job_interview_stages", visit["job_interview_stage_id"]) if visit else {}
            shown |= {"stage_id": visit["id"] if visit else None, "stage_name": stage.get("name")}
        return shown

    def _write_note(self, asked: Asked) -> Answer:
        note: dict[str, Any] = json.loads(asked.body)
        if note.get("candidate_id") not in self.world.rows["candidates"]:
            return _refused(422, "Candidate must exist")
        if not note.get("body") or note.get("note_type") != "NOTE":
            return _refused(422, "Body can't be blank", "Note type is not included in the list")
        if note.get("visibility") not in ("admin_only", "private", "public"):
            return _refused(422, "Visibility is not included in the list")
        seen = {
            "admin_only": "admin_only_visible",
            "private": "privately_visible",
            "public": "publicly_visible",
        }
        row = self.world.add(
            "notes",
            self.now(),
            candidate_id=note["candidate_id"],
            application_id=note.get("application_id"),
            body=note["body"],
            subject=None,
            type="NOTE",
            user_id=note.get("user_id"),
            visibility=seen[note["visibility"]],
        )
        return Answer(201, row)


def _matches(row: Row, query: dict[str, str]) -> bool:
    return all(_fits(row, name, wanted) for name, wanted in query.items())


def _fits(row: Row, name: str, wanted: str) -> bool:
    if name.endswith("ids"):
        return str(row.get(name.removesuffix("s"))) in wanted.split(",")
    pairs: Iterable[tuple[str, str]] = zip(*[iter(wanted.split("|"))] * 2, strict=False)
    return all(
        _OPERATORS[operator](str(row.get(name)), f"{instant[:19]}.000Z") for operator, instant in pairs
    )
