"""The way out through Mailgun."""

from base64 import b64encode
from datetime import timedelta

from app.delivery.route_http import HttpRoute, HttpTimeouts
from app.errors import UnsafeSettings
from app.mail import mailgun
from app.mail.mailgun import MailgunSettings
from app.mail.outbound import Outcome, OutcomeKind

LOG_LAG = timedelta(hours=1)
"""Mailgun's log is complete after half an hour, says its documentation; twice that."""
LOG_KEPT = timedelta(hours=20)
"""The smallest plan keeps the log for a day; what is no longer in it may have been there."""


class MailgunRoute(HttpRoute[MailgunSettings]):
    """Sends through one domain of Mailgun and asks its log about what stayed unknown.

    Raises ``UnsafeSettings`` for a key that cannot be one, and for an address without TLS.
    """

    def __init__(
        self,
        key: str,
        settings: MailgunSettings,
        *,
        timeouts: HttpTimeouts | None = None,
        name: str = "mailgun",
    ) -> None:
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise UnsafeSettings("Give the mailgun route as `key` a sending key of the domain.")
        credentials = b64encode(f"api:{key}".encode()).decode()
        super().__init__(
            name,
            mailgun,
            settings,
            authorize=lambda _request: {"Authorization": f"Basic {credentials}"},
            lag=LOG_LAG,
            timeouts=timeouts,
        )

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        """As every route; absence proves nothing any more once the log may have forgotten."""
        outcome = await super().settle(send_id, age=age)
        if outcome and outcome.kind is OutcomeKind.NOT_SENT and (age is None or age >= LOG_KEPT):
            return Outcome(OutcomeKind.AMBIGUOUS, f"{self.name}'s log may have forgotten it")
        return outcome
