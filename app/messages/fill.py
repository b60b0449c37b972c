"""Values into skeletons: each fact lands as inert text, in the text part and in the HTML part alike."""

import re
from collections.abc import Sequence
from html import escape

from app.messages.html import LINK_OPEN, Document
from app.messages.liquid import MARK_OPEN

_MARK = re.compile("([\ue000\ue002\ue004])([0-9]+)[\ue001\ue003\ue005]")
_FACT = re.compile("\ue000([0-9]+)\ue001")
_UNSEEN = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""Those among them that have no place in a text of several lines."""
_DISGUISE = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_HTTPS = re.compile(r"https://[a-z0-9][a-z0-9.-]*(:[0-9]+)?([/?#][^\s<>\"'\\`]*)?", re.IGNORECASE)
_THIS_MACHINE = re.compile(r"http://(127\.0\.0\.1|localhost)(:[0-9]+)?(/[^\s<>\"'\\`@]*)?")
"""Where Heardback is reached while it is tried out; production demands https."""
_MAILTO = re.compile(r"mailto:[^\s<>\"'\\`?&@,;:%]+@[a-z0-9][a-z0-9.-]*", re.IGNORECASE)


def inert(value: str) -> str:
    """A value as one line of text.

    Control characters and line breaks become a space, bidirectional overrides vanish, and what cannot be
    encoded becomes U+FFFD.
    """
    return visible(_UNSEEN.sub(" ", value))


def visible(text: str) -> str:
    """The same for a text of several lines, which keeps its lines and spaces."""
    return _SURROGATE.sub("\ufffd", _DISGUISE.sub("", _CONTROL.sub(" ", text)))


def is_safe_target(target: str) -> bool:
    """Whether a link may lead there: https without credentials, this machine, or one plain mail address."""
    return any(safe.fullmatch(target) for safe in (_HTTPS, _THIS_MACHINE, _MAILTO))


def fill_line(skeleton: str, values: Sequence[str]) -> str:
    """Values into a skeleton that holds only fact marks."""
    return _FACT.sub(lambda mark: values[int(mark.group(1))], skeleton)


def fill_text(skeleton: str, document: Document, values: Sequence[str]) -> str:
    """The text part, or a piece of it; a link becomes ``label: target``."""

    def put(mark: re.Match[str]) -> str:
        kind, number = mark.group(1), int(mark.group(2))
        if kind == MARK_OPEN:
            return values[number]
        return "" if kind == LINK_OPEN else _aside(document, number, values)

    return _MARK.sub(put, skeleton)


def fill_html(document: Document, values: Sequence[str]) -> str:
    """The HTML body. A target that is not safe is shown as text and leads nowhere."""
    escaped = [escape(value) for value in values]

    def put(mark: re.Match[str]) -> str:
        kind, number = mark.group(1), int(mark.group(2))
        if kind == MARK_OPEN:
            return escaped[number]
        target = fill_line(document.links[number][1], values)
        if is_safe_target(target):
            return anchor(target) if kind == LINK_OPEN else "</a>"
        return "" if kind == LINK_OPEN else escape(_aside(document, number, values))

    return _MARK.sub(put, document.html)


def anchor(target: str) -> str:
    """The opening tag of a link to a target that was found safe."""
    return f'<a href="{escape(target)}" style="text-decoration:underline">'


def _aside(document: Document, number: int, values: Sequence[str]) -> str:
    label, target = (fill_line(part, values) for part in document.links[number])
    plain = target.removeprefix("mailto:")
    return "" if plain == label else f": {plain}"
