"""The mail routes that the settings describe: one in a few settings, or several in a document."""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.delivery.routes import Route, route_from
from app.delivery.routing import Routes, Rule, WhenUnknown
from app.errors import UnsafeSettings
from app.mail.outbound import MailClass
from app.settings import Settings

NAME = "HEARDBACK_MAIL_ROUTES"
_ENV = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_RECEIPTS_ONLY = timedelta(minutes=30)
"""How long a receipt is waited for unless said otherwise, where nothing but a receipt can tell."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Use(_Shape):
    """One rule of the document."""

    route: str
    fallback: str | None = None
    mail_class: MailClass | None = Field(default=None, alias="class")
    connection: str | None = None
    brand: str | None = None

    @property
    def always(self) -> bool:
        return self.mail_class is None and self.connection is None and self.brand is None


class _Doubt(BaseModel):
    """What a route's own settings say beside those of its kind."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    when_unknown: Literal["hold", "send_again"] = "hold"
    unknown_after_minutes: int | None = Field(default=None, ge=0, le=10_080)


class _Document(_Shape):
    """What a document of routes holds."""

    routes: dict[str, dict[str, Any]] = Field(min_length=1)
    use: tuple[_Use, ...] = ()

    @model_validator(mode="after")
    def know_every_route(self) -> "_Document":
        named = {name for use in self.use for name in (use.route, use.fallback) if name is not None}
        if unknown := sorted(named - set(self.routes)):
            raise ValueError(f"`use` names routes that are not there: {', '.join(unknown)}")
        if any(use.route == use.fallback for use in self.use):
            raise ValueError("a route cannot be its own fallback")
        if not self.use and len(self.routes) > 1:
            raise ValueError("with several routes, `use` says which mail takes which")
        if self.use and not self.use[-1].always:
            raise ValueError(
                "the last rule of `use` has only a route (and a fallback): it is for all other mail"
            )
        if any(use.always for use in self.use[:-1]):
            raise ValueError("a rule without conditions hides all that come after it")
        return self


def configured(settings: Settings, environment: Mapping[str, str] = os.environ) -> Routes:
    """The routes that the settings describe, open for use.

    Args:
        settings: ``mail_routes``, or else the settings of a single route.
        environment: Where ``${NAME}`` in the document is looked up.

    Raises:
        UnsafeSettings: The document cannot be read or does not describe routes; or, in production, a route
            reaches nobody or speaks in clear. No secret is ever repeated.
    """
    if settings.mail_routes is None:
        return Routes.single(route_from(mail_route(settings)))
    document = _read(settings.mail_routes.get_secret_value(), environment)
    if settings.mode == "production":
        _refuse_unsafe(document)
    routes = {name: _route(name, given) for name, given in document.routes.items()}
    only = _Use(route=next(iter(routes)))
    rules = [
        Rule(use.route, use.fallback, use.mail_class, use.connection, use.brand)
        for use in document.use or (only,)
    ]
    return Routes(routes, rules, {name: _doubt(name, given) for name, given in document.routes.items()})


def _read(given: str, environment: Mapping[str, str]) -> _Document:
    text = given if given.lstrip().startswith("{") else _file(given)
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        raise UnsafeSettings(f"{NAME} is neither YAML nor JSON{place}.") from None
    try:
        return _Document.model_validate(_filled(document, environment))
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UnsafeSettings(f"{NAME}: {place + ': ' if place else ''}{first['msg']}.") from None


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as wrong:
        # The value may be JSON with a secret in it that lost its first brace, so it is not repeated.
        raise UnsafeSettings(f"The file that {NAME} names cannot be read: {type(wrong).__name__}.") from None


def _filled(value: object, environment: Mapping[str, str]) -> object:
    """The document with every ``${NAME}`` in its strings replaced; after reading, so no value changes it."""
    if isinstance(value, dict):
        return {key: _filled(each, environment) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, environment) for each in value]
    return _ENV.sub(lambda found: _known(found[1], environment), value) if isinstance(value, str) else value


def _known(name: str, environment: Mapping[str, str]) -> str:
    if not environment.get(name):
        raise UnsafeSettings(f"{NAME} uses ${{{name}}}, which is not set.")
    return environment[name]


def _route(name: str, given: Mapping[str, Any]) -> Route:
    own = {key: value for key, value in given.items() if key not in _Doubt.model_fields}
    try:
        return route_from({**own, "name": name})
    except UnsafeSettings as wrong:
        raise UnsafeSettings(f"Mail route {name!r}: {wrong.detail}") from None


def _doubt(name: str, given: Mapping[str, Any]) -> WhenUnknown:
    try:
        said = _Doubt.model_validate(given)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        raise UnsafeSettings(f"Mail route {name!r}: {first['loc'][0]}: {first['msg']}.") from None
    after = _RECEIPTS_ONLY if given.get("kind") == "ses" else timedelta()
    if said.unknown_after_minutes is not None:
        after = timedelta(minutes=said.unknown_after_minutes)
    return WhenUnknown(said.when_unknown, after)


def _refuse_unsafe(document: _Document) -> None:
    for name, given in document.routes.items():
        if given.get("kind") == "folder":
            raise UnsafeSettings(
                f"Not safe for production. Mail route {name!r} is a folder; it reaches nobody."
            )
        if given.get("kind") == "smtp" and given.get("tls", "starttls") == "none":
            raise UnsafeSettings(
                f"Not safe for production. Mail route {name!r} speaks in clear; set its tls."
            )


def mail_route(settings: Settings) -> dict[str, Any]:
    """The settings of the mail route, as `route_from` takes them."""
    if settings.mail_route == "smtp":
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        return {
            "kind": "smtp",
            "host": settings.smtp_host,
            "port": settings.smtp_port,
            "tls": settings.smtp_tls,
            "username": settings.smtp_username,
            "password": password,
        }
    if settings.mail_route == "postmark":
        token = settings.postmark_token.get_secret_value() if settings.postmark_token else ""
        return {
            "kind": "postmark",
            "token": token,
            "base_url": settings.postmark_base_url,
            "stream": settings.postmark_stream,
        }
    return {"kind": "folder", "directory": settings.mail_folder or settings.data_dir / "mail"}
