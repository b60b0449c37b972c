"""Facts, people and evaluations while they are being gathered from one webhook or one round of answers."""

from dataclasses import dataclass, field, replace

from app.ats.canonical import Evaluation, Fact, PersonFields, PersonRole, Reading


@dataclass(slots=True)
class Collected:
    """Gathers facts by key and people by id; what comes first stays, what is missing is filled in."""

    facts: dict[str, Fact] = field(default_factory=dict)
    people: dict[tuple[PersonRole, str], PersonFields] = field(default_factory=dict)
    evaluations: dict[str, Evaluation] = field(default_factory=dict)

    def fact(self, fact: Fact) -> None:
        """Keep this fact unless it is already known by its key."""
        self.facts.setdefault(fact.key, fact)

    def person(self, person: PersonFields) -> None:
        """Keep this person, filling in what was not known of them."""
        known = self.people.setdefault((person.role, person.external_id), person)
        if known is not person:
            self.people[person.role, person.external_id] = replace(
                known,
                first_name=known.first_name or person.first_name,
                last_name=known.last_name or person.last_name,
                name=known.name or person.name,
                email=known.email or person.email,
                time_zone=known.time_zone or person.time_zone,
                locale=known.locale or person.locale,
            )

    def evaluation(self, evaluation: Evaluation) -> None:
        """Keep what this scorecard says."""
        self.evaluations[evaluation.scorecard] = evaluation

    def reading(self, erased: tuple[str, ...] = ()) -> Reading:
        """All that was gathered, in the order in which it came."""
        return Reading(
            tuple(self.facts.values()),
            tuple(self.people.values()),
            erased,
            evaluations=tuple(self.evaluations.values()),
        )
