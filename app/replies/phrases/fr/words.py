"""French: word classes, and what people say of others."""

# ruff: noqa: E501  # a frame is read in one piece

WORDS = {
    "peut": "peut-être|éventuellement|j'hésite|j'envisage|je songe|je pense à|il se peut|je pourrais|je risque|sans doute devoir|sinon|faute de quoi|à défaut|au cas où|à moins|sauf si|je réfléchis à|s'il faut|tenté* de|sur le point",
    "cand": "candidature|dossier|postulation|demande d'emploi|cv",
    "poste": "poste|postes|emploi|offre|offres|proposition|propositions|contrat|cdi|cdd|travail|opportunité|opportunités|place|mission|fonction|stage|apprentissage|alternance|job|rôle|embauche|promesse d'embauche|promesse|engagement|situation",
    "boite": "entreprise|société|employeur|boîte|structure|maison|établissement|groupe|organisation|atelier|usine|agence|cabinet|start-?up|équipe|concurrent|concurrente|part|voie|direction|chemin|option|piste|chantier|clinique|école",
    "proc": "processus|procédure|recrutement|sélection|course|concours|démarche|parcours|entretiens|échanges|candidats|liste des candidats|aventure|tour|étape|suite",
    "offre": "offre*|proposition*|promesse* d'embauche|promesse*|contre-?offre*|contrat*|contre-?proposition*",
    "autre": "une autre|un autre|d'autres|autre|deuxième|seconde|nouvelle|nouveau|nouvel|concurrente|parallèle|différente",
    "adj": "(?:(?!(?:question|questions|sur|concernant|à|au|votre|vos|la|le|les|cette|précision|copie|propos|doute|si|que|réponse)\\b)\\w+ ){0,3}",
    "jour": "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|aujourd'hui|ce matin|cet après-midi|ce soir|cette semaine|la semaine prochaine|à \\d+|le \\d+",
    "rdv": "entretien*|rendez-vous|rdv|appel|visio*|réunion|créneau*|rencontre|visite|essai",
    "qui": "ami|amie|collègue|copain|copine|mari|femme|frère|soeur|sœur|conjoint|conjointe|compagnon|compagne|fils|fille|voisin|voisine|cousin|cousine|candidat|candidate|colocataire|mère|père|partenaire",
    "duree": "temps|jours?|journées?|semaines?|heures?|délai*|week-?end|réflexion|recul|moment|sursis",
    "passe": "l'année dernière|l'an dernier|il y a (?:un|deux|trois|quatre|\\d+) ans?|il y a (?:quelques|deux|trois|quatre|six|\\d+) mois|à l'époque|par le passé|en 20(?:1\\d|2[0-5])|ma (?:précédente|dernière|première|ancienne) candidature|autrefois",
}

THIRD = (
    "(mon|ma|un|une|le|la|son|sa|votre|notre) (\\w+ )?({qui}) (?!et moi)(?:[^,;](?! donc | et je | mais ))*",
    "(il|elle) (a|est|s'est|avait) (?!(possible|impossible))[^,;]*",
)
