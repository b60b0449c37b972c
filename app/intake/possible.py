"""Whether an ATS can do what a connection's settings ask of it. Pure."""

from app.ats.steps import WriteKind
from app.ats.vendor import VENDORS
from app.errors import Unprocessable
from app.intake.config import ConnectionSecrets, ConnectionSettings


def refuse_impossible(vendor: str, settings: ConnectionSettings, secrets: ConnectionSecrets) -> None:
    """Raises `Unprocessable`, naming the field, where the settings ask for what this ATS cannot do."""
    _refuse_write_back(vendor, settings)
    for field, modes in (
        ("default_delivery", [settings.default_delivery]),
        ("delivery", list(settings.delivery.values())),
    ):
        if "note_only" in modes:
            _refuse_note_only(vendor, secrets, field)


def _refuse_write_back(vendor: str, settings: ConnectionSettings) -> None:
    api, title = VENDORS[vendor].api, VENDORS[vendor].TITLE
    # A note is the default for all; where nothing can be written, none is.
    can = api.WRITES if api else frozenset[WriteKind]()
    refused = sorted({WriteKind(kind) for kind in settings.write_back} - can - {WriteKind.NOTE})
    if refused:
        known = ", ".join(sorted(can)) or "nothing, since it has no API"
        raise Unprocessable(f"{title} does not take a {refused[0]}; it takes {known}.", field="write_back")


def _refuse_note_only(vendor: str, secrets: ConnectionSecrets, field: str) -> None:
    if VENDORS[vendor].api is None:
        title = VENDORS[vendor].TITLE
        raise Unprocessable(f"{title} has no API to write notes; choose send or off.", field=field)
    if not secrets.may_ask:
        raise Unprocessable(
            "Without API credentials no note can be written; enter them first, or choose send or off.",
            field=field,
        )
