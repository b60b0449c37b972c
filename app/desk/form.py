"""What the page's forms send, read with care. Pure."""

from dataclasses import dataclass
from urllib.parse import parse_qs

from app.errors import BadRequest, Unprocessable

ACTS = ("approve", "edit", "pick", "reject", "renew", "resend")
_LONGEST = {"nonce": 64, "act": 16, "note": 1_000, "subject": 200, "text": 20_000, "highlight": 64}
_NEEDED = {"edit": ("subject", "text"), "pick": ("highlight",), "reject": ("note",)}
_SAY = {
    "subject": "A subject is needed.",
    "text": "Some words are needed.",
    "note": "Say why it is not to be sent.",
    "highlight": "Decide on the page itself.",
}
_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Form:
    """One act with its words; what an act does not need is empty."""

    act: str
    nonce: str
    note: str = ""
    subject: str = ""
    text: str = ""
    highlight: str = ""


def read_form(content_type: str, body: bytes) -> Form:
    """The form in a request's body.

    Raises BadRequest for what no page of ours sends, Unprocessable for a field that is empty or too long.
    """
    if content_type.partition(";")[0].strip().lower() != _TYPE:
        raise BadRequest("Decide on the page itself.")
    try:
        read = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=10, keep_blank_values=True)
    except ValueError as wrong:
        raise BadRequest("Decide on the page itself.") from wrong
    if set(read) - set(_LONGEST) or any(len(values) != 1 for values in read.values()):
        raise BadRequest("Decide on the page itself.")
    values = {name: given[0].strip() for name, given in read.items()}
    act = values.get("act")
    if act not in ACTS or "nonce" not in values:
        raise BadRequest("Decide on the page itself.")
    for name, value in values.items():
        if len(value) > _LONGEST[name] or "\0" in value:
            raise Unprocessable(f"The {name} is too long, or has characters that cannot be kept.", field=name)
    for name in _NEEDED.get(act, ()):
        if not values.get(name):
            raise Unprocessable(_SAY[name], field=name)
    return Form(**values)
