"""The way out through Amazon SES."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from app.delivery.route import RouteMeta
from app.delivery.route_http import HttpRoute, HttpTimeouts
from app.errors import UnsafeSettings
from app.mail import ses
from app.mail.outbound import Envelope, Outcome, OutcomeKind
from app.mail.provider import MailRequest
from app.mail.ses import SesSettings
from app.mail.sigv4 import AwsKeys, signed_headers
from app.moments import machine_now

_NEVER = timedelta.max
"""No search, so absence is never proven."""


class SesRoute(HttpRoute[SesSettings]):
    """Sends through SES in one region, each request signed anew. Raises ``UnsafeSettings``.

    ``now`` is machine time, by which requests are signed.
    """

    def __init__(
        self,
        access_key_id: str,
        secret_access_key: str,
        settings: SesSettings | None = None,
        *,
        session_token: str | None = None,
        timeouts: HttpTimeouts | None = None,
        name: str = "ses",
        now: Callable[[], datetime] = machine_now,
    ) -> None:
        if not access_key_id.isalnum() or not secret_access_key:
            raise UnsafeSettings("Set the access key and the secret key of an AWS user that may only send.")
        keys, chosen = AwsKeys(access_key_id, secret_access_key, session_token), settings or SesSettings()

        def authorize(request: MailRequest) -> Mapping[str, str]:
            return signed_headers(
                request.method,
                request.url,
                request.body,
                keys,
                region=chosen.region,
                service="ses",
                now=now(),
            )

        super().__init__(name, ses, chosen, authorize=authorize, lag=_NEVER, timeouts=timeouts)
        self.keeps_message_id = False

    def prepare(self, envelope: Envelope, date: datetime) -> bytes:
        """The request without its signature."""
        return ses.build(envelope, self._settings, date).to_bytes()

    async def send(self, payload: bytes, meta: RouteMeta) -> Outcome:
        """As every route; an accepted one says which Message-ID SES has put in place of ours."""
        outcome = await super().send(payload, meta)
        if outcome.kind is not OutcomeKind.ACCEPTED or not outcome.provider_id:
            return outcome
        return replace(outcome, wire_id=f"<{ses.wire_id(outcome.provider_id, self._settings.region)}>")
