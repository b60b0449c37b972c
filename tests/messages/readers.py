"""How the tests read a message: HTML as a structure, and the dates, numbers and addresses in any text."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br"}


@dataclass
class Page(HTMLParser):
    """The tags in order, the links, and the visible text; fails on tags that do not nest."""

    tags: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _hidden: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {f"{tag}.{name}" for name, _ in attrs}
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        if tag in {"p", "li", "br"}:
            self.words.append("\n")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if "main" in self._open:
            self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment in the page: {data}")


def read_page(html: str) -> Page:
    """The page, read as a browser would."""
    page = Page()
    page.feed(html)
    page.close()
    assert not page._open, f"left open: {page._open}"
    return page


def seen(page: Page) -> str:
    """What a reader sees, one paragraph a line."""
    lines = (" ".join(line.split()) for line in "".join(page.words).splitlines())
    return "\n".join(line for line in lines if line)


def numbers(text: str) -> list[str]:
    """The numbers in a text, addresses aside, in order."""
    return re.findall(r"\d[\d.,:]*", re.sub(r"https://\S+", "", text))
