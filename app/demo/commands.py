"""``heardback demo``: a hiring round in fast-forward, checked; and then, if asked, the service goes on."""

import asyncio
import tempfile
from pathlib import Path

import click
import uvloop

from app import log
from app.commands import report_trouble
from app.demo.stage import demo_settings
from app.demo.theatre import ended_by_signals, play_and_serve, play_once

_INTERRUPTED = 130


@click.command("demo")
@click.option("--then-serve", is_flag=True, help="Keep the data, and the service running afterwards.")
@click.option("--quiet", is_flag=True, help="Show the table and the expectations only.")
def demo(*, then_serve: bool, quiet: bool) -> None:
    """Play a hiring round against the real service: two weeks of business in a minute.

    Exits 0 when every expectation of the round held, 1 when one did not.
    """
    log.configure("error")
    with report_trouble(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(_kept() if then_serve else _fresh(quiet=quiet))
    raise SystemExit(code)


async def _fresh(*, quiet: bool) -> int:
    """On a throw-away data folder, with a database and a port of its own."""
    code = _INTERRUPTED
    with tempfile.TemporaryDirectory(prefix="heardback-demo-", ignore_cleanup_errors=True) as folder:
        settings = demo_settings(DATABASE_URL=None, REDIS_URL=None, data_dir=Path(folder), port=0)
        async with ended_by_signals():
            result = await play_once(settings, click.echo, quiet=quiet)
            code = 0 if result.held else 1
    return code


async def _kept() -> int:
    """On the data folder of the settings, which stays."""
    held = True
    async with ended_by_signals():
        held = await play_and_serve(demo_settings(), click.echo)
    return 0 if held else 1
