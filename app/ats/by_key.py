"""Vendors to whom the API key itself is sent: there are no tokens to fetch."""

from datetime import datetime

from app.ats.http import Account, ApiResponse, Token
from app.errors import MalformedBody


def auth_url(account: Account) -> None:
    """There is none."""
    del account


def token_request(account: Account) -> None:
    """There is nothing to ask for."""
    del account


def read_token(response: ApiResponse, now: datetime) -> Token:
    """Always raises `MalformedBody`."""
    del response, now
    raise MalformedBody("There are no access tokens.")
