"""Templates as files: Markdown under a subject and a preheader, one file per kind and language."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from app.errors import InvalidTemplate

DEFAULT_LOCALE = "en"
MAX_LINE = 10_000
"""Characters: front matter is one line each, however long."""


@dataclass(frozen=True, slots=True)
class Template:
    """The words of one kind in one language.

    ``version`` is a hash of the content, so that a stored message can name exactly what it was made from. A
    stored override is the same class.
    """

    key: str
    locale: str
    version: str
    subject: str
    preheader: str
    body: str

    @classmethod
    def make(cls, key: str, locale: str, *, subject: str, preheader: str, body: str) -> "Template":
        """A template with the version of its content."""
        content = f"{key}\0{locale}\0{subject}\0{preheader}\0{body}"
        version = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return cls(key, locale, version, subject, preheader, body)

    @classmethod
    def parse(cls, key: str, locale: str, source: str) -> "Template":
        """Read the file format; raises ``InvalidTemplate`` when the front matter is not as it should be."""
        opening, _, rest = source.replace("\r\n", "\n").partition("---\n")
        front, closing, body = rest.partition("\n---\n")
        if opening.strip() or not closing:
            raise InvalidTemplate("A template begins with `---`, its subject and preheader, and `---` again.")
        try:
            matter = yaml.safe_load(front)
        except yaml.YAMLError as error:
            raise InvalidTemplate("The template's front matter is not valid YAML.") from error
        if not isinstance(matter, dict) or set(matter) != {"subject", "preheader"}:
            raise InvalidTemplate(
                "A template's front matter holds `subject` and `preheader`, and nothing else."
            )
        subject, preheader = str(matter["subject"]), str(matter["preheader"])
        return cls.make(key, locale, subject=subject, preheader=preheader, body=body.strip() + "\n")

    def source(self) -> str:
        """The file format, which ``parse`` reads back."""
        return (
            f"---\nsubject: {_quoted(self.subject)}\npreheader: {_quoted(self.preheader)}\n---\n\n{self.body}"
        )


def _quoted(line: str) -> str:
    return yaml.safe_dump(line, default_style='"', allow_unicode=True, width=MAX_LINE).strip()


@cache
def load_templates() -> Mapping[tuple[str, str], Template]:
    """The templates that come with Heardback, by (kind, language); read once."""
    found: dict[tuple[str, str], Template] = {}
    for folder in files("app.messages").joinpath("templates").iterdir():
        if not folder.is_dir():
            continue
        for file in folder.iterdir():
            if file.name.endswith(".md"):
                key = file.name.removesuffix(".md")
                template = Template.parse(key, folder.name, file.read_text(encoding="utf-8"))
                found[key, folder.name] = template
    return MappingProxyType(found)
