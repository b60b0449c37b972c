"""From whom webhooks of mail providers may come, as the settings say: a provider and its secrets a route."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from app.errors import UnsafeSettings
from app.mail.hooks import Hooks, HookSecrets
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


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    provider: str | None = None
    """As `app.mail.providers` names it; unset: as the route is called."""
    secrets: tuple[str, ...] = ()
    public_keys: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    api_key: str = ""


_SHAPE = TypeAdapter(dict[str, _Given])


def sources_of(settings: Settings) -> Mapping[str, HookSource]:
    """The ways back by the name of their route; raises `UnsafeSettings`, without repeating any secret."""
    given = settings.mail_hooks.get_secret_value() if settings.mail_hooks else "{}"
    return _sources(given)


@lru_cache(maxsize=8)
def _sources(given: str) -> Mapping[str, HookSource]:
    try:
        named = _SHAPE.validate_python(json.loads(given))
    except (ValidationError, ValueError, RecursionError):
        raise UnsafeSettings(
            'HEARDBACK_MAIL_HOOKS is JSON such as {"brevo": {"provider": "brevo", "secrets": ["…"]}}; '
            "a route has provider, secrets, public_keys, topics and api_key."
        ) from None
    return {route: _source(route, one) for route, one in named.items()}


def _source(route: str, given: _Given) -> HookSource:
    provider = given.provider or route
    if provider not in HOOKS:
        raise UnsafeSettings(
            f"HEARDBACK_MAIL_HOOKS: the provider of {route} is one of: {', '.join(sorted(HOOKS))}."
        )
    if not any((*given.secrets, *given.public_keys, *given.topics)):
        raise UnsafeSettings(f"HEARDBACK_MAIL_HOOKS: {route} has nothing to prove itself with.")
    secrets = HookSecrets(tuple(filter(None, given.secrets)), given.public_keys, given.topics)
    return HookSource(route, HOOKS[provider], secrets, given.api_key)
