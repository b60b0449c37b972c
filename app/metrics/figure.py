"""One metric as a value. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric: its name with unit, what it says, its type and its values."""

    name: str
    says: str
    kind: str
    values: Sequence[tuple[str, Labels, float]] = field(default_factory=list)
    """Suffix of the name, labels, value."""
