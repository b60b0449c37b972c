"""The one document of mail: what it describes, and what it refuses by its place."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.delivery.hook_sources import sources_in, sources_of
from app.delivery.mail_document import MailDocument, read_document
from app.delivery.routes_file import configured
from app.delivery.routing import Rule
from app.errors import UnsafeSettings
from app.mail.outbound import MailClass
from app.settings import Settings

POST = {"kind": "postmark", "token": "${PM_TOKEN}"}
KNOWN = {"RS_KEY": "re_1", "PM_TOKEN": "a:{b}", "RS_SECRET": "whsec_hidden", "BOX": "pass: ${PM_TOKEN}"}
FILE = """
routes:
  main:
    kind: resend
    key: "${RS_KEY}"
    when_unknown: send_again
    unknown_after_minutes: 90
    receipts: {secrets: ["${RS_SECRET}", older]}
  bulk: {kind: postmark, token: "${PM_TOKEN}"}
  relay: {kind: smtp, host: mx.example.com, receipts: {provider: brevo, secrets: ["user:pass"]}}
  former: {kind: listen, receipts: {provider: ses, topics: ["arn:aws:sns:eu-central-1:1:heardback"]}}
use:
  - {class: nurture, route: bulk}
  - {connection: con_1, brand: ostwind, route: bulk, fallback: main}
  - {route: main, fallback: relay}
mailboxes:
  - {host: imap.example.com, password: "${BOX}"}
"""


def settings_with(routes: Any, **more: Any) -> Settings:
    """Settings with that document."""
    text = routes if isinstance(routes, str) else json.dumps(routes)
    return Settings(_env_file=None, mail_routes=text, **more)


def filed(folder: Path) -> MailDocument:
    """The document above, read from a file."""
    path = folder / "mail.yaml"
    path.write_text(FILE)
    return read_document(settings_with(str(path)), KNOWN)


async def test_routes_come_from_a_file_with_secrets_of_the_environment(tmp_path: Path) -> None:
    """A secret may hold what would be YAML, and stays a value."""
    path = tmp_path / "mail.yaml"
    path.write_text(FILE)
    found = configured(settings_with(str(path)), KNOWN)
    assert sorted(found.by_name) == ["bulk", "main", "relay"]
    assert (found.doubt("main").then, found.doubt("main").after) == ("send_again", timedelta(minutes=90))
    assert found.doubt("bulk").then == found.doubt("gone").then == "hold"
    assert found.rule_for(MailClass.NURTURE, "con_1", None).route == "bulk"
    assert found.rule_for(MailClass.TRANSACTIONAL, "con_1", "ostwind").fallback == "main"
    assert found.rule_for(MailClass.TRANSACTIONAL, "con_1", None).route == "main"
    await found.aclose()


def test_receipts_stand_beside_what_they_are_receipts_of(tmp_path: Path) -> None:
    """The provider is the route's kind unless said; Resend's answers are fetched by its own key."""
    found = sources_in(filed(tmp_path))
    assert sorted(found) == ["former", "main", "relay"]
    assert found["main"].secrets.secrets == ("whsec_hidden", "older")
    assert (found["main"].hooks.__name__, found["main"].api_key) == ("app.mail.resend_hooks", "re_1")  # type: ignore[attr-defined]
    assert found["relay"].hooks.__name__ == "app.mail.brevo_hooks"  # type: ignore[attr-defined]
    assert found["former"].secrets.topics == ("arn:aws:sns:eu-central-1:1:heardback",)
    assert sources_of(Settings(_env_file=None)) == {}


def test_mailboxes_are_handed_on_with_their_secrets_filled_in_once(tmp_path: Path) -> None:
    """What the environment gave is a value, also where it looks like a name."""
    assert filed(tmp_path).mailboxes == ({"host": "imap.example.com", "password": "pass: ${PM_TOKEN}"},)


async def test_a_single_route_is_a_document(tmp_path: Path) -> None:
    """Inline, in one line, as YAML or JSON; without any document mail goes to a folder."""
    for text in ('{kind: postmark, token: "${PM_TOKEN}"}', json.dumps(POST)):
        one = configured(settings_with(text), KNOWN)
        assert (list(one.by_name), one.rules) == (["postmark"], [Rule("postmark")])
        await one.aclose()
    none = configured(Settings(_env_file=None, data_dir=tmp_path))
    assert list(none.by_name) == ["folder"]
    await none.aclose()


def test_what_the_document_names_is_also_looked_up_in_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As every setting is; the environment itself wins."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("FROM_FILE='of the file'\nBOTH=file\n")
    monkeypatch.setenv("BOTH", "environment")
    document = read_document(settings_with({**POST, "token": "${FROM_FILE}", "stream": "${BOTH}"}))
    shape = document.routes["postmark"]
    assert shape.kind == "postmark"
    assert (shape.token.get_secret_value(), shape.stream) == ("of the file", "environment")


WRONG: list[tuple[Any, str]] = [
    ({"routes": {}}, r"routes"),
    ({"routes": {"a": POST}, "use": [{"route": "b"}]}, "not there: b"),
    ({"routes": {"a": POST, "b": POST}}, "`use` says which"),
    ({"routes": {"a": POST}, "use": [{"class": "nurture", "route": "a"}]}, "last rule"),
    ({"routes": {"a": POST}, "use": [{"route": "a", "fallback": "a"}]}, "own fallback"),
    ({"routes": {"a": POST, "b": POST}, "use": [{"route": "a"}, {"route": "b"}]}, "hides all"),
    ({"routes": {"a": POST}, "use": [{"route": "a", "when": "x"}]}, r"use\.0\.when is not known; .*brand"),
    ({"routes": {"a": POST}, "use": [{"fallback": "a"}]}, r"use\.0\.route is missing"),
    ({"routes": {"a": POST}, "colour": "secret-colour"}, "colour is not known; there are: mailboxes, routes"),
    ({"routes": {"a": {**POST, "token": "${NOT_SET}"}}}, r"routes\.a\.token uses \$\{NOT_SET\}"),
    ({**POST, "token": "${NOT_SET}"}, r"routes\.postmark\.token uses"),
    ({"routes": {"a": {"kind": "pigeon"}}}, r"routes\.a\.kind is one of: folder, smtp"),
    ({"routes": {"a": {"token": "x"}}}, r"routes\.a\.kind is one of"),
    ({"routes": {"a": {**POST, "colour": "secret-colour"}}}, r"routes\.a\.colour is not known; .*token"),
    ({"routes": {"a": {"kind": "postmark"}}}, r"routes\.a\.token is missing"),
    ({"routes": {"a": {**POST, "token": ""}}}, r"routes\.a: .*`token`"),
    ({"routes": {"a": {**POST, "when_unknown": "hope"}}}, r"routes\.a\.when_unknown: "),
    ({"routes": {"a": {"kind": "smtp", "host": "h", "port": "secret-colour"}}}, r"routes\.a\.port: "),
    ({"routes": {"a b": POST}}, r"routes\.a b: a name has"),
    ({"routes": {"a": {"kind": "listen"}}}, r"routes\.a\.receipts is missing"),
    (
        {"routes": {"a": {"kind": "listen", "receipts": {"provider": "ses", "topics": ["t"]}}}},
        "no route sends",
    ),
    (
        {"routes": {"a": {**POST, "receipts": {"secret": "secret-colour"}}}},
        r"routes\.a\.receipts\.secret is not known; there are: api_key, provider, public",
    ),
    ({"routes": {"a": {**POST, "receipts": {}}}}, r"routes\.a\.receipts has nothing to prove"),
    ({"routes": {"a": {**POST, "receipts": {"secrets": [""]}}}}, r"routes\.a\.receipts has nothing to prove"),
    (
        {"routes": {"a": {**POST, "receipts": {"secrets": "secret-colour"}}}},
        r"routes\.a\.receipts\.secrets: ",
    ),
    (
        {"routes": {"a": {**POST, "receipts": {"provider": "pigeon", "secrets": ["secret-colour"]}}}},
        r"routes\.a\.receipts\.provider is one of: brevo",
    ),
    (
        {"routes": {"a": {"kind": "smtp", "host": "h", "receipts": {"secrets": ["secret-colour"]}}}},
        r"routes\.a\.receipts\.provider is one of",
    ),
    ({"routes": {"a": POST}, "mailboxes": {"host": "h"}}, "mailboxes: "),
    ('{"routes": {"a": {"kind": "pigeon"}, "a": {"kind": "pigeon"}}}', "says a twice in line 1"),
    ("{", "neither YAML nor JSON"),
    ("{" * 5_000, "neither YAML nor JSON"),
    ("/nowhere/at/all.yaml", "cannot be read"),
]


@pytest.mark.parametrize(("routes", "says"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_a_wrong_document_is_refused_and_says_where(routes: Any, says: str) -> None:
    """At the start, in one line, and without any of its values that may be secret."""
    with pytest.raises(UnsafeSettings, match=says) as refused:
        configured(settings_with(routes), {"PM_TOKEN": "hidden-token"})
    assert "HEARDBACK_MAIL_ROUTES" in str(refused.value)
    assert "hidden-token" not in str(refused.value)
    assert "secret-colour" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_document_does_not_show_its_secrets(tmp_path: Path) -> None:
    """However it is logged."""
    assert not any(
        secret in repr(filed(tmp_path)) for secret in ("re_1", "a:{b}", "whsec_hidden", "user:pass")
    )


def test_production_refuses_routes_that_reach_nobody_or_speak_in_clear(tmp_path: Path) -> None:
    """What one route may not be, none of several may be."""
    for wrong in (
        {"kind": "folder", "directory": str(tmp_path)},
        {"kind": "smtp", "host": "h", "tls": "none"},
    ):
        settings = settings_with({"routes": {"a": wrong}}).model_copy(update={"mode": "production"})
        with pytest.raises(UnsafeSettings, match=r"Not safe for production.*routes\.a"):
            configured(settings, {})
