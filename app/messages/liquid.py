"""Liquid, hardened: recruiters write templates, so none can reach into the program or exhaust it.

Facts never become template, Markdown or HTML. An output tag does not print: it leaves a numbered mark in the
*skeleton* and hands the value over beside it. The skeleton therefore holds the author's words alone, and is
what Markdown sees; the values are put in afterwards, escaped for where they land.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, TextIO

from liquid import BoundTemplate, Environment, RenderContext
from liquid.builtin.output import Output, OutputNode
from liquid.exceptions import LiquidError, ResourceLimitError, UndefinedError
from liquid.output import LimitedStringIO
from liquid.undefined import FalsyStrictUndefined, is_undefined

from app.errors import InvalidTemplate
from app.messages.liquid_filters import allowed_filters
from app.messages.liquid_paths import Provenance

MAX_TEMPLATE = 20_000
"""Characters of one template source."""
MAX_WHITESPACE = 200
"""Consecutive white-space characters: the lexer's patterns backtrack over them quadratically."""
MAX_TAGS = 600
MAX_PRINTED = 100_000
"""Characters of all values that one template prints."""
MARK_OPEN, MARK_CLOSE = "\ue000", "\ue001"
RESERVED = re.compile("[\ue000-\ue00f]")
TAGS = frozenset(
    {
        *("if", "unless", "case", "for", "break", "continue", "assign", "comment", "#"),
        *("content", "output", "illegal"),  # the parser's own names for text, {{ … }} and anything unknown
    }
)
Value = str | int | float | bool | list[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """One printed value and the facts it was made from (dotted names)."""

    value: str | list[str]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What a template gave: the author's words with marks, the values, and what was lacking."""

    skeleton: str
    pieces: tuple[Piece, ...]
    missing: tuple[str, ...]


class _Sink(LimitedStringIO):
    """Collects the skeleton, and the values beside it."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.pieces: list[Piece] = []
        self.missing: list[str] = []
        self.room = MAX_PRINTED

    def put(self, value: object, facts: tuple[str, ...]) -> int:
        plain = _plain(value)
        self.room -= sum(map(len, plain))
        if self.room < 0:
            raise ResourceLimitError("the values are too long", token=None)
        self.pieces.append(Piece(plain, facts))
        return self.write(f"{MARK_OPEN}{len(self.pieces) - 1}{MARK_CLOSE}")


def _plain(value: object) -> str | list[str]:
    """The value as text, or as a list of texts; groups of facts and truth values are not things to say."""
    if is_undefined(value) or value is None:
        raise UndefinedError(str(value), token=None)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list | tuple):
        return [str(_plain(item)) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise LiquidError("this prints a group of facts or a condition, not a fact", token=None)


class _FactNode(OutputNode):
    __slots__ = ("choices",)
    choices: tuple[tuple[str, ...], ...]
    """The facts of the value itself, then those of each fallback."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        if not isinstance(buffer, _Sink):
            return 0
        try:
            value = self.expression.evaluate(context)
            return buffer.put(value, next((c for c in self.choices if _known(c, context)), ()))
        except UndefinedError:
            lacking = [name for choice in self.choices for name in choice if not _known((name,), context)]
            if not lacking:
                raise LiquidError("this prints nothing", token=self.token) from None
            buffer.missing.extend(lacking)
            return 0


def _known(names: Sequence[str], context: RenderContext) -> bool:
    return not any(is_undefined(context.get([*name.split(".")], token=None)) for name in names)


class _Output(Output):
    node_class = _FactNode


class _Hardened(Environment):
    loop_iteration_limit: ClassVar[int | None] = 500
    output_stream_limit: ClassVar[int | None] = 100_000
    context_depth_limit: ClassVar[int] = 5
    local_namespace_limit: ClassVar[int | None] = 50_000
    block_nesting_limit: ClassVar[int] = 10


def _environment() -> Environment:
    environment = _Hardened(undefined=FalsyStrictUndefined, strict_filters=True)
    environment.add_tag(_Output)
    for name in set(environment.tags) - TAGS:
        del environment.tags[name]
    environment.filters = allowed_filters(environment.filters)
    return environment


_ENVIRONMENT = _environment()
# What a hostile template or value can still provoke inside the engine, besides the engine's own errors.
_TROUBLE = (LiquidError, RecursionError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template that was found harmless; ``variables`` are the dotted names of the facts it mentions."""

    variables: tuple[str, ...]
    template: BoundTemplate

    def write(self, values: Mapping[str, Mapping[str, Value]]) -> Written:
        """Run it over nested plain values.

        Raises ``InvalidTemplate`` when it exceeds a limit or does what is not allowed. Facts that it prints
        and that are not there are named in ``missing``, all of them.
        """
        sink = _Sink(MAX_PRINTED)
        try:
            self.template.render_with_context(RenderContext(self.template, globals=values), sink)
        except UndefinedError as error:
            sink.missing.extend(self._named(error))
        except _TROUBLE as error:
            raise InvalidTemplate(f"The template cannot be used: {_reason(error)}") from error
        return Written(sink.getvalue(), tuple(sink.pieces), tuple(dict.fromkeys(sink.missing)))

    def _named(self, error: UndefinedError) -> list[str]:
        """The facts behind an error outside a printed value; the engine names only the group."""
        found = re.match(r"'?([\w.]+)'? is undefined", str(error.message))
        group = found.group(1) if found else str(error.message)
        return [v for v in self.variables if v == group or v.startswith(f"{group}.")] or [group]


def _reason(error: Exception) -> str:
    if isinstance(error, LiquidError):
        place = error.context() if error.token and error.token.start_index >= 0 else None
        line = place[0] if place else 0
        return f"{error.message}" + (f" (line {line})" if line else "")
    return type(error).__name__


@lru_cache(maxsize=512)
def compile_template(source: str) -> Compiled:
    """The template of that source, cached by content.

    Raises ``InvalidTemplate`` for syntax errors and for anything outside the allowed subset: unknown tags and
    filters, ranges, computed look-ups, ``now`` and ``today``, too long or too deep.
    """
    _refuse_oversize(source)
    try:
        template = _ENVIRONMENT.from_string(source)
        provenance = Provenance(template)
        for node in provenance.outputs(_FactNode):
            node.choices = provenance.choices_of(node.expression)
    except InvalidTemplate:
        raise
    except _TROUBLE as error:
        cause = error.__cause__ if str(error) == "unexpected liquid parsing error" else None
        raise InvalidTemplate(f"The template cannot be used: {_reason(cause or error)}") from error  # type: ignore[arg-type]
    return Compiled(provenance.variables, template)


def _refuse_oversize(source: str) -> None:
    problems: Sequence[tuple[bool, str]] = (
        (len(source) > MAX_TEMPLATE, f"it is longer than {MAX_TEMPLATE} characters"),
        (source.count("{{") + source.count("{%") > MAX_TAGS, f"it has more than {MAX_TAGS} tags"),
        (re.search(rf"\s{{{MAX_WHITESPACE},}}", source) is not None, "it has a very long run of white space"),
        (RESERVED.search(source) is not None, "it holds private-use characters (U+E000 to U+E00F)"),
    )
    for found, reason in problems:
        if found:
            raise InvalidTemplate(f"The template cannot be used: {reason}.")
