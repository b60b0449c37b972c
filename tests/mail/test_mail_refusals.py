"""What each provider refuses over real HTTP is told as what it is, and burns no message."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from app.demo.faulty_http import Answer
from app.mail.outbound import Address, Envelope, OutcomeKind
from tests.mail.letters import DATE, RICH
from tests.mail.providers import META, PROVIDERS, STEADY, A, C, N, P

LOCAL = replace(RICH, to=Address("", "sam@intranet"))
SENDER = replace(RICH, sender=Address("", "talent@intranet"))
PLAIN = replace(RICH, html="", to=Address("J" * 90, RICH.to.email))
OTHERS = frozenset({"other.example"})
BLOCKED = Answer(403, b"error code: 1010", (("Content-Type", "text/plain"),))


@dataclass(frozen=True, slots=True)
class Case:
    """One refusal: what is the matter with the account, the message or the settings, and what is told.

    ``account`` are the simulator's attributes to set; ``answer`` is given in its place.
    """

    name: str
    kind: OutcomeKind
    suppress: bool = False
    wait: timedelta | None = None
    account: tuple[tuple[str, object], ...] = ()
    answer: Answer | None = None
    letter: Envelope = RICH
    settings: Callable[[Any], dict[str, str]] = lambda far: {}


CASES = (
    Case("postmark", P, suppress=True, account=(("inactive", {"Joerg.Weiss@mail.example"}),)),
    Case("postmark", P, suppress=True, letter=LOCAL),
    Case("postmark", C, account=(("verified", OTHERS),)),
    Case("postmark", C, account=(("credits", 0),)),
    Case("resend", C, account=(("verified", OTHERS),)),
    Case("resend", P, suppress=True, letter=LOCAL),
    Case("resend", N, wait=timedelta(hours=1), account=(("quota", 0),)),
    Case("resend", C, answer=BLOCKED),
    Case("brevo", C, account=(("senders", frozenset({"other@talent.example"})),)),
    Case("brevo", P, suppress=True, letter=LOCAL),
    Case("brevo", C, account=(("credits", 0),)),
    Case("sendgrid", C, account=(("senders", frozenset({"other@talent.example"})),)),
    Case("sendgrid", P, suppress=True, letter=LOCAL),
    Case("mailgun", C, settings=lambda far: {"domain": "mg.other.example"}),
    Case("mailgun", C, settings=lambda far: {"address": f"{far.url}/api"}),
    Case("mailgun", P, suppress=True, letter=LOCAL),
    Case("mailgun", C, letter=SENDER),
    Case("mailgun", C, account=(("sandbox", True),)),
    Case("ses", C, account=(("paused", True),)),
    Case("ses", C, account=(("verified", OTHERS),)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_refusals_are_told_as_what_they_are(case: Case) -> None:
    """Account, sender, recipient and quota each give their own outcome; nothing has left."""
    provider = next(each for each in PROVIDERS if each.name == case.name)
    async with provider.simulator() as far:
        for attribute, value in case.account:
            assert hasattr(far, attribute)
            setattr(far, attribute, value)
        if case.answer:
            far.fail(case.answer)
        async with provider.route(far, STEADY, **case.settings(far)) as route:
            told = await route.send(route.prepare(case.letter, DATE), META)
        assert (told.kind, told.suppress, told.retry_after) == (case.kind, case.suppress, case.wait)
        assert "@" not in told.detail
        assert not far.effects


async def test_what_brevo_would_refuse_is_not_asked_of_it() -> None:
    """No HTML and a name too long are mended in the request, not refused."""
    provider = next(each for each in PROVIDERS if each.name == "brevo")
    async with provider.simulator() as far, provider.route(far) as route:
        assert (await route.send(route.prepare(PLAIN, DATE), META)).kind is A
