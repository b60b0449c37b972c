"""What may stand in a mail header: refused, never repaired, because a repaired name is an invented one."""

import re

from app.errors import UnsafeHeader

UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line separators, bidirectional overrides (they disguise names) and lone surrogates."""


def header_text(value: str, *, field: str) -> str:
    """The value unchanged; raises ``UnsafeHeader`` naming the field and the character, not the value."""
    found = UNSAFE.search(value)
    if found:
        code = f"U+{ord(found.group()):04X}"
        raise UnsafeHeader(
            f"The {field} holds the character {code}; correct it where it is kept.", field=field
        )
    return value
