"""One request to Ashby's API: always a POST of JSON to ``resource.verb`` (OpenAPI document of 2026-08)."""

from app.ats.http import ApiRequest

API_BASE = "https://api.ashbyhq.com"
MOST = 100
"""Rows a page, the most that Ashby gives."""


def ask(operation: str, base: str | None = None, **body: object) -> ApiRequest:
    """Reads, although it is a POST."""
    return _request(operation, base, body, safe=True)


def tell(operation: str, base: str | None = None, **body: object) -> ApiRequest:
    """Writes."""
    return _request(operation, base, body, safe=False)


def _request(operation: str, base: str | None, body: dict[str, object], *, safe: bool) -> ApiRequest:
    # The version is asked for by name: without it Ashby may answer as its newest.
    headers = {"accept": "application/json; version=1"}
    return ApiRequest("POST", f"{base or API_BASE}/{operation}", headers=headers, json=body, safe=safe)
