"""Owns the Postgres of a data folder and says so, until it is told to end or killed: a stand-in service."""

import signal
import sys
import threading
from pathlib import Path

from app.embedded import EmbeddedPostgres

# Whoever runs the tests in the background may have had SIGINT ignored, which is inherited.
signal.signal(signal.SIGINT, signal.default_int_handler)

with EmbeddedPostgres(Path(sys.argv[1]), durable=False) as server:
    sys.stdout.write(server.dsn + "\n")
    sys.stdout.flush()
    threading.Event().wait(60)
