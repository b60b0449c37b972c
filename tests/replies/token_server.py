"""An OAuth server on loopback: a token for each question, rotation, refusals, and any server's faults."""

from typing import Any
from urllib.parse import parse_qsl

from app.demo.faulty_http import Answer, FaultyServer, Request
from app.mail.oauth import Grant


class TokenServer(FaultyServer):
    """Gives ``access-1``, ``access-2`` …; with ``rotates`` each refresh token is good once."""

    def __init__(self, *, rotates: bool = False, lasts: Any = 3600) -> None:
        super().__init__(self._give)
        self.rotates, self.lasts = rotates, lasts
        self.forms: list[dict[str, str]] = []
        self.refuses: str | None = None
        """The code of its refusal."""
        self.valid = "refresh-0"

    def grant(self, **more: Any) -> Grant:
        """One that this server knows."""
        given = {"client_id": "client", "client_secret": "hush", "refresh_token": "refresh-0"}
        return Grant(f"{self.url}/token", **(given | more))

    def _give(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode()))
        self.forms.append(form)
        if self.refuses:
            told = "the account talent@ostwind.example is gone"
            return Answer(400, {"error": self.refuses, "error_description": told})
        if form["grant_type"] == "refresh_token" and form["refresh_token"] != self.valid:
            return Answer(400, {"error": "invalid_grant"})
        number = len(self.forms)
        given = {"access_token": f"access-{number}", "token_type": "Bearer", "expires_in": self.lasts}
        if self.rotates:
            self.valid = given["refresh_token"] = f"refresh-{number}"
        return Answer(200, given)
