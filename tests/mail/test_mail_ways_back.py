"""What simulated providers post about a mail that was sent: receipts and answers, one row a provider."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from app.errors import BadSignature
from app.mail.hooks import RANK, Hooks, HookSecrets, Receipt, ReceiptKind
from app.mail.outbound import Outcome
from app.mail.providers import HOOKS
from tests.mail.letters import DATE, RICH
from tests.mail.providers import META, PROVIDERS, A, Provider

OURS = RICH.message_id.strip("<>")
LATE = timedelta(hours=8)
KINDS = (
    ReceiptKind.DELIVERED,
    ReceiptKind.BOUNCED_HARD,
    ReceiptKind.QUEUED,
    ReceiptKind.DELIVERED,
    ReceiptKind.OPENED,
)
EVENTS: dict[ReceiptKind, tuple[str, dict[str, str]]] = {
    ReceiptKind.DELIVERED: ("Delivery", {}),
    ReceiptKind.BOUNCED_HARD: ("Bounce", {"bounceType": "Permanent", "bounceSubType": "General"}),
    ReceiptKind.SENT: ("Send", {}),
    ReceiptKind.OPENED: ("Open", {}),
}
Hook = tuple[dict[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Back:
    """How one provider's webhooks are made and proven.

    ``late`` gives those of the kinds, posted ``LATE`` after they happened. ``batched`` gives them in one.
    ``other`` are secrets that prove nothing. ``answers`` is the id that an answer refers to; None where the
    simulator posts none, or where it comes in two steps. ``charset`` is how its words are posted.
    """

    name: str
    late: Callable[[Any, Sequence[ReceiptKind]], list[Hook]]
    secrets: Callable[[Any], HookSecrets]
    other: HookSecrets
    batched: bool = False
    answers: Callable[[Outcome], str | None] | None = None
    charset: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[ReceiptKind, ...] = KINDS

    @property
    def provider(self) -> Provider:
        return next(each for each in PROVIDERS if each.name == self.name)

    @property
    def hooks(self) -> Hooks:
        return HOOKS[self.name]


def posted_again(far: Any, kinds: Sequence[ReceiptKind]) -> list[Hook]:
    """Signed when it happened, or signed not by time at all."""
    made: list[Hook] = far.receipts(RICH.send_id, *kinds)
    far.at += LATE
    return made


def signed_again(far: Any, kinds: Sequence[ReceiptKind]) -> list[Hook]:
    """Each attempt of the provider is signed with its own time."""
    made: list[Hook] = far.receipts(RICH.send_id, *kinds, late=LATE)
    far.at += LATE
    return made


def notified(far: Any, kinds: Sequence[ReceiptKind]) -> list[Hook]:
    """Amazon's, which go by events."""
    return [far.receipt(RICH.send_id, EVENTS[kind][0], DATE, **EVENTS[kind][1]) for kind in kinds]


BACK = (
    Back(
        "resend",
        signed_again,
        lambda far: HookSecrets((far.secret,)),
        HookSecrets(("whsec_b3RoZXI=",)),
    ),
    Back(
        "brevo",
        posted_again,
        lambda far: HookSecrets(("old:one", far.secret)),
        HookSecrets(("other",)),
        batched=True,
        answers=lambda outcome: outcome.provider_id,
    ),
    Back(
        "sendgrid",
        posted_again,
        lambda far: HookSecrets(public_keys=(far.public_key,)),
        HookSecrets(),
        batched=True,
        answers=lambda outcome: OURS,
        charset={"charset": "iso-8859-1"},
    ),
    Back(
        "mailgun",
        posted_again,
        lambda far: HookSecrets(("old", far.signing_key)),
        HookSecrets(("other",)),
        answers=lambda outcome: OURS,
        kinds=(*KINDS, ReceiptKind.FAILED),
    ),
    Back(
        "ses",
        notified,
        lambda far: HookSecrets(topics=(far.topic,), certificate=far.certificate),
        HookSecrets(topics=("arn:aws:sns:eu-central-1:1:other",)),
        kinds=tuple(ReceiptKind.SENT if kind is ReceiptKind.QUEUED else kind for kind in KINDS),
    ),
)


@pytest.mark.parametrize("back", BACK, ids=lambda each: each.name)
async def test_receipts_come_back_twice_late_and_in_any_order(back: Back) -> None:
    """Repeats have the same key, the highest rank tells the state, and each names our send and its id."""
    async with back.provider.simulator() as far, back.provider.route(far) as route:
        outcome = await route.send(route.prepare(RICH, DATE), META)
        posted = back.late(far, back.kinds)
        now = far.at
        heard: list[Receipt] = []
        for headers, body in posted:
            back.hooks.verify(headers, body, back.secrets(far), now)
            heard += back.hooks.receipts(headers, body, now)
            assert back.hooks.replies(headers, body) == ()
        assert [receipt.kind for receipt in heard] == list(back.kinds)
        assert len({receipt.key for receipt in heard}) == len(back.kinds) - 1
        assert {receipt.send_id for receipt in heard} == {RICH.send_id}
        assert {receipt.provider_id for receipt in heard} == {outcome.provider_id}
        state = max((each for each in heard if each.kind in RANK), key=lambda each: RANK[each.kind])
        assert (state.kind, state.suppress) == (ReceiptKind.BOUNCED_HARD, True)
        with pytest.raises(BadSignature):
            back.hooks.verify(*posted[0], back.other, now)


@pytest.mark.parametrize("back", [each for each in BACK if each.batched], ids=lambda each: each.name)
async def test_a_batch_tells_the_same_as_its_parts(back: Back) -> None:
    """Many events in one webhook are those events, with the same keys."""
    async with back.provider.simulator() as far, back.provider.route(far) as route:
        assert (await route.send(route.prepare(RICH, DATE), META)).kind is A
        alone = [
            receipt
            for headers, body in far.receipts(RICH.send_id, *back.kinds)
            for receipt in back.hooks.receipts(headers, body, far.at)
        ]
        [(headers, body)] = far.receipts(RICH.send_id, *back.kinds, batched=True)
        back.hooks.verify(headers, body, back.secrets(far), far.at)
        assert list(back.hooks.receipts(headers, body, far.at)) == alone


@pytest.mark.parametrize("back", [each for each in BACK if each.answers], ids=lambda each: each.name)
async def test_an_answer_refers_to_our_message(back: Back) -> None:
    """The answer arrives with its words, at the address that carries our token."""
    assert back.answers
    async with back.provider.simulator() as far, back.provider.route(far) as route:
        outcome = await route.send(route.prepare(RICH, DATE), META)
        [(headers, body)] = far.reply(RICH.send_id, "Dienstag, schöne Grüße", **back.charset)
        back.hooks.verify(headers, body, back.secrets(far), far.at)
        assert back.hooks.receipts(headers, body, far.at) == ()
        [mail] = back.hooks.replies(headers, body)
        assert mail.recipients == ("reply+a2b3@reply.talent.example",)
        assert mail.in_reply_to == back.answers(outcome)
        assert (mail.stripped or mail.text, mail.sent_at) == ("Dienstag, schöne Grüße", far.at)
        [other] = back.hooks.replies(*far.reply(RICH.send_id, "And another thing.")[0])
        assert other.key != mail.key
