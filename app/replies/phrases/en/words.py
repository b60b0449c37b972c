"""English: word classes, and what people say of others."""

# ruff: noqa: E501  # a frame is read in one piece

WORDS = {
    "polite": "possible|i may|that is|this is|it is (?:ok|okay|all right|alright|possible|not too)|you do not mind|you could|you would|you can|you please|at all",
    "application": "application|profile|candidacy|candidature|submission|name|cv|resume|interest|hat",
    "role": "role|position|job|opening|opportunity|post|vacancy|offer|contract|place|spot|gig|apprenticeship|placement|internship|seat|employment|work",
    "process": "process|procedure|consideration|running|race|search|pool|pipeline|shortlist|hat|ring|contention|list of (?:candidates|applicants)|(?:candidate|applicant|candidates) list|selection|application|recruitment|interviews|competition",
    "company": "company|employer|firm|organi[sz]ation|business|team|studio|agency|start-?up|place|party|hospital|clinic|school|shop|workshop|outfit|yard|plant|group",
    "choice": "{company}|{role}|option|path|direction|route|way|one",
    "other": "another|a different|the other|a second|some other|one of the other|a rival|a competing|an alternative|a new",
    "folk": "friend|colleague|wife|husband|partner|brother|sister|son|daughter|flatmate|room-?mate|cousin|neighbour|neighbor|mother|father|mum|dad|co-?worker|classmate|candidate|mate|buddy|pal",
    "onward": "mov* (?:forward|ahead|on|any further|further)|go(?:es|ing)? (?:forward|ahead|any further|further|on|through)|step* forward|continu*|proceed*|progress*|carry* on|pursu*",
    "ending": "[.,!;:)]|$|thanks|thank|but|and|so|at this|at the moment|right now|for now|any more|anymore|any longer|after all|as i|because|since",
    "weekday": "mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rs)?(?:day)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?",
    "past": "last year|(?:two|three|four|some|a few|many|several|\\d+) years ago|a year ago|(?:two|three|four|six|some|a few|several|\\d+) months ago|back in 20\\d\\d|in 20(?:1\\d|2[0-5])|in the past|back then|at the time|when i (?:first|last|previously) applied|my (?:last|previous|earlier|former|old) application",
    "offer": "offers?|counter-?offers?",
    "adj": "(?:(?!(?:about|question|questions|the|your|this|that|to|on|regarding|if|of|my|look|idea|copy|chance|doubt|problem|issue)\\b)\\w+ ){0,3}",
    "decide": "decided|chosen|opted|elected|agreed|chose|resolved|prefer|rather|like|wish|best|decision|decide|inclined|choosing",
}

THIRD = (
    "(my|a|an|the|his|her|our|your|another|one) (\\w+ )?{folk}s? (?!and i\\b)(?:[^,;](?! so | and | but ))*",
    "(he|she) (has |had |is |was )?(just |also |already )?(decided|chosen|accepted|received|got|withdrew|withdrawn|took|taken|signed|been)[^,;]*",
)
