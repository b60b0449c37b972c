"""Whose words count, and what a company's own must be before they are kept."""

import pytest

from app.errors import InvalidTemplate, NotFound
from app.messages.language import choose
from app.messages.library import Template, load_templates
from app.messages.overrides import (
    PassedOver,
    Shelf,
    Templates,
    connection_of,
    job_of,
    parse_place,
    parse_scope,
    scopes_of,
    write_words,
)
from app.messages.rules.base import Severity
from app.messages.sample import sample_facts
from app.messages.vet import vet
from app.timeline.truth import JobTruth
from tests.messages.corpus import TEMPLATES as CORPUS

KIND = "moved_on"
SHIPPED = load_templates()
BODY = SHIPPED[KIND, "en"].body
REFUSED = [entry.body for entry in CORPUS if entry.refused]


def own(locale: str, mark: str, kind: str = KIND) -> Template:
    return Template.make(kind, locale, subject=mark, preheader="x", body=f"{mark} {{{{ job.title }}}}")


def shelf(scope: str, *templates: Template) -> Shelf:
    return Shelf(
        scope,
        {(t.key, t.locale): t for t in templates},
        dict.fromkeys(((t.key, t.locale) for t in templates), 1),
    )


def chosen(templates: Templates, locale: str) -> tuple[str, str]:
    place = next(templates.candidates(KIND, locale))
    return place.scope, place.template.locale


JOB = shelf("job:con_1/7", own("de", "job"))
DEPARTMENT = shelf("department:sales", own("de-AT", "department"), own("nl", "department"))
COMPANY = shelf("company", own("en", "company"), own("de", "company"), own("de-AT", "company"))
ALL = Templates((JOB, DEPARTMENT, COMPANY))


@pytest.mark.parametrize(
    ("templates", "locale", "found"),
    [
        (ALL, "de", ("job:con_1/7", "de")),
        (ALL, "de-AT", ("job:con_1/7", "de")),
        (ALL, "nl_BE", ("department:sales", "nl")),
        (ALL, "en-US", ("company", "en")),
        (ALL, "fr", ("shipped", "fr")),
        (ALL, "sv", ("company", "en")),
        (Templates((DEPARTMENT, COMPANY)), "de-AT", ("department:sales", "de-AT")),
        (Templates((COMPANY,)), "de-AT", ("company", "de-AT")),
        (Templates((COMPANY,)), "de-CH", ("company", "de")),
        (Templates(), "de-AT", ("shipped", "de")),
        (Templates(), "", ("shipped", "en")),
    ],
)
def test_the_reader_s_language_comes_first_and_then_the_nearest_place(
    templates: Templates, locale: str, found: tuple[str, str]
) -> None:
    """Job before department before company before Heardback's own; English is the last resort only."""
    assert chosen(templates, locale) == found


def test_a_company_s_own_language_is_one_to_write_in() -> None:
    """A candidate who reads Dutch is written to in Dutch as soon as the company has Dutch words."""
    assert choose(KIND, ("nl-NL",), ALL.available) == "nl-NL"
    assert choose(KIND, ("nl-NL",), Templates().available) == "en"


def test_what_fails_at_the_moment_of_writing_is_passed_over_and_told() -> None:
    """Words that turn out too long with these facts do not hold the message up."""
    wide = Template.make(KIND, "en", subject="{{ job.title }}" * 40, preheader="x", body=BODY)
    facts = sample_facts("en")
    rendered, findings, place = write_words(Templates((shelf("company", wide),)), KIND, facts, "en")
    assert (place.scope, rendered.version) == ("shipped", SHIPPED[KIND, "en"].version)
    assert [(f.rule, f.severity) for f in findings] == [("template-passed-over", Severity.WARNING)]
    assert "company, version 1," in findings[0].reason
    gone = PassedOver("company", (KIND, "de"), 4, "There is no fact x.y.")
    templates = Templates((Shelf("company", {}, {}, (gone,)),))
    assert write_words(templates, KIND, facts, "en")[1] == [], "another language's trouble is not this one's"
    assert len(write_words(templates, KIND, sample_facts("de"), "de")[1]) == 1
    with pytest.raises(InvalidTemplate):
        write_words(Templates(), "nothing", facts, "en")


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("company", "company"),
        ("department: Sales  North ", "department:sales north"),
        ("job:con_1/A/7 b", "job:con_1/A/7 b"),
    ],
)
def test_a_scope_is_written_one_way(given: str, stored: str) -> None:
    """Case and white space of a department do not matter; a job's id is the vendor's own."""
    assert parse_scope(given) == stored
    assert parse_scope(stored) == stored


@pytest.mark.parametrize(
    "given", ["", "Company", "department:", "department: ", "job:", "job:con_1", "job:con_1/", "job:/7",
              "team:x", "department:" + "x" * 300, "department:a\u202eb", "job:con_1/\x07"],
)  # fmt: skip
def test_what_is_no_scope_is_refused(given: str) -> None:
    """The field is named."""
    with pytest.raises(InvalidTemplate) as refused:
        parse_scope(given)
    assert refused.value.field == "scope"


def test_a_place_needs_a_kind_and_a_language() -> None:
    """Tags are written one way; kinds that do not exist are not found."""
    assert parse_place("company", KIND, "DE_at").locale == "de-AT"
    for locale in ("", "german", "zz", "../etc"):
        with pytest.raises(InvalidTemplate) as refused:
            parse_place("company", KIND, locale)
        assert refused.value.field == "locale"
    with pytest.raises(NotFound):
        parse_place("company", "nothing", "en")


def test_an_application_s_scopes_are_those_that_are_stored() -> None:
    """What is derived from a job is what `parse_scope` makes of the same place."""
    job = JobTruth(external_id="7", departments=("Sales", " North  Sea "))
    scopes = scopes_of("con_1", job)
    assert scopes == ("job:con_1/7", "department:sales", "department:north sea", "company")
    assert [parse_scope(scope) for scope in scopes] == [*scopes]
    assert (connection_of(scopes[0]), job_of(scopes[0])) == ("con_1", "7")
    assert (connection_of("company"), job_of("department:job:a/b")) == (None, None)
    assert scopes_of("con_1", JobTruth()) == ("company",)


@pytest.mark.parametrize("key", sorted(SHIPPED), ids="-".join)
def test_what_comes_with_heardback_could_be_saved(key: tuple[str, str]) -> None:
    """Whoever takes a template as it is and changes a word is not refused for the rest of it."""
    assert [f.rule for f in vet(SHIPPED[key]) if f.severity is Severity.ERROR] == []


@pytest.mark.parametrize("body", REFUSED, ids=lambda body: body[:40])
def test_a_hostile_template_is_not_saved(body: str) -> None:
    """Refused as invalid, naming the field where it stands by itself."""
    with pytest.raises(InvalidTemplate):
        vet(
            Template.make(
                KIND, "en", subject="About {{ job.title }}", preheader="x", body=body + "\n\n" + BODY
            )
        )


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("subject", {"subject": "{{ job.__class__ }}"}),
        ("preheader", {"preheader": "{{ shoe.size }}"}),
        ("body", {"body": BODY + "{% include 'x' %}"}),
        ("subject", {"subject": "We guarantee you the job"}),
        ("body", {"body": BODY.replace("{{ candidate.first_name }}", "Candidate")}),
        ("body", {"body": BODY.replace("{{ next_step.by }}", "soon")}),
        ("body", {"body": BODY + "\0"}),
    ],
)
def test_a_template_whose_message_would_be_stopped_is_not_saved(field: str, change: dict[str, str]) -> None:
    """What a check would stop on an application that has everything is refused, and the part is named."""
    words = {"subject": "About {{ job.title }}", "preheader": "x", "body": BODY, **change}
    with pytest.raises(InvalidTemplate) as refused:
        vet(Template.make(KIND, "en", **words))
    assert refused.value.field == field


def test_facts_that_may_be_lacking_are_a_warning() -> None:
    """A fact that the kind does not demand, printed without a condition, will keep messages waiting."""
    words = {"subject": "About {{ job.title }}", "preheader": "x"}
    sure = vet(Template.make(KIND, "en", **words, body=BODY))
    assert "fact-not-sure" not in {f.rule for f in sure}
    unsure = vet(Template.make(KIND, "en", **words, body="{{ offer.salary }} " + BODY))
    [found] = [f for f in unsure if f.rule == "fact-not-sure"]
    assert (found.severity, "the salary or its range" in found.reason) == (Severity.WARNING, True)
    guarded = "{% if offer.salary %}{{ offer.salary }}{% endif %} " + BODY
    assert "fact-not-sure" not in {f.rule for f in vet(Template.make(KIND, "en", **words, body=guarded))}
    bare = BODY.replace("{{ next_step.by }}", "{% if offer.salary %}{{ next_step.by }}{% endif %}")
    assert {f.rule for f in vet(Template.make(KIND, "en", **words, body=bare))} >= {"next-step-missing"}


@pytest.mark.parametrize("key", sorted(SHIPPED), ids="-".join)
def test_the_file_format_is_read_back(key: tuple[str, str]) -> None:
    """What `heardback templates show` prints is what `save` takes."""
    template = SHIPPED[key]
    assert Template.parse(*key, template.source()) == template
    odd = Template.make(*key, subject='a: "b" # c', preheader="x " * 200, body="---\n\nx\n")
    assert Template.parse(*key, odd.source()) == odd
