"""A language model that lies, hangs or breaks, on the whole way: no lie is ever shown as words to approve."""

import asyncio
import email
import email.policy
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.calls_breaker import Breaker
from app.db import unit_of_work
from app.demo.loopback import Answer, Asked, HangUp, Loopback
from app.demo.people import Newcomer
from app.errors import UnsafeSettings
from app.messages.models import Message
from app.messages.rephrase_models import Rephrasing, RephrasingOutcome
from app.messages.rephrase_words import lexicon_of
from app.settings import Settings
from tests.api.life import MONDAY, Life, minutes, open_life

KIND, FIRST = "rejection_after_screening", "application_received"
ROBIN = {"on_behalf_of": "Robin Reyes"}
FACTS = {"facts": {"decision.by": "Tom Okoro"}, **ROBIN}
Sentences = dict[str, str]
English = lexicon_of("en")
assert English is not None
LINE = English.disclosure


def sentences(change: Callable[[Sentences], Mapping[str, str]]) -> Callable[[Sentences], Answer]:
    """Answers like a model that made that change."""
    return lambda given: completion(json.dumps({"sentences": dict(change(given))}))


def completion(content: str, **more: Any) -> Answer:
    choice = {"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    return Answer(200, {"choices": [choice | more], "usage": {"total_tokens": 321}})


def first(old: str, new: str) -> Callable[[Sentences], Answer]:
    """Puts one thing in place of another wherever it stands."""
    return sentences(lambda given: {n: s.replace(old, new) for n, s in given.items()})


honest = first("I am sorry", "I'm sorry")


@dataclass
class Model:
    """What an endpoint was asked, and what it answers."""

    answers: Callable[[Sentences], Answer] = honest
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    async def handle(self, asked: Asked) -> Answer:
        if asked.path != "/v1/chat/completions":
            return Answer(404)
        body = json.loads(asked.body)
        self.asked.append(body)
        self.keys.append(asked.headers.get("authorization", ""))
        answer = self.answers(json.loads(body["messages"][1]["content"])["sentences"])
        if answer.status == 408:
            await asyncio.Event().wait()
        if answer.status == 499:
            raise HangUp
        return answer


@asynccontextmanager
async def rejected(
    database_url: str, folder: Path, model: Model, **overrides: Any
) -> AsyncIterator[tuple[Life, str]]:
    """Somebody has been rejected and nobody has supplied who decided; with the place of that follow-up."""
    settings: dict[str, Any] = {
        "rephrase_model": "a-model",
        "rephrase_key": "a-secret-key",
        "rephrase_seconds": 1,
        **overrides,
    }
    async with (
        Loopback(model.handle) as server,
        open_life(database_url, folder, rephrase_url=f"{server.url}/v1", **settings) as life,
    ):
        application = life.apply(MONDAY)
        await life.house.at(MONDAY + minutes(30))
        life.house.greenhouse.reject(application, "Missing certificate", MONDAY + minutes(60))
        await life.house.at(MONDAY + minutes(61))
        yield life, f"/v1/follow-ups/{(await life.follow_up(KIND))['id']}"


async def written(life: Life, place: str, minute: float) -> dict[str, Any]:
    """The preview after its words were written anew and the model had its moment."""
    await life.act(f"{place}/facts", FACTS)
    await life.house.at(MONDAY + minutes(minute))
    return await life.get(f"{place}/preview", "act")


LIES: dict[str, tuple[Callable[[Sentences], Answer], str]] = {
    "praise": (first("Thank you", "Thank you, brilliant engineer,"), "new-words"),
    "promise": (first("your search", "your search, you will be hired"), "new-words"),
    "negation": (first(" not ", " "), "turned"),
    "weekday": (first("[[2]]", "[[2]] on Monday"), "new-words"),
    "number": (first("question", "question by 7 pm"), "characters"),
    "name": (first("[[2]]", "Peter"), "marks"),
    "link": (first("this answer", "this answer at https://jobs.example"), "characters"),
    "language": (sentences(lambda given: dict.fromkeys(given, "Leider nicht.")), "marks"),
    "point": (sentences(lambda given: {n: s for n, s in given.items() if n != "2"}), "shape"),
    "more": (sentences(lambda given: {**given, "50": "You are hired."}), "shape"),
    "chatter": (lambda given: completion("Of course! Here it is."), "shape"),
    "nothing": (sentences(dict), "unchanged"),
    "cut": (lambda given: completion("{", finish_reason="length"), "cut-off"),
}
FAULTS: dict[str, tuple[Callable[[Sentences], Answer], str]] = {
    "hangs": (lambda given: Answer(408), "slow"),
    "hangs up": (lambda given: Answer(499), "away"),
    "500": (lambda given: Answer(500, {"error": "no"}), "http-500"),
    "garbage": (lambda given: Answer(200, b"{{{"), "garbled"),
    "10 MB": (lambda given: Answer(200, b"[" * 10_000_000), "too-large"),
    "redirect": (lambda given: Answer(302, headers={"location": "https://elsewhere.example/"}), "http-302"),
    "no choice": (lambda given: Answer(200, {"choices": []}), "garbled"),
}


@pytest.mark.parametrize("cases", [LIES, FAULTS], ids=["lies", "faults"])
async def test_no_lie_is_ever_shown(
    cases: dict[str, tuple[Callable[[Sentences], Answer], str]], database_url: str, tmp_path: Path
) -> None:
    """Whatever comes back, the template's own words stay, with the reason; and one honest answer is used."""
    model = Model(first("x", "x"))
    async with rejected(database_url, tmp_path, model) as (life, place):
        rephraser = life.house.flow.rephraser
        assert rephraser is not None
        rephraser.breaker = Breaker(failures=100)
        words = set()
        for nth, (name, (lie, reason)) in enumerate(cases.items()):
            model.answers = lie
            shown = await written(life, place, 62 + nth)
            assert len(model.asked) == nth + 1, "asked once, never again"
            assert shown["rephrasing"]["outcome"] == "kept", name
            assert shown["rephrasing"]["reason"].startswith(reason), (name, shown["rephrasing"])
            assert shown["written_by"] == "template"
            words.add(shown["text"])
        assert len(words) == 1
        model.answers = honest
        shown = await written(life, place, 90)
        assert shown["written_by"] == "rephrased"
        assert shown["rephrasing"]["template_text"] in words
        said = {text for row in await life.house.rows(Message) for text in [row.written_by]}
        assert said == {"template", "rephrased"}


async def test_an_honest_answer_waits_for_a_person(database_url: str, tmp_path: Path) -> None:
    """Other words with the same facts, a line that says so, and the template's words beside them."""
    model = Model()
    async with rejected(database_url, tmp_path, model) as (life, place):
        shown = await written(life, place, 62)
        assert (shown["state"], shown["written_by"]) == ("waiting_approval", "rephrased")
        own = shown["rephrasing"]["template_text"]
        assert "I'm sorry" in shown["text"]
        assert "I am sorry" in own
        assert shown["text"] == own.replace("I am sorry", "I'm sorry").replace(
            "\n\nKind regards", f"\n\n{LINE}\n\nKind regards"
        )
        assert LINE in shown["html"]
        assert (shown["rephrasing"]["model"], shown["rephrasing"]["outcome"]) == ("a-model", "used")
        told = {fact["name"] for sentence in shown["sentences"] for fact in sentence["facts"]}
        assert {"candidate.first_name", "job.title", "recruiter.name"} <= told
        assert model.keys == ["Bearer a-secret-key"]
        given = json.dumps(model.asked, ensure_ascii=False)
        for personal in ("Noémi", "Lefèvre", "noemi@", "Welder", "Mia", "Ostwind", "Okoro"):
            assert personal not in given
        approved = await life.act(f"{place}/approve", {"message_id": shown["message_id"], **ROBIN})
        assert approved["state"] == "ready"
        await life.house.at(MONDAY + timedelta(hours=28))
        [mail] = [text for text in read_mails(life) if "I'm sorry" in text]
        assert LINE in mail


def read_mails(life: Life) -> list[str]:
    """The text part of every mail to the candidate."""
    read = (email.message_from_string(mail, policy=email.policy.default) for mail in life.mails())
    parts = (mail.get_body(("plain",)) for mail in read if "noemi@example.com" in str(mail["To"]))
    return [part.get_content() for part in parts if part]


async def test_who_prefers_the_templates_words_sends_those(database_url: str, tmp_path: Path) -> None:
    """Also whoever read them before the rephrased ones came: nothing is in their way."""
    async with rejected(database_url, tmp_path, Model()) as (life, place):
        supplied = await life.act(f"{place}/facts", FACTS)
        await life.house.at(MONDAY + minutes(62))
        shown = await life.get(f"{place}/preview", "act")
        assert shown["message_id"] != supplied["message_id"]
        assert shown["rephrasing"]["template_message_id"] == supplied["message_id"]
        status = await life.refused(f"{place}/approve", {"message_id": "msg_of_somebody_else", **ROBIN})
        assert status == (409, "wrong-state")
        approved = await life.act(f"{place}/approve", {"message_id": supplied["message_id"], **ROBIN})
        assert (approved["state"], approved["message_id"]) == ("ready", supplied["message_id"])
        await life.house.at(MONDAY + timedelta(hours=28))
        assert any("I am sorry" in text for text in read_mails(life))
        assert not any("I'm sorry" in text for text in read_mails(life))


async def test_what_needs_no_approval_needs_one_once_rephrased(database_url: str, tmp_path: Path) -> None:
    """A named kind waits for a person when its words were rephrased; else it leaves as always, at once."""
    model = Model(first("Thank you", "Thanks"))
    settings = {"rephrase_kinds": FIRST}
    async with rejected(database_url, tmp_path, model, **settings) as (life, _):
        asked = [row for row in await life.house.rows(Rephrasing) if row.outcome == "used"]
        assert len(asked) == 1
        assert not any("noemi@example.com" in mail for mail in life.mails())
        assert all("[[" not in mail for mail in life.mails())
        model.answers = lambda given: Answer(500)
        life.apply(MONDAY + minutes(70), Newcomer("Ada", "Byron", "ada@example.com"))
        await life.house.at(MONDAY + minutes(80.2))
        assert [mail for mail in life.mails() if "ada@example.com" in mail]


async def test_the_days_tokens_hold(database_url: str, tmp_path: Path) -> None:
    """Nothing is asked beyond the limit, and what was used is counted as the endpoint says."""
    model = Model()
    async with rejected(database_url, tmp_path, model, rephrase_tokens_per_day=1_500) as (life, place):
        reasons = [(await written(life, place, 62 + n))["rephrasing"]["reason"] for n in range(4)]
        assert reasons[0] is None
        assert reasons[-1] == "budget"
        assert len(model.asked) == reasons.count(None)
        assert {row.tokens for row in await life.house.rows(Rephrasing)} == {321, 0}


async def test_a_failing_endpoint_is_left_alone(database_url: str, tmp_path: Path) -> None:
    """While the breaker rests, nobody is asked and nothing waits."""
    model = Model(lambda given: Answer(503))
    async with rejected(database_url, tmp_path, model) as (life, place):
        rephraser = life.house.flow.rephraser
        assert rephraser is not None
        rephraser.breaker = Breaker(failures=1)
        assert (await written(life, place, 62))["rephrasing"]["reason"] == "http-503"
        shown = await written(life, place, 63)
        assert (shown["written_by"], shown["rephrasing"], len(model.asked)) == ("template", None, 1)


async def test_a_worker_that_dies_leaves_the_templates_words(database_url: str, tmp_path: Path) -> None:
    """What was asked and never settled ends with its reason; nobody is asked again about it."""
    model = Model()
    async with rejected(database_url, tmp_path, model) as (life, place):
        dead = await written(life, place, 62)
        async with unit_of_work(life.house.services.sessions) as session:
            row = await session.get_one(Rephrasing, dead["rephrasing"]["template_message_id"])
            row.outcome, row.rephrased_id = RephrasingOutcome.ASKED, None
            row.asked_at -= timedelta(minutes=3)
        await life.house.at(MONDAY + minutes(63))
        [row] = await life.house.rows(Rephrasing)
        assert (row.outcome, row.reason, len(model.asked)) == ("kept", "interrupted", 1)


async def test_it_is_off_unless_it_is_set_up(database_url: str, tmp_path: Path) -> None:
    """Without an address nothing is asked, and nothing is different."""
    async with open_life(database_url, tmp_path) as life:
        assert life.house.flow.rephraser is None
        assert await life.house.flow.rephrasings() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"rephrase_url": "http://models.example/v1", "rephrase_model": "m"},
        {"rephrase_url": "https://key@models.example/v1", "rephrase_model": "m"},
        {"rephrase_url": "https://models.example/v1?key=1", "rephrase_model": "m"},
        {"rephrase_url": "https://models.example/v1"},
        {"rephrase_url": "ftp://127.0.0.1/v1", "rephrase_model": "m"},
    ],
)
def test_an_open_line_is_refused(values: dict[str, Any]) -> None:
    """Sentences travel over https, and the key never in an address."""
    with pytest.raises(UnsafeSettings):
        Settings(_env_file=None, **values)
