"""What is written into the ATS beside or instead of a mail, in words. Pure.

Notes and tasks are read by everybody who works there, so they are in the company's language (``locale``): the
connection's, else the service's.
"""

from app.followups.models import FollowUp
from app.messages.office import kind_name, said


def note_body(follow_up: FollowUp, words: dict[str, str], marker: str, locale: str) -> str:
    """What a recruiter reads in the ATS; the marker lets us find it again."""
    kind = kind_name(follow_up.kind, locale)
    if follow_up.note_only:
        head = said("Suggested message to the candidate ({}), not sent by Heardback:", locale).format(kind)
        return f"{head}\n\n{words['subject']}\n\n{words['text']}\n\n{marker}"
    if not follow_up.recipient.startswith("candidate:"):
        return f"{words['subject']}\n\n{words['text']}\n\n{marker}"
    wrote = said("Heardback wrote to the candidate ({}): “{}”", locale)
    return f"{wrote.format(kind, words['subject'])}\n\n{marker}"


def task_title(follow_up: FollowUp, locale: str) -> str:
    """What the recruiter is asked to do; it names nobody, since lists of tasks are read by many."""
    return said("Write to the candidate: {}", locale).format(kind_name(follow_up.kind, locale))


def task_text(words: dict[str, str], locale: str) -> str:
    """The suggested words, ready to be copied."""
    return f"{said('Suggested by Heardback, not sent:', locale)}\n\n{words['subject']}\n\n{words['text']}"


def answer_note(words: str, marker: str, locale: str) -> str:
    """A candidate's answer as it is noted; ``words`` may be empty."""
    head = said("The candidate answered:", locale)
    return f"{head}\n\n{words or said('(no words)', locale)}\n\n{marker}"
