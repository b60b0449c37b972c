"""Amazon SES: exact requests, truthful outcomes, and a way back that only Amazon can use."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.route_ses import SesRoute
from app.demo.ses import SimulatedSes
from app.errors import BadSignature, MalformedBody
from app.mail import ses, ses_hooks, sns
from app.mail.hooks import HookSecrets, ReceiptKind
from app.mail.mime import build_mime
from app.mail.outbound import OutcomeKind
from app.mail.ses import SesSettings
from app.mail.sigv4 import AwsKeys, signed_headers
from tests.mail.letters import DATE, RICH, parsed
from tests.mail.providers import META, STEADY

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "mail" / "ses"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SETTINGS = SesSettings("eu-central-1", "heardback")
shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")


@pytest_asyncio.fixture(scope="module")
async def provider() -> AsyncIterator[SimulatedSes]:
    async with SimulatedSes() as server:
        yield server


@pytest_asyncio.fixture(scope="module")
async def route(provider: SimulatedSes) -> AsyncIterator[SesRoute]:
    keys = provider.keys
    settings = SesSettings(provider.region, "heardback", provider.url)
    made = SesRoute(keys.access_key_id, keys.secret_access_key, settings, timeouts=STEADY)
    yield made
    await made.aclose()


def secrets(provider: SimulatedSes) -> HookSecrets:
    return HookSecrets(topics=(provider.topic,), certificate=provider.certificate)


# Sending


def test_the_request_holds_the_whole_message_and_one_opaque_tag() -> None:
    """Raw MIME with every header of ours; our id is the only thing that a tag says."""
    request = ses.build(RICH, SETTINGS, DATE)
    assert (request.method, request.url) == (
        "POST",
        "https://email.eu-central-1.amazonaws.com/v2/email/outbound-emails",
    )
    fields = json.loads(request.body)
    assert set(fields) == {
        "FromEmailAddress",
        "Destination",
        "Content",
        "EmailTags",
        "ConfigurationSetName",
    }
    raw = base64.b64decode(fields["Content"]["Raw"]["Data"])
    assert raw == build_mime(RICH, DATE)
    assert fields["EmailTags"] == [{"Name": "hb_send", "Value": RICH.send_id}]
    assert fields["Destination"] == {"ToAddresses": [str(parsed(raw)["To"].addresses[0])]}
    assert parsed(raw)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_signature_is_as_amazon_computes_it() -> None:
    """The scheme does not drift: the value that Amazon's own library gives for the same request."""
    headers = signed_headers(
        "POST",
        "https://email.eu-central-1.amazonaws.com/v2/email/outbound-emails",
        b'{"FromEmailAddress":"a@b.example"}',
        AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        region="eu-central-1",
        service="ses",
        now=DATE,
    )
    assert headers["x-amz-date"] == "20261124T093000Z"
    assert headers["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu-central-1/ses/aws4_request, "
        "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
        "Signature=930b7f6706f3fba9ec3ecd52569e51ceed76f6792d8dcc332f7174bca1466db1"
    )


@pytest.mark.parametrize(
    ("status", "error", "words", "kind"),
    [
        (429, "TooManyRequestsException", "", OutcomeKind.NOT_SENT),
        (400, "MessageRejected", "Email address is not verified: a@b.example", OutcomeKind.CONFIGURATION),
        (400, "MessageRejected", "Virus found.", OutcomeKind.PERMANENT),
        (400, "SendingPausedException", "", OutcomeKind.CONFIGURATION),
        (400, "AccountSuspendedException", "", OutcomeKind.CONFIGURATION),
        (400, "MailFromDomainNotVerifiedException", "", OutcomeKind.CONFIGURATION),
        (400, "LimitExceededException", "", OutcomeKind.CONFIGURATION),
        (400, "BadRequestException", "", OutcomeKind.PERMANENT),
        (404, "NotFoundException", "", OutcomeKind.CONFIGURATION),
        (403, "InvalidSignatureException:http://internal", "", OutcomeKind.CONFIGURATION),
        (403, "com.amazon#AccessDeniedException", "", OutcomeKind.CONFIGURATION),
        (500, "InternalServiceErrorException", "", OutcomeKind.AMBIGUOUS),
        (503, "AccountSuspendedException", "", OutcomeKind.AMBIGUOUS),
        (400, "SomethingNewException", "", OutcomeKind.CONFIGURATION),
    ],
)
def test_every_refusal_has_its_meaning(status: int, error: str, words: str, kind: OutcomeKind) -> None:
    """What burns a message, what stops the route, and what nobody can know; no address is repeated."""
    body = json.dumps({"message": words}).encode()
    outcome = ses.parse(status, {"x-amzn-errortype": error}, body)
    assert outcome.kind is kind
    assert "b.example" not in outcome.detail


def test_success_needs_a_message_id() -> None:
    """A proxy's page is not an acceptance."""
    assert ses.parse(200, {}, b'{"MessageId": "m-1"}').provider_id == "m-1"
    assert ses.parse(200, {}, b"<html>").kind is OutcomeKind.AMBIGUOUS


@shared
def test_the_shared_answers_are_classed_right() -> None:
    """Every recorded answer means what its note says."""
    kinds = {
        "ok": OutcomeKind.ACCEPTED,
        "throttled": OutcomeKind.NOT_SENT,
        "message_rejected": OutcomeKind.CONFIGURATION,
        "sending_paused": OutcomeKind.CONFIGURATION,
        "account_suspended": OutcomeKind.CONFIGURATION,
        "server_error": OutcomeKind.AMBIGUOUS,
    }
    answers = json.loads((SHARED / "api-send-responses.json").read_text())
    told = {
        name: ses.parse(one["status"], one["headers"], json.dumps(one["body"]).encode()).kind
        for name, one in answers.items()
        if isinstance(one, dict) and "status" in one
    }
    assert told == kinds


def test_the_id_on_the_wire_is_amazons() -> None:
    """Follow-ups thread by it; the oldest region has a name of its own."""
    assert ses.wire_id("m-1", "us-east-1") == "m-1@email.amazonses.com"
    assert ses.wire_id("m-1", "eu-central-1") == "m-1@eu-central-1.amazonses.com"


# The way back


async def _sent(provider: SimulatedSes, route: SesRoute) -> None:
    assert (await route.send(route.prepare(RICH, DATE), META)).kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize(
    ("event", "told", "kind", "suppress"),
    [
        ("Send", {}, ReceiptKind.SENT, False),
        ("Delivery", {}, ReceiptKind.DELIVERED, False),
        ("DeliveryDelay", {"delayType": "General"}, ReceiptKind.DEFERRED, False),
        ("Bounce", {"bounceType": "Permanent", "bounceSubType": "General"}, ReceiptKind.BOUNCED_HARD, True),
        (
            "Bounce",
            {"bounceType": "Transient", "bounceSubType": "MailboxFull"},
            ReceiptKind.BOUNCED_SOFT,
            False,
        ),
        ("Bounce", {"bounceType": "Undetermined"}, ReceiptKind.BOUNCED_SOFT, False),
        ("Bounce", {"bounceType": "Permanent", "bounceSubType": "Suppressed"}, ReceiptKind.REJECTED, True),
        ("Complaint", {"complaintFeedbackType": "abuse"}, ReceiptKind.COMPLAINED, True),
        ("Reject", {"reason": "Bad content"}, ReceiptKind.REJECTED, False),
        ("Rendering Failure", {}, ReceiptKind.FAILED, False),
        ("Open", {}, ReceiptKind.OPENED, False),
        ("Click", {}, ReceiptKind.CLICKED, False),
        ("Subscription", {}, ReceiptKind.UNSUBSCRIBED, True),
        ("Something", {}, ReceiptKind.UNKNOWN, False),
    ],
)
async def test_each_event_is_a_receipt(
    provider: SimulatedSes,
    route: SesRoute,
    event: str,
    told: dict[str, object],
    kind: ReceiptKind,
    *,
    suppress: bool,
) -> None:
    """With our id, Amazon's id, whom it concerns, and the same key when it comes twice."""
    await _sent(provider, route)
    headers, body = provider.receipt(RICH.send_id, event, NOW, **told)
    ses_hooks.verify(headers, body, secrets(provider), NOW)
    [receipt] = ses_hooks.receipts(headers, body, NOW)
    assert (receipt.kind, receipt.suppress) == (kind, suppress)
    assert receipt.send_id == RICH.send_id
    assert receipt.provider_id == provider.messages[0]["id"]
    assert ses_hooks.receipts(headers, body, NOW + timedelta(hours=1)) == (receipt,)
    assert ses_hooks.replies(headers, body) == ()


async def test_received_mail_comes_whole(provider: SimulatedSes) -> None:
    """The envelope's recipients first, then the headers', with what Amazon found out about the sender."""
    raw = build_mime(RICH, DATE)
    headers, body = provider.inbound(raw, ["reply+tok@reply.talent.example"], NOW)
    ses_hooks.verify(headers, body, secrets(provider), NOW)
    [mail] = ses_hooks.replies(headers, body)
    assert mail.recipients[0] == "reply+tok@reply.talent.example"
    assert mail.text.startswith("Guten Tag Herr Weiß")
    assert mail.in_reply_to == RICH.in_reply_to.strip("<>") if RICH.in_reply_to else False
    assert mail.verdicts == {"spf": "PASS", "dkim": "PASS"}
    assert ses_hooks.receipts(headers, body, NOW) == ()


async def test_only_amazon_and_only_our_topics_are_believed(provider: SimulatedSes, route: SesRoute) -> None:
    """Another topic, another key, another certificate's address, or one changed letter is refused."""
    await _sent(provider, route)
    headers, body = provider.receipt(RICH.send_id, "Delivery", NOW)
    ours = secrets(provider)
    foreign = HookSecrets(topics=("arn:aws:sns:eu-central-1:1:other",), certificate=provider.certificate)
    stranger = HookSecrets(topics=(provider.topic,), certificate=SimulatedSes().certificate)
    for bytes_, known in (
        (body, foreign),
        (body, stranger),
        (body, HookSecrets(topics=(provider.topic,))),
        (body.replace(b"Delivery", b"Deliverz"), ours),
        (body.replace(b"sns.eu-central-1.amazonaws.com", b"sns.eu-central-1.evil.example"), ours),
        (body.replace(b'"SignatureVersion": "2"', b'"SignatureVersion": "9"'), ours),
        (b"{}", ours),
        (b"\xff", ours),
    ):
        with pytest.raises(BadSignature):
            ses_hooks.verify(headers, bytes_, known, NOW)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/a.pem",
        "https://evil.example/sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/a.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/a.pem",
        "https://sns.eu-central-1.amazonaws.com/a.txt",
        "https://snsX.amazonaws.com/a.pem",
        "https://[::1/a.pem",
        "",
    ],
)
def test_no_other_address_is_ever_asked_for_a_certificate(url: str) -> None:
    """Whoever could choose it could sign anything, or make us call anybody."""
    body = json.dumps({"SigningCertURL": url}).encode()
    assert ses_hooks.certificate_url({}, body) is None


def test_a_subscription_is_confirmed_for_our_topics_only(provider: SimulatedSes) -> None:
    """And only at Amazon's address."""
    good = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    for url, topic, wanted in (
        (good, provider.topic, good),
        (good, "arn:other", None),
        ("https://evil.example/", provider.topic, None),
    ):
        _, body = provider.notification(
            "Confirm", "c", NOW, Type="SubscriptionConfirmation", SubscribeURL=url, Token="t", TopicArn=topic
        )
        assert ses_hooks.confirm_url({}, body, secrets(provider)) == wanted
        assert ses_hooks.receipts({}, body, NOW) == ()


@shared
def test_every_shared_notification_is_genuine_and_read() -> None:
    """All samples of SNS verify with their certificate, and none is an error."""
    pem = json.loads((SHARED / "sns-test-cert.json").read_text())["pem"].encode()
    samples = [path for path in sorted(SHARED.glob("sns-*.json")) if "cert" not in path.name]
    assert len(samples) >= 6
    for path in samples:
        body = path.read_bytes()
        topic = json.loads(body)["TopicArn"]
        ses_hooks.verify({}, body, HookSecrets(topics=(topic,), certificate=pem), NOW)
        assert sns.certificate_url(body)
        ses_hooks.receipts({}, body, NOW)
        ses_hooks.replies({}, body)


@shared
def test_every_shared_event_has_its_kind() -> None:
    """Each recorded event, wrapped as SNS does."""
    wanted = {
        "bounce": ReceiptKind.BOUNCED_HARD,
        "click": ReceiptKind.CLICKED,
        "complaint": ReceiptKind.COMPLAINED,
        "delivery": ReceiptKind.DELIVERED,
        "deliverydelay": ReceiptKind.DEFERRED,
        "open": ReceiptKind.OPENED,
        "reject": ReceiptKind.REJECTED,
        "rendering-failure": ReceiptKind.FAILED,
        "send": ReceiptKind.SENT,
        "subscription": ReceiptKind.UNSUBSCRIBED,
    }
    found = {}
    for path in SHARED.glob("tracking-*.event.json"):
        wrapped = {"Type": "Notification", "MessageId": "m", "Message": path.read_text()}
        [receipt, *_] = ses_hooks.receipts({}, json.dumps(wrapped).encode(), NOW)
        found[path.name.removeprefix("tracking-").removesuffix(".event.json")] = receipt.kind
        assert receipt.provider_id
        assert receipt.at
    assert found == wanted


@given(st.binary() | st.text().map(str.encode))
def test_hostile_bytes_are_refused_and_nothing_else(body: bytes) -> None:
    """Never another error than that it is not believed or cannot be understood."""
    with pytest.raises(BadSignature):
        ses_hooks.verify({}, body, HookSecrets(topics=("t",), certificate=b"x"), NOW)
    for reader in (lambda: ses_hooks.receipts({}, body, NOW), lambda: ses_hooks.replies({}, body)):
        with suppress(MalformedBody):
            reader()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda v: st.lists(v) | st.dictionaries(st.text(), v),
        max_leaves=12,
    ),
    st.sampled_from(["Bounce", "Complaint", "Delivery", "Subscription", "x"]),
)
def test_events_of_any_shape_are_read_or_refused(told: object, event: str) -> None:
    """A field of another type than documented is passed over."""
    message = {"eventType": event, "mail": told, event.lower(): told, "notificationType": told}
    body = json.dumps({"Type": "Notification", "MessageId": "m", "Message": json.dumps(message)}).encode()
    ses_hooks.receipts({}, body, NOW)
    received = {"notificationType": "Received", "content": told, "receipt": told, "mail": told}
    body = json.dumps({"Type": "Notification", "Message": json.dumps(received)}).encode()
    with suppress(MalformedBody):
        ses_hooks.replies({}, body)
