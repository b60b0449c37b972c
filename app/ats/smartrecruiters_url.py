"""An application's page in SmartRecruiters, and the id that stands in its address."""

import re
from urllib.parse import urlsplit

from app.ats.fields import Json, text
from app.ats.smartrecruiters_ids import ident

_URL = re.compile(r"https://([a-z0-9-]+\.)*smartrecruiters\.com/[^\s<>\"'\\]*", re.ASCII)
_IN_PATH = re.compile(r"/applications/([A-Za-z0-9_-]{8,64})(?:/|\Z)", re.ASCII)


def application_url(value: object) -> str | None:
    """The address, or None for anything that is not one of SmartRecruiters' own."""
    url = text(value)
    return url if url and _URL.fullmatch(url) else None


def vendor_id(details: Json) -> str | None:
    """SmartRecruiters' own id of the application, by which its interviews are listed.

    Where it is told is not documented: it is taken from a field if there is one, else from the address of the
    application's page (unverified; without it, interviews come by webhook only).
    """
    named = ident(details.get("applicationId")) or ident(details.get("id"))
    in_path = _IN_PATH.search(urlsplit(application_url(details.get("url")) or "").path)
    return named or (in_path[1] if in_path else None)
