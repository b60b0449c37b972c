"""Templates as callers give and see them."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue, model_validator

from app.messages.liquid import MAX_TEMPLATE
from app.messages.schemas import FindingShown, MissingShown, SentenceShown
from app.schemas import Given, Shown

_PLACE: dict[str, JsonValue] = {"scope": "department:sales", "kind": "moved_on", "locale": "en"}
_WORDS: dict[str, JsonValue] = {
    "subject": "Next for you: {{ job.title }}",
    "preheader": "What happens now, and when you hear from us",
    "body": "Hello {{ candidate.first_name }},\n\nyou are in the next round …",
}
_SAVED: dict[str, JsonValue] = {
    "created_at": "2026-11-20T09:00:00Z",
    "created_by": "key:key_01jd2q8z6w3k",
}
_FINDING: dict[str, JsonValue] = {
    "rule": "fact-not-sure",
    "severity": "warning",
    "reason": "A message waits for a person wherever this is not known: the recruiter's title.",
    "suggestion": "Put the sentence between {% if … %} and {% endif %}, or give a default.",
}
_VERSION: dict[str, JsonValue] = {
    **_PLACE,
    "version": 3,
    "template_version": "9f2c01d4be77",
    "in_force": True,
    "trouble": None,
    "findings": [_FINDING],
    **_SAVED,
}
_PASSED: dict[str, JsonValue] = {
    "scope": "company",
    "locale": "en",
    "version": 2,
    "reason": "There is no fact shoe.size.",
}


def _like(example: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class TemplateShown(Shown):
    """A place that has, or had, a template of your own."""

    scope: str
    """``company``, ``department:<name>`` or ``job:<connection>/<the job's id in the ATS>``."""
    kind: str
    locale: str
    version: int | None
    """The version in force; empty while it is switched off."""
    chosen_at: datetime
    chosen_by: str

    model_config = _like(
        {
            **_PLACE,
            "version": 3,
            "chosen_at": "2026-11-20T09:00:00Z",
            "chosen_by": "key:key_01jd2q8z6w3k",
        }
    )


class ShippedShown(Shown):
    """A template that comes with Heardback."""

    kind: str
    locale: str
    template_version: str
    recipient: str
    """Whom its messages address."""
    required: list[str]
    """Facts without which its message waits for a person."""

    model_config = _like(
        {
            "kind": "moved_on",
            "locale": "en",
            "template_version": "51d0aa83c2fe",
            "recipient": "candidate",
            "required": ["candidate.first_name", "company.name", "job.title", "next_step.by"],
        },
    )


class FactShown(Shown):
    """A fact that a template may name."""

    name: str
    label: str

    model_config = _like({"name": "next_step.by", "label": "the date by which the candidate hears again"})


class PassedOverShown(Shown):
    """A stored template that cannot be used, and why; an older or a more general one is used instead."""

    scope: str
    locale: str
    version: int
    reason: str

    model_config = _like(_PASSED)


class TemplateEffective(Shown):
    """The words that count somewhere, and where they come from."""

    kind: str
    locale: str
    """Of the words, which may be a more general language than asked for."""
    from_scope: str
    """``shipped`` where they come with Heardback."""
    version: int | None
    """Of a template of your own."""
    template_version: str
    """As messages made from it keep it."""
    subject: str
    preheader: str
    body: str
    facts: list[str]
    """The facts that it names."""
    passed_over: list[PassedOverShown]

    model_config = _like(
        {
            "kind": "moved_on",
            "locale": "en",
            "from_scope": "department:sales",
            "version": 3,
            "template_version": "9f2c01d4be77",
            **_WORDS,
            "facts": ["job.title", "candidate.first_name"],
            "passed_over": [],
        },
    )


class VersionShown(Shown):
    """A version of a template of your own; it never changes."""

    scope: str
    kind: str
    locale: str
    version: int
    template_version: str
    in_force: bool
    trouble: str | None
    """Why it cannot be used, where an upgrade has made it so."""
    findings: list[FindingShown]
    """What the checks said of it on the sample application when it was saved."""
    created_at: datetime
    created_by: str

    model_config = _like(_VERSION)


class VersionDetail(VersionShown):
    """A version with its words."""

    subject: str
    preheader: str
    body: str

    model_config = _like({**_VERSION, **_WORDS})


class TemplateWords(Given):
    """Subject and preheader on one line, the body in Markdown; facts in Liquid."""

    subject: Annotated[str, Field(min_length=1, max_length=2_000)]
    preheader: Annotated[str, Field(max_length=2_000)]
    body: Annotated[str, Field(min_length=1, max_length=MAX_TEMPLATE)]

    model_config = _like(_WORDS)


class RollbackGiven(Given):
    """Which version shall be in force again; without a number the one before the present one."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None

    model_config = _like({"version": 2})


class PreviewGiven(Given):
    """What to try, and on whom: without words or a version what counts there; else on the sample."""

    words: TemplateWords | None = None
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    application_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None

    model_config = _like({"words": _WORDS, "application_id": "app_01jd2q8z6w3k7m9p5r1t0v4x2y"})

    @model_validator(mode="after")
    def _one_of_both(self) -> "PreviewGiven":
        if self.words is not None and self.version is not None:
            raise ValueError("Give words or a version, not both")
        return self


class TemplatePreview(Shown):
    """What would be said; nothing is stored."""

    from_scope: str | None
    """Whose words these are: ``tried`` for those of the request, ``shipped`` for Heardback's own."""
    version: int | None
    locale: str | None
    application_id: str | None
    follow_up_id: str | None
    """The follow-up of that kind that the application has, where it has one."""
    subject: str | None
    preheader: str | None
    text: str | None
    html: str | None
    sentences: list[SentenceShown]
    findings: list[FindingShown]
    missing: list[MissingShown]
    obstacle: str | None
    """Why there are no words, where it is no missing fact."""
    promises: list[datetime]

    model_config = _like(
        {
            "from_scope": "tried",
            "version": None,
            "locale": "en",
            "application_id": None,
            "follow_up_id": None,
            "subject": "Next for you: Embedded Engineer",
            "preheader": "What happens now, and when you hear from us",
            "text": "Hello Amara,\n\nyou are in the next round …",
            "html": "<p>Hello Amara,</p>…",
            "sentences": [
                {
                    "text": "Hello Amara,",
                    "facts": [{"name": "candidate.first_name", "source": "greenhouse:application/7001"}],
                }
            ],
            "findings": [_FINDING],
            "missing": [],
            "obstacle": None,
            "promises": [],
        },
    )
