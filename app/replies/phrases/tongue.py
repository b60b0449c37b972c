"""Which of the languages a text may be written in, by its small words. Pure.

Only what can be left out is left out: a short answer, or one in two languages, is read in all of them.
"""

import re

_SMALL = {
    "en": "i you the and is to of my have not for with it that this we are your me but was am be will would",
    "de": "ich sie und der die das nicht ist mir mich zu ein eine bei mit von auf dass wir habe hat den aber",
    "fr": "je vous et le les des est ne pas une un du pour de que mon ma votre suis ai nous sur avec ce",
    "es": "yo que el los las no es una un por para con mi su se lo me he y usted del al muy estoy",
}
_WORD = re.compile(r"\w+")
_ENOUGH = 4
"""So many small words of one language that a language with less than a fifth of them is another."""


def tongues(folded: str) -> frozenset[str]:
    """The languages (``en``, ``de``, ``fr``, ``es``) that a folded text may be in; all of a short one."""
    words = _WORD.findall(folded)
    count = {name: sum(word in small for word in words) for name, small in _SETS.items()}
    most = max(count.values())
    if most < _ENOUGH:
        return frozenset(_SETS)
    return frozenset(name for name, found in count.items() if found * 5 >= most)


_SETS = {name: frozenset(small.split()) for name, small in _SMALL.items()}
