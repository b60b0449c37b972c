"""German."""

from app.replies.phrases.de.leaving import OTHER_OFFER, STOP, WITHDRAWS
from app.replies.phrases.de.staying import ASKS_TIME, QUESTION, WARM
from app.replies.phrases.de.words import WORDS
from app.replies.phrases.meaning import Language, Meaning

LANGUAGE = Language(
    phrases={
        Meaning.STOP: STOP,
        Meaning.WITHDRAWS: WITHDRAWS,
        Meaning.OTHER_OFFER: OTHER_OFFER,
        Meaning.ASKS_TIME: ASKS_TIME,
        Meaning.WARM: WARM,
        Meaning.QUESTION: QUESTION,
    },
    words=WORDS,
)
