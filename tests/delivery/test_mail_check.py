"""`heardback mail check` and `test`, against every provider as it answers: nothing is sent to be asked."""

import json
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.delivery.trial import send_trial
from app.demo.brevo import SimulatedBrevo
from app.demo.faulty_http import Fault, FaultyServer
from app.demo.mailgun import SimulatedMailgun
from app.demo.resend import SimulatedResend
from app.demo.sendgrid import SimulatedSendGrid
from app.demo.ses import SimulatedSes
from app.errors import InvalidAddress, NotFound, UnsafeSettings
from app.mail.account import Light
from app.mail.outbound import OutcomeKind
from app.mail_check import Part, all_right, check_mail
from app.settings import Settings
from tests.mail.providers import PROVIDERS, Provider
from tests.mail.smtp_server import DROP, FaultySmtp, certificates

SENDER = "talent.ostwind-robotics.de"
TO = "ops@ostwind-robotics.de"
SECRETS = ["whsec_aGlkZGVu"]
BY_NAME = {provider.name: provider for provider in PROVIDERS}


def settings_with(document: Any, **more: Any) -> Settings:
    """Settings of a company that could go to work, with that document."""
    given = {"mail_from": f"jobs@{SENDER}", "mail_domain": SENDER, "public_url": "https://hb.ostwind.de"}
    return Settings(_env_file=None, mail_routes=json.dumps(document), **{**given, **more})


def ready(far: Any) -> None:
    """An account of that provider as it should be."""
    match far:
        case SimulatedResend():
            far.domains = {SENDER: {}}
        case SimulatedBrevo() | SimulatedSendGrid():
            far.domains = {SENDER: True}
        case SimulatedSes():
            far.identities = {SENDER: True}


async def checked(provider: Provider, far: Any, **other: str) -> Part:
    """What is told of a route to that far side, which hears its receipts."""
    receipts = {"topics": ["arn:aws:sns:x"]} if provider.name == "ses" else {"secrets": SECRETS}
    route = {"kind": provider.name, **provider.settings(far), **other, "receipts": receipts}
    parts = await check_mail(settings_with({"routes": {"main": route}}))
    return parts[0]


def told(part: Part, light: Light) -> list[str]:
    """The findings of that weight."""
    return [said.words for said in part.found if said.light is light]


each_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)


@each_provider
async def test_a_healthy_account_is_green(provider: Provider) -> None:
    """Its key is proven; the line says from where, for what, and where its receipts go; nothing was sent."""
    async with provider.simulator() as far:
        ready(far)
        part = await checked(provider, far)
        assert not told(part, Light.WRONG)
        assert "accept" in told(part, Light.FINE)[0]
        assert far.messages == []
        assert far.effects.total() == 0
        # Only a sending key of Mailgun is asked by a POST, with a form that cannot be sent.
        assert {request.method for request in far.requests} == {"GET"}
    title = f"main ({provider.name}): from {SENDER}, for all mail; "
    assert part.title.startswith(title)
    assert (
        f"receipts from {provider.name} to https://hb.ostwind.de/mail/main/receipts (proof set)" in part.title
    )


@each_provider
async def test_a_refused_key_is_red_and_says_what_to_do(provider: Provider) -> None:
    """Whatever a provider answers to a stranger; and no key is shown."""
    async with provider.simulator() as far:
        ready(far)
        part = await checked(provider, far, **provider.stranger)
        assert far.messages == []
    [said] = told(part, Light.WRONG)
    assert "refuses" in said
    assert ";" in said, "what to do"
    assert not told(part, Light.FINE)
    shown = part.title + " ".join(said.words for said in part.found)
    assert not any(secret in shown for secret in (*provider.stranger.values(), *SECRETS))


@each_provider
@pytest.mark.parametrize("fault", [Fault.PROXY_PAGE, Fault.TOO_MANY, Fault.CLOSE_AFTER_ACCEPTING])
async def test_an_answer_that_tells_nothing_is_red_and_blames_nobody(
    provider: Provider, fault: Fault
) -> None:
    """A proxy's page, a limit, a broken line: the key may be right, and it is not said to be wrong."""
    async with provider.simulator() as far:
        far.fail(fault, method="GET")
        part = await checked(provider, far)
    [said] = told(part, Light.WRONG)
    assert "refuses" not in said
    assert "ask again later" in said or "cannot be reached or does not answer" in said


@each_provider
async def test_a_provider_that_is_not_there_is_red(provider: Provider) -> None:
    """In words that point at the network."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    far = provider.simulator()
    far.url = url
    part = await checked(provider, far)
    assert [said for said in told(part, Light.WRONG) if "cannot be reached" in said and "network" in said]


def attributes(**values: Any) -> Callable[[Any], None]:
    """Sets these on a far side."""

    def change(far: Any) -> None:
        for name, value in values.items():
            setattr(far, name, value)

    return change


STATES: list[tuple[str, Callable[[Any], None], Light, str]] = [
    ("postmark", attributes(sandbox=True), Light.WRONG, "sandbox server, which delivers to nobody"),
    ("postmark", attributes(tracks_opens=True), Light.NOTE, "Open tracking is on for the whole server"),
    ("resend", attributes(restricted=True), Light.FINE, "accepts the key, which may only send"),
    ("resend", attributes(restricted=True), Light.NOTE, "no message can decline tracking"),
    ("resend", attributes(domains={}), Light.WRONG, f"{SENDER} is no domain of this account"),
    ("resend", attributes(domains={SENDER: {"status": "pending"}}), Light.WRONG, "is not verified"),
    (
        "resend",
        attributes(domains={SENDER: {"status": "partially_verified"}}),
        Light.NOTE,
        "is verified in part",
    ),
    ("resend", attributes(domains={SENDER: {"click_tracking": True}}), Light.NOTE, "Tracking is on for"),
    ("sendgrid", attributes(scopes=["stats.read"]), Light.WRONG, "it may not send"),
    ("sendgrid", attributes(scopes=["mail.send"]), Light.NOTE, "may not look at domains"),
    ("sendgrid", attributes(domains={SENDER: False}), Light.NOTE, "no authenticated domain"),
    ("mailgun", attributes(state="unverified"), Light.WRONG, "is not active at Mailgun"),
    ("mailgun", attributes(sandbox=True), Light.WRONG, "is a sandbox"),
    ("mailgun", attributes(sending_key=True), Light.FINE, "accepts the key, which may only send"),
    ("mailgun", attributes(sending_key=True), Light.NOTE, "cannot ask the log"),
    ("mailgun", lambda far: None, Light.NOTE, "so it fails DMARC"),
    ("brevo", attributes(activated=False), Light.WRONG, "transactional mail is not activated"),
    ("brevo", attributes(domains={}), Light.WRONG, f"{SENDER} is no domain of this account"),
    ("brevo", attributes(domains={SENDER: False}), Light.NOTE, "is not authenticated"),
    ("brevo", lambda far: None, Light.NOTE, "tracking is a setting of the account"),
    ("ses", attributes(paused=True), Light.WRONG, "sending is paused"),
    ("ses", attributes(in_sandbox=True), Light.WRONG, "in the sandbox"),
    ("ses", attributes(may_look=False), Light.FINE, "accepts the keys"),
    ("ses", attributes(may_look=False), Light.NOTE, "allow ses:GetAccount"),
    ("ses", attributes(identities={}), Light.NOTE, "is no identity of this region"),
    ("ses", attributes(identities={SENDER: False}), Light.WRONG, "is not verified"),
    ("ses", lambda far: None, Light.NOTE, "configuration_set"),
]


@pytest.mark.parametrize(("name", "state", "light", "says"), STATES, ids=[f"{s[0]}-{s[3]}" for s in STATES])
async def test_what_would_surprise_later_is_said_now(
    name: str, state: Callable[[Any], None], light: Light, says: str
) -> None:
    """What keeps mail from leaving is wrong; what only should be known is a note."""
    provider = BY_NAME[name]
    async with provider.simulator() as far:
        ready(far)
        state(far)
        part = await checked(provider, far)
        assert far.messages == []
    assert [words for words in told(part, light) if says in words], part.found


async def test_mailguns_own_domain_aligns_with_the_senders() -> None:
    """A subdomain that signs for its parent is how Mailgun is meant to be used."""
    async with SimulatedMailgun(domain=f"mg.{SENDER}") as far:
        part = await checked(BY_NAME["mailgun"], far)
    assert not told(part, Light.NOTE)


# SMTP and folders


async def smtp_part(port: int, **more: Any) -> Part:
    """What is told of an SMTP route to this machine."""
    route = {"kind": "smtp", "host": "127.0.0.1", "port": port, "tls": "none", **more}
    return (await check_mail(settings_with(route)))[0]


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate that this machine trusts for the while."""
    server, _ = certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    return server


async def test_an_smtp_server_is_greeted_and_left_without_a_message(trusted: ssl.SSLContext) -> None:
    """Connected, encrypted and logged in as for a message; no sender, no recipient, no data."""
    login = {"host": "localhost", "tls": "starttls", "username": "hb", "password": "secret"}
    async with FaultySmtp(tls=trusted, auth=True) as server:
        part = await smtp_part(server.port, **login)
        assert (server.logins, server.senders, server.received) == (["hb"], [], [])
        assert "lets us in" in told(part, Light.FINE)[0]
        part = await smtp_part(server.port, **{**login, "password": "hush-hush"})
    assert "refuses us (SMTP 535" in told(part, Light.WRONG)[0]
    assert "hush-hush" not in str(part)


async def test_an_smtp_server_that_refuses_or_is_not_there_is_red() -> None:
    """Each in its own words, with the step and the reply."""
    async with FaultySmtp() as server:
        part = await smtp_part(server.port)
        assert "lets us in" in told(part, Light.FINE)[0]
        assert "bounce_domain" in told(part, Light.NOTE)[0]
        assert part.title == f"smtp (smtp): from {SENDER}, for all mail; no receipts by webhook"
        encrypted = await smtp_part(server.port, tls="starttls")
        assert "does not offer what is set at starttls" in told(encrypted, Light.WRONG)[0]
        server.faults["ehlo"] = DROP
        part = await smtp_part(server.port)
        assert "cannot be reached" in told(part, Light.WRONG)[0]
        port = server.port
    part = await smtp_part(port)
    assert "at connect" in told(part, Light.WRONG)[0]


async def test_a_folder_is_told_to_reach_nobody(tmp_path: Path) -> None:
    """What is set up when nothing is; one that cannot be written to is wrong."""
    nothing = Settings(_env_file=None, data_dir=tmp_path)
    parts = await check_mail(nothing)
    assert "reaches nobody" in told(parts[0], Light.NOTE)[0]
    assert all_right(parts)
    assert not nothing.mail_folder.exists()
    (tmp_path / "mail").write_text("a file")
    parts = await check_mail(nothing)
    assert told(parts[0], Light.WRONG)
    assert not all_right(parts)


# Several routes, and mail as a whole

RELAY = {"kind": "smtp", "host": "127.0.0.1", "port": 9, "tls": "none"}


def several(folder: Path) -> dict[str, Any]:
    """Three routes and one that listens."""
    return {
        "routes": {
            "main": {"kind": "folder", "directory": str(folder)},
            "bulk": {"kind": "folder", "directory": str(folder), "when_unknown": "send_again"},
            "spare": {"kind": "folder", "directory": str(folder)},
            "former": {"kind": "listen", "receipts": {"provider": "resend", "secrets": SECRETS}},
        },
        "use": [{"class": "nurture", "route": "bulk"}, {"route": "main", "fallback": "bulk"}],
    }


async def test_each_route_is_a_line_with_the_rules_that_use_it(tmp_path: Path) -> None:
    """Whoever set it up sees what takes which way, and what takes none."""
    main, bulk, spare, former, _ = await check_mail(settings_with(several(tmp_path)))
    assert "for all other mail, fallback bulk;" in main.title
    assert "for mail of class nurture; all other mail that main cannot send;" in bulk.title
    assert "for nothing;" in spare.title
    assert "sends nothing; receipts from resend to https://hb.ostwind.de/mail/former/receipts" in former.title
    assert [words for words in told(bulk, Light.NOTE) if "waives that a mail is sent at most once" in words]
    assert [words for words in told(spare, Light.NOTE) if "No rule of `use` names it" in words]
    assert not [words for words in told(main, Light.NOTE) if "No rule" in words]
    assert former.found == ()


@pytest.mark.parametrize(
    ("more", "light", "says"),
    [
        ({}, Light.NOTE, "HEARDBACK_REPLY_ADDRESS is not set"),
        ({"mail_from": "jobs@heardback.example"}, None, ""),
        (
            {"public_url": "http://127.0.0.1:8321"},
            Light.NOTE,
            "HEARDBACK_PUBLIC_URL is http://127.0.0.1:8321",
        ),
        ({"reply_address": "reply@a.example.com"}, Light.NOTE, "https://hb.ostwind.de/mail/former/inbound"),
    ],
)
async def test_what_concerns_all_mail_is_said_once(
    more: dict[str, str], light: Light | None, says: str, tmp_path: Path
) -> None:
    """How answers come back, and whether providers can reach us."""
    last = (await check_mail(settings_with(several(tmp_path), **more)))[-1]
    assert last.title == "mail as a whole"
    if light is not None:
        assert [words for words in told(last, light) if says in words], last.found


async def test_answers_that_nobody_would_hear_are_wrong() -> None:
    """A reply address without a way in; an example as the sender of mail that leaves."""
    parts = await check_mail(settings_with(RELAY, reply_address="reply@a.example.com"))
    assert "heard nowhere" in told(parts[-1], Light.WRONG)[0]
    parts = await check_mail(settings_with(RELAY, mail_from="jobs@heardback.example"))
    assert "is an example" in told(parts[-1], Light.WRONG)[0]


async def test_what_serve_would_refuse_is_refused() -> None:
    """By its place in the document."""
    with pytest.raises(UnsafeSettings, match=r"routes\.smtp\.prot is not known"):
        await check_mail(settings_with({**RELAY, "prot": 25}))
    production = settings_with(RELAY).model_copy(update={"mode": "production"})
    with pytest.raises(UnsafeSettings, match="Not safe for production"):
        await check_mail(production)


# One mail, for real


def eml(folder: Path) -> int:
    """How many mails lie there."""
    return len(list(folder.glob("tst_*.eml")))


def routed(provider: Provider, far: FaultyServer, **other: str) -> Settings:
    """Settings with that provider as the only route."""
    return settings_with({"kind": provider.name, **provider.settings(far), **other})


@each_provider
async def test_a_trial_leaves_as_every_mail_does(provider: Provider) -> None:
    """One message at the provider, told by its id, and said to be made by a machine."""
    async with provider.simulator() as far:
        trial = await send_trial(routed(provider, far), TO)
        assert (trial.route, trial.outcome.kind) == (provider.name, OutcomeKind.ACCEPTED)
        assert trial.outcome.provider_id
        assert far.effects.total() == 1
        assert "auto-generated" in str(far.messages[0])
        refused = await send_trial(routed(provider, far, **provider.stranger), TO)
        assert refused.outcome.kind is OutcomeKind.CONFIGURATION
        assert far.effects.total() == 1


async def test_a_trial_goes_by_the_route_that_is_named(tmp_path: Path) -> None:
    """Else by the one for mail about applications; never by one that does not send, never to two people."""
    document = several(tmp_path)
    document["routes"]["bulk"]["directory"] = str(tmp_path / "bulk")
    settings = settings_with(document)
    assert (await send_trial(settings, TO)).route == "main"
    assert (eml(tmp_path), eml(tmp_path / "bulk")) == (1, 0)
    assert (await send_trial(settings, TO, "bulk")).route == "bulk"
    assert (eml(tmp_path), eml(tmp_path / "bulk")) == (1, 1)
    with pytest.raises(NotFound, match="bulk, main, spare"):
        await send_trial(settings, TO, "former")
    with pytest.raises(InvalidAddress):
        await send_trial(settings, "a@b.example, c@d.example")
