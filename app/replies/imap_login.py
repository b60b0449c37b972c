"""Opening a mailbox, by its password or by a token."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from app.errors import MailboxRefused, Unavailable
from app.replies.imap_line import Line
from app.replies.imap_tokens import MailboxTokens
from app.replies.mailbox import Mailbox

AT_ONCE = 4
"""Mailboxes that one process reads at the same time."""
_THREADS = ThreadPoolExecutor(2 * AT_ONCE, "imap")
"""Their own: a hung server must not take the threads that look up names for all others."""
_T = TypeVar("_T")


async def threaded(ask: Callable[[], _T]) -> _T:
    """What blocks, in one of the threads for mailboxes."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, ask)


async def log_in(line: Line, box: Mailbox, tokens: MailboxTokens, *, anew: bool = False) -> None:
    """Connects and logs in; a token that the mailbox does not take is renewed once.

    Args:
        line: Not yet open.
        box: Where it leads.
        tokens: Of the mailboxes that open by OAuth.
        anew: Ask for a token even if the grant was refused lately.

    Raises:
        MailboxRefused: The grant gives no token; says what to do.
        Unavailable: Anything else, refused credentials among it, since servers refuse good ones when busy.
    """
    if box.grant is None:
        await _open(line, box.password)
        return
    token = await tokens.access(box, anew=anew)
    try:
        await threaded(partial(line.open, token))
    except MailboxRefused:
        await _open(line, await tokens.access(box, refused=token))


async def _open(line: Line, secret: str) -> None:
    try:
        await threaded(partial(line.open, secret))
    except MailboxRefused as refused:
        raise Unavailable(refused.detail) from None
