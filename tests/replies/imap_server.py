"""A small real IMAP server on loopback: one mailbox, read-only commands, and faults by command."""

import asyncio
import json
import re
import ssl
from base64 import b64decode, b64encode
from typing import Self

HANG, REFUSE, MORE = "hang", "refuse", "more"
"""Nothing ever comes; NO; more bytes of a mail than were asked for."""
_WRONG = {"status": "400", "schemes": "Bearer", "scope": "https://mail.example/"}


class SmallImap:
    """``mails`` by UID; ``faults`` maps a command (login, examine, search, fetch) to what goes wrong.

    ``tls`` encrypts from the first byte, ``starttls`` when it is asked for. Any of ``tokens`` opens it too.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None) -> None:
        self.mails: dict[int, bytes] = {}
        self.validity = 7
        self.faults: dict[str, str] = {}
        self.asked: list[str] = []
        self.at_once, self.most_at_once = 0, 0
        self.port = 0
        self.greeting, self.offers = "OK IMAP4rev1 ready", "IMAP4rev1"
        self.tokens: set[str] = set()
        self.shown: list[str] = []
        """What came as first answer to AUTHENTICATE."""
        self.after_error: list[bytes] = []
        """What came as answer to the challenge that says what is wrong."""
        self.injected = b""
        """Said in clear behind the answer to STARTTLS, by somebody in between."""
        self._tls, self._starttls = tls, starttls
        self._ending = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._ending.set()
        if self._server:
            self._server.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def times(self, command: str) -> int:
        """How often a command came."""
        return sum(asked.split(" ")[0] == command for asked in self.asked)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            writer.write(f"* {self.greeting}\r\n".encode())
            while line := await reader.readline():
                tag, _, command = line.decode().strip().partition(" ")
                if command == "STARTTLS" and self._starttls:
                    self.asked.append(command)
                    writer.write(f"{tag} OK begin\r\n".encode() + self.injected)
                    await writer.start_tls(self._starttls)
                elif command.startswith("AUTHENTICATE "):
                    self.asked.append(command)
                    writer.write(await self._authenticate(tag, reader, writer))
                else:
                    writer.write(await self._answer(tag, command, reader))
                await writer.drain()
        except (OSError, UnicodeDecodeError):
            pass
        finally:
            self.at_once -= 1
            writer.close()

    async def _authenticate(
        self, tag: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes:
        writer.write(b"+ \r\n")
        shown = b64decode(await reader.readline()).decode()
        self.shown.append(shown)
        found = re.search("\1auth=Bearer ([^\1]+)\1\1$", shown)
        if found and found[1] in self.tokens:
            return f"{tag} OK welcome\r\n".encode()
        writer.write(b"+ " + b64encode(json.dumps(_WRONG).encode()) + b"\r\n")
        self.after_error.append(b64decode(await reader.readline()))
        return f"{tag} NO [AUTHENTICATIONFAILED] talent@ostwind.example\r\n".encode()

    async def _answer(self, tag: str, command: str, reader: asyncio.StreamReader) -> bytes:
        self.asked.append(command)
        words = command.removeprefix("UID ")
        fault = self.faults.get(words.split(" ")[0].lower())
        if fault == HANG:
            over = [asyncio.create_task(wait) for wait in (self._ending.wait(), reader.read(1))]
            await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
            for task in over:
                task.cancel()
        if fault == REFUSE or command == "STARTTLS":
            return f"{tag} NO not today, talent@ostwind.example\r\n".encode()
        return self._told(command, words) + f"{tag} OK done\r\n".encode()

    def _told(self, command: str, words: str) -> bytes:
        if command == "CAPABILITY":
            return f"* CAPABILITY {self.offers}\r\n".encode()
        if command.startswith("EXAMINE"):
            return f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n".encode()
        if found := re.match(r"SEARCH UID (\d+):\*", words):
            # As servers do: the last mail is always in the range.
            uids = [uid for uid in self.mails if uid >= int(found[1])] or list(self.mails)[-1:]
            return f"* SEARCH {' '.join(map(str, uids))}\r\n".encode()
        if found := re.match(r"FETCH (\d+) \(UID BODY\.PEEK\[\]<0\.(\d+)>\)", words):
            most = int(found[2])
            mail = (
                bytes(most + 2_000) if self.faults.get("fetch") == MORE else self.mails[int(found[1])][:most]
            )
            return b"* 1 FETCH (UID %s BODY[]<0> {%d}\r\n%s)\r\n" % (found[1].encode(), len(mail), mail)
        return b"* BYE\r\n" if command == "LOGOUT" else b""
