"""Whether a route would let mail out, asked of its far side without sending anything."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from app.delivery.route import Route
from app.delivery.route_folder import FolderRoute
from app.delivery.route_http import HttpRoute
from app.delivery.route_smtp import SmtpRoute
from app.mail.account import Question, Said, fine, note, wrong
from app.mail.accounts import QUESTIONS
from app.mail.outbound import Outcome, OutcomeKind

_MOST = 5
"""Questions to one provider; one answer may lead to the next."""


async def probe(kind: str, route: Route, domain: str) -> list[Said]:
    """What the far side says of the route; never raises for trouble there.

    Args:
        kind: Of the route, as `app.delivery.route_shapes` names it.
        route: Open.
        domain: The sender's, in lower case.
    """
    match route:
        case HttpRoute():
            return [said async for said in _asked(QUESTIONS[kind], route, domain)]
        case SmtpRoute():
            return [_greeted(await route.greet())]
        case FolderRoute():
            return [await asyncio.to_thread(_folder, route.directory)]
    return []


async def _asked(questions: Any, route: HttpRoute[Any], domain: str) -> AsyncIterator[Said]:  # noqa: ANN401  # one provider's own settings
    open_ones: list[Question] = list(questions(route.settings, domain))
    for _ in range(_MOST):
        if not open_ones:
            return
        asked = open_ones.pop(0)
        answer = await route.ask(asked.request)
        if isinstance(answer, Outcome):
            yield _no_answer(answer)
            return
        for found in asked.read(*answer):
            if isinstance(found, Question):
                open_ones.append(found)
            else:
                yield found


def _no_answer(outcome: Outcome) -> Said:
    how = outcome.detail.rpartition(": ")[2]
    if outcome.kind is OutcomeKind.CONFIGURATION:
        return wrong(
            f"The address or the key is not fit for a request ({how}); compare both with the provider's."
        )
    return wrong(
        f"The provider cannot be reached or does not answer ({how}); look at the network, DNS, a proxy."
    )


def _greeted(outcome: Outcome | None) -> Said:
    if outcome is None:
        return fine("The server lets us in: connected, encrypted and logged in as set.")
    if outcome.kind is OutcomeKind.CONFIGURATION:
        return wrong(
            f"The server refuses us ({outcome.detail}); compare tls, username and password with its own."
        )
    return wrong(
        f"The server cannot be reached ({outcome.detail}); compare host, port and tls; look at the network."
    )


def _folder(directory: Path) -> Said:
    above = next((path for path in (directory, *directory.absolute().parents) if path.exists()), directory)
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        return wrong("Nothing can be written to its folder; set another `directory`.")
    return note("A folder for trying out: mail reaches nobody.")
