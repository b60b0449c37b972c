"""Greenhouse's access tokens: OAuth client credentials (Harvest v3 docs, read 2026-11)."""

import base64
import re
from datetime import UTC, datetime, timedelta

from app.ats.fields import instant, parse_object, text
from app.ats.http import Account, ApiRequest, ApiResponse, Token
from app.errors import MalformedBody

AUTH_URL = "https://auth.greenhouse.io/token"
LONGEST_LIFE = 7 * 24 * 3600
_ASSUMED_LIFE = timedelta(hours=1)


def auth_url(account: Account) -> str:
    """The token endpoint, one for all accounts."""
    return account.auth_url or AUTH_URL


def token_request(account: Account) -> ApiRequest:
    """Asks for an access token, acting as ``account.user`` where one is given."""
    basic = base64.b64encode(f"{account.client_id}:{account.client_secret}".encode()).decode("ascii")
    form = {"grant_type": "client_credentials"} | ({"sub": account.user} if account.user else {})
    return ApiRequest(
        "POST", account.auth_url or AUTH_URL, headers={"authorization": f"Basic {basic}"}, form=form
    )


def read_token(response: ApiResponse, now: datetime) -> Token:
    """The token of an answer; raises `MalformedBody` where there is none.

    Clients disagree on the name of the expiry, so ``expires_at``, ``expires_in`` and ``expires`` are all
    read; without one an hour is assumed.
    """
    answer = parse_object(response.body)
    value = text(answer.get("access_token"), 20_000)
    if value is None:
        raise MalformedBody("The answer of the token endpoint holds no access_token.")
    for name in ("expires_at", "expires_in", "expires"):
        if expires_at := _expiry(answer.get(name), now):
            return Token(value, expires_at)
    return Token(value, now + _ASSUMED_LIFE)


def _expiry(value: object, now: datetime) -> datetime | None:
    seconds = number(value)
    if seconds is None:
        return instant(value)
    if 0 < seconds <= LONGEST_LIFE:
        return now + timedelta(seconds=seconds)
    return epoch(seconds)


def with_credentials(request: ApiRequest, account: Account, token: Token | None) -> ApiRequest:
    """The request with its bearer token."""
    del account  # its secret is sent to the token endpoint only
    return request.with_header("authorization", f"Bearer {token.value}") if token else request


def number(value: object) -> float | None:
    """A number written as a number or as text, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    digits = str(value).strip()
    return float(digits) if re.fullmatch(r"\d{1,12}(\.\d{1,9})?", digits, re.ASCII) else None


def epoch(seconds: float) -> datetime | None:
    """The instant so many seconds after 1970, or None where there is none."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError):
        return None
