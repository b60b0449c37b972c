"""Our own ids: a prefix that says what it is, and a sortable random part."""

import random
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_CHARS, _RANDOM_BITS = 10, 80


def new_id(prefix: str) -> str:
    """A new id such as ``evt_01jd2q8z6w3k7m9p5r1t0v4x2y``; later ids sort after earlier ones."""
    value = (time.time_ns() // 1_000_000) << _RANDOM_BITS | random.getrandbits(
        _RANDOM_BITS
    )  # a name, not a secret
    digits = [_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5)]
    return f"{prefix}_{''.join(digits)}"
