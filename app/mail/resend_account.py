"""What Resend says of an account: its key, the sender's domain, whether that tracks.

Facts from Resend's documentation and its OpenAPI document 1.5.0, read 2026-11: a key that may only send is
answered 401 ``restricted_api_key``; tracking is a setting of the domain and cannot be declined by a message.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from app.mail.account import OK, REFUSED, Question, Said, fine, note, question, told, unclear, wrong
from app.mail.resend import ResendSettings


def questions(settings: ResendSettings, domain: str, /) -> tuple[Question, ...]:
    """``GET /domains``."""
    return (question(f"{settings.base_url.rstrip('/')}/domains?limit=100", partial(_domains, domain)),)


def _domains(domain: str, status: int, headers: Mapping[str, str], body: bytes) -> Iterator[Said]:
    del headers
    answer = told(body)
    rows = answer.get("data")
    if answer.get("name") == "restricted_api_key":
        yield fine("Resend accepts the key, which may only send.")
        yield note(
            f"So nobody could look whether {domain} is verified and its tracking off: "
            "see at Resend (Domains, Configuration), because no message can decline tracking."
        )
    elif status in REFUSED:
        yield wrong("Resend refuses the key; make a new one (API Keys) and set it.")
    elif status != OK or not isinstance(rows, list):
        yield unclear("Resend", status)
    else:
        yield fine("Resend accepts the key.")
        named = {str(row.get("name")).lower(): row for row in rows if isinstance(row, dict)}
        yield from _domain(domain, named.get(domain), more=bool(answer.get("has_more")))


def _domain(domain: str, row: Mapping[str, object] | None, *, more: bool) -> Iterator[Said]:
    if row is None:
        if more:
            yield note(f"{domain} is not among the first 100 domains of the account.")
        else:
            yield wrong(f"{domain} is no domain of this account; add it at Resend (Domains) and verify it.")
        return
    if row.get("status") == "verified":
        yield fine(f"{domain} is verified.")
    elif row.get("status") == "partially_verified":
        yield note(f"{domain} is verified in part; see at Resend what its DNS lacks.")
    else:
        yield wrong(f"{domain} is not verified; see at Resend (Domains) what its DNS lacks.")
    if row.get("open_tracking") or row.get("click_tracking"):
        yield note(
            f"Tracking is on for {domain}, and no message can decline it; "
            "switch it off at Resend (Domains, Configuration)."
        )
