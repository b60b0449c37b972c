"""Several ways out at once: which one a mail takes, which one may help out, and what becomes of doubt."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Self

from app.delivery.route import Route
from app.mail.outbound import MailClass

FALL_BACK_AFTER = 3
"""Attempts that are proven not to have left, before the fallback is used."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Mails that fit all conditions given leave by ``route``; ``fallback`` helps out where that is safe."""

    route: str
    fallback: str | None = None
    mail_class: MailClass | None = None
    connection: str | None = None
    brand: str | None = None

    def fits(self, mail_class: MailClass, connection: str, brand: str | None) -> bool:
        """Whether a mail of that class, connection and brand is meant."""
        return (
            self.mail_class in (None, mail_class)
            and self.connection in (None, connection)
            and self.brand in (None, brand)
        )


@dataclass(frozen=True, slots=True)
class WhenUnknown:
    """What becomes of a mail of which neither the provider nor a receipt can say whether it left.

    ``after`` is how long after its attempt a receipt is waited for. ``send_again`` sends it once more under
    the same Message-ID, which waives *at most once* for this route; ``hold`` leaves it to a person.
    """

    then: Literal["hold", "send_again"] = "hold"
    after: timedelta = timedelta()


HOLD = WhenUnknown()


@dataclass(frozen=True, slots=True)
class Routes:
    """Every configured way out by its name, and the rules, of which the first that fits is taken.

    The last rule has no conditions, so that every mail has a route.
    """

    by_name: Mapping[str, Route]
    rules: Sequence[Rule]
    when_unknown: Mapping[str, WhenUnknown] = field(default_factory=dict)

    @classmethod
    def single(cls, route: Route) -> Self:
        """One route for everything."""
        return cls({route.name: route}, (Rule(route.name),))

    def rule_for(self, mail_class: MailClass, connection: str, brand: str | None) -> Rule:
        """The first rule that fits."""
        return next(rule for rule in self.rules if rule.fits(mail_class, connection, brand))

    def get(self, name: str | None) -> Route | None:
        """The route of that name; None for one that is no longer set up."""
        return self.by_name.get(name or "")

    def doubt(self, name: str | None) -> WhenUnknown:
        """What becomes of doubt on that route; a person decides on one that is no longer set up."""
        return self.when_unknown.get(name or "", HOLD)

    async def aclose(self) -> None:
        """Close every route."""
        await asyncio.gather(*(route.aclose() for route in self.by_name.values()))


def choose(rule: Rule, *, resting: Collection[str], not_left: int, tied_to: str | None) -> str | None:
    """The route for the next attempt; None where it must wait until one that rests is used again.

    Only a mail that is proven not to have left is ever looked at here: one in doubt is not due.

    Args:
        rule: The rule that fits the mail.
        resting: Routes that are stopped or paused now.
        not_left: Attempts by ``rule.route`` that are proven not to have left.
        tied_to: The only route it may take, because an earlier attempt there may have left after all.
    """
    if tied_to is not None:
        return None if tied_to in resting else tied_to
    wanted = [rule.route]
    if rule.fallback is not None:
        wanted = [rule.fallback, rule.route] if not_left >= FALL_BACK_AFTER else [rule.route, rule.fallback]
    return next((name for name in wanted if name not in resting), None)
