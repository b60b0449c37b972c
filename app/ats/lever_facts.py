"""What several of Lever's modules need: instants in milliseconds, ids that may be expanded, and names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.ats.canonical import PersonFields, PersonRole
from app.ats.fields import Answers, Json, child, children, identity, stamp, text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = 7_258_118_400_000
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_LEVER_URL = re.compile(r"https://hire(?:\.(?:eu|sandbox))?\.lever\.co/[A-Za-z0-9/_?=&%.-]*", re.ASCII)
_WITHDREW = re.compile(
    r"^(?:candidate |applicant |self[ -]?)?(?:has )?withdr(?:ew|awn|awal)\b(?! (?:offer|the offer|our))"
    r"|\boffer (?:was )?declined\b|\b(?:candidate|applicant) (?:declined|rejected|withdrew)\b"
    r"|\bdeclined (?:the |our )?offer\b"
    r"|\b(?:accepted|took|taken|has) (?:an)?other (?:offer|job|role|position)\b"
    r"|\b(?:candidate|applicant) (?:is )?not interested\b|\b(?:no longer|lost) interest",
    re.IGNORECASE,
)


def moment(value: object) -> datetime | None:
    """An instant from Lever's milliseconds since 1970, aware; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _LAST_MS:
        return None
    return _EPOCH + timedelta(milliseconds=value)


def milliseconds(at: datetime) -> int:
    """The same instant as Lever writes it."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def written(value: object) -> str | None:
    """Lever's instant as it stands in facts."""
    return stamp(moment(value))


def safe_id(value: object) -> str | None:
    """An id that may stand in an address: letters, digits, ``-`` and ``_``."""
    found = identity(value)
    return found if found and _ID.fullmatch(found) else None


def ref(value: object) -> str | None:
    """The id of something that may be expanded to an object."""
    return safe_id(value.get("id") if isinstance(value, dict) else value)


def opportunity_url(value: object) -> str | None:
    """The opportunity's page in Lever, or None for anything that is not an address of Lever."""
    url = text(value)
    return url if url and _LEVER_URL.fullmatch(url) else None


def withdrew(reason: str | None) -> bool:
    """Whether the text of an archive reason says that the candidate turned the company down.

    Lever's API knows only hired and not hired, so the account's own words decide.
    """
    return bool(reason and _WITHDREW.search(reason))


def is_prospect(stage: str | None) -> bool:
    """Leads have fixed stage ids (Lever docs, read 2026-11)."""
    return bool(stage and stage.startswith("lead-"))


def member(row: Json) -> PersonFields | None:
    """A user of Lever, from any object that names one."""
    user = safe_id(row.get("id"))
    if user is None:
        return None
    return PersonFields(
        PersonRole.MEMBER, user, name=text(row.get("name")), email=text(row.get("email"), 254)
    )


def split_name(name: str | None) -> tuple[str | None, str | None]:
    """The first and the other words of a full name; nothing where it begins with a title or is turned round.

    Lever keeps one name only, and letters address people by the first one.
    """
    first, _, rest = (name or "").partition(" ")
    if not first or "," in (name or "") or first.endswith(".") or "@" in first:
        return None, None
    return first, rest.strip() or None


def opportunities(answers: Answers) -> dict[str, Json]:
    """The opportunities among the answers, by id."""
    found: dict[str, Json] = {}
    for resource, rows in answers.items():
        if resource.startswith("opportunity/"):
            found |= {external_id: row for row in rows if (external_id := safe_id(row.get("id")))}
    return found


@dataclass(frozen=True, slots=True)
class Case:
    """One opportunity with what the other lists say of it; an opportunity has at most one application."""

    id: str
    row: Json
    application: Json
    stages: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, Json] = field(default_factory=dict)

    @classmethod
    def of(cls, external_id: str, row: Json, answers: Answers) -> "Case":
        """Gathers from the answers what belongs to the opportunity."""
        stages = {
            stage: name
            for one in [*answers.get("stages", ()), child(row, "stage")]
            if (stage := safe_id(one.get("id"))) and (name := text(one.get("text")))
        }
        reasons = {
            reason: one for one in answers.get("archive_reasons", ()) if (reason := safe_id(one.get("id")))
        }
        return cls(external_id, row, application_of(external_id, row, answers), stages, reasons)

    @property
    def job(self) -> str | None:
        """The posting."""
        return ref(self.application.get("posting"))

    @property
    def at(self) -> datetime | None:
        """As of when the opportunity is told."""
        return moment(self.row.get("updatedAt"))

    @property
    def stage(self) -> str | None:
        """The present stage's id."""
        return ref(self.row.get("stage"))

    @property
    def ids(self) -> tuple[str, str, str | None]:
        """Application, candidate and job. The opportunity is both of the first, as in Lever's older API."""
        return self.id, self.id, self.job


def application_of(external_id: str, row: Json, answers: Answers) -> Json:
    """The opportunity's application, expanded in it or listed beside it; empty where there is none."""
    listed = [*children(row, "applications"), *answers.get(f"applications/{external_id}", ())]
    return listed[0] if listed else {}
