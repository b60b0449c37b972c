"""The sample application that comes with Heardback, with changes."""

from app.messages.facts import Facts, FactValue
from app.messages.liquid import Value
from app.messages.sample import SAMPLE_NOW, sample_facts

NOW = SAMPLE_NOW


def example(locale: str = "en", **changes: Value | None) -> Facts:
    """The example's facts; ``job__title="…"`` replaces one, None takes it away."""
    facts = dict(sample_facts(locale))
    for key, value in changes.items():
        name = key.replace("__", ".")
        if value is None:
            del facts[name]
        else:
            facts[name] = FactValue(value, "person:test")
    return Facts(facts)
