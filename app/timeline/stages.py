"""Stage names mean kinds of stages, by rules that a connection may override."""

import re
from collections.abc import Mapping
from functools import lru_cache

KINDS = ("applied", "screen", "interview", "assessment", "decision", "offer", "hired", "rejected", "other")

_RULES: tuple[tuple[str, str], ...] = (
    (r"reject|declin|archiv|not a fit", "rejected"),
    (r"\bhired\b|onboard|accepted", "hired"),
    (r"offer", "offer"),
    (r"decision|debrief|reference|final review|approval", "decision"),
    (r"assess|take.?home|test|case|exercise|assignment|challenge", "assessment"),
    (r"phone|screen|recruiter|intro|preliminary|first call", "screen"),
    (r"interview|on.?site|onsite|panel|face.?to.?face|technical|final|meet|loop|round", "interview"),
    (r"appl|review|new|inbox|lead|sourced", "applied"),
)


def kind_of(name: str, overrides: Mapping[str, str] | None = None) -> str:
    """The kind of a stage by its name; ``other`` when no rule knows it, which the API shows.

    Overrides map a regular expression to a kind and are asked first, in order.
    """
    return _kind_of(name, tuple((overrides or {}).items()))


@lru_cache(maxsize=4096)
def _kind_of(name: str, overrides: tuple[tuple[str, str], ...]) -> str:
    for pattern, kind in (*overrides, *_RULES):
        if re.search(pattern, name, re.IGNORECASE):
            return kind
    return "other"
