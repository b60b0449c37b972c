"""Rules about other people's matters: other candidates, and personal data that stands in words for good."""

import re
from collections.abc import Iterator

from app.messages.rules.base import Draft, Severity, rule

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_CARD = re.compile(r"(?<![\d.,])(?:\d[ -]?){12,18}\d(?![\d.,])")
_SOCIAL_SECURITY = re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)")
_PHONE = re.compile(
    r"(?<![\w.,+-])(?:\+\d{1,3}|\(?0\d{1,5}\)?)[ /().-]{0,3}\d(?:[ /().-]{0,2}\d){5,12}(?!\d)"
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_LEADING = (".url", ".where", ".email")
"""Facts that may hold a number to call or an address, because that is what they are for."""


@rule("others-compared")
def compared(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """Nobody is measured against another candidate."""
    for phrase in draft.found("others_compared")[:1] if draft.to_candidate else []:
        yield (
            Severity.ERROR,
            f"“{phrase}” compares the reader with other candidates.",
            "Speak about the reader and the role alone.",
        )


@rule("others-mentioned")
def mentioned(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """What concerns other candidates is not told."""
    for phrase in draft.found("others_mentioned")[:1] if draft.to_candidate else []:
        yield (
            Severity.WARNING,
            f"“{phrase}” speaks of other candidates.",
            "Leave them out; what was decided about this application is enough.",
        )


@rule("personal-data")
def personal(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """No account, card, insurance or telephone number and no private address is sent to a candidate."""
    if not draft.to_candidate:
        return
    words = _without_ways_to_reach_us(draft)
    found = (
        ("a bank account", Severity.ERROR, any(map(_is_iban, _IBAN.findall(words)))),
        ("a payment card", Severity.ERROR, any(map(_is_card, _CARD.findall(words)))),
        ("a social security number", Severity.ERROR, bool(_SOCIAL_SECURITY.search(words))),
        ("a mail address", Severity.WARNING, bool(_MAIL.search(words))),
        ("a telephone number", Severity.WARNING, any(map(_is_phone, _PHONE.findall(words)))),
    )
    for what, severity, there in found:
        if there:
            yield (
                severity,
                f"The words hold {what}.",
                "Take it out; what belongs to one person has no place in a text that is kept.",
            )


def _without_ways_to_reach_us(draft: Draft) -> str:
    known = {draft.facts.text(name) for name in draft.facts if name.endswith(_LEADING)} - {""}
    words = draft.everything
    for value in sorted(known, key=len, reverse=True):
        words = words.replace(value, "⁂")
    return re.sub(r"https://\S+", "⁂", words)


def _is_iban(written: str) -> bool:
    compact = written.replace(" ", "")
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _is_card(written: str) -> bool:
    digits = [int(character) for character in written if character.isdigit()]
    doubled = (digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2])  # noqa: PLR2004  # Luhn
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_phone(written: str) -> bool:
    return not _DATE.fullmatch(written) and not _is_card(written)
