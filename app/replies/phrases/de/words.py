"""German: word classes, and what people say of others."""

# ruff: noqa: E501  # a frame is read in one piece

WORDS = {
    "maybe": "überlege|überleg|erwäge|vielleicht|eventuell|möglicherweise|evtl|unter umständen|könnte ich|müsste ich|müßte ich|sonst|andernfalls|ansonsten|andererseits müsste|ob ich|gegebenenfalls|ggf",
    "bew": "bewerbung|kandidatur|bewerbungsunterlagen|zusage|initiativbewerbung",
    "stelle": "stelle|position|job|anstellung|arbeitsstelle|arbeit|rolle|posten|vertrag|arbeitsvertrag|angebot|jobangebot|stellenangebot|herausforderung|aufgabe|arbeitsplatz|ausbildungsplatz|ausbildungsstelle|ausbildung|lehrstelle|zusage|offerte|praktikum|platz|praktikumsplatz|beschäftigung|festanstellung|tätigkeit|job-?offer",
    "firma": "firma|firmen|unternehmen*|betrieb*|arbeitgeber*|konzern*|haus|hauses|weg|weges|richtung|option|anbieter*|kanzlei|klinik|werkstatt|agentur|start-?up*|laden|schule|möglichkeit|alternative|mitbewerber*|wettbewerber*|werft|werk|büro|praxis",
    "prozess": "prozess*|verfahren*|bewerbungsprozess*|bewerbungsverfahren*|auswahlverfahren*|auswahlprozess*|rennen|einstellungsverfahren*|recruiting*|bewerberpool|bewerberkreis|auswahl|bewerbungsrunde|runde|bewerberfeld|pool|kandidatenkreis",
    "ander": "ander*|neu*|konkurrierend*|zweit*|weiter*|alternativ*",
    "angebot": "angebot*|jobangebot*|stellenangebot*|vertragsangebot*|offerte*|vertragsentwurf|arbeitsvertrag|job-?offer|gegenangebot*|vertrag|zusage|zusagen|offer",
    "tag": "montag*|dienstag*|mittwoch*|donnerstag*|freitag*|samstag*|sonntag*|morgen|heute|übermorgen|diese* woche|nächste* woche|kommende* woche|um \\d+|am \\d+\\.?|ab \\d+|vormittag*|nachmittag*|abend*",
    "termin": "termin*|gespräch*|treffen|interview*|telefonat*|probearbeit*|probetag*|videocall*|call|uhrzeit|besichtigung|rückruf|vorstellungsgespräch*|einladung",
    "wer": "freund|freundin|kollege|kollegin|frau|mann|bruder|schwester|partner|partnerin|bekannter|bekannte|bekannten|sohn|tochter|mitbewohner|mitbewohnerin|cousin|cousine|nachbar|nachbarin|lebensgefährt*|kandidat|kandidatin|bewerber|bewerberin|mutter|vater|verlobte*",
    "adj": "(?:(?!(?:frage|fragen|zum|zu|zur|über|ihr|ihre|ihrem|ihres|das|dem|der|die|des|bezüglich|wegen|rückfrage|kopie|unklarheit|problem|wenn|ob|dass)\\b)\\w+ ){0,3}",
    "dauer": "zeit|tag|tage|tagen|wochen?|stunden?|wochenende|bedenkzeit|moment|weile|aufschub",
    "vergangen": "letztes jahr|letzten jahr|vergangenes jahr|vergangenen jahr|voriges jahr|vor (?:einem|zwei|drei|vier|\\d+) jahr*|vor (?:zwei|drei|vier|fünf|sechs|\\d+) monaten|damals|früheren? bewerbung|letzten bewerbung|im jahr 20(?:1\\d|2[0-5])|(?:in|anno) 20(?:1\\d|2[0-5])|seinerzeit",
}

THIRD = (
    "(mein|meine|meinem|meiner|ein|eine|der|die|ihr|ihre|unser|unsere) (\\w+ )?({wer}) (?!und ich)(?:[^,;](?! und | also | aber ))*",
    "(er|sie) (hat|habe|ist|wird) [^,;]*",
)
