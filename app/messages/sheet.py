"""One page with every message in every language, written for the sample application, to be looked through."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from itertools import groupby

from app.followups.catalogue import KINDS, Kind, Recipient
from app.messages.language import LANGUAGES
from app.messages.library import load_templates
from app.messages.render import Rendered, render
from app.messages.sample import sample_facts

_NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
_BODY = re.compile(r"<main[^>]*>\n(.*)</main>", re.DOTALL)


def sheet() -> str:
    """The page: one HTML file that loads nothing and runs nothing; the same words give the same page."""
    kinds = sorted(KINDS.values(), key=lambda kind: kind.recipient is not Recipient.CANDIDATE)
    groups = [
        (title, list(members)) for title, members in groupby(kinds, key=lambda kind: _group(kind.recipient))
    ]
    style = files("app.messages").joinpath("sheet.css").read_text(encoding="utf-8")
    contents = "".join(
        f"<h2>{title}</h2>\n<ul>\n{''.join(map(_entry, members))}</ul>\n" for title, members in groups
    )
    sections = "".join(_section(kind) for _, members in groups for kind in members)
    return (
        '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>Every message of Heardback</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"{_choice()}<header>\n<h1>Every message of Heardback</h1>\n"
        "<p>Written for one invented application. Below each message stands which sentence comes from which "
        "fact, and where that fact was found.</p>\n"
        f"<nav>\n{contents}</nav>\n</header>\n<main>\n{sections}</main>\n</body>\n</html>\n"
    )


def _group(recipient: Recipient) -> str:
    return "To candidates" if recipient is Recipient.CANDIDATE else "To the team"


def _title(kind: Kind) -> str:
    return kind.key.replace("_", " ").capitalize()


def _entry(kind: Kind) -> str:
    return f'<li><a href="#{kind.key}">{_title(kind)}</a></li>\n'


def _choice() -> str:
    """Radio buttons, with which the style sheet shows one language or all."""
    options = [("all", "All"), *((language, _NAMES[language]) for language in LANGUAGES)]
    buttons = "".join(
        f'<input type="radio" name="language" id="show-{key}"{" checked" if key == "all" else ""}>'
        f'<label for="show-{key}">{name}</label>\n'
        for key, name in options
    )
    return f'<fieldset class="choice">\n<legend>Language</legend>\n{buttons}</fieldset>\n'


def _section(kind: Kind) -> str:
    cards = "".join(_card(message) for message in _messages(kind))
    return (
        f'<section id="{kind.key}">\n<h2>{_title(kind)}</h2>\n<p class="about">{_about(kind)}</p>\n'
        f'<div class="cards">\n{cards}</div>\n</section>\n'
    )


def _about(kind: Kind) -> str:
    traits = (
        f"to the {kind.recipient.replace('_', ' ')}",
        str(kind.message_class),
        "needs an approval" if kind.approval else "leaves by itself",
        f"at most {kind.max_words} words",
    )
    return " · ".join(traits)


def _messages(kind: Kind) -> Iterator[Rendered]:
    templates = load_templates()
    for language in LANGUAGES:
        if (kind.key, language) in templates:
            yield render(templates[kind.key, language], sample_facts(language), language)


def _card(message: Rendered) -> str:
    body = _BODY.search(message.html)
    name = _NAMES.get(message.locale, message.locale)
    return (
        f'<article lang="{message.locale}">\n<p class="language" lang="{message.locale}">{name}</p>\n'
        f'<h3>{escape(message.subject)}</h3>\n<p class="preheader">{escape(message.preheader)}</p>\n'
        f'<div class="letter">\n{body.group(1) if body else ""}</div>\n{_sources(message)}</article>\n'
    )


def _sources(message: Rendered) -> str:
    rows = "".join(
        f"<dt>{escape(sentence.text.strip())}</dt>\n<dd>{_named(sentence.facts)}</dd>\n"
        for sentence in message.sentences
    )
    return (
        f'<details lang="en">\n<summary>Where its facts come from</summary>\n<dl>\n{rows}</dl>\n</details>\n'
    )


def _named(facts: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"<code>{name}</code> ({escape(source)})" for name, source in facts)
