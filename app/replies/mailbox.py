"""A mailbox as the settings describe it."""

from dataclasses import dataclass, field
from typing import Literal

from app.mail.heard import digest
from app.mail.oauth import Grant

Tls = Literal["tls", "starttls", "none"]
"""From the first byte; after STARTTLS, which is demanded; or in clear, to this machine only."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where it is and how it opens; all printable ASCII. ``seconds`` bound each wait for the server.

    ``name`` is what logs and figures call it. With a ``grant`` it opens by OAuth, else by its password.
    ``ca_file`` holds the authority that vouches for the server where the public ones do not.
    """

    host: str
    port: int
    username: str = field(repr=False)
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    name: str = "imap"
    tls: Tls = "tls"
    grant: Grant | None = None
    ca_file: str | None = None
    seconds: float = 10.0

    @property
    def id(self) -> str:
        """What its cursor goes by."""
        return digest("imap", self.host, self.port, self.username, self.folder)
