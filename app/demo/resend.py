"""A Resend that runs here: a real HTTP server on loopback that answers as documented, and fails on demand.

It counts what it accepted by the tag ``hb_send``, keeps idempotency keys for 24 hours of its own time, signs
receipts as Resend does, and hands out inbound mail in the second step. Facts from Resend's documentation and
its OpenAPI document, read 2026-11.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from app.demo.faulty_http import Answer, Request
from app.demo.mail_account import MailAccount
from app.demo.resend_hooks import Hook, inbound_body, receipt_body, signed
from app.mail.hooks import ReceiptKind

KEY_KEPT = timedelta(hours=24)
_BOX = re.compile(r"[^<>]*<?[^<>@\s]+@(?P<domain>[^<>@\s]+\.[^<>@\s]+?)>?")
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LONGEST_KEY, _MOST_TO = 256, 50


class SimulatedResend(MailAccount):
    """One Resend account; use it as an async context manager.

    ``verified`` limits the domains that may send (None: any); ``suppressed`` addresses are accepted and then
    reported as suppressed; ``quota`` is what is left for today; keys in ``busy`` are in progress elsewhere.
    ``restricted``: the key may only send. ``domains`` is what the account has, by name, with their fields.
    ``at`` is its time, moved by hand. ``messages`` and ``effects`` (by send id) hold what was accepted.
    """

    def __init__(
        self,
        key: str = "re_demo_key",
        *,
        secret: str = "whsec_aGVhcmRiYWNrLWRlbW8tc2VjcmV0LTAwMQ==",  # noqa: S107 - a sample, for the demo
        verified: frozenset[str] | None = None,
    ) -> None:
        super().__init__(self._answer)
        self.key, self.secret, self.verified = key, secret, verified
        self.suppressed: set[str] = set()
        self.busy: set[str] = set()
        self.quota = 1_000_000
        self.restricted = False
        self.domains: dict[str, dict[str, Any]] = {}
        self._keys: dict[str, tuple[str, str, datetime]] = {}
        self._received: dict[str, dict[str, Any]] = {}

    def receipts(
        self, send_id: str, *kinds: ReceiptKind, late: timedelta = timedelta(), secret: str | None = None
    ) -> list[Hook]:
        """Signed webhooks about an accepted message, in the order of ``kinds``.

        A kind asked for twice is the same webhook again. Each tells its own time of happening and is signed
        ``late`` after the simulator's ``at``.
        """
        message = self.kept(send_id)
        bodies = [receipt_body(message, kind) for kind in kinds]
        return [signed(body, secret or self.secret, self.at + late) for body in bodies]

    def reply(self, send_id: str, text: str, **other: object) -> list[Hook]:
        """The signed webhook of an answer to an accepted message; its words wait for the second step.

        ``other`` replaces fields of the mail as Resend's API gives it, such as ``from`` and ``headers``.
        """
        message = self.kept(send_id)
        mail = inbound_body(message, text, self.at, len(self._received))
        mail.update(other)
        self._received[mail["id"]] = mail
        named = ("created_at", "from", "to", "cc", "bcc", "subject", "message_id", "attachments")
        data = {"email_id": mail["id"], **{name: mail[name] for name in named}}
        event = {"type": "email.received", "created_at": mail["created_at"], "data": data}
        return [signed(event, self.secret, self.at)]

    def _answer(self, request: Request) -> Answer:
        path, wanted = urlsplit(request.target).path, urlsplit(request.target).path.rpartition("/")[2]
        if refused := self._stranger(request):
            return refused
        if request.method == "POST" and path == "/emails":
            return self._send(request)
        if self.restricted:
            return _error(401, "restricted_api_key", "This API key is restricted to only send emails.")
        return self._looked_at(path, wanted) if request.method == "GET" else _NO_PAGE

    def _looked_at(self, path: str, wanted: str) -> Answer:
        if path == "/domains":
            return Answer(200, {"object": "list", "has_more": False, "data": self._domains()})
        if path.startswith("/emails/receiving/"):
            return _one(self._received.get(wanted))
        if path.startswith("/emails/"):
            return _one(next((m for m in self.messages if m["id"] == wanted), None))
        return _NO_PAGE

    def _domains(self) -> list[dict[str, Any]]:
        tracking = {"open_tracking": False, "click_tracking": False}
        known = {"status": "verified", "region": "eu-west-1", **tracking}
        return [{"id": str(uuid5(NAMESPACE_URL, name)), "name": name, **known, **said}
                for name, said in self.domains.items()]  # fmt: skip

    def _stranger(self, request: Request) -> Answer | None:
        if not request.headers.get("user-agent"):
            return Answer(403, b"error code: 1010", (("Content-Type", "text/plain"),))
        if "authorization" not in request.headers:
            return _error(401, "missing_api_key", "Missing API key in the authorization header.")
        if request.headers["authorization"] != f"Bearer {self.key}":
            return _error(403, "invalid_api_key", "API key is invalid.")
        return None

    def _send(self, request: Request) -> Answer:
        key = request.headers.get("idempotency-key")
        if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
            return _error(400, "invalid_idempotency_key", "The key must be between 1 and 256 characters.")
        if key in self.busy:
            return _error(409, "concurrent_idempotent_requests", "Another request is in progress.")
        content = hashlib.sha256(request.body).hexdigest()
        if key in self._keys and self.at - self._keys[key][2] < KEY_KEPT:
            known, email_id, _ = self._keys[key]
            if known != content:
                return _error(409, "invalid_idempotent_request", "This key had a different payload.")
            return Answer(200, {"id": email_id})
        try:
            message = json.loads(request.body)
        except ValueError:
            return _error(422, "validation_error", "The body is not JSON.")
        return self._refusal(message) or self._accept(message, key, content)

    def _refusal(self, message: Mapping[str, Any]) -> Answer | None:
        sender, to = _BOX.fullmatch(str(message.get("from"))), message.get("to")
        boxes = [_BOX.fullmatch(str(box)) for box in (to if isinstance(to, list) else [to])]
        tags = [str(each.get(part)) for each in message.get("tags", []) for part in ("name", "value")]
        stranger = self.verified is not None and sender is not None and sender["domain"] not in self.verified
        rules = (
            (sender is None, 422, "validation_error", "Invalid `from` field."),
            (not all(boxes) or len(boxes) > _MOST_TO, 422, "validation_error", "Invalid `to` field."),
            (not message.get("subject"), 422, "missing_required_field", "Missing `subject` field."),
            (not (message.get("html") or message.get("text")), 422, "missing_required_field", "No content."),
            (not all(_TAG.fullmatch(tag) for tag in tags), 422, "validation_error", "Invalid tags."),
            (stranger, 403, "validation_error", "The domain is not verified."),
            (self.quota <= 0, 429, "daily_quota_exceeded", "You have reached your daily quota."),
        )
        return next((_error(status, name, words) for broken, status, name, words in rules if broken), None)

    def _accept(self, message: dict[str, Any], key: str | None, content: str) -> Answer:
        self.quota -= 1
        email_id = str(uuid5(NAMESPACE_URL, f"resend/{key}/{content}/{len(self.messages)}"))
        # Message-ID is replaced: the message leaves through another service.
        wire = f"<{email_id}@email.simulated.example>"
        kept = {"id": email_id, "message_id": wire, "created_at": self.at.isoformat()}
        self.keep(_send(message), {**message, **kept})
        if key is not None:
            self._keys[key] = (content, email_id, self.at)
        return Answer(200, {"id": email_id}, (("ratelimit-remaining", "4"), ("ratelimit-reset", "1")))


def _send(message: Mapping[str, Any]) -> str:
    tags = message.get("tags") or []
    return next((str(tag["value"]) for tag in tags if tag.get("name") == "hb_send"), "")


def _one(found: Mapping[str, Any] | None) -> Answer:
    if found is None:
        return _error(404, "not_found", "Email not found.")
    return Answer(200, {"object": "email", **found})


def _error(status: int, name: str, words: str) -> Answer:
    return Answer(status, {"statusCode": status, "name": name, "message": words})


_NO_PAGE = _error(404, "not_found", "The requested endpoint does not exist.")
