"""Which programs run the data there is; and, where none do, how it is brought to the version there is."""

from pathlib import Path

from app.embedded_binaries import find_binaries, reachable, version_of
from app.embedded_cluster import INITDB, SUPERUSER, Cluster
from app.errors import CannotStart, WrongPostgresVersion

_ENTERS_BY_WORKING_FOLDER = 16  # older versions look themselves up by leaving it and coming back


def programs(cluster: Cluster) -> Path:
    """The programs that can run this folder's data, where its account can run them.

    Raises:
        NoPostgres: There are none.
        WrongPostgresVersion: None of the major version that wrote the data; says how to upgrade it.
    """
    try:
        found = find_binaries(cluster.major)
    except WrongPostgresVersion:
        newest = reachable(find_binaries(), cluster.account)
        raise WrongPostgresVersion(_how_to_upgrade(cluster, newest)) from None
    if cluster.closed and version_of(found) < _ENTERS_BY_WORKING_FOLDER:
        raise CannotStart(
            f"Postgres refuses to run as root, and {cluster.closed[0]} does not let any other account in. "
            "Choose another folder with HEARDBACK_DATA_DIR, or run Heardback as an ordinary user.",
        )
    return reachable(found, cluster.account)


def _how_to_upgrade(cluster: Cluster, new: Path) -> str:
    old, major = cluster.major, version_of(new)
    fresh, old_home = f"cluster-{major}", f"cluster-{old}"
    who = cluster.account
    run_as = f"setpriv --reuid={who.uid} --regid={who.gid} --clear-groups " if who else ""
    shut = " ".join(str(folder) for folder in cluster.closed)
    old_programs = f"\\\n      -b /usr/lib/postgresql/{old}/bin"
    commands = [
        *([f"chmod o+x {shut}"] if shut else []),
        f"cd {cluster.home}",
        f"{run_as}{new}/initdb -D {fresh} -U {SUPERUSER} {INITDB}",
        f"cp -p cluster/pg_hba.conf cluster/pg_ident.conf {fresh}/",
        f"{run_as}{new}/pg_upgrade -U {SUPERUSER} -d cluster -D {fresh} -B {new} {old_programs}",
        f"mv cluster {old_home} && mv {fresh} cluster",
        *([f"chmod o-x {shut}"] if shut else []),
    ]
    return (
        f"PostgreSQL {old} wrote the data in {cluster.data}; the programs found are version {major}. Nothing "
        f"was changed. Either put PostgreSQL {old} on PATH, or upgrade the data with both installed (-b is "
        "the folder of the old programs):\n  " + "\n  ".join(commands)
    )
