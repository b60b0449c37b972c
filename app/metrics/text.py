"""Figures in the Prometheus text format 0.0.4 (prometheus.io, exposition formats, read 2026-11). Pure."""

from collections.abc import Iterator, Sequence

from app.metrics.figure import Figure, Labels

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def prometheus(figures: Sequence[Figure]) -> str:
    """The figures as a scraper reads them."""
    return "".join(f"{line}\n" for figure in figures for line in _lines(figure))


def _lines(figure: Figure) -> Iterator[str]:
    yield f"# HELP {figure.name} {figure.says}"
    yield f"# TYPE {figure.name} {figure.kind}"
    for suffix, labels, value in figure.values:
        yield f"{figure.name}{suffix}{_labels(labels)} {float(value)!r}"


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
