"""What is shipped fits together: locks, image, compose file, Makefile."""

import fnmatch
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ground.clusters import ROOT

COMMANDS = {"serve", "worker", "migrate"}


def read(name: str) -> str:
    return (ROOT / name).read_text()


def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
    return document


def test_compose_has_every_part_and_two_workers() -> None:
    """Postgres, Redis, one migration, the API and two workers."""
    services = compose()["services"]
    assert set(services) == {"postgres", "redis", "migrate", "api", "worker-1", "worker-2"}
    ours = {name: service["command"][0] for name, service in services.items() if "build" in service}
    assert ours == {"migrate": "migrate", "api": "serve", "worker-1": "worker", "worker-2": "worker"}
    assert set(ours.values()) == COMMANDS


def test_compose_starts_in_order() -> None:
    """Nothing of ours starts before the migration has ended, which waits for a healthy database."""
    services = compose()["services"]
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("api", "worker-1", "worker-2"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert services[name]["depends_on"]["redis"]["condition"] == "service_healthy"
    for name in ("postgres", "redis", "worker-1", "worker-2"):
        assert services[name]["healthcheck"]["test"]


def test_compose_holds_no_secret() -> None:
    """Secrets come from the environment, and their absence is an error that says so."""
    text = read("compose.yaml")
    for name in ("POSTGRES_PASSWORD", "HEARDBACK_MASTER_KEYS"):
        values = re.findall(rf"{name}: (.*)", text)
        assert values
        assert all(value.startswith(f"${{{name}:?") for value in values)


def test_the_commands_of_the_image_exist() -> None:
    """Those that the compose file and the Dockerfile name."""
    said = subprocess.run(
        [Path(sys.executable).parent / "heardback", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert set(re.findall(r"^  ([a-z]+)", said.stdout, re.MULTILINE)) >= COMMANDS


def test_the_image_runs_unprivileged_with_a_health_check() -> None:
    """The last stage's user is a number, tini is process 1, and an orchestrator may ask for its health."""
    last = read("Dockerfile").split("\nFROM ")[-1]
    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["10001"]
    assert "HEALTHCHECK" in last
    assert re.search(r'^ENTRYPOINT \["tini", "--", "heardback"\]$', last, re.MULTILINE)
    assert re.search(r'^CMD \["serve"\]$', last, re.MULTILINE)


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    """`.dockerignore` lets exactly those files through."""
    copied = {
        name
        for line in re.findall(r"^COPY (?!--)(.*) \S+$", read("Dockerfile"), re.MULTILINE)
        for name in line.split()
    }
    allowed = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_is_hashed_and_names_no_index(lock: str) -> None:
    """The same bytes on every machine, from whichever index that machine uses."""
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^\s*#.*\n", "", read(lock), flags=re.MULTILINE))
    assert len(entries) > 40
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in read(lock)
    assert "--index" not in read(lock)
    options = {word for line in read(lock).splitlines() for word in line.split() if word.startswith("--")}
    assert {option.partition("=")[0] for option in options} == {"--hash"}


def test_the_locks_hold_what_the_project_asks_for() -> None:
    """Every dependency of pyproject.toml is locked, and both locks agree."""
    project = tomllib.loads(read("pyproject.toml"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["embedded"]]
    run, dev = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {distribution(line) for line in wanted} <= set(run)
    assert {distribution(line) for line in project["dependency-groups"]["dev"]} <= set(dev)
    assert run.items() <= dev.items()


def distribution(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9_.-]+", requirement)
    assert name
    return re.sub(r"[_.]+", "-", name[0]).lower()


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", read(name), re.MULTILINE))


def test_every_target_says_what_it_is_for() -> None:
    """`make help` lists all that there is to make."""
    makefile = read("Makefile")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert all(re.search(rf"\b{target}\b.*\w{{3}}", said.stdout) for target in phony[1].split())


def test_ci_runs_the_tests_and_nothing_else() -> None:
    """What CI does anybody can do: `make test`."""
    lines = [line for line in read(".ci/run").splitlines() if line and not fnmatch.fnmatch(line, "#*")]
    assert lines == ["set -eu", 'cd "$(dirname "$0")/.."', "make test"]
