"""Settings: production refuses what is only fit for trying out, and says what to set."""

import base64
import stat
from pathlib import Path
from typing import Any

import pytest

from app.errors import UnsafeSettings
from app.settings import Settings

KEY = base64.b64encode(bytes(32)).decode()
SAFE: dict[str, Any] = {
    "mode": "production",
    "DATABASE_URL": "postgresql://db.internal/heardback",
    "REDIS_URL": "redis://redis.internal",
    "master_keys": KEY,
    "public_url": "https://heardback.ostwind-robotics.de",
    "mail_routes": '{"kind": "postmark", "token": "a-token-of-the-provider"}',
    "mail_from": "talent@ostwind-robotics.de",
    "mail_domain": "ostwind-robotics.de",
    "company_name": "Ostwind Robotics",
}


def _settings(**changes: Any) -> Settings:
    return Settings(_env_file=None, **(SAFE | changes))


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine has set is not part of the test."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


def test_these_settings_are_safe() -> None:
    """What the others are measured against."""
    assert not _settings().embedded


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"DATABASE_URL": None}, "Set DATABASE_URL"),
        ({"REDIS_URL": None}, "Set REDIS_URL"),
        ({"master_keys": None}, "Set HEARDBACK_MASTER_KEYS"),
        ({"public_url": "http://heardback.ostwind-robotics.de"}, "Set HEARDBACK_PUBLIC_URL"),
        ({"mail_routes": None}, "Set HEARDBACK_MAIL_ROUTES"),
        ({"mail_from": "talent@heardback.example"}, "Set HEARDBACK_MAIL_FROM"),
        ({"mail_domain": "heardback.example"}, "Set HEARDBACK_MAIL_DOMAIN"),
        ({"simulated_time": True}, "Unset HEARDBACK_SIMULATED_TIME"),
        ({"company_name": "Your company"}, "Set HEARDBACK_COMPANY_NAME"),
    ],
)
def test_each_unsafe_setting_is_refused_by_name(changes: dict[str, Any], says: str) -> None:
    """One wrong value stops the start, and the message says how to mend it; trial takes them all."""
    with pytest.raises(UnsafeSettings, match=says) as refused:
        _settings(**changes)
    assert "Not safe for production" in str(refused.value)
    assert _settings(**changes, mode="trial").mode == "trial"


@pytest.mark.parametrize("name", ["HEARDBACK_MAIL_HOOKS", "HEARDBACK_MAIL_ROUTE", "HEARDBACK_SMTP_HOST"])
def test_what_the_mail_document_has_taken_over_is_refused_and_says_where_it_went(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail that silently went to a folder, or receipts that silently stopped, would be found out too late."""
    monkeypatch.setenv(name, "s3cret")
    with pytest.raises(UnsafeSettings, match=f"{name}: moved into HEARDBACK_MAIL_ROUTES") as refused:
        _settings()
    assert "s3cret" not in str(refused.value)


def test_everything_wrong_is_said_at_once() -> None:
    """Nobody mends one thing a restart."""
    with pytest.raises(UnsafeSettings) as refused:
        Settings(_env_file=None, mode="production")
    assert str(refused.value).count("Set ") >= 8


@pytest.mark.parametrize("key", ["not base64!", base64.b64encode(bytes(16)).decode()])
def test_a_master_key_that_is_none_is_refused_without_showing_it(key: str) -> None:
    """Neither too short nor unreadable; and an error message is no place for a secret."""
    with pytest.raises(UnsafeSettings) as refused:
        _ = _settings(master_keys=key).master_key_bytes
    assert key not in str(refused.value)


def test_secrets_do_not_show_in_the_settings() -> None:
    """A log line of all settings gives nothing away."""
    shown = repr(_settings())
    assert KEY not in shown
    assert "a-token-of-the-provider" not in shown


def test_the_trial_key_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    """In the data folder, mode 0600, the same at every start."""
    first = Settings(_env_file=None, data_dir=tmp_path).master_key_bytes
    again = Settings(_env_file=None, data_dir=tmp_path).master_key_bytes
    assert first == again
    assert len(first[0]) == 32
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600
