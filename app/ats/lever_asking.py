"""What Lever is asked about opportunities, round by round (Lever docs and recorded answers, read 2026-11).

Rows below an opportunity do not name it, so the opportunity's id stands in the name of the resource:
``opportunity/<id>``, ``panels/<id>`` and so on. An id may carry a claim to be confirmed behind it:
``<id>/interviews/<interview>`` asks whether the interview is still there, ``<id>/deleted`` whether the
opportunity is.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from app.ats.canonical import Named, NamedKind
from app.ats.fields import Answers, Json, child, children
from app.ats.http import ApiRequest
from app.ats.lever_facts import application_of, milliseconds, opportunities, ref, safe_id

API_BASE = "https://api.lever.co/v1"
DELETED = "opportunities/deleted"
BY_CONTACT = "contact_id"

NOBODY = "00000000-0000-4000-8000-000000000000"
"""An id that nothing has: asked for, it shows whether asking is allowed, and returns nobody's data."""

_PARTS = ("interviews", "panels", "feedback", "offers")
_PER_PAGE = ("limit", "100")
_EXPANDED = tuple(("expand", name) for name in ("applications", "stage", "owner", "contact"))

Asked = dict[str, Sequence[ApiRequest]]


def get(base: str | None, path: str, *params: tuple[str, str]) -> ApiRequest:
    """Reads this path below the API's address."""
    return ApiRequest("GET", f"{base or API_BASE}/{path}", params)


def changed_requests(
    since: datetime, base: str | None = None, resume: Mapping[str, str] | None = None
) -> Mapping[str, Sequence[ApiRequest]]:
    """Lists the opportunities that changed, and those that were deleted, at or after that instant.

    Feedback and offers do not always touch their opportunity. The path of the deleted ones is known from
    public clients only.
    """
    del resume  # Lever goes by time
    start = str(milliseconds(since))
    return {
        "opportunities": (get(base, "opportunities", ("updated_at_start", start), _PER_PAGE),),
        DELETED: (get(base, DELETED, ("deleted_at_start", start), _PER_PAGE),),
    }


def changed_applications(answers: Answers) -> list[str]:
    """The opportunities that the answers to `changed_requests` name, once each; deleted ones so."""
    found = {
        f"{external_id}/deleted" if resource == DELETED else external_id
        for resource, rows in answers.items()
        for row in rows
        if (external_id := safe_id(row.get("id")))
    }
    return sorted(found)


def named_requests(named: Sequence[Named], base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """What to ask about what a webhook only named: opportunities, contacts, postings.

    A contact is the person; their opportunities are listed by a parameter that is not verified, so that
    `next_page` stops where it is not heeded.
    """
    contacts = [one.id for one in named if one.kind is NamedKind.CANDIDATE]
    asked = dict(first_requests([one.id for one in named if one.kind is NamedKind.APPLICATION], base))
    for contact in filter(safe_id, contacts):
        asked[f"contact/{contact}"] = (get(base, "opportunities", (BY_CONTACT, contact), _PER_PAGE),)
    jobs = [one.id for one in named if one.kind is NamedKind.JOB and safe_id(one.id)]
    postings = [get(base, f"postings/{job}") for job in jobs]
    if postings:
        asked["postings"] = postings
    return asked


def found(named: Named, answers: Answers) -> bool:
    """Whether the answers know the opportunity, or an opportunity of the contact."""
    if named.kind is NamedKind.JOB:
        return any(ref(row) == named.id for row in answers.get("postings", ()))
    if named.kind is NamedKind.CANDIDATE:
        return bool(_of_contact(answers, named.id))
    return named.id.partition("/")[0] in opportunities(answers)


def _of_contact(answers: Answers, contact: str) -> list[str]:
    rows = answers.get(f"contact/{contact}", ())
    return [external_id for row in rows if ref(row.get("contact")) == contact and (external_id := ref(row))]


def first_requests(
    applications: Sequence[str], base: str | None = None
) -> Mapping[str, Sequence[ApiRequest]]:
    """Asks for each opportunity, and for what is claimed to be gone; ids that no Lever makes are left out."""
    asked: Asked = {}
    for wanted in applications:
        opportunity, _, claim = wanted.partition("/")
        if safe_id(opportunity) is None:
            continue
        one = get(base, f"opportunities/{opportunity}", *_EXPANDED)
        asked[f"{'deleted' if claim == 'deleted' else 'opportunity'}/{opportunity}"] = (one,)
        interview = safe_id(claim.removeprefix("interviews/"))
        if claim.startswith("interviews/") and interview:
            path = f"opportunities/{opportunity}/interviews/{interview}"
            asked[f"interview/{opportunity}/{interview}"] = (get(base, path),)
    return asked


def further_requests(answers: Answers, base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """What to ask next about what the answers so far only name; empty when nothing is missing.

    Four rounds at most: a contact's opportunities; what belongs to each opportunity; postings; users.
    """
    known = opportunities(answers)
    for asked in (
        _opportunities_of_contacts(answers, base),
        _parts(answers, known, base),
        _named(answers, "postings", _postings(answers, known), base),
        _named(answers, "users", _users(answers, known), base),
    ):
        if asked:
            return asked
    return {}


def _opportunities_of_contacts(answers: Answers, base: str | None) -> Asked:
    contacts = [resource.partition("/")[2] for resource in answers if resource.startswith("contact/")]
    ids = [one for contact in contacts for one in _of_contact(answers, contact)]
    asked = first_requests(ids, base)
    return {resource: requests for resource, requests in asked.items() if resource not in answers}


def _parts(answers: Answers, known: Mapping[str, Json], base: str | None) -> Asked:
    asked: Asked = {}
    for external_id, row in known.items():
        asked |= {
            f"{part}/{external_id}": (get(base, f"opportunities/{external_id}/{part}", _PER_PAGE),)
            for part in (*_PARTS, *(["applications"] if _is_not_expanded(row) else []))
        }
    if known:
        asked["stages"] = (get(base, "stages", _PER_PAGE),)
    reasons = (ref(child(row, "archived").get("reason")) for row in known.values())
    asked |= _named(answers, "archive_reasons", reasons, base)
    return {resource: requests for resource, requests in asked.items() if resource not in answers}


def _is_not_expanded(row: Json) -> bool:
    listed = row.get("applications")
    return isinstance(listed, list) and bool(listed) and not any(isinstance(one, dict) for one in listed)


def _named(answers: Answers, resource: str, ids: Iterable[str | None], base: str | None) -> Asked:
    unique = list(dict.fromkeys(filter(None, ids)))
    if resource in answers or not unique:
        return {}
    return {resource: [get(base, f"{resource}/{one}") for one in unique]}


def _postings(answers: Answers, known: Mapping[str, Json]) -> Iterable[str | None]:
    return (ref(application_of(one, row, answers).get("posting")) for one, row in known.items())


def _users(answers: Answers, known: Mapping[str, Json]) -> Iterable[str | None]:
    """Owners, hiring managers and writers of feedback, where nothing has named them yet."""
    yield from (ref(row.get("owner")) for row in known.values() if not child(row, "owner"))
    for posting in answers.get("postings", ()):
        yield from (ref(posting.get(role)) for role in ("owner", "hiringManager"))
    for external_id in known:
        rows = answers.get(f"interviews/{external_id}", ())
        met = {ref(one) for row in rows for one in children(row, "interviewers")}
        writers = [ref(row.get("user")) for row in answers.get(f"feedback/{external_id}", ())]
        yield from (user for user in writers if user not in met)
