"""Public holidays by country and subdivision, as plain dates to be stored, with where they came from.

The ``holidays`` package changes its answers with every release, so its dates are stored in the calendar
together with its version, and an upgrade shows a difference before it is taken over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import holidays as package

from app.errors import InvalidCalendar
from app.moments import HOLIDAYS_VERSION


def public_holidays(
    country: str, subdivision: str | None, years: Iterable[int], *, language: str | None = None
) -> dict[date, str]:
    """The public holidays of those years with their names, observed days included, in order of date.

    ``country`` is an ISO 3166-1 code such as ``US``, ``subdivision`` what follows its dash in ISO 3166-2 (or
    None for the whole country). Names are English where the package has them, unless ``language`` says
    otherwise. Raises ``InvalidCalendar`` for a country, subdivision or language the package does not know.
    """
    wanted = set(years)
    known = _known(country, subdivision, wanted, language)
    return {day: known[day] for day in sorted(known) if day.year in wanted}


def working_weekends(country: str, subdivision: str | None, years: Iterable[int]) -> list[date]:
    """Weekend dates of those years that the country works to make up for a holiday, as China does."""
    wanted = set(years)
    known = _known(country, subdivision, wanted, None)
    return sorted(day for day in known.weekend_workdays if day.year in wanted)


def provenance(country: str, subdivision: str | None, years: Iterable[int]) -> dict[str, Any]:
    """Where stored holidays came from, as JSON values."""
    return {
        "source": "holidays",
        "version": HOLIDAYS_VERSION,
        "country": country,
        "subdivision": subdivision,
        "years": sorted(set(years)),
        "dates": [day.isoformat() for day in public_holidays(country, subdivision, years)],
    }


@dataclass(frozen=True, slots=True)
class HolidayDiff:
    """What an upgrade would change; false when nothing."""

    added: Mapping[date, str]
    removed: Mapping[date, str]
    renamed: Mapping[date, tuple[str, str]]
    """Dates that stay closed, with their old and new name: no due time moves."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed)

    def as_dict(self) -> dict[str, Any]:
        """The difference as JSON values."""
        return {
            "added": {str(day): name for day, name in self.added.items()},
            "removed": {str(day): name for day, name in self.removed.items()},
            "renamed": {str(day): {"from": old, "to": new} for day, (old, new) in self.renamed.items()},
        }


def diff(old: Mapping[date, str], new: Mapping[date, str]) -> HolidayDiff:
    """What changes from the stored holidays to the new ones."""
    return HolidayDiff(
        added={day: new[day] for day in sorted(new.keys() - old.keys())},
        removed={day: old[day] for day in sorted(old.keys() - new.keys())},
        renamed={
            day: (old[day], new[day]) for day in sorted(old.keys() & new.keys()) if old[day] != new[day]
        },
    )


def _known(
    country: str, subdivision: str | None, years: set[int], language: str | None
) -> package.HolidayBase:
    """The package's answer for the years and their neighbours.

    A New Year on a Saturday is observed on 31 December: the package gives that date for 2027 and not for the
    2028 it belongs to (holidays 0.109; its issues 7, 625, 707 and 1000 tell of releases that did otherwise).
    So the years on either side are built too, and a date belongs to the year that is written on it.
    """
    around = sorted({year + step for year in years for step in (-1, 0, 1)})
    try:
        plain = package.country_holidays(country, subdiv=subdivision)
    except NotImplementedError as unknown:
        field = "subdivision" if "subdivision" in str(unknown) else "country"
        raise InvalidCalendar(f"{unknown}.", field=field) from unknown
    if language is not None and language not in plain.supported_languages:
        raise InvalidCalendar(f"Languages for {country}: {plain.supported_languages}.", field="language")
    # Left to itself the package follows the process's locale, and names are part of a calendar's content.
    english = "en_US" if "en_US" in plain.supported_languages else plain.default_language
    return package.country_holidays(
        country, subdiv=subdivision, years=around, expand=False, language=language or english
    )
