"""What the candidates' pages send, read with care. Pure."""

from collections.abc import Collection
from urllib.parse import parse_qs

from app.errors import Unprocessable
from app.followups.contact import Wishes

_BOXES = ("paused", "important_only", "nurture_stopped")
_LONGEST = 100


def is_page(body: bytes) -> bool:
    """Whether our own page's button sent that, and a person waits for a page; else it was a mailbox."""
    return body == b"act=stop"


def read_wishes(body: bytes, languages: Collection[str], zones: Collection[str]) -> Wishes:
    """What was chosen; raises Unprocessable for what the page does not offer."""
    try:
        read = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=10, keep_blank_values=True)
    except ValueError as wrong:
        raise Unprocessable("That is no form of this page.") from wrong
    values = {name: given[0] for name, given in read.items()}
    locale, time_zone = values.get("locale", ""), values.get("time_zone", "")
    if set(values) - {*_BOXES, "locale", "time_zone"} or any(len(v) > _LONGEST for v in values.values()):
        raise Unprocessable("That is no form of this page.")
    if (locale and locale not in languages) or (time_zone and time_zone not in zones):
        raise Unprocessable("Choose a language and a time zone of the list.")
    paused, important, stopped = (values.get(name) == "1" for name in _BOXES)
    return Wishes(paused, important, stopped, locale, time_zone)
