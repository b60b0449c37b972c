"""The page about the generic webhook says what works."""

import asyncio
import json
import os
import re
import shutil
from pathlib import Path

import pytest

from app.ats import generic
from app.ats.generic_body import BODIES
from app.demo.loopback import Answer, Asked, Loopback
from app.moments import machine_now

PAGE = (Path(__file__).parents[2] / "docs" / "generic-webhook.md").read_text(encoding="utf-8")
SEND, MAKE, SIGN_CODED = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
LEFT = pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "openssl"))), reason="bash, curl and openssl are needed"
)


async def run(script: str, **environment: str) -> str:
    """What bash says, which must succeed."""
    kept = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "no_proxy": "*"}
    process = await asyncio.create_subprocess_exec(
        "bash", "-euc", script, env=kept | environment, stdout=-1, stderr=-1, stdin=asyncio.subprocess.DEVNULL
    )
    said, wrong = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0, wrong.decode()
    return said.decode()


async def sent(script: str, secret: str) -> Asked:
    """The request that the lines send, which the door takes."""
    came: list[Asked] = []

    async def handle(asked: Asked) -> Answer:
        came.append(asked)
        return Answer(202)

    async with Loopback(handle) as server:
        await run(script, URL=server.url, SECRET=secret)
    generic.verify(came[0].headers, came[0].body, [secret], machine_now())
    return came[0]


@LEFT
async def test_the_lines_of_shell_sign_and_send_as_they_stand() -> None:
    """With the plain secret that Heardback makes; the body is read whole."""
    asked = await sent(SEND, "gMd0cJ-plain_secret-of-43-characters-8Yt2Qw")
    assert generic.peek(asked.headers, asked.body).dedupe_key == "event:a-17-created"
    reading = generic.read(asked.body, machine_now())
    assert {person.email for person in reading.people} == {"noemi@example.com"}


@LEFT
async def test_the_line_for_a_coded_secret_signs_as_well() -> None:
    """Made by the page's line, and put where the page says."""
    secret = (await run(MAKE + 'printf "%s" "$SECRET"')).strip()
    assert generic.key_of(secret) != secret.encode()
    plain_line = next(line for line in SEND.splitlines() if line.startswith("signature="))
    await sent(SEND.replace(plain_line, SIGN_CODED), secret)


def test_the_example_of_a_full_event_is_read() -> None:
    """Nothing in it is passed over as unknown or refused."""
    (example,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    told = BODIES["interview.scheduled"].model_validate_json(example)
    kept = json.loads(told.model_dump_json(exclude_unset=True))
    assert _names(kept) == _names(json.loads(example))


def _names(value: object) -> object:
    if isinstance(value, dict):
        return {name: _names(inner) for name, inner in value.items()}
    return [_names(inner) for inner in value] if isinstance(value, list) else None


def test_the_page_names_every_type_and_no_other() -> None:
    """The table is the list."""
    table = [line for line in PAGE.splitlines() if line.startswith("| `")]
    named = {name for line in table for name in re.findall(r"`([a-z]+\.[a-z_]+|ping)`", line.split("|")[1])}
    assert named == set(BODIES)
