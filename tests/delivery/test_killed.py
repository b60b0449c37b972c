"""A real worker, a real SIGKILL: in the middle of a send."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from app.delivery.models import Delivery
from app.followups.models import FollowUp
from tests.flow.small import MONDAY, open_small, webhook

_WORKER = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from tests.flow.small import TwinRoute, open_small_again

url, accepted, folder, now = sys.argv[1:]

class Hung(TwinRoute):
    async def send(self, payload, meta):
        Path(accepted, meta.send_id).write_bytes(payload)
        print("accepted", flush=True)
        await asyncio.sleep(60)

async def main():
    async with open_small_again(url, Path(folder), Hung(), datetime.fromisoformat(now)) as flow:
        await flow.deliveries()

asyncio.run(main())
"""


async def test_a_worker_killed_while_sending_leaves_one_message(database_url: str, tmp_path: Path) -> None:
    """The provider has it, the worker is gone: another asks after the lease, and nothing goes out twice."""
    accepted = tmp_path / "accepted"
    accepted.mkdir()
    async with open_small(database_url, tmp_path) as small:
        await small.hear(webhook("new_candidate_application", MONDAY))
        await small.drain()
        small.clock.at = MONDAY + timedelta(minutes=11)
        await small.flow.messages()
        await small.flow.releases()
        now = small.clock.now().isoformat()
        arguments = (database_url, str(accepted), str(tmp_path), now)
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _WORKER,
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert worker.stdout is not None
        async with asyncio.timeout(60):
            while (line := await worker.stdout.readline()) and line != b"accepted\n":
                pass
        assert line == b"accepted\n"
        os.kill(worker.pid, signal.SIGKILL)
        await worker.wait()

        follow_up = await small.one(FollowUp, kind="application_received")
        delivery = await small.one(Delivery, follow_up_id=follow_up.id, channel="mail")
        assert delivery.state == "sending"
        small.route.sent = [(path.name, path.read_bytes()) for path in accepted.iterdir()]
        small.machine.at = small.clock.now() + timedelta(seconds=31)
        await small.drain()
        delivery = await small.one(Delivery, id=delivery.id)
        assert (delivery.state, delivery.attempt) == ("sent", 1)
        assert [send_id for send_id, _ in small.route.sent] == [delivery.id]
