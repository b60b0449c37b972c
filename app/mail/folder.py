"""A folder of messages: one file a send, named by its id, so that a send twice is one file."""

from app.mail.headers import send_id


def file_name(send: str) -> str:
    """The name of a send's file. Raises ``UnsafeHeader`` for an id that could leave the folder."""
    return f"{send_id(send)}.eml"
