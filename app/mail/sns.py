"""Amazon SNS over HTTP: whether a notification is Amazon's and of a topic of ours.

A valid signature only proves *some* topic of somebody, so the topic must be one that we know. The
certificate's address is checked before anybody fetches it (SNS developer guide, read 2026-11).
"""

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.x509 import load_pem_x509_certificate

from app.errors import BadSignature, MalformedBody
from app.mail.hooks import HookSecrets
from app.mail.provider import json_object

_HOST = re.compile(r"sns\.[a-zA-Z0-9-]{3,}\.amazonaws\.com(\.cn)?")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ),
}
_SIGNED["UnsubscribeConfirmation"] = _SIGNED["SubscriptionConfirmation"]


def parsed(body: bytes) -> Mapping[str, str]:
    """The notification's fields that are text; raises `MalformedBody`."""
    found = json_object(body)
    if found is None:
        raise MalformedBody("The body is not a JSON object.")
    return {name: value for name, value in found.items() if isinstance(value, str)}


def certificate_url(body: bytes) -> str | None:
    """Where the certificate is, if that is an address of Amazon's; else None."""
    try:
        url = parsed(body).get("SigningCertURL", "")
    except MalformedBody:
        return None
    return url if _amazons(url) and urlsplit(url).path.endswith(".pem") else None


def confirm_url(body: bytes, secrets: HookSecrets) -> str | None:
    """The address that starts a subscription to a topic of ours; None for every other body."""
    try:
        fields = parsed(body)
    except MalformedBody:
        return None
    wanted = fields.get("Type") == "SubscriptionConfirmation" and fields.get("TopicArn") in secrets.topics
    url = fields.get("SubscribeURL", "")
    return url if wanted and _amazons(url) else None


def _amazons(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme == "https"
            and _HOST.fullmatch(parts.hostname or "") is not None
            and parts.port in (None, 443)
            and parts.username is None
        )
    except ValueError:
        return False


def verify(body: bytes, secrets: HookSecrets, now: datetime) -> None:
    """Raises `BadSignature` unless Amazon signed this for a topic of ours; no age is too old."""
    del now
    try:
        fields = parsed(body)
    except MalformedBody as wrong:
        raise BadSignature("The body is not a notification of SNS.") from wrong
    if fields.get("TopicArn") not in secrets.topics:
        raise BadSignature("The notification is of a topic that is not ours.")
    if secrets.certificate is None or certificate_url(body) is None:
        raise BadSignature("The notification names no certificate of Amazon's.")
    hashes: Mapping[str, HashAlgorithm] = {"1": SHA1(), "2": SHA256()}  # noqa: S303  # version 1 is what SNS has
    algorithm = hashes.get(fields.get("SignatureVersion", ""))
    names = _SIGNED.get(fields.get("Type", ""))
    if algorithm is None or names is None:
        raise BadSignature("The notification is signed in a way that is not known.")
    text = "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields)
    try:
        key = load_pem_x509_certificate(secrets.certificate).public_key()
        if not isinstance(key, RSAPublicKey):
            raise BadSignature("The certificate is not one that SNS uses.")
        given = base64.b64decode(fields.get("Signature", ""), validate=True)
        key.verify(given, text.encode("utf-8", "surrogatepass"), PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError) as wrong:
        raise BadSignature from wrong
