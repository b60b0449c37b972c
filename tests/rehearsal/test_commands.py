"""The same rehearsals on the command line: read as a table, kept as JSON, and never applied."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from app.cli import main
from app.sla.book import starter_policies
from tests.servers import PostgresServer


@pytest.fixture
def ask(database_url: str, postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Asks for a command about a rule book without promises, on a database without applications."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("HEARDBACK_DATA_DIR", str(tmp_path))
    document = starter_policies()
    document["policies"] = [p for p in document["policies"] if p["key"] != "promised_date"]
    rules = tmp_path / "rules.yaml"
    rules.write_text(yaml.safe_dump(document))

    def asked(*words: str, text: str | None = None) -> Result:
        if text is not None:
            rules.write_text(text)
        return CliRunner().invoke(main, [*words, str(rules)])

    return asked


def test_a_backtest_needs_rules_to_compare_with(ask: Any) -> None:
    """On a database that has never been served it says so in one line; rules that are wrong are named."""
    told = ask("backtest", "--since", "30d")
    assert told.exit_code == 1
    assert "no rules yet" in told.output
    wrong = ask("policies", "diff", text="policies: [{key: x}]")
    assert (wrong.exit_code, "policies.0" in wrong.output) == (1, True)
    assert ask("backtest", "--since", "soon").exit_code == 2


@pytest.mark.parametrize("command", ["policies diff", "policies apply", "backtest"])
def test_what_could_not_be_applied_is_not_rehearsed(ask: Any, command: str) -> None:
    """Also where it is not a policy but a rule of approval that names what there is not."""
    rules = starter_policies() | {"approvals": {"rules": [{"kinds": ["carrier_pigeon"]}]}}
    told = ask(*command.split(), text=yaml.safe_dump(rules))
    assert told.exit_code == 1
    assert "carrier_pigeon" in told.output


def test_a_difference_of_nothing_is_said(ask: Any) -> None:
    """Nothing open, nothing changed; as JSON there is not a line."""
    assert "Nothing would change" in ask("policies", "diff").output
    lines = ask("policies", "diff", "--json").output.splitlines()
    assert [json.loads(line) for line in lines] == []
