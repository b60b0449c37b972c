"""What is written into the ATS beside or instead of a mail, in words. Pure."""

from app.followups.models import FollowUp


def note_body(follow_up: FollowUp, words: dict[str, str], marker: str) -> str:
    """What a recruiter reads in the ATS; the marker lets us find it again."""
    if follow_up.note_only:
        head = f"Suggested message to the candidate ({what(follow_up)}), not sent by Heardback:"
        return f"{head}\n\n{words['subject']}\n\n{words['text']}\n\n{marker}"
    if not follow_up.recipient.startswith("candidate:"):
        return f"{words['subject']}\n\n{words['text']}\n\n{marker}"
    return f"Heardback wrote to the candidate ({what(follow_up)}): “{words['subject']}”\n\n{marker}"


def task_title(follow_up: FollowUp) -> str:
    """What the recruiter is asked to do; it names nobody, since lists of tasks are read by many."""
    return f"Write to the candidate: {what(follow_up)}"


def task_text(words: dict[str, str]) -> str:
    """The suggested words, ready to be copied."""
    return f"Suggested by Heardback, not sent:\n\n{words['subject']}\n\n{words['text']}"


def what(follow_up: FollowUp) -> str:
    """The kind of message, as people say it."""
    return follow_up.kind.replace("_", " ")
