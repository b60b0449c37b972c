"""What Amazon SES says of an account in a region, and of the sender's domain.

Facts from Amazon's API reference, read 2026-11. Keys that are right but may not look are answered 403
``AccessDeniedException``, which proves them; wrong ones are answered 403 by other names.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from app.mail.account import (
    NOT_FOUND,
    OK,
    REFUSED,
    Question,
    Said,
    fine,
    in_path,
    note,
    question,
    told,
    unclear,
    wrong,
)
from app.mail.ses import SesSettings, error_name

_MAY_NOT = "AccessDeniedException"


def questions(settings: SesSettings, domain: str, /) -> tuple[Question, ...]:
    """``GET /v2/email/account``, then ``GET /v2/email/identities/{domain}``."""
    base = f"{settings.base_url.rstrip('/')}/v2/email"
    then = question(f"{base}/identities/{in_path(domain)}", partial(_identity, domain))
    return (question(f"{base}/account", partial(_account, then)),)


def _account(
    then: Question, status: int, headers: Mapping[str, str], body: bytes
) -> Iterator[Said | Question]:
    account = told(body)
    if status in REFUSED and error_name(headers, account) == _MAY_NOT:
        yield fine("SES accepts the keys.")
        yield note(
            "They may not look at the account; allow ses:GetAccount and ses:GetEmailIdentity, "
            "so that a sandbox or a pause is seen here."
        )
    elif status in REFUSED:
        yield wrong("SES refuses the keys; set an access key that counts, and this machine's clock (NTP).")
    elif status != OK or "SendingEnabled" not in account:
        yield unclear("SES", status)
    else:
        yield from _state(account)
        yield then


def _state(account: Mapping[str, object]) -> Iterator[Said]:
    if account.get("EnforcementStatus") == "SHUTDOWN" or account.get("SendingEnabled") is not True:
        yield wrong("SES accepts the keys, but sending is paused; see its console (Account dashboard).")
    elif account.get("ProductionAccessEnabled") is not True:
        yield wrong(
            "SES accepts the keys, but the account is in the sandbox: it reaches verified addresses only. "
            "Request production access in this region."
        )
    else:
        yield fine("SES accepts the keys, and the account sends.")
    if account.get("EnforcementStatus") == "PROBATION":
        yield note("The account is under review by Amazon; see its console (Reputation metrics).")


def _identity(domain: str, status: int, headers: Mapping[str, str], body: bytes) -> Iterator[Said]:
    del headers
    identity = told(body)
    if status == NOT_FOUND:
        yield note(f"{domain} is no identity of this region; only single addresses of it can be verified.")
    elif status != OK:
        yield note(f"The keys may not look whether {domain} is verified (ses:GetEmailIdentity).")
    elif identity.get("VerifiedForSendingStatus") is True:
        yield fine(f"{domain} is verified.")
    else:
        yield wrong(f"{domain} is not verified; see the SES console (Identities) what its DNS lacks.")
