"""A template on trial before it is stored: what makes it unusable, what is worth a second look. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from app.errors import InvalidTemplate, MissingFact
from app.followups.catalogue import KINDS, Kind
from app.messages.checks import check
from app.messages.facts import LABELS, Facts, describe
from app.messages.library import Template
from app.messages.liquid import compile_template
from app.messages.render import Rendered, render
from app.messages.rules.base import Finding, Severity
from app.messages.sample import SAMPLE_NOW, sample_facts

PARTS = ("subject", "preheader", "body")


def vet(template: Template) -> list[Finding]:
    """What is worth saying about a template, seen on the sample application; never an error.

    Raises ``InvalidTemplate`` naming the part (``subject``, ``preheader``, ``body``): for a template that may
    not be used at all, and for one whose message to a sample application with every fact a check would stop.
    """
    compile_parts(template)
    kind, facts = KINDS[template.key], sample_facts(template.locale)
    rendered = render(template, facts, template.locale)
    findings = check(rendered, kind, facts, SAMPLE_NOW)
    errors = [found for found in findings if found.severity is Severity.ERROR]
    if errors:
        reasons = " ".join(f"{found.reason} {found.suggestion} ({found.rule})" for found in errors)
        raise InvalidTemplate(reasons, field=_part_of(errors[0], rendered, kind, facts))
    return [*findings, *_lean(template, kind, facts, findings)]


def compile_parts(template: Template) -> None:
    """Raises ``InvalidTemplate`` naming the part that may not be used."""
    for name in PARTS:
        source: str = getattr(template, name)
        try:
            compiled = compile_template(source)
        except InvalidTemplate as wrong:
            raise InvalidTemplate(wrong.detail, field=name) from wrong
        unknown = sorted(set(compiled.variables) - LABELS.keys())
        if unknown:
            raise InvalidTemplate(f"There is no fact {', '.join(unknown)}.", field=name)
        if "\0" in source:
            raise InvalidTemplate("It holds a NUL character.", field=name)


def _part_of(error: Finding, rendered: Rendered, kind: Kind, facts: Facts) -> str:
    """The part without which the error would be gone."""
    for name, without in (
        ("subject", replace(rendered, subject="")),
        ("preheader", replace(rendered, preheader="")),
    ):
        if error.rule not in {found.rule for found in check(without, kind, facts, SAMPLE_NOW)}:
            return name
    return "body"


def _lean(template: Template, kind: Kind, facts: Facts, known: list[Finding]) -> Iterator[Finding]:
    """What goes wrong where an application has no more than the kind demands."""
    sparse = Facts({name: facts[name] for name in kind.required_facts if name in facts})
    try:
        rendered = render(template, sparse, template.locale)
    except MissingFact as lacking:
        reason = f"A message waits for a person wherever this is not known: {_listed(lacking.missing)}."
        remedy = "Put the sentence between {% if … %} and {% endif %}, or give a default."
        yield Finding("fact-not-sure", Severity.WARNING, reason, remedy)
        return
    except InvalidTemplate as wrong:
        reason, remedy = (
            wrong.detail,
            "Say something that needs no more than the facts that are always there.",
        )
        yield Finding("fact-not-sure", Severity.WARNING, reason, remedy)
        return
    told = {found.rule for found in known}
    for found in check(rendered, kind, sparse, SAMPLE_NOW):
        if found.rule not in told:
            reason = f"Where an application has no more than is needed: {found.reason}"
            yield replace(found, severity=Severity.WARNING, reason=reason)


def _listed(names: tuple[str, ...]) -> str:
    return "; ".join(describe(names))
