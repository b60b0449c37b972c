"""The API half of the simulated Workable: bearer token, scopes, pages, rate window, refusals."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote, urlencode

from app.demo.faults import Fault, commit
from app.demo.loopback import Answer, Asked
from app.demo.workable_world import REASONS, Row, World

_PREFIX = "/spi/v3/"
_PER_PAGE, _MOST_PER_PAGE = 50, 100
_LEFT_OUT = ("withdrew", "disqualified_at", "outbound_mailbox", "tags")
"""What lists of candidates do not show."""
_SCOPES = {
    "candidates": "r_candidates",
    "jobs": "r_jobs",
    "events": "r_jobs",
    "subscriptions": "r_candidates",
}


def _refused(status: int, error: str) -> Answer:
    return Answer(status, {"error": error})


@dataclass(slots=True)
class Spi:
    """Answers requests from the world. ``now`` is the machine clock: rate windows are real."""

    world: World
    now: Callable[[], datetime]
    token: str
    base: str = ""
    """Our own address, for the links to the next page."""
    scopes: set[str] = field(default_factory=lambda: {"r_jobs", "r_candidates", "w_candidates"})
    limit: int = 100_000
    """Calls a window; Workable allows 10."""
    window: timedelta = timedelta(seconds=10)
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
            return Answer(429, {"error": "Rate limit exceeded"}, headers)
        answer = self._authorized(asked)
        return Answer(answer.status, answer.body, {**headers, **answer.headers})

    def _count(self) -> dict[str, str]:
        now = self.now()
        if self._ends is None or now >= self._ends:
            self._ends, self._used = now + self.window, 0
        self._used += 1
        return {
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(max(0, self.limit - self._used)),
            "x-rate-limit-reset": str(int(self._ends.timestamp()) + 1),
        }

    def _authorized(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return _refused(401, "Not authorized")
        if not asked.path.startswith(_PREFIX):
            return _refused(404, "Not found")
        way = [unquote(step) for step in asked.path.removeprefix(_PREFIX).split("/")]
        reads = asked.method == "GET"
        scope = _SCOPES.get(way[0]) if reads or way[0] == "subscriptions" else "w_candidates"
        if scope and scope not in self.scopes:
            return _refused(403, "Insufficient permissions")
        try:
            return self._read(way, dict(asked.query)) if reads else self._write(asked, way)
        except (KeyError, IndexError):
            return _refused(404, "Not found")

    # Reading

    def _read(self, way: list[str], query: dict[str, str]) -> Answer:
        world = self.world
        match way:
            case ["candidates", *rest]:
                return self._candidates(rest, query)
            case ["jobs", *rest]:
                return self._jobs(rest, query)
            case ["events"]:
                return self._page("events", [row for row in world.events.values() if _met(row, query)], query)
        whole: dict[str, object] = {
            "members": {"members": list(world.members.values())},
            "disqualification_reasons": list(REASONS),
            "subscriptions": {"subscriptions": list(world.subscriptions.values())},
        }
        return Answer(body=whole["/".join(way)])

    def _candidates(self, way: list[str], query: dict[str, str]) -> Answer:
        world = self.world
        match way:
            case []:
                rows = [row for row in world.candidates.values() if _since(row, query)]
                brief = [{k: v for k, v in row.items() if k not in _LEFT_OUT} for row in rows]
                return self._page("candidates", brief, query)
            case [one]:
                return Answer(body={"candidate": world.candidates[one]})
            case [one, "activities"]:
                return self._page(f"candidates/{one}/activities", world.activities[one], query)
            case [one, "offer"]:
                person = {"id": one, "name": world.candidates[one]["name"]}
                return Answer(body={"candidate": person, **world.offers.get(one, {})})
        return _refused(404, "Not found")

    def _jobs(self, way: list[str], query: dict[str, str]) -> Answer:
        world = self.world
        match way:
            case []:
                return self._page("jobs", [row for row in world.jobs.values() if _since(row, query)], query)
            case [job]:
                return Answer(body=world.jobs[job])
            case [job, "members"]:
                return Answer(body={"members": world.team(job)})
            case [job, "stages"]:
                return Answer(body={"stages": world.stages[job]})
        return _refused(404, "Not found")

    def _page(self, path: str, rows: Iterable[Row], query: dict[str, str]) -> Answer:
        limit = int(query.get("limit", str(_PER_PAGE)))
        if not 0 < limit <= _MOST_PER_PAGE:
            return _refused(422, "limit is invalid")
        ordered = sorted(rows, key=lambda row: str(row["id"]))
        left = [row for row in ordered if str(row["id"]) >= query.get("since_id", "")]
        body: Row = {path.rpartition("/")[2]: left[:limit]}
        if len(left) > limit:
            following = urlencode({"limit": str(limit), "since_id": left[limit]["id"]})
            body["paging"] = {"next": f"{self.base}/{path}?{following}"}
        return Answer(body=body)

    # Writing

    def _write(self, asked: Asked, way: list[str]) -> Answer:
        body: Row = json.loads(asked.body or b"{}")
        match asked.method, way:
            case "POST", ["candidates", one, "comments"]:
                return self._comment(one, body)
            case "PUT", ["candidates", one, "tags"]:
                row = self.world.change(one, self.now(), tags=list(body["tags"]))
                return Answer(body={"tags": row["tags"]})
            case "POST", ["subscriptions"]:
                return self._subscribe(body)
            case "DELETE", ["subscriptions", number]:
                del self.world.subscriptions[int(number)]
                return Answer(200, b"")
        return _refused(404, "Not found")

    def _comment(self, candidate: str, body: Row) -> Answer:
        row = self.world.candidates[candidate]
        member = self.world.members.get(str(body.get("member_id")))
        said = body.get("comment", {}).get("body")
        if member is None or not said:
            return _refused(422, "member_id is invalid" if member is None else "comment body can't be blank")
        author = {"id": member["id"], "name": member["name"], "type": "Member"}
        comment = self.world.act(row["id"], "comment", self.now(), body=said, member=author)
        return Answer(201, {"id": comment["id"]})

    def _subscribe(self, body: Row) -> Answer:
        known = self.world.subscriptions
        if any(row["target"] == body["target"] for row in known.values()):
            return _refused(409, "Target is already registered")
        number = 104_001 + len(known)
        known[number] = {
            "id": number,
            "event": body["event"],
            "target": body["target"],
            "valid_until": None,
            "created_at": self.now().isoformat(),
            "stage_slug": body["args"]["stage_slug"] or None,
            "job_shortcode": body["args"]["job_shortcode"] or None,
        }
        return Answer(body={"id": number})


def _since(row: Row, query: dict[str, str]) -> bool:
    return bool(str(row["updated_at"]) >= query.get("updated_after", ""))


def _met(event: Row, query: dict[str, str]) -> bool:
    if event["cancelled"] and query.get("include_cancelled") != "true":
        return False
    if query.get("candidate_id", event["candidate"]["id"]) != event["candidate"]["id"]:
        return False
    return bool(query.get("start_date", "") <= event["starts_at"] <= query.get("end_date", "9"))
