"""The far side of `bench.hung_provider`: two providers, one of which may take mail and say nothing.

Run as a process of its own. Prints the two ports; then a line on stdin is a command, and each is answered by
a line of JSON: `hang` and `heal` (the slow one), `forget`, and `tell`.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress
from typing import Any, Self

from app.demo.faulty_http import Answer
from app.demo.postmark import SimulatedPostmark


class Provider(SimulatedPostmark):
    """Remembers when each mail came."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[float] = []

    def _accept(self, message: dict[str, Any]) -> Answer:
        self.arrived.append(time.time())
        return super()._accept(message)

    def forget(self) -> None:
        """Nothing has come yet."""
        self.arrived, self.messages = [], []
        self.effects.clear()


class Gate:
    """Before a provider: every request passes; while it hangs no answer does, until the gate opens again."""

    def __init__(self, provider: Provider) -> None:
        self.provider, self.port = provider, 0
        self.open = asyncio.Event()
        self.open.set()
        self.held = self.most_held = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.provider.__aenter__()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._server:
            self._server.close()
        await self.provider.__aexit__(*exc)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = int(self.provider.url.rpartition(":")[2])
        theirs, back = await asyncio.open_connection("127.0.0.1", port)
        ways = {
            asyncio.create_task(self._ask(reader, back)),
            asyncio.create_task(self._answer(theirs, writer)),
        }
        _, left = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in left:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, back):
            end.close()
            with suppress(OSError):
                await end.wait_closed()

    async def _ask(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            back.write(data)
            await back.drain()

    async def _answer(self, theirs: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await theirs.read(65_536):
            self.held += 1
            if not self.open.is_set():
                self.most_held = max(self.most_held, self.held)
            try:
                await self.open.wait()
            finally:
                self.held -= 1
            writer.write(data)
            await writer.drain()


def told(gate: Gate) -> dict[str, Any]:
    """What has come through that gate since it was forgotten."""
    provider = gate.provider
    return {
        "arrived": provider.arrived,
        "most": max(provider.effects.values(), default=0),
        "held": gate.most_held,
    }


async def main() -> None:
    """Serves until stdin ends."""
    async with Gate(Provider()) as quick, Gate(Provider()) as slow:
        loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        print(json.dumps([quick.port, slow.port]), flush=True)
        while line := await reader.readline():
            match line.strip():
                case b"hang":
                    slow.open.clear()
                case b"heal":
                    slow.open.set()
                case b"forget":
                    for gate in (quick, slow):
                        gate.provider.forget()
                        gate.most_held = 0
            print(json.dumps({"quick": told(quick), "slow": told(slow)}), flush=True)
        slow.open.set()


if __name__ == "__main__":
    asyncio.run(main())
