"""The rows of the simulated Teamtailor, in JSON:API's shape, from which both of its doors speak."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

Row = dict[str, Any]

KINDS = (
    "job-applications",
    "candidates",
    "jobs",
    "stages",
    "reject-reasons",
    "users",
    "departments",
    "notes",
    "todos",
)
_ZONE = timezone(timedelta(hours=1))


def written(at: datetime) -> str:
    """An instant as Teamtailor writes it: with milliseconds and an offset."""
    return at.astimezone(_ZONE).isoformat(timespec="milliseconds")


@dataclass(slots=True)
class World:
    """Rows by type and id. Ids grow through all types, so no two things share one."""

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    last_id: int = 70_000

    def add(
        self, kind: str, at: datetime, attributes: Mapping[str, Any], **links: tuple[str, str | None]
    ) -> str:
        """A new row with its times; ``links`` are types and ids of related rows. Its id."""
        self.last_id += 1
        times = {"created-at": written(at), "updated-at": written(at)}
        related = {name.replace("_", "-"): to for name, to in links.items()}
        row = {"attributes": {**attributes, **times}, "links": related}
        self.rows[kind][str(self.last_id)] = row
        return str(self.last_id)

    def change(self, kind: str, row_id: str, at: datetime, **values: object) -> None:
        """New values, by snake-case names, and a new ``updated-at``; raises `KeyError`."""
        changed = {name.replace("_", "-"): value for name, value in values.items()}
        self.rows[kind][row_id]["attributes"].update(changed, **{"updated-at": written(at)})

    def link(self, kind: str, row_id: str, name: str, to: tuple[str, str | None]) -> None:
        """Relates the row to another one."""
        self.rows[kind][row_id]["links"][name] = to

    def linked(self, kind: str, row_id: str, name: str) -> str:
        """The id of the related row; raises `KeyError` where there is none."""
        found = self.rows[kind][row_id]["links"][name][1]
        if found is None:
            raise KeyError(name)
        return str(found)

    def naming(self, kind: str, name: str, row_id: str) -> list[str]:
        """The ids of the rows of a type that are related to that one, oldest first."""
        return [one for one, row in self.rows[kind].items() if row["links"].get(name, ("", ""))[1] == row_id]

    def shown(self, kind: str, row_id: str, include: frozenset[str] = frozenset()) -> Row:
        """The row as the API shows it: who is related is told only where it was asked for."""
        row = self.rows[kind][row_id]
        hidden = ("job-title", "transparent-recruiting-visible-at") if kind == "job-applications" else ()
        attributes = {name: value for name, value in row["attributes"].items() if name not in hidden}
        relations: Row = {}
        for name, (to, other) in row["links"].items():
            relations[name] = {"links": {"related": f"/v1/{kind}/{row_id}/{name}"}}
            if name in include:
                relations[name]["data"] = {"type": to, "id": other} if other else None
        if kind == "candidates" and "job-applications" in include:
            ids = self.naming("job-applications", "candidate", row_id)
            relations["job-applications"] = {"data": [{"type": "job-applications", "id": one} for one in ids]}
        return {"id": row_id, "type": kind, "attributes": attributes, "relationships": relations}

    def related(self, kind: str, row_id: str, include: frozenset[str]) -> list[tuple[str, str]]:
        """Type and id of each row that is related by the names in ``include``."""
        links = self.rows[kind][row_id]["links"]
        found = [(to, other) for name, (to, other) in links.items() if name in include and other]
        if kind == "candidates" and "job-applications" in include:
            found += [
                ("job-applications", one) for one in self.naming("job-applications", "candidate", row_id)
            ]
        return found

    def told(self, application: str) -> Row:
        """The attributes of an application as its webhooks write them: a part, and no candidate."""
        row = self.rows["job-applications"][application]
        values, job = row["attributes"], self.linked("job-applications", application, "job")
        stage = self.rows["stages"][self.linked("job-applications", application, "stage")]["attributes"]
        return {
            "updated-at": values["updated-at"],
            "job-id": int(job),
            "job-title": self.rows["jobs"][job]["attributes"]["title"],
            "last-moved-at": values["changed-stage-at"],
            "stage-name": stage["name"],
            "referring-site": values["referring-site"],
            "referring-url": values["referring-url"],
            "referer-id": None,
            "rejected-at": values["rejected-at"],
            "promotion-id": None,
            "company-uuid": "5f1f4f0e-0000-4000-8000-000000000001",
            "transparent-recruiting-visible-at": values["transparent-recruiting-visible-at"],
        }
