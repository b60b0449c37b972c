"""What a template reads: the facts it names, and which of them stand behind each value it prints."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeVar

from liquid import BoundTemplate, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.expression import Expression

from app.errors import InvalidTemplate

_ENGINE = frozenset({"forloop"})
_FORBIDDEN = frozenset({"now", "today"})
"""Names the engine answers by reading the clock."""
N = TypeVar("N", bound=Node)


class Provenance:
    """The static reading of one template; raises ``InvalidTemplate`` for ranges and computed look-ups."""

    def __init__(self, template: BoundTemplate) -> None:
        context = RenderContext(template)
        self._nodes = list(_walk(template.nodes, context))
        self._locals: dict[str, tuple[str, ...]] = {}
        for node in self._nodes:
            if isinstance(node, AssignNode):
                self._bind(str(node.name), node.expression)
            elif isinstance(node, ForNode):
                self._bind(node.expression.identifier, node.expression.iterable)
        every = chain.from_iterable(self.facts_of(e) for node in self._nodes for e in node.expressions())
        self.variables: tuple[str, ...] = tuple(dict.fromkeys(every))
        """The dotted names of all facts mentioned, printed or only tested, in order of appearance."""

    def _bind(self, name: str, expression: Expression) -> None:
        before = self._locals.get(name, ())
        self._locals[name] = tuple(dict.fromkeys((*before, *self.facts_of(expression))))

    def outputs(self, kind: type[N]) -> Iterator[N]:
        """The nodes of that kind."""
        return (node for node in self._nodes if isinstance(node, kind))

    def facts_of(self, expression: Expression) -> tuple[str, ...]:
        """The facts an expression reads, through assigned names and loop variables too."""
        found: list[str] = []
        for part in _parts(expression):
            if isinstance(part, RangeLiteral):
                # The engine builds a reversed or filtered range in memory before any limit counts it.
                raise InvalidTemplate("The template cannot be used: ranges such as (1..9) are not allowed.")
            if isinstance(part, Path):
                found.extend(self._resolve(part))
        return tuple(dict.fromkeys(found))

    def choices_of(self, expression: Expression) -> tuple[tuple[str, ...], ...]:
        """The facts of a printed value, then those of each of its ``default`` fallbacks, in order."""
        if not isinstance(expression, FilteredExpression):
            return (self.facts_of(expression),)
        first, fallbacks = [*self.facts_of(expression.left)], []
        for each in expression.filters or []:
            facts = [name for part in each.children() for name in self.facts_of(part)]
            if each.name == "default":
                fallbacks.append(tuple(facts))
            else:
                first.extend(facts)
        return (tuple(dict.fromkeys(first)), *fallbacks)

    def _resolve(self, path: Path) -> Iterable[str]:
        if any(isinstance(segment, Path) for segment in path.path):
            raise InvalidTemplate("The template cannot be used: look-ups by a computed name are not allowed.")
        root = str(path.path[0])
        if root in _FORBIDDEN:
            raise InvalidTemplate(f"The template cannot be used: `{root}` is not a fact.")
        if root in self._locals:
            return self._locals[root]
        return () if root in _ENGINE else (".".join(str(s) for s in path.path[:2]),)


def _walk(nodes: Iterable[Node], context: RenderContext) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.children(context, include_partials=False), context)


def _parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    for child in expression.children():
        yield from _parts(child)
