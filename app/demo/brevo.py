"""A Brevo that runs here: a real HTTP server on loopback that answers as documented, and fails on demand.

It counts what it accepted by the tag ``hb-…``, keeps idempotency keys for 15 minutes of its own time, has a
report that may lag, and posts receipts and inbound mail in Brevo's shapes. Facts from Brevo's documentation,
read 2026-11; the words of the answer to a repeated key are those of clients, not of the documentation.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.demo.brevo_hooks import Hook, inbound_body, posted, receipt_body
from app.demo.faulty_http import Answer, Request
from app.demo.mail_account import MailAccount
from app.mail.hooks import ReceiptKind

KEY_KEPT = timedelta(minutes=15)
_ADDRESS = re.compile(r"[^<>@\s]+@[^<>@\s]+\.[^<>@\s]+")
_LONGEST_NAME = 70


class SimulatedBrevo(MailAccount):
    """One Brevo account, under ``api``; use it as an async context manager.

    ``senders`` limits the addresses that may send (None: any); no ``credits`` left refuses with 402;
    ``report_knows`` off makes the report lag for good; ``activated`` off: transactional mail was never
    switched on; ``domains`` says of each whether it is authenticated. ``at`` is its time, moved by hand.
    ``messages`` and ``effects`` (by send id) hold what was accepted.
    """

    def __init__(
        self,
        key: str = "xkeysib-demo",
        *,
        secret: str = "heardback:demo",  # noqa: S107 - a sample, for the demo
        senders: frozenset[str] | None = None,
    ) -> None:
        super().__init__(self._answer)
        self.key, self.secret, self.senders = key, secret, senders
        self.credits = 1_000_000
        self.report_knows = self.activated = True
        self.domains: dict[str, bool] = {}
        self._keys: dict[str, datetime] = {}
        self._replies = 0

    @property
    def api(self) -> str:
        """The address that a route takes as its base."""
        return f"{self.url}/v3"

    def receipts(
        self, send_id: str, *kinds: ReceiptKind, batched: bool = False, secret: str | None = None
    ) -> list[Hook]:
        """Webhooks about an accepted message, in the order of ``kinds``; ``batched``: all in one.

        A kind asked for twice is the same webhook again. Each tells its own time of happening.
        """
        message = self.kept(send_id)
        bodies = [receipt_body(message, kind) for kind in kinds]
        known = secret or self.secret
        return [posted(bodies, known)] if batched else [posted(body, known) for body in bodies]

    def reply(self, send_id: str, text: str, **other: object) -> list[Hook]:
        """The webhook of an answer to an accepted message.

        ``other`` replaces fields of the item as Brevo posts it, such as ``From`` and ``Headers``.
        """
        message = self.kept(send_id)
        item = inbound_body(message, text, self.at, self._replies)
        self._replies += 1
        return [posted({"items": [{**item, **other}]}, self.secret)]

    def _answer(self, request: Request) -> Answer:
        where = urlsplit(request.target)
        if request.headers.get("api-key") != self.key:
            return _error(401, "unauthorized", "Key not found")
        if request.method == "POST" and where.path == "/v3/smtp/email":
            return self._send(request)
        if request.method == "GET" and where.path == "/v3/smtp/statistics/events":
            return self._report({name: values[-1] for name, values in parse_qs(where.query).items()})
        if request.method == "GET" and where.path == "/v3/account":
            return Answer(200, {"email": "ops@simulated.example", "relay": {"enabled": self.activated}})
        if request.method == "GET" and where.path == "/v3/senders/domains":
            rows = [
                {"domain_name": name, "authenticated": ok, "verified": ok}
                for name, ok in self.domains.items()
            ]
            return Answer(200, {"domains": rows, "count": len(rows)})
        return _error(404, "document_not_found", "Route not found")

    def _send(self, request: Request) -> Answer:
        try:
            message = json.loads(request.body)
        except ValueError:
            return _error(400, "bad_request", "Input must be a valid JSON object")
        key = (message.get("headers") or {}).get("idempotencyKey")
        if key in self._keys and self.at - self._keys[key] < KEY_KEPT:
            return _error(400, "duplicate_parameter", "Duplicate request: idempotencyKey already used")
        return self._refusal(message) or self._accept(message, key)

    def _refusal(self, message: Mapping[str, Any]) -> Answer | None:
        sender, to = message.get("sender") or {}, message.get("to") or []
        stranger = self.senders is not None and sender.get("email") not in self.senders
        named = [str(box.get("name") or "") for box in (sender, *to)]
        values = (message.get("headers") or {}).values()
        rules = (
            (not _ADDRESS.fullmatch(str(sender.get("email"))) or stranger, 400, "invalid_parameter",
             "valid sender email required"),
            (not to, 400, "missing_parameter", "to is missing"),
            (not all(_ADDRESS.fullmatch(str(box.get("email"))) for box in to), 400, "invalid_parameter",
             "email is not valid in to"),
            (any(len(name) > _LONGEST_NAME for name in named), 400, "out_of_range", "name is too long"),
            (not message.get("subject"), 400, "missing_parameter", "subject is missing"),
            (not message.get("htmlContent"), 400, "missing_parameter", "htmlContent is missing"),
            (not all(str(value).isascii() for value in values), 400, "invalid_parameter", "headers"),
            (self.credits <= 0, 402, "not_enough_credits", "You do not have enough credits"),
        )  # fmt: skip
        return next((_error(status, code, words) for broken, status, code, words in rules if broken), None)

    def _accept(self, message: dict[str, Any], key: str | None) -> Answer:
        self.credits -= 1
        if key is not None:
            self._keys[key] = self.at
        wire = f"<{self.at:%Y%m%d%H%M}.{len(self.messages):010d}@smtp-relay.simulated.example>"
        self.keep(_send(message), {**message, "messageId": wire, "acceptedAt": self.at.isoformat()})
        headers = (("x-sib-ratelimit-remaining", "999"), ("x-sib-ratelimit-reset", "1"))
        return Answer(201, {"messageId": wire}, headers)

    def _report(self, query: Mapping[str, str]) -> Answer:
        wanted = query.get("tags")
        hits = [each for each in self.messages if wanted is None or wanted in each.get("tags", [])]
        if not hits or not self.report_knows:
            return Answer(200, {})
        offset, limit = int(query.get("offset", "0")), int(query.get("limit", "2500"))
        return Answer(200, {"events": [_event(each) for each in hits[offset : offset + limit]]})


def _event(message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "email": message["to"][0]["email"],
        "date": message["acceptedAt"],
        "subject": message["subject"],
        "messageId": message["messageId"],
        "event": "requests",
        "tag": json.dumps(message.get("tags", [])),
        "from": message["sender"]["email"],
    }


def _send(message: Mapping[str, Any]) -> str:
    tags = [str(tag) for tag in message.get("tags") or []]
    return next((tag.removeprefix("hb-") for tag in tags if tag.startswith("hb-")), "")


def _error(status: int, code: str, words: str) -> Answer:
    return Answer(status, {"code": code, "message": words})
