"""Who plays in the demo's hiring round, and what happens to each: invented people in an invented company.

A line of a story is a day of the round (0 is its first Monday), a time in the office's zone, a verb and its
words. `app.demo.script` reads them.
"""

from dataclasses import dataclass

COMPANY = "Ostwind Robotics"
ZONE = "Europe/Berlin"
DOMAIN = "ostwind.example"

TEAM = {
    "mia": "Mia Berger",
    "jonas": "Jonas Adler",
    "henrik": "Henrik Solberg",
    "laura": "Laura Conti",
    "ada": "Ada Okafor",
    "ben": "Ben Kowalski",
    "cleo": "Cleo Marchand",
    "dag": "Dag Nilsen",
}
"""Everybody who works there. Cleo is late with feedback, Dag never gives any."""

STAGES = ("Application Review", "Phone Screen", "Panel Interview", "Offer")


@dataclass(frozen=True, slots=True)
class Opening:
    """A job, with who recruits and who decides."""

    key: str
    title: str
    recruiter: str
    manager: str


OPENINGS = (
    Opening("controls", "Controls engineer", "mia", "henrik"),
    Opening("service", "Field service technician", "mia", "laura"),
    Opening("design", "Product designer", "jonas", "laura"),
    Opening("data", "Data analyst", "jonas", "henrik"),
)

CLOSED = ("data", 8, "12:00")
"""This job is closed on that day."""


@dataclass(frozen=True, slots=True)
class Story:
    """One candidate's way through the round."""

    key: str
    name: str
    opening: str
    told: str
    may_be_mailed: bool = True
    private: bool = False
    prospect: bool = False
    desk: str = "approve"
    """What the recruiter does with messages about this candidate: approve, reject or leave."""


_CONTROLS = (
    Story(
        "noemi",
        "Noémi Lefèvre",
        "controls",
        """
        0 09:20 apply
        0 15:30 move Phone Screen
        1 11:00 move Panel Interview
        1 11:20 interview 2 10:00 ada,ben
        2 14:00 feedback ada
        2 16:30 feedback ben
        3 11:30 move Offer
        3 15:00 offer
        4 14:00 send_offer
        8 11:00 accept
        8 14:00 hire
        """,
    ),
    Story(
        "tomas",
        "Tomáš Novák",
        "controls",
        """
        0 10:05 apply
        1 09:45 move Panel Interview
        1 10:00 interview 3 13:00 ada
        3 17:00 feedback ada
        4 10:30 reject Lacks experience with fieldbuses
        """,
    ),
    Story(
        "sofia",
        "Sofia Marín",
        "controls",
        """
        0 11:40 apply
        1 14:00 move Phone Screen
        2 09:50 reject No work permit
        """,
    ),
    Story(
        "lukas",
        "Lukas Brandt",
        "controls",
        """
        0 13:15 apply
        2 10:00 move Panel Interview
        2 10:30 interview 3 09:00 cleo
        7 11:00 feedback cleo
        8 10:00 move Offer
        11 14:30 offer
        """,
    ),
    Story(
        "aino",
        "Aino Virtanen",
        "controls",
        """
        1 09:05 apply
        3 09:30 move Panel Interview
        3 09:40 interview 4 11:00 dag
        """,
    ),
    Story(
        "kenji",
        "Kenji Mori",
        "controls",
        """
        1 10:10 apply
        2 09:00 reject Rejected by mistake
        2 14:20 unreject
        3 10:00 move Phone Screen
        """,
    ),
    Story(
        "marta",
        "Marta Zielińska",
        "controls",
        """
        5 16:00 apply
        8 09:40 move Phone Screen
        """,
    ),
    Story(
        "piotr",
        "Piotr Wrona",
        "controls",
        """
        4 16:10 apply
        4 16:40 reject Duplicate of an earlier decision
        """,
    ),
)

_SERVICE = (
    Story(
        "clara",
        "Clara Weiß",
        "service",
        """
        1 12:00 apply
        2 12:00 move Phone Screen
        7 10:20 withdraw
        """,
    ),
    Story("omar", "Omar Haddad", "service", "1 15:00 apply", may_be_mailed=False),
    Story("ines", "Inês Duarte", "service", "2 09:00 apply", private=True),
    Story("felix", "Felix Aoki", "service", "2 10:00 apply", prospect=True),
    Story(
        "rosa",
        "Rosa Lind",
        "service",
        """
        2 13:00 apply
        7 09:30 anonymize
        """,
    ),
    Story(
        "yusuf",
        "Yusuf Demir",
        "service",
        """
        0 14:20 apply
        3 12:00 reject Driving licence missing
        """,
        desk="reject",
    ),
    Story(
        "greta",
        "Greta Holm",
        "service",
        """
        0 15:05 apply
        1 10:20 move Panel Interview
        1 10:40 interview 2 14:00 ben
        2 17:20 feedback ben
        3 15:30 reject Another candidate fits better
        """,
        desk="leave",
    ),
    Story(
        "bruno",
        "Bruno Keller",
        "service",
        """
        3 09:15 apply
        4 09:30 move Phone Screen
        7 14:00 move Panel Interview
        7 14:15 interview 8 10:00 ada,cleo
        8 16:00 feedback ada
        10 15:00 feedback cleo
        11 10:00 reject Prefers office work
        """,
    ),
    Story(
        "elif",
        "Elif Şahin",
        "service",
        """
        3 17:45 apply
        8 11:10 reject Not close enough to the sites
        """,
    ),
    Story("hanna", "Hanna Lindqvist", "service", "9 10:30 apply"),
)

_DESIGN = (
    Story(
        "amara",
        "Amara Nwosu",
        "design",
        """
        0 09:55 apply
        1 15:10 move Panel Interview
        1 15:20 interview 3 15:00 ben,ada
        3 18:30 feedback ben
        4 09:10 feedback ada
        7 13:30 move Offer
        7 16:00 offer
        8 10:30 send_offer
        10 12:00 decline
        """,
    ),
    Story(
        "viktor",
        "Viktor Sokolov",
        "design",
        """
        0 16:20 apply
        1 16:00 reject Portfolio shows no hardware
        """,
    ),
    Story(
        "paula",
        "Paula Ferreira",
        "design",
        """
        1 08:10 apply
        2 15:00 move Panel Interview
        2 15:15 interview 4 09:30 ben
        4 13:45 feedback ben
        7 09:20 reject Strong, but another candidate fits better
        """,
    ),
    Story(
        "nils",
        "Nils Ekström",
        "design",
        """
        2 11:25 apply
        4 11:00 move Phone Screen
        9 09:15 move Panel Interview
        9 09:30 interview 10 11:00 ada
        10 17:00 feedback ada
        """,
    ),
    Story(
        "chiara",
        "Chiara Rossi",
        "design",
        """
        4 12:30 apply
        4 17:50 reject No relevant work to show
        """,
    ),
    Story("daan", "Daan Visser", "design", "7 09:00 apply"),
    Story("leila", "Leïla Benali", "design", "6 20:15 apply"),
)

_DATA = (
    Story(
        "ewa",
        "Ewa Nowicka",
        "data",
        """
        0 12:10 apply
        2 16:00 move Panel Interview
        2 16:10 interview 4 14:00 ada
        4 17:30 feedback ada
        """,
    ),
    Story(
        "simon",
        "Simon Achterberg",
        "data",
        """
        1 13:30 apply
        9 10:00 reject The position is no longer open
        """,
    ),
    Story("fatou", "Fatou Diallo", "data", "3 14:45 apply"),
    Story(
        "oskar",
        "Oskar Lehtonen",
        "data",
        """
        2 14:30 apply
        3 16:15 reject Studies until next year
        """,
    ),
    Story(
        "maeve",
        "Maeve O’Connor",
        "data",
        """
        0 17:30 apply
        2 11:00 move Phone Screen
        4 15:00 reject Salary far apart
        """,
    ),
)

STORIES = (*_CONTROLS, *_SERVICE, *_DESIGN, *_DATA)

DESK_HOURS = ("09:30", "13:00", "16:30")
"""When the recruiter looks at what waits."""

WORDS = {
    "rejection.reason": "For this role we need somebody who has already worked on machines like ours.",
    "rejection.recommendation": "Describe one project from its first sketch to its daily use.",
    "offer.reason": "You explained the trade-offs of your last project more clearly than anybody else.",
    "decision.by": "Henrik Solberg",
}
"""What the recruiter adds where a message needs it, in facts."""
