"""Which mailboxes are read, as the mail document says; and what is said where it is wrong."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.errors import UnsafeSettings
from app.mail.oauth import Grant
from app.replies.mailbox import Mailbox
from app.replies.mailboxes import mailboxes_from, mailboxes_of
from app.settings import Settings
from tests.mail.smtp_server import certificates

PLAIN: dict[str, Any] = {
    "name": "answers",
    "host": "imap.ostwind.example",
    "username": "reply@ostwind.example",
    "password": "hush-hush",
}
GOOGLE = {"provider": "google", "client_id": "client", "client_secret": "hush", "refresh_token": "long"}
MICROSOFT = {
    "provider": "microsoft",
    "tenant": "ostwind.example",
    "client_id": "app",
    "client_secret": "hush",
}
OAUTH = {key: value for key, value in PLAIN.items() if key != "password"} | {"oauth": GOOGLE}


def test_a_mailbox_needs_little() -> None:
    """The rest is what one expects: encrypted, the usual port, the inbox."""
    assert mailboxes_from([PLAIN]) == (
        Mailbox(
            "imap.ostwind.example", 993, "reply@ostwind.example", "hush-hush", "INBOX", "answers", "tls", None
        ),
    )
    (box,) = mailboxes_from([PLAIN | {"tls": "starttls", "folder": "Bounces"}])
    assert (box.port, box.tls, box.folder) == (143, "starttls", "Bounces")
    assert "hush" not in repr(box)
    assert "reply@" not in repr(box)


def test_the_large_providers_are_known_by_name() -> None:
    """Their addresses and scopes; Microsoft with a person's consent or in the app's own name."""
    google = mailboxes_from([OAUTH])[0].grant
    assert google == Grant("https://oauth2.googleapis.com/token", "client", "hush", "long")
    url = "https://login.microsoftonline.com/ostwind.example/oauth2/v2.0/token"
    app = mailboxes_from([OAUTH | {"oauth": MICROSOFT}])[0].grant
    assert app == Grant(url, "app", "hush", scope="https://outlook.office365.com/.default")
    person = mailboxes_from([OAUTH | {"oauth": MICROSOFT | {"refresh_token": "long"}}])[0].grant
    wide = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"
    assert person == Grant(url, "app", "hush", "long", wide)
    own = {"provider": "other", "client_id": "c", "client_secret": "s", "token_url": "https://id.x.example/t"}
    assert mailboxes_from([OAUTH | {"oauth": own}])[0].grant == Grant("https://id.x.example/t", "c", "s")


@pytest.mark.parametrize(
    ("entry", "place", "says"),
    [
        ({"hots": "x"}, "mailboxes.1.hots", "there are: ca_file, folder, host"),
        ({"host": None}, "mailboxes.1.host", "string"),
        ({"name": "a b"}, "mailboxes.1.name", "characters"),
        ({"name": "reply@ostwind.example"}, "mailboxes.1.name", "characters"),
        ({"username": "two\r\nlines"}, "mailboxes.1.username", "characters"),
        ({"password": "two\r\nlines"}, "mailboxes.1", "printable"),
        ({"password": None}, "mailboxes.1", "either password or oauth"),
        ({"oauth": GOOGLE, "password": "hush-hush"}, "mailboxes.1", "either password or oauth"),
        ({"tls": "none"}, "mailboxes.1", "this machine only"),
        ({"tls": "maybe"}, "mailboxes.1.tls", "starttls"),
        ({"port": 0}, "mailboxes.1.port", "greater"),
        ({"ca_file": "not-there.pem"}, "mailboxes.1", "ca_file"),
        ({"oauth": {"provider": "google"}}, "mailboxes.1.oauth.client_id", "missing"),
        (
            {"oauth": GOOGLE | {"scop": "x"}},
            "mailboxes.1.oauth.scop",
            "client_id, client_secret",
        ),
        ({"oauth": GOOGLE | {"provider": "mine"}}, "mailboxes.1.oauth.provider", "google"),
        ({"oauth": GOOGLE | {"refresh_token": None}}, "mailboxes.1.oauth", "refresh_token"),
        ({"oauth": MICROSOFT | {"tenant": None}}, "mailboxes.1.oauth", "tenant"),
        (
            {"oauth": MICROSOFT | {"tenant": "../x"}},
            "mailboxes.1.oauth.tenant",
            "characters",
        ),
        (
            {"oauth": MICROSOFT | {"client_secret": None}},
            "mailboxes.1.oauth",
            "client_secret",
        ),
        ({"oauth": GOOGLE | {"provider": "other"}}, "mailboxes.1.oauth", "token_url"),
        (
            {"oauth": GOOGLE | {"token_url": "http://id.x.example/t"}},
            "mailboxes.1.oauth",
            "https",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_place(entry: dict[str, Any], place: str, says: str) -> None:
    """And no value is repeated, which may be a secret."""
    base = OAUTH if "oauth" in entry else PLAIN
    with pytest.raises(UnsafeSettings) as wrong:
        mailboxes_from([PLAIN, base | {"name": "other", "folder": "Other"} | entry])
    assert wrong.value.field == place
    assert wrong.value.detail.startswith(f"HEARDBACK_MAIL_ROUTES: {place}")
    assert says in wrong.value.detail
    assert not any(secret in wrong.value.detail for secret in ("hush", "long", "two", "reply@"))


@pytest.mark.parametrize(
    ("second", "says"), [({"folder": "Other"}, "same name"), ({"name": "other"}, "same account and folder")]
)
def test_no_mailbox_is_read_twice(second: dict[str, Any], says: str) -> None:
    """Two with one name could not be told apart in the figures."""
    with pytest.raises(UnsafeSettings, match=says):
        mailboxes_from([PLAIN, PLAIN | second])
    with pytest.raises(UnsafeSettings, match="more than 50"):
        mailboxes_from([PLAIN] * 51)


def test_an_authority_of_ones_own_is_read_at_the_start(tmp_path: Path) -> None:
    """Not at the first look."""
    certificates(tmp_path)
    path = str(tmp_path / "server.pem")
    assert mailboxes_from([PLAIN | {"ca_file": path}])[0].ca_file == path


def test_the_documented_example_is_one(tmp_path: Path) -> None:
    """As `docs/replies.md` shows it."""
    certificates(tmp_path)
    said = (Path(__file__).parents[2] / "docs" / "replies.md").read_text(encoding="utf-8")
    entries = yaml.safe_load(said.split("```yaml\n")[1].split("```")[0])["mailboxes"]
    entries[0]["ca_file"] = str(tmp_path / "server.pem")
    boxes = mailboxes_from(entries)
    assert [(box.name, box.port, box.grant is not None) for box in boxes] == [
        ("bounces", 143, False),
        ("answers", 993, True),
        ("talent", 993, True),
    ]


def test_the_document_and_the_few_settings_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shortcut is one more mailbox, called imap; the document's secrets come from the environment."""
    monkeypatch.setenv("REPLY_PASSWORD", "hush-hush")
    document = tmp_path / "mail.yaml"
    document.write_text(
        "routes: {main: {kind: folder, directory: mail}}\n"
        "mailboxes:\n"
        "  - {name: answers, host: imap.ostwind.example, username: reply, password: '${REPLY_PASSWORD}'}\n"
    )
    single: dict[str, Any] = {
        "imap_host": "127.0.0.1",
        "imap_username": "t",
        "imap_password": "s",
    }
    settings = Settings(_env_file=None, mail_routes=str(document), **single)
    first, second = mailboxes_of(settings)
    assert (first.name, first.port, first.password) == ("imap", 993, "s")
    assert (second.name, second.port, second.password) == ("answers", 993, "hush-hush")
    assert mailboxes_of(Settings(_env_file=None)) == ()
