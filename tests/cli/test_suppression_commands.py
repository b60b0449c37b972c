"""Suppressions at the command line: files in and out, a look at one address."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main

ADDRESS = "noemi.vantongeren@example.net"


def _call(*arguments: str, given: str | None = None) -> str:
    result = CliRunner().invoke(main, list(arguments), input=given)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_file_goes_in_by_address_and_out_by_hash(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str
) -> None:
    """The address itself is written nowhere; what came out goes in again as known."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("HEARDBACK_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "list.csv"
    file.write_text(f"email,reason\n{ADDRESS},left the list\n-,x\n", encoding="utf-8")
    assert "not suppressed" in _call("suppressions", "check", given=f"{ADDRESS}\n")
    assert (
        _call("suppressions", "import", str(file))
        == "1 added, 0 known already. Not understood: 1 lines (3).\n"
    )
    assert "suppressed: left the list (import:operator)" in _call(
        "suppressions", "check", given=f"{ADDRESS}\n"
    )
    out = _call("suppressions", "export")
    assert ADDRESS not in out
    file.write_text(out, encoding="utf-8")
    assert _call("suppressions", "import", str(file)) == "0 added, 1 known already.\n"
