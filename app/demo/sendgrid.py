"""A SendGrid that runs here: a real HTTP server on loopback that answers as documented, and fails on demand.

It counts what it accepted by the custom argument ``hb_send``, has logs that may lag, and posts signed
receipts and inbound mail in SendGrid's shapes. Facts from SendGrid's documentation, read 2026-11.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from app.demo.faulty_http import Answer, Request
from app.demo.mail_account import MailAccount
from app.demo.sendgrid_hooks import Hook, Signer, event_body, events, inbound, long_id
from app.mail.hooks import ReceiptKind

_ADDRESS = re.compile(r"[^<>@\s]+@[^<>@\s]+\.[^<>@\s]+")
_CATEGORY = re.compile(r"categories IN \('([^']+)'\)")


class SimulatedSendGrid(MailAccount):
    """One SendGrid account; use it as an async context manager.

    ``senders`` limits the addresses that may send (None: any); ``logs_know`` off makes the logs lag for good;
    ``scopes`` are the key's, and ``domains`` says of each whether its authentication is valid.
    ``at`` is its time, moved by hand. ``messages`` and ``effects`` (by send id) hold what was accepted.
    ``public_key`` is the one that its webhooks are to be checked with.
    """

    def __init__(
        self,
        key: str = "SG.demo",
        *,
        senders: frozenset[str] | None = None,
    ) -> None:
        super().__init__(self._answer)
        self.key, self.senders = key, senders
        self.logs_know = True
        self.scopes = ["mail.send", "whitelabel.read"]
        self.domains: dict[str, bool] = {}
        self._signer = Signer()
        self.public_key = self._signer.public
        self._replies = 0

    def receipts(self, send_id: str, *kinds: ReceiptKind, batched: bool = False) -> list[Hook]:
        """Webhooks about an accepted message, in the order of ``kinds``; ``batched``: all in one.

        A kind asked for twice is the same event again. Each tells its own time of happening.
        """
        bodies = [event_body(self.kept(send_id), kind) for kind in kinds]
        batches = [bodies] if batched else [[body] for body in bodies]
        return [events(batch, self._signer, self.at) for batch in batches]

    def reply(self, send_id: str, text: str, *, charset: str = "utf-8") -> list[Hook]:
        """The webhook of an answer to an accepted message."""
        self._replies += 1
        message = self.kept(send_id)
        return [inbound(message, text, self._signer, self.at, number=self._replies, charset=charset)]

    def _answer(self, request: Request) -> Answer:
        where = urlsplit(request.target)
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return _error(401, "The provided authorization grant is invalid, expired, or revoked")
        match request.method, where.path:
            case "POST", "/v3/mail/send":
                return self._sent(request)
            case "POST", "/v3/logs":
                return self._logs(request)
            case "GET", path if path.startswith("/v3/logs/"):
                return self._details(unquote(path.removeprefix("/v3/logs/")))
            case "GET", path:
                return self._looked_at(path, parse_qs(where.query))
        return _error(404, "Not Found")

    def _looked_at(self, path: str, query: Mapping[str, list[str]]) -> Answer:
        if path == "/v3/scopes":
            return Answer(200, {"scopes": self.scopes})
        if path == "/v3/whitelabel/domains":
            return self._domains(query.get("domain", [""])[0])
        return _error(404, "Not Found")

    def _domains(self, wanted: str) -> Answer:
        if "whitelabel.read" not in self.scopes:
            return _error(403, "access forbidden")
        hits = [(name, valid) for name, valid in self.domains.items() if wanted in ("", name)]
        return Answer(
            200, [{"id": n, "domain": name, "valid": valid} for n, (name, valid) in enumerate(hits)]
        )

    def _sent(self, request: Request) -> Answer:
        try:
            message = json.loads(request.body)
        except ValueError:
            return _error(400, "Bad Request")
        return self._refusal(message) or self._accept(message)

    def _refusal(self, message: Mapping[str, Any]) -> Answer | None:
        people = message.get("personalizations") or [{}]
        to, args = people[0].get("to") or [], people[0].get("custom_args") or {}
        sender = (message.get("from") or {}).get("email")
        content = message.get("content") or []
        kinds = [part.get("type") for part in content]
        types = [str(file.get("type")) for file in message.get("attachments") or []]
        rules = (
            (self.senders is not None and sender not in self.senders, 403, "from",
             "The from address does not match a verified Sender Identity."),
            (not _ADDRESS.fullmatch(str(sender)), 400, "from.email", "Does not contain a valid address."),
            (not to or not all(_ADDRESS.fullmatch(str(box.get("email"))) for box in to), 400,
             "personalizations.0.to.0.email", "Does not contain a valid address."),
            (not all(isinstance(value, str) for value in args.values()), 400, None, "Bad Request"),
            (not message.get("subject"), 400, "subject", "The subject is required."),
            (not content or not all(part.get("value") for part in content), 400, "content.0.value",
             "The content value must be a string at least one character in length."),
            (kinds != sorted(kinds, reverse=True), 400, "content.0.type",
             "If present, text/plain must be first, followed by text/html."),
            (any(";" in kind for kind in types), 400, "attachments.0.type", "The type cannot contain ';'."),
        )  # fmt: skip
        return next((_error(status, words, field) for broken, status, field, words in rules if broken), None)

    def _accept(self, message: dict[str, Any]) -> Answer:
        if message["mail_settings"]["sandbox_mode"]["enable"]:
            return Answer(200, b"")
        unique = f"sim{len(self.messages):019d}"
        self.keep(_send(message), {**message, "id": unique, "acceptedAt": self.at.isoformat()})
        return Answer(202, b"", (("X-Message-Id", unique),))

    def _logs(self, request: Request) -> Answer:
        asked = json.loads(request.body)
        wanted = _CATEGORY.fullmatch(str(asked.get("query")))
        if wanted is None:
            return _error(400, "Bad Request")
        hits = [each for each in self.messages if wanted[1] in each.get("categories", [])]
        return Answer(200, {"messages": [_row(each) for each in hits if self.logs_know][: asked["limit"]]})

    def _details(self, known: str) -> Answer:
        hits = [each for each in self.messages if long_id(each) == known and self.logs_know]
        if not hits:
            return _error(404, "message not found")
        args = hits[0]["personalizations"][0].get("custom_args", {})
        return Answer(200, {**_row(hits[0]), "events": [], "custom_args": args})


def _row(message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "from_email": message["from"]["email"],
        "sg_message_id": long_id(message),
        "subject": message["subject"],
        "to_email": message["personalizations"][0]["to"][0]["email"],
        "status": "processed",
        "sg_message_id_created_at": message["acceptedAt"],
    }


def _send(message: Mapping[str, Any]) -> str:
    return str(message["personalizations"][0].get("custom_args", {}).get("hb_send", ""))


def _error(status: int, words: str, field: str | None = None) -> Answer:
    return Answer(status, {"errors": [{"message": words, "field": field, "help": None}]})
