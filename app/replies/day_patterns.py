"""How days are written, as patterns, in English, German, French and Spanish. Pure data."""

import re

from app.replies.day_words import MONTH, NUMBER, WEEKDAY, any_of

_MONTHS = any_of(MONTH)
_DAYS = any_of(WEEKDAY)
_NUMBERS = any_of(NUMBER)
_YEAR = r"(?:,?\s+(?:de\s+|del\s+)?(20\d\d))?"

ISO = re.compile(r"(?<!\d)(20\d\d)-(\d{1,2})-(\d{1,2})(?!\d)")
DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(20\d\d|\d\d))?(?!\d)")
SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/(20\d\d|\d\d))?(?![\d/])")
DAY_MONTH = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+)?({_MONTHS})\b\.?{_YEAR}", re.IGNORECASE
)
MONTH_DAY = re.compile(rf"\b({_MONTHS})\.?\s+(?:the\s+)?(\d{{1,2}})(?:st|nd|rd|th)?\b{_YEAR}", re.IGNORECASE)
ORDINAL = re.compile(
    r"\bthe\s(\d{1,2})(?:st|nd|rd|th)\b(?!\s(?:round|interview|floor|stage|time|company|offer|step|day"
    r"|week|one))",
    re.IGNORECASE,
)
NUMBERED = re.compile(
    r"\b(?:(?:bis|am|zum|den|dem|vom)\s(\d{1,2})\.(?!\d)"
    r"|(?:le|au|du|el|del|al|día|dia)\s(\d{1,2})(?![\d:/%€.,]?\d)(?!\s?(?:[%€]|h\b|h\d|heures|horas|euros"
    r"|jours|días|años|ans)))",
    re.IGNORECASE,
)
NAMED = re.compile(
    rf"(?:\b(?P<before>next|last|nächsten|letzten|vergangenen|kommenden|próximo|pasado)\s)?"
    rf"\b(?P<name>{_DAYS})(?:abend|morgen|nachmittag|mittag|vormittag|früh|s)?\b"
    rf"(?:\s(?P<after>next week|week|nächster woche|nächste woche|der nächsten woche|prochain|dernier|passé"
    rf"|de la semaine prochaine|de la próxima semana|de la semana que viene|pasado|próximo))?",
    re.IGNORECASE,
)
NAMED_AND_NUMBERED = re.compile(
    rf"\b({_DAYS}),?\s(?:the\s|den\s|dem\s|le\s)?(\d{{1,2}})(?:st|nd|rd|th|\.)?(?![\d:h])(?!\s?(?:am|pm"
    rf"|a\.m|p\.m|uhr|h\b|heures))",
    re.IGNORECASE,
)
WEEK_BEFORE = re.compile(
    r"(next week|nächste[rn]? woche|kommende[rn]? woche|la semaine prochaine|la semana que viene"
    r"|la próxima semana)(?: on| am| le| el|,)?\s?$",
    re.IGNORECASE,
)
_NOT_TOMORROW = "guten|schönen|heute|am|jeden|gestern|la|esta|de|pasado|after|après"
TOMORROW = re.compile(
    "".join(rf"(?<!\b{each} )" for each in _NOT_TOMORROW.split("|"))
    + r"(?<!après-)\b(?:tomorrow|morgen|demain|mañana)\b",
    re.IGNORECASE,
)
AFTER_TOMORROW = re.compile(
    r"\b(?:day after tomorrow|übermorgen|après[- ]demain|pasado mañana)\b", re.IGNORECASE
)
TODAY = re.compile(
    r"\b(?:by|until|till|before|eod|cob|end of|close of|bis|d'ici|avant|hasta|antes de)\s"
    r"(?:the end of |close of |spätestens |la fin de )?(?:today|tonight|heute|aujourd'hui|ce soir|hoy"
    r"|esta noche)\b",
    re.IGNORECASE,
)
IN = re.compile(
    r"\b(?:in|within|innerhalb(?: von)?|binnen|innert|dans|sous|d'ici|en|dentro de|en un plazo de"
    r"|have(?: only)?"
    r"|got(?: only)?|habe(?: nur)?(?: noch)?|ai(?: que)?|tengo(?: sólo| solo)?)\s"
    rf"(?:the next |den nächsten |les |about |etwa |unos )?(\d{{1,2}}|{_NUMBERS})\s"
    r"(?:more |working )?(days?|weeks?|tage?n?|wochen?|jours?|semaines?|días?|dias?|semanas?)\b",
    re.IGNORECASE,
)
FORTNIGHT = re.compile(r"\b(?:in|within) a fortnight\b", re.IGNORECASE)
HOURS = re.compile(
    rf"(?<![\d:])(\d{{2,3}}|{_NUMBERS})[\s-]?(?:hours?|hrs?|h|stunden|std|heures|horas)\b", re.IGNORECASE
)
END_OF_WEEK = re.compile(
    r"\b(?:end of (?P<en>the|this|next)? ?week|eow|ende (?P<de>der|dieser|nächster|der nächsten"
    r"|kommender) woche"
    r"|fin de (?:la |cette )?semaine(?P<fr> prochaine)?"
    r"|final(?:es)? de (?:la |esta )?(?P<es>próxima )?semana(?P<es2> que viene)?)\b",
    re.IGNORECASE,
)
END_OF_MONTH = re.compile(
    r"\b(?:end of (?:the|this) month|monatsende|ende (?:des|dieses) monats|fin du mois|fin de mes"
    r"|final(?:es)? de mes)\b"
    rf"|\b(?:end of|ende|fin|finales de|final de)\s({_MONTHS})\b",
    re.IGNORECASE,
)
FRENCH_OR_SPANISH = re.compile(
    r"\b(le|jusqu|avant|retour|el|hasta|antes|día|vuelvo|réponse)\b", re.IGNORECASE
)
DUE = re.compile(
    r"\b(by|until|till|before|deadline|latest|expir\w*|clos\w+|valid|due|no later|answer\w*|reply|respond"
    r"|decide"
    r"|sign\w*|up to|ends?|lapse\w*|runs? out|eod|cob|bis|spätestens|vor|frist|läuft|endet|gilt|binnen"
    r"|innerhalb"
    r"|innert|antwort\w*|unterschr\w*|bescheid|d'ici|avant|jusqu\w*|plus tard|limite|échéance|répon\w+|signer"
    r"|signature|sous|antes|hasta|tardar|tarde|plazo|vence|caduca|límite|contest\w+|respon\w+|respuesta"
    r"|para el"
    r"|within|know|knowing|told|tell|sagen|zusagen|entscheiden|digo|diga|decir\w*)\b[^.;!?]{0,40}$",
    re.IGNORECASE,
)
DUE_AFTER = re.compile(
    r"^[^.;!?]{0,25}\b(latest|plus tard|spätestens|tardar|tarde|sin falta|ab|runs? out|expires?"
    r"|is the deadline"
    r"|zusagen|unterschreiben|antworten|bescheid|entscheiden)\b",
    re.IGNORECASE,
)
BACK = re.compile(
    r"\b((?:from|vom|du|del)\s.{1,40}?\s(?:to|bis|au|al)|back|return|returning|again|until|till|through"
    r"|wieder|zurück|bis|ab dem|ab|retour|reviendrai"
    r"|jusqu\w*"
    r"|rentre|rentrerai|reprends|vuelvo|volveré|regreso|regresaré|vuelta|hasta|reincorpor\w*|incorpor\w*)\b",
    re.IGNORECASE,
)
UNTIL = re.compile(r"\b(until|till|through|bis|jusqu\w*|hasta|au|al|to)\b", re.IGNORECASE)
THEN = re.compile(
    r"\b(back|return\w*|wieder|zurück|retour|reviendrai|reprends|rentre\w*|vuelvo|volveré|regres\w*|vuelta"
    r"|reincorpor\w*)\b",
    re.IGNORECASE,
)
