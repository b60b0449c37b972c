"""One rich, invented application in every language: for previews, the golden messages and their sheet."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from zoneinfo import ZoneInfo

import yaml

from app.messages.dates import spoken_date, spoken_day
from app.messages.facts import Facts, FactValue
from app.messages.liquid import Value

SAMPLE_NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
"""The instant at which the sample's dates are still to come."""
_ZONE = ZoneInfo("Europe/Berlin")
_SOURCES = MappingProxyType(
    {"application": "greenhouse:application/7001", "policy": "policy:decide", "person": "person:approver"}
)
_Given = Value | date | datetime


@cache
def sample_facts(locale: str = "en") -> Facts:
    """Every fact a template may name, in a reader's language; what is not translated is English.

    ``locale`` is such as ``de`` or ``en-US``; dates follow its territory.
    """
    given = dict(_read("en")) | dict(_read(locale.replace("_", "-").partition("-")[0]))
    return Facts({name: FactValue(_said(value, locale), source) for name, (value, source) in given.items()})


def _read(language: str) -> Iterator[tuple[str, tuple[_Given, str]]]:
    file = files("app.messages").joinpath("samples", f"{language}.yaml")
    if not language.isalpha() or not file.is_file():
        return
    groups: Mapping[str, Mapping[str, _Given]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    for group, values in groups.items():
        for name, value in values.items():
            yield name, (value, _SOURCES[group])


def _said(value: _Given, locale: str) -> Value:
    if isinstance(value, datetime):
        return spoken_date(value, _ZONE, locale, with_time=True)
    return spoken_day(value, locale) if isinstance(value, date) else value
