"""AWS Signature Version 4 for requests with a body, as Amazon's services check it.

After Amazon's documentation of the signing steps (read 2026-11). Only headers that no proxy rewrites are
signed: the host, the date and the content's type and digest.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class AwsKeys:
    """An access key; ``session_token`` for temporary ones."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


def signed_headers(
    method: str, url: str, body: bytes, keys: AwsKeys, *, region: str, service: str, now: datetime
) -> Mapping[str, str]:
    """The headers that prove the request: ``Authorization``, ``X-Amz-Date`` and, where needed, the token.

    ``now`` is machine time, aware; Amazon refuses a date that is more than five minutes off. The URL must
    have no query. The caller must send exactly these bytes to exactly this URL.
    """
    parts = urlsplit(url)
    at = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    headers = {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": at}
    if keys.session_token:
        headers["x-amz-security-token"] = keys.session_token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    # Every service but S3 encodes the path a second time.
    path = quote(quote(parts.path or "/", safe="/-_.~%"), safe="/-_.~")
    canonical = f"{method}\n{path}\n{parts.query}\n{lines}\n{names}\n{digest}"
    scope = f"{at[:8]}/{region}/{service}/aws4_request"
    to_sign = f"{_ALGORITHM}\n{at}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(_key(keys, at[:8], region, service), to_sign.encode(), "sha256").hex()
    credential = f"Credential={keys.access_key_id}/{scope}"
    authorization = f"{_ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}"
    given = {name: value for name, value in headers.items() if name != "host"}
    return {**given, "authorization": authorization}


def _key(keys: AwsKeys, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{keys.secret_access_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
