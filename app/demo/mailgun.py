"""A Mailgun that runs here: a real HTTP server on loopback that answers as documented, and fails on demand.

It counts what it accepted by the variable ``hb_send``, has a log that may lag, and posts signed receipts and
inbound mail in Mailgun's shapes. Facts from Mailgun's documentation, read 2026-11.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.demo.faulty_http import Answer, Request
from app.demo.mail_account import MailAccount
from app.demo.mailgun_hooks import Hook, event_of, inbound, receipt, signature
from app.errors import MalformedBody
from app.mail.forms import read_form
from app.mail.hooks import ReceiptKind

_ADDRESS = re.compile(r"[^<>@\s]+@[^<>@\s]+\.[^<>@\s]+")


class SimulatedMailgun(MailAccount):
    """One sending domain of Mailgun; use it as an async context manager.

    ``sandbox`` on refuses every recipient as an account on trial does; ``sending_key`` on: the key may only
    send; ``state`` is the domain's; ``log_knows`` off makes the log lag
    for good. ``at`` is its time, moved by hand. ``messages`` and ``effects`` (by send id) hold what was
    accepted.
    """

    def __init__(
        self,
        key: str = "key-demo",
        *,
        domain: str = "mg.talent.example",
        signing_key: str = "signing-demo",
    ) -> None:
        super().__init__(self._answer)
        self.key, self.domain, self.signing_key = key, domain, signing_key
        self.sandbox = self.sending_key = False
        self.state = "active"
        self.log_knows = True
        self._hooks = 0

    def receipts(self, send_id: str, *kinds: ReceiptKind) -> list[Hook]:
        """Webhooks about an accepted message, in the order of ``kinds``, each signed anew.

        A kind asked for twice is the same event again. Each tells its own time of happening.
        """
        message = self.kept(send_id)
        return [receipt(message, kind, self._signed()) for kind in kinds]

    def reply(self, send_id: str, text: str) -> list[Hook]:
        """The webhook of an answer to an accepted message."""
        signed = self._signed()
        return [inbound(self.kept(send_id), text, signed, self.at, self._hooks)]

    def _signed(self) -> dict[str, str]:
        self._hooks += 1
        return signature(self.signing_key, self.at, self._hooks)

    def _answer(self, request: Request) -> Answer:
        where = urlsplit(request.target)
        proof = b64encode(f"api:{self.key}".encode()).decode()
        start, domain, *rest = where.path.removeprefix("/").split("/")
        forbidden = self.sending_key and rest != ["messages"]
        if request.headers.get("authorization") != f"Basic {proof}" or forbidden:
            return Answer(401, b"Forbidden", (("Content-Type", "text/plain"),))
        if start == "v4":
            return self._looked_at([domain, *rest])
        if start != "v3":
            return Answer(200, b"Mailgun Magnificent API", (("Content-Type", "text/plain"),))
        if domain != self.domain:
            return Answer(404, {"message": f"Domain not found: {domain}"})
        return self._used(request, rest)

    def _used(self, request: Request, rest: list[str]) -> Answer:
        match request.method, rest:
            case "POST", ["messages"]:
                return self._send(request)
            case "GET", ["events"]:
                query = parse_qs(urlsplit(request.target).query)
                return self._events({name: values[-1] for name, values in query.items()})
        return Answer(404, {"message": "not found"})

    def _looked_at(self, path: list[str]) -> Answer:
        if path != ["domains", self.domain]:
            return Answer(404, {"message": "Domain not found"})
        kind = "sandbox" if self.sandbox else "custom"
        return Answer(200, {"domain": {"name": self.domain, "state": self.state, "type": kind}})

    def _send(self, request: Request) -> Answer:
        try:
            fields = read_form(request.headers, request.body)
        except MalformedBody:
            return Answer(400, {"message": "invalid form"})
        form = {each.name: each.value.decode() for each in fields if each.filename is None}
        files = sum(each.filename is not None for each in fields)
        return self._refusal(form) or self._accept(form, files)

    def _refusal(self, form: Mapping[str, str]) -> Answer | None:
        for name in ("from", "to"):
            if not _ADDRESS.fullmatch(parseaddr(form.get(name, ""))[1]):
                words = f"'{name}' parameter is not a valid address. please check documentation"
                return Answer(400, {"message": words})
        if self.sandbox:
            return Answer(403, {"message": "Sandbox subdomains are for test purposes only."})
        if not form.get("text") and not form.get("html"):
            return Answer(400, {"message": "Need at least one of 'text' or 'html' parameters specified"})
        return None

    def _accept(self, form: Mapping[str, str], files: int) -> Answer:
        count = len(self.messages)
        given = form.get("h:Message-ID", f"<{self.at:%Y%m%d%H%M%S}.{count}@{self.domain}>")
        variables = {name[2:]: value for name, value in form.items() if name.startswith("v:")}
        message: dict[str, Any] = {
            "id": given.strip("<>"),
            "at": self.at,
            "to": parseaddr(form["to"])[1],
            "reply_to": parseaddr(form.get("h:Reply-To", form["from"]))[1],
            "subject": form.get("subject", ""),
            "tags": [form["o:tag"]] if "o:tag" in form else [],
            "variables": variables,
            "form": dict(form),
            "files": files,
        }
        self.keep(variables.get("hb_send", ""), message)
        return Answer(200, {"id": given, "message": "Queued. Thank you."})

    def _events(self, query: Mapping[str, str]) -> Answer:
        wanted = query.get("tags", "").strip('"')
        hits = [each for each in self.messages if self.log_knows and (not wanted or wanted in each["tags"])]
        items = [event_of(each, ReceiptKind.QUEUED) for each in hits][: int(query.get("limit", "100"))]
        page = f"{self.url}/v3/{self.domain}/events/next"
        return Answer(200, {"items": items, "paging": {"next": page, "previous": page}})
