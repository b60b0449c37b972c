"""Letters for the mail tests, in our own words."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from app.mail.outbound import Address, Envelope

DATE = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LONG_LINK = "https://stop.talent.example/u/" + "4f9c" * 40
RICH = Envelope(
    send_id="del_01jd2q8z6w3k7m9p5r1t0v4x2y",
    message_id="<hb.del_01jd2q8z6w3k7m9p5r1t0v4x2y@talent.example>",
    sender=Address('Øster, Åse "Bo" (Talent)', "talent@talent.example"),
    to=Address("Weiß, Jörg", "Joerg.Weiss@Mail.Example"),
    subject="Nächste Schritte für „Senior Data Engineer“: Ihr Gespräch am Dienstag, und danach – bald",
    text="Guten Tag Herr Weiß,\n\ndanke für das Gespräch…\n.\nBis Dienstag!   \n",
    html='<html lang="de"><body><p>Guten Tag Herr Weiß,</p><p>danke für <b>alles</b>…</p></body></html>',
    reply_to=Address("Talent, Team", "reply+a2b3@reply.talent.example"),
    in_reply_to="<" + "p" * 90 + "@mail.example>",
    references=("<first@mail.example>", "<" + "p" * 90 + "@mail.example>"),
    headers=(
        ("List-Unsubscribe", f"<{LONG_LINK}>, <mailto:stop@talent.example>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ),
)


def parsed(raw: bytes) -> EmailMessage:
    """The message as the standard library reads it."""
    message = BytesParser(policy=default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    return message


def content(message: EmailMessage, kind: str) -> str:
    """The text of its plain or html part, line ends as LF."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
