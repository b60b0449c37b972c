"""An Amazon SES that runs here: checks signatures, takes mail, and tells what became of it through SNS.

It counts what it accepted by our tag, so that a promise of *at most once* can be checked against the far
side. Answers follow Amazon's API reference, read 2026-11. Its certificate is its own: whoever verifies its
notifications must be given ``certificate``.
"""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import default
from functools import cached_property
from uuid import NAMESPACE_URL, uuid5

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app.demo.faulty_http import Answer, Request
from app.demo.mail_account import MailAccount
from app.mail.sigv4 import AwsKeys, signed_headers
from app.moments import machine_now

__all__ = ["SimulatedSes"]

_PATH = "/v2/email/outbound-emails"
_CERTIFICATE = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-simulated.pem"
_NAMES = ("Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type")
_SKEW = timedelta(minutes=5)


class SimulatedSes(MailAccount):
    """One SES account in one region; use it as an async context manager.

    ``verified`` limits the domains that may send (None: any); ``paused`` refuses everything;
    ``in_sandbox`` is told, to keys that ``may_look``, and of ``identities``, which are domains, whether each
    is verified. ``messages`` and ``effects`` (by send id) hold what was accepted.
    """

    def __init__(
        self,
        keys: AwsKeys | None = None,
        region: str = "eu-central-1",
        *,
        verified: frozenset[str] | None = None,
        now: Callable[[], datetime] = machine_now,
    ) -> None:
        super().__init__(self._answer)
        self.keys = keys or AwsKeys("AKIASIMULATED", "a-secret-that-opens-nothing")
        self.region, self.verified, self.paused = region, verified, False
        self.in_sandbox, self.may_look = False, True
        self.identities: dict[str, bool] = {}
        self.topic = f"arn:aws:sns:{region}:123456789012:heardback"
        self._now = now

    @cached_property
    def certificate(self) -> bytes:
        """What its notifications are signed with, as PEM."""
        return _certificate(self._key)

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        # Made when it is needed: making one takes longer than sending a hundred mails.
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def _answer(self, request: Request) -> Answer:
        if not self._signed(request):
            return _error(403, "InvalidSignatureException")
        if request.method == "GET":
            return self._looked_at(request.target)
        return self._send(request) if request.target == _PATH else _error(404, "NotFoundException")

    def _send(self, request: Request) -> Answer:
        try:
            message = json.loads(request.body)
            raw = base64.b64decode(message["Content"]["Raw"]["Data"], validate=True)
            [to] = message["Destination"]["ToAddresses"]
            [tag] = [one["Value"] for one in message["EmailTags"] if one["Name"] == "hb_send"]
        except (ValueError, KeyError, TypeError):
            return _error(400, "BadRequestException")
        if self.paused:
            return _error(400, "SendingPausedException")
        domain = str(message["FromEmailAddress"]).rstrip(">").rpartition("@")[2]
        if self.verified is not None and domain not in self.verified:
            return _error(400, "MessageRejected", "Email address is not verified.")
        return self._accept(tag, to, raw)

    def _looked_at(self, target: str) -> Answer:
        if not self.may_look:
            return _error(403, "AccessDeniedException")
        if target == "/v2/email/account":
            state = {"SendingEnabled": not self.paused, "ProductionAccessEnabled": not self.in_sandbox}
            return Answer(200, {**state, "EnforcementStatus": "SHUTDOWN" if self.paused else "HEALTHY"})
        domain = target.removeprefix("/v2/email/identities/")
        if domain not in self.identities:
            return _error(404, "NotFoundException")
        verified = self.identities[domain]
        return Answer(200, {"IdentityType": "DOMAIN", "VerifiedForSendingStatus": verified})

    def _signed(self, request: Request) -> bool:
        at = request.headers.get("x-amz-date", "")
        try:
            signed_at = datetime.strptime(at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError:
            return False
        url = f"http://{request.headers['host']}{request.target}"
        right = signed_headers(
            request.method,
            url,
            request.body,
            self.keys,
            region=self.region,
            service="ses",
            now=signed_at,
        )
        fresh = abs(self._now() - signed_at) <= _SKEW
        return fresh and right["authorization"] == request.headers.get("authorization")

    def _accept(self, tag: str, to: str, raw: bytes) -> Answer:
        message_id = f"{uuid5(NAMESPACE_URL, f'{self.url}/{len(self.messages)}').hex}-000000"
        headers = dict(BytesParser(policy=default).parsebytes(raw, headersonly=True).items())
        self.keep(tag, {"id": message_id, "tag": tag, "to": to, "raw": raw, "headers": headers})
        return Answer(200, {"MessageId": message_id})

    # The way back

    def receipt(self, send_id: str, event: str, at: datetime, **told: object) -> tuple[dict[str, str], bytes]:
        """A signed notification of that event, such as ``Bounce``, about what was accepted under this id."""
        message = self.kept(send_id)
        mail = {
            "messageId": message["id"],
            "timestamp": _iso(at),
            "destination": [message["to"]],
            "tags": {"hb_send": [send_id]},
        }
        where = {"Rendering Failure": "failure", "DeliveryDelay": "deliveryDelay"}.get(event, event.lower())
        body = {"eventType": event, "mail": mail, where: {"timestamp": _iso(at), **told}}
        return self.notification(json.dumps(body), f"{message['id']}:{event}", at)

    def inbound(self, raw: bytes, recipients: list[str], at: datetime) -> tuple[dict[str, str], bytes]:
        """A signed notification of a received mail, with the mail in it."""
        body = {
            "notificationType": "Received",
            "receipt": {
                "recipients": recipients,
                "action": {"type": "SNS", "encoding": "BASE64"},
                "spfVerdict": {"status": "PASS"},
                "dkimVerdict": {"status": "PASS"},
            },
            "mail": {"messageId": uuid5(NAMESPACE_URL, raw.hex()).hex, "timestamp": _iso(at)},
            "content": base64.b64encode(raw).decode(),
        }
        return self.notification(json.dumps(body), f"received:{at.isoformat()}", at)

    def notification(
        self, message: str, name: str, at: datetime, **more: str
    ) -> tuple[dict[str, str], bytes]:
        """A signed notification of our topic; ``more`` replaces or adds fields before it is signed."""
        fields = {
            "Type": "Notification",
            "MessageId": str(uuid5(NAMESPACE_URL, name)),
            "TopicArn": self.topic,
            "Message": message,
            "Timestamp": _iso(at),
            **more,
        }
        text = "".join(f"{name}\n{fields[name]}\n" for name in _NAMES if name in fields)
        signature = self._key.sign(text.encode(), PKCS1v15(), SHA256())
        signed = {
            **fields,
            "SignatureVersion": "2",
            "Signature": base64.b64encode(signature).decode(),
            "SigningCertURL": _CERTIFICATE,
        }
        headers = {"content-type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": fields["Type"]}
        return headers, json.dumps(signed).encode()


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _error(status: int, name: str, words: str = "Refused.") -> Answer:
    headers: tuple[tuple[str, str], ...] = (("x-amzn-errortype", name),)
    return Answer(status, {"message": words}, headers)


def _certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.simulated.example")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=7300))
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM)
