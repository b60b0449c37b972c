"""A company's own templates over the JSON API: in force at once, kept for good, and never in the way."""

import asyncio
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db import unit_of_work
from app.followups.catalogue import KINDS
from app.messages.facts import LABELS
from app.messages.library import load_templates
from app.metrics.figures import figures
from app.metrics.text import prometheus
from tests.api.house import House, logging_configured
from tests.api.life import MONDAY, minutes, open_life

KIND = "moved_on"
PLACE = f"/v1/templates/{KIND}/en"
BODY = load_templates()[KIND, "en"].body
WORDS = {"subject": "About {{ job.title }}", "preheader": "Your next step", "body": BODY}
PROBLEM = "application/problem+json"


class Caller:
    """Somebody who may do everything, and somebody who may only read."""

    def __init__(self, house: House, headers: dict[str, dict[str, str]]) -> None:
        self.house, self.headers = house, headers

    async def ask(
        self, method: str, path: str, json: object = None, scope: str = "admin", **headers: str
    ) -> httpx.Response:
        given = {**self.headers[scope], **{name.replace("_", "-"): value for name, value in headers.items()}}
        return await self.house.client.request(method, path, json=json, headers=given)

    async def told(self, method: str, path: str, json: object = None) -> dict[str, Any]:
        answer = await self.ask(method, path, json)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def refused(
        self, method: str, path: str, json: object = None, scope: str = "admin"
    ) -> tuple[int, str, list[str]]:
        answer = await self.ask(method, path, json, scope)
        assert answer.headers["content-type"] == PROBLEM, answer.text
        told = answer.json()
        return answer.status_code, told["code"], [each["field"] for each in told.get("errors", [])]

    async def execute(self, statement: str, **values: object) -> None:
        async with unit_of_work(self.house.services.sessions) as session:
            await session.execute(text(statement), values)


@pytest_asyncio.fixture
async def caller(house: House) -> Caller:
    return Caller(house, {scope: await house.headers(scope) for scope in ("admin", "act", "read")})


async def test_a_template_is_saved_read_rolled_back_and_switched_off(caller: Caller) -> None:
    """Each save is a version of its own; older ones come back as they were; every act is in the audit."""
    before = await caller.told("GET", PLACE)
    assert (before["from_scope"], before["version"], before["body"]) == ("shipped", None, BODY)
    first = await caller.told("PUT", PLACE, WORDS)
    assert (first["version"], first["in_force"], first["scope"]) == (1, True, "company")
    second = await caller.told("PUT", PLACE, {**WORDS, "subject": "News about {{ job.title }}"})
    assert (second["version"], second["template_version"] != first["template_version"]) == (2, True)
    now = await caller.told("GET", PLACE)
    assert (now["from_scope"], now["version"], now["subject"]) == ("company", 2, "News about {{ job.title }}")
    assert "next_step.by" in now["facts"]

    back = await caller.told("POST", f"{PLACE}/rollback", {})
    assert (back["version"], back["created_at"]) == (1, first["created_at"])
    assert (await caller.told("GET", PLACE))["subject"] == WORDS["subject"]
    assert await caller.refused("POST", f"{PLACE}/rollback", {}) == (404, "not-found", [])
    assert await caller.refused("POST", f"{PLACE}/rollback", {"version": 1}) == (409, "wrong-state", [])
    assert await caller.refused("POST", f"{PLACE}/rollback", {"version": 7}) == (404, "not-found", [])
    off = await caller.told("DELETE", PLACE)
    assert (off["version"], off["scope"]) == (None, "company")
    assert (await caller.told("GET", PLACE))["from_scope"] == "shipped"
    assert await caller.refused("DELETE", PLACE) == (404, "not-found", [])
    versions = (await caller.told("GET", f"{PLACE}/versions"))["items"]
    assert [(each["version"], each["in_force"]) for each in versions] == [(2, False), (1, False)]
    assert (await caller.told("POST", f"{PLACE}/rollback", {}))["version"] == 2
    assert (await caller.told("GET", f"{PLACE}/versions/1"))["body"] == BODY

    acts = (await caller.told("GET", f"/v1/audit?subject=templates/{KIND}/en"))["items"]
    assert [(row["act"], row["detail"]["scope"]) for row in acts] == [
        ("template.rolled-back", "company"),
        ("template.switched-off", "company"),
        ("template.rolled-back", "company"),
        ("template.saved", "company"),
        ("template.saved", "company"),
    ]


async def test_what_may_not_be_said_is_not_saved(caller: Caller) -> None:
    """Hostile, unknown and careless words are refused with the field, and leave nothing behind."""
    for field, words in (
        ("subject", {"subject": "{{ job.__class__.__mro__ }}"}),
        ("preheader", {"preheader": "{{ candidate }}"}),
        ("body", {"body": "{% for i in (1..100000000) %}x{% endfor %}"}),
        ("body", {"body": "{{ shoe.size }}"}),
        ("body", {"body": f"{BODY}\n[here](javascript:alert)"}),
        ("body", {"body": BODY.replace("{{ candidate.first_name }}", "Candidate")}),
        ("subject", {"subject": "You will be hired, guaranteed"}),
    ):
        refused = await caller.refused("PUT", PLACE, {**WORDS, **words})
        assert refused == (422, "invalid-template", [field]), words
    too_long = await caller.refused("PUT", PLACE, {**WORDS, "body": "x" * 20_001})
    assert too_long == (422, "invalid-request", ["body.body"])
    assert (await caller.refused("PUT", PLACE, {**WORDS, "more": 1}))[:2] == (422, "invalid-request")
    assert await caller.refused("PUT", PLACE.replace("/en", "/klingon"), WORDS) == (
        422,
        "invalid-template",
        ["locale"],
    )
    assert (await caller.refused("PUT", f"{PLACE}?scope=team:x", WORDS))[2] == ["scope"]
    assert (await caller.refused("PUT", f"{PLACE}?scope=job:con_none/7", WORDS))[:2] == (
        404,
        "unknown-connection",
    )
    assert (await caller.refused("PUT", "/v1/templates/nothing/en", WORDS))[:2] == (404, "not-found")
    assert (await caller.told("GET", "/v1/templates"))["items"] == []
    assert (await caller.told("GET", f"{PLACE}/versions"))["items"] == []


async def test_only_who_may_change_a_template_does(caller: Caller) -> None:
    """Readers read, actors try, administrators change."""
    for method, path, json in (
        ("PUT", PLACE, WORDS),
        ("DELETE", PLACE, None),
        ("POST", f"{PLACE}/rollback", {}),
    ):
        assert (await caller.refused(method, path, json, "act"))[:2] == (403, "not-allowed")
    assert (await caller.refused("POST", f"{PLACE}/preview", {}, "read"))[:2] == (403, "not-allowed")
    for path in ("/v1/templates", PLACE, f"{PLACE}/versions", "/v1/templates/shipped"):
        assert (await caller.ask("GET", path, scope="read")).status_code == 200


async def test_warnings_are_answered_and_kept(caller: Caller) -> None:
    """What is worth a second look does not stop a save."""
    saved = await caller.told("PUT", PLACE, {**WORDS, "body": BODY + "\n{{ offer.salary }}"})
    assert "fact-not-sure" in [each["rule"] for each in saved["findings"]]
    assert {each["severity"] for each in saved["findings"]} <= {"warning", "info"}
    assert (await caller.told("GET", f"{PLACE}/versions/1"))["findings"] == saved["findings"]


async def test_the_nearest_place_counts(caller: Caller) -> None:
    """Job before company before what comes with Heardback; each in the reader's language first."""
    await caller.house.add_connection()
    job = f"{PLACE}?scope=job:con_1/7"
    await caller.told("PUT", PLACE, WORDS)
    await caller.told("PUT", job, {**WORDS, "subject": "For this job"})
    await caller.told("PUT", f"{PLACE}?scope=department:Sales", {**WORDS, "subject": "For sales"})
    assert (await caller.told("GET", job))["subject"] == "For this job"
    assert (await caller.told("GET", f"{PLACE}?scope=department:SALES"))["subject"] == "For sales"
    assert (await caller.told("GET", f"{PLACE}?scope=department:other"))["from_scope"] == "company"
    german = await caller.told("GET", f"/v1/templates/{KIND}/de-AT?scope=job:con_1/7")
    assert (german["from_scope"], german["locale"]) == ("shipped", "de")
    swedish = await caller.told("GET", f"/v1/templates/{KIND}/sv?scope=job:con_1/7")
    assert swedish["subject"] == "For this job"

    first = await caller.told("GET", "/v1/templates?limit=2")
    rest = await caller.told("GET", f"/v1/templates?limit=2&cursor={first['next_cursor']}")
    shown = [(each["scope"], each["version"]) for each in first["items"] + rest["items"]]
    assert shown == [("department:sales", 1), ("job:con_1/7", 1), ("company", 1)]
    filters = "scope=department:SALES&kind=moved_on&locale=en"
    [one] = (await caller.told("GET", f"/v1/templates?{filters}"))["items"]
    assert one["scope"] == "department:sales"
    assert (await caller.refused("GET", "/v1/templates?cursor=nonsense"))[:2] == (400, "unknown-cursor")


async def test_what_comes_with_heardback_and_every_fact_can_be_read(caller: Caller) -> None:
    """Whoever writes a template sees what there is and what may be named."""
    shipped = (await caller.ask("GET", "/v1/templates/shipped")).json()
    assert {(each["kind"], each["locale"]) for each in shipped} == {
        key for key in load_templates() if key[0] in KINDS
    }
    facts = (await caller.ask("GET", "/v1/templates/facts")).json()
    assert {each["name"]: each["label"] for each in facts} == dict(LABELS)


async def test_two_who_save_at_once_make_two_versions(caller: Caller) -> None:
    """Nobody's words are lost, and one of both is in force."""
    saves = [caller.told("PUT", PLACE, {**WORDS, "subject": f"Number {n}"}) for n in range(6)]
    versions = {each["version"]: each["subject"] for each in await asyncio.gather(*saves)}
    assert sorted(versions) == [1, 2, 3, 4, 5, 6]
    now = await caller.told("GET", PLACE)
    assert (now["version"], now["subject"]) == (6, versions[6])


async def test_a_save_asked_for_twice_is_done_once(caller: Caller) -> None:
    """The same key gives the first answer again; another request with it is refused."""
    answers = [await caller.ask("PUT", PLACE, WORDS, Idempotency_Key="save-1") for _ in range(2)]
    assert [answer.json()["version"] for answer in answers] == [1, 1]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    other = await caller.ask("PUT", f"{PLACE}?scope=department:x", WORDS, Idempotency_Key="save-1")
    assert other.json()["code"] == "idempotency-key-reused"


async def test_versions_cannot_be_changed_even_by_hand(caller: Caller) -> None:
    """The database itself refuses."""
    await caller.told("PUT", PLACE, WORDS)
    for statement in (
        "UPDATE stored_template SET body = 'x'",
        "DELETE FROM template_choice",
        "DELETE FROM stored_template",
    ):
        with pytest.raises(DBAPIError):
            await caller.execute(statement)


_BY_HAND = """
INSERT INTO stored_template
  (id, scope, kind, locale, version, content, subject, preheader, body, findings, created_at, created_by)
VALUES (:id, :scope, :kind, 'en', :version, :id, 'x', 'x', :body, '[]',
  '2026-03-10T12:00:00Z', 'an older release')"""
_IN_FORCE = """
INSERT INTO template_choice (scope, kind, locale, version, chosen_at, chosen_by)
VALUES (:scope, :kind, 'en', :version, '2026-03-10T12:00:00Z', 'an older release')"""
STALE = "Hello {{ candidate.shoe_size }}"


async def put_by_hand(caller: Caller, version: int, scope: str = "company", kind: str = KIND) -> None:
    """A version as an older release may have taken it, in force."""
    where = {"version": version, "scope": scope, "kind": kind}
    await caller.execute(_BY_HAND, **where, id=f"tpl_{version}_{scope}", body=STALE)
    await caller.execute(_IN_FORCE, **where)


async def passed_over(house: House) -> float:
    async with unit_of_work(house.services.sessions) as session:
        found = await figures(session, house.business.now(), house.machine.now())
    [family] = [
        family
        for family in text_string_to_metric_families(prometheus(found))
        if family.name == "heardback_templates_passed_over"
    ]
    return float(family.samples[0].value)


async def test_a_version_that_no_longer_holds_never_blocks_the_old_one(caller: Caller) -> None:
    """An older version is used, else what is less specific; it is shown, logged and counted."""
    assert await passed_over(caller.house) == 0
    await put_by_hand(caller, 1, "department:sales")
    await caller.told("PUT", PLACE, WORDS)
    await put_by_hand(caller, 2)
    await put_by_hand(caller, 3)
    with logging_configured() as lines:
        now = await caller.told("GET", f"{PLACE}?scope=department:sales")
    assert (now["from_scope"], now["version"], now["subject"]) == ("company", 1, WORDS["subject"])
    assert [(each["scope"], each["version"]) for each in now["passed_over"]] == [
        ("department:sales", 1),
        ("company", 3),
        ("company", 2),
    ]
    assert "candidate.shoe_size" in now["passed_over"][0]["reason"]
    told = [line for line in lines.read_back() if line["event"] == "template.passed-over"]
    assert {line["row"] for line in told} == {"tpl_1_department:sales", "tpl_2_company", "tpl_3_company"}
    assert await passed_over(caller.house) == 2
    [newest, *_] = (await caller.told("GET", f"{PLACE}/versions"))["items"]
    assert (newest["version"], newest["in_force"], "shoe_size" in newest["trouble"]) == (3, True, True)
    assert await caller.refused("POST", f"{PLACE}/rollback", {"version": 2}) == (
        422,
        "invalid-template",
        ["version"],
    )
    await caller.told("POST", f"{PLACE}/rollback", {"version": 1})
    assert await passed_over(caller.house) == 1


async def test_words_are_tried_before_they_are_saved(caller: Caller) -> None:
    """On the sample, with what the checks say; nothing is stored."""
    words = {**WORDS, "subject": "We guarantee it: {{ job.title }}"}
    tried = await caller.told("POST", f"{PLACE}/preview", {"words": words})
    assert (tried["from_scope"], tried["version"]) == ("tried", None)
    assert tried["subject"].startswith("We guarantee it: ")
    assert "promise" in [each["rule"] for each in tried["findings"] if each["severity"] == "error"]
    assert any(each["facts"] for each in tried["sentences"])
    assert (await caller.told("GET", "/v1/templates"))["items"] == []
    assert (await caller.told("POST", f"{PLACE}/preview", {}))["from_scope"] == "shipped"
    await caller.told("PUT", PLACE, WORDS)
    assert (await caller.told("POST", f"{PLACE}/preview", {"version": 1}))["version"] == 1
    bad = {"words": {**WORDS, "preheader": "{{ x }}"}}
    assert await caller.refused("POST", f"{PLACE}/preview", bad) == (422, "invalid-template", ["preheader"])
    both = {"words": WORDS, "version": 1}
    assert (await caller.refused("POST", f"{PLACE}/preview", both))[:2] == (422, "invalid-request")
    assert (await caller.refused("POST", f"{PLACE}/preview", {"version": 9}))[:2] == (404, "not-found")
    unknown = {"application_id": "app_none"}
    assert (await caller.refused("POST", f"{PLACE}/preview", unknown))[:2] == (404, "not-found")


RECEIVED = "application_received"


async def test_what_is_tried_on_an_application_is_what_is_sent(database_url: str, tmp_path: Path) -> None:
    """The preview on a real application reads as the mail does; a stale version is passed over."""
    async with open_life(database_url, tmp_path) as life:
        life.apply(MONDAY)
        await life.house.greenhouse.deliver_due(life.house.clock.now())
        await life.house.flow.events()
        await life.house.flow.inquiries()
        await life.house.flow.applications()
        [application] = await life.items("/v1/applications")
        place = f"/v1/templates/{RECEIVED}/en"
        shipped = await life.get(place)
        words = {
            "subject": "{{ candidate.first_name }}, it is here: {{ job.title }}",
            "preheader": shipped["preheader"],
            "body": shipped["body"].replace("Kind regards", "With warm regards"),
        }
        asked = {"words": words, "application_id": application["id"]}
        tried = await life.act(f"{place}/preview", asked)
        assert tried["subject"] == "Noémi, it is here: Welder"
        assert tried["follow_up_id"] == (await life.follow_up(RECEIVED))["id"]
        assert tried["missing"] == []
        other = await life.act(
            "/v1/templates/holding_update/en/preview", {"application_id": application["id"]}
        )
        assert other["follow_up_id"] is None
        assert "next_step.by" in [each["name"] for each in other["missing"]]
        [audit] = (await life.get(f"/v1/audit?subject={application['id']}&limit=1", "admin"))["items"]
        assert (audit["act"], "Noémi" in str(audit)) == ("template.tried", False)
        scope = f"job:{life.house.connection}/{life.job}"
        saved = await life.ask("PUT", f"{place}?scope={scope}", "admin", words)
        assert saved.status_code == 200, saved.text
        async with unit_of_work(life.house.services.sessions) as session:
            where = {"version": 2, "scope": scope, "kind": RECEIVED}
            await session.execute(text(_BY_HAND), {**where, "id": "tpl_2", "body": STALE})
            await session.execute(text(_IN_FORCE), where)
        await life.house.at(MONDAY + minutes(30))

        sent = await life.follow_up(RECEIVED)
        assert sent["state"] == "sent"
        read = await life.get(f"/v1/follow-ups/{sent['id']}/preview", "act")
        assert (read["subject"], read["text"]) == (tried["subject"], tried["text"])
        assert [f["rule"] for f in read["findings"] if f["severity"] == "warning"] == ["template-passed-over"]
        assert "With warm regards" in read["text"]
        async with life.house.services.sessions() as session:
            kept = await session.scalar(
                text("SELECT template_version FROM message WHERE kind = :kind"), {"kind": RECEIVED}
            )
        assert kept == saved.json()["template_version"]


def test_the_docs_list_every_fact() -> None:
    """`HEARDBACK_WRITE_GOLDEN=1 pytest tests/api/test_templates_api.py -k docs` writes the list anew."""
    page = Path(__file__).parents[2] / "docs" / "templates.md"
    opening, closing = "<!-- facts -->\n", "<!-- /facts -->\n"
    rows = "".join(f"| `{name}` | {label} |\n" for name, label in sorted(LABELS.items()))
    before, _, rest = page.read_text(encoding="utf-8").partition(opening)
    listed, _, after = rest.partition(closing)
    wanted = f"| fact | what it is |\n|---|---|\n{rows}"
    if os.environ.get("HEARDBACK_WRITE_GOLDEN"):
        page.write_text(f"{before}{opening}{wanted}{closing}{after}", encoding="utf-8")
        return
    assert listed == wanted
