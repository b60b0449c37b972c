"""The way out through SendGrid."""

import asyncio
from datetime import timedelta

from app.delivery.route_http import HttpRoute, HttpTimeouts
from app.errors import UnsafeSettings
from app.mail import sendgrid
from app.mail.outbound import Outcome, OutcomeKind
from app.mail.sendgrid import SendGridSettings

LOG_LAG = timedelta.max
"""However old an attempt is, its absence from SendGrid's logs proves nothing: mail is processed after it was
accepted, and nothing says how long that or the logs may take."""


class SendGridRoute(HttpRoute[SendGridSettings]):
    """Sends with one API key of SendGrid; what stayed unknown is found in its logs, or stays unknown.

    The key needs the rights to send and to read the logs. Raises ``UnsafeSettings`` for a key that cannot be
    one, and for an address without TLS.
    """

    def __init__(
        self,
        key: str,
        settings: SendGridSettings | None = None,
        *,
        timeouts: HttpTimeouts | None = None,
        name: str = "sendgrid",
    ) -> None:
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise UnsafeSettings("Give the sendgrid route as `key` the API key that SendGrid showed once.")
        super().__init__(
            name,
            sendgrid,
            settings or SendGridSettings(),
            authorize=lambda _request: {"Authorization": f"Bearer {key}"},
            lag=LOG_LAG,
            timeouts=timeouts,
        )

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        """As every route; what the logs find counts only when the message's details hold our id."""
        try:
            async with asyncio.timeout(self.longest.total_seconds()):
                return await self._settle(send_id, age)
        except TimeoutError:
            return Outcome(OutcomeKind.AMBIGUOUS, "look-up: TimeoutError")

    async def _settle(self, send_id: str, age: timedelta | None) -> Outcome | None:
        outcome = await super().settle(send_id, age=age)
        if outcome is None or outcome.kind is not OutcomeKind.ACCEPTED or not outcome.provider_id:
            return outcome
        answer = await self.ask(sendgrid.details(outcome.provider_id, self._settings))
        if isinstance(answer, Outcome):
            return Outcome(OutcomeKind.AMBIGUOUS, f"look-up: {answer.detail}")
        return sendgrid.confirmed(send_id, *answer)
