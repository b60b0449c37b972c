"""The answering half of the simulated Ashby: POST ``resource.verb``, with its documented refusals.

Basic authentication by key; permissions; 200 with ``success: false``; pages of at most 100 by cursor; sync
tokens with the last page; 429 with Retry-After. Faults go wrong on purpose.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app.ats.ashby_setup import PERMISSIONS
from app.demo.ashby_world import Row, World, written
from app.demo.faults import Fault, commit
from app.demo.loopback import Answer, Asked

_MOST = 100
_LISTS = {
    "application.list": ("applications", "candidatesRead"),
    "interviewSchedule.list": ("schedules", "interviewsRead"),
    "applicationFeedback.list": ("feedback", "candidatesRead"),
    "offer.list": ("offers", "offersRead"),
    "job.list": ("jobs", "jobsRead"),
    "candidate.listNotes": ("notes", "candidatesRead"),
}
_INFOS = {
    "application.info": ("applications", "applicationId", "candidatesRead"),
    "candidate.info": ("candidates", "id", "candidatesRead"),
    "job.info": ("jobs", "id", "jobsRead"),
    "interview.info": ("interviews", "id", "interviewsRead"),
}
_WRITES = {
    "candidate.createNote": "candidatesWrite",
    "candidate.addTag": "candidatesWrite",
    "candidate.addEmailMessage": "candidatesWrite",
    "candidateTag.create": "hiringProcessMetadataWrite",
    "webhook.create": "apiKeysWrite",
    "webhook.update": "apiKeysWrite",
}
_PERMISSIONS: Mapping[str, str] = {
    **{name: needed for name, (_, needed) in _LISTS.items()},
    **{name: needed for name, (_, _, needed) in _INFOS.items()},
    **_WRITES,
}


def refused(code: str, message: str = "", status: int = 200, **headers: str) -> Answer:
    """Ashby's shape of an error, which often comes with status 200."""
    info = {"code": code, "message": message, "requestId": "01JSIMULATED"}
    return Answer(status, {"success": False, "errors": [code], "errorInfo": info}, headers)


@dataclass(slots=True)
class AshbyServer:
    """Answers requests from the world's rows. ``now`` is the machine clock: the rate window is real."""

    world: World
    now: Callable[[], datetime]
    created: Callable[[Row], None]
    """Told of a webhook that was created or enabled."""
    api_key: str = "ashby-key-for-the-demo"
    permissions: set[str] = field(default_factory=lambda: set(PERMISSIONS))
    limit: int = 10_000
    window: timedelta = timedelta(seconds=60)
    oldest_token: int = 0
    """Sync tokens from before that place have expired."""
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
        if refusal := self._turned_away(asked):
            return refusal
        operation = asked.path.removeprefix("/")
        try:
            body = json.loads(asked.body or b"{}")
        except ValueError:
            return refused("invalid_input", "Request payload is malformed", 400)
        if operation in _LISTS:
            return self._list(operation, body)
        if operation in _INFOS:
            return self._info(operation, body)
        return self._write(operation, body)

    def _turned_away(self, asked: Asked) -> Answer | None:
        now = self.now()
        if self._window_ends is None or now >= self._window_ends:
            self._window_ends, self._used = now + self.window, 0
        self._used += 1
        if self._used > self.limit:
            wait = str(max(1, int((self._window_ends - now).total_seconds())))
            return refused("rate_limit_exceeded", "Try again later.", 429, **{"retry-after": wait})
        given = asked.headers.get("authorization")
        if given is None:
            return refused("unauthorized", "No API key", 401)
        expected = base64.b64encode(f"{self.api_key}:".encode()).decode("ascii")
        needed = _PERMISSIONS.get(asked.path.removeprefix("/"))
        if needed is None or asked.method != "POST":
            return refused("not_found", "No such endpoint", 404)
        if given != f"Basic {expected}" or needed not in self.permissions:
            return refused("missing_endpoint_permission", "The key lacks a permission", 403)
        return None

    # Reading

    def _info(self, operation: str, body: Row) -> Answer:
        resource, by, _ = _INFOS[operation]
        row = self.world.rows[resource].get(str(body.get(by)))
        if row is None:
            return refused(f"{operation.partition('.')[0]}_not_found")
        return _success(row)

    def _list(self, operation: str, body: Row) -> Answer:
        resource, limit = _LISTS[operation][0], body.get("limit", _MOST)
        if not 0 < limit <= _MOST:
            return refused("invalid_input", "limit must be between 1 and 100", 400)
        token = str(body.get("syncToken", "t0"))
        if not token.startswith("t"):
            return refused("sync_token_invalid", "Begin a full sync.")
        since = int(token[1:])
        if "syncToken" in body and since < self.oldest_token:
            return refused("sync_token_expired", "Begin a full sync.")
        found = [row for row in self.world.rows[resource].values() if self.world.changed[row["id"]] > since]
        found = [row for row in found if _wanted(row, body)]
        start = int(body.get("cursor", "0"))
        more = start + limit < len(found)
        place = {"nextCursor": str(start + limit)} if more else {"syncToken": f"t{self.world.place}"}
        page = [self._shown(resource, row) for row in found[start : start + limit]]
        return _success(page, moreDataAvailable=more, **place)

    def _shown(self, resource: str, row: Row) -> Row:
        if resource == "schedules":
            return {name: value for name, value in row.items() if name != "candidateId"}
        return self.world.told(row["id"]) if resource == "applications" else row

    # Writing

    def _write(self, operation: str, body: Row) -> Answer:
        if operation == "candidateTag.create":
            known = self.world.find("tags", title=body.get("title"))
            return _success((known or [self._add("tags", title=body.get("title"), isArchived=False)])[0])
        if operation.startswith("webhook."):
            return self._webhook(operation, body)
        candidate = self.world.rows["candidates"].get(str(body.get("candidateId")))
        if candidate is None:
            return refused("candidate_not_found")
        if operation == "candidate.addTag":
            return self._tagged(candidate, body)
        return self._note(body) if operation == "candidate.createNote" else self._email(body)

    def _tagged(self, candidate: Row, body: Row) -> Answer:
        tag = self.world.rows["tags"].get(str(body.get("tagId")))
        if tag is None:
            return refused("tag_not_found")
        tags = [*(one for one in candidate["tags"] if one["id"] != tag["id"]), tag]
        return _success(self.world.change("candidates", candidate["id"], self.now(), tags=tags))

    def _email(self, body: Row) -> Answer:
        if self.world.find("emails", emailProviderEmailId=body.get("emailProviderEmailId")):
            return refused("invalid_input", "emailProviderEmailId must be unique")
        return _success(self._add("emails", **body))

    def _note(self, body: Row) -> Answer:
        note = body.get("note")
        if not isinstance(note, dict) or note.get("type") != "text/plain" or not note.get("value"):
            return refused("invalid_input", "note must be an object with type and value")
        return _success(
            self._add("notes", candidateId=body["candidateId"], content=note["value"], isPrivate=False)
        )

    def _webhook(self, operation: str, body: Row) -> Answer:
        if operation == "webhook.update":
            row = self.world.rows["webhooks"].get(str(body.get("webhookId")))
            if row is None:
                return refused("webhook_not_found")
            row["enabled"] = body.get("enabled", row["enabled"])
        else:
            row = self._add("webhooks", enabled=True, **body)
        self.created(row)
        return _success(row)

    def _add(self, resource: str, **values: Any) -> Row:  # noqa: ANN401 -- any JSON
        return self.world.add(resource, self.now(), **values)


def _success(results: object, **more: object) -> Answer:
    return Answer(200, {"success": True, "results": results, **more})


def _wanted(row: Row, body: Row) -> bool:
    after = body.get("createdAfter")
    same = all(row.get(name) == body[name] for name in ("applicationId", "candidateId") if name in body)
    return same and (after is None or row["createdAt"] >= _instant(after))


def _instant(milliseconds: int) -> str:
    return written(datetime.fromtimestamp(0, tz=UTC) + timedelta(milliseconds=milliseconds))
