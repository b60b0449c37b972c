"""What only Mailgun does over real HTTP: files in a form, our Message-ID as its own, a token a webhook."""

from dataclasses import replace
from datetime import timedelta

from app.delivery.route_mailgun import LOG_KEPT, LOG_LAG, MailgunRoute
from app.demo.mailgun import SimulatedMailgun
from app.mail.hooks import ReceiptKind
from app.mail.mailgun import MailgunSettings
from app.mail.mailgun_hooks import nonce
from app.mail.outbound import Attachment
from tests.mail.letters import DATE, RICH
from tests.mail.providers import META, STEADY


async def test_words_files_and_ids_survive_the_form() -> None:
    """The far side has the file, the exact text and our Message-ID; each webhook has a token of its own."""
    file = Attachment("visit.ics", "text/calendar; method=REQUEST", b"BEGIN\r\n")
    async with SimulatedMailgun() as far:
        settings = MailgunSettings(far.domain, address=far.url)
        route = MailgunRoute(far.key, settings, timeouts=STEADY)
        outcome = await route.send(route.prepare(replace(RICH, attachments=(file,)), DATE), META)
        await route.aclose()
        assert outcome.provider_id == RICH.message_id.strip("<>")
        assert far.messages[0]["files"] == 1
        assert far.messages[0]["form"]["text"] == RICH.text
        hooks = far.receipts(RICH.send_id, ReceiptKind.DELIVERED, ReceiptKind.DELIVERED)
        assert len({nonce(*hook) for hook in hooks}) == len(hooks)


def test_absence_counts_while_the_log_is_sure_to_be_whole() -> None:
    """Mailgun's log is complete after half an hour and kept for a day, says its documentation."""
    assert timedelta(minutes=30) < LOG_LAG < LOG_KEPT < timedelta(days=1)
