"""The command: each of its parts is loaded only when it is used, so that `--help` answers at once."""

from importlib import import_module
from importlib.metadata import version

import click

_COMMANDS = {
    "serve": ("app.process_commands:serve_command", "Run the service."),
    "worker": ("app.process_commands:worker", "Do the work in a process of its own."),
    "migrate": ("app.process_commands:migrate", "Bring the database to this version's schema."),
    "openapi": ("app.process_commands:openapi", "Print the OpenAPI document."),
    "demo": ("app.demo.commands:demo", "Play a hiring round in fast-forward, and check it."),
    "connections": (
        "app.intake.commands:connections_group",
        "ATS accounts: add, list, rotate-secret, check.",
    ),
    "events": ("app.intake.event_commands:events", "What the ATS said: list, replay."),
    "policies": ("app.rehearsal.commands:policies", "What is owed, by when: apply, diff, show."),
    "backtest": ("app.rehearsal.commands:backtest_command", "Play other rules over the stored history."),
    "calendar": (
        "app.sla.calendar_commands:calendar_commands",
        "Business hours: solve, show, apply.",
    ),
    "clocks": ("app.sla.clock_commands:clocks", "What is owed now: list."),
    "followups": ("app.messages.commands:followups", "Messages: list, show, supply, approve, reject."),
    "messages": ("app.messages.sheet_commands:messages", "The words that come with Heardback: sheet."),
    "templates": (
        "app.messages.template_commands:templates",
        "The words of messages: list, show, save, preview, rollback, off.",
    ),
    "preferences": (
        "app.followups.preference_commands:preferences_group",
        "How the team hears from us: list, set, forget.",
    ),
    "mail": ("app.mail_commands:mail_group", "How mail leaves and comes back: check, test."),
    "suppressions": (
        "app.delivery.suppression_commands:suppressions_group",
        "Addresses that are never written to: import, export, check.",
    ),
    "silence": ("app.silence_commands:silence_command", "Who is left in silence, and who must act."),
    "keys": ("app.access.commands:keys_group", "API keys: create, list, revoke; the master key."),
}


class Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in _COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("heardback"), message="%(prog)s %(version)s")
def main() -> None:
    """Starts a clock for every answer a company owes a candidate, and sees each one through."""
