"""Facts that every vendor makes alike, with one key whichever door they came through."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.ats.canonical import Fact, FactKind
from app.ats.fields import digest, stamp

_THEY_REJECTED_US = "THEY_REJECTED_US"


def snapshot(
    kind: FactKind,
    subject: str,
    data: Mapping[str, Any],
    at: datetime | None,
    *,
    unless: str | None = None,
    **ids: str | None,
) -> Fact:
    """Attributes as of an instant. ``unless`` marks the place of a snapshot that has no time of its own.

    The key holds the time and a content hash: the same state seen twice at the same time is one fact, and a
    state that comes back later is a fact of its own.
    """
    return Fact(kind, f"{subject}:as-of:{stamp(at) or unless or ''}:{digest(data)}", at, data=data, **ids)


def created(application: str, at: datetime, candidate: str | None, job: str | None) -> Fact:
    """The application came into being."""
    key = f"application:{application}:created"
    return Fact(FactKind.APPLICATION_CREATED, key, at, application, candidate, job)


def ending(
    application: str, at: datetime | None, candidate: str | None, job: str | None, data: Mapping[str, Any]
) -> Fact:
    """A rejection, or a withdrawal where the reason's type says that the candidate turned the company down.

    The key holds the reason, so that an edited reason is news; one without a reason sorts before one with.
    """
    kind_of_reason = re.sub(r"[^A-Z]+", "_", (data.get("reason_type") or "").upper()).strip("_")
    withdrawn = kind_of_reason == _THEY_REJECTED_US
    kind = FactKind.WITHDRAWN if withdrawn else FactKind.REJECTED
    key = f"application:{application}:rejected:{stamp(at) or ''}:{data.get('reason_id') or ''}"
    return Fact(kind, key, at, application, candidate, job, data)
