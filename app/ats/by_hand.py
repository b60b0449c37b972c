"""Vendors whose webhooks only a person can make: their API neither makes nor tells them."""

from collections.abc import Mapping, Sequence

from app.ats.fields import Answers
from app.ats.http import ApiRequest
from app.ats.steps import Step


def create_step(url: str, secret: str, answers: Answers, base: str | None = None) -> Step | None:
    """Nothing can be made."""
    del url, secret, answers, base
    return None


def webhook_requests(base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """Nothing can be listed."""
    del base
    return {}


def webhook_findings(answers: Answers, url: str) -> Sequence[str]:
    """Nothing can be known."""
    del answers, url
    return ()
