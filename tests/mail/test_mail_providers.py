"""Each mail provider over real HTTP: every fault told truly, settled as it can be, never a second mail."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.delivery.route import Route
from app.delivery.routes import route_from
from app.demo.faulty_http import Fault
from app.errors import UnsafeSettings
from app.mail.outbound import Attachment, Outcome
from tests.mail.letters import DATE, RICH
from tests.mail.providers import (
    FAULTS,
    HANGING,
    META,
    OLD,
    PROVIDERS,
    QUICK,
    STEADY,
    A,
    C,
    N,
    Provider,
    U,
    is_free_of_people,
)

WITH_FILE = replace(
    RICH, attachments=(Attachment("visit.ics", "text/calendar; method=REQUEST", b"BEGIN\r\n"),)
)
each_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda each: each.name)


@each_provider
async def test_a_rich_message_arrives_as_it_was_stored(provider: Provider) -> None:
    """Credentials are added at the edge and are nowhere in the stored bytes; the provider's id is kept."""
    async with provider.simulator() as far, provider.route(far) as route:
        payload = route.prepare(WITH_FILE, DATE)
        outcome = await route.send(payload, META)
        assert (outcome.kind, outcome.provider_id) == (A, provider.accepted(far.messages[0]))
        assert far.requests[0].body == payload.partition(b"\r\n\r\n")[2]
        assert far.requests[0].headers["user-agent"]
        assert provider.secret(far).encode() not in payload
        assert far.effects == {RICH.send_id: 1}


async def met(provider: Provider, far: Any, fault: Fault) -> tuple[bytes, Outcome]:
    """The first attempt, which meets the fault."""
    far.fail(fault)
    async with provider.route(far, QUICK if fault in HANGING else STEADY) as route:
        payload = route.prepare(RICH, DATE)
        return payload, await route.send(payload, META)


async def told(route: Route, age: timedelta | None = OLD) -> Outcome:
    settled = await route.settle(RICH.send_id, age=age)
    assert settled is not None
    assert is_free_of_people(settled)
    return settled


@pytest.mark.parametrize(
    ("provider", "fault"),
    [pytest.param(each, fault, id=f"{each.name}-{fault}") for each in PROVIDERS for fault in each.faults()],
)
async def test_fault_by_fault(provider: Provider, fault: Fault) -> None:
    """Unknown is said where it is unknown; asking finds what is there, and calls absent only what is proven.

    Then the same bytes go out once more where that is safe, and there is one message.
    """
    kind, effects = FAULTS[fault]
    async with provider.simulator() as far:
        payload, outcome = await met(provider, far, fault)
        assert outcome.kind is kind
        assert is_free_of_people(outcome)
        assert outcome.retry_after == (timedelta(seconds=7) if fault is Fault.TOO_MANY else None)
        assert far.effects[RICH.send_id] == effects
        assert len(far.requests) <= 1
        async with provider.route(far) as route:
            if not provider.absent:
                assert await route.settle(RICH.send_id, age=OLD) is None
            for age, absent in provider.absent:
                settled = await told(route, age)
                assert settled.kind is (A if effects else absent)
                assert settled.provider_id == (provider.accepted(far.messages[0]) if effects else None)
            assert far.effects[RICH.send_id] == effects
            if provider.repeats:
                far.at += provider.repeats
            elif effects or (kind is not N and not provider.proving):
                return
            again = await route.send(payload, META)
            assert again.kind is A
            assert is_free_of_people(again)
            assert far.effects == {RICH.send_id: 1}


@pytest.mark.parametrize("provider", [each for each in PROVIDERS if each.absent], ids=lambda each: each.name)
async def test_a_search_that_lags_or_fails_settles_nothing(provider: Provider) -> None:
    """Trouble with the question says nothing about the message, and one just accepted is not called absent.

    Each trouble is met where the message would be found, and where its absence would have been proven.
    """
    proving, first = provider.proving or OLD, provider.troubles[0][0]
    async with (
        provider.simulator() as far,
        provider.route(far, QUICK) as quick,
        provider.route(far) as route,
    ):
        assert (await route.send(route.prepare(RICH, DATE), META)).kind is A
        for knows in (True, False):
            setattr(far, provider.search, knows)
            for method, trouble in provider.troubles:
                # What is not found has no second step.
                if knows or method == first:
                    far.fail(trouble, method=method)
                    asked = quick if trouble in HANGING else route
                    assert (await told(asked, proving)).kind is U
        for age, kind in provider.absent:
            assert (await told(route, age)).kind is kind
        setattr(far, provider.search, True)
        assert (await told(route, None)).kind is A
        assert quick.longest == timedelta(seconds=QUICK.total)
    assert far.effects == {RICH.send_id: 1}


@pytest.mark.parametrize(
    ("name", "kept"), [("resend", timedelta(hours=24)), ("brevo", timedelta(minutes=15))]
)
async def test_after_its_life_a_key_protects_no_more(name: str, kept: timedelta) -> None:
    """What the bound protects from: the simulator forgets keys after the shortest documented time."""
    provider = next(each for each in PROVIDERS if each.name == name)
    async with provider.simulator() as far, provider.route(far) as route:
        payload = route.prepare(RICH, DATE)
        await route.send(payload, META)
        assert provider.repeats
        assert provider.repeats < kept
        far.at += kept
        await route.send(payload, META)
        assert far.effects == {RICH.send_id: 2}


@each_provider
async def test_where_nobody_listens_nothing_has_left(provider: Provider) -> None:
    """Away is *not sent*, and asking there settles nothing."""
    async with provider.simulator() as gone:
        pass
    async with provider.route(gone) as route:
        assert (await route.send(route.prepare(RICH, DATE), META)).kind is N
        settled = await route.settle(RICH.send_id, age=OLD)
        assert settled is None if not provider.absent else settled and settled.kind is U


@each_provider
async def test_a_refused_key_stops_the_route(provider: Provider) -> None:
    """Whose account it is not is a matter of configuration, and burns no message."""
    async with provider.simulator() as far, provider.route(far, STEADY, **provider.stranger) as stranger:
        assert (await stranger.send(stranger.prepare(RICH, DATE), META)).kind is C
        assert not far.effects


@each_provider
async def test_credentials_go_nowhere_but_to_their_provider(provider: Provider) -> None:
    """A payload stored for another address, or for another route, is not sent: the route stops instead."""
    async with provider.simulator() as far, provider.simulator() as other, provider.route(far) as route:
        foreign = route.prepare(RICH, DATE).replace(far.url.encode(), other.url.encode())
        assert (await route.send(foreign, META)).kind is C
        assert (await route.send(b"From: x\r\n", META)).kind is C
        assert not far.requests
        assert not other.requests


@each_provider
async def test_settings_choose_the_provider(provider: Provider) -> None:
    """Under the name that was asked for, within a lease; nothing half-configured sends."""
    async with provider.route(provider.simulator(), name="second") as route:
        assert route.name == "second"
    made = route_from({"kind": provider.name, **provider.settings(provider.simulator())})
    assert (made.name, made.longest < timedelta(seconds=30)) == (provider.name, True)
    await made.aclose()


@pytest.mark.parametrize(
    ("kind", "settings"), [(each.name, settings) for each in PROVIDERS for settings in each.wrong]
)
def test_wrong_settings_are_refused_without_repeating_a_secret(kind: str, settings: dict[str, str]) -> None:
    """Whatever is missing, unknown, in clear or no key at all; no message holds a key."""
    with pytest.raises(UnsafeSettings) as refused:
        route_from({"kind": kind, **settings})
    assert "hush-hush" not in str(refused.value)
