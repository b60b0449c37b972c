"""What a vendor does not take from us is refused before anything is sent, and stops the way it was to go."""

import pytest

from app.ats.http import Account, Target
from app.ats.steps import Write, WriteKind
from app.ats.vendor import VENDORS
from app.calls import VendorClient, vendor_http
from app.calls_tokens import MemoryTokens
from app.delivery.writes import WriteWay, payload_of
from app.errors import VendorRefused
from app.mail.outbound import OutcomeKind
from tests.ats.contract.accounts import every_vendor_with_an_api

NOWHERE = "http://127.0.0.1:9"


def a_write(kind: WriteKind) -> Write:
    return Write(kind, Target("c-1", "a-1", "u-1"), "[heardback:dlv_1]", "dlv_1", "words")


@every_vendor_with_an_api
async def test_what_is_not_offered_is_refused_and_never_left_in_doubt(vendor: str) -> None:
    """Nothing was sent, so the outcome is a matter of settings; for notes there is a way of their own."""
    api = VENDORS[vendor].api
    assert api is not None
    account = Account("id", "secret", api_base=NOWHERE, auth_url=NOWHERE, api_key="key", site="acme")
    async with vendor_http() as http:
        way = WriteWay(VendorClient("con_1", api, account, tokens=MemoryTokens(), http=http))
        for kind in {*WriteKind} - (api.WRITES - {WriteKind.NOTE}):
            with pytest.raises(VendorRefused, match="write_back"):
                api.write_step(a_write(kind), {}, NOWHERE)
            outcome = await way.send(payload_of(a_write(kind)))
            assert outcome.kind is OutcomeKind.CONFIGURATION, kind
            assert "not_offered" in outcome.detail
