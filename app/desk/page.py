"""The recruiters' page in HTML: a message with its sources and findings, and what can be done. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from app.desk.style import STYLE
from app.messages.facts import LABELS
from app.messages.render import Sentence

_WEIGHT = {"error": "Must be mended", "warning": "Worth a look", "info": "For your information"}
_HELP = {"renew": "Show the new words", "resend": "Send me a new link"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What can be done with a link, and why.

    ``helps`` names the act that goes on from here: ``renew`` shows the newest words at once, ``resend`` mails
    a new link to whoever was asked; none where nothing is left to be decided.
    """

    open: bool
    title: str = ""
    why: str = ""
    helps: str | None = None


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

    @property
    def stopped(self) -> bool:
        """A check stops it: it can be changed or rejected, not allowed."""
        return any(finding["severity"] == "error" for finding in self.findings)


def decide_page(letter: Letter, *, company: str, nonce: str, trouble: str = "") -> str:
    """The page on which a person decides. `nonce` goes back with each of its forms."""
    warned = f'<section class="trouble" role="alert">{escape(trouble)}</section>' if trouble else ""
    body = (
        f"<h1>May this be sent?</h1>{warned}"
        f"<section><dl>{_about(letter.about)}</dl></section>"
        f'<section lang="{escape(letter.locale)}"><div class="subject">{escape(letter.subject)}</div>'
        f'<div class="words">{_marked(letter)}</div></section>'
        f"{_own(letter)}{_findings(letter.findings)}{_sources(letter.sentences)}{_decisions(letter, nonce)}"
    )
    return _page("May this be sent?", body, company)


def told_page(standing: Standing, *, company: str, nonce: str = "") -> str:
    """The page of a link by which nothing can be decided (any more): why, and what helps."""
    button = ""
    if standing.helps and nonce:
        button = _form(standing.helps, nonce, f'<button class="go">{_HELP[standing.helps]}</button>')
    body = f"<h1>{escape(standing.title)}</h1><section>{escape(standing.why)}</section>{button}"
    return _page(standing.title, body, company)


def _page(title: str, body: str, company: str) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex, nofollow">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<p class="from">Heardback for {escape(company)}</p>\n{body}\n</main>\n</body>\n</html>\n'
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


def _own(letter: Letter) -> str:
    """Where a language model has rephrased, that is said and the template's words can be compared."""
    if not letter.own:
        return ""
    own, language = escape(letter.own.strip()), escape(letter.locale)
    return (
        "<details><summary>Rephrased by a language model: the template's own words</summary>"
        f'<div class="words quiet" lang="{language}">{own}</div></details>'
    )


def _findings(findings: Sequence[Mapping[str, str]]) -> str:
    if not findings:
        return ""
    items = "".join(
        f'<li class="{escape(f["severity"])}"><b>{_WEIGHT.get(f["severity"], "Note")}:</b> '
        f"{escape(f['reason'])} {escape(f['suggestion'])}</li>"
        for f in findings
    )
    return f"<section><h2>What the checks found</h2><ul>{items}</ul></section>"


def _sources(sentences: Sequence[Sentence]) -> str:
    if not sentences:
        return ""
    items = "".join(f"<li>{'; '.join(_source(*fact) for fact in each.facts)}</li>" for each in sentences)
    return (
        "<details><summary>Where the marked sentences come from</summary>"
        f'<ol class="quiet">{items}</ol></details>'
    )


def _source(name: str, source: str) -> str:
    return f"{escape(LABELS.get(name, name))} ({escape(source)})"


def _decisions(letter: Letter, nonce: str) -> str:
    allow = _form("approve", nonce, '<button class="go">Yes, send it</button>')
    if letter.stopped:
        allow = '<p class="trouble">It cannot be sent as it is: change the words first.</p>'
    subject, text = escape(letter.subject), escape(letter.text.strip())
    change = _form(
        "edit",
        nonce,
        f'<label for="subject">Subject</label><input id="subject" name="subject" value="{subject}" '
        f'maxlength="200" required lang="{escape(letter.locale)}">'
        '<label for="text">Words</label><textarea id="text" name="text" rows="16" maxlength="20000" required '
        f'lang="{escape(letter.locale)}">\n{text}</textarea>'
        '<p class="quiet">They are checked again, and you see them once more before they are sent.</p>'
        "<button>Keep the change</button>",
    )
    refuse = _form(
        "reject",
        nonce,
        '<label for="note">Why not?</label><input id="note" name="note" maxlength="1000" required>'
        '<p class="quiet">The candidate is still owed an answer: the clock keeps running.</p>'
        '<button class="stop">Do not send it</button>',
    )
    return (
        f"{allow}<details><summary>Change the words</summary>{change}</details>"
        f"<details><summary>Do not send it</summary>{refuse}</details>"
    )


def _form(act: str, nonce: str, inner: str) -> str:
    return (
        '<form method="post"><input type="hidden" name="nonce" '
        f'value="{escape(nonce)}"><input type="hidden" name="act" value="{act}">{inner}</form>'
    )
