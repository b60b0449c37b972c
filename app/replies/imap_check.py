"""Can a mailbox be read? Asked on request, without reading a mail."""

import asyncio
from dataclasses import dataclass
from functools import partial

from app.errors import Unavailable
from app.replies.imap_line import Line
from app.replies.imap_login import log_in, threaded
from app.replies.imap_tokens import MailboxTokens
from app.replies.mailbox import Mailbox

_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Look:
    """What came of it, as a line for operators without a full stop: no address and no secret."""

    fine: bool
    line: str


async def check_mailbox(box: Mailbox, tokens: MailboxTokens, *, seconds: float = _SECONDS) -> Look:
    """Gets a token where one is needed, logs in, opens the folder for reading only, and logs out.

    A grant that was refused lately is shown again. Never raises for what the servers do.

    Args:
        box: The mailbox.
        tokens: Of this service.
        seconds: The longest that it may take.
    """
    line = Line(box)
    where = f"mailbox {box.name} ({box.host}:{box.port}, {box.tls}, {'oauth' if box.grant else 'password'})"
    try:
        async with asyncio.timeout(seconds):
            await log_in(line, box, tokens, anew=True)
            opened = await threaded(line.examine)
            await threaded(partial(line.close, politely=True))
    except Unavailable as wrong:
        return Look(fine=False, line=f"{where}: {wrong.detail.removesuffix('.')}")
    except TimeoutError:
        return Look(fine=False, line=f"{where}: The mailbox does not answer (round)")
    finally:
        line.cut()
        await threaded(line.close)
    said = f"{opened.mails} mails, UIDVALIDITY {opened.validity}"
    return Look(fine=True, line=f"{where}: {box.folder} opens for reading, {said}")
