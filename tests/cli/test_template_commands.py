"""``heardback templates``: a recruiter's words from a file into force, and back."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> Path:
    """Where the files of a German speaker lie, with the settings of a trial on this test's database."""
    for name in ("REDIS_URL", "HEARDBACK_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("HEARDBACK_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "de").mkdir()
    return tmp_path / "de"


def call(*arguments: str, code: int = 0) -> str:
    """What the command prints to stdout, or in refusals to stderr."""
    result = CliRunner().invoke(main, ["templates", *arguments])
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.stderr


def test_words_go_from_a_file_into_force_and_back(folder: Path) -> None:
    """What `show` prints is what `preview` and `save` take; kind and language are the file's place."""
    file = folder / "moved_on.md"
    assert "none of your own" in call("list")
    file.write_text(call("show", "moved_on", "de"), encoding="utf-8")
    first = call("preview", str(file))
    file.write_text(
        file.read_text(encoding="utf-8").replace('subject: "', 'subject: "Neu! ', 1), encoding="utf-8"
    )
    assert call("preview", str(file)).startswith("Subject: Neu! ")
    assert first.splitlines()[1:] == call("preview", str(file)).splitlines()[1:]
    scope = ("--scope", "department:Vertrieb")
    assert "Version 1 of moved_on in de" in call("save", str(file), *scope)
    assert "Version 2" in call("save", str(file), *scope)
    assert "department:vertrieb" in call("list")
    assert "Neu!" in call("show", "moved_on", "de", *scope)
    assert "Neu!" not in call("show", "moved_on", "de")
    assert "Version 1" in call("rollback", "moved_on", "de", *scope)
    listed = call("versions", "moved_on", "de", *scope).splitlines()
    assert [("in force" in line, "by operator" in line) for line in listed] == [(False, True), (True, True)]
    call("off", "moved_on", "de", *scope)
    assert "Neu!" not in call("show", "moved_on", "de", *scope)
    assert " off " in call("list")


def test_what_may_not_be_saved_is_one_line(folder: Path) -> None:
    """With the part that is wrong; nothing is stored."""
    file = folder / "moved_on.md"
    file.write_text("---\nsubject: x\npreheader: y\n---\n{{ shoe.size }}", encoding="utf-8")
    said = call("save", str(file), code=1)
    assert said.startswith("Error: There is no fact shoe.size.")
    assert "body" in said
    assert said.count("\n") == 1
    file.write_bytes(b"---\nsubject: \xff")
    assert "UTF-8" in call("save", str(file), code=1)
    assert "kind" in call("save", str(file), "--kind", "nothing", code=1)
    assert "none of your own" in call("list")
    file.write_text("---\nsubject: x\npreheader: y\n---\nx", encoding="utf-8")
    assert "no application" in call("preview", str(file), "--application", "app_none", code=1)
