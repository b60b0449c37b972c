"""Who runs the private Postgres: ourselves, or, since it refuses root, an existing unprivileged account."""

import grp
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from app.errors import CannotStart

_EXISTING = ("postgres", "_postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An account of this machine."""

    name: str
    uid: int
    gid: int


def ourselves() -> Account:
    """Who runs this process; raises `CannotStart` for a number without a name, which Postgres refuses."""
    try:
        return _account(pwd.getpwuid(os.geteuid()))
    except KeyError:
        raise CannotStart(
            f"Postgres needs an account with a name, and number {os.geteuid()} has none; "
            "run Heardback as a named user, or set DATABASE_URL.",
        ) from None


def substitute(folder: Path) -> Account | None:
    """The account that runs the server when we are root; None when we are not.

    Data that exists stays with the account that has it.

    Args:
        folder: Where the data is, or will be.
    """
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    if folder.exists() and (uid := folder.stat().st_uid) != 0:
        having = [_account(entry) for entry in known.values() if entry.pw_uid == uid]
        if not having:
            raise CannotStart(f"{folder} belongs to number {uid}, which is no account of this machine.")
        return having[0]
    for name in _EXISTING:
        if name in known:
            return _account(known[name])
    raise CannotStart(
        f"Postgres refuses to run as root, and none of {', '.join(_EXISTING)} exists; "
        "run Heardback as an ordinary user, or set DATABASE_URL.",
    )


def closed_to(path: Path, account: Account) -> list[Path]:
    """Which of the path and the folders above it do not let the account in, by their modes, from the root."""
    groups = {account.gid, *(group.gr_gid for group in grp.getgrall() if account.name in group.gr_mem)}
    steps = (path.resolve(), *path.resolve().parents)
    return [step for step in reversed(steps) if not _may_enter(step.stat(), account.uid, groups)]


def _may_enter(status: os.stat_result, uid: int, groups: set[int]) -> bool:
    if status.st_uid == uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid in groups:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
