"""The new words of a mail, without what it quotes, forwards, or signs with. Pure.

The provider's own finding is taken where there is one. These rules are few on purpose: what they miss
is shown too long, never cut too short.
"""

import re
from html.parser import HTMLParser

from app.mail.hooks import InboundMail

LONGEST = 20_000
"""Characters of new words that are read and kept."""

_WROTE = re.compile(
    r"^\s*>?\s*(on\b.{5,300}\bwrote:|am\b.{5,300}\bschrieb\b.{0,200}:|.{0,200}\bschrieb am\b.{5,200}:"
    r"|le\b.{5,300}\ba écrit\s*:|el\b.{5,300}\bescribió:)\s*$",
    re.IGNORECASE | re.DOTALL,
)
_WROTE_BEGINS = re.compile(r"^\s*>?\s*(on|am|le|el)\b.*\d", re.IGNORECASE)
_CUT = re.compile(
    r"^\s*(-{2,}\s*(original message|ursprüngliche nachricht|originalnachricht"
    r"|message d'origine|mensaje original"
    r"|forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado)\s*-{2,}"
    r"|begin forwarded message:|anfang der weitergeleiteten nachricht:"
    r"|début du message (transféré|réexpédié)\s*:|_{20,})\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\s*\*?(from|von|de|expéditeur)\s*:\*?\s*\S", re.IGNORECASE)
_SENT = re.compile(r"^\s*\*?(sent|date|gesendet|datum|envoyé|enviado|fecha|to|an|à|para)\s*:", re.IGNORECASE)
_SIGNED = re.compile(
    r"^\s*(--\s?|(sent|get) (from|outlook for) .{0,60}|von meinem .{1,40} gesendet"
    r"|gesendet (von|mit) .{1,60}|envoyé (de|depuis) .{1,60}|enviado (desde|de) .{1,60})\s*$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s*>")
_AHEAD = 3
"""Lines over which an attribution may be folded, or in which a quoted header names its date."""


def new_words(mail: InboundMail) -> str:
    """What the sender has written this time; may be empty."""
    if mail.stripped and mail.stripped.strip():
        return mail.stripped.strip()[:LONGEST]
    text = mail.text if mail.text.strip() else text_of(mail.html)
    return unquoted(text)[:LONGEST]


def unquoted(text: str) -> str:
    """The lines that are new, in their order."""
    lines = text[: 10 * LONGEST].replace("\r\n", "\n").split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if _CUT.match(line) or _SIGNED.match(line) or _heads_a_quote(lines, at):
            break
        length = _attribution(lines, at)
        if length:
            at += length
            if not _quote_follows(lines, at):
                break
            continue
        if not _QUOTED.match(line):
            kept.append(line.rstrip())
        at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _attribution(lines: list[str], at: int) -> int:
    """How many lines of "On …, … wrote:" begin here."""
    if not _WROTE_BEGINS.match(lines[at]) and not _WROTE.match(lines[at]):
        return 0
    for length in range(1, _AHEAD + 1):
        if _WROTE.match(" ".join(lines[at : at + length])):
            return length
    return 0


def _quote_follows(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at:] if line.strip()), "")
    return bool(_QUOTED.match(following))


def _heads_a_quote(lines: list[str], at: int) -> bool:
    following = lines[at + 1 : at + 1 + _AHEAD]
    return bool(_FROM.match(lines[at])) and any(_SENT.match(line) for line in following)


_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "ul", "ol", "table"})
_UNSEEN = frozenset({"style", "script", "head", "title", "blockquote"})
_REST = re.compile(r"gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend|protonmail_quote")


class _Text(HTMLParser):
    """Collects what is seen, without quotations."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = 0
        self._ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if any(_REST.search(value or "") for name, value in attrs if name in ("class", "id")):
            self._ended = True
        if tag in _UNSEEN:
            self._unseen += 1
        if tag in _BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag in ("p", "div"):
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen and not self._ended:
            self.found.append(re.sub(r"\s+", " ", data))


def text_of(html: str) -> str:
    """The words of an HTML body, one block a line, without what it quotes."""
    parser = _Text()
    parser.feed(html[: 20 * LONGEST])
    parser.close()
    lines = "".join(parser.found).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines)).strip()
