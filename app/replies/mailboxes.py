"""The mailboxes that the settings describe: ``mailboxes`` in the mail document, and one in a few settings."""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from app.delivery.mail_document import NAME, read_document
from app.errors import UnsafeSettings
from app.mail.oauth import GOOGLE, MICROSOFT, MICROSOFT_AS_APP, MICROSOFT_AS_USER, Grant
from app.replies.mailbox import Mailbox, Tls
from app.settings import Settings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_MOST = 50
_Line = Annotated[str, StringConstraints(pattern=r"^[ -~]{1,500}$")]
_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
_Printable = Annotated[SecretStr, Field(min_length=1, max_length=20_000)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class OAuthShape(_Shape):
    """A way to tokens. ``provider`` knows the addresses and the scope; any other names its ``token_url``."""

    provider: Literal["google", "microsoft", "other"]
    client_id: _Line
    client_secret: _Printable | None = None
    refresh_token: _Printable | None = None
    """Without one the client asks in its own name."""
    tenant: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,100}$")] | None = None
    scope: _Line | None = None
    token_url: _Line | None = None

    @model_validator(mode="after")
    def know_enough(self) -> "OAuthShape":
        if self.provider == "microsoft" and not self.tenant:
            raise ValueError("tenant is missing; it is the directory's id or domain")
        if self.provider == "google" and not self.refresh_token:
            raise ValueError("refresh_token is missing; Google gives clients none in their own name")
        if not self.client_secret and not self.refresh_token:
            raise ValueError("client_secret or refresh_token is missing")
        if self.provider == "other" and not self.token_url:
            raise ValueError("token_url is missing")
        if self.token_url is not None and not _safe(self.token_url):
            raise ValueError("token_url is an https address without a query")
        return self

    def grant(self) -> Grant:
        """The same, with the provider's own addresses."""
        url, scope = self.token_url, self.scope
        if self.provider == "google":
            url = url or GOOGLE
        if self.provider == "microsoft":
            url = url or MICROSOFT.format(tenant=self.tenant)
            scope = scope or (MICROSOFT_AS_USER if self.refresh_token else MICROSOFT_AS_APP)
        return Grant(
            url or "", self.client_id, _told(self.client_secret), _told(self.refresh_token), scope or ""
        )


class MailboxShape(_Shape):
    """One entry of ``mailboxes``."""

    name: _Name
    host: _Line
    username: _Line
    port: int | None = Field(default=None, ge=1, le=65_535)
    tls: Tls = "tls"
    password: _Printable | None = None
    oauth: OAuthShape | None = None
    folder: _Line = "INBOX"
    """As the server writes it: beyond ASCII in modified UTF-7."""
    ca_file: str | None = None

    @model_validator(mode="after")
    def know_one_way_in(self) -> "MailboxShape":
        if (self.password is None) == (self.oauth is None):
            raise ValueError("either password or oauth is needed")
        if self.password is not None and not _printable(self.password.get_secret_value()):
            raise ValueError("password is printable ASCII")
        if self.tls == "none" and self.host not in _LOOPBACK:
            raise ValueError("tls: none is for this machine only")
        if self.ca_file is not None and not _authority(self.ca_file):
            raise ValueError("ca_file is a file of certificates in PEM that this process can read")
        return self

    def mailbox(self) -> Mailbox:
        """The same, complete."""
        return Mailbox(
            host=self.host,
            port=self.port or _PORTS[self.tls],
            username=self.username,
            password=_told(self.password),
            folder=self.folder,
            name=self.name,
            tls=self.tls,
            grant=self.oauth.grant() if self.oauth else None,
            ca_file=self.ca_file,
        )


def mailboxes_of(settings: Settings) -> tuple[Mailbox, ...]:
    """Every mailbox that is to be read; raises `UnsafeSettings` as `mailboxes_from`."""
    entries = read_document(settings).mailboxes if settings.mail_routes else ()
    return _distinct((*_single(settings), *mailboxes_from(entries)))


def mailboxes_from(entries: Sequence[Mapping[str, object]]) -> tuple[Mailbox, ...]:
    """The entries of a mail document's ``mailboxes``, with every ``${NAME}`` replaced.

    Raises:
        UnsafeSettings: One is not understood, would be read twice, or speaks in clear to another machine;
            says where in the document, and repeats no value.
    """
    if len(entries) > _MOST:
        raise UnsafeSettings(f"{NAME}: mailboxes has more than {_MOST} entries.", field="mailboxes")
    return _distinct([_entry(number, entry) for number, entry in enumerate(entries)])


def _entry(number: int, entry: Mapping[str, object]) -> Mailbox:
    try:
        return MailboxShape.model_validate(entry).mailbox()
    except ValidationError as wrong:
        raise _wrong(number, wrong.errors(include_url=False, include_input=False)[0]) from None


def _wrong(number: int, error: ErrorDetails) -> UnsafeSettings:
    places = [str(part) for part in error["loc"]]
    place = ".".join(["mailboxes", str(number), *places])
    said = error["msg"].removeprefix("Value error, ")
    match error["type"]:
        case "extra_forbidden":
            shape = OAuthShape if places[:1] == ["oauth"] and len(places) > 1 else MailboxShape
            said = f"is not known; there are: {', '.join(sorted(shape.model_fields))}"
        case "missing":
            said = "is missing"
        case "string_pattern_mismatch":
            said = "has characters that cannot stand there, or too many"
        case _:
            place += ":"
    return UnsafeSettings(f"{NAME}: {place} {said}.", field=place.rstrip(":"))


def _distinct(boxes: Sequence[Mailbox]) -> tuple[Mailbox, ...]:
    for what, keys in (
        ("name", [box.name for box in boxes]),
        ("account and folder", [box.id for box in boxes]),
    ):
        if len(set(keys)) < len(keys):
            raise UnsafeSettings(f"{NAME}: two mailboxes have the same {what}.", field="mailboxes")
    return tuple(boxes)


def _single(settings: Settings) -> Iterator[Mailbox]:
    if settings.imap_host:
        yield Mailbox(
            host=settings.imap_host,
            port=settings.imap_port or _PORTS[settings.imap_tls],
            username=settings.imap_username or "",
            password=_told(settings.imap_password),
            folder=settings.imap_mailbox,
            tls=settings.imap_tls,
        )


def _told(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _printable(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _safe(url: str) -> bool:
    try:
        where = urlsplit(url)
        known = where.scheme == "https" or (where.scheme == "http" and where.hostname in _LOOPBACK)
        return known and bool(where.hostname) and not any((where.username, where.query, where.fragment))
    except ValueError:
        return False


def _authority(path: str) -> bool:
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):
        return False
    return True
