"""Who plays in a simulated ATS."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who applies."""

    first_name: str
    last_name: str
    email: str | None = None
    can_email: bool = True
    private: bool = False
    tags: tuple[str, ...] = ()
