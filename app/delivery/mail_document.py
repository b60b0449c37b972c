"""The one document that describes all of mail: routes, what proves their receipts, rules, and mailboxes.

It stands in a YAML or JSON file that `HEARDBACK_MAIL_ROUTES` names, or in that setting itself. A document may
be a single route, such as ``{kind: resend, key: "${RESEND_KEY}"}``. Reading it opens nothing.
"""

import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails

from app.delivery.route_shapes import (
    KINDS,
    AnyRoute,
    FolderShape,
    ListenShape,
    ReceiptsShape,
    Shape,
    provider_of,
)
from app.errors import UnsafeSettings
from app.mail.outbound import MailClass
from app.mail.providers import HOOKS
from app.settings import Settings, environment

NAME = "HEARDBACK_MAIL_ROUTES"
_ENV = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_AFTER_NAME = 2
_ROUTE_NAME = r"^[A-Za-z0-9_.-]{1,64}$"


class _Strict(yaml.SafeLoader):
    """YAML in which no name stands twice: the second would silently take the place of the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  # PyYAML's signature
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and names.count(key.value) > 1:
                raise UnsafeSettings(f"{NAME} says {key.value} twice in line {key.start_mark.line + 1}.")
        return super().construct_mapping(node, deep)


class Use(Shape):
    """One rule: mails that fit all its conditions leave by ``route``; ``fallback`` helps out."""

    route: str
    fallback: str | None = None
    mail_class: MailClass | None = Field(default=None, alias="class")
    connection: str | None = None
    brand: str | None = None

    @property
    def always(self) -> bool:
        """Whether it is for all mail."""
        return self.mail_class is None and self.connection is None and self.brand is None


class MailDocument(Shape):
    """All of mail, as described. ``mailboxes`` are read by whoever reads mailboxes, ``${NAME}`` replaced."""

    routes: dict[Annotated[str, StringConstraints(pattern=_ROUTE_NAME)], AnyRoute] = Field(min_length=1)
    use: tuple[Use, ...] = ()
    mailboxes: tuple[dict[str, Any], ...] = ()

    @property
    def sending(self) -> tuple[str, ...]:
        """The routes that send."""
        return tuple(name for name, shape in self.routes.items() if not isinstance(shape, ListenShape))

    @property
    def rules(self) -> tuple[Use, ...]:
        """The rules; of a single route, that everything takes it."""
        return self.use or (Use(route=self.sending[0]),)

    @model_validator(mode="after")
    def know_every_route(self) -> "MailDocument":
        if not self.sending:
            raise ValueError("no route sends anything")
        named = {name for use in self.use for name in (use.route, use.fallback) if name is not None}
        if unknown := sorted(named - set(self.sending)):
            raise ValueError(f"`use` names routes that are not there: {', '.join(unknown)}")
        if any(use.route == use.fallback for use in self.use):
            raise ValueError("a route cannot be its own fallback")
        if not self.use and len(self.sending) > 1:
            raise ValueError("with several routes, `use` says which mail takes which")
        if self.use and not self.use[-1].always:
            raise ValueError(
                "the last rule of `use` has only a route (and a fallback): it is for all other mail"
            )
        if any(use.always for use in self.use[:-1]):
            raise ValueError("a rule without conditions hides all that come after it")
        return self

    @model_validator(mode="after")
    def know_every_proof(self) -> "MailDocument":
        for name, shape in self.routes.items():
            if shape.receipts is not None and (wrong := _unproven(shape.kind, shape.receipts)):
                raise ValueError(f"routes.{name}.receipts{wrong}")
        return self


def _unproven(kind: str, receipts: ReceiptsShape) -> str | None:
    provider = provider_of(kind, receipts)
    if provider not in HOOKS:
        return f".provider is one of: {', '.join(sorted(HOOKS))}"
    if not any((*filter(None, receipts.secrets), *receipts.public_keys, *receipts.topics)):
        return " has nothing to prove a webhook with; it takes secrets, public_keys or topics"
    return None


def read_document(settings: Settings, known: Mapping[str, str] | None = None) -> MailDocument:
    """The document of these settings; where there is none, a folder for trying out.

    Args:
        settings: ``mail_routes`` names or holds the document.
        known: What ``${NAME}`` stands for; the environment unless given.

    Raises:
        UnsafeSettings: It cannot be read or is not understood; says where, and repeats no value.
    """
    if settings.mail_routes is None:
        return MailDocument(routes={"folder": FolderShape(kind="folder", directory=settings.mail_folder)})
    return document_from(settings.mail_routes.get_secret_value(), known)


def document_from(given: str, known: Mapping[str, str] | None = None) -> MailDocument:
    """The document that is, or stands in the file of, ``given``; raises as `read_document`."""
    text = given if given.lstrip().startswith("{") else _file(given)
    try:
        found = yaml.load(text, _Strict)  # noqa: S506  # it is a safe loader
    except (yaml.YAMLError, RecursionError) as wrong:
        mark = getattr(wrong, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        raise UnsafeSettings(f"{NAME} is neither YAML nor JSON{place}.") from None
    filled = _filled(_whole(found), environment() if known is None else known, "")
    try:
        return MailDocument.model_validate(filled)
    except ValidationError as wrong:
        raise _told(wrong.errors(include_url=False, include_input=False)[0]) from None


def _whole(found: object) -> object:
    """A document that is only one route is named by its kind."""
    if isinstance(found, dict) and isinstance(found.get("kind"), str):
        return {"routes": {found["kind"]: found}}
    return found


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as wrong:
        # The value may be JSON with a secret in it that lost its first brace, so it is not repeated.
        raise UnsafeSettings(f"The file that {NAME} names cannot be read: {type(wrong).__name__}.") from None


def _filled(value: object, known: Mapping[str, str], place: str) -> object:
    """The document with every ``${NAME}`` in its strings replaced; after reading, so no value changes it."""
    if isinstance(value, dict):
        return {key: _filled(each, known, f"{place}.{key}") for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, known, f"{place}.{number}") for number, each in enumerate(value)]
    if not isinstance(value, str):
        return value

    def found(match: re.Match[str]) -> str:
        if not known.get(match[1]):
            raise UnsafeSettings(f"{NAME}: {place[1:]} uses ${{{match[1]}}}, which is not set.")
        return known[match[1]]

    return _ENV.sub(found, value)


def _told(error: ErrorDetails) -> UnsafeSettings:
    """What is wrong, by its place in the document."""
    places = [str(part) for part in error["loc"] if part != "[key]"]
    kind = ""
    if places[:1] == ["routes"] and len(places) > _AFTER_NAME and places[_AFTER_NAME] in KINDS:
        kind = places.pop(_AFTER_NAME)  # which was chosen, and is no place
    place = ".".join(places)
    match error["type"]:
        case "extra_forbidden":
            said = f"{place} is not known; there are: {', '.join(_names(places[:-1], kind))}"
        case "missing":
            said = f"{place} is missing"
        case "union_tag_invalid" | "union_tag_not_found":
            said = f"{place}.kind is one of: {', '.join(KINDS)}"
        case "string_pattern_mismatch":
            said = f"{place}: a name has up to 64 letters, digits, '.', '_' and '-'"
        case _:
            said = f"{place}: {error['msg']}" if place else error["msg"].removeprefix("Value error, ")
    return UnsafeSettings(f"{NAME}: {said}.", field=place or None)


def _names(parents: list[str], kind: str) -> list[str]:
    """What may stand in that part of the document."""
    match parents:
        case ["routes", _]:
            part: type[Shape] = KINDS[kind]
        case ["routes", _, "receipts"]:
            part = ReceiptsShape
        case ["use", _]:
            part = Use
        case _:
            part = MailDocument
    return sorted(field.alias or name for name, field in part.model_fields.items())
