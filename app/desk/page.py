"""The recruiters' page in HTML: a message with its sources and findings, and what can be done. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from app.desk.page_words import Words, words_for
from app.desk.standing_words import told
from app.desk.style import STYLE
from app.messages.office import fact_name, said, translated
from app.messages.render import Sentence


@dataclass(frozen=True, slots=True)
class Standing:
    """What can be done with a link: ``open``, or why not, as `app.desk.standing_words` names it.

    ``helps`` names the act that goes on from here: ``renew`` shows the newest words at once, ``resend`` mails
    a new link to whoever was asked; none where nothing is left to be decided.
    """

    state: str
    helps: str | None = None

    @property
    def open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Card:
    """Words of a scorecard: in which field they stand, and the fact they would become."""

    id: str
    field: str
    words: str
    fact: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What the page shows of a message, ready to be read: times are in words already."""

    about: Mapping[str, str]
    """Lines above the words, by name: to whom, which job, when it leaves."""
    subject: str
    text: str
    locale: str
    sentences: Sequence[Sentence] = ()
    findings: Sequence[Mapping[str, str]] = field(default_factory=list)
    own: str = ""
    """The template's own words, where those above are a language model's."""
    cards: Sequence[Card] = ()
    """Those that the reader may take into the message."""

    @property
    def stopped(self) -> bool:
        """A check stops it: it can be changed or rejected, not allowed."""
        return any(finding["severity"] == "error" for finding in self.findings)


def decide_page(letter: Letter, reader: str, *, company: str, nonce: str, trouble: str = "") -> str:
    """The page on which a person decides, in the words of their locale such as ``de-AT``.

    `nonce` goes back with each of its forms. `trouble` is what stood against an act, in English.
    """
    words = words_for(reader)
    warned = f'<section class="trouble" role="alert">{_against(trouble, reader)}</section>' if trouble else ""
    body = (
        f"<h1>{words.title}</h1>{warned}"
        f"<section><dl>{_about(letter.about)}</dl></section>"
        f'<section lang="{escape(letter.locale)}"><div class="subject">{escape(letter.subject)}</div>'
        f'<div class="words">{_marked(letter)}</div></section>'
        f"{_own(letter, words)}{_findings(letter.findings, words, reader)}"
        f"{_cards(letter.cards, words, reader, nonce)}{_sources(letter.sentences, words, reader)}"
        f"{_decisions(letter, words, nonce)}"
    )
    return _page(words.title, body, reader, company)


def told_page(standing: Standing, reader: str, *, company: str, nonce: str = "", trouble: str = "") -> str:
    """The page of a link by which nothing can be decided (any more): why, and what helps.

    `trouble` is the reason in English where there is one that is closer than the state's own.
    """
    words = words_for(reader)
    title, why = told(standing.state, reader)
    button = ""
    if standing.helps and nonce:
        button = _form(standing.helps, nonce, f'<button class="go">{getattr(words, standing.helps)}</button>')
    reason = _against(trouble, reader) if trouble else escape(why)
    body = f"<h1>{escape(title)}</h1><section>{reason}</section>{button}"
    return _page(title, body, reader, company)


def _against(trouble: str, reader: str) -> str:
    """Why an act was refused; what the reader's language has no words for is said in general."""
    if words_for(reader) is words_for("en"):
        return escape(trouble)
    return escape(translated(trouble, reader) or " ".join(told("impossible", reader)))


def _page(title: str, body: str, reader: str, company: str) -> str:
    brand = words_for(reader).brand.format(company=company)
    return (
        f'<!doctype html>\n<html lang="{escape(reader)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex, nofollow">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<p class="from">{escape(brand)}</p>\n{body}\n</main>\n</body>\n</html>\n'
    )


def _about(lines: Mapping[str, str]) -> str:
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in lines.items())


def _marked(letter: Letter) -> str:
    """The words, each personal sentence marked with the number of its sources."""
    text, shown = letter.text.strip(), ""
    for number, sentence in enumerate(letter.sentences, 1):
        before, found, after = text.partition(sentence.text.strip())
        if found:
            shown += f"{escape(before)}<mark>{escape(found)}</mark><sup>{number}</sup>"
            text = after
    return shown + escape(text)


def _own(letter: Letter, words: Words) -> str:
    """Where a language model has rephrased, that is said and the template's words can be compared."""
    if not letter.own:
        return ""
    own, language = escape(letter.own.strip()), escape(letter.locale)
    return (
        f"<details><summary>{escape(words.rephrased)}</summary>"
        f'<div class="words quiet" lang="{language}">{own}</div></details>'
    )


def _findings(findings: Sequence[Mapping[str, str]], words: Words, reader: str) -> str:
    if not findings:
        return ""
    items = "".join(
        f'<li class="{escape(f["severity"])}"><b>{escape(getattr(words, f["severity"]))}</b> '
        f"{escape(said(f['reason'], reader))} {escape(said(f['suggestion'], reader))}</li>"
        for f in findings
    )
    return f"<section><h2>{escape(words.found)}</h2><ul>{items}</ul></section>"


def _sources(sentences: Sequence[Sentence], words: Words, reader: str) -> str:
    if not sentences:
        return ""
    items = "".join(
        f"<li>{'; '.join(_source(*fact, reader) for fact in each.facts)}</li>" for each in sentences
    )
    return f'<details><summary>{escape(words.sources)}</summary><ol class="quiet">{items}</ol></details>'


def _source(name: str, source: str, reader: str) -> str:
    return f"{escape(fact_name(name, reader))} ({escape(source)})"


def _cards(cards: Sequence[Card], words: Words, reader: str, nonce: str) -> str:
    """Words of scorecards, each with the button that takes it."""
    if not cards:
        return ""
    items = "".join(_card(each, words, reader, nonce) for each in cards)
    return (
        f'<details><summary>{escape(words.cards)}</summary><p class="quiet">{escape(words.cards_why)}</p>'
        f'<ul class="cards">{items}</ul></details>'
    )


def _card(one: Card, words: Words, reader: str, nonce: str) -> str:
    becomes = words.becomes.format(fact=fact_name(one.fact, reader))
    hidden = f'<input type="hidden" name="highlight" value="{escape(one.id)}">'
    return (
        f'<li><q lang="">{escape(one.words)}</q><p class="quiet">{escape(one.field)}; {escape(becomes)}</p>'
        f"{_form('pick', nonce, f'{hidden}<button>{escape(words.pick)}</button>')}</li>"
    )


def _decisions(letter: Letter, words: Words, nonce: str) -> str:
    allow = _form("approve", nonce, f'<button class="go">{escape(words.yes)}</button>')
    if letter.stopped:
        allow = f'<p class="trouble">{escape(words.stopped)}</p>'
    subject, text = escape(letter.subject), escape(letter.text.strip())
    change = _form(
        "edit",
        nonce,
        f'<label for="subject">{escape(words.subject)}</label>'
        f'<input id="subject" name="subject" value="{subject}" maxlength="200" required '
        f'lang="{escape(letter.locale)}"><label for="text">{escape(words.text)}</label>'
        '<textarea id="text" name="text" rows="16" maxlength="20000" required '
        f'lang="{escape(letter.locale)}">\n{text}</textarea>'
        f'<p class="quiet">{escape(words.checked_again)}</p><button>{escape(words.keep)}</button>',
    )
    refuse = _form(
        "reject",
        nonce,
        f'<label for="note">{escape(words.why_not)}</label>'
        '<input id="note" name="note" maxlength="1000" required>'
        f'<p class="quiet">{escape(words.still_owed)}</p>'
        f'<button class="stop">{escape(words.refuse)}</button>',
    )
    return (
        f"{allow}<details><summary>{escape(words.change)}</summary>{change}</details>"
        f"<details><summary>{escape(words.refuse)}</summary>{refuse}</details>"
    )


def _form(act: str, nonce: str, inner: str) -> str:
    return (
        '<form method="post"><input type="hidden" name="nonce" '
        f'value="{escape(nonce)}"><input type="hidden" name="act" value="{act}">{inner}</form>'
    )
