"""A template and facts become a message in text and HTML, each personal sentence with its sources."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from babel.lists import format_list

from app.errors import InvalidTemplate, MissingFact
from app.followups.catalogue import KINDS
from app.messages.dates import locale_of
from app.messages.facts import LABELS, Facts, describe
from app.messages.fill import fill_html, fill_line, fill_text, inert
from app.messages.headers import header_text
from app.messages.html import Document, page, read_markdown
from app.messages.library import Template
from app.messages.liquid import Compiled, Piece, Written, compile_template

MAX_SUBJECT = 300
"""Characters; a subject this long is a mistake and some servers refuse the header."""
_FACT_MARK = re.compile("\ue000([0-9]+)\ue001")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
Sourced = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One personal sentence of the text part, and the facts in it as (name, source)."""

    text: str
    facts: Sourced


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in words. ``used`` and ``sentences`` name facts as (name, source), in order of appearance."""

    key: str
    locale: str
    version: str
    subject: str
    preheader: str
    text: str
    html: str
    used: Sourced
    sentences: tuple[Sentence, ...]


def validate(template: Template) -> tuple[str, ...]:
    """The facts that a template mentions; raises ``InvalidTemplate`` when it may not be used.

    For the moment of saving; ``render`` makes the same demands.
    """
    return tuple(dict.fromkeys(name for part in _compiled(template) for name in part.variables))


def render(template: Template, facts: Facts, locale: str) -> Rendered:
    """Write the message; ``locale`` is the reader's (lists are joined in it), the words are the template's.

    The message's own locale is the reader's, with its territory, where the words are in that language.

    Raises ``MissingFact`` naming every missing fact at once in ``.missing`` (those the kind requires and
    those the template prints), ``InvalidTemplate`` for one that breaks the rules, ``UnsafeHeader`` when
    the subject would hold a control character.
    """
    subject, preheader, body = (part.write(facts.nested) for part in _compiled(template))
    _refuse_missing(template.key, facts, (subject, preheader, body))
    document = read_markdown(body.skeleton)
    language = locale_of(locale)
    tongue = _tongue(template, locale)
    spoken = [[_spoken(p, str(language)) for p in part.pieces] for part in (subject, preheader, body)]
    values = [inert(value) for value in spoken[2]]
    subject_line = header_text(fill_line(subject.skeleton, spoken[0]).strip(), field="subject")
    if not subject_line or len(subject_line) > MAX_SUBJECT:
        raise InvalidTemplate(f"A subject has between 1 and {MAX_SUBJECT} characters.", field="subject")
    preheader_line = " ".join(fill_line(preheader.skeleton, [inert(v) for v in spoken[1]]).split())
    pieces = (*subject.pieces, *preheader.pieces, *body.pieces)
    return Rendered(
        key=template.key,
        locale=tongue,
        version=template.version,
        subject=subject_line,
        preheader=preheader_line,
        text=fill_text(document.text, document, values),
        html=page(
            body=fill_html(document, values),
            subject=subject_line,
            preheader=preheader_line,
            locale=tongue,
        ),
        used=_sourced((name for piece in pieces for name in piece.facts), facts),
        sentences=_sentences(document, body.pieces, values, facts),
    )


def _tongue(template: Template, locale: str) -> str:
    same = locale_of(locale).language == locale_of(template.locale).language
    return locale.replace("_", "-") if same else template.locale


@lru_cache(maxsize=512)
def _compiled(template: Template) -> tuple[Compiled, ...]:
    parts = tuple(map(compile_template, (template.subject, template.preheader, template.body)))
    unknown = sorted({name for part in parts for name in part.variables} - LABELS.keys())
    if unknown:
        raise InvalidTemplate(f"The template names facts that do not exist: {', '.join(unknown)}.")
    return parts


def _refuse_missing(key: str, facts: Facts, parts: Sequence[Written]) -> None:
    kind = KINDS.get(key)
    lacking = set(facts.lacking(kind.required_facts if kind else ()))
    missing = tuple(sorted(lacking.union(*(part.missing for part in parts))))
    if missing:
        raise MissingFact(f"The message needs: {'; '.join(describe(missing))}.", missing=missing)


def _spoken(piece: Piece, locale: str) -> str:
    return piece.value if isinstance(piece.value, str) else format_list(piece.value, locale=locale)


def _sourced(names: Iterable[str], facts: Facts) -> Sourced:
    return tuple((name, facts[name].source) for name in dict.fromkeys(names) if name in facts)


def _sentences(
    document: Document, pieces: Sequence[Piece], values: Sequence[str], facts: Facts
) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    for skeleton, numbers in _split(document):
        sources = _sourced((name for number in numbers for name in pieces[number].facts), facts)
        if sources:
            found.append(Sentence(fill_text(skeleton, document, values), sources))
    return tuple(found)


@lru_cache(maxsize=1024)
def _split(document: Document) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The sentences with facts in them. Split before the values are in: a dot in a name ends no sentence."""
    found: list[tuple[str, tuple[int, ...]]] = []
    for part in _SENTENCE_END.split(document.text):
        links = "".join(document.links[int(n)][1] for n in re.findall("\ue002([0-9]+)\ue003", part))
        numbers = tuple(int(n) for n in _FACT_MARK.findall(part + links))
        if numbers:
            found.append((part, numbers))
    return tuple(found)
