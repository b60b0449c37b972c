"""German: asks for time, is interested, asks a question."""

# ruff: noqa: E501  # a frame is read in one piece

from app.replies.phrases.de.words import THIRD
from app.replies.phrases.meaning import Phrases

_MEHR = "(etwas|ein paar|mehr|einige|ein wenig|zwei|drei|vier|fünf|zehn|eine|einen|noch|ein bisschen|bisschen|wenig|kurz|genug|weitere|zusätzliche|\\d+|bis|paar|1-2|2-3)"

ASKS_TIME = Phrases(
    says=(
        f"(brauche|bräuchte|benötige|hätte|wünsche mir|erbitte|brauch|bräucht|nehme mir|gönnen|bitte um|bitte sie um|bitte euch um|benötigte|bedarf) (ich )?(dafür |hierfür |dazu |aber |leider |gern |gerne |allerdings )*(noch |gern |gerne |dafür |hierfür |wohl |aber )*{_MEHR} (\\w+ )?(\\w+ )?({{dauer}}|länger)",
        f"{_MEHR} (\\w+ )?(mehr )?({{dauer}}|länger) (\\w+ ){{0,6}}(brauche|bräuchte|benötige|zum nachdenken|zum überlegen|nachzudenken|zu überlegen|überlegen|darüber nachdenken|bedenken|einräumen|geben|gewähren|zeit lassen|besprechen|nachdenken|verlängern|um (es|das|mir|darüber|die))",
        f"(geben|gib|gebt|lassen|lass|lasst|einräumen|gewähren|räumen) (sie |ihr )?(mir|uns) (bitte |doch |noch |dafür )*({_MEHR} )?(\\w+ )?({{dauer}}|{_MEHR} ({{dauer}}))",
        "bedenkzeit|fristverlängerung|aufschub|zeit zum (nachdenken|überlegen)|überlegungszeit|entscheidungsfrist|verlängerung (der|ihrer|meiner) frist",
        "frist … (verlänger*|verschieb*|verschoben|hinausschieb*|aufschieb*|erstreck*|nach hinten|flexibel|zu kurz|knapp|ausdehn*)|(verläng*|verschieb*|erstreck*) … (frist|deadline|entscheidung*|antwort*)|deadline … (verläng*|verschieb*|schieben|verschoben)|(mehr|etwas|noch) zeit (\\w+ )?(für|um|bis|zum|mit|lassen|nehmen|geben|zu|brauch*|benötig*|[.!?,]|$)",
        "(nicht|noch nicht) (so |ganz |ganz so |derart |zu )?(schnell|kurzfristig|rasch|sofort|auf die schnelle|von heute auf morgen|heute|spontan|gleich|auf anhieb) (\\w+ ){0,4}(entscheiden|zusagen|antworten|festlegen|beantworten|sagen|entscheide)",
        "(melde|meld|rühre) (ich )?mich (\\w+ ){0,6}mit (einer|meiner) (\\w+ )?(entscheidung|antwort|zusage|rückmeldung)",
        "(gebe|geb|sage|teile|lasse) (ich )?(ihnen|euch|dir) (\\w+ ){0,4}(bis|am|nächste|spätestens|morgen|ende|kommende|sobald|nach|anfang|innerhalb|in den nächsten|mitte) (\\w+ ){0,6}(bescheid|rückmeldung|antwort|mit|wissen|zu|ab)?",
        "(werde|kann|könnte|würde|möchte|will) (ich )?(mich |ihnen |euch )?(\\w+ ){0,4}(bis|am|spätestens|erst|nächste|ende|kommende|in der nächsten|im laufe|nach) (\\w+ ){0,8}(entscheiden|bescheid (geben|sagen)|rückmelden|zurückmelden|antworten|rückmeldung geben|melden|antwort geben|mitteilen|zusagen)",
        "(antwort|entscheidung|rückmeldung|zusage) (\\w+ ){0,3}(erst|später|verschieben|bis|nächste woche|am \\w+ geben|ende) (\\w+ ){0,5}(geben|treffen|mitteilen|möglich|ok|in ordnung|reicht|ausreichend|verschieben|zukommen|schicken|senden)",
        "(darüber|drüber|noch) (\\w+ )?(einmal |mal )?(eine nacht )?(darüber |drüber )?(schlafen|nachdenken|nachzudenken|schlafe)|eine nacht (darüber|drüber)|(in ruhe|gründlich|sorgfältig|gut|nochmal|noch einmal|erst|zuerst|noch) (\\w+ ){0,4}(überlegen|überdenken|abwägen|durchdenken|nachdenken|besprechen|durchgehen|zu besprechen|überschlafen)",
        "(reicht|genügt|ginge|geht|wäre|passt) (es |das |ihnen |es ihnen )?(\\w+ ){0,4}(wenn ich|auch|bis|noch|nächste woche|später) (\\w+ ){0,8}(antworte|melde|entscheide|bescheid|zusage|reichen|antwort|rückmeldung|warten|nächste woche)",
        "(bin|noch) (mir )?(noch )?(unentschlossen|unschlüssig|am überlegen|am abwägen|hin- und hergerissen)|bitte um (etwas |noch |ein wenig )?geduld|(können|könnten|würden) sie (\\w+ )?(noch )?(warten|gedulden|sich gedulden)|(um|noch) (etwas |ein wenig |ein bisschen )?geduld",
        "(mit|erst|zuerst|vorher) (\\w+ )?(meine*|der) (\\w+ )?(frau|mann|familie|partner|partnerin|freundin|freund|kindern|eltern|lebensgefährt*|mann|chef) (\\w+ ){0,4}(besprechen|sprechen|reden|abklären|klären|abstimmen|bereden|beraten|absprechen)|(besprechen|bereden|klären|abstimmen) (\\w+ ){0,3}mit mein* (\\w+ )?(frau|mann|familie|partner*|freund*|eltern)",
        "sacken lassen|(darf|kann|könnte|dürfte) (ich )?(mich |ihnen |euch )?(\\w+ ){0,4}(nächste|kommende|bis|am|ende|anfang|erst|später|in ein paar) (\\w+ ){0,6}(melden|antworten|bescheid|rückmelden|zusagen|entscheiden|antwort|rückmeldung)|(lassen|lass|lasst) (sie )?(mich|mir) (\\w+ ){0,4}(überlegen|nachdenken|schlafen|wochenende|bis|zeit)",
        "(kann|könnte|darf|könnten) (die|meine|ihre|das) (\\w+ )?(entscheidung|antwort|zusage|rückmeldung)? ?(\\w+ ){0,4}(warten|später)|(zu|etwas zu|ein bisschen zu) schnell|noch zeit ?([.,!]|$)",
        "(dass|wenn) ich (mich )?(\\w+ ){0,2}(erst|bis|noch) … (entscheide|melde|bescheid|antworte|zusage)|(etwas|mehr|ein wenig|ein bisschen) (mehr )?zeit (\\w+ )?(haben|bekommen|kriegen|lassen|geben|einräumen)",
        "übers knie brechen|(luft|atem) holen|(in ruhe|nochmal|noch einmal|alles) (\\w+ )?(durchrechnen|durchgehen|sortieren|sammeln|nachrechnen)|(etwas|ein bisschen|ein wenig) (luft|aufschub|spielraum|geduld)|(noch )?nicht (\\w+ )?festlegen|(bis|noch) (\\w+ ){0,4}(überlegen|nachdenken|bedenken|überschlafen|grübeln|abwägen)|(hin und her|hin- und her)(gerissen)?,? (\\w+ ){0,3}(kann|darf|könnte|geben|bis)|(gönnen|geben|lassen) sie (mir|uns) (\\w+ ){0,3}(bis|noch|etwas|zeit|tag*|wochenende)|(antworten|entscheiden|zusagen|bescheid geben|bescheid sagen) (darf|dürfte|könnte|kann|wenn)",
        "(dürfte|darf|könnte|kann) ich mir (\\w+ ){0,7}zeit (nehmen|lassen)|nichts (\\w+ )?überstürzen",
    ),
    denied=(
        "(brauche|benötige|will|möchte) (ich )?(dafür |dazu )?(keine?|nicht)[^,;]*|keine (\\w+ )?(bedenkzeit|fristverlängerung)[^,;]*|(nicht|keine) (\\w+ )?(nötig|notwendig)",
        "(lassen|nehmen) sie sich[^,;]*",
        "(wenn|falls|solange|ob) (sie|ihr)[^,;]*",
        "(brauchen|benötigen|bräuchten) sie[^,;]*",
        "(kündigungsfrist|urlaub|resturlaub|parkplatz|elternzeit|fahrzeit|anfahrt|fahrt|pendel*)[^,;]*",
        "(vielen |herzlichen |besten )?dank [^,;]*zeit",
        "(seit|schon|warte) (\\w+ )?(zwei|drei|\\d+|mehrere|einige|langer) (wochen|tagen|zeit)[^,;]*",
        "(wann|bis wann)[^,;]*(sie|ihr)[^,;]*",
        "(ander*|dort|denen) [^,;]*(firma|unternehmen|arbeitgeber)[^,;]*",
        "[^,;]*(zeugnis*|unterlagen|papiere|dokumente|attest|führungszeugnis|anfangen|beginnen|starten|{termin}|visum|nachweis*|formular*|bogen)[^,;]*",
    ),
    unless=("{vergangen}",),
)

WARM = Phrases(
    says=(
        "(sehr|weiterhin|immer noch|nach wie vor|absolut|wirklich|äußerst|überaus|noch immer|definitiv|unverändert|natürlich|auf jeden fall|brennend|total|ungebrochen|mehr denn je|noch|großes|hoch|selbstverständlich|stark|ernsthaft|sicher) (\\w+ ){0,5}(sehr |stark |großes |voll |hoch |ganz )*(interessiert|motiviert|begeistert|interesse|dabei|angetan|hochmotiviert|im rennen|an bord|überzeugt|gespannt|neugierig)",
        "(bin|bleibe) (ich )?(\\w+ )?(interessiert|motiviert|begeistert|hochmotiviert|gerne dabei|gern dabei|dabei|voll dabei)( an (der|dieser|ihrer)|[.!,]|$| und)",
        "(großes|starkes|hohes|weiterhin|unverändertes|ungebrochenes|echtes|reges|bestehendes) (\\w+ )?interesse|interesse (\\w+ ){0,4}(nach wie vor|weiterhin|ungebrochen|unverändert|groß|besteht|noch da|bestärkt|gewachsen|gestiegen)|interessiert mich (sehr|nach wie vor|weiterhin|immer noch|wirklich|noch)|(stelle|aufgabe|position|rolle) (\\w+ )?(reizt|interessiert|begeistert|fasziniert) mich",
        "(freue|freu|freuen) (ich )?(mich|uns) (\\w+ ){0,3}(sehr |schon |riesig |wahnsinnig )*(auf|darauf|drauf|über)(?! (ihre|eine|baldige|die|deine|eure|jede|positive|ein)? ?(\\w+ )?(antwort|rückmeldung|nachricht|rückruf|feedback|hinweis|bescheid|info))",
        "freu(e|t)? mich (riesig|sehr|schon|total|wahnsinnig) ?[.!]|(vorfreude|kann es kaum erwarten|kann's kaum erwarten|kaum erwarten|brenne (darauf|für))",
        "(interesse|interessiert|motivation) ?[:,]? ?(ja|weiterhin|besteht|unverändert|nach wie vor|da)|(würde|würden) (\\w+ )?(mich|uns) (\\w+ )?(sehr |riesig |wirklich |total )?freuen,? (wenn|falls) (\\w+ ){0,4}(mit uns|klapp*|was wird|etwas wird|weitergeh*|zusammen*|dabei|wir|anfang*|arbeit*|stelle|zusage)|(halte|halten) (\\w+ ){0,5}(bewerbung|interesse) (\\w+ ){0,4}fest|bewerbung (\\w+ ){0,4}(halte|halten) (\\w+ ){0,4}fest|bewerbung (\\w+ ){0,3}(aufrecht|bestehen|bleibt bestehen)|(am liebsten|lieber|liebsten) (\\w+ ){0,4}(zu ihnen|bei ihnen|zu euch|bei euch|mit ihnen|mit euch|ihre stelle|bei ostwind)",
        "(wunscharbeitgeber|wunschstelle|wunschjob|traumjob|traumstelle|erste wahl|favorit|favoriten|wunschkandidat|wunschunternehmen|lieblings*|ganz oben auf meiner|absolute nummer eins|nummer eins|an erster stelle)",
        "(würde|möchte|will|wäre) (ich )?(\\w+ ){0,3}(gern|gerne|sehr gern|sehr gerne|unbedingt|liebend gern|liebend gerne|wirklich gern|weiterhin gern) (\\w+ ){0,6}(bei ihnen|bei euch|in ihrem|mit ihnen|teil|anfangen|arbeiten|weitermachen|weitergehen|annehmen|dabei|zusagen|kennenlernen|team|verstärken|übernehmen|starten|mitmachen|weiterverfolgen|im rennen|bewerben|fortsetzen|bleiben|einsteigen|mitarbeiten)",
        "(möchte|will|würde) (ich )?(unbedingt |wirklich |sehr |weiterhin |nach wie vor )+(\\w+ ){0,5}(arbeiten|anfangen|dabei|stelle|zu ihnen|zu euch|teil|haben|team|dabei sein)",
        "(nehme|nehm) (ich )?(ihr|das|die|euer|ihre) (\\w+ )?(angebot|stelle|position) (\\w+ ){0,4}an|(sage|sag) (ich )?(\\w+ ){0,3}(gern|gerne|hiermit|freudig|mit freude|sehr gern|sehr gerne) (\\w+ )?zu|(ihr|das) angebot (\\w+ ){0,3}(gern|gerne|hiermit|mit freude) (\\w+ )?(an(zu)?nehmen|annehme)|mit (großer |größter )?freude (\\w+ )*(an|zu)",
        "(gespräch|team|besuch|rundgang|betrieb|aufgabe|atmosphäre|stelle|probetag|probearbeiten|kennenlernen|eindruck|sie|position) (\\w+ ){0,6}(hat|haben) (\\w+ ){0,3}(begeistert|überzeugt|bestärkt|sehr gefallen|gut gefallen|bestätigt|darin bestärkt|richtig gefallen)|(hat|haben) mir (\\w+ ){0,6}(sehr gut|richtig gut|ausgesprochen gut|außerordentlich|unheimlich|super|sehr) gefallen|(hat|haben) mich (\\w+ ){0,5}(begeistert|überzeugt|bestärkt)|gefällt mir (\\w+ )?(sehr|richtig|wirklich|ausgesprochen|super)",
        "(genau|exakt) (das|die|der|den|was) (\\w+ ){0,5}(suche|gesucht|vorgestellt|vorstelle|wünsche|will|möchte|richtige)|passt (perfekt|genau|hervorragend|super|ideal) (zu mir|für mich)|reizt mich (sehr|nach wie vor|immer noch)|(sehr|große|riesige|richtig|total|echt|voll|mega|nach wie vor|immer noch) (lust|bock) (auf|darauf|drauf|bei|mit)|feuer und flamme|mit an bord|gern* (wieder |weiter )?dabei|voll dabei|bin dabei",
        "(genau )?mein ding|(große|riesige|riesen|richtig|total|echt|viel|unheimlich|große) ?lust (\\w+ )?(auf|darauf|drauf|bei|mit|zu)|(da|ich) bin (ich )?(\\w+ )?dabei|(bin|bin ich) (hier |dort |bei ihnen )?(\\w+ )?richtig|(tolle|großartige|fantastische|wunderbare) (nachricht|neuigkeit*|nachrichten)|(was für|welch) eine (tolle|schöne) nachricht|kann (es )?mir (\\w+ ){0,2}(sehr gut |gut )?vorstellen|(ja|oh ja),? (sehr gern*|unbedingt|auf jeden fall|mit freude)",
        "(ich )?(will|möchte) (die|den|diese|diesen|unbedingt) (\\w+ )?(stelle|job|position|arbeit) ?([.!,]|$|haben|unbedingt)|(macht|würde|hat|machen) (\\w+ ){0,6}(spaß|freude) (\\w+ )?(machen|gemacht)?|begeistert (von|über)|klar (\\w+ ){0,3}(interesse|dabei)|sehr (\\w+ ){0,4}interessiert",
        "würde (mich )?(\\w+ ){0,3}freuen,? (\\w+ )?(teil|bei ihnen|in ihrem|ihr team|mit ihnen|dabei|mitglied|zu ihrem|ein teil)|wäre (\\w+ ){0,3}(eine ehre|ein traum|ein privileg|eine freude)",
        "(juckt|kribbelt) (es )?(mich|mir)? ?(\\w+ )?(in den fingern|schon)?|herzensangelegenheit|mit kusshand|wo (muss|soll|darf) ich unterschreiben|(ganz )?(oben|vorne) (auf (der|meiner) liste|bei mir)|steht (\\w+ )?außer frage|(daran|an meinem interesse) hat sich (\\w+ )?nichts geändert|sie haben mich (\\w+ )?(überzeugt|begeistert)|keine sekunde (\\w+ )?(zögern|überlegen)|ohne (zu )?(zögern|überlegen)|(würde|möchte) (\\w+ )?(lieber|am liebsten) (\\w+ ){0,3}(zu ihnen|bei ihnen|bei euch|zu euch|ihr|für sie)|(sie|ihr|ihre firma|ostwind) (\\w+ )?(sind|seid|ist|wären|wäre) (\\w+ ){0,3}(mir lieber|meine erste|mein favorit|meine nummer|wo ich|genau)|(hell|total) begeistert|überglücklich",
        "traumberuf|lieber heute als morgen",
    ),
    denied=(
        *THIRD,
        "(nicht mehr|nicht|kein|keine|leider|nie|weder|wenig|kaum|ohne|unsicher|zweifel*|war|waren|weniger) (\\w+ ){0,4}(interess*|motiv*|begeister*|gefall*|überzeug*|dabei|freue|gern*|lust|richtige)[^,;]*",
        "(freue|freu) (ich )?mich [^.;]*(rückmeldung|antwort|nachricht|rückruf|zu hören|feedback|von ihnen|von euch|bescheid|feierabend|urlaub|wochenende)[^.;]*",
        "(würde|möchte|wüsste|hätte|würd) (ich )?(\\w+ )?(gern|gerne) (\\w+ ){0,8}(wissen|fragen|erfahren|absagen|zurückziehen|bedenkzeit|zeit|verschieben|nachfragen|rückmeldung|bitten|feedback|klären)[^;]*",
        "(freue|freut) mich [^,;]*(dass sie|für sie|für ihn|für euch|ihnen helfen)[^,;]*",
        "(interessiert|interessieren) (mich )?(\\w+ )?(ob|wie|wann|was|wer|welche*|warum|noch)[^.;]*",
        "(obwohl|auch wenn|so sehr|trotz)[^,;]*",
        "(weiterhin|wünsche)[^,;]*(viel erfolg|alles gute)",
        "(nehme|nehm) (\\w+ ){0,5}nicht[^,;]*",
    ),
    unless=(
        "leider|bedauerlicherweise|bedaure|schade|zurückziehen",
        "{vergangen}",
    ),
)

QUESTION = Phrases(
    says=(
        "(wollte|möchte|würde|wollen|will|hätte|muss|darf|dürfte|wüsste|kann|könnte) (ich )?(\\w+ ){0,5}(fragen|nachfragen|wissen|erfahren|anfragen|gewusst|erkundigen|klären|nachhaken|nach(zu)?fragen|gefragt)(?! (sie|wollten))",
        "(frage|frag|erkundige) (ich )?(mich|sie|nur|mal|hiermit|nochmal) (\\w+ ){0,3}(ob|wann|wie|was|wo|wer|welche*|nach|warum|wieviel|inwieweit)",
        "(noch |dazu |hierzu |kurz |auch |nur |allerdings |vorab |jedoch |aber )*(eine|zwei|drei|ein paar|einige|mehrere|noch) (\\w+ )?(frage|fragen|rückfrage|rückfragen|anliegen) ?(\\w+ ){0,3}(zu|zum|zur|habe|hätte|:|an sie|bezüglich|wegen|hinsichtlich|offen|vorab|[.!,]|$)",
        "(könnten|können|würden|könntet|könnt|kannst|könntest|dürfte) (sie|ihr|du|ich sie) (mir )?(\\w+ ){0,8}(sagen|mitteilen|bescheid geben|verraten|erklären|bestätigen|erläutern|schicken|zusenden|nennen|wissen lassen|beantworten|informieren|geben|zukommen|senden|sagen|klären|beschreiben|erklären|helfen|durchgeben)",
        "(sagen|teilen|geben|schreiben|lassen|nennen|schicken|sagt|gebt|erklären) (sie |ihr )?mir (\\w+ ){0,5}(ob|wann|wie|was|wo|wer|welche*|warum|bescheid ob|bescheid wann|mit ob|die adresse|den ort|die uhrzeit|wissen|wieviel)",
        "(wissen sie|weißt du|wisst ihr|haben sie|gibt es|ist es|wäre es|ist das|sind|ist die|ist der|wird|werden|muss ich|soll ich|kann ich|darf ich|bis wann|ab wann|wann|wie lange|wie viel|wieviel|wie hoch|wie sieht|wie geht es|wo|welche|welcher|welches|was ist|was muss|was soll|wer|inwieweit) (\\w+ )+(sie|ich|es|schon|man|die|der|das|mit|ein|eine|möglich|weiter|noch)[^.]*\\?",
        "^(und |also |noch eins |ach ja |übrigens |danke |hallo |noch eine (sache|frage),? |eine (kurze )?frage (noch )?,? |kurze frage,? )*(wann|wie lange|wie viel|wieviel|wie hoch|wie sieht|wo genau|wo findet|wo ist|wer ist|wer wird|was ist|was muss|was soll|was wird|gibt es|haben sie|wissen sie|muss ich|soll ich|kann ich|darf ich|ist es|ist das|ist der|ist die|wäre es|welche[rsn]? \\w+|ab wann|bis wann) [^.!]*\\.?$",
        "(wüsste|hätte) (ich )?(\\w+ ){0,2}(gern|gerne) (\\w+ ){0,5}(ob|wann|wie|was|wo|gewusst|wer|welche*|mehr)|(interessier*|interessant) (\\w+ ){0,4}(ob|wann|wie|was|wo|wer|welche*)|(unklar|nicht klar|nicht sicher|unsicher|keine ahnung|nicht ganz sicher|offen) (\\w+ ){0,3}(ob|wann|wie|was|wo|wer|welche*) (?!(ich|wir|mein*)\\b)(\\w+)|(ob|wann|wie|was|wo) (\\w+ ){0,9}(wüsste ich gern*|würde mich interessieren|wollte ich fragen|wollte ich wissen|möchte ich wissen|ist mir (noch )?(nicht klar|unklar))",
        "bitte um (\\w+ )?(info|information|auskunft|rückmeldung|mitteilung|klärung|bestätigung) (\\w+ ){0,2}(ob|wann|wie|zu|zum|zur|über|bezüglich|was|wo)|(gibt es|gibt's) (schon |bereits )?(neuigkeiten|etwas neues|was neues|einen (zwischen)?stand|neues)",
        "(wollte|möchte|wollt) (\\w+ ){0,3}(hören|gerne wissen|mal hören|nachhören) (ob|wie|wann|was)|eine (\\w+ )?frage (noch|dazu|vorab)?|^(\\w+ )?wie (läuft|funktioniert|ist das|wird|viele|geht das|hoch|lang|weit) [^.!]*\\.?$",
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
