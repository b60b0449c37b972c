"""Every error that a caller may meet, as one tree; a class is its code, its status and its default words.

HeardbackError
  BadRequest 400
    MalformedBody, UnknownCursor
  NotAuthenticated 401
    BadSignature
      Replayed
  NotAllowed 403
  NotFound 404
    UnknownConnection
  Conflict 409
    Busy, IdempotencyKeyReused, WrongState
  TooLarge 413
  Unprocessable 422
    InvalidCalendar, CalendarNeverOpens, BeyondHorizon, StillPaused, InvalidSpan,
    InvalidPolicy, InvalidTemplate, MissingFact,
    UnsafeHeader, InvalidAddress
  TooMany 429
  Unavailable 503
    IntakeFull, DatabaseAway, MailboxRefused
    VendorError
      VendorAway, VendorBusy, VendorRefused, VendorUnknown
  UnsafeSettings (at start-up; never reaches a caller)
  CannotStart (at start-up; never reaches a caller)
    NoPostgres, DataFolderInUse, WrongPostgresVersion
"""

from datetime import timedelta
from typing import ClassVar


class HeardbackError(Exception):
    """Something went wrong inside Heardback; the log names it by this answer's correlation id."""

    status: ClassVar[int] = 500
    retry_after: ClassVar[int | None] = None
    """Seconds after which trying again makes sense; None where it does not."""
    field: str | None

    def __init__(self, detail: str | None = None, *, field: str | None = None) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip()
        self.field = field
        super().__init__(self.detail)

    @property
    def code(self) -> str:
        """The public name of this error, stable across releases."""
        name = type(self).__name__
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


class BadRequest(HeardbackError):
    """The request cannot be understood; compare it with the OpenAPI document."""

    status = 400


class MalformedBody(BadRequest):
    """The body is not what its content type says; send valid UTF-8 JSON."""


class UnknownCursor(BadRequest):
    """This cursor is not one of ours; start again without it."""


class NotAuthenticated(HeardbackError):
    """No valid API key; send `Authorization: Bearer hb_…` (make one with `heardback keys create`)."""

    status = 401


class BadSignature(NotAuthenticated):
    """The signature does not match the body; compare the secret with the one in the ATS."""


class Replayed(BadSignature):
    """The signature is genuine and was used before with another body; nothing of this one is kept."""


class NotAllowed(HeardbackError):
    """This API key lacks the scope for that; make one with it, or ask its owner."""

    status = 403


class NotFound(HeardbackError):
    """There is nothing with that id."""

    status = 404


class UnknownConnection(NotFound):
    """No connection with that id; `heardback connections list` shows them."""


class Conflict(HeardbackError):
    """That is not possible in the present state; read the resource again."""

    status = 409


class Busy(Conflict):
    """Another request is doing just that at this moment; try again as Retry-After says."""

    retry_after = 1


class IdempotencyKeyReused(Conflict):
    """This Idempotency-Key was used with another request; use a new key for a new act."""


class WrongState(Conflict):
    """That act does not fit the present state; read the resource again."""


class TooLarge(HeardbackError):
    """The body is larger than the limit; raise HEARDBACK_MAX_BODY_BYTES if it is legitimate."""

    status = 413


class Unprocessable(HeardbackError):
    """The request is understood and cannot be carried out."""

    status = 422


class InvalidCalendar(Unprocessable):
    """The calendar is not valid."""


class CalendarNeverOpens(InvalidCalendar):
    """This calendar has no open minute; give it hours."""


class BeyondHorizon(Unprocessable):
    """The answer lies more than six years away; the target or the calendar is probably a mistake."""


class StillPaused(Unprocessable):
    """The clock is paused until further notice, so it has no due time; resume it first."""


class InvalidSpan(Unprocessable):
    """A span of time must have a time zone at both ends and must not run backwards."""


class InvalidPolicy(Unprocessable):
    """The policy is not valid."""


class InvalidTemplate(Unprocessable):
    """The template is not valid."""


class MissingFact(Unprocessable):
    """The message needs a fact that the system does not have; supply it."""

    def __init__(
        self, detail: str | None = None, *, field: str | None = None, missing: tuple[str, ...] = ()
    ) -> None:
        super().__init__(detail, field=field)
        self.missing = missing


class UnsafeHeader(Unprocessable):
    """A value for a mail header holds control characters."""


class InvalidAddress(Unprocessable):
    """That is not one mail address that every mail server can take; correct it."""


class TooMany(HeardbackError):
    """Too many requests; wait as Retry-After says."""

    status = 429
    retry_after = 1


class Unavailable(HeardbackError):
    """Not able to do that right now; try again."""

    status = 503
    retry_after = 1


class IntakeFull(Unavailable):
    """Too many webhooks are waiting to be stored; nothing was kept, send it again."""


class DatabaseAway(Unavailable):
    """The database does not answer; nothing was kept, send it again."""


class MailboxRefused(Unavailable):
    """The mailbox takes no such credentials; asking again will not help, a person must change something."""


class VendorError(Unavailable):
    """The applicant tracking system did not do what it was asked."""

    def __init__(self, detail: str | None = None, *, kind: str = "", wait: timedelta | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.wait = wait


class VendorAway(VendorError):
    """The applicant tracking system cannot be reached; nothing was done, try again later."""


class VendorBusy(VendorError):
    """The applicant tracking system's rate limit is used up; nothing was done, wait as long as it asks."""


class VendorRefused(VendorError):
    """The applicant tracking system refuses; asking again will not help, a person must change something."""


class VendorUnknown(VendorError):
    """The applicant tracking system may or may not have done it; look there before asking again."""


class UnsafeSettings(HeardbackError):
    """The settings are not safe for production."""


class CannotStart(HeardbackError):
    """The private Postgres does not start; its log in the data folder says why."""


class NoPostgres(CannotStart):
    """No Postgres to run; `pip install 'heardback[embedded]'`, or set DATABASE_URL."""


class DataFolderInUse(CannotStart):
    """Another Heardback owns this data folder; stop it, or choose another with HEARDBACK_DATA_DIR."""


class WrongPostgresVersion(CannotStart):
    """The data folder was written by another major version of Postgres."""
