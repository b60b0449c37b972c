"""Which words a message is written with: those of its job, its department, its company, or Heardback's own.

A *scope* says where a company's own template holds: ``company``, ``department:<name>`` (case and white space
do not matter) or ``job:<connection>/<the job's id in the ATS>``. The language is chosen first, so that a
German reader gets the German words that come with Heardback rather than a company's English ones; in that
language the most specific place wins, and there ``de-AT`` wins over ``de``.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.errors import InvalidTemplate, NotFound
from app.followups.catalogue import KINDS
from app.messages.dates import locale_of
from app.messages.facts import Facts
from app.messages.language import tidy
from app.messages.library import DEFAULT_LOCALE, Template, load_templates
from app.messages.render import Rendered, render
from app.messages.rules.base import Finding, Severity
from app.timeline.truth import JobTruth

COMPANY, SHIPPED = "company", "shipped"
MAX_SCOPE = 300
_JOB = re.compile(r"job:([^/\s]+)/(\S(?:.*\S)?)")
Key = tuple[str, str]
"""A kind and a language tag."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A stored template that would be used here and cannot be, such as after an upgrade; and why."""

    scope: str
    key: Key
    version: int
    reason: str


@dataclass(frozen=True)
class Shelf:
    """The templates of one scope."""

    scope: str
    templates: Mapping[Key, Template]
    versions: Mapping[Key, int]
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A template and where it comes from; ``version`` is None for what comes with Heardback."""

    template: Template
    scope: str
    version: int | None


@dataclass(frozen=True)
class Templates:
    """The templates of one application, the most specific first."""

    shelves: tuple[Shelf, ...] = ()

    @cached_property
    def available(self) -> Collection[Key]:
        """The kinds and languages in which there are words, as ``locale_for`` wants them."""
        if not self.shelves:
            return load_templates()
        return load_templates().keys() | {key for shelf in self.shelves for key in shelf.templates}

    def candidates(self, kind: str, locale: str) -> Iterator[Place]:
        """The templates for a reader's locale, the one to use first; the others are for when it fails."""
        tag = tidy(locale) or DEFAULT_LOCALE
        language = tag.partition("-")[0]
        for wished in ((tag, language), (DEFAULT_LOCALE,)):
            for shelf in (*self.shelves, _shipped()):
                for key in ((kind, each) for each in dict.fromkeys(wished)):
                    if key in shelf.templates:
                        yield Place(shelf.templates[key], shelf.scope, shelf.versions.get(key))

    def passed_over(self, kind: str, locale: str) -> Iterator[PassedOver]:
        """Those of that kind and language that cannot be used."""
        language = tidy(locale).partition("-")[0]
        for shelf in self.shelves:
            for one in shelf.passed_over:
                if one.key[0] == kind and one.key[1].partition("-")[0] == language:
                    yield one


def _shipped() -> Shelf:
    return Shelf(SHIPPED, load_templates(), {})


def write_words(
    templates: Templates, kind: str, facts: Facts, locale: str
) -> tuple[Rendered, list[Finding], Place]:
    """The message in the first of its templates that can be used, with a warning for each passed over.

    Raises ``MissingFact`` as ``render`` does; ``InvalidTemplate`` where nothing can be used.
    """
    findings = [_told(one.scope, one.version, one.reason) for one in templates.passed_over(kind, locale)]
    failure = InvalidTemplate(f"There is no template for {kind}.")
    for place in templates.candidates(kind, locale):
        try:
            return render(place.template, facts, locale), findings, place
        except InvalidTemplate as wrong:
            failure = wrong
            findings.append(_told(place.scope, place.version, wrong.detail))
    raise failure


def _told(scope: str, version: int | None, reason: str) -> Finding:
    return Finding(
        "template-passed-over",
        Severity.WARNING,
        f"The template of {scope}{f', version {version},' if version else ''} cannot be used: {reason}",
        "Save a corrected version; until then an older or a more general one is used.",
    )


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a company's own template: its scope, its kind, and its language tag."""

    scope: str
    kind: str
    locale: str

    @property
    def subject(self) -> str:
        """What the audit names; the scope is in its detail."""
        return f"templates/{self.kind}/{self.locale}"


def parse_place(scope: str, kind: str, locale: str) -> Where:
    """A place written one way; raises ``NotFound`` for a kind that there is not, ``InvalidTemplate``."""
    if kind not in KINDS:
        raise NotFound("There is no kind of follow-up of that name.")
    tag = tidy(locale)
    if not tag or locale_of(tag).language != tag.partition("-")[0]:
        raise InvalidTemplate("That is no language tag such as en, de or pt-BR.", field="locale")
    return Where(parse_scope(scope), kind, tag)


def parse_scope(text: str) -> str:
    """A scope as it is stored; raises ``InvalidTemplate`` naming the field ``scope``."""
    given = " ".join(text.split())
    if given == COMPANY:
        return COMPANY
    if given.startswith("department:") and (name := given.removeprefix("department:").strip()):
        return _bounded(f"department:{name.casefold()}")
    if _JOB.fullmatch(given):
        return _bounded(given)
    raise InvalidTemplate(
        "A scope is company, department:<name>, or job:<connection>/<the job's id in the ATS>.", field="scope"
    )


def _bounded(scope: str) -> str:
    if len(scope) > MAX_SCOPE or not scope.isprintable():
        raise InvalidTemplate(f"A scope has at most {MAX_SCOPE} printable characters.", field="scope")
    return scope


def connection_of(scope: str) -> str | None:
    """The connection that a job's scope names."""
    found = _JOB.fullmatch(scope)
    return found.group(1) if found else None


def job_of(scope: str) -> str | None:
    """The job's id in the ATS that a job's scope names."""
    found = _JOB.fullmatch(scope)
    return found.group(2) if found else None


def scopes_of(connection_id: str, job: JobTruth) -> tuple[str, ...]:
    """The scopes that hold for an application to this job, the most specific first."""
    own = (f"job:{connection_id}/{' '.join(job.external_id.split())}",) if job.external_id else ()
    departments = (" ".join(name.split()).casefold() for name in job.departments)
    return (*own, *(f"department:{name}" for name in departments if name), COMPANY)
