"""One message on its way past a language model: the question about it, and what comes of the answer."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy.ext.asyncio import AsyncSession

from app.followups.models import FollowUp, FollowUpState
from app.messages.gather import gather
from app.messages.material import Loaded, load
from app.messages.models import Message
from app.messages.render import Rendered
from app.messages.rephrase import Task, prompt, read_answer, take_apart
from app.messages.rephrase_call import Answer
from app.messages.rephrase_guard import compare, judge
from app.messages.rephrase_models import Rephrasing, RephrasingOutcome
from app.messages.rephrase_store import REPHRASED, let_go, set_aside
from app.messages.rephrase_words import lexicon_of
from app.messages.waiting import await_decision
from app.messages.write import decision_on, keep, reader_of, sentences_of, words_of
from app.privacy.vault import Vault
from app.sla.cases import RuleBook
from app.timeline.models import Person
from app.timeline.people import key_of

_CAUSE = "its words were rephrased; a person must allow them"
_OPEN = (FollowUpState.WAITING_APPROVAL, FollowUpState.READY)


@dataclass(frozen=True, slots=True)
class Bench:
    """What working on one message needs."""

    session: AsyncSession
    vault: Vault
    book: RuleBook
    company: str
    pause: timedelta
    tokens_per_day: int


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one message, in at most so many tokens."""

    message_id: str
    task: Task
    most: int


@dataclass(frozen=True, slots=True)
class _Case:
    row: Rephrasing
    message: Message
    loaded: Loaded


async def question_about(bench: Bench, *, message_id: str) -> Question | None:
    """The question about a claimed message, with its tokens set aside; None where there is nothing to ask."""
    case = await _open(bench, message_id)
    if case.row.outcome != RephrasingOutcome.ASKED:
        return None
    person = await reader_of(bench.session, case.message, case.loaded.candidate)
    task = _task(bench, case, person)
    if task is None:
        await _keep_template(bench, case, "nothing-free")
        return None
    rules, given = prompt(task)
    most = ceil(len(given) / 2) + 200
    estimate = ceil((len(rules) + len(given)) / 3) + most
    if not await set_aside(bench.session, case.row, estimate, bench.tokens_per_day):
        await _keep_template(bench, case, "budget")
        return None
    return Question(message_id, task, most)


async def settle(bench: Bench, *, question: Question, answer: Answer, now: datetime, disclose: bool) -> None:
    """Puts the rephrased words up for approval, or writes down why the template's stay.

    ``now`` is the business instant, aware, in UTC.
    """
    case = await _open(bench, question.message_id)
    case.row.tokens = answer.tokens or case.row.tokens
    reason = answer.failure or _too_late(bench, case)
    if reason is None:
        reason = await _use(bench, case, question.task, answer.content, now, disclose=disclose)
    if reason:
        await _keep_template(bench, case, reason)
    else:
        await let_go(bench.session, case.loaded.follow_up, case.message.created_at, bench.pause)


def _too_late(bench: Bench, case: _Case) -> str | None:
    follow_up, person = case.loaded.follow_up, case.loaded.candidate
    if follow_up.message_id != case.message.id or follow_up.state not in _OPEN:
        return "too-late"
    return "erased" if person is None or key_of(bench.vault, person) is None else None


async def _use(
    bench: Bench, case: _Case, task: Task, content: str, now: datetime, *, disclose: bool
) -> str | None:
    sentences = read_answer(content)
    if (reason := judge(task, sentences)) or sentences is None:
        return reason
    loaded, lexicon = case.loaded, lexicon_of(case.message.locale)
    line = lexicon.disclosure if lexicon and disclose else None
    gathered = gather(loaded.material, case.message.locale, now)
    reason, after, findings = compare(task, sentences, gathered.facts, now, disclosure=line)
    if reason:
        return reason
    promises = case.message.promises
    promised = replace(gathered, promised_at=datetime.fromisoformat(promises[0]) if promises else None)
    made = await keep(bench.session, bench.vault, loaded, after, findings, promised, by=REPHRASED, now=now)
    await await_decision(bench.session, loaded, decision_on(loaded, findings, now), _CAUSE, now)
    case.row.outcome, case.row.rephrased_id = RephrasingOutcome.USED, made.id if made else None
    return None


async def _open(bench: Bench, message_id: str) -> _Case:
    row = await bench.session.get_one(Rephrasing, message_id)
    follow_up = await bench.session.get_one(FollowUp, row.follow_up_id, with_for_update=True)
    message = await bench.session.get_one(Message, message_id)
    [loaded] = await load(bench.session, bench.vault, bench.book, [follow_up], company=bench.company)
    return _Case(row, message, loaded)


async def _keep_template(bench: Bench, case: _Case, reason: str) -> None:
    case.row.outcome, case.row.reason = RephrasingOutcome.KEPT, reason
    await let_go(bench.session, case.loaded.follow_up, case.message.created_at, bench.pause)


def _task(bench: Bench, case: _Case, person: Person) -> Task | None:
    message = case.message
    words = words_of(bench.vault, message, person)
    if not words["text"] or any(f["severity"] == "error" for f in message.findings):
        return None
    before = Rendered(
        key=message.kind,
        locale=message.locale,
        version=message.template_version,
        subject=words["subject"],
        preheader=words["preheader"],
        text=words["text"],
        html=words["html"],
        used=tuple((used["fact"], used["source"]) for used in message.used),
        sentences=tuple(sentences_of(bench.vault, message, person)),
    )
    # The facts are those of the instant at which it was written: its dates are counted from then.
    return take_apart(before, gather(case.loaded.material, message.locale, message.created_at).facts)
