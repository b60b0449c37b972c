"""What tests about mailboxes share: mailboxes at the small server, their reader, an answer to find."""

from datetime import timedelta
from email import message_from_bytes
from email.utils import parseaddr
from typing import Any

from app.replies.imap import ImapPoll
from app.replies.imap_tokens import MailboxTokens
from app.replies.mailbox import Mailbox
from app.replies.take import Inbox
from tests.flow.small import ADDRESS, Small
from tests.replies.imap_server import SmallImap

MAILBOX = "reply@answers.ostwind.example"


def box_at(server: SmallImap, **more: Any) -> Mailbox:
    """One mailbox there, in clear and by password unless said otherwise."""
    given: dict[str, Any] = {"host": "127.0.0.1", "username": "talent", "tls": "none", "seconds": 5.0}
    secret = {} if "grant" in more else {"password": 'a "secret"'}
    return Mailbox(port=server.port, **(given | secret | more))


def tokens_of(small: Small, **more: Any) -> MailboxTokens:
    """The tokens of this service."""
    return MailboxTokens(small.services.sessions, small.services.vault, small.machine.now, **more)


def poll(small: Small, *boxes: Mailbox, tokens: MailboxTokens | None = None, **more: Any) -> ImapPoll:
    """Whoever reads these mailboxes."""
    inbox = Inbox(small.services.vault, MAILBOX, ("talent@heardback.example",))
    return ImapPoll(small.services.sessions, inbox, boxes, tokens or tokens_of(small), **more)


def later(small: Small, **ahead: float) -> None:
    """Machine time goes on."""
    small.machine.at += timedelta(**ahead)


def answer(small: Small, words: str = "Thank you!", message_id: str = "<a-1@mail.example>") -> bytes:
    """A candidate's answer to what we sent, as it lies in a mailbox."""
    sent = [message_from_bytes(payload) for _, payload in small.route.sent]
    to = parseaddr(next(m["Reply-To"] for m in sent if ADDRESS in m["To"]))[1]
    return (
        f"From: {ADDRESS}\r\nTo: {to}\r\nMessage-ID: {message_id}\r\nSubject: Re\r\n"
        f"Content-Type: text/plain\r\n\r\n{words}\r\n"
    ).encode()
