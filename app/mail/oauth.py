"""A token for a mailbox by OAuth 2.0 (RFC 6749): what is asked, and what the answer means. Pure.

Gmail and Microsoft 365 take no passwords over IMAP ("OAuth 2.0 mechanism", Google; "Authenticate an IMAP, POP
or SMTP connection using OAuth", Microsoft; both read 2026-11).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.mail.provider import json_object

GOOGLE = "https://oauth2.googleapis.com/token"
MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
MICROSOFT_AS_APP = "https://outlook.office365.com/.default"
"""With the application permission IMAP.AccessAsApp, for which nobody signs in."""
MICROSOFT_AS_USER = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"

_ASSUMED, _LONGEST = timedelta(minutes=5), timedelta(days=1)
"""How long a token is used that does not say when it ends, and one that says something strange."""
_TOKEN = re.compile(r"[!-~]{1,20000}")
_REFUSED = range(400, 500)
_PASSES = frozenset({408, 425, 429})
_PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
_WHAT_TO_DO = {
    "invalid_client": "compare client_id and client_secret; Microsoft's secrets expire",
    "unauthorized_client": "give this client the permission for IMAP, with an administrator's consent",
    "invalid_scope": "correct the scope, or leave it out",
    "interaction_required": "sign in again as the mailbox's account and set the new refresh_token",
    "consent_required": "give this client the permission for IMAP, with an administrator's consent",
    "unsupported_grant_type": "set a refresh_token, or allow this client to ask in its own name",
    "invalid_request": "compare the fields of oauth with what the provider asks for",
}
_SIGN_IN = "sign in again as the mailbox's account and set the new refresh_token"
_NO_GRANT = "the client may not act for this account; compare tenant, client_id and the permissions"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is given for: a refresh token, or without one the client's own right."""

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    scope: str = ""

    def form(self, refresh_token: str) -> dict[str, str]:
        """The fields to post; ``refresh_token`` is the newest one known, empty where there is none."""
        asked = {
            "grant_type": "refresh_token" if refresh_token else "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": refresh_token,
            "scope": self.scope,
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Granted:
    """A token, the instant at which it ends, and the refresh token to use from now on where one came."""

    access: str = field(repr=False)
    expires_at: datetime
    refresh: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Denied:
    """No token until a person changes something; ``what`` says it, without the server's own words."""

    what: str


def read_answer(status: int, body: bytes, grant: Grant, now: datetime) -> Granted | Denied | None:
    """What the token endpoint said; None where asking again later makes sense.

    Args:
        status: The answer's HTTP status.
        body: The answer's body.
        grant: What was asked for.
        now: When the answer came, aware.
    """
    told = json_object(body) or {}
    if status == 200:  # noqa: PLR2004  # OK
        return _granted(told, now)
    code = told.get("error")
    known = code if isinstance(code, str) else ""
    if status not in _REFUSED or status in _PASSES or known in _PASSING:
        return None
    return _denied(status, known, grant)


def _granted(told: Mapping[str, object], now: datetime) -> Granted | None:
    access, refresh, lasts = told.get("access_token"), told.get("refresh_token"), told.get("expires_in")
    if not isinstance(access, str) or not _TOKEN.fullmatch(access):
        return None
    good = isinstance(refresh, str) and _TOKEN.fullmatch(refresh)
    return Granted(access, now + _life(lasts), str(refresh) if good else None)


def _life(lasts: object) -> timedelta:
    if isinstance(lasts, str) and re.fullmatch(r"\d{1,9}", lasts):
        lasts = int(lasts)  # some servers write the number as text
    if isinstance(lasts, bool) or not isinstance(lasts, int | float) or not lasts > 0:
        return _ASSUMED
    return timedelta(seconds=min(float(lasts), _LONGEST.total_seconds()))


def _denied(status: int, code: str, grant: Grant) -> Denied:
    if code == "invalid_grant":
        what = _SIGN_IN if grant.refresh_token else _NO_GRANT
        return Denied(f"The grant is refused (invalid_grant): {what}.")
    if code in _WHAT_TO_DO:
        return Denied(f"The grant is refused ({code}): {_WHAT_TO_DO[code]}.")
    return Denied(f"The token's address answered {status}: compare token_url and the fields of oauth.")
