"""The candidates' pages in HTML: stop messages with one button, or choose among all. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

from app.desk.contact_words import NAMES, WORDS, Words
from app.desk.style import STYLE, headers_for

CONTACT_STYLE = (
    STYLE
    + """
.choice{display:grid;grid-template-columns:1.75rem 1fr;gap:0 .25rem;margin:0 0 1rem}
.choice input{width:1.25rem;height:1.25rem;margin:.15rem 0 0}
.choice label{margin:0}.choice .quiet{grid-column:2}
.quiet{margin:0}
select{width:100%;font:inherit;color:inherit;background:var(--page);border:1px solid var(--line);
border-radius:.5rem;padding:.6rem .7rem;margin:0 0 .75rem}
.done{border-color:var(--go)}
a{color:inherit;text-underline-offset:.2em}
"""
)
CONTACT_HEADERS = headers_for(CONTACT_STYLE)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of one candidate: the job's title and what is chosen now; never who they are."""

    job: str = ""
    paused: bool = False
    important_only: bool = False
    nurture_stopped: bool = False
    locale: str = ""
    time_zone: str = ""


def stop_page(language: str, token: str, *, company: str) -> str:
    """One button; the same page for every token, so that it tells nothing about any."""
    words = WORDS[language]
    body = (
        f"<h1>{escape(words.stop_title)}</h1><section><p>{escape(words.stop_why.format(company=company))}</p>"
        '<form method="post"><input type="hidden" name="act" value="stop">'
        f'<button class="go">{escape(words.stop)}</button></form></section>{_choose(words, token)}'
    )
    return _page(language, words.stop_title, body, company)


def stopped_page(language: str, token: str, *, company: str) -> str:
    """After the button."""
    words = WORDS[language]
    body = (
        f"<h1>{escape(words.stopped_title)}</h1>"
        f'<section class="done" role="status">{escape(words.stopped_why)}</section>{_choose(words, token)}'
    )
    return _page(language, words.stopped_title, body, company)


def choose_page(
    language: str,
    shown: Shown,
    zones: Collection[str],
    *,
    company: str,
    saved: bool = False,
    trouble: bool = False,
) -> str:
    """Everything that can be chosen, in one form. ``zones`` are IANA names."""
    words = WORDS[language]
    said = f'<section class="done" role="status">{escape(words.saved)}</section>' if saved else ""
    said += f'<section class="trouble" role="alert">{escape(words.wrong)}</section>' if trouble else ""
    about = f'<p class="from">{escape(words.about.format(job=shown.job))}</p>' if shown.job else ""
    boxes = (
        _box("paused", shown.paused, words.pause, words.pause_why)
        + _box("important_only", shown.important_only, words.important, words.important_why)
        + _box("nurture_stopped", shown.nurture_stopped, words.nurture, words.nurture_why)
    )
    languages = "".join(_option(key, name, shown.locale) for key, name in NAMES.items())
    usual = _option("", words.as_usual, None)
    body = (
        f"<h1>{escape(words.title)}</h1>{said}{about}"
        f'<form method="post"><section>{boxes}</section><section>'
        f'<label for="locale">{escape(words.language)}</label>'
        f'<select id="locale" name="locale">{usual}{languages}</select>'
        f'<label for="time_zone">{escape(words.time_zone)}</label>'
        f'<select id="time_zone" name="time_zone" aria-describedby="time_zone_why">{usual}'
        f"{''.join(_zones(zones, shown.time_zone))}</select>"
        f'<p class="quiet" id="time_zone_why">{escape(words.time_zone_why)}</p></section>'
        f'<button class="go">{escape(words.save)}</button></form>'
    )
    return _page(language, words.title, body, company)


def unknown_page(language: str, *, company: str) -> str:
    """For a link that is none of ours."""
    words = WORDS[language]
    body = f"<h1>{escape(words.unknown_title)}</h1><section>{escape(words.unknown_why)}</section>"
    return _page(language, words.unknown_title, body, company)


def _choose(words: Words, token: str) -> str:
    return f'<p><a href="/p/{escape(token)}">{escape(words.choose)}</a></p>'


def _box(name: str, checked: bool, label: str, why: str) -> str:  # noqa: FBT001  # as the form has it
    mark = " checked" if checked else ""
    return (
        f'<div class="choice"><input type="checkbox" id="{name}" name="{name}" value="1"{mark} '
        f'aria-describedby="{name}_why"><label for="{name}">{escape(label)}</label>'
        f'<p class="quiet" id="{name}_why">{escape(why)}</p></div>'
    )


def _option(value: str, label: str, chosen: str | None) -> str:
    mark = " selected" if value == chosen else ""
    return f'<option value="{escape(value)}"{mark}>{escape(label)}</option>'


def _zones(zones: Collection[str], chosen: str) -> Iterator[str]:
    """By continent, as people look for their city."""
    for area, names in groupby(sorted(zones), key=lambda name: name.partition("/")[0]):
        options = "".join(
            _option(name, name.partition("/")[2].replace("_", " ") or name, chosen) for name in names
        )
        yield f'<optgroup label="{escape(area)}">{options}</optgroup>'


def _page(language: str, title: str, body: str, company: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex, nofollow">\n'
        f"<title>{escape(title)}</title>\n<style>{CONTACT_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<p class="from">{escape(company)}</p>\n{body}\n</main>\n</body>\n</html>\n'
    )
