"""The way out through Brevo."""

from datetime import timedelta

from app.delivery.route_http import HttpRoute, HttpTimeouts
from app.errors import UnsafeSettings
from app.mail import brevo
from app.mail.brevo import BrevoSettings

REPORT_LAG = timedelta.max
"""However old an attempt is, its absence from Brevo's report proves nothing: no document says how the filter
by tag is to be written, and one that matches nothing looks like a message that was never taken."""


class BrevoRoute(HttpRoute[BrevoSettings]):
    """Sends with one API key of Brevo; what stayed unknown is repeated under its key, then looked for.

    Raises ``UnsafeSettings`` for a key that cannot be one, and for an address without TLS.
    """

    def __init__(
        self,
        key: str,
        settings: BrevoSettings | None = None,
        *,
        timeouts: HttpTimeouts | None = None,
        name: str = "brevo",
    ) -> None:
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise UnsafeSettings("Give the brevo route as `key` the API key that Brevo shows.")
        super().__init__(
            name,
            brevo,
            settings or BrevoSettings(),
            authorize=lambda _request: {"api-key": key},
            lag=REPORT_LAG,
            timeouts=timeouts,
        )
