"""The filters a template may use, each with a bound on what it may build."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from liquid.exceptions import FilterError
from liquid.filter import string_filter

MAX_VALUE = 20_000
"""Characters or items of one value between two filters: the engine itself limits only the final output."""
_ALLOWED = frozenset(
    {
        *("append", "capitalize", "default", "downcase", "first", "join", "last", "lstrip", "prepend"),
        *("remove", "replace", "rstrip", "size", "slice", "split", "strip", "truncate", "truncatewords"),
        *("upcase", "url_encode"),
    }
)
_ENDINGS = (".", "!", "?", "…", ".”", ".)", "。")


@string_filter
def sentence(value: str) -> str:
    """The value as a sentence: a capital first, and a full stop where no mark ends it."""
    text = value.strip()
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith(_ENDINGS) else f"{text}."


@string_filter
def phrase(value: str) -> str:
    """The value without a full stop at its end, so that it fits into a sentence."""
    text = value.strip()
    return text[:-1].rstrip() if text.endswith(".") and not text.endswith("..") else text


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | list | tuple) else 1


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def within(value: object, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # filters are untyped
        growth = max((len(a) for a in args if isinstance(a, str)), default=1)
        # Refused before it is built: six chained replacements could otherwise ask for 10^12 characters.
        if (_size(value) + 1) * max(growth, 1) > MAX_VALUE * 50:
            raise FilterError("a value is too large", token=None)
        result = function(value, *args, **kwargs)
        if _size(result) > MAX_VALUE:
            raise FilterError("a value is too large", token=None)
        return result

    return within


def allowed_filters(builtin: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """The allowed ones of the engine's filters, and our own two, all bounded."""
    chosen = {name: function for name, function in builtin.items() if name in _ALLOWED}
    return {name: _bounded(f) for name, f in (chosen | {"sentence": sentence, "phrase": phrase}).items()}
