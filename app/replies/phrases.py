"""The words that say plainly what a reply means, in English, German, French and Spanish. Pure data.

A phrase counts only in a sentence without the words that turn it round. Nothing here weighs a mood.
"""

# ruff: noqa: E501  # a phrase is read in one piece

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Meaning(StrEnum):
    """What a reply may say that somebody should act on."""

    STOP = "stop"
    """Wants no more mail."""
    WITHDRAWS = "withdraws"
    OTHER_OFFER = "other_offer"
    ASKS_TIME = "asks_time"
    WARM = "warm"
    """Says plainly to be interested."""
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Phrases:
    """Of one meaning: what says it, and what in the same sentence takes it back."""

    says: tuple[str, ...]
    unless: tuple[str, ...] = ()


PHRASES: Mapping[Meaning, Phrases] = MappingProxyType(
    {
        Meaning.STOP: Phrases(
            says=(
                r"^(please )?(stop|unsubscribe|opt[ -]?out|remove me)( please| thanks)?[.!]*$",
                r"\bunsubscribe me\b",
                r"\bstop (e?-?mailing|writing|contacting|messaging|sending)( to)? ?(me|us|these|any)?\b",
                r"\b(take|remove) me (off|from) (your|this|the) (mailing )?(list|database|emails?)",
                r"\b(do not|don't|never) (e?-?mail|write to|contact|message) me\b",
                r"\bno more (e?-?mails|messages)\b",
                r"\bkeine (weiteren |mehr )?(e-?mails|mails|nachrichten)( mehr)?\b",
                r"\bschreiben sie mir (bitte )?(nicht|nie) (mehr|wieder)\b",
                r"\b(bitte )?kontaktieren sie mich (bitte )?nicht (mehr|weiter)",
                r"^(bitte )?(abmelden|austragen|abbestellen|stopp)[.!]*$",
                r"\baus (ihrem|dem|eurem) verteiler\b",
                r"\bne m'(écrivez|envoyez|écris|envoie|contactez) plus\b",
                r"\b(désabonnez|désinscrivez)[- ]moi\b",
                r"^(me )?(désabonner|désinscription|désinscrire|désabonnement)[.!]*$",
                r"\bplus recevoir (de |d'|vos |ces )",
                r"\bretirez[- ]moi de (votre|la) liste\b",
                r"\bno me (escriba|escriban|escribas|contacten|contacte|envíen|envíe|manden)( más)?\b",
                r"\b(darme|dar|dadme|dame|denme) de baja\b",
                r"^(por favor,? )?baja( por favor)?[.!]*$",
                r"\bno (quiero|deseo) recibir más\b",
            ),
            unless=(r"\bunless\b", r"\bnicht mehr ändern\b"),
        ),
        Meaning.WITHDRAWS: Phrases(
            says=(
                r"\bwithdraw(ing|n)? (my|from|as)\b",
                r"\b(would|want|wish|like|decided|have|need) to withdraw\b",
                r"\b(no longer|not) (be )?(interested|available|looking|in the running)\b",
                r"\b(no longer|not) (wish|want|like|going|able|planning) to (continue|proceed|move forward|pursue)",
                r"\bhave (already )?(accepted|signed) (another|a|an|the other)( \w+)? (offer|position|role|job|contract)",
                r"\bhave decided (against|not to)\b",
                r"\b(will|'ll) (have to )?pass (on|this)\b",
                r"\bdecided (to go with|on|for) (another|a different)",
                r"\bziehe (ich )?(hiermit )?meine bewerbung (hiermit )?(gerne )?zurück",
                r"\bbewerbung (hiermit |leider )?(zurück(zu)?ziehen|zurücknehmen)",
                r"\b(nicht mehr|nicht weiter|nicht länger) (interessiert|verfügbar|zur verfügung)",
                r"\bkein interesse mehr\b",
                (
                    r"\bhabe (bereits )?(eine |ein |einen )?andere[nrs]? (stelle|angebot|vertrag|zusage) "
                    r"(angenommen|unterschrieben)"
                ),
                r"\bhabe mich (gegen|anders) ",
                r"\bmich für (ein|eine|einen) andere[nrs]? \w+ entschieden",
                r"\b(retire|retirer) ma candidature\b",
                r"\bne suis plus (intéressé|disponible|en recherche)",
                r"\bne souhaite (plus|pas) (poursuivre|continuer|donner suite)",
                r"\bne pas (donner suite|poursuivre)\b",
                r"\bai (déjà )?(accepté|signé) (une autre|un autre|un) (offre|poste|contrat)",
                r"\b(retiro|retirar|retirarme de) (mi|la|el) (candidatura|solicitud|proceso)",
                r"\bya no (estoy|me encuentro|sigo) (interesad|disponible|buscando)",
                r"\bno (deseo|quiero|voy a) (continuar|seguir)\b",
                r"\bhe (aceptado|firmado) (otra|un|otro) (oferta|contrato|puesto|trabajo)",
            ),
            unless=(
                r"\bnot (want(ing)? to |going to |planning to )?withdraw",
                r"\b(do not|don't) (want to )?withdraw",
                r"\bnicht zurück(zu)?ziehen",
                r"\bpas retirer\b",
                r"\bno (voy a |quiero )?retirar\b",
                r"\bif (you|i|my)\b",
            ),
        ),
        Meaning.OTHER_OFFER: Phrases(
            says=(
                (
                    r"\b(have|received|got|holding|given|made me|with) (a|an|another|one|two|the other|a second)"
                    r"( \w+){0,2} offers?\b"
                ),
                r"\b(another|other|competing|second|outside) offers?\b",
                r"\boffer from (another|a different|an?other|someone)",
                r"\b(match|beat) (the|that|this|their) offer\b",
                r"\b(have|'ve) (just )?(had|been made) an offer\b",
                r"\b(offered me|been offered) (a|an|another|the) (\w+ )?(job|role|position|contract)",
                r"\b(ein|das|weiteres|anderes|konkretes|zweites) (\w+ )?angebot\b.{0,60}\b(erhalten|bekommen|vor|von)",
                r"\b(anderes|weiteres|konkurrierendes|zweites) angebot\b",
                r"\bangebot (von|eines|einer) (eine[mrs] )?andere[nrms]?\b",
                r"\bandere[nrs]? (firma|unternehmen|betrieb|arbeitgeber)\b.{0,60}\b(zugesagt|angeboten|zusage)",
                r"\bliegt mir (ein|das|bereits)\b.{0,40}angebot",
                (
                    r"\b(une|reçu une|autre|deuxième) (autre )?(offre|proposition)\b.{0,60}"
                    r"\b(reçue?|entreprise|société|ailleurs|répondre|embauche)"
                ),
                r"\bune autre (offre|proposition)\b",
                r"\b(proposition|offre) (ferme )?(ailleurs|d'un autre|d'une autre)",
                r"\breçu une (offre|proposition)\b",
                r"\botra oferta\b",
                r"\b(he recibido|tengo|me han hecho) una (\w+ )?oferta\b",
                r"\boferta de (otra|otro)\b",
                r"\bme han ofrecido (un|el|otro) (contrato|puesto|trabajo)\b",
            ),
            unless=(
                r"\b(no|not|don't|do not|never|without) (\w+ ){0,3}(other|another|any|competing) (\w+ )?offers?\b",
                r"\bno offers?\b",
                r"\bkein(e|en)?\b.{0,20}\bangebot|\bangebot habe ich (derzeit |aktuell )?(nicht|keines)\b",
                r"\b(pas|aucune) (d'|une )?(autre )?(offre|proposition)",
                r"\bno (tengo|he recibido) (ninguna )?(otra )?",
                r"\b(your|the) offer from you\b",
                r"\b(accepted|angenommen|unterschrieben|accepté|aceptado) (another|eine|une|otra)",
                r"\bjob offers? (newsletter|mails?|alerts?)\b",
            ),
        ),
        Meaning.ASKS_TIME: Phrases(
            says=(
                (
                    r"\b(need|like|have|could i have|may i have|take) (a (few|couple|little)|some|more|one|another|two|three)"
                    r"( \w+){0,2} (time|days?|weeks?|hours?)\b"
                ),
                r"\b(more|some|a bit of|a little) time (to|for)\b",
                r"\b(think|sleep) (about it|it over|on it)\b",
                r"\b(extend|extension|postpone|push back) (the |of the |my )?(deadline|decision|date|interview)?",
                r"\bget back to you (by|on|in|next|after|within)\b",
                (
                    r"\b(brauche|bräuchte|benötige|hätte gerne?) (noch )?(etwas|ein paar|mehr|einige|ein wenig|zwei|drei)"
                    r"( \w+)? ?(zeit|tage|wochen)?\b"
                ),
                r"\b(bedenkzeit|fristverlängerung)\b",
                r"\bnicht so schnell entscheiden\b",
                r"\bmelde mich (bis|am|in|nächste|ende)\b",
                r"\bbesoin (de|d'un peu de|de plus de|d'un|d'encore) ?(un peu de |quelques |plus de )?(temps|jours|délai)",
                r"\b(temps|délai) (de|pour) (réflexion|réfléchir|décider)",
                r"\b(réfléchir|reviens vers vous (d'ici|avant|la semaine|en))",
                (
                    r"\b(necesito|necesitaría|podría tener|me gustaría tener) (un poco |algo )?(más )?(de )?"
                    r"(más |unos |algunos )?(tiempo|días|semanas)\b"
                ),
                r"\btiempo para (pensar|decidir)",
                r"\b(darme|tener|tomarme) (unos|algunos) días\b",
            ),
            unless=(
                r"\b(don't|do not|no) need\b",
                r"\bkeine bedenkzeit\b",
                r"\bpas besoin\b",
                r"\bno necesito\b",
            ),
        ),
        Meaning.WARM: Phrases(
            says=(
                (
                    r"\b(very|still|really|definitely|absolutely|highly|extremely|genuinely|most) (much )?"
                    r"(interested|excited|keen|enthusiastic)\b"
                ),
                r"\b(am|i'm|remain) (interested|excited|keen)\b",
                r"\blook(ing)? forward to (joining|working|the next|meeting|speaking|hearing|it|seeing)",
                r"\b(would|i'd) (love|be (delighted|thrilled|happy)) to (join|work|continue|accept|take|come)",
                r"\bmy (first|top|preferred) choice\b",
                r"\b(sehr|weiterhin|immer noch|nach wie vor|absolut|wirklich) (sehr |stark )?interessiert\b",
                r"\b(großes|weiterhin|nach wie vor|immer noch) (großes )?interesse\b",
                r"\bfreue mich (sehr |schon |riesig )?(auf|über|darauf)\b",
                r"\b(wunscharbeitgeber|erste wahl)\b",
                r"\b(très|toujours|vraiment|particulièrement) (vivement )?(intéressée?|motivée?|enthousiaste)",
                r"\bm'intéresse (toujours|beaucoup|vraiment)\b",
                r"\b(hâte|impatiente?) de\b",
                r"\b(sería|serait) (un placer|un plaisir|encantad)",
                r"\b(muy|sigo|realmente|totalmente|sigo estando|sigo muy) (interesad|ilusionad|motivad)",
                r"\bme (interesa|encanta|encantaría|ilusiona)\b",
                r"\bcon muchas ganas\b",
            ),
            unless=(
                r"\b(no longer|not|never|isn't|wasn't)\b",
                r"\bunfortunately\b",
                r"\b(nicht|kein|keine|leider)\b",
                r"\b(ne|plus) (suis|pas)\b",
                r"\bn'(est|ai|y)\b.{0,20}\b(pas|plus)\b",
                r"\bmalheureusement\b",
                r"\b(ya no|no me|no estoy|lamentablemente)\b",
            ),
        ),
    }
)
"""Every meaning but a question, which is a sentence that asks."""

NO_QUESTION = r"^(how are you|hope|wie geht|ça va|comment allez[- ]vous|cómo está|qué tal)\b"
"""Asked out of politeness."""
