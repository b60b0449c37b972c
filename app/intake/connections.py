"""Connections: added, listed, their secrets rotated. Nothing here commits; the caller's unit of work does."""

import json
import re
import secrets as random
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.fields import Json
from app.ats.http import Account
from app.ats.steps import Signer
from app.ats.vendor import VENDORS
from app.errors import UnknownConnection, Unprocessable
from app.ids import new_id
from app.intake.config import ACTIVE_SECRETS, MOST_SECRETS, ConnectionSecrets, ConnectionSettings
from app.intake.models import Connection
from app.intake.possible import refuse_impossible
from app.privacy.vault import Vault

CREDENTIALS = ("client_id", "client_secret", "api_key", "acting_user")
"""What may be known of an account's API, by the names of `ConnectionSecrets`."""

_WRITABLE = re.compile(r"[\x20-\x7e]{1,500}")


async def add(
    session: AsyncSession,
    vault: Vault,
    *,
    vendor: str,
    name: str,
    settings: ConnectionSettings,
    secrets: ConnectionSecrets,
    now: datetime,
    trial: bool = False,
) -> Connection:
    """A new, enabled connection; its webhooks are accepted as soon as it is committed.

    Raises:
        Unprocessable: The vendor is not known, the settings name another API outside of a trial or none, or
            they ask for what this ATS cannot do.
    """
    _refuse_unknown(vendor)
    _refuse_wrong(vendor, settings, secrets, trial=trial)
    connection = Connection(
        id=new_id("con"),
        vendor=vendor,
        name=name,
        settings=settings.model_dump(mode="json"),
        secrets=b"",
        created_at=now,
    )
    _seal(connection, vault, secrets)
    session.add(connection)
    await session.flush()
    return connection


def first_secrets(vendor: str, given: Mapping[str, str | None]) -> tuple[ConnectionSecrets, str | None]:
    """The secrets of a new connection, and its signing secret where we made one to be entered in the ATS.

    ``given`` holds `CREDENTIALS` and ``signing_secret``, as far as they are known. Where the ATS signs with
    the API key, that is the signing secret; where it makes its own, one that nobody knows stands in for it
    until it is entered. Raises `Unprocessable`, naming the field.
    """
    _refuse_unknown(vendor)
    signer = VENDORS[vendor].setup.SIGNER
    told = {name: value.strip() for name, value in given.items() if value and value.strip()}
    known = {name: told.get(name) for name in CREDENTIALS}
    _refuse_unwritable(known)
    by_key = signer is Signer.API_KEY and "api_key" in told and "signing_secret" not in told
    field = "api_key" if by_key else "signing_secret"
    signing = told.get(field) or new_secret()
    secrets = _with_signing({**known}, [signing], field)
    return secrets, signing if signer is Signer.US and field not in told else None


async def list_all(session: AsyncSession) -> Sequence[Connection]:
    """Every connection, oldest first."""
    found = await session.scalars(select(Connection).order_by(col(Connection.id)))
    return found.all()


async def get(session: AsyncSession, connection_id: str, *, lock: bool = False) -> Connection:
    """The connection of that id, locked for a change if asked; raises `UnknownConnection`."""
    connection = await session.get(Connection, connection_id, with_for_update=lock, populate_existing=lock)
    if connection is None:
        raise UnknownConnection
    return connection


async def rotate_secret(
    session: AsyncSession,
    vault: Vault,
    connection_id: str,
    new: str | None = None,
) -> str:
    """A new signing secret beside the present one, which stays active until it is retired; older ones go.

    Args:
        session: The unit of work.
        vault: Opens and seals the secrets.
        connection_id: Whose.
        new: The new secret, of 16 printable characters or more; None to have one made.

    Returns:
        The new secret, to be shown once and entered in the ATS.

    Raises:
        UnknownConnection: There is no such connection.
        Unprocessable: The given secret is too weak, or none was given for an ATS that cannot be given ours.
    """
    connection = await get(session, connection_id, lock=True)
    known, signer = secrets_of(connection, vault), VENDORS[connection.vendor].setup.SIGNER
    if new is None:
        _refuse_ours(connection.vendor, signer)
    chosen = new_secret() if new is None else new
    kept = [secret for secret in known.signing_secrets if secret != chosen]
    # A vendor that makes a secret for each webhook has them entered one by one.
    most = MOST_SECRETS if signer is Signer.VENDOR else ACTIVE_SECRETS
    _seal(connection, vault, _with_signing(known.model_dump(), [chosen, *kept][:most]))
    await session.flush()
    return chosen


async def add_secrets(session: AsyncSession, vault: Vault, connection_id: str, made: Sequence[str]) -> None:
    """Accepts these signing secrets, which the vendor made, before those known; the oldest go.

    Raises `UnknownConnection`, and `Unprocessable` where one is too weak.
    """
    connection = await get(session, connection_id, lock=True)
    known = secrets_of(connection, vault)
    kept = [secret for secret in known.signing_secrets if secret not in made]
    _seal(connection, vault, _with_signing(known.model_dump(), [*made, *kept][:MOST_SECRETS]))
    await session.flush()


def change_settings(
    connection: Connection, vault: Vault, settings: ConnectionSettings, *, trial: bool = False
) -> None:
    """Treats the connection, which is locked, as these settings say.

    Raises `Unprocessable` where they name another API outside of a trial or none, or ask for what this ATS
    cannot do.
    """
    _refuse_wrong(connection.vendor, settings, secrets_of(connection, vault), trial=trial)
    connection.settings = settings.model_dump(mode="json")


async def set_credentials(
    session: AsyncSession, vault: Vault, connection_id: str, given: Mapping[str, str], *, signs: bool = False
) -> None:
    """New API credentials, by the names in `CREDENTIALS`; others stay.

    ``signs`` says that the API key also signs the webhooks: then the former one is accepted beside it. Raises
    `UnknownConnection`, and `Unprocessable`, naming the field.
    """
    _refuse_unwritable(given)
    connection = await get(session, connection_id, lock=True)
    known = secrets_of(connection, vault)
    signing, key = known.signing_secrets, given.get("api_key")
    if signs and key:
        signing = [key, *(secret for secret in signing if secret != key)][:ACTIVE_SECRETS]
    _seal(connection, vault, _with_signing({**known.model_dump(), **given}, signing, "api_key"))
    await session.flush()


async def retire_old_secret(session: AsyncSession, vault: Vault, connection_id: str) -> None:
    """From now on only the newest signing secret is accepted; raises `UnknownConnection`."""
    connection = await get(session, connection_id, lock=True)
    known = secrets_of(connection, vault)
    _seal(connection, vault, _with_signing(known.model_dump(), known.signing_secrets[:1]))
    await session.flush()


def new_secret() -> str:
    """A signing secret of 43 characters (256 bits)."""
    return random.token_urlsafe(32)


def secrets_of(connection: Connection, vault: Vault) -> ConnectionSecrets:
    """The opened secrets; raises `CannotOpen` where the master key is not here."""
    return open_secrets(connection.id, connection.secrets, vault)


def open_secrets(connection_id: str, sealed: bytes, vault: Vault) -> ConnectionSecrets:
    """The secrets out of the table's columns; raises `CannotOpen`.

    What a newer version keeps beside them is passed over: while it is rolled out, or back, no webhook is
    refused for that.
    """
    stored: Json = json.loads(vault.unseal(sealed, _about(connection_id)))
    known = ConnectionSecrets.model_fields
    return ConnectionSecrets.model_validate({name: stored[name] for name in known if name in stored})


def settings_of(connection: Connection) -> ConnectionSettings:
    """As stored; what an older version knew and this one does not is passed over."""
    known = ConnectionSettings.model_fields
    said = {name: value for name, value in connection.settings.items() if name in known}
    return ConnectionSettings.model_validate(said)


def webhook_url(public_url: str, connection_id: str) -> str:
    """Where the ATS sends its webhooks."""
    return f"{public_url.rstrip('/')}/webhooks/{connection_id}"


def account_of(settings: ConnectionSettings, secrets: ConnectionSecrets) -> Account:
    """The way into the vendor's API that a connection describes."""
    return Account(
        client_id=secrets.client_id or "",
        client_secret=secrets.client_secret or "",
        user=secrets.acting_user,
        api_base=settings.base_url,
        auth_url=settings.auth_url,
        api_key=secrets.api_key or "",
        site=settings.site or "",
    )


def _refuse_unknown(vendor: str) -> None:
    if vendor not in VENDORS:
        raise Unprocessable(f"Unknown vendor; known are: {', '.join(sorted(VENDORS))}.", field="vendor")


def _refuse_wrong(
    vendor: str, settings: ConnectionSettings, secrets: ConnectionSecrets, *, trial: bool
) -> None:
    settings.refuse_foreign_addresses(trial=trial)
    refuse_impossible(vendor, settings, secrets)
    api = VENDORS[vendor].api
    if api is not None and secrets.may_ask:
        api.api_base(account_of(settings, secrets))


def _refuse_unwritable(given: Mapping[str, str | None]) -> None:
    for name, value in given.items():
        if value and not _WRITABLE.fullmatch(value):
            raise Unprocessable("Up to 500 printable ASCII characters, as the ATS shows it.", field=name)


def _refuse_ours(vendor: str, signer: Signer) -> None:
    title = VENDORS[vendor].TITLE
    if signer is Signer.VENDOR:
        raise Unprocessable(f"{title} makes the secret itself: give the one that it shows.", field="secret")
    if signer is Signer.API_KEY:
        words = f"{title} signs with the API key: enter a new one with `heardback connections credentials`."
        raise Unprocessable(words, field="secret")


def _with_signing(
    known: Mapping[str, object], signing: Sequence[str], field: str = "secret"
) -> ConnectionSecrets:
    try:
        return ConnectionSecrets.model_validate({**known, "signing_secrets": list(signing)})
    except ValueError:
        raise Unprocessable(
            "What signs is 16 to 500 printable ASCII characters without spaces.", field=field
        ) from None


def _seal(connection: Connection, vault: Vault, secrets: ConnectionSecrets) -> None:
    connection.secrets = vault.seal(secrets.model_dump_json().encode(), _about(connection.id))


def _about(connection_id: str) -> str:
    return f"secrets of {connection_id}"
