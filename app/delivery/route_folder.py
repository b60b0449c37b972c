"""The way out that needs nothing: a folder of ``.eml`` files, one a send, which any mail program opens."""

import asyncio
import os
import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from app.delivery.route import RouteMeta
from app.errors import UnsafeHeader
from app.mail.folder import file_name
from app.mail.mime import build_mime
from app.mail.outbound import Envelope, Outcome, OutcomeKind


class FolderRoute:
    """Writes each message to ``<send_id>.eml`` in a folder that only its owner reads.

    Exactly once by name: a send that is repeated finds its file. The file appears whole or not at all.
    """

    def __init__(self, directory: Path, *, name: str = "folder") -> None:
        self.name = name
        self.longest = timedelta(seconds=5)
        self.repeat_within: timedelta | None = None
        self.keeps_message_id = True
        self.directory = directory

    def prepare(self, envelope: Envelope, date: datetime) -> bytes:
        return build_mime(envelope, date)

    async def send(self, payload: bytes, meta: RouteMeta) -> Outcome:
        return await asyncio.to_thread(self._write, payload, meta.send_id)

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        del age  # a folder does not lag
        try:
            there = await asyncio.to_thread((self.directory / file_name(send_id)).exists)
        except (OSError, UnsafeHeader) as error:
            return Outcome(OutcomeKind.AMBIGUOUS, f"folder: {type(error).__name__}")
        return Outcome(OutcomeKind.ACCEPTED if there else OutcomeKind.NOT_SENT, "folder: looked for the file")

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _write(self, payload: bytes, send_id: str) -> Outcome:
        try:
            final = self.directory / file_name(send_id)
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not final.exists():
                _write_whole(final, payload)
        except (NotADirectoryError, FileExistsError, PermissionError, UnsafeHeader) as error:
            return Outcome(OutcomeKind.CONFIGURATION, f"folder: {type(error).__name__}")
        except OSError as error:
            # The file has its name only once it is whole, so its name settles what is known.
            left = final.exists()
            kind = OutcomeKind.AMBIGUOUS if left else OutcomeKind.NOT_SENT
            return Outcome(kind, f"folder: {type(error).__name__} {error.errno}")
        return Outcome(OutcomeKind.ACCEPTED, provider_id=final.name)


def _write_whole(final: Path, payload: bytes) -> None:
    handle, part = tempfile.mkstemp(prefix=f".{final.stem}.", suffix=".part", dir=final.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        Path(part).rename(final)
    finally:
        with suppress(FileNotFoundError):
            Path(part).unlink()
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
