"""A person's own words in place of a rendered message: both parts again from one text, still with sources."""

import re
from dataclasses import replace
from html import escape

from app.messages.fill import anchor, is_safe_target, visible
from app.messages.headers import header_text
from app.messages.html import page
from app.messages.render import Rendered

_URL = re.compile(r"https://[^\s<>\"]*[^\s<>\".,;:!?)]")


def edited(before: Rendered, *, subject: str, text: str) -> Rendered:
    """The message as a person changed it; ``text`` is plain text, paragraphs apart by an empty line.

    What nobody sees in it, such as a NUL or what turns the direction of writing, does not leave.
    Sentences that still stand keep their facts; new ones have none, because the person vouches for them.
    Raises ``UnsafeHeader`` for a subject with control characters.
    """
    subject_line = header_text(subject.strip(), field="subject")
    clean = visible(re.sub(r"\r\n?", "\n", text)).strip() + "\n"
    kept = tuple(sentence for sentence in before.sentences if sentence.text in clean)
    paragraphs = re.split(r"\n{2,}", clean.strip())
    body = "".join(f'<p style="margin:0 0 16px">{_lines(paragraph)}</p>\n' for paragraph in paragraphs)
    return replace(
        before,
        subject=subject_line,
        text=clean,
        html=page(body=body, subject=subject_line, preheader=before.preheader, locale=before.locale),
        used=tuple(dict.fromkeys(fact for sentence in kept for fact in sentence.facts)),
        sentences=kept,
    )


def _lines(paragraph: str) -> str:
    return "<br>\n".join(_linked(line) for line in paragraph.split("\n"))


def _linked(line: str) -> str:
    parts: list[str] = []
    end = 0
    for found in _URL.finditer(line):
        parts.append(escape(line[end : found.start()]))
        url = escape(found.group())
        safe = is_safe_target(found.group())
        parts.append(f"{anchor(found.group())}{url}</a>" if safe else url)
        end = found.end()
    return "".join((*parts, escape(line[end:])))
