"""Teamtailor's JSON:API: rows with attributes and relationships, from webhooks and answers alike.

Attributes are written in kebab-case; the documentation lists some in snake_case, so both are read (Teamtailor
company webhook docs of 2026-06-11, API docs of 2021-02-01, read 2026-11).
"""

from collections.abc import Iterator
from datetime import datetime

from app.ats.fields import Json, child, children, identity, instant


def attribute(row: Json, name: str) -> object:
    """The row's attribute of that kebab-case name, however it is written; None where there is none."""
    attributes = child(row, "attributes")
    found = attributes.get(name)
    return attributes.get(name.replace("-", "_")) if found is None else found


def has_attribute(row: Json, name: str) -> bool:
    """Whether the row mentions the attribute at all."""
    attributes = child(row, "attributes")
    return name in attributes or name.replace("-", "_") in attributes


def moment(row: Json, name: str) -> datetime | None:
    """The attribute as an instant in UTC."""
    return instant(attribute(row, name))


def related(row: Json, name: str) -> str | None:
    """The id of the one that the row is related to; known only where the relation was asked for."""
    linked = child(child(child(row, "relationships"), name), "data")
    return identity(linked.get("id")) or identity(attribute(row, f"{name}-id"))


def all_related(row: Json, name: str) -> Iterator[str]:
    """The ids of all that the row is related to by that name."""
    linked = child(child(row, "relationships"), name)
    return (found for one in children(linked, "data") if (found := identity(one.get("id"))))
