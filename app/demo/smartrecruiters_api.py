"""The simulated SmartRecruiters' API over the world's rows."""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.demo.faults import Fault, commit
from app.demo.loopback import Answer, Asked
from app.demo.smartrecruiters_world import Row, World, offer_links, written

_ID = r"([A-Za-z0-9-]+)"
_LONGEST_NOTE = 10_000
_MOST_KEYS = 16


def refused(status: int, code: str) -> Answer:
    """A refusal in the vendor's words."""
    return Answer(status, {"message": f"Refused: {code}", "errors": [{"code": code, "message": code}]})


@dataclass(slots=True)
class Api:
    """Answers requests. ``now`` is the machine clock; ``shake`` is the handshake of an activation."""

    world: World
    now: Callable[[], datetime]
    shake: Callable[[str], Awaitable[bool]]
    api_key: str = "smart-token-for-the-demo"
    client: tuple[str, str] = ("heardback", "client-secret-for-the-demo")
    token: str | None = None
    limit: int = 10_000
    window: timedelta = timedelta(seconds=1)
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
        if asked.path == "/identity/oauth/token":
            return self._give_token(asked)
        now = self.now()
        if self._window_ends is None or now >= self._window_ends:
            self._window_ends, self._used = now + self.window, 0
        self._used += 1
        left = str(max(0, self.limit - self._used))
        headers = {"x-ratelimit-limit": str(self.limit), "x-ratelimit-remaining": left}
        answer = refused(429, "TOO_MANY_REQUESTS")
        if self._used <= self.limit:
            answer = await self._authorized(asked)
        return Answer(answer.status, answer.body, {**headers, **answer.headers})

    def _give_token(self, asked: Asked) -> Answer:
        form = dict(pair.split("=", 1) for pair in asked.body.decode().split("&"))
        if (form.get("client_id"), form.get("client_secret")) != self.client:
            return Answer(401, {"error": "invalid_client"})
        self.token = f"token-{len(self.calls)}"
        return Answer(200, {"access_token": self.token, "token_type": "Bearer", "expires_in": 1800})

    async def _authorized(self, asked: Asked) -> Answer:
        bearer = self.token is not None and asked.headers.get("authorization") == f"Bearer {self.token}"
        if not bearer and asked.headers.get("x-smarttoken") != self.api_key:
            return refused(401, "UNAUTHORIZED")
        for method, path, name in _ROUTES:
            if method == asked.method and (there := re.fullmatch(path, asked.path)):
                route: Callable[..., Awaitable[Answer]] = getattr(self, f"_{name}")
                try:
                    return await route(asked, *there.groups())
                except KeyError:
                    return refused(404, "NOT_FOUND")
        return refused(404, "NOT_FOUND")

    # Reading

    async def _candidates(self, asked: Asked) -> Answer:
        query = dict(asked.query)
        after = query.get("updatedAfter", "")
        rows = [
            self.world.candidate(candidate)
            for candidate, row in self.world.candidates.items()
            if row["updatedOn"] >= after and self._in_job(candidate, query.get("jobId"))
        ]
        return self._paged(asked, rows)

    def _in_job(self, candidate: str, job: str | None) -> bool:
        return job is None or (candidate, job) in self.world.applications

    def _paged(self, asked: Asked, rows: Sequence[Row]) -> Answer:
        query = dict(asked.query)
        start, limit = int(query.get("pageId", "0")), int(query.get("limit", "10"))
        if not 0 < limit <= 100:  # noqa: PLR2004 -- the documented most
            return refused(400, "BAD_LIMIT")
        page = {"limit": limit, "totalFound": len(rows), "content": list(rows[start : start + limit])}
        return Answer(200, page | ({"nextPageId": str(start + limit)} if start + limit < len(rows) else {}))

    async def _candidate(self, _: Asked, candidate: str) -> Answer:
        return Answer(200, self.world.candidate(candidate))

    async def _application(self, _: Asked, candidate: str, job: str) -> Answer:
        return Answer(200, self.world.applications[candidate, job])

    async def _history(self, _: Asked, candidate: str, job: str) -> Answer:
        return _listed(list(reversed(self.world.history[candidate, job])))

    async def _offers(self, _: Asked, candidate: str, job: str) -> Answer:
        mine = {"candidateId": candidate, "jobId": job}.items()
        return _listed([_shown_offer(row) for row in self.world.offers.values() if mine <= row.items()])

    async def _offer(self, _: Asked, offer: str) -> Answer:
        return Answer(200, _shown_offer(self.world.offers[offer]))

    async def _reviews(self, asked: Asked) -> Answer:
        rows = [row for row in self.world.reviews.values() if dict(asked.query).items() <= row.items()]
        return Answer(200, rows)

    async def _interviews(self, asked: Asked) -> Answer:
        wanted = dict(asked.query).get("applicationId", "")
        url = f"https://www.smartrecruiters.com/app/people/applications/{wanted}/overview"
        mine = {pair for pair, row in self.world.applications.items() if row["url"] == url}
        rows = self.world.interviews.values()
        return _listed([_shown_interview(row) for row in rows if (row["candidateId"], row["jobId"]) in mine])

    async def _interview(self, _: Asked, interview: str) -> Answer:
        return Answer(200, _shown_interview(self.world.interviews[interview]))

    async def _jobs(self, asked: Asked) -> Answer:
        return self._paged(asked, list(self.world.jobs.values()))

    async def _job(self, _: Asked, job: str) -> Answer:
        return Answer(200, self.world.jobs[job])

    async def _team(self, _: Asked, job: str) -> Answer:
        return _listed(self.world.teams[job])

    async def _users(self, asked: Asked) -> Answer:
        return self._paged(asked, list(self.world.users.values()))

    async def _user(self, _: Asked, user: str) -> Answer:
        return Answer(200, self.world.users[user])

    async def _messages(self, asked: Asked) -> Answer:
        candidate = dict(asked.query)["candidateId"]
        mention = f"#[CANDIDATE:{candidate}]"
        return self._paged(asked, [row for row in self.world.messages if mention in row["content"]])

    async def _tags(self, _: Asked, candidate: str) -> Answer:
        return Answer(200, {"tags": self.world.candidates[candidate]["tags"]})

    # Writing

    async def _share(self, asked: Asked) -> Answer:
        said: dict[str, Any] = json.loads(asked.body)
        content = said.get("content")
        if not isinstance(content, str) or not 0 < len(content) <= _LONGEST_NOTE:
            return refused(400, "CONTENT_INVALID")
        row = {"id": self.world.new_id(), "content": content, "createdOn": written(self.now())}
        self.world.messages.append(row | {"shareWith": said.get("shareWith")})
        return Answer(201, {"id": row["id"], "shareRequired": False})

    async def _add_tags(self, asked: Asked, candidate: str) -> Answer:
        tags = self.world.candidates[candidate]["tags"]
        tags += [tag for tag in json.loads(asked.body)["tags"] if tag not in tags]
        return Answer(201, {"tags": tags})

    # Webhooks

    async def _subscriptions(self, _: Asked) -> Answer:
        return Answer(200, list(self.world.subscriptions.values()))

    async def _subscribe(self, asked: Asked) -> Answer:
        said = json.loads(asked.body)
        events = [{"name": name, "version": "v201910"} for name in said["events"]]
        row = {"id": self.world.new_id(), "callbackUrl": said["callbackUrl"], "events": events}
        self.world.subscriptions[row["id"]] = row | {"status": "inactive"}
        self.world.secret_keys[row["id"]] = []
        return Answer(201, self.world.subscriptions[row["id"]])

    async def _key(self, _: Asked, subscription: str) -> Answer:
        keys = self.world.secret_keys[subscription]
        return Answer(200, {"secretKey": keys[-1]}) if keys else refused(404, "NO_SECRET_KEY")

    async def _make_key(self, _: Asked, subscription: str) -> Answer:
        keys = self.world.secret_keys[subscription]
        if len(keys) >= _MOST_KEYS:
            return refused(409, "TOO_MANY_KEYS")
        keys.append(self.world.new_id().replace("-", ""))
        return Answer(201, {"secretKey": keys[-1]})

    async def _activate(self, _: Asked, subscription: str) -> Answer:
        row = self.world.subscriptions[subscription]
        if not await self.shake(row["callbackUrl"]):
            return refused(400, "HANDSHAKE_FAILED")
        row["status"] = "active"
        return Answer(204, b"")


def _listed(rows: Sequence[Row]) -> Answer:
    return Answer(200, {"totalFound": len(rows), "content": list(rows)})


def _shown_offer(row: Row) -> Row:
    hidden = ("candidateId", "jobId")
    return {name: value for name, value in row.items() if name not in hidden} | {"actions": offer_links(row)}


def _shown_interview(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "candidateId"}


_APPLICATION = rf"/candidates/{_ID}/jobs/{_ID}"
_SUBSCRIPTIONS = "/webhooks-api/v201907/subscriptions"
_ROUTES = (
    ("GET", "/candidates", "candidates"),
    ("GET", rf"/candidates/{_ID}", "candidate"),
    ("GET", _APPLICATION, "application"),
    ("GET", rf"{_APPLICATION}/status/history", "history"),
    ("GET", rf"{_APPLICATION}/offers", "offers"),
    ("GET", rf"/offers/{_ID}", "offer"),
    ("GET", "/reviews-api/v201910/reviews", "reviews"),
    ("GET", "/interviews-api/v201904/interviews", "interviews"),
    ("GET", rf"/interviews-api/v201904/interviews/{_ID}", "interview"),
    ("GET", "/jobs", "jobs"),
    ("GET", rf"/jobs/{_ID}", "job"),
    ("GET", rf"/jobs/{_ID}/hiring-team", "team"),
    ("GET", "/user-api/v201804/users", "users"),
    ("GET", rf"/user-api/v201804/users/{_ID}", "user"),
    ("GET", "/messages", "messages"),
    ("POST", "/messages/shares", "share"),
    ("GET", rf"/candidates/{_ID}/tags", "tags"),
    ("POST", rf"/candidates/{_ID}/tags", "add_tags"),
    ("GET", _SUBSCRIPTIONS, "subscriptions"),
    ("POST", _SUBSCRIPTIONS, "subscribe"),
    ("GET", rf"{_SUBSCRIPTIONS}/{_ID}/secret-key", "key"),
    ("POST", rf"{_SUBSCRIPTIONS}/{_ID}/secret-key", "make_key"),
    ("PUT", rf"{_SUBSCRIPTIONS}/{_ID}/activation", "activate"),
)
