"""What the door needs to know of a webhook before anybody has read it."""

import hashlib
from dataclasses import dataclass

UNREADABLE = "unreadable"
"""The action of a correctly signed body that nobody can read; it is stored all the same."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook as the door sees it.

    ``dedupe_key`` is equal for two deliveries of the same event. ``vendor_event_id`` is the vendor's own id
    where it sent one. ``action`` is a label for logs and lists; only reading decides what a body means.
    """

    dedupe_key: str
    vendor_event_id: str | None
    action: str


def content_key(body: bytes) -> str:
    """The dedupe key of a delivery to which the vendor gave no id."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
