"""The word lists of each language find what they are for, and leave everyday sentences alone."""

from dataclasses import replace

import pytest

from app.followups.catalogue import KINDS
from app.messages.checks import check
from app.messages.library import load_templates
from app.messages.render import render
from tests.messages.example import NOW, example

WRONG = [
    ("en", "promise", "We guarantee that you get the job."),
    ("de", "promise", "Wir garantieren Ihnen eine Zusage."),
    ("de", "promise", "Sie werden ganz bestimmt eingestellt."),
    ("de", "promise", "Sie bekommen sicher den Job."),
    ("fr", "promise", "Nous vous garantissons une réponse positive."),
    ("fr", "promise", "Vous serez sûrement recruté·e."),
    ("es", "promise", "Sin duda tendrá el puesto."),
    ("es", "promise", "El puesto es suyo."),
    ("de", "pressure", "Sonst vergeben wir die Stelle an jemand anderen."),
    ("de", "pressure", "Bitte antworten Sie sofort."),
    ("fr", "pressure", "Répondez immédiatement, sinon le poste sera proposé ailleurs."),
    ("es", "pressure", "Responda hoy mismo o retiramos la oferta."),
    ("de", "protected-characteristic", "Ihr Alter hat dabei eine Rolle gespielt."),
    ("de", "protected-characteristic", "Wir sind ein junges Team."),
    ("fr", "protected-characteristic", "Vous nous avez dit que vous êtes enceinte."),
    ("es", "protected-characteristic", "Su edad no encaja con el equipo."),
    ("de", "greeting-impersonal", "Sehr geehrte Damen und Herren,"),
    ("fr", "greeting-impersonal", "Bonjour à tous,"),
    ("es", "greeting-impersonal", "A quien corresponda:"),
    ("de", "template-leftover", "Ihr Gehalt: null."),
    ("es", "template-leftover", "Su salario: TODO."),
]
EVERYDAY = [
    ("de", "Sie werden sicher noch Fragen haben, und ich verspreche Ihnen eine Antwort."),
    ("de", "Ihr alter Arbeitsplatz lag in Köln, das ist nicht zu weit."),
    ("de", "Null Fehler sind nicht das Ziel; sonst geht es uns wie allen."),
    ("de", "Sie bekommen sicher bald Post von uns."),
    ("fr", "Vous aurez sûrement des questions, et je vous promets une réponse."),
    ("fr", "Votre travail sur l’enceinte acoustique et sur l’amplificateur nous a plu."),
    ("fr", "Écrivez-nous, ou bien le poste vous sera présenté par téléphone."),
    ("es", "Sin duda tendrá preguntas, y le prometo una respuesta."),
    ("es", "Podemos hablar del contrato o la oferta, y de todo lo demás."),
    ("es", "Todo el equipo le manda un saludo."),
]


def _found(locale: str, sentence: str) -> set[str]:
    message = render(load_templates()["holding_update", locale], example(locale), locale)
    first, rest = message.text.split("\n\n", 1)
    changed = replace(message, text=f"{first}\n\n{sentence}\n\n{rest}")
    return {finding.rule for finding in check(changed, KINDS["holding_update"], example(locale), NOW)}


@pytest.mark.parametrize(("locale", "rule", "sentence"), WRONG)
def test_what_must_not_be_said_is_found_in_each_language(locale: str, rule: str, sentence: str) -> None:
    """The rule speaks up, in whichever of the languages it is said."""
    assert rule in _found(locale, sentence)


@pytest.mark.parametrize(("locale", "sentence"), EVERYDAY)
def test_everyday_sentences_are_left_alone(locale: str, sentence: str) -> None:
    """Words that look alike and mean something else stop nobody's message."""
    assert _found(locale, sentence) == set()
