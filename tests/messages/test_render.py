"""A message comes from facts and from nothing else, and says from which."""

import re
from datetime import UTC, datetime

import pytest

from app.errors import InvalidTemplate, MissingFact, UnsafeHeader
from app.followups.catalogue import KINDS
from app.messages.facts import Facts, FactValue, describe
from app.messages.library import Template, load_templates
from app.messages.render import Rendered, render, validate
from tests.messages.example import example
from tests.messages.readers import read_page, seen

TEMPLATES = load_templates()


def written(body: str, facts: Facts | None = None, subject: str = "News") -> Rendered:
    """A template of no particular kind over the example's facts."""
    template = Template.make("own", "en", subject=subject, preheader="More inside", body=body)
    return render(template, example() if facts is None else facts, "en")


@pytest.mark.parametrize("key", sorted(KINDS))
def test_every_missing_fact_is_named_at_once(key: str) -> None:
    """Without any fact, the refusal names every required one, so that a person supplies them in one go."""
    with pytest.raises(MissingFact) as refused:
        render(TEMPLATES[key, "en"], Facts({}), "en")
    assert set(refused.value.missing) >= KINDS[key].required_facts


@pytest.mark.parametrize("key", sorted(KINDS))
def test_each_required_fact_is_missed(key: str) -> None:
    """Take one required fact away, and exactly that one is named."""
    for name in KINDS[key].required_facts:
        facts = Facts({n: f for n, f in example().items() if n != name})
        with pytest.raises(MissingFact) as refused:
            render(TEMPLATES[key, "en"], facts, "en")
        assert refused.value.missing == (name,)


def test_a_printed_fact_is_needed_even_when_the_kind_does_not_require_it() -> None:
    """An override that prints more than its kind requires still never leaves a blank."""
    with pytest.raises(MissingFact) as refused:
        written("{{ offer.salary }} {{ highlight.text | upcase }}", Facts({}), "{{ job.title }}")
    assert refused.value.missing == ("highlight.text", "job.title", "offer.salary")


def test_a_missing_list_is_named_with_its_group() -> None:
    """A loop over a list that is not there names the fact."""
    with pytest.raises(MissingFact) as refused:
        written("{% for one in missing.facts %}{{ one }}{% endfor %}", Facts({}))
    assert refused.value.missing == ("missing.facts",)


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_blank_fact_is_a_missing_fact(blank: str) -> None:
    """White space never stands in for a fact."""
    with pytest.raises(MissingFact) as refused:
        written("{{ job.title }}", example(job__title=blank))
    assert refused.value.missing == ("job.title",)


def test_what_is_missing_is_told_in_words() -> None:
    """The person asked to supply a fact reads what it is."""
    assert describe(["rejection.reason"]) == ["why the candidate was not selected"]


def test_an_optional_fact_may_be_tested_or_replaced() -> None:
    """`if` and `default` are the two ways to do without a fact."""
    facts = Facts({"job.title": FactValue("Engineer", "x")})
    assert written("{% if offer.title %}A{% else %}B{% endif %}", facts).text == "B\n"
    assert written("{{ offer.title | default: job.title }}", facts).text == "Engineer\n"


def test_a_sentence_names_the_facts_in_it() -> None:
    """Each personal sentence carries the names and sources of its facts; others carry none."""
    message = written("Hello {{ candidate.first_name }}. All is well. See {{ job.title }}!\n\nBye.")
    assert [(s.text, s.facts) for s in message.sentences] == [
        ("Hello Amara.", (("candidate.first_name", "greenhouse:application/7001"),)),
        ("See Embedded Engineer, Sensors!", (("job.title", "greenhouse:application/7001"),)),
    ]
    assert [name for name, _ in message.used] == ["candidate.first_name", "job.title"]


def test_only_the_fact_that_was_used_is_named() -> None:
    """A fallback that was not needed is no source."""
    message = written("{{ offer.title | default: job.title }}")
    assert [name for name, _ in message.used] == ["offer.title"]
    message = written("{{ offer.title | default: job.title }}", example(offer__title=None))
    assert [name for name, _ in message.used] == ["job.title"]


def test_sources_survive_assignments_loops_and_filters() -> None:
    """A fact cannot lose its source on the way into a sentence."""
    body = "{% assign t = job.title | upcase %}{{ t }}. {% for m in missing.facts %}{{ m }}. {% endfor %}"
    message = written(body)
    assert message.sentences[0].facts == (("job.title", "greenhouse:application/7001"),)
    assert {name for s in message.sentences[1:] for name, _ in s.facts} == {"missing.facts"}


def test_a_link_counts_as_said() -> None:
    """A fact that is only a link's target has its source too."""
    message = written("[Open]({{ application.url }})")
    assert message.sentences[0].facts == (("application.url", "greenhouse:application/7001"),)
    assert message.text == f"Open: {example().text('application.url')}\n"


def test_a_dot_in_a_name_ends_no_sentence() -> None:
    """Sentences are found in the author's words, not in the facts."""
    message = written("Talk to {{ recruiter.name }} today.", example(recruiter__name="Dr. M. Sand"))
    assert [s.text for s in message.sentences] == ["Talk to Dr. M. Sand today."]


def test_every_personal_sentence_of_every_kind_has_a_source() -> None:
    """Where a fact's value stands in the text, a sentence naming that fact says so."""
    for key in KINDS:
        message = render(TEMPLATES[key, "en"], example(), "en")
        for name, source in message.used:
            assert source == example()[name].source
        for name in validate(TEMPLATES[key, "en"]):
            value = example().text(name).casefold()
            whole = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")
            if value and whole.search(message.text.casefold()):
                saying = [s for s in message.sentences if whole.search(s.text.casefold())]
                assert any(name == said for s in saying for said, _ in s.facts), (key, name)


def test_lists_are_joined_as_the_reader_says_it() -> None:
    """A list fact reads as a list in the reader's language."""
    template = Template.make("own", "en", subject="x", preheader="x", body="{{ missing.facts }}")
    facts = example(missing__facts=["a", "b", "c"])
    assert render(template, facts, "de").text == "a, b und c\n"
    assert render(template, facts, "en").text.endswith("and c\n")


def test_sentences_and_phrases_fit_however_they_were_typed() -> None:
    """Capital and full stop are put right, so that a supplied fact reads well."""
    facts = Facts(
        {"rejection.reason": FactValue("it was close", "x"), "next_step.what": FactValue("a call.", "x")}
    )
    reason = "rejection.reason | sentence"
    body = f"{{{{ {reason} }}}} {{{{ {reason} | sentence }}}} {{{{ next_step.what | phrase }}}}!"
    assert written(body, facts).text == "It was close. It was close. a call!\n"


def test_markdown_of_the_author_becomes_both_parts() -> None:
    """Strong, lists, links and line breaks; anything else of Markdown or HTML is plain text."""
    body = (
        "**Hi**\\\nyou, [site](https://a.example/x) and <b>\n\n1. one\n2. *two*\n\n# no heading\n\n"
        "![i](https://x.example/i.png)"
    )
    message = written(body)
    assert message.text.splitlines()[:6] == [
        "Hi",
        "you, site: https://a.example/x and <b>",
        "",
        "1. one",
        "2. two",
        "",
    ]
    page = read_page(message.html)
    assert page.tags.count("strong") == page.tags.count("em") == page.tags.count("ol") == 1
    assert not {"b", "h1", "img"} & set(page.tags)
    assert "# no heading" in seen(page)


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "http://a.example",
        "https://user:pass@a.example",
        "data:text/html,x",
        "//a.example",
        "mailto:a@b.example?bcc=c@d.example",
        "/relative",
        "https://",
    ],
)
def test_an_unsafe_target_leads_nowhere(target: str) -> None:
    """Whatever is no plain https or mail address is shown, and is no link."""
    for message in (
        written("[Go]({{ application.url }})", example(application__url=target)),
        written(f"[Go]({target})"),
    ):
        assert read_page(message.html).links == []
        assert target.removeprefix("mailto:") in seen(read_page(message.html))


def test_a_mail_link_reads_as_an_address() -> None:
    """A mail address is a link in HTML and an address in text."""
    message = written("[{{ recruiter.email }}](mailto:{{ recruiter.email }})")
    assert message.text == "mira@lindqvist.example\n"
    assert read_page(message.html).links == ["mailto:mira@lindqvist.example"]


@pytest.mark.parametrize(
    "bad", ["a\r\nBcc: x@y.example", "a\x00b", "a\u2028b", "a\u202eb", "a\tb", "a\ud800b"]
)
def test_a_subject_refuses_control_characters(bad: str) -> None:
    """No header can be smuggled in through a title; the refusal does not repeat the value."""
    with pytest.raises(UnsafeHeader) as refused:
        written("x", example(job__title=bad), "About {{ job.title }}")
    assert refused.value.field == "subject"
    assert "Bcc" not in refused.value.detail


def test_an_empty_or_endless_subject_is_refused() -> None:
    """A message has a subject that a server takes."""
    for subject in ("{% if false %}x{% endif %}", "x" * 301):
        with pytest.raises(InvalidTemplate):
            written("x", subject=subject)


def test_an_unknown_fact_is_refused_by_name() -> None:
    """A typing mistake in a template is found when it is saved, not when it is due."""
    template = Template.make(
        "own", "en", subject="x", preheader="x", body="{% if candidat.name %}{% endif %}"
    )
    with pytest.raises(InvalidTemplate, match=r"candidat\.name"):
        validate(template)


def test_a_template_lists_what_it_mentions() -> None:
    """The list of facts covers subject, preheader and body, printed or tested."""
    template = Template.make(
        "own", "en", subject="{{ job.title }}", preheader="x", body="{% if offer.salary %}{% endif %}"
    )
    assert validate(template) == ("job.title", "offer.salary")


def test_a_version_names_the_content() -> None:
    """Equal words have equal versions, and any change a new one."""
    one = Template.parse("k", "en", "---\nsubject: a\npreheader: b\n---\nhello\n")
    assert one == Template.parse("k", "en", "---\r\nsubject: a\r\npreheader: b\r\n---\r\nhello\r\n")
    assert one.version != Template.parse("k", "en", "---\nsubject: a\npreheader: b\n---\nhello!\n").version
    assert one.version != Template.parse("k", "de", "---\nsubject: a\npreheader: b\n---\nhello\n").version


@pytest.mark.parametrize(
    "source",
    [
        "no front matter",
        "---\nsubject: a\n---\nx",
        "---\nsubject: [\n---\nx",
        "---\n- a\n---\nx",
        "---\na: 1\n",
    ],
)
def test_a_file_of_another_shape_is_refused(source: str) -> None:
    """The file format is checked with a plain reason."""
    with pytest.raises(InvalidTemplate):
        Template.parse("k", "en", source)


def test_facts_take_only_plain_values() -> None:
    """No object, no instant and no malformed name reaches a template."""
    with pytest.raises(TypeError):
        Facts({"clock.due": FactValue(datetime(2026, 11, 21, tzinfo=UTC), "x")})  # type: ignore[arg-type]
    for name in ("candidate", "a.b.c", "a.__class__", "A.b", ""):
        with pytest.raises(ValueError, match="not a fact's name"):
            Facts({name: FactValue("x", "x")})


def test_a_supplied_fact_joins_the_others() -> None:
    """What a person supplies is added with its source, and the earlier facts stay as they were."""
    before = example(rejection__reason=None)
    after = before.with_fact("rejection.reason", FactValue("It was close.", "person:17"))
    assert after["rejection.reason"].source == "person:17"
    assert "rejection.reason" not in before
