"""German."""

# ruff: noqa: E501  # a frame is read in one piece

from app.replies.phrases.meaning import Language, Meaning, Phrases

_WORDS = {
    "bew": "bewerbung|kandidatur|bewerbungsunterlagen|unterlagen|zusage|initiativbewerbung",
    "stelle": "stelle|position|job|anstellung|arbeitsstelle|arbeit|rolle|posten|vertrag|arbeitsvertrag|angebot|jobangebot|stellenangebot|herausforderung|aufgabe|arbeitsplatz|ausbildungsplatz|ausbildungsstelle|ausbildung|lehrstelle|zusage|offerte|praktikum|praktikumsplatz|beschäftigung|festanstellung|tätigkeit|job-?offer",
    "firma": "firma|firmen|unternehmen*|betrieb*|arbeitgeber*|konzern*|haus|hauses|weg|weges|richtung|option|anbieter*|kanzlei|klinik|werkstatt|agentur|start-?up*|laden|schule|möglichkeit|alternative|mitbewerber*|wettbewerber*|werft|werk|büro|praxis",
    "prozess": "prozess*|verfahren*|bewerbungsprozess*|bewerbungsverfahren*|auswahlverfahren*|auswahlprozess*|rennen|einstellungsverfahren*|recruiting*|bewerberpool|bewerberkreis|auswahl|bewerbungsrunde|runde|bewerberfeld|pool|kandidatenkreis",
    "ander": "ander*|neu*|konkurrierend*|zweit*|weiter*|alternativ*",
    "angebot": "angebot*|jobangebot*|stellenangebot*|vertragsangebot*|offerte*|vertragsentwurf|arbeitsvertrag|job-?offer|gegenangebot*|vertrag|zusage|offer",
    "tag": "montag*|dienstag*|mittwoch*|donnerstag*|freitag*|samstag*|sonntag*|morgen|heute|übermorgen|diese* woche|nächste* woche|kommende* woche|um \\d+|am \\d+\\.?|ab \\d+|vormittag*|nachmittag*|abend*",
    "termin": "termin*|gespräch*|treffen|interview*|telefonat*|probearbeit*|probetag*|videocall*|call|uhrzeit|besichtigung|rückruf|vorstellungsgespräch*|einladung",
    "wer": "freund|freundin|kollege|kollegin|frau|mann|bruder|schwester|partner|partnerin|bekannter|bekannte|bekannten|sohn|tochter|mitbewohner|mitbewohnerin|cousin|cousine|nachbar|nachbarin|lebensgefährt*|kandidat|kandidatin|bewerber|bewerberin|mutter|vater|verlobte*",
    "dauer": "zeit|tag|tage|tagen|wochen?|stunden?|wochenende|bedenkzeit|moment|weile|aufschub",
    "vergangen": "letztes jahr|letzten jahr|vergangenes jahr|vergangenen jahr|voriges jahr|vor (?:einem|zwei|drei|vier|\\d+) jahr*|vor (?:zwei|drei|vier|fünf|sechs|\\d+) monaten|damals|früheren? bewerbung|letzten bewerbung|im jahr 20(?:1\\d|2[0-5])|(?:in|anno) 20(?:1\\d|2[0-5])|seinerzeit",
}

_THIRD = (
    "(mein|meine|meinem|meiner|ein|eine|der|die|ihr|ihre|unser|unsere) (\\w+ )?({wer}) (?!und ich)[^,;]*",
    "(er|sie) (hat|habe|ist|wird) [^,;]*",
)
_MAYBE = "überlege|überleg|erwäge|vielleicht|eventuell|möglicherweise|evtl|unter umständen|könnte ich|müsste ich|müßte ich|sonst|andernfalls|ansonsten|andererseits müsste|ob ich|gegebenenfalls|ggf"

_STOP = Phrases(
    says=(
        "^(bitte |hallo |danke )*(abmelden|austragen|abbestellen|stopp|stop|abmeldung|unsubscribe|löschen)( bitte| danke)*[.!]*$",
        "(keine|keinerlei|null) (weiteren? |weitere |mehr |solchen? |automatischen? |werbe-?)*(e-?mails?|mails?|nachrichten|newsletter|post|erinnerungen|zuschriften|benachrichtigungen|nachricht|kontaktaufnahme*) .. (mehr|bitte|senden|schicken|zusenden|zukommen|erhalten|bekommen|an mich|von ihnen|von euch|wünsch*|[.!]|$)",
        "(schreib*|mail*|kontaktier*|send*|schick*|anschreib*|kontakt*|belästig*) (sie |ihr |du )?(mir|mich) (bitte |künftig |in zukunft |ab sofort |auch |überhaupt )*(nicht|nie|nichts|keine) (mehr|wieder|weiter|länger|weiteren?)",
        "(mir|mich) (bitte |künftig |in zukunft |ab sofort |überhaupt )*(nicht|nie|nichts|keine|niemals) (mehr|wieder|weiter|länger|weiteren?) … (schreiben|anschreiben|kontaktieren|senden|schicken|mailen|an(zu)?schreiben|zu kontaktieren|zu schreiben|zusenden|zu schicken|kontaktiert|angeschrieben|belästigen|e-?mails?|mails|nachrichten)",
        "(nicht|nie) (mehr|weiter|länger|wieder) … (kontaktiert|angeschrieben|per mail angeschrieben|angemailt|belästigt) … (werden)?",
        "(aus|von) (ihrem|dem|eurem|ihrer|der|eurer|ihren|allen|diesem|dieser) (\\w+ )?(verteiler|mailverteiler|e-?mail-?verteiler|mailingliste|mail-?liste|liste|adressliste|datenbank|newsletter|verteilerliste|e-?mail-?liste|empfängerliste|kartei|system)",
        "(meld*|trag*|nehm*|nimm|lösch*|streich*|entfern*) (sie |ihr )?(mich|meine (e-?mail-?)?adresse|meine mailadresse|meine daten|meine e-?mail) … (ab|aus|von) ?([.!,]|$|dem verteiler|ihrem verteiler|diesem|diesen mails|der liste)",
        "(meine (e-?mail-?)?adresse|meine mailadresse|meine daten|meine e-?mail-?adresse|mich) … (aus dem verteiler|aus ihrem|zu löschen|löschen|austragen|abmelden|auszutragen|abzumelden) … (bitte|sie)",
        "(abbestellen|abzubestellen|abmelden|austragen) (möchte|will|würde)|(möchte|will|würde) (mich )?(\\w+ ){0,3}(abmelden|austragen|abbestellen)",
        "(möchte|will|wünsche|wollen) … (nichts mehr|keine \\w+ mehr|nicht mehr) … (hören|erhalten|bekommen|empfangen|zugeschickt|kontaktiert|angeschrieben)( werden)?",
        "(unterlassen|stoppen|beenden|lassen|hören) sie (bitte )?(es )?(weitere|die|diese|das|ihre|mit|alle|auf) (\\w+ ){0,3}(e-?mails?|mails|nachrichten|kontakt*|zuschriften|schreiben|mailerei|zusendung*|mir zu schreiben)",
        "lasst? (sie )?mich (bitte )?(endlich )?in ruhe|lassen sie mich (bitte )?(endlich )?in ruhe",
    ),
    denied=(
        "(keine|noch keine) (weiteren? |weitere |mehr )*(e-?mails?|mails?|nachrichten|nachricht) (von ihnen )?(mehr )?(erhalten|bekommen|gekommen|da|gesehen|gefunden|eingegangen)(?! (möcht|will|woll))",
        "(nicht|bitte nicht) (aus|von) (dem|ihrem|der) (\\w+ )?(verteiler|liste)[^,;]*",
        "(nicht|ungern) … (abmelden|austragen|abbestellen)",
    ),
    unless=(
        "(telefonisch|per telefon|auf der arbeit|anrufen|whatsapp|per sms|alte adresse|alten? (e-?mail-?)?adresse|stattdessen|sondern|neue (mail)?adresse|dienstlich*|geschäftlich*)",
        "nicht mehr ändern|es sei denn|außer",
        "\\?",
        "(vom|den|zum|zur) (termin|gespräch|probe*|kurs|prüfung) (ab|aus|abmelden)",
        "(ich|wir) (\\w+ )?(schreibe|kontaktiere|belästige|werde)",
    ),
)

_WITHDRAWS = Phrases(
    says=(
        # die Bewerbung zurücknehmen
        "(ziehe|zieh|nehme|ziehen wir|storniere|widerrufe|beende|annulliere) … {bew} … (zurück|raus|heraus)",
        "(storniere|widerrufe|beende|annulliere) (ich )?(\\w+ ){0,3}(meine|die) {bew}",
        "(ziehe|zieh|nehme) (ich )?(sie|diese|die|das|jene) (\\w+ ){0,3}zurück",
        "{bew} … (zurück(zu)?ziehen|zurück(zu)?nehmen|zurückgezogen|zurückgenommen|zurücknehme|zurückziehe|stornieren|zu stornieren|widerrufen|zurück (zu )?(ziehen|nehmen)|nicht (mehr |weiter )?aufrecht\\w+|nicht (mehr |weiter )?zu berücksichtigen|nicht (mehr |weiter )?berücksichtigen|als gegenstandslos|gegenstandslos|hinfällig|als erledigt|erübrigt|überholt|löschen|zu löschen|schließen|zu den akten)",
        "(ziehe|zieh) (ich )?(mich|hiermit mich) … (aus|von) … zurück",
        "mich … (aus|von) (dem|ihrem|diesem|eurem|der|ihrer|dieser|meiner) … ({prozess}|{bew}|{stelle}) … (zurück(zu)?ziehen|zurückziehe|zurückgezogen|zurück)",
        "(trete|steige|scheide|springe) … (von|aus) … ({bew}|{prozess}|{stelle}) … (zurück|aus|ab)",
        "(von|aus) (der|meiner|dem|ihrem|diesem|eurem) … ({bew}|{prozess}|{stelle}) … (zurück(zu)?treten|zurücktrete|aus(zu)?steigen|aussteige|aus(zu)?scheiden|ausscheide|ab(zu)?springen|abspringe)",
        "(nehmen|streichen|nimm|nehmt|streicht|streich|lassen|entfernen) (sie |ihr )?(bitte )?(mich|meinen namen|meine {bew}) … (aus|von) … ({prozess}|kandidatenliste|bewerberliste|liste der (bewerber|kandidat)*)",
        "(aus|von) (dem|ihrem|diesem|eurem|der|ihrer) … ({prozess}|kandidatenliste|bewerberliste) … (zu nehmen|nehmen|herauszunehmen|herausnehmen|streichen|zu streichen|rauszunehmen)",
        "(betrachten|sehen|behandeln) (sie )?(\\w+ ){0,3}{bew} (\\w+ ){0,3}(als|bitte als)",
        "{bew} … (hat|haben) sich … (erledigt|erübrigt)|(jobsuche|stellensuche|suche|arbeitssuche) … (erledigt|beendet|abgeschlossen|zu ende|vorbei)",
        # nicht weitermachen
        "(nicht|nicht mehr) … (weiterverfolg*|weiter(zu)?verfolgen|fort(zu)?setzen|fortsetze|fort(zu)?führen|fortführe|weiter(zu)?führen|weiterführe|aufrecht(zu)?erhalten|aufrechterhalte|weiter(zu)?machen|weitermache|weiter(zu)?gehen)",
        "nicht (mehr |weiter |länger )… ((zu )?verfolgen|verfolge|teil(zu)?nehmen|teilnehme|mit(zu)?machen|dabei( zu)? sein|bewerben|berücksichtig*|beworben|fortfahren|fort(zu)?fahren|ein(zu)?planen|antreten|an(zu)?treten|zu rechnen)",
        "(rechnen|planen) (sie |ihr )?(bitte )?(daher |also |deshalb )?nicht (mehr |weiter |länger )?(mit mir|mit meiner|auf mich|mich)",
        "(kein|keinerlei|leider kein) (weiteres |großes |wirkliches )?interesse (mehr|länger|an (der|dieser|ihrer|einer|dem|diesem) (\\w+ ){0,2}({stelle}|{prozess}|zusammenarbeit|mitarbeit|unternehmen|firma))|kein interesse ?([.!,;]|$|habe|besteht)",
        "interesse … nicht (mehr|länger)|interesse … (verloren|erloschen|verflogen|gesunken)|(nicht mehr|nicht weiter|nicht länger) … interesse",
        "(nicht mehr|nicht weiter|nicht länger|leider nicht|doch nicht) (\\w+ ){0,5}(interessiert|verfügbar|zur verfügung|zu haben|auf (der )?(job|stellen|arbeits)?suche|auf dem (arbeits)?markt|im rennen|dabei|infrage|in frage|in betracht)(?! (für|an) (ander|weiter))",
        "suche … nicht mehr|nicht mehr auf … suche|nicht mehr (nach )?(\\w+ ){0,3}(stelle|job|arbeit) … suche*",
        # anderswo
        "({ander}) ({stelle}) … (angenommen|unterschrieben|unterzeichnet|zugesagt|angetreten|annehme|annehmen (werde|möchte|will)|zugestimmt|gefunden|antrete|antreten (werde|will)|begonnen|entschieden|zusage|zu(zu)?sagen|den vorzug|den zuschlag)",
        "({ander}) (stelle|job|arbeit|anstellung|position|arbeitsstelle|beschäftigung|ausbildungsstelle|ausbildungsplatz|lehrstelle) … (bekommen|erhalten|ergattert|an Land gezogen|anfange|angefangen|anfangen)",
        "(werde|habe mich entschieden|entschieden|entschlossen|beschlossen|möchte|will) … ({ander}) ({stelle}) … (an(zu)?nehmen|zu(zu)?sagen|an(zu)?treten)",
        "nehme … ({ander}|anderes|das andere) ({stelle}) … an ?([.!,;]|$|und)|(trete|fange) … ({ander}|meine) (\\w+ )?({stelle}|{firma}) … an",
        "(habe|hab|haben|bin) … (woanders|anderswo|anderweitig|anderenorts|bei (einem|einer|der|meinem) … ({firma}|{stelle}|konkurrenz|anderen)|bei \\w+) (\\w+ ){0,4}(zugesagt|unterschrieben|angenommen|angefangen|gebunden|fündig|untergekommen|unterzeichnet|verpflichtet|begonnen|eingestellt worden|eingestellt|vergeben|orientiert|entschieden|gefunden|einen vertrag|unter vertrag)",
        "(woanders|anderswo|anderweitig|bereits|schon|inzwischen|mittlerweile) (\\w+ ){0,3}(zugesagt habe|unterschrieben habe|angenommen habe|angefangen habe|gebunden|fündig geworden|untergekommen|vergeben|orientiert|verpflichtet|unter vertrag|einen neuen (job|vertrag)|eine neue (stelle|arbeit|anstellung)|etwas (anderes |neues |passendes )?gefunden|was (anderes |neues )?gefunden|in festen händen)",
        "(einem|einer) ander* ({firma}|{stelle}|angebot) … (zugesagt|zusage (gegeben|erteilt)|den vorzug|den zuschlag|vorrang|zusagen|zu(zu)?sagen|zugewandt)",
        "(etwas|was) (anderes|neues|passenderes|besseres|passendes) (\\w+ )?(gefunden|angenommen|entschieden)|anderweitig (fündig|etwas gefunden)",
        "(mich|wir uns) … (für|zugunsten|zu gunsten) (ein|eine|einen|eines|einer|das|die|den|etwas) (\\w+ )?(ander*|neu*|zweit*|weiter*|konkurr*|alternativ*) … (entschieden|entscheiden|entscheide|entschlossen|entschied)",
        "(mich|wir uns) … gegen (die|eine|ihre|den|das|diese|ein|einen|ihr|eure|euer|euch|sie|weitere|eine weitere) .. ({stelle}|{firma}|{prozess}|teilnahme|fortsetzung|wechsel|jobwechsel|zusammenarbeit|bewerbung|umzug|fortführung|annahme|rolle|einstieg|weiter*|tätigkeit|entschieden) … (entschieden|entscheiden|entscheide)?",
        "mich … (anders|um|anderweitig|beruflich|neu) (\\w+ )?(entschieden|orientiert|umorientiert|orientieren|umentschieden)|mich … (umentschieden|umorientiert)|(anderweitig|anders) (entschieden|orientiert)( habe| haben)",
        "(entschieden|entschlossen|beschlossen|entscheidung getroffen|entschluss gefasst|schluss gekommen),? … (nicht|doch nicht) (mehr |weiter |länger )?… (zu|fort|weiter|an|wechseln|antreten|wechsle)\\w*",
        "(entscheide|entscheiden) (ich )?mich … (für (ein|eine|einen|das|die|den|etwas) (ander|neu|zweit)\\w*|gegen (die|das|ihr|eine|ihre|den|diese|dieses))",
        "(entscheidung|wahl|entschluss) … (auf|für|zugunsten|gegen) (ein|eine|einen|eines|einer|das|die|den|ihr|ihre) .. (ander*|stelle|angebot|unternehmen|position|firma) … (gefallen|getroffen|ausgefallen|gefasst|steht)?",
        "(bleibe|bleib|bleiben) (\\w+ ){0,4}(bei|in|auf|beim) (meine\\w*|der|dem|mein|ein\\w*) (\\w+ )?(jetzigen?|jetziger|aktuellen?|bisherigen?|derzeitigen?|alten|gegenwärtigen|arbeitgeber|firma|betrieb|stelle|job|arbeitsplatz|team|unternehmen|posten)|(bleibe|bleib) (\\w+ ){0,4}(wo ich bin|hier|dort|da wo ich)",
        "(bei|in|auf) (meine\\w*|der|dem) (\\w+ )?(arbeitgeber|firma|betrieb|stelle|job|arbeitsplatz|unternehmen) (\\w+ ){0,2}(bleibe|zu bleiben|bleiben (möchte|werde|will))",
        # absagen
        "(muss|möchte|will|werde|müssen) … (ihnen |euch |dir )?… absagen|sage … ({stelle}|ihnen|euch|dir|hiermit|leider) … ab ?([.!,;]|$)|(eine|meine) absage (erteilen|geben|schicken|senden|mitteilen|zukommen)",
        "(nehme|nehmen) … abstand|abstand (zu )?nehmen|davon abstand|sehe … (davon ab|von (einer|meiner|der) .. (bewerbung|zusammenarbeit) ab)",
        "(verzichte|verzichten) … auf (die|das|eine|ihr|meine|ihre|den) .. ({stelle}|teilnahme|{bew}|{prozess}|weitere)",
        "(lehne|schlage) … (das|ihr|die|ihre|euer|den|es) … (ab|aus) ?([.!,;]|$)|(ihr|das|die|euer|ihre) .. ({stelle}) … (ablehnen|abzulehnen|ausschlagen|auszuschlagen|nicht (an(zu)?nehmen|annehme|antreten|an(zu)?treten))",
        "(ich bin|bin ich|bin) (\\w+ ){0,3}raus ?([.!,;]|$)|(steige|springe) (\\w+ ){0,4}(aus|ab) ?([.!;]|$)",
        "(stelle|position|job|rolle|aufgabe|sie|das|es|unternehmen) … (passt|passen) (\\w+ ){0,3}nicht (mehr )?(zu mir|für mich|in meine|zu meinen)|(doch )?nicht (mehr )?(das richtige|die richtige|der richtige|das passende|das) (\\w+ )?(für mich|ist)",
        "einen korb (\\w+ )?geben|(jemand anderen|jemand anders|jemanden anderen|anderen kandidaten) (\\w+ )?(suchen|nehmen|finden|vergeben)|anderweitig (\\w+ )?(vergeben|besetzen)|(kommt|kommen) … nicht (mehr )?(in frage|infrage|in betracht)|anderweitig gebunden|(bin|schon|bereits) vom markt|bin .. vergeben",
        "(einen|ein|den) (neuen|anderen|unbefristeten) (arbeits)?(vertrag|job) (\\w+ ){0,3}(unterschrieben|unterzeichnet|angenommen)|(neue|andere) wege (zu )?gehe*|(einen|ein) anderen weg (\\w+ )?(gehen|einschlagen|einzuschlagen|gewählt|zu gehen)",
    ),
    denied=(
        *_THIRD,
        "{bew} nicht (\\w+ )?(zurück*|storn*)|nicht (\\w+ ){0,4}zurück(zu)?(ziehen|nehmen|treten)|nicht (\\w+ ){0,4}(zurückziehe|zurücknehme|zurückgezogen)|ziehe (\\w+ ){0,4}nicht zurück",
        "(keine absicht|kein grund|denke nicht daran|statt|anstatt|ohne)[^;]*(zurück*|aus(zu)?steigen|ab(zu)?sagen)",
        "(noch |bisher |bislang )?(keine?n?|nicht|nichts|noch nicht|noch nichts|weder) (\\w+ ){0,5}(angenommen|zugesagt|unterschrieben|entschieden|gefunden|unterzeichnet)( habe)?",
        "({_maybe})(?! nur)[^;]*",
        "(denke|dachte) (\\w+ )?(darüber |daran )?(nach|daran)[^;]*",
        "würde(?! (\\w+ )?(gern*|hiermit|ich gern*))[^;]*(wenn|falls)[^;]*",
        "(wenn|falls|sollte ich|sollten sie|sollte es|sollte sich|sofern|solange|bevor|ehe|es sei denn|außer) (?!(möglich|das (ok|okay|in ordnung|geht)|es (geht|ihnen|möglich)))[^;]*$",
        "({tag})[^,;]*nicht (mehr )?[^,;]*(zur verfügung|verfügbar|dabei)",
        "nicht (mehr )?[^,;]*({tag}|{termin})[^,;]*(zur verfügung|verfügbar|dabei|teil*)",
        "(bin|stehe) [^,;]*({tag})[^,;]*nicht (mehr )?[^,;]*",
        "(nicht mehr|nicht|länger nicht) (verfügbar|zur verfügung|erreichbar) (am|um|von|bis|ab|in|vor|nach|zwischen)[^,;]*",
        "({termin})[^,;]*(absagen|abzusagen|verschieben|nicht|absage|ab)|(absagen|absage|sage|muss)[^,;]*({termin}|{tag})[^,;]*",
        "absage (erhalten|bekommen|von|gekommen|erteilt bekommen)|(ihre|eine|die|keine) absage[^,;]*(erhalten|bekommen|gekommen|kam|gefreut|überrascht)",
        "(sie|ihr|euch|man) (\\w+ )?(sich|euch|haben|habt|hat) (\\w+ ){0,5}(ander*|entschieden|zugesagt)[^;]*",
        "(mir|uns) (\\w+ )?(wurde|hat|haben|ist|worden)[^;]*(zugesagt|angeboten|angebot*)",
        "({ander}) ({stelle})[^,;]*(abgelehnt|abgesagt|ausgeschlagen|angeboten|ausgeschrieben)|(anderen|anderem)[^,;]*(abgesagt|abgelehnt)",
        "(link|formular|seite|portal|datei|upload|anhang|nummer)[^,;]*nicht (mehr )?[^,;]*",
        "ander* (kandidat*|bewerber*|person*|kolleg*)",
        "(vor|nach) dem (gespräch|termin)",
    ),
    unless=("{vergangen}",),
)

_OTHER_OFFER = Phrases(
    says=(
        "({ander}|konkret*|verbindlich*|schriftlich*|fest*|zwei|drei|mehrere|extern*|attraktiv*|gut*) (\\w+ ){0,2}{angebot}",
        "(ein|einen|eine|das|zwei|mehrere|weitere) (\\w+ ){0,2}({angebot}) … (erhalten|bekommen|liegt|vorliegen*|vorliegt|vorgelegt|auf dem tisch|unterbreitet|gemacht|in der tasche|in der hand|in händen|gekommen|reingekommen|hereingekommen|eingegangen|eingetroffen|von (einer|einem|zwei)|unterschriftsreif|zu unterschreiben|geschickt|zugeschickt|zugesandt|ins haus geflattert|hereingeflattert|auf meinem tisch)",
        "(habe|hab|hätte|liegt|liegen|bekam|erhielt|bekommen|erhalten|gibt|vorliegen|halte|besitze|wurde|kam|prüfe) (\\w+ ){0,5}(ein|einen|eine|zwei|mehrere|andere|weitere|noch ein) (\\w+ ){0,3}({angebot})",
        "{angebot} (von|bei|eines|einer|aus|der|durch) (ein\\w*|der|dem) (\\w+ )?(ander*|konkurr*|zweit*|weiter*|mitbewerber*|wettbewerb*)|{angebot} (von|bei) (anderer seite|anderswo|woanders|jemand)",
        "(ander*|zweit*|weiter*) ({firma}|arbeitgeberin|stelle|seite|laden) … (zugesagt|angeboten|zusage|angebot*|einstellen|haben will|haben möchte|haben wollen|übernehmen|nehmen|zusagen|will mich|wollen mich|möchte mich|sich für mich entschieden|eine antwort|antwort|entscheidung|bescheid|genommen|vertrag vorgelegt|vertrag)",
        "(woanders|anderswo|anderweitig|von anderer seite|an anderer stelle) … (angebot*|angeboten|zugesagt bekommen|zusage|eine zusage|zugesagt worden|vertrag)|(angebot*|zusage|vertrag) … (woanders|anderswo|anderweitig|von anderer seite)",
        "(mir|uns) (\\w+ ){0,4}(wurde|hat|haben|ist|worden) (\\w+ ){0,6}(angeboten|zugesagt|offeriert|eine zusage|ein angebot|einen vertrag)",
        "(wurde|hat|haben|ist|worden) (mir|man mir) (\\w+ ){0,6}(angeboten|zugesagt|offeriert|eine zusage|ein angebot|einen vertrag)|(mir|uns) (\\w+ ){0,8}(angeboten|zugesagt) (wurde|worden|hat)",
        "(zusage|stellenzusage|jobzusage) (\\w+ ){0,4}(von|bei|für) (einem|einer|eine|ein) ander*|(eine|zwei|schon eine|bereits eine) zusage … (habe|bekommen|erhalten|vorliegen|vor|liegt|von)",
        "(liegt|liegen) … (vor|auf dem tisch) … ({angebot})|(auf dem tisch|im raum|in der hinterhand) … ({angebot}|etwas)|{angebot} … auf dem tisch",
        "(vertrag|arbeitsvertrag|vertrags*|zusage|unterschrift) (\\w+ ){0,3}(beim|bei einem|bei einer|bei der|vom|von der|von einem|von einer|mit dem|mit einem) (\\w+ )?(wettbew*|mitbew*|konkurr*|ander*|zweit*|nachbar*)|(wollen|will|möchte|möchten|würden) mich (\\w+ ){0,5}(einstellen|haben|nehmen|übernehmen|anstellen|unter vertrag)|(ander*|zweit*) (\\w+ )?({firma}|stelle) (\\w+ ){0,5}(will|möchte|wollen|würde) mich|(frist|bedenkzeit) (\\w+ ){0,4}(für|von|bei) (\\w+ )?(ander*|dem|einen|einem) (\\w+ )?({angebot}|{firma})",
        "gegenangebot|konkurrenzangebot|alternativangebot|parallelangebot",
        "mein* (\\w+ )?(arbeitgeber|chef|firma) … (angeboten|gegenangebot|mehr gehalt|aufgestockt|erhöhung|nachgebessert)",
        "(bei|mit) (der|dem|einem|einer) ander* … (antwort*|zusag*|entscheid*|unterschreib*|rückmeld*|bescheid) (muss|soll|müsste)|(ander*|dort|denen) … (muss|soll|will man|wollen sie|möchten) … (bis|binnen|innerhalb) … (antwort*|zusag*|entscheid*|unterschreib*|rückmeld*|bescheid|wissen)",
        "(bei|mit) (ihrem|dem) angebot (mithalten|gleichziehen)|mithalten … (angebot|gehalt|konditionen)",
    ),
    denied=(
        *_THIRD,
        "(kein|keine|keinen|keinerlei|weder|noch kein|noch keine|ohne|nicht|nie) (\\w+ ){0,3}({ander}|zweit*|konkret*|weiteres)? ?({angebot}|zusage)[^,;]*",
        "{angebot} (\\w+ ){0,4}(nicht|keines|keins|keine|nie|noch nicht)[^,;]*",
        "(wenn|falls|sollte|sobald|sofern|bevor|ehe|ob)[^,;]*({angebot}|angeboten)[^,;]*",
        "(warte|hoffe|rechne|erwarte|hoffentlich|vielleicht|eventuell|demnächst|bald|aussicht|stehe kurz|suche|bewerbe|bewerben|vorstellungsgespräch*|womöglich|könnte) [^,;]*({angebot}|zusage)[^,;]*",
        "(ihr|euer|dein|ihre|eure|ihrem|ihres|ihren|eurem|das|den|dem|die|dieses|diesen|diesem) (\\w+ ){0,2}({angebot}) (von ihnen|von euch|ihrer|ihres)?",
        "{angebot} (von ihnen|von euch|ihres hauses|ihrer firma|ihrerseits|auf ihrer|in ihrem)",
        "({angebot}|{stelle})[^.;]*(abgelehnt|ausgeschlagen|abgesagt)|({angebot}|zusage) ?[:,] ?(nein|keins?|keines|keine|nicht|leider nein)|({angebot}|{stelle}) … (abgelehnt|ausgeschlagen|abgesagt|abzulehnen|ablehnen|angenommen|unterschrieben|unterzeichnet|zugesagt habe|annehmen|anzunehmen|angesehen|gelesen|gesehen|gefunden|ausgeschrieben)( habe)?",
        "(habe|hab) (\\w+ ){0,6}(zugesagt|unterschrieben)[^,;]*",
        "sie (\\w+ )?(mir|uns) (\\w+ ){0,5}(angeboten|zugesagt)|(haben|hatten|könnten|können|würden|wollen) sie[^,;]*({angebot}|angeboten|zugesagt)|(gibt es|haben sie|bieten sie)[^,;]*({ander})[^,;]*",
        "(weiter*|ander*) (stellenangebote|jobangebote|angebote) (auf|in|bei|von|aus) (ihrer|ihrem|eurer|der website|ihnen)|(gut|gute|gutes|attraktiv*|fest*) (\\w+ )?(vertrag|zusage|angebot) (wäre|ist mir|zu)",
        "(newsletter|werbung|weiterbildungsangebot*|kursangebot*|sonderangebot*)",
    ),
    unless=("{vergangen}",),
)

_MEHR = "(etwas|ein paar|mehr|einige|ein wenig|zwei|drei|vier|fünf|zehn|eine|einen|noch|ein bisschen|bisschen|wenig|kurz|genug|weitere|zusätzliche|\\d+|bis|paar|1-2|2-3)"

_ASKS_TIME = Phrases(
    says=(
        f"(brauche|bräuchte|benötige|hätte|wünsche mir|erbitte|brauch|bräucht|nehme mir|gönnen|bitte um|bitte sie um|bitte euch um|benötigte|bedarf) (ich )?(dafür |hierfür |dazu |aber |leider |gern |gerne |allerdings )*(noch |gern |gerne |dafür |hierfür |wohl |aber )*{_MEHR} (\\w+ )?(\\w+ )?({{dauer}}|länger)",
        f"{_MEHR} (\\w+ )?(mehr )?({{dauer}}|länger) (\\w+ ){{0,6}}(brauche|bräuchte|benötige|zum nachdenken|zum überlegen|nachzudenken|zu überlegen|überlegen|darüber nachdenken|bedenken|einräumen|geben|gewähren|zeit lassen|besprechen|nachdenken|verlängern|um (es|das|mir|darüber|die))",
        f"(geben|gib|gebt|lassen|lass|lasst|einräumen|gewähren|räumen) (sie |ihr )?(mir|uns) (bitte |doch |noch |dafür )*({_MEHR} )?(\\w+ )?({{dauer}}|{_MEHR} ({{dauer}}))",
        "bedenkzeit|fristverlängerung|aufschub|zeit zum (nachdenken|überlegen)|überlegungszeit|entscheidungsfrist|verlängerung (der|ihrer|meiner) frist",
        "frist … (verlänger*|verschieb*|verschoben|hinausschieb*|aufschieb*|erstreck*|nach hinten|flexibel|zu kurz|knapp|ausdehn*)|(verläng*|verschieb*|erstreck*) … (frist|deadline|entscheidung*|antwort*)|deadline … (verläng*|verschieb*|schieben|verschoben)|(mehr|etwas|noch) zeit (\\w+ )?(für|um|bis|zum|mit|lassen|nehmen|geben|zu|brauch*|benötig*|[.!?,]|$)",
        "(nicht|noch nicht) (so |ganz |ganz so |derart |zu )?(schnell|kurzfristig|rasch|sofort|auf die schnelle|von heute auf morgen|heute|spontan|gleich|auf anhieb) (\\w+ ){0,4}(entscheiden|zusagen|antworten|festlegen|beantworten|sagen|entscheide)",
        "(melde|meld|rühre) (ich )?mich (\\w+ ){0,5}(bis|am|in|im|nächste|ende|anfang|spätestens|morgen|übermorgen|nach|sobald|wieder|mit (einer|meiner)|kommende|zum|innerhalb|später|noch (heute|diese))",
        "(gebe|geb|sage|teile|lasse) (ich )?(ihnen|euch|dir) (\\w+ ){0,4}(bis|am|nächste|spätestens|morgen|ende|kommende|sobald|nach|anfang|innerhalb|in den nächsten|mitte) (\\w+ ){0,6}(bescheid|rückmeldung|antwort|mit|wissen|zu|ab)?",
        "(werde|kann|könnte|würde|möchte|will) (ich )?(mich |ihnen |euch )?(\\w+ ){0,4}(bis|am|spätestens|erst|nächste|ende|kommende|in der nächsten|im laufe|nach) (\\w+ ){0,8}(entscheiden|bescheid (geben|sagen)|rückmelden|zurückmelden|antworten|rückmeldung geben|melden|antwort geben|mitteilen|zusagen)",
        "(antwort|entscheidung|rückmeldung|zusage) (\\w+ ){0,3}(erst|später|verschieben|bis|nächste woche|am \\w+ geben|ende) (\\w+ ){0,5}(geben|treffen|mitteilen|möglich|ok|in ordnung|reicht|ausreichend|verschieben|zukommen|schicken|senden)",
        "(darüber|drüber|noch) (\\w+ )?(einmal |mal )?(eine nacht )?(darüber |drüber )?(schlafen|nachdenken|nachzudenken|schlafe)|eine nacht (darüber|drüber)|(in ruhe|gründlich|sorgfältig|gut|nochmal|noch einmal|erst|zuerst|noch) (\\w+ ){0,4}(überlegen|überdenken|abwägen|durchdenken|nachdenken|besprechen|durchgehen|zu besprechen|überschlafen)",
        "(reicht|genügt|ginge|geht|wäre|passt) (es |das |ihnen |es ihnen )?(\\w+ ){0,4}(wenn ich|auch|bis|noch|nächste woche|später) (\\w+ ){0,8}(antworte|melde|entscheide|bescheid|zusage|reichen|antwort|rückmeldung|warten|nächste woche)",
        "(bin|noch) (mir )?(noch )?(unentschlossen|unschlüssig|am überlegen|am abwägen|hin- und hergerissen)|bitte um (etwas |noch |ein wenig )?geduld|(können|könnten|würden) sie (\\w+ )?(noch )?(warten|gedulden|sich gedulden)|(um|noch) (etwas |ein wenig |ein bisschen )?geduld",
    ),
    denied=(
        *_THIRD,
        "(brauche|benötige|will|möchte) (ich )?(dafür |dazu )?(keine?|nicht)[^,;]*|keine (\\w+ )?(bedenkzeit|fristverlängerung)[^,;]*|(nicht|keine) (\\w+ )?(nötig|notwendig)",
        "(lassen|nehmen) sie sich[^,;]*",
        "(wenn|falls|solange|ob) (sie|ihr)[^,;]*",
        "(brauchen|benötigen|bräuchten) sie[^,;]*",
        "(kündigungsfrist|urlaub|resturlaub|parkplatz|elternzeit|fahrzeit|anfahrt|fahrt|pendel*)[^,;]*",
        "(vielen |herzlichen |besten )?dank [^,;]*zeit",
        "(seit|schon|warte) (\\w+ )?(zwei|drei|\\d+|mehrere|einige|langer) (wochen|tagen|zeit)[^,;]*",
        "(wann|bis wann)[^,;]*(sie|ihr)[^,;]*",
        "(ander*|dort|denen) [^,;]*(firma|unternehmen|arbeitgeber)[^,;]*",
    ),
    unless=("{vergangen}",),
)

_WARM = Phrases(
    says=(
        "(sehr|weiterhin|immer noch|nach wie vor|absolut|wirklich|äußerst|überaus|noch immer|definitiv|unverändert|natürlich|auf jeden fall|brennend|total|ungebrochen|mehr denn je|noch|großes|hoch|selbstverständlich|stark|ernsthaft|sicher) (\\w+ )?(sehr |stark |großes |voll |hoch |ganz )*(interessiert|motiviert|begeistert|interesse|dabei|angetan|hochmotiviert|im rennen|an bord|überzeugt|gespannt|neugierig)",
        "(bin|bleibe) (ich )?(\\w+ )?(interessiert|motiviert|begeistert|hochmotiviert|gerne dabei|gern dabei|dabei|voll dabei)( an (der|dieser|ihrer)|[.!,]|$| und)",
        "(großes|starkes|hohes|weiterhin|unverändertes|ungebrochenes|echtes|reges|bestehendes) (\\w+ )?interesse|interesse (\\w+ ){0,4}(nach wie vor|weiterhin|ungebrochen|unverändert|groß|besteht|noch da|bestärkt|gewachsen|gestiegen)|interessiert mich (sehr|nach wie vor|weiterhin|immer noch|wirklich|noch)|(stelle|aufgabe|position|rolle) (\\w+ )?(reizt|interessiert|begeistert|fasziniert) mich",
        "(freue|freu|freuen) (ich )?(mich|uns) (\\w+ ){0,3}(sehr |schon |riesig |wahnsinnig )*(auf|darauf|drauf|über)(?! (ihre|eine|baldige|die|deine|eure|jede|positive|ein)? ?(\\w+ )?(antwort|rückmeldung|nachricht|rückruf|feedback|hinweis|bescheid|info))",
        "freu(e|t)? mich (riesig|sehr|schon|total|wahnsinnig) ?[.!]|(vorfreude|kann es kaum erwarten|kann's kaum erwarten|kaum erwarten|brenne (darauf|für))",
        "(interesse|interessiert|motivation) ?[:,]? ?(ja|weiterhin|besteht|unverändert|nach wie vor|da)|(würde|würden) (\\w+ )?(mich|uns) (\\w+ )?(sehr |riesig |wirklich |total )?freuen,? (wenn|falls) (\\w+ ){0,4}(mit uns|klapp*|was wird|etwas wird|weitergeh*|zusammen*|dabei|wir|anfang*|arbeit*|stelle|zusage)|(halte|halten) (\\w+ ){0,5}(bewerbung|interesse) (\\w+ ){0,4}fest|bewerbung (\\w+ ){0,4}(halte|halten) (\\w+ ){0,4}fest|bewerbung (\\w+ ){0,3}(aufrecht|bestehen|bleibt bestehen)|(am liebsten|lieber|liebsten) (\\w+ ){0,4}(zu ihnen|bei ihnen|zu euch|bei euch|mit ihnen|mit euch|ihre stelle|bei ostwind)|klingt (\\w+ )?(fantastisch|super|großartig|klasse|toll|spitze|genial|hervorragend|wunderbar|perfekt)",
        "(wunscharbeitgeber|wunschstelle|wunschjob|traumjob|traumstelle|erste wahl|favorit|favoriten|wunschkandidat|wunschunternehmen|lieblings*|ganz oben auf meiner|absolute nummer eins|nummer eins|an erster stelle)",
        "(würde|möchte|will|wäre) (ich )?(\\w+ ){0,3}(gern|gerne|sehr gern|sehr gerne|unbedingt|liebend gern|liebend gerne|wirklich gern|weiterhin gern) (\\w+ ){0,6}(bei ihnen|bei euch|in ihrem|mit ihnen|teil|anfangen|arbeiten|weitermachen|weitergehen|annehmen|dabei|zusagen|kennenlernen|team|verstärken|übernehmen|starten|mitmachen|weiterverfolgen|im rennen|bewerben|fortsetzen|bleiben|einsteigen|mitarbeiten)",
        "(möchte|will|würde) (ich )?(unbedingt |wirklich |sehr |weiterhin |nach wie vor )+(\\w+ ){0,5}(arbeiten|anfangen|dabei|stelle|zu ihnen|zu euch|teil|haben|team|dabei sein)",
        "(nehme|nehm) (ich )?(ihr|das|die|euer|ihre) (\\w+ )?(angebot|stelle|position) (\\w+ ){0,4}an|(sage|sag) (ich )?(\\w+ ){0,3}(gern|gerne|hiermit|freudig|mit freude|sehr gern|sehr gerne) (\\w+ )?zu|(ihr|das) angebot (\\w+ ){0,3}(gern|gerne|hiermit|mit freude) (\\w+ )?(an(zu)?nehmen|annehme)|mit (großer |größter )?freude (\\w+ )*(an|zu)",
        "(gespräch|team|besuch|rundgang|betrieb|aufgabe|atmosphäre|stelle|probetag|probearbeiten|kennenlernen|eindruck|sie|position) (\\w+ ){0,6}(hat|haben) (\\w+ ){0,3}(begeistert|überzeugt|bestärkt|sehr gefallen|gut gefallen|bestätigt|darin bestärkt|richtig gefallen)|(hat|haben) mir (\\w+ ){0,6}(sehr gut|richtig gut|ausgesprochen gut|außerordentlich|unheimlich|super|sehr) gefallen|(hat|haben) mich (\\w+ ){0,5}(begeistert|überzeugt|bestärkt)|gefällt mir (\\w+ )?(sehr|richtig|wirklich|ausgesprochen|super)",
        "(genau|exakt) (das|die|der|den|was) (\\w+ ){0,5}(suche|gesucht|vorgestellt|vorstelle|wünsche|will|möchte|richtige)|passt (perfekt|genau|hervorragend|super|ideal) (zu mir|für mich)|reizt mich (sehr|nach wie vor|immer noch)|(sehr|große|riesige|richtig|total|echt|voll|mega|nach wie vor|immer noch) (lust|bock) (auf|darauf|drauf|bei|mit)|feuer und flamme|mit an bord|gern* (wieder |weiter )?dabei|voll dabei|bin dabei",
    ),
    denied=(
        *_THIRD,
        "(nicht mehr|nicht|kein|keine|leider|nie|weder|wenig|kaum|ohne|unsicher|zweifel*|war|waren|wäre|hätte|weniger) (\\w+ ){0,4}(interess*|motiv*|begeister*|gefall*|überzeug*|dabei|freue|gern*|lust|richtige)[^,;]*",
        "(freue|freu) (ich )?mich [^.;]*(rückmeldung|antwort|nachricht|rückruf|zu hören|feedback|von ihnen|von euch|bescheid|feierabend|urlaub|wochenende)[^.;]*",
        "(würde|möchte|wüsste|hätte|würd) (ich )?(\\w+ )?(gern|gerne) (\\w+ ){0,8}(wissen|fragen|erfahren|absagen|zurückziehen|bedenkzeit|zeit|verschieben|nachfragen|rückmeldung|bitten|feedback|klären)[^;]*",
        "(freue|freut) mich [^,;]*(dass sie|für sie|für ihn|für euch|ihnen helfen)[^,;]*",
        "(interessiert|interessieren) (mich )?(\\w+ )?(ob|wie|wann|was|wer|welche*|warum|noch)[^.;]*",
        "(obwohl|auch wenn|so sehr|trotz)[^,;]*",
        "(weiterhin|wünsche)[^,;]*(viel erfolg|alles gute)",
    ),
    unless=(
        "leider|bedauerlicherweise|bedaure|schade|zurückziehen",
        "{vergangen}",
    ),
)

_QUESTION = Phrases(
    says=(
        "(wollte|möchte|würde|wollen|will|hätte|muss|darf|dürfte|wüsste|kann|könnte) (ich )?(\\w+ ){0,5}(fragen|nachfragen|wissen|erfahren|anfragen|gewusst|erkundigen|klären|nachhaken|nach(zu)?fragen|gefragt)(?! (sie|wollten))",
        "(frage|frag|erkundige) (ich )?(mich|sie|nur|mal|hiermit|nochmal) (\\w+ ){0,3}(ob|wann|wie|was|wo|wer|welche*|nach|warum|wieviel|inwieweit)",
        "(noch |dazu |hierzu |kurz |auch |nur |allerdings |vorab |jedoch |aber )*(eine|zwei|drei|ein paar|einige|mehrere|noch) (\\w+ )?(frage|fragen|rückfrage|rückfragen|anliegen) ?(\\w+ ){0,3}(zu|zum|zur|habe|hätte|:|an sie|bezüglich|wegen|hinsichtlich|offen|vorab|[.!,]|$)",
        "(könnten|können|würden|könntet|könnt|kannst|könntest|dürfte) (sie|ihr|du|ich sie) (mir )?(\\w+ ){0,8}(sagen|mitteilen|bescheid geben|verraten|erklären|bestätigen|erläutern|schicken|zusenden|nennen|wissen lassen|beantworten|informieren|geben|zukommen|senden|sagen|klären|bitten)",
        "(sagen|teilen|geben|schreiben|lassen|nennen|schicken|sagt|gebt|erklären) (sie |ihr )?mir (\\w+ ){0,5}(ob|wann|wie|was|wo|wer|welche*|warum|bescheid ob|bescheid wann|mit ob|die adresse|den ort|die uhrzeit|wissen|wieviel)",
        "(wissen sie|weißt du|wisst ihr|haben sie|gibt es|ist es|wäre es|ist das|sind|ist die|ist der|wird|werden|muss ich|soll ich|kann ich|darf ich|bis wann|ab wann|wann|wie lange|wie viel|wieviel|wie hoch|wie sieht|wie geht es|wo|welche|welcher|welches|was ist|was muss|was soll|wer|inwieweit) (\\w+ )+(sie|ich|es|schon|man|die|der|das|mit|ein|eine|möglich|weiter|noch)[^.]*\\?",
        "^(und |also |noch eins |ach ja |übrigens |danke |hallo )*(wann|wie lange|wie viel|wieviel|wie hoch|wie sieht|wo genau|wo findet|wo ist|wer ist|wer wird|was ist|was muss|was soll|was wird|gibt es|haben sie|wissen sie|muss ich|soll ich|kann ich|darf ich|ist es|ist das|ist der|ist die|wäre es|welche[rsn]? \\w+|ab wann|bis wann) [^.!]*\\.?$",
        "(wüsste|hätte) (ich )?(\\w+ ){0,2}(gern|gerne) (\\w+ ){0,5}(ob|wann|wie|was|wo|gewusst|wer|welche*|mehr)|(interessier*|interessant) (\\w+ ){0,4}(ob|wann|wie|was|wo|wer|welche*)|(unklar|nicht klar|nicht sicher|unsicher|keine ahnung|nicht ganz sicher|offen) (\\w+ ){0,3}(ob|wann|wie|was|wo|wer|welche*)|(ob|wann|wie|was|wo) (\\w+ ){0,9}(wüsste ich gern*|würde mich interessieren|wollte ich fragen|wollte ich wissen|möchte ich wissen|ist mir (noch )?(nicht klar|unklar))",
        "bitte um (\\w+ )?(info|information|auskunft|rückmeldung|mitteilung|klärung|bestätigung) (\\w+ ){0,2}(ob|wann|wie|zu|zum|zur|über|bezüglich|was|wo)|(gibt es|gibt's) (schon |bereits )?(neuigkeiten|etwas neues|was neues|einen (zwischen)?stand|neues)",
    ),
    denied=(
        "(keine|keinerlei|bei|falls|wenn|für|alle|ihre|meine|deine|eure|sollten sie|weitere|offenen|noch) (\\w+ )?(rück)?fragen (?!(zu|an sie|habe|hätte|bezüglich))[^,.;]*|(keine|bei|für) (\\w+ )?fragen[^,.;]*",
        "(bei|für) (\\w+ )?rückfragen[^.;]*|(stehe|bin|melden|wenden)[^.;]*(fragen|rückfragen)[^.;]*",
        "(sie|ihr) (\\w+ )?(fragen|fragten|wollten wissen|wissen wollten|gefragt)[^,;]*",
        "(kein|keine) frage\\b",
        "(ohne|um) (\\w+ )?zu wissen|wissen lassen|(weiß|wissen) (\\w+ )?(zu schätzen|bescheid)|gewusst",
        "(melde mich|sage ihnen|gebe ihnen|teile ihnen|lasse sie)[^.;]*",
        "(wie|was|wann|wo) (besprochen|vereinbart|gewünscht|gesagt|erwähnt|geplant|telefonisch|angekündigt|gebeten|abgesprochen|verabredet|passiert)[^.?;]*",
    ),
)

LANGUAGE = Language(
    phrases={
        Meaning.STOP: _STOP,
        Meaning.WITHDRAWS: _WITHDRAWS,
        Meaning.OTHER_OFFER: _OTHER_OFFER,
        Meaning.ASKS_TIME: _ASKS_TIME,
        Meaning.WARM: _WARM,
        Meaning.QUESTION: _QUESTION,
    },
    words={**_WORDS, "_maybe": _MAYBE},
)
