"""One Markdown source, two parts: the skeleton is read once and becomes an HTML and a plain-text skeleton.

Marks (private-use characters around a number) stand for facts and for links; `app.messages.fill` puts the
values in. So nothing a fact contains is ever read as Markdown or HTML.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

LINK_OPEN, LINK_OPENED = "\ue002", "\ue003"
LINK_CLOSE, LINK_CLOSED = "\ue004", "\ue005"

_FONT = (
    "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5"
)
_TAGS = {
    "paragraph_open": '<p style="margin:0 0 16px">',
    "paragraph_close": "</p>\n",
    "bullet_list_open": '<ul style="margin:0 0 16px;padding-left:24px">\n',
    "bullet_list_close": "</ul>\n",
    "ordered_list_open": '<ol style="margin:0 0 16px;padding-left:24px">\n',
    "ordered_list_close": "</ol>\n",
    "list_item_open": '<li style="margin:0 0 4px">',
    "list_item_close": "</li>\n",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "em_open": "<em>",
    "em_close": "</em>",
    "hardbreak": "<br>\n",
    "softbreak": " ",
}


@dataclass(frozen=True, slots=True)
class Document:
    """A skeleton read as Markdown. ``links`` holds each link's label and target, with marks."""

    html: str
    text: str
    links: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Parts:
    html: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    lists: list[int | None] = field(default_factory=list)
    """The next number of each open list; None for bullets."""


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero", {"html": False, "linkify": False, "typographer": False})
    reader.enable(["list", "emphasis", "link", "newline", "escape"])
    # Targets are judged after the facts are in, and must keep their marks until then.
    reader.normalizeLink = _as_it_is  # type: ignore[method-assign]
    reader.validateLink = bool  # type: ignore[method-assign, assignment]
    return reader


def _as_it_is(url: str) -> str:
    return url


_READER = _reader()


@lru_cache(maxsize=1024)
def read_markdown(skeleton: str) -> Document:
    """Read paragraphs, lists, emphasis, strong, links and hard breaks; anything else is plain text.

    In the text part a paragraph is one line, a list item begins with ``- `` or its number, and a link is
    ``label: target``.
    """
    parts = _Parts()
    for token in _READER.parse(skeleton):
        _block(token, parts)
    return Document("".join(parts.html), "".join(parts.text).strip() + "\n", tuple(parts.links))


def _block(token: Token, parts: _Parts) -> None:
    if token.type == "inline":
        _inline(token.children or [], parts)
        return
    if token.type.endswith("_list_open"):
        start = token.attrGet("start")
        parts.lists.append(int(start or 1) if token.type == "ordered_list_open" else None)
    elif token.type.endswith("_list_close"):
        parts.lists.pop()
        parts.text.append("" if parts.lists else "\n")
    elif token.type == "list_item_open":
        parts.text.append("  " * (len(parts.lists) - 1) + _bullet(parts))
    elif token.type == "paragraph_close":
        parts.text.append("\n" if parts.lists else "\n\n")
    if not token.hidden:
        parts.html.append(_TAGS[token.type])


def _bullet(parts: _Parts) -> str:
    number = parts.lists[-1]
    if number is None:
        return "- "
    parts.lists[-1] = number + 1
    return f"{number}. "


def _inline(tokens: Sequence[Token], parts: _Parts) -> None:
    open_links: list[tuple[int, int]] = []
    for token in tokens:
        if token.type == "link_open":
            open_links.append((len(parts.links), len(parts.text)))
            parts.links.append(("", str(token.attrGet("href") or "")))
            mark = f"{LINK_OPEN}{open_links[-1][0]}{LINK_OPENED}"
            parts.html.append(mark)
            parts.text.append(mark)
        elif token.type == "link_close":
            number, start = open_links.pop()
            parts.links[number] = ("".join(parts.text[start + 1 :]), parts.links[number][1])
            mark = f"{LINK_CLOSE}{number}{LINK_CLOSED}"
            parts.html.append(mark)
            parts.text.append(mark)
        elif token.type in _TAGS:
            parts.html.append(_TAGS[token.type])
            parts.text.append({"hardbreak": "\n", "softbreak": " "}.get(token.type, ""))
        else:
            parts.html.append(escape(token.content))
            parts.text.append(token.content)


def page(*, body: str, subject: str, preheader: str, locale: str) -> str:
    """A whole HTML document around a body; ``subject`` and ``preheader`` are plain text.

    No images, no colours (so that light and dark modes both keep the reader's own contrast), nothing remote.
    """
    language = locale.replace("_", "-")
    direction = "rtl" if language.partition("-")[0] in {"ar", "fa", "he", "ur"} else "ltr"
    lang = f'lang="{escape(language)}" dir="{direction}"'
    # A meeting link can be longer than a phone is wide.
    main = f"max-width:600px;margin:0 auto;padding:24px 20px;overflow-wrap:break-word;{_FONT}"
    hidden = "display:none;max-height:0;max-width:0;overflow:hidden;mso-hide:all"
    return (
        f'<!doctype html>\n<html {lang}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="supported-color-schemes" content="light dark">\n'
        f"<title>{escape(subject)}</title>\n</head>\n"
        f'<body style="margin:0;padding:0">\n<div style="{hidden}">{escape(preheader)}</div>\n'
        f'<main style="{main}">\n{body}</main>\n</body>\n</html>\n'
    )
