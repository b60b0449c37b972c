"""Every mail provider over HTTP, as the tests of the ways out and back need it: one row each."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.delivery.route import Route, RouteMeta
from app.delivery.route_http import HttpTimeouts
from app.delivery.route_mailgun import LOG_KEPT, LOG_LAG
from app.delivery.route_postmark import SEARCH_LAG
from app.delivery.routes import route_from
from app.demo.brevo import SimulatedBrevo
from app.demo.faulty_http import Answer, Fault, FaultyServer
from app.demo.mailgun import SimulatedMailgun
from app.demo.postmark import SimulatedPostmark
from app.demo.resend import SimulatedResend
from app.demo.sendgrid import SimulatedSendGrid
from app.demo.ses import SimulatedSes
from app.mail import brevo, resend
from app.mail.outbound import Outcome, OutcomeKind
from tests.mail.letters import RICH

META = RouteMeta(RICH.send_id, RICH.sender.email, RICH.to.email)
OLD = timedelta(days=30)
QUICK = HttpTimeouts(connect=1.0, total=1.0)
"""For what hangs on purpose; whatever is to be answered has the time that a busy machine needs."""
STEADY = HttpTimeouts(connect=5, total=5)
A, N, P, C, U = (
    OutcomeKind.ACCEPTED,
    OutcomeKind.NOT_SENT,
    OutcomeKind.PERMANENT,
    OutcomeKind.CONFIGURATION,
    OutcomeKind.AMBIGUOUS,
)

FAULTS: Mapping[Fault, tuple[OutcomeKind, int]] = {
    Fault.CLOSE_BEFORE_READING: (U, 0),
    Fault.HANG_BEFORE_ACCEPTING: (U, 0),
    Fault.PROXY_PAGE: (U, 0),
    Fault.CLOSE_AFTER_ACCEPTING: (U, 1),
    Fault.HANG_AFTER_ACCEPTING: (U, 1),
    Fault.ERROR_AFTER_ACCEPTING: (U, 1),
    Fault.HALF_AN_ANSWER: (U, 1),
    Fault.TRICKLE: (U, 1),
    Fault.TOO_MANY: (N, 0),
}
"""What is told of an attempt that met the fault, and how many messages there are then."""
HANGING = (Fault.HANG_BEFORE_ACCEPTING, Fault.HANG_AFTER_ACCEPTING, Fault.TRICKLE)

_ALWAYS = (Fault.HANG_BEFORE_ACCEPTING, Fault.PROXY_PAGE, Fault.TOO_MANY)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: its far side, the settings that reach it, and what it lets us know afterwards.

    ``settings`` are those of ``route_from`` for a running simulator; with ``stranger`` in place of some they
    are an account's that it does not know. ``secret`` must not be in what is stored. ``accepted`` is the id
    that the provider gave to a message. ``absent`` says what is told at which age of an attempt where the
    search finds nothing; empty where there is no search. ``search`` is the simulator's switch that makes the
    search find nothing. ``troubles`` are answers to a look-up, by its method, that settle nothing.
    ``repeats``: within this time the same bytes again are no second mail. ``wrong`` are settings to refuse.
    """

    name: str
    simulator: Callable[[], Any]
    settings: Callable[[Any], dict[str, Any]]
    stranger: Mapping[str, str]
    secret: Callable[[Any], str]
    accepted: Callable[[dict[str, Any]], str]
    wrong: tuple[Mapping[str, str], ...]
    absent: tuple[tuple[timedelta | None, OutcomeKind], ...] = ()
    search: str = ""
    troubles: tuple[tuple[str, Fault | Answer], ...] = ()
    repeats: timedelta | None = None
    half_an_answer: bool = True

    @property
    def proving(self) -> timedelta | None:
        """An age at which absence is proven; None where it never is."""
        return next((age for age, kind in self.absent if kind is N), None)

    def faults(self) -> list[Fault]:
        """Those that can befall it: where an answer has no body, none can break off."""
        return [each for each in FAULTS if self.half_an_answer or each is not Fault.HALF_AN_ANSWER]

    @asynccontextmanager
    async def route(self, far: Any, timeouts: HttpTimeouts = STEADY, **other: str) -> AsyncIterator[Route]:
        """A way out to the far side; ``other`` replaces settings."""
        made = route_from({"kind": self.name, **self.settings(far), "timeouts": timeouts, **other})
        try:
            yield made
        finally:
            await made.aclose()


def is_free_of_people(outcome: Outcome) -> bool:
    return "@" not in outcome.detail and "Jörg" not in outcome.detail


def _url(far: FaultyServer, path: str = "") -> str:
    # Where nobody listens yet there is an address all the same.
    return (far.url or "http://127.0.0.1:9") + path


_KEYS: tuple[Mapping[str, str], ...] = (
    {},
    {"key": ""},
    {"key": "hush-hush\r\nX: y"},
    {"key": "hush-hush", "colour": "x"},
)
_IN_CLEAR = "http://mail.example"

PROVIDERS = (
    Provider(
        "postmark",
        SimulatedPostmark,
        lambda far: {"token": far.token, "base_url": _url(far)},
        {"token": "not-the-token"},
        lambda far: str(far.token),
        lambda message: str(message["MessageID"]),
        (
            {},
            {"token": ""},
            {"token": "hush-hush\r\nX: y"},
            {"token": "hush-hush", "base_url": _IN_CLEAR},
            {"token": "hush-hush", "base_url": "file:///etc/passwd"},
            {"token": "hush-hush", "colour": "x"},
        ),
        absent=((None, U), (timedelta(seconds=30), U), (SEARCH_LAG, N), (OLD, N)),
        search="search_knows",
        troubles=(
            *(("GET", each) for each in _ALWAYS),
            ("GET", Answer(401, {"ErrorCode": 10, "Message": "?"})),
        ),
    ),
    Provider(
        "resend",
        SimulatedResend,
        lambda far: {"key": far.key, "base_url": _url(far)},
        {"key": "re_other"},
        lambda far: str(far.key),
        lambda message: str(message["id"]),
        (*_KEYS, {"key": "hush-hush", "base_url": _IN_CLEAR}, {"key": "hush-hush", "region": "x"}),
        repeats=resend.REPEAT_WITHIN,
    ),
    Provider(
        "brevo",
        SimulatedBrevo,
        lambda far: {"key": far.key, "base_url": _url(far, "/v3")},
        {"key": "xkeysib-other"},
        lambda far: str(far.key),
        lambda message: str(message["messageId"]).strip("<>"),
        (*_KEYS, {"key": "hush-hush", "base_url": _IN_CLEAR}, {"key": "hush-hush", "region": "x"}),
        absent=((None, U), (OLD, U)),
        search="report_knows",
        troubles=(*(("GET", each) for each in _ALWAYS), ("GET", Answer(401, {"code": "?"}))),
        repeats=brevo.REPEAT_WITHIN,
    ),
    Provider(
        "sendgrid",
        SimulatedSendGrid,
        lambda far: {"key": far.key, "address": _url(far)},
        {"key": "SG.other"},
        lambda far: str(far.key),
        lambda message: str(message["id"]),
        (
            *_KEYS,
            {"key": "hush-hush", "address": _IN_CLEAR},
            {"key": "hush-hush", "region": "mars"},
            {"key": "hush-hush", "domain": "x"},
        ),
        absent=((None, U), (OLD, U)),
        search="logs_know",
        troubles=(
            *(("POST", each) for each in (*_ALWAYS, Answer(403, {"errors": []}))),
            # The second step, which must show that the message found is ours.
            *(("GET", each) for each in (*_ALWAYS, Answer(200, {"custom_args": {"hb_send": "del_other"}}))),
        ),
        half_an_answer=False,
    ),
    Provider(
        "mailgun",
        SimulatedMailgun,
        lambda far: {"key": far.key, "domain": far.domain, "address": _url(far)},
        {"key": "key-other"},
        lambda far: str(far.key),
        lambda message: str(message["id"]),
        (
            *_KEYS,
            {"key": "hush-hush"},
            {"key": "", "domain": "mg.talent.example"},
            {"key": "hush-hush\r\nX: y", "domain": "mg.talent.example"},
            {"key": "hush-hush", "domain": "mg.talent.example", "address": _IN_CLEAR},
            {"key": "hush-hush", "domain": "mg.talent.example", "region": "mars"},
            {"key": "hush-hush", "domain": "a/b"},
        ),
        absent=((None, U), (LOG_LAG - _MINUTE, U), (LOG_LAG, N), (LOG_KEPT - _MINUTE, N), (LOG_KEPT, U)),
        search="log_knows",
        troubles=(
            *(("GET", each) for each in _ALWAYS),
            ("GET", Answer(200, b"Mailgun Magnificent API")),
            ("GET", Answer(404, {"message": "Domain not found"})),
        ),
    ),
    Provider(
        "ses",
        SimulatedSes,
        lambda far: {
            "access_key_id": far.keys.access_key_id,
            "secret_access_key": far.keys.secret_access_key,
            "region": far.region,
            "address": _url(far),
        },
        {"access_key_id": "AKIAOTHER", "secret_access_key": "another"},
        lambda far: str(far.keys.secret_access_key),
        lambda message: str(message["id"]),
        (
            {},
            {"access_key_id": "AKIA1"},
            {"access_key_id": "not ok", "secret_access_key": "hush-hush"},
            {"access_key_id": "AKIA1", "secret_access_key": ""},
            {"access_key_id": "AKIA1", "secret_access_key": "hush-hush", "region": "nowhere"},
            {"access_key_id": "AKIA1", "secret_access_key": "hush-hush", "address": _IN_CLEAR},
            {"access_key_id": "AKIA1", "secret_access_key": "hush-hush", "colour": "x"},
        ),
    ),
)
