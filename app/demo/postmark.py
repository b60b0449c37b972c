"""A Postmark that runs here: a real HTTP server on loopback that answers as documented, and fails on demand.

It counts what it accepted by ``Metadata.hb_send``, so that a promise of *at most once* can be checked against
the far side. Answers follow Postmark's developer documentation, read 2026-11.
"""

import json
from collections.abc import Mapping
from email.headerregistry import Address, AddressHeader
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import NAMESPACE_URL, uuid5

from app.demo.faulty_http import Answer, Request
from app.demo.mail_account import MailAccount

_SUBMITTED = "2026-11-16T04:00:00.0000000-05:00"
_NO_PAGE = Answer(404, b"<html><body>Not found</body></html>", (("Content-Type", "text/html"),))
_METADATA_FIELDS, _METADATA_KEY, _METADATA_VALUE = 10, 20, 80
"""Documented: fields in all, characters of a key, characters of a value."""


class SimulatedPostmark(MailAccount):
    """One Postmark server; use it as an async context manager.

    ``inactive`` addresses are refused with 406; ``verified`` limits the domains that may send (None: any);
    no ``credits`` left refuses with 405; ``search_knows`` off makes the search lag for good; ``sandbox`` and
    ``tracks_opens`` are what the server says of itself. ``messages`` and ``effects`` (by send id) hold what
    was accepted.
    """

    def __init__(self, token: str = "demo-server-token", *, verified: frozenset[str] | None = None) -> None:  # noqa: S107 - a sample, for the demo
        super().__init__(self._answer)
        self.token = token
        self.verified = verified
        self.inactive: set[str] = set()
        self.streams = {"outbound", "broadcast"}
        self.credits = 1_000_000
        self.search_knows = True
        self.sandbox = self.tracks_opens = False

    def _answer(self, request: Request) -> Answer:
        path = urlsplit(request.target)
        if request.headers.get("x-postmark-server-token") != self.token:
            return _error(401, 10, "Bad or missing Server API token.")
        if request.method == "POST" and path.path == "/email":
            return self._send(request)
        if request.method == "GET" and path.path == "/messages/outbound":
            return self._search({name: values[-1] for name, values in parse_qs(path.query).items()})
        if request.method == "GET" and path.path == "/server":
            return Answer(200, self._server_itself())
        return _NO_PAGE

    def _server_itself(self) -> dict[str, Any]:
        kind = "Sandbox" if self.sandbox else "Live"
        tracking = {"TrackOpens": self.tracks_opens, "TrackLinks": "None"}
        return {"ID": 1, "Name": "Simulated", "DeliveryType": kind, "ServerLink": self.url, **tracking}

    def _send(self, request: Request) -> Answer:
        if "json" not in request.headers.get("content-type", ""):
            return _error(422, 409, "The request must have the Content-Type 'application/json'.")
        try:
            message = json.loads(request.body)
        except ValueError:
            return _error(422, 402, "The JSON could not be read.")
        if not isinstance(message, dict):
            return _error(422, 403, "The JSON does not describe a message.")
        return self._refusal(message) or self._accept(message)

    def _refusal(self, message: Mapping[str, Any]) -> Answer | None:
        sender, to = _mailboxes(message.get("From")), _mailboxes(message.get("To"))
        stranger = self.verified is not None and not {box.domain for box in sender} <= self.verified
        dead = sorted(box.addr_spec for box in to if box.addr_spec in self.inactive)
        empty = not message.get("TextBody") and not message.get("HtmlBody")
        stream = message.get("MessageStream", "outbound")
        rules = (
            (len(sender) != 1, 300, f"Invalid 'From' address: '{message.get('From')}'."),
            (not to, 300, f"Invalid 'To' address: '{message.get('To')}'."),
            (empty, 300, "Provide a TextBody or HtmlBody."),
            (_beyond(message.get("Metadata") or {}), 300, "Invalid 'Metadata'."),
            (stream not in self.streams, 300, "Invalid 'MessageStream'."),
            (self.credits <= 0, 405, "You ran out of credits."),
            (stranger, 400, "The From address is no Sender Signature on your account."),
            (bool(dead), 406, f"Found inactive addresses: {', '.join(dead)}."),
        )
        return next((_error(422, code, words) for broken, code, words in rules if broken), None)

    def _accept(self, message: dict[str, Any]) -> Answer:
        self.credits -= 1
        send_id = str((message.get("Metadata") or {}).get("hb_send", ""))
        delivery = str(uuid5(NAMESPACE_URL, f"{self.url}/{len(self.messages)}"))
        self.keep(send_id, {**message, "MessageID": delivery})
        to = ", ".join(box.addr_spec for box in _mailboxes(message["To"]))
        body = {"To": to, "SubmittedAt": _SUBMITTED, "MessageID": delivery, "ErrorCode": 0, "Message": "OK"}
        return Answer(200, body)

    def _search(self, query: Mapping[str, str]) -> Answer:
        wanted = {k.removeprefix("metadata_"): v for k, v in query.items() if k.startswith("metadata_")}
        hits = [m for m in self.messages if wanted.items() <= (m.get("Metadata") or {}).items()]
        hits = hits if self.search_knows else []
        offset, count = int(query.get("offset", "0")), int(query.get("count", "50"))
        page = [_found(message) for message in hits[offset : offset + count]]
        return Answer(200, {"TotalCount": len(hits), "Messages": page})


def _found(message: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: message.get(name) for name in ("MessageID", "From", "Subject", "Metadata", "MessageStream")}
    to = [{"Email": box.addr_spec, "Name": box.display_name or None} for box in _mailboxes(message["To"])]
    recipients = [box["Email"] for box in to]
    return {**kept, "To": to, "Recipients": recipients, "Status": "Sent", "ReceivedAt": _SUBMITTED}


def _beyond(metadata: Mapping[str, object]) -> bool:
    return len(metadata) > _METADATA_FIELDS or any(
        len(key) > _METADATA_KEY or not isinstance(value, str) or len(value) > _METADATA_VALUE
        for key, value in metadata.items()
    )


def _error(status: int, code: int, words: str) -> Answer:
    return Answer(status, {"ErrorCode": code, "Message": words})


def _mailboxes(value: object) -> tuple[Address, ...]:
    parsed: dict[str, Any] = {"defects": []}
    try:
        AddressHeader.parse(str(value or ""), parsed)
        found = [a for group in parsed["groups"] for a in group.addresses]
        mailboxes = tuple(Address(a.display_name or "", a.username, a.domain) for a in found)
    except (ValueError, IndexError, AttributeError):
        return ()
    return mailboxes if all(box.username and "." in box.domain for box in mailboxes) else ()
