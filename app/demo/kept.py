"""What the demo keeps beside its data: whether the round was played, and the simulated Greenhouse."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel

from app.demo.greenhouse_world import World

_FILE = "demo.json"


class Kept(BaseModel):
    """The demo of one data folder."""

    state: str
    """playing or played."""
    connection: str = ""
    secret: str = ""
    key: str = ""
    """An API key that may read."""
    last_id: int = 0
    rows: dict[str, dict[int, dict[str, Any]]] = {}

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """What was kept there; None where no demo was begun."""
        try:
            return cls.model_validate_json((folder / _FILE).read_bytes())
        except FileNotFoundError:
            return None

    def write(self, folder: Path) -> None:
        """Keeps it, readable by nobody else, whole or not at all."""
        write_private(folder / _FILE, self.model_dump_json())

    def remember(self, world: World) -> None:
        """The rows of the simulated Greenhouse."""
        self.rows, self.last_id = world.rows, world.last_id

    def restore(self, world: World) -> None:
        """Puts them back."""
        for resource, rows in self.rows.items():
            world.rows[resource] = rows
        world.last_id = max(self.last_id, world.last_id)


@dataclass(frozen=True, slots=True)
class Sample:
    """What the sample webhook is made of."""

    url: str
    body: dict[str, Any]
    secret: str
    heardback: str
    zone: str


_SCRIPT = r"""#!/bin/sh
# Somebody applies, now: sends the webhook that Greenhouse would send, and shows what Heardback plans.
set -eu
cd "$(dirname "$0")"
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
id=$(date +%s)
body=$(sed -e "s/@NOW@/$now/g" -e "s/\"@ID@\"/$id/g" sample-webhook.json)
signature=$(printf %s "$body" | openssl dgst -sha256 -hmac "$(cat sample-secret)" | sed 's/^.*= *//')
printf %s "$body" | curl --silent --show-error --fail --noproxy '*' --max-time 10 --data-binary @- \
  -H "Content-Type: application/json" -H "Greenhouse-Event-ID: sample-$id" \
  -H "Signature: sha256 $signature" --write-out 'answered %{http_code}\n' '@URL@'
export HEARDBACK_DATA_DIR="$(pwd)" HEARDBACK_TIME_ZONE='@ZONE@'
'@HEARDBACK@' followups list --application "$id" --wait 10
"""


def write_sample(folder: Path, sample: Sample) -> Path:
    """Writes the shell script that sends the sample webhook; its path."""
    write_private(folder / "sample-webhook.json", json.dumps(sample.body, separators=(",", ":")))
    write_private(folder / "sample-secret", sample.secret)
    script = _SCRIPT.replace("@URL@", sample.url).replace("@HEARDBACK@", sample.heardback)
    script = script.replace("@ZONE@", sample.zone)
    return write_private(folder / "sample-webhook.sh", script)


def write_private(path: Path, text: str) -> Path:
    """Writes a file that only its owner reads; the path."""
    part = path.with_name(f".{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    return part.replace(path)
