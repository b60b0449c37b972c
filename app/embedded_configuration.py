"""The private Postgres's configuration, written at every start: a newer Heardback brings its newer one."""

from app.embedded_account import ourselves
from app.embedded_cluster import ROLE, SUPERUSER, Cluster

# Small: the whole idle service with its Postgres is to stay below 250 MB. Statements and their values may
# be personal, so a failed one is logged by its error alone. Parallelism, replication and JIT serve others.
_SETTINGS = """\
# Written by Heardback at every start. Your own settings: ALTER SYSTEM, kept in postgresql.auto.conf.
listen_addresses = ''
unix_socket_directories = '.'
unix_socket_permissions = 0700
port = 5432
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
fsync = on
synchronous_commit = on
shared_buffers = 32MB
work_mem = 4MB
maintenance_work_mem = 32MB
max_connections = 40
max_worker_processes = 2
max_parallel_workers = 0
max_parallel_workers_per_gather = 0
max_logical_replication_workers = 0
autovacuum_max_workers = 2
wal_level = minimal
max_wal_senders = 0
min_wal_size = 256MB
max_wal_size = 1GB
jit = off
huge_pages = off
idle_in_transaction_session_timeout = 60s
log_min_error_statement = panic
log_error_verbosity = terse
log_checkpoints = off
log_line_prefix = '%m [%p] '
"""
_SETTINGS_18 = "io_method = sync\n"


def configure(cluster: Cluster, *, durable: bool) -> None:
    """Write it.

    Args:
        cluster: Where.
        durable: False only where the data is thrown away: an unsafe, quicker disk.
    """
    version = cluster.major or 0
    lines = _SETTINGS if version < 18 else _SETTINGS + _SETTINGS_18  # noqa: PLR2004  # first with io_method
    lines += "" if durable else "fsync = off\nfull_page_writes = off\n"
    cluster.write("postgresql.conf", lines)
    cluster.write("pg_hba.conf", "local all all peer map=heardback\n")
    users = {ourselves().name, cluster.account.name if cluster.account else ourselves().name}
    known = [f'heardback "{user}" {role}\n' for user in sorted(users) for role in (ROLE, SUPERUSER)]
    cluster.write("pg_ident.conf", "".join(known))
