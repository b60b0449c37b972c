"""The names of months, weekdays and numbers in English, German, French and Spanish. Pure data."""

_MONTHS = (
    ("january", "jan", "januar", "jänner", "janvier", "janv", "enero", "ene"),
    ("february", "feb", "februar", "février", "fevrier", "févr", "febrero"),
    ("march", "mar", "märz", "maerz", "mrz", "mars", "marzo"),
    ("april", "apr", "avril", "avr", "abril", "abr"),
    ("may", "mai", "mayo"),
    ("june", "jun", "juni", "juin", "junio"),
    ("july", "jul", "juli", "juillet", "juil", "julio"),
    ("august", "aug", "août", "aout", "agosto", "ago"),
    ("september", "sept", "sep", "septembre", "septiembre", "setiembre"),
    ("october", "oct", "oktober", "okt", "octobre", "octubre"),
    ("november", "nov", "novembre", "noviembre"),
    ("december", "dec", "dezember", "dez", "décembre", "decembre", "déc", "diciembre", "dic"),
)
_WEEKDAYS = (
    ("monday", "mon", "montag", "lundi", "lunes"),
    ("tuesday", "tues", "tue", "dienstag", "mardi", "martes"),
    ("wednesday", "wed", "mittwoch", "mercredi", "miércoles", "miercoles"),
    ("thursday", "thurs", "thur", "thu", "donnerstag", "jeudi", "jueves"),
    ("friday", "fri", "freitag", "vendredi", "viernes"),
    ("saturday", "samstag", "sonnabend", "samedi", "sábado", "sabado"),
    ("sunday", "sonntag", "dimanche", "domingo"),
)
_NUMBERS = (
    ("a", "an", "one", "ein", "eine", "einem", "einer", "einen", "un", "une", "una"),
    ("two", "couple of", "zwei", "deux", "dos"),
    ("three", "drei", "trois", "tres"),
    ("four", "vier", "quatre", "cuatro"),
    ("five", "fünf", "cinq", "cinco"),
    ("six", "sechs", "seis"),
    ("seven", "sieben", "sept", "siete"),
    ("eight", "acht", "huit", "ocho"),
    ("nine", "neun", "neuf", "nueve"),
    ("ten", "zehn", "dix", "diez"),
)
MONTH = {name: nth for nth, names in enumerate(_MONTHS, start=1) for name in names}
WEEKDAY = {name: nth for nth, names in enumerate(_WEEKDAYS) for name in names}
NUMBER = {name: nth for nth, names in enumerate(_NUMBERS, start=1) for name in names} | {
    **dict.fromkeys(("fourteen", "fortnight", "vierzehn", "quatorze", "catorce"), 14),
    **dict.fromkeys(("fifteen", "quinze", "quince"), 15),
    **dict.fromkeys(("twenty-four", "vierundzwanzig", "vingt-quatre", "veinticuatro"), 24),
    **dict.fromkeys(("forty-eight", "achtundvierzig", "quarante-huit", "cuarenta y ocho"), 48),
}


def any_of(names: dict[str, int]) -> str:
    """A pattern for any of the names, the longest first."""
    return "|".join(sorted(names, key=len, reverse=True))
