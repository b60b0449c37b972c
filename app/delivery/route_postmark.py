"""The way out through Postmark."""

from datetime import timedelta

from app.delivery.route_http import HttpRoute, HttpTimeouts
from app.errors import UnsafeSettings
from app.mail import postmark
from app.mail.postmark import PostmarkSettings

SEARCH_LAG = timedelta(minutes=5)
"""Postmark's search usually shows a message within seconds; nothing promises it, so minutes."""


class PostmarkRoute(HttpRoute[PostmarkSettings]):
    """Sends through one Postmark server and asks its search about what stayed unknown.

    Raises ``UnsafeSettings`` for a token that cannot be one, and for an address without TLS.
    """

    def __init__(
        self,
        token: str,
        settings: PostmarkSettings | None = None,
        *,
        timeouts: HttpTimeouts | None = None,
        name: str = "postmark",
    ) -> None:
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise UnsafeSettings("Give the postmark route as `token` the server token that Postmark shows.")
        super().__init__(
            name,
            postmark,
            settings or PostmarkSettings(),
            authorize=lambda _request: {"X-Postmark-Server-Token": token},
            lag=SEARCH_LAG,
            timeouts=timeouts,
        )
