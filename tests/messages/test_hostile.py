"""Templates and facts written by somebody who means harm are refused, or harmless within limits."""

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liquid.exceptions import FilterError

from app.errors import InvalidTemplate, MissingFact
from app.messages.library import Template, load_templates
from app.messages.liquid import compile_template
from app.messages.liquid_filters import allowed_filters
from app.messages.render import Rendered, render
from tests.messages.example import example
from tests.messages.readers import read_page, seen

TEMPLATES = load_templates()
NAME = "{{ candidate.first_name }}"


def written(body: str, **changes: str) -> Rendered:
    """A template over the example with some facts changed."""
    return render(Template.make("own", "en", subject="x", preheader="x", body=body), example(**changes), "en")


ENGINE_ALONE = [
    "{{ now }}",
    "{{ today }}",
    "{% if now %}{% endif %}",
    "{{ a[b.c] }}",
    "{{ a[b.c].d }}",
    "{{ (1..3) }}",
]


@pytest.mark.parametrize("body", ENGINE_ALONE)
def test_the_engine_refuses_by_itself(body: str) -> None:
    """The clock, computed names and ranges are refused before anybody asks which facts exist."""
    with pytest.raises(InvalidTemplate):
        compile_template(body)


def test_a_filter_is_stopped_before_it_builds() -> None:
    """A filter that would grow a value beyond measure is not even called."""
    called: list[str] = []
    filters = allowed_filters({"replace": lambda value, *_: called.append(value)})
    with pytest.raises(FilterError):
        filters["replace"]("x" * 2000, "x", "y" * 2000)
    assert called == []


def test_a_filter_is_stopped_after_it_built() -> None:
    """Whatever a filter does, no value between two filters is longer than the limit."""
    filters = allowed_filters({"append": lambda value, *_: value * 100, "evil": str})
    assert "evil" not in filters
    assert filters["append"]("x" * 200) == "x" * 20_000
    with pytest.raises(FilterError):
        filters["append"]("x" * 201)


def test_a_path_into_a_fact_is_no_way_in() -> None:
    """Only mappings are looked into: a text has no attributes to read."""
    with pytest.raises((InvalidTemplate, MissingFact)):
        written("{{ candidate.first_name.upper }}")


def test_compiling_is_cached_by_content() -> None:
    """The same words are compiled once, whoever's template they are."""
    assert compile_template("Hello {{ job.title }}") is compile_template("Hello {{ job.title }}")


@pytest.mark.parametrize(
    "name",
    [
        "*[x](http://evil.example)* <b>",
        "<script>alert(1)</script>",
        "[click](https://evil.example)",
        "![i](https://evil.example/i.png)",
        "https://evil.example",
        '"><a href="https://evil.example">x</a>',
        "&lt;b&gt; &amp; &#60;",
        "{{ offer.salary }} {% if x %}",
        "**bold** _it_ `code` # h\\",
        "1. one - two > three",
        "\ue0000\ue001 \ue0020\ue003",
        "O'Brien-Núñez 李",
    ],
)
def test_a_hostile_name_appears_literally_in_both_parts(name: str) -> None:
    """A name is a name: never Markdown, HTML, a link or a template."""
    body = "Hello NAME, **NAME** [NAME](https://a.example/)\n\n- NAME".replace("NAME", NAME)
    message = written(body, candidate__first_name=name)
    assert message.text.count(name) == 4
    page = read_page(message.html)
    assert seen(page).count(name) == 4
    assert page.links == ["https://a.example/"]


def test_line_breaks_in_a_fact_do_not_break_the_message() -> None:
    """A fact stays on its line: it cannot forge a paragraph, a list or a signature."""
    message = written(
        "Hello {{ candidate.first_name }},\n\nbye", candidate__first_name="A\r\n\r\n- b\x00\x1b[1m\u202ec"
    )
    assert message.text == "Hello A - b [1mc,\n\nbye\n"


PLAIN = read_page(render(TEMPLATES["application_received", "en"], example(), "en").html)


@settings(max_examples=150, deadline=None)
@given(
    first=st.text(min_size=1).filter(str.strip),
    reason=st.text(min_size=1).filter(str.strip),
    url=st.text(min_size=1).filter(str.strip),
)
def test_no_text_in_a_fact_changes_the_structure(first: str, reason: str, url: str) -> None:
    """Any string as a name or a reason: the same tags, the same links, valid UTF-8, one line each."""
    facts = example(candidate__first_name=first, next_step__what=reason, application__url=url)
    message = render(TEMPLATES["application_received", "en"], facts, "en")
    page = read_page(message.html)
    assert page.tags == PLAIN.tags
    assert page.attributes == PLAIN.attributes
    assert page.links == PLAIN.links
    message.text.encode()
    message.html.encode()
    plain = render(TEMPLATES["application_received", "en"], example(), "en").text
    assert message.text.count("\n") == plain.count("\n")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", message.text)


@settings(max_examples=100, deadline=None)
@given(url=st.one_of(st.text(), st.from_regex(r"(https|http|javascript|mailto):[ -~]{0,40}", fullmatch=True)))
def test_no_text_in_a_link_leads_elsewhere_than_https(url: str) -> None:
    """A link's target from a fact is https or a mail address, or there is no link; attributes stay closed."""
    if not url.strip():
        return
    page = read_page(written("[Open]({{ application.url }})", application__url=url).html)
    assert all(re.match(r"(?i)https://[a-z0-9]|mailto:[^?&]+$", link) for link in page.links)
    assert {a for a in page.attributes if a.startswith("a.")} <= {"a.href", "a.style"}


PIECES = [
    *"{}%|.:,'\"[]()#-_ ab1\n",
    *(
        "{{",
        "}}",
        "{%",
        "%}",
        "{{ job.title ",
        "if ",
        "endif",
        "for ",
        "in ",
        "assign ",
        "case ",
        "when ",
        "raw",
    ),
]


@settings(max_examples=150, deadline=None)
@given(body=st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_text_as_a_template_is_refused_or_written(body: str) -> None:
    """No template source brings the program down."""
    with suppress(InvalidTemplate, MissingFact):
        written(body)
