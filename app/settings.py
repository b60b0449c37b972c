"""Every knob, typed, from the environment (or `.env`); unsafe production values are refused."""

import base64
import os
import re
import secrets
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from app.errors import UnsafeSettings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ONE_ROUTE = """such as '{kind: resend, key: "${RESEND_KEY}", receipts: {secrets: ["${RESEND_SECRET}"]}}'"""
_MOVED = frozenset(
    f"HEARDBACK_{name}"
    for name in (
        *("MAIL_HOOKS", "MAIL_ROUTE", "MAIL_FOLDER"),
        *("POSTMARK_TOKEN", "POSTMARK_BASE_URL", "POSTMARK_STREAM"),
        *("SMTP_HOST", "SMTP_PORT", "SMTP_TLS", "SMTP_USERNAME", "SMTP_PASSWORD"),
    )
)


def environment() -> Mapping[str, str]:
    """What the environment says and, below it, `.env`: as for every setting."""
    below = DotEnvSettingsSource(BaseSettings, env_file=".env", case_sensitive=True).env_vars
    return {**{name: value for name, value in below.items() if value is not None}, **os.environ}


class Settings(BaseSettings):
    """Set as `HEARDBACK_<NAME>`; `DATABASE_URL` and `REDIS_URL` go by their common names."""

    model_config = SettingsConfigDict(env_prefix="HEARDBACK_", env_file=".env", extra="ignore")

    mode: Literal["trial", "production"] = "trial"
    """`production` refuses settings that are only fit for trying out."""

    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    """Postgres 15 or newer; unset: a private Postgres in the data folder."""
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL")
    """Wakes the workers; unset: the work is done inside `serve`."""
    data_dir: Path = Path(".heardback")
    """Where the private Postgres, the master key and the mail folder live."""

    host: str = "127.0.0.1"
    port: int = 8321
    public_url: str = "http://127.0.0.1:8321"
    """How the outside reaches this service; used in links."""

    master_keys: SecretStr | None = None
    """Base64 keys of 32 bytes, comma-separated: the first seals, all open (rotation)."""

    max_body_bytes: int = Field(default=2_000_000, ge=1_000)
    intake_queue: int = Field(default=5_000, ge=1)
    """Webhooks that may wait to be stored; beyond it the door answers 503."""
    raw_body_days: int = Field(default=60, ge=30, le=90)

    mail_routes: SecretStr | None = None
    """How mail leaves and comes back: the path of a YAML or JSON file, or the JSON itself.

    Such as `{kind: resend, key: "${RESEND_KEY}"}`; more in `docs/mail-routes.md`. Unset: a folder, for trying
    out.
    """
    mail_route_a_minute: int = Field(default=300, ge=0)
    """Mails that leave by one route in a minute at most: no burst after an outage. 0: any number."""
    mail_recipients_a_minute: int = Field(default=120, ge=0)
    """Mails to all addresses of one domain in a minute at most. 0: any number."""
    mail_sender_a_day: int = Field(default=0, ge=0)
    """Mails from one domain of ours in a UTC day at most, while its reputation grows. 0: any number."""
    mail_from: str = "talent@heardback.example"
    mail_from_name: str = "Talent team"
    mail_domain: str = "heardback.example"
    """The domain of our Message-IDs."""
    reply_address: str | None = None
    """Where answers arrive, such as `reply@answers.example.com`: each mail gets a signed address under it.

    Its local part has at most 10 characters. Unset: answers go to the recruiter.
    """
    imap_host: str | None = None
    """A mailbox that answers and bounces come to, for mail over SMTP. Unset: none is read."""
    imap_port: int | None = Field(default=None, ge=1, le=65_535)
    """Unset: 993, or 143 with `starttls`."""
    imap_tls: Literal["tls", "starttls", "none"] = "tls"
    """`none` is for this machine only."""
    imap_username: str | None = None
    imap_password: SecretStr | None = None
    imap_mailbox: str = "INBOX"
    """As the server writes it: beyond ASCII in modified UTF-7."""

    company_name: str = "Your company"
    locale: str = "en"
    time_zone: str = "UTC"
    """The office's zone, for the calendar that is made on the first start."""
    holidays: str | None = None
    """Country, or country and subdivision, whose public holidays that calendar keeps: `DE`, `DE-BY`."""

    rephrase_url: str | None = None
    """A language model's API base, such as `https://api.example.com/v1`; unset: nothing is rephrased."""
    rephrase_key: SecretStr | None = None
    rephrase_model: str = ""
    rephrase_kinds: str = ""
    """Kinds, comma-separated; rephrased, they always need an approval. Unset: those that need one anyway."""
    rephrase_seconds: float = Field(default=10.0, ge=1, le=20)
    """The longest that one answer may take; it is asked for once."""
    rephrase_tokens_per_day: int = Field(default=200_000, ge=0)
    """Across all workers, by UTC day."""
    rephrase_limit_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """What the endpoint calls the limit on an answer's length."""
    rephrase_disclose: bool = True
    """Tell the candidate in a line that a language model had a hand in the wording."""

    poll: bool = True
    """Ask the ATS for what its webhooks never say."""
    lease_seconds: int = Field(default=30, ge=10)
    simulated_time: bool = False
    """Business time may be held and moved (the demo). Never in production."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    worker_name: str = Field(default_factory=lambda: f"{os.uname().nodename}-{os.getpid()}")

    @model_validator(mode="after")
    def refuse_what_has_moved(self) -> Self:
        if moved := sorted(_MOVED & environment().keys()):
            raise UnsafeSettings(f"{', '.join(moved)}: moved into HEARDBACK_MAIL_ROUTES, {_ONE_ROUTE}.")
        return self

    @model_validator(mode="after")
    def refuse_an_open_line_to_a_model(self) -> Self:
        if self.rephrase_url is None:
            return self
        where = urlsplit(self.rephrase_url)
        if where.scheme != "https" and not (where.scheme == "http" and where.hostname in _LOOPBACK):
            raise UnsafeSettings("Set HEARDBACK_REPHRASE_URL to an https address.")
        if not where.hostname or where.username or where.password or where.query or where.fragment:
            raise UnsafeSettings(
                "HEARDBACK_REPHRASE_URL is a host and a path; the key goes into its own setting."
            )
        if not self.rephrase_model:
            raise UnsafeSettings("Set HEARDBACK_REPHRASE_MODEL to the model's name.")
        return self

    @model_validator(mode="after")
    def refuse_an_open_or_half_set_mailbox(self) -> Self:
        if not self.imap_host:
            return self
        if self.imap_tls == "none" and self.imap_host not in _LOOPBACK:
            raise UnsafeSettings(
                "Set HEARDBACK_IMAP_TLS to tls or starttls; only this machine may be read in clear."
            )
        password = self.imap_password.get_secret_value() if self.imap_password else ""
        for name, value in (
            ("USERNAME", self.imap_username or ""),
            ("PASSWORD", password),
            ("MAILBOX", self.imap_mailbox),
        ):
            if not re.fullmatch(r"[ -~]{1,500}", value):
                raise UnsafeSettings(f"Set HEARDBACK_IMAP_{name}, in printable ASCII.")
        return self

    @model_validator(mode="after")
    def refuse_a_long_reply_address(self) -> Self:
        local, at, domain = (self.reply_address or "reply@example.com").rpartition("@")
        if not at or "." not in domain or not re.fullmatch(r"[a-z0-9._-]{1,10}", local):
            raise UnsafeSettings("HEARDBACK_REPLY_ADDRESS is a mailbox of up to 10 characters at a domain.")
        return self

    @model_validator(mode="after")
    def refuse_unsafe_production(self) -> Self:
        if self.mode == "production" and (wrong := list(self._unsafe())):
            raise UnsafeSettings("Not safe for production. " + " ".join(wrong))
        return self

    def _unsafe(self) -> list[str]:
        rules = {
            "Set DATABASE_URL to a Postgres of your own.": not self.database_url,
            "Set REDIS_URL, so that several workers share the load.": not self.redis_url,
            "Set HEARDBACK_MASTER_KEYS (make one with `heardback keys master`).": not self.master_keys,
            "Set HEARDBACK_PUBLIC_URL to an https address.": not self.public_url.startswith("https://"),
            f"Set HEARDBACK_MAIL_ROUTES, {_ONE_ROUTE}; a folder reaches nobody.": not self.mail_routes,
            "Set HEARDBACK_MAIL_FROM to an address of yours.": self.mail_from.endswith(".example"),
            "Set HEARDBACK_MAIL_DOMAIN to a domain of yours.": self.mail_domain.endswith(".example"),
            "Unset HEARDBACK_SIMULATED_TIME.": self.simulated_time,
            "Set HEARDBACK_COMPANY_NAME; candidates read it.": self.company_name == "Your company",
        }
        return [what for what, broken in rules.items() if broken]

    @property
    def mail_folder(self) -> Path:
        """Where mail is written while no routes are set."""
        return self.data_dir / "mail"

    @property
    def embedded(self) -> bool:
        return self.database_url is None

    @cached_property
    def master_key_bytes(self) -> tuple[bytes, ...]:
        """The keys, newest first; on trial settings made once and kept in the data folder."""
        if self.master_keys is not None:
            return tuple(_decode_key(k) for k in self.master_keys.get_secret_value().split(","))
        return (_kept_key(self.data_dir / "master.key"),)


def _decode_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError as wrong:
        raise UnsafeSettings("HEARDBACK_MASTER_KEYS must be base64.") from wrong
    if len(key) != 32:  # noqa: PLR2004  # AES-256
        raise UnsafeSettings("Each of HEARDBACK_MASTER_KEYS must be 32 bytes.")
    return key


def _kept_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _decode_key(path.read_text())
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_bytes(32)
        file.write(base64.b64encode(key).decode())
    return key
