"""``heardback mail``: is everything set so that mail leaves and comes back, and does one mail leave."""

from collections.abc import Sequence

import click

from app.commands import opened, read_settings, report_trouble, run
from app.delivery.trial import send_trial
from app.mail.account import Light
from app.mail.outbound import OutcomeKind
from app.mail_check import Part, all_right, check_mail, check_mailboxes
from app.replies.imap_tokens import MailboxTokens
from app.replies.mailbox import Mailbox
from app.replies.mailboxes import mailboxes_of
from app.settings import Settings

_SIGNS = {
    Light.FINE: click.style("ok   ", fg="green"),
    Light.NOTE: click.style("note ", fg="yellow"),
    Light.WRONG: click.style("wrong", fg="red"),
}


_sender = click.option(
    "--sender", help="Instead of HEARDBACK_MAIL_FROM, such as a connection's own sender_address."
)


@click.group("mail")
def mail_group() -> None:
    """How mail leaves and comes back: check, test."""


@mail_group.command("check")
@_sender
def check(sender: str | None) -> None:
    """Ask every route's provider, without sending, whether mail would leave.

    Exits 1 when something is wrong; what is only noted does not count.
    """
    click.echo("Asking …", err=True)
    with report_trouble():
        settings = _settings(sender)
        boxes = mailboxes_of(settings)
    parts = run(check_mail(settings))
    _show(parts)
    if boxes:
        # After the rest has been shown, because it needs the database: tokens are kept there.
        parts.append(run(_boxes(settings, boxes)))
        _show(parts[-1:])
    if not all_right(parts):
        raise SystemExit(1)


def _settings(sender: str | None) -> Settings:
    settings = read_settings()
    return settings.model_copy(update={"mail_from": sender}) if sender else settings


async def _boxes(settings: Settings, boxes: Sequence[Mailbox]) -> Part:
    async with opened(settings) as services:
        return await check_mailboxes(
            boxes, MailboxTokens(services.sessions, services.vault, services.machine_now)
        )


def _show(parts: Sequence[Part]) -> None:
    for part in parts:
        click.echo(part.title)
        for said in part.found:
            click.echo(f"  {_SIGNS[said.light]}  {said.words}")


@mail_group.command("test")
@click.option("--to", required=True, help="The address to write to, such as your own.")
@click.option("--route", help="Unless given, the one that mail about applications takes.")
@_sender
def test(to: str, route: str | None, sender: str | None) -> None:
    """Send one harmless mail through a real route. Exits 1 unless it was accepted."""
    with report_trouble():
        settings = _settings(sender)
    trial = run(send_trial(settings, to, route))
    outcome = trial.outcome
    if outcome.kind is OutcomeKind.ACCEPTED:
        click.echo(f"{trial.route} has accepted it as {outcome.provider_id or 'a mail without an id'}.")
        click.echo("See that it arrives, and not among the spam.")
        return
    words = {
        OutcomeKind.AMBIGUOUS: "Nobody knows whether it left; look into the inbox before you try again",
        OutcomeKind.NOT_SENT: "It was not sent, and may be tried again",
    }.get(outcome.kind, "It was refused")
    raise click.ClickException(f"{trial.route}: {words} ({outcome.detail}).")
