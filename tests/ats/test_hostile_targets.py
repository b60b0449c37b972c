"""Ids come from webhooks: whatever stands in one, a request about it goes where requests about it go."""

from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest

from app.ats.http import ApiRequest, Target
from app.ats.steps import Ask, Put, Write, WriteKind
from app.ats.vendor import VENDORS, Api
from app.calls_wire import Wire
from app.errors import Unprocessable, VendorRefused

BASE = "https://api.example/v1"
HOSTILE = ["8/../../users", "8?limit=1", "8#part", "..", "8/jobs", "8\\..\\9", "8:..:9"]
APIS = {name: vendor.api for name, vendor in VENDORS.items() if vendor.api is not None}


def _asked(api: Api, target: Target) -> Iterator[ApiRequest]:
    """The first requests of everything that is written about somebody."""
    yield api.note_request(target, "words", BASE)
    yield from api.notes_requests(target, BASE)
    for kind in api.WRITES - {WriteKind.NOTE}:
        step = api.write_step(Write(kind, target, "hb:dlv_1", "dlv_1", "words"), {}, BASE)
        if isinstance(step, Ask):
            yield from step.requests
        elif isinstance(step, Put):
            yield step.request


def _form(request: ApiRequest) -> tuple[str, int, str, str]:
    """Where a request goes: its steps counted, without the id itself."""
    parts = urlsplit(request.url)
    return request.method, parts.path.count("/"), parts.query, parts.fragment


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("vendor", sorted(APIS))
def test_no_id_leads_a_write_elsewhere(vendor: str, hostile: str) -> None:
    """It has as many steps as with a harmless id, or is refused before anything is sent."""
    api = APIS[vendor]
    harmless = [_form(request) for request in _asked(api, Target("8", "8"))]
    wire = Wire(httpx.AsyncClient(), [BASE])
    asked = []
    with suppress(Unprocessable, VendorRefused):
        for request in _asked(api, Target(hostile, hostile)):
            wire._check(request.url)
            asked.append(_form(request))
    assert asked == harmless[: len(asked)]
