"""From whom webhooks of mail providers may come: the routes of the mail document that have ``receipts``."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import urlsplit

from app.delivery.mail_document import MailDocument, document_from
from app.delivery.route_shapes import ReceiptsShape, ResendShape, RouteShape, provider_of
from app.mail.hooks import Hooks, HookSecrets
from app.mail.provider import MailRequest
from app.mail.providers import HOOKS
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class HookSource:
    """One route's way back."""

    route: str
    hooks: Hooks
    secrets: HookSecrets = field(repr=False)
    api_key: str = field(default="", repr=False)
    """For a provider that announces an inbound mail and must be asked for its words (Resend)."""
    base_url: str = ""
    """Where such a provider is asked, if the document names another address than its own."""

    def addressed(self, request: MailRequest) -> MailRequest:
        """The request at the route's own address: a key of a trial must not go to the real provider."""
        if not self.base_url:
            return request
        return replace(request, url=self.base_url.rstrip("/") + urlsplit(request.url).path)


def sources_of(settings: Settings) -> Mapping[str, HookSource]:
    """The ways back by the name of their route, as they were when this process first asked.

    Raises `UnsafeSettings`, without repeating any secret.
    """
    return _read_once(settings.mail_routes.get_secret_value()) if settings.mail_routes else {}


@lru_cache(maxsize=8)
def _read_once(given: str) -> Mapping[str, HookSource]:
    # Every drain asks; a file that is changed, or gone, counts from the next start on, as the routes do.
    return sources_in(document_from(given))


def sources_in(document: MailDocument) -> Mapping[str, HookSource]:
    """The ways back by the name of their route."""
    return {
        name: _source(name, shape, shape.receipts)
        for name, shape in document.routes.items()
        if shape.receipts is not None
    }


def _source(route: str, shape: RouteShape, given: ReceiptsShape) -> HookSource:
    proofs = tuple(secret.get_secret_value() for secret in given.secrets)
    key, base_url = given.api_key.get_secret_value(), ""
    if isinstance(shape, ResendShape):
        key, base_url = key or shape.key.get_secret_value(), shape.base_url
    hooks = HOOKS[provider_of(shape.kind, given) or ""]
    proven_by = HookSecrets(tuple(filter(None, proofs)), given.public_keys, given.topics)
    return HookSource(route, hooks, proven_by, key, base_url)
