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
    r"^[\s>-]*(on\b.{5,300}\bwrote\s*(:|-{2,})|am\b.{5,300}\b(schrieb|geschrieben)\b.{0,200}:"
    r"|.{0,200}\bschrieb am\b.{5,200}:|le\b.{5,300}\b(a écrit|écrit)\s*:|el\b.{5,300}\b(escribió"
    r"|ha escrito)\s*:"
    r"|[^.!?]{0,80}<[^<>\s]{3,100}@[^<>\s]{3,100}>\)?,?.{0,80}(wrote|schrieb|écrit|escribió)\s*:"
    r"|20\d\d-\d\d-\d\d \d?\d:\d\d.{5,200}<[^<>\s]{3,200}>\s*:)[\s-]*$",
    re.IGNORECASE | re.DOTALL,
)
_WROTE_BEGINS = re.compile(r"^[\s>-]*((on|am|le|el)\b.*\d|20\d\d-\d\d-\d\d \d)|<[^<>\s]+@", re.IGNORECASE)
_CUT = re.compile(
    r"^\s*(-{2,}\s*(original message|original|ursprüngliche nachricht|original-?nachricht|reply message"
    r"|message d'origine|message original|mail original|mensaje original|correo original"
    r"|forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado)\s*-{2,}"
    r"|begin forwarded message:|anfang der weitergeleiteten nachricht:"
    r"|début du message (transféré|réexpédié)\s*:|inicio del mensaje reenviado:|_{20,})\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\s*\*?(from|von|de|expéditeur)\s*:\*?\s*\S", re.IGNORECASE)
_HEAD = re.compile(
    r"^\s*\*?(from|von|de|expéditeur|sent|date|gesendet|datum|envoyé|enviado|enviado el|fecha|to|an|à|para|cc"
    r"|subject|betreff|objet|asunto)\s*:",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"^\s*(--\s?|(sent|get) (from|with|via|outlook for) .{0,80}|von meine[mr] .{1,60} gesendet"
    r"|gesendet (von|mit|aus) .{1,80}|diese nachricht wurde von meine[mr] .{1,80} gesendet"
    r"|envoyé (de|depuis|avec|à partir|via) .{1,80}|télécharger outlook .{1,40}|obtenir outlook .{1,40}"
    r"|enviado (desde|de|con|a través) .{1,80}|obtener outlook .{1,40}|holen sie sich outlook .{1,40}"
    r"|outlook für .{1,20} (beziehen|herunterladen))\.?\s*$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s*>")
_AHEAD = 3
"""Lines over which an attribution may be folded, or in which a quoted header says what it is."""


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
        if not lines[at : at + length][-1:] or not lines[at : at + length][-1].strip():
            return 0
        if _WROTE.match(" ".join(lines[at : at + length])):
            return length
    return 0


def _quote_follows(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at:] if line.strip()), "")
    return bool(_QUOTED.match(following))


def _heads_a_quote(lines: list[str], at: int) -> bool:
    block = [line for line in lines[at : at + 2 + _AHEAD] if _HEAD.match(line)]
    return bool(_HEAD.match(lines[at])) and len(block) > 1 and any(_FROM.match(line) for line in block)


_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "ul", "ol", "table"})
_EMPTY = frozenset({"br", "hr", "img", "meta", "link", "input"})
_UNSEEN = frozenset({"style", "script", "head", "title", "blockquote"})
_REST = re.compile(r"divRplyFwdMsg|appendonsend")
"""Marks behind which only the quotation follows."""
_ASIDE = re.compile(
    r"gmail_quote|gmail_attr|gmail_signature|yahoo_quoted|moz-cite-prefix|moz-signature|protonmail_quote"
    r"|protonmail_signature_block|zmail_extra|ms-outlook-mobile-signature|^quote$"
)
"""Elements that hold a quotation or a signature; what stands behind them is new again."""


class _Text(HTMLParser):
    """Collects what is seen, without quotations."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = 0
        self._ended = False
        self._aside = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = [value or "" for name, value in attrs if name in ("class", "id", "name")]
        if self._aside:
            self._depth += tag == self._aside
        elif any(_ASIDE.search(each) for each in named) and tag not in _EMPTY:
            self._aside, self._depth = tag, 1
        if any(_REST.search(each) for each in named):
            self._ended = True
        if tag in _UNSEEN:
            self._unseen += 1
        if tag in _BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._aside:
            self._depth -= 1
            self._aside = self._aside if self._depth else ""
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag in ("p", "div"):
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen and not self._ended and not self._aside:
            self.found.append(re.sub(r"\s+", " ", data))


def text_of(html: str) -> str:
    """The words of an HTML body, one block a line, without what it quotes."""
    parser = _Text()
    parser.feed(html[: 20 * LONGEST])
    parser.close()
    lines = "".join(parser.found).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines)).strip()
