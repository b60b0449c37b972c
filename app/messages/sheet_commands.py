"""``heardback messages``: the words that come with Heardback, to be looked through."""

from pathlib import Path

import click

from app.messages.sheet import sheet


@click.group("messages")
def messages() -> None:
    """The words that come with Heardback: sheet."""


@messages.command("sheet")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def sheet_command(file: Path) -> None:
    """Write every message in every language into FILE, one self-contained HTML page."""
    file.write_text(sheet(), encoding="utf-8")
    click.echo(f"Written to {file}.")
