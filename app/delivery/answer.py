"""What a candidate wrote, quoted below the mail that tells their recruiter of it.

With an address of its own for each mail, the answers come here and not to the recruiter, who must read them
all the same. The words are nobody's message: they pass no check, stand in no template and go by mail only.
"""

from collections.abc import Mapping
from html import escape

from sqlalchemy.ext.asyncio import AsyncSession

from app.followups.models import FollowUp, SuppliedFact
from app.messages.keyring import Keyring
from app.messages.office import said
from app.privacy.vault import Vault
from app.timeline.models import Person

ANSWER = "reply.words"
"""The name by which they are kept with the follow-up."""
LONGEST = 4_000
"""Characters; the rest is in the ATS or the API."""

_END = "</main>"
_QUOTE = "margin:0 0 16px;padding-left:12px;border-left:3px solid #999;white-space:pre-wrap"


async def with_answer(
    session: AsyncSession,
    vault: Vault,
    follow_up: FollowUp,
    candidate: Person,
    words: Mapping[str, str],
    locale: str,
) -> dict[str, str]:
    """The words of the mail, with the answer below them where there is one to read.

    ``locale`` is the mail's.
    """
    row = await session.get(SuppliedFact, (follow_up.id, ANSWER))
    if row is None:
        return dict(words)
    keys = Keyring(vault, candidate, follow_up.id)
    answer = await keys.open(session, row.value, f"{follow_up.id}/{ANSWER}")
    return quoted(words, answer.decode(), locale) if answer else dict(words)


def quoted(words: Mapping[str, str], answer: str, locale: str) -> dict[str, str]:
    """Text and HTML with the answer marked as a quotation; nothing in it is read as HTML."""
    head = said("The candidate answered:", locale)
    lines = "\n".join(f"> {line}".rstrip() for line in answer.splitlines())
    block = f'<p style="margin:0 0 16px">{escape(head)}</p>\n'
    block += f'<blockquote style="{_QUOTE}">{escape(answer)}</blockquote>\n'
    before, end, after = words["html"].rpartition(_END)
    html = f"{before}{block}{end}{after}" if end else words["html"]
    return {**words, "text": f"{words['text'].rstrip()}\n\n{head}\n\n{lines}\n", "html": html}
