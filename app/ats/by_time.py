"""Vendors whose lists are asked for changes since an instant."""

from app.ats.http import ApiResponse


def resume_point(response: ApiResponse) -> None:
    """The instant is all that the next question needs."""
    del response
