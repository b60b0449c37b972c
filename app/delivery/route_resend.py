"""The way out through Resend."""

from datetime import timedelta

from app.delivery.route_http import HttpRoute, HttpTimeouts
from app.errors import UnsafeSettings
from app.mail import resend
from app.mail.resend import ResendSettings


class ResendRoute(HttpRoute[ResendSettings]):
    """Sends with one API key of Resend; what stayed unknown is settled by repeating it under its key.

    Raises ``UnsafeSettings`` for a key that cannot be one, and for an address without TLS.
    """

    def __init__(
        self,
        key: str,
        settings: ResendSettings | None = None,
        *,
        timeouts: HttpTimeouts | None = None,
        name: str = "resend",
    ) -> None:
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise UnsafeSettings("Give the resend route as `key` the API key that Resend shows.")
        super().__init__(
            name,
            resend,
            settings or ResendSettings(),
            authorize=lambda _request: {"Authorization": f"Bearer {key}"},
            lag=timedelta.max,
            timeouts=timeouts,
        )
        self.keeps_message_id = False
