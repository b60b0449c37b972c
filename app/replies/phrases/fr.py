"""French."""

# ruff: noqa: E501  # a frame is read in one piece

from app.replies.phrases.meaning import Language, Meaning, Phrases

_WORDS = {
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

_THIRD = (
    "(mon|ma|un|une|le|la|son|sa|votre|notre) (\\w+ )?({qui}) (?!et moi)[^,;]*",
    "(il|elle) (a|est|s'est|avait) (?!(possible|impossible))[^,;]*",
)
_PEUT = "peut-être|éventuellement|j'hésite|j'envisage|je songe|je pense à|il se peut|je pourrais|je risque|sans doute devoir|sinon|faute de quoi|à défaut|au cas où|à moins|sauf si|je réfléchis à|s'il faut|tenté* de|sur le point"

_STOP = Phrases(
    says=(
        "^(merci de |svp |s'il vous plaît |bonjour |veuillez )*(me )?(stop|désabonner|désinscription|désinscrire|désabonnement|désabonnez|arrêt|arrêtez|me désinscrire|me désabonner|se désabonner)( svp| merci| s'il vous plaît)*[ .!]*$",
        "(désabonnez|désinscrivez|désabonne|désinscris|désabonner|désinscrire|radiez|rayez|supprimez|retirez|enlevez|ôtez|effacez) ?-?(moi|mon (adresse|e-?mail|mail|nom|contact)|mes (coordonnées|données)) (\\w+ ){0,2}(de|du|des|sur|svp|s'il|merci|[.!,]|$)",
        "(me|de me|à me|mon (adresse|e-?mail|mail|nom)|mes (coordonnées|données)) … (désabonner|désinscrire|désinscrit\\w*|désabonné\\w*)",
        "(retirer|supprimer|enlever|rayer|ôter|effacer|sortir|radier) (mon (adresse|e-?mail|mail|nom)|mes coordonnées|mon contact) (\\w+ )?(de|du|des)",
        "(retirez|enlevez|rayez|supprimez|ôtez|sortez|retirer|enlever|rayer|supprimer|sortir) ?-?(moi|me)? (de|du) (votre|vos|la|cette|vos) (\\w+ )?(liste|fichier|listes|base|mailing|diffusion|newsletter|envois|fichiers|base de données)",
        "(ne|de ne|à ne) (plus|pas) (m'|me |nous )?(écrire|contacter|envoyer|adresser|solliciter|relancer|recontacter|écrivez|contactez|envoyez|adressez|sollicitez|relancez|recontactez|écris|envoie|contacte|recontacte)(?! (par téléphone|avant|sur mon|au travail))",
        "ne me (écrivez|contactez|envoyez|adressez|sollicitez|relancez|recontactez|écris|envoie|contacte|recontacte|écrire) plus",
        "ne (plus|pas|souhaite plus|veux plus|désire plus|souhaite pas|veux pas) … (recevoir|être (contacté*|sollicité*|relancé*|recontacté*|dérangé*)|avoir de) (de |d'|vos |ces |des |aucun |par |plus |[.!,]|$)",
        "plus recevoir (de |d'|vos |ces |aucun )",
        "(arrêtez|cessez|arrêter|cesser|stoppez|stopper|arrête) (de |d'|vos |ces |tout |tous |toute |les |s'il vous plaît |svp |l'|immédiatement |avec )*(m'|me )?(écrire|contacter|envoyer|envois?|e-?mails?|mails?|messages?|courriels?|relances?|contact|communication*|solliciter|solliciter|spam*|harceler|relancer|newsletters?|sollicitations?)",
        "plus (de|d'|aucun) (e-?mails?|mails?|messages?|courriels?|relances?|newsletters?|sollicitations?) ?(de votre part|svp|s'il vous plaît|merci|[.!,]|$)",
        "(laissez|fichez|foutez)-moi (tranquille|en paix|la paix)",
        "ne (veux|souhaite|désire) plus (de|d'|vos|recevoir|aucun) (\\w+ )?(e-?mails?|mails?|messages?|courriels?|relances?)",
    ),
    denied=(
        "(n'ai|ne reçois|n'avons|n'ai pas|reçu) (plus|pas) (reçu |eu )?(de |d'|vos |aucun )(e-?mails?|mails?|messages?|courriels?|nouvelles)[^,;]*",
        "(ne|pas) [^,;]*(me désabonner|me désinscrire|me retirer)[^,;]*",
    ),
    unless=(
        "(par téléphone|sur mon portable|au travail|au bureau|ancienne adresse|plutôt|mon autre adresse|nouvelle adresse|professionnel*)",
        "\\?",
        "à moins|sauf",
    ),
)

_WITHDRAWS = Phrases(
    says=(
        "(retir*|annul*|repren*|suspend*|interromp*|stopp*|supprim*|clôtur*|clôturer|clore|abandonn*|enlev*) (\\w+ )?(ma|mon|cette|la|mes) (\\w+ )?{cand}",
        "(retrait|annulation|désistement) (de|d'|pour) (ma|mon|cette|la) (\\w+ )?({cand}|{poste})|(confirm*|inform*|notifi*|fais part|annonc*|part de) (\\w+ ){0,5}(mon retrait|mon désistement|de me retirer)",
        "(me|m'|nous) (suis |vois |dois |permets de me |contraint* de |retire|dois )*(désist\\w*|rétract\\w*)|désiste",
        "(me|nous) (retire|retirer|retirons) (de|du|de la|d') .. ({proc}|{poste}|{cand})|(retirez|retirer|enlever|enlevez|sortir|sortez|ôtez|rayez)(-moi| me| moi| mon nom| ma candidature) (\\w+ )?(de|du|des|de la) .. ({proc})",
        "(renonc*|je renonce) (\\w+ )?(à|au|aux) (ma|ce|cette|la|le|votre|l'|mon|poursuivre|continuer|postuler|poste) ?({cand}|{poste}|{proc}|\\w+)?",
        "(ne|n') (\\w+ )?(souhaite|désire|veux|vais|peux|compte|pense|souhaiterais|voudrais|pourrai|pourrais|désirons|souhaitons|envisage|suis) (\\w+ )?(plus|pas|finalement plus|finalement pas|donc plus|donc pas) (\\w+ )?(en mesure de |être en mesure de )?(poursuivre|continuer|donner (de )?suite|aller (plus loin|au bout|jusqu'au bout)|maintenir|être (candidat*|considéré*|retenu*)|faire partie|prendre part|participer (à la suite|au processus|à votre|au recrutement)|rejoindre|intégrer|m'engager|avancer|changer|quitter|accepter|occuper|prendre le poste|candidater|postuler|travailler|honorer)",
        "(ne|n') (poursuivrai|continuerai|donnerai|maintiens|maintiendrai|poursuis|continue|donne|rejoindrai|vous rejoindrai|irai|accepterai|prendrai|participerai|serai) (\\w+ )?(donc |finalement |malheureusement )?(pas|plus) (\\w+ )?(suite|plus loin|le processus|la procédure|ma candidature|votre|le poste|ce poste|à|dans|avec|l'aventure|des vôtres|disponible|candidat*)",
        "ne (pas|plus) (donner (de )?suite|poursuivre|continuer|aller plus loin|maintenir|accepter|rejoindre|retenir ma|tenir compte|considérer ma|prendre en compte|étudier ma|m'engager|changer|quitter|traiter ma)(?! (à votre question))",
        "(ne (donnerai|donnerons|donne) (\\w+ )?pas (de )?suite|sans suite de ma part)",
        "(ne|n') (\\w+ )?suis (\\w+ )?(plus|pas|finalement plus|donc plus|malheureusement plus) (\\w+ ){0,2}(intéressé*|disponible*|en recherche|candidat*|à l'écoute|sur le marché|en quête|partant*|libre*|à la recherche|motivé* par)",
        "(poste|offre|cela|ça|opportunité|ce|proposition) (\\w+ )?ne m'intéresse (\\w+ )?(plus|pas)|plus (intéressé*|d'intérêt) (\\w+ )?(par|pour)|plus intéressé*s? ?([.,!;]|$)|perdu (tout )?intérêt",
        "(ne|n') (recherche|cherche|ai plus besoin|ai plus l'intention) (\\w+ )?(plus|d'emploi|de travail|de)|(recherche*|recherches d'emploi) (\\w+ ){0,3}(terminée*|close*|finie*|achevée*|abouti*)|fin à (ma recherche|mes recherches|ma candidature|mes démarches|ce processus|notre processus|ma participation|nos échanges)",
        "(accepté|signé|pris|trouvé|choisi|décroché|obtenu|retenu|commencé|débuté|rejoint|intégré|opté pour|démarré|privilégié|donné mon accord (à|pour)|dit oui à|répondu favorablement à|donné suite à|préféré|engagé* (avec|auprès d'|dans|chez)|tourné* vers|accepte|signe|prends|rejoins|choisis|commence) (\\w+ )?({autre}) .. ({poste}|{boite}|chose|alternative)",
        "(accepté|signé|pris|décroché|décidé d'accepter|choisi d'accepter|préféré accepter|choisi|trouvé|obtenu) (un|une|le|la|l'|mon|leur|cette|ce) (\\w+ ){0,2}({poste}) (\\w+ ){0,3}(ailleurs|chez(?! (vous))|auprès|dans|avec|d'une|d'un|plus|qui|en|à|au|hier|aujourd'hui|ce matin|la semaine)",
        "(j'ai|ayant|je viens de|ai|avoir|viens d') (\\w+ )?(accepté|signé|accepter|signer) (un|une|mon) (\\w+ ){0,2}({poste})",
        "(signé|accepté|trouvé|engagé*|embauché*|recruté*|parti*|pars|vais|allé*|travaille|commencé|travailler|décidé d'aller|engager|m'engage) (\\w+ ){0,2}(ailleurs|autre part)|trouvé (chaussure|du travail|un travail|un emploi|autre chose|mon bonheur)",
        "(opter|opte|opté|choisir|choisi|choisis|orienté*|oriente|orienter|tourner|tourne|tourné*|décidé*|décider|porté*|arrêté|rejoindre|accepter|privilégier|donner suite à|aller|partir|m'engager|m'orienter|me tourner|saisir|saisi|penché*|préféré) (\\w+ ){0,2}(pour |vers |sur |de rejoindre |d'accepter |avec |en faveur d'|dans |chez |à )*({autre}) .. ({poste}|{boite}|chose|offre)",
        "(retenu|embauché*|recruté*|pris|engagé*|sélectionné*) (par|chez|dans) (une|un) autre .. ({boite})|(me suis|suis) (\\w+ )?engagé* (ailleurs|auprès|avec|envers|dans)",
        "(rester|reste|restons|resterai|continuer|demeurer) (\\w+ ){0,3}(à|dans|chez|en|où|là où|au|avec) (mon|ma|l'|je|place|poste|mes)? ?(\\w+ )?(poste|entreprise|employeur|actuel*|suis|société|place|équipe|fonction|emploi)|(je reste|rester|reste) (\\w+ )?(où je suis|là où je suis|en poste|finalement là)",
        "(déclin*|refus*|rejet*) (\\w+ )?(votre|l'|cette|la|le|ce|vos) (\\w+ )?({poste})|(dois|vais|préfère|souhaite|suis (contraint*|obligé*)( de)?) (\\w+ )?(décliner|refuser|renoncer|me retirer|abandonner|me désister|arrêter là|en rester là|m'arrêter là|stopper|passer mon tour)",
        "(considér*|regard*|tenir|traiter|veuillez considérer) (\\w+ )?(ma|mon|cette) {cand} (\\w+ )?(comme )?(\\w+ )?(retir*|caduque|nulle|annul*|clos*|sans objet|close)",
        "(ne (plus|pas)) (\\w+ )?(me (considérer|compter|prendre en compte|retenir)|compter sur moi)|ne (comptez|compter) (plus|pas) sur moi",
        "faux bond|(chercher|trouver|prendre|cherchez|trouvez) (quelqu'un d'autre|un autre candidat|une autre personne) (\\w+ )?(pour|à ma place)|passe (mon|ce) tour|(quitter|quitte|sortir|sors|abandonne*|mettre fin|mets fin|mettre un terme|mets un terme|arrêter|arrête|interrompre|interromps|me retire|stopper|suspendre|quittons) (\\w+ )?(du|le|la|au|à|ce|cette|votre|de ce|à ce|à cette|notre) .. ({proc}|{cand}|collaboration)",
        "(poste|offre|ce|mission|cela) (\\w+ )?(ne|n') (\\w+ )?(correspond|convient|est) (\\w+ )?(pas|plus|finalement pas) (à|pour|ce|au|finalement|mes|fait)|pas (fait* )?pour moi",
        "(changé d'avis|fait un autre choix|autre choix|pris une autre (décision|direction|voie)|autre direction|autre voie|une autre route|un autre chemin|un choix différent|d'autres horizons)",
        "(décidé|choisi|préféré|préfère|décision|décide|choix) (\\w+ )?(de |d')?(ne (pas|plus)|m'arrêter|arrêter|en rester|rester (dans|à|chez|où)|me retirer|renoncer|mettre fin|abandonner|décliner)(?! (attendre|répondre))",
        "(mon|votre) choix s'est (\\w+ )?porté (sur|vers)|choix s'est porté",
        "déjà (\\w+ )?(pris|engagé*|signé|accepté|embauché*|en poste) (\\w+ )?(ailleurs|par|un|une|dans|chez)",
        "(ce|cela|ça) (ne )?(sera|est) (\\w+ )?(non|pas possible) (pour moi|de mon côté)|c'est non|(laisse|laissez) (\\w+ )?(chercher|trouver|prendre) (\\w+ )?autre|non merci|merci,? mais non",
        "(arrête|arrêter|stopper|stoppe|interrompre|interromps|cesser|clore|clôturer|termine|terminer) (\\w+ )?(ma|le|la|notre|cette|mon) (\\w+ )?({proc}|{cand})|(commence|débute|démarre|prends) (\\w+ ){0,2}(un|une|mon) (nouveau|nouvel|nouvelle|autre) (\\w+ )?({poste})|(je )?(pars|partons|déménage|déménageons|va partir|m'installe|m'installer|s'installer) (\\w+ )?(vivre |m'installer |s'installer )?(au|en|à|aux) \\w+ (\\w+ ){0,4}(donc|du coup|alors)",
        "laisse tomber|(ne|n') (viendrai|viendrais|travaillerai|commencerai|intégrerai|rejoins) (\\w+ )?pas (\\w+ )?(travailler|chez|dans|à|votre|parmi)|(dire|dis|répondre) (\\w+ )?(que )?non (\\w+ )?([.,!]|$|à|pour)|pas pour moi|ne m'attendez (pas|plus)",
        "j'ai (\\w+ )?accepté ?([.,!]|$)|(ne|n') (\\w+ )?(peux|pourrai|pourrais|vais) (\\w+ )?(\\w+ )?pas (\\w+ )?(accepter|prendre|pouvoir accepter) ?(ce|le|votre|cette|la|l'|cet)? ?({poste}|[.,!]|$)|ne (souhaite|veux|désire) (\\w+ )?(pas|plus) (\\w+ )?(changer|quitter|bouger)|(préfère|choisis de|décide de) (\\w+ )?(ne pas|renoncer|rester|refuser|décliner)",
    ),
    denied=(
        *_THIRD,
        "(ne|n') (\\w+ ){0,3}(retire|retirer|désiste|désister|renonce|renoncer|abandonne) (pas|rien)[^,;]*",
        "(ne|n') (\\w+ ){0,3}(pas|jamais|nullement|point) (\\w+ ){0,4}(retir*|désist*|renonc*|abandonn*|annul*|interromp*)[^,;]*",
        "(ne|n') (\\w+ )?(ai|avons|avais) (\\w+ )?(pas|rien|encore rien|pas encore|jamais) (\\w+ ){0,2}(accepté|signé|pris|trouvé|choisi|décidé|dit)[^,;]*",
        "({_peut})[^;]*",
        "(ne sais pas|hésite|pas sûr*|me demande) [^,;]*(si|à)[^;]*",
        "si (vous|je|j'|mon|ma|votre|cela|ça|l'autre|rien|jamais|d'ici|aucun*|on|nous|une|un|le|la)[^;]*$",
        "(vous|ils|elles) (\\w+ )?(avez|ont|aviez|êtes|avaient) (\\w+ )?(décidé|choisi|retenu|accepté|pris|opté|porté|préféré|déclin*|refus*|annul*)[^;]*",
        "votre choix[^;]*",
        "(ne|n')[^,;]*(plus|pas) [^,;]*(disponible*|libre*) (\\w+ )?({jour}|à partir|avant|après|entre|pour (l'|un |cet |le |la |cette )?({rdv})|ce (matin|soir|jour)|à cette (heure|date)|à ce moment|avant)[^,;]*",
        "({jour})[^,;]*(plus|pas) [^,;]*(disponible*|libre*)[^,;]*|(annul*|report*|déplac*|décal*|décliner)[^,;]*({rdv})[^,;]*",
        "(déclin*|refus*|rejet*|laissé passer|renonc*|dit non) (\\w+ )?(à )?({autre}|l'autre|leur|deux|toutes les autres) (\\w+ )?({poste})[^,;]*",
        "autre* candidat*(?! (pour|à ma))",
        "avant (de|d') (accepter|signer|décider|me décider|renoncer)[^,;]*",
    ),
    unless=("{passe}",),
)

_OTHER_OFFER = Phrases(
    says=(
        "({autre}) (\\w+ ){0,2}({offre})",
        "(reçu|ai|eu|fait|a fait|faite|tiens|avoir|détiens|dispose d'|possède|en possession|obtenu|reçois|ont fait|recevoir|propose|transmis|remis|adressé|formulé|décroché|soumis|étudie|considère) (\\w+ ){0,3}(une|un|deux|plusieurs|trois) {adj}({offre})",
        "(une|un|deux|plusieurs) (\\w+ )?({offre}) (\\w+ ){0,3}(reçue*|entreprise|société|ailleurs|d'embauche|d'emploi|ferme|écrite|concrète|en main|en poche|sur la table|d'un autre|d'une autre|de la part|chez|à signer|alternative|concurrent|concurrente|intéressante|externe|sérieuse|en attente|d'un|d'une) ?(?!(de votre))",
        "({offre}) (\\w+ )?(ferme |écrite |d'emploi |d'embauche |concrète )*(ailleurs|d'un autre|d'une autre|d'un concurrent|de la concurrence|d'une société|d'une entreprise|d'un employeur|d'autres)|({offre}) (\\w+ ){0,2}(sur la table|en main|en poche)|sur la table",
        "(une|un) autre (\\w+ )?({boite}|employeur|recruteur) (\\w+ ){0,3}(a|m'a|me|propose|souhaite|veut|attend|offre|voudrait|demande|vient|aimerait) (\\w+ ){0,5}(fait|propos*|offert|offre|embauch*|recrut*|retenu*|réponse|décision|accepté*|contrat|engag*|choisi*|dit oui)",
        "(on|ils|elles|qui|société|entreprise|employeur|concurrent|patron|chef|quelqu'un) (\\w+ )?(m'a|m'ont|me|nous a) (\\w+ )?(proposé|offert|fait|propose|proposent|offre|offrent) (\\w+ ){0,3}(un|une|le|la|l') (\\w+ ){0,2}({poste}|augmentation|promotion|contre-?offre)",
        "(me suis vu|m'a été|me vois|été) (\\w+ )?(proposer|proposé*|offert*|offrir|remis*) (\\w+ )?(un|une|le) (\\w+ ){0,2}({poste})|(sollicité*|approché*|démarché*) (\\w+ ){0,3}(avec|et) (\\w+ ){0,3}({offre})|(retenu*|accepté*|pris*) (\\w+ )?(ailleurs|par une autre|dans une autre) (\\w+ )*(répon*|réponse)",
        "(retour|réponse) (\\w+ )?(positi\\w+|favorable*) (\\w+ )?(de|d'|d'un|d'une|pour|ailleurs|chez) … ({boite}|chantier*|ailleurs|autre)|(contrat|promesse) (\\w+ )?est prêt*|(veulent|attendent|demandent|souhaitent|veut|attend) (\\w+ )?(ma signature|m'embaucher|me recruter|m'engager|que je (signe|commence|réponde|confirme|m'engage))|me (veulent|réclament) (\\w+ )?(dès|pour|tout de suite)|(une|un) (\\w+ )?({boite}|chantier|employeur|concurrent) (\\w+ ){0,6}(m'a|me|m'ont) (\\w+ ){0,2}(envoyé|transmis|remis|proposé|fait parvenir|adressé|fait|fait signe|propose|recrute|embauche|offre)",
        "contre-?offre|contre-?proposition|(offre|proposition|promesse) (\\w+ )?(ailleurs|concurrente|parallèle|alternative)|proposition d'embauche|promesse d'embauche|(s'aligner|vous aligner|égaler) (\\w+ )?(sur|leur|cette|l')",
        "(rendre|donner|doit|dois|attend*|attendent|souhaite*|demande*) (\\w+ ){0,3}(réponse|décision) (\\w+ ){0,2}(à|pour) (l'autre|une autre|cette autre|leur|un autre)|(réponse|répondre|signer) (\\w+ ){0,2}(à|avec|chez|pour) (l'autre|une autre|cette autre|leur)",
        "(vient|viennent|viens) de (me |m')?(proposer|faire|offrir|envoyer|transmettre) (\\w+ )?(un|une) (\\w+ ){0,2}({poste}|{offre})(?! de votre)|(recruté*|retenu*|pris*|embauché*) ailleurs (sous|si|à condition|mais)",
    ),
    denied=(
        *_THIRD,
        "(ne|n') (\\w+ ){0,3}(pas|aucun*|jamais|plus|ni|point) (\\w+ ){0,5}({offre}|{poste})[^,;]*|(pas|aucun*|sans) (\\w+ )?(d'|une |de )?(autre |autres )?({offre})[^,;]*",
        "(si|au cas où|dès que|quand|lorsque|avant|à moins) (\\w+ )?(je|j'|on|une|un|d'autres|vous|mon|l'autre|recevoir)[^,;]*({offre})[^,;]*",
        "(attend*|espèr*|pourrai*|peut-être|bientôt|cherche|recherche|devrai*|candidat*|postul*|en cours|probablement|prochainement|susceptible*|vais|négoci*|possible) (\\w+ ){0,6}({offre})[^,;]*",
        "(votre|vos|notre|cette|la|l'|ta) (\\w+ )?(première |belle |généreuse |nouvelle |aimable )?({offre})( (de votre part|d'emploi|de poste))?|({offre}) (de votre part|que vous|de chez vous)",
        "vous (\\w+ ){0,4}(propos*|offr*|offert) (\\w+ ){0,5}",
        "(accept*|sign*|décid* d'accept*|opt* pour|choisi*|pris) (\\w+ ){0,4}({offre}|{poste})[^,;]*",
        "(refus*|déclin*|rejet*|renonc*|laissé passer) (\\w+ )?(à )?(\\w+ ){0,3}({offre}|{poste})[^,;]*",
        "(vu|lu|vois|trouvé|consult*|publi*|site|annonce*|postul*|avez-vous|auriez-vous|y a-t-il|avez vous|existe-t-il) [^,;?]*({offre})[^,;]*|({offre}) (\\w+ ){0,4}(sur votre site|publi*|en ligne|sur le site|postée*)|(newsletter|alerte*|abonnement) [^,;]*({offre})",
        "(faire|soumettre|proposer|envoyer) (\\w+ )?une contre-?(offre|proposition)",
        "({offre}) ?[:,] ?(non|aucun*|pas|rien|néant)",
    ),
    unless=("{passe}",),
)

_PLUS = "(?:un peu|quelques|plus|davantage|encore|un|une|deux|trois|quatre|cinq|dix|plusieurs|un certain|un court|un petit|un délai|d'un|de quelques|d'un peu|de plus|jusqu'\\w+|\\d+|du|le)"

_ASKS_TIME = Phrases(
    says=(
        f"(besoin|il me faut|me faudrait|me faut|il me faudra|demande|demander|solliciter|sollicite|souhaiterais|souhaite|aimerais|voudrais|apprécierais|nécessite|avoir|disposer|bénéficier) (\\w+ )?(avoir |bénéficier |disposer |prendre |obtenir |encore |vous demander |d'avoir )*(de |d'|d'encore |encore |d'un |du )*{_PLUS} (\\w+ ){{0,3}}({{duree}}|jusqu'à|supplémentaire*)",
        f"(me|m'|nous) (laisser|accorder|donner|laissez|accordez|donnez|octroyer|laisseriez|accorderiez|donneriez|laisse) (\\w+ )?(encore |un peu |jusqu'à |jusqu'au |{_PLUS} )+(\\w+ )?(\\w+ )?({{duree}}|de plus|jour|{{jour}}|\\d+)?",
        f"(laissez|accordez|donnez|laisse|donne)-moi (\\w+ )?(encore |un peu |jusqu'à |jusqu'au |{_PLUS} )(\\w+ )?(\\w+ )?",
        "(délai|temps|jours|moment|période) (\\w+ )?(de|pour|à) (réflexion|réfléchir|décider|me décider|me prononcer|prendre (ma|une) décision|y réfléchir|y penser|répondre|y voir)|(besoin|demande|temps|délai) de réflexion|(délai|temps) (\\w+ )?(supplémentaire|de plus|plus long)|plus de (temps|délai)|un peu de (temps|recul|répit)|temps de (la réflexion|réfléchir|la décision|décider)",
        "(réfléchir|réfléchis|y penser|prendre le temps|peser|penser) (\\w+ )?(encore|un peu|avant de|à tête reposée|quelques|à votre|à la proposition|calmement|posément|tranquillement|sérieusement|cette nuit|ce week-end|jusqu'|d'ici|le pour|à l'offre|à cette|sereinement|[.!?,]|$)",
        "(reviens|reviendrai|reviendrais|revenir|recontacte*|recontacterai|réponds|répondrai|donne|répondre|donnerai|donner|dirai|dis|ferai|tiens|tiendrai|confirmerai|confirme|rappelle*) (\\w+ ){0,3}(vers vous|une réponse|ma réponse|ma décision|réponse|au courant|savoir|part de|une décision|mon choix|ça|cela|vous (?:réponds|répondrai|recontacte*|rappelle*|confirme*|dirai|dis)) (\\w+ ){0,2}(d'ici|avant|la semaine prochaine|la semaine|en|dans|au plus tard|dès que|demain|{jour}|sous|lundi|après|courant|au plus vite|rapidement|début|fin) ?",
        "(repousser|prolonger|reporter|décaler|allonger|étendre|différer|proroger|déplacer|retarder) (\\w+ )?(la|le|ma|l'|cette|mon|votre|ce|un peu|de) (\\w+ )?(\\w+ )?(date|délai|échéance|réponse|décision|limite|deadline|terme)|prolongation|report de (la|l'|ma) (date|échéance|réponse|décision)|(délai|échéance) (\\w+ ){0,3}(repouss*|prolong*|report*|court|flexible|décal*)",
        "(pas|pas encore|ne) (\\w+ )?(encore )?(\\w+ )?(décider|me décider|décidé|répondre|pris ma décision|pris de décision|prendre (une|ma) décision|fait mon choix|me prononcer|prêt* à (décider|signer|répondre|m'engager)|tranché|arrêté ma) (\\w+ )?(si vite|tout de suite|aujourd'hui|immédiatement|dans l'immédiat|maintenant|encore|ma|dès|en si|pour le moment|pour l'instant|de suite|avant|[.,!]|$)",
        "(patienter|attendre) (\\w+ )?(encore|un peu|jusqu'|quelques|avant|ma réponse|que)|(peux|puis|puis-je|pourrais|pourrais-je|possible|peut-on|est-il possible|serait-il possible|serait-ce possible) (\\w+ ){0,4}(répondre|avoir jusqu'\\w+|réponse|répondre|donner ma réponse|attendre jusqu'\\w+|me décider) (\\w+ ){0,3}(d'ici|avant|la semaine|en|dans|demain|{jour}|plus tard|jusqu'\\w+|le|au|à|après|début)|le temps d'en (parler|discuter)|en (parler|discuter) (avec|à|en) (ma|mon|famille|mes)",
        "besoin d'y (réfléchir|penser)|(laissez|laisse|accordez|donnez|accorde)-moi (\\w+ )?(jusqu'\\w+|le week-?end|la semaine|quelques|encore|un peu|un|deux|trois|le temps)|(en )?(parler|discuter|voir|consulter|échanger) (\\w+ )?(d'abord |avant )?(à|avec|auprès de) (ma|mon|mes) (\\w+ )?(femme|mari|famille|conjoint*|compagn*|parents|époux|épouse|enfants|compagne|proches)|peser le pour et le contre|(d'abord|avant de) (\\w+ )?(en parler|en discuter|me décider|vous répondre|m'engager|décider|trancher|répondre)|(avoir|prendre) (le week-?end|la nuit|quelques jours|jusqu'\\w+)",
        "attendre (\\w+ ){0,5}(pour|ma) (\\w+ )?réponse|prendre le temps (de|d')|(serait-ce|est-ce) possible d'attendre",
        "(encore|un peu|davantage) (\\w+ )?de patience|je (vous )?(dirai|dis|réponds|répondrai|reviens|reviendrai|recontacterai|confirmerai) (\\w+ ){0,3}(lundi|mardi|mercredi|jeudi|vendredi|demain|la semaine prochaine|d'ici|avant|dans|en début|sous)",
    ),
    denied=(
        "(ne|n'|pas|aucun|sans) (\\w+ )?(\\w+ )?(pas )?(besoin|il me faut|de délai)[^,;]*|pas besoin[^,;]*",
        "(prenez|prendre) (votre|tout votre) temps[^,;]*|(si|quand) vous[^,;]*",
        "(après|suite à|mûre|longue) (\\w+ )?réflexion[^,;]*|après (y )?avoir (\\w+ )?réfléchi[^,;]*",
        "(préavis|congés|vacances|trajet|depuis|formation|déménag*)[^,;]*",
        "merci [^,;]*temps[^,;]*",
        "(quand|dans combien de temps|sous quel délai)[^,;]*vous[^,;]*|vous (\\w+ )?(répondrez|répondriez|répondez|reviendrez|donnerez|revenez)[^,;]*",
        "(l'autre|une autre|un autre) ({boite})[^,;]*|(dois|doit|devons|attendent|attend|demandent|demande) (\\w+ )?(leur )?(répondre|réponse|donner)[^,;]*",
    ),
    unless=("{passe}",),
)

_WARM = Phrases(
    says=(
        "(très|toujours|vraiment|particulièrement|vivement|extrêmement|bien sûr|évidemment|plus que jamais|fortement|réellement|sincèrement|absolument|hyper|super|tout à fait|encore|bien|plus|grandement|totalement|franchement) (\\w+ )?(vivement |très |aussi |fortement )*(intéressé*|motivé*|enthousiaste*|partant*|emballé*|enthousiasmé*|tenté*|séduit*|convaincu*|ravi*|dans la course|preneu*)",
        "(suis|reste|demeure) (\\w+ )?(intéressé*|motivé*|enthousiaste*|partant*|emballé*|enchanté*|preneu*)( par|[.,!]|$| et| de| à| pour| pour)",
        "(m'|me )intéresse (\\w+ )?(toujours|beaucoup|vraiment|énormément|fortement|vivement|plus que jamais|au plus haut point|encore|tout à fait|bien|particulièrement)|(m'|me )(plaît|plait|enthousiasme|motive|passionne|tente|correspond|emballe|séduit) (\\w+ )?(toujours|beaucoup|vraiment|énormément|parfaitement|tout à fait|bien|particulièrement|[.,!]|$|et|au plus)",
        "(confirm*|réitèr*|renouvel*|maintien*|exprim*|redire|réaffirm*|témoign*|rappel*) (\\w+ )?(\\w+ )?(mon|tout mon|mon vif|mon grand) (\\w+ )?(intérêt|motivation|enthousiasme|souhait|envie)|(mon|ma|vif|grand|fort|tout mon|réel|sincère) (\\w+ )?(intérêt|motivation) (\\w+ )?(reste|demeure|est|pour|intact*|toujours|inchangé*)|(intérêt|motivation) (\\w+ ){0,3}(intact*|inchangé*|entier|entière|total|renforc*|confort*)",
        "(hâte|impatient*|impatience) (\\w+ )?(de|d'|à)(?! (recevoir votre|avoir de vos|avoir votre|lire votre|connaître votre|lire|avoir un retour))|(me réjouis|réjouie?|réjouissons) (\\w+ )?(de|d'|à)(?! (lire|recevoir|avoir|vous lire))",
        "(serais|serai|suis|serait) (\\w+ )?(ravi*|enchanté*|heureu*|honoré*|content*|fier|fière|comblé*|prêt*|un plaisir|un honneur|une joie) (\\w+ )?(de|d'|à|que|pour) (\\w+ )?(\\w+ )?(rejoindre|travailler|intégrer|accepter|poursuivre|continuer|revenir|participer|commencer|venir travailler|faire partie|collaborer|vous accompagner|m'engager|démarrer|relever|donner suite|avancer|aller plus loin|vous rejoindre|passer à l'étape)",
        "(aimerais|voudrais|souhaite|souhaiterais|veux|adorerais|rêve*|espère|désire|tiens à) (\\w+ )?(beaucoup |vraiment |toujours |vivement |énormément |sincèrement |tant )*(\\w+ )?(rejoindre|travailler (avec|chez|pour|dans)|intégrer|faire partie|poursuivre|continuer (le|l'aventure|avec|dans|le processus)|collaborer|vous rejoindre|m'investir|aller plus loin|décrocher ce|obtenir ce|avoir ce poste|ce poste)",
        "(intérêt|intéressé*|motivé*|motivation) ?[:,] ?(oui|toujours|très|intact*)|je n'attendais que (ça|cela)|(plutôt )?deux fois qu'une|quand vous voulez pour|(premier|1er) choix|(choix numéro un|numéro un|poste de mes rêves|job de rêve|entreprise de mes rêves|préférence va|ma préférence|ma priorité|mon favori|votre entreprise reste|rêve de travailler|coup de cœur|coup de coeur)|(exactement|tout à fait|précisément|parfaitement) (\\w+ )?(ce|le poste|le type|à ce) (\\w+ )?(que|dont|je) (\\w+ )?(cherche|recherche|rêve|souhaite|veux|voulais|attend*|envie)",
        "(accepte|j'accepte|accepter|d'accepter) (\\w+ )?(avec (\\w+ )?(joie|plaisir|enthousiasme|bonheur|grand plaisir) )?(votre|l'|la|cette|le) ?(\\w+ )?(offre|proposition|poste)|(avec (grand |un grand |beaucoup de )?(plaisir|joie|enthousiasme) (\\w+ )?(que )?(j'accepte|que j'accepte))|c'est (un grand |un )?oui|comptez sur moi|(vous pouvez|pouvez) compter sur moi|je (suis|en suis) (partant*|toujours là|des vôtres)|(toujours|encore) (partant*|dans la course|là)|(très |vraiment |bien |tellement )?envie de (\\w+ )?(travailler|rejoindre|vous rejoindre|ce poste|intégrer|continuer|faire partie)",
        "(entretien|équipe|échange|rencontre|visite|projet|atelier|poste|entreprise|discussion) (\\w+ ){0,6}(m'a|m'ont|a) (\\w+ )?(beaucoup plu|vraiment plu|enthousiasmé*|convaincu*|conforté*|emballé*|séduit*|donné envie|plu|confirmé|renforcé|énormément plu|beaucoup intéressé*)|(ravi*|enchanté*|séduit*|emballé*|conquis*|enthousiasmé*|heureu*) (\\w+ )?(par|de) (notre|l'|votre|cet|la|cette) (\\w+ )?(échange|équipe|entretien|rencontre|visite|projet|entreprise|invitation|poste)|(me réjouis|ai adoré|j'ai adoré|j'ai beaucoup (aimé|apprécié))",
        "(ravi*|enchanté*|heureu*|content*|super contente?) (\\w+ )?(de|d'|par) (cette|la|votre) (\\w+ )?(nouvelle|réponse positive|proposition|invitation|bonne nouvelle)|(quelle|la|une|très|excellente|super|belle) (\\w+ )?(bonne |belle |excellente |super )?(joie|nouvelle) ?!|j'accepte ?([.!,]|$)|(je )?(serai|suis) (bien )?(là|présent*) avec (plaisir|joie)|me vois (bien|déjà|parfaitement) (travailler|dans|parmi|chez)|avec (grand |un immense |un grand )?(plaisir|joie|enthousiasme) que je (participerai|viendrai|accepte|rejoin*|confirm*)",
        "(j'ai|tellement|vraiment|trop) hâte ?([.!,]|$)|me passionne*|plus (motivé*|intéressé*|convaincu*|déterminé*) que jamais",
        "(m'|me )(enthousiasme|emballe|motive|passionne|ravit|comble)( (\\w+ )?(beaucoup|vraiment|toujours|énormément))?|accepte avec (joie|plaisir|enthousiasme|grand|bonheur)|(convient|conviennent) parfaitement",
    ),
    denied=(
        *_THIRD,
        "(ne|n') (\\w+ ){0,3}(pas|plus|guère|jamais|aucun*) (\\w+ )?(\\w+ )?(intéress*|motiv*|enthous*|partant*|envie|sûr*|plaî*|plait|convaincu*|ravi*|souhait*)?[^,;]*",
        "(plus|moins|pas|jamais) (intéress*|motiv*|partant*|enthous*|tenté*)(?! que jamais)[^,;]*",
        "(aurais|aurait|étais|était|avait) [^,;]*",
        "(intéressé*|ravi*|curieu*|heureu*|aimerais|souhaite*|voudrais|content*) (\\w+ )?(de |par |d')?(savoir|connaître|apprendre|comprendre|avoir (un|des|votre)|recevoir|retirer|vous informer|demander|obtenir (des|un|votre)|en savoir)[^.;]*",
        "(même si|bien que|malgré|quoique)[^,;]*",
        "(hâte|impatien*|réjouis) [^.;]*(réponse|retour|lire|nouvelles)[^.;]*",
        "(ravi*|heureu*|content*|réjouis) (\\w+ )?(pour (vous|lui|elle)|que vous|d'apprendre|de vous avoir)[^,;]*",
    ),
    unless=("malheureusement|hélas|regret|à regret|désolé*", "{passe}"),
)

_QUESTION = Phrases(
    says=(
        "(voulais|voudrais|souhaite*|souhaiterais|aimerais|souhaitais|désire|désirerais|aurais voulu|aurais aimé|tenais à|aurais souhaité|cherche à|j'ose|permets de) (\\w+ ){0,3}(savoir|demander|connaître|avoir (des précisions|une précision|plus d'|des informations|des nouvelles)|comprendre|m'assurer|vérifier|poser|renseigner|en savoir|me renseigner|obtenir (des|une|plus)|vous poser|être informé*|vous interroger)",
        "(pourriez|pouvez|pourrais|peux|serait-il possible|est-il possible|auriez|sauriez|savez|voudriez|veuillez|merci de|prière de) ?-?(vous|tu|de)? (\\w+ )?(me |m'|nous )?(bien (me |m')?)?(dire|préciser|indiquer|confirmer|informer|expliquer|renseigner|communiquer|donner (des|une|plus|quelques)|tenir (au courant|informé*)|faire savoir|éclairer|rappeler|détailler|transmettre|clarifier) (\\w+ ){0,5}(si|quand|combien|comment|où|quel*|ce que|ce qui|la|le|l'|les|des|sur|qui|pourquoi|à|plus|une|quelques|de)",
        "(dites|indiquez|précisez|confirmez|expliquez|dis)-(moi|nous) (\\w+ ){0,2}(si|quand|combien|comment|où|quel*|ce que|ce qui|la|le|l'|les)(?! (vous (avez besoin|souhaitez|voulez)|besoin|cela (vous )?convient))",
        "me (demande|demandais|demandai) (\\w+ ){0,3}(si|quand|combien|comment|où|quel*|ce que|ce qui|pourquoi)",
        "(j'ai|j'aurais|ai|aurais|reste|restait|avais|il reste|juste|encore|petite|avec|voici) (\\w+ )?(une|deux|trois|quelques|encore une|des|plusieurs|autre|petite) (\\w+ )?(\\w+ )?(question|questions|interrogation|interrogations|précision)",
        "(ma|mes|une|autre|la) (\\w+ )?questions? (\\w+ )?(est|concerne|porte|serait|sur|:|au sujet|à propos|concernant|relative|cependant|toutefois)",
        "(avez-vous|auriez-vous|savez-vous|pouvez-vous|pourriez-vous|est-ce que|est-ce|y a-t-il|y aura-t-il|faut-il|dois-je|puis-je|quand (est|aura|pensez|commence|débute|faut|puis|sera|vais)|combien (de|d')|comment (se|faire|puis|dois|allez)|quel(le)?s? (est|sont|sera|seront|serait)|où (se|est|dois|puis|en est|aura|faut)|qu'en est-il|à quelle heure|à quel|serait-il|est-il|sera-t-il|quand) [^.!]*\\.?$",
        "(ne sais pas|ignore|pas clair|pas sûr*|pas bien compris|pas compris|sans savoir|pas certain*|pas trouvé) (\\w+ )?(\\w+ )?(si|quand|combien|comment|où|quel*|ce que|ce qui|pourquoi)|(savoir|curieu*|question de savoir) (\\w+ )?(de savoir )?(si|quand|combien|comment|où|quel*|ce que|ce qui|pourquoi)(?! (cela vous|je fais|faire))|des nouvelles (de|concernant|au sujet|sur|à propos)|où en (est|sont|êtes)",
    ),
    denied=(
        "(pas|aucune|sans|toute|toutes|vos|si|d'autres|pour|plus) (\\w+ )?(de |d'|autres? |vos |avez des |avez une |avez d'autres |éventuelles? )*questions?[^.?;]*",
        "(n'hésitez|hésitez|reste à votre|à votre disposition|disposition)[^.?;]*",
        "(vous (dirai|ferai|tiendrai|confirmerai|direz|demandez|demandiez))[^.?;]*",
        "(dites|dites-moi|merci de me dire|tenez)[^.?;]*(si vous|ce qui vous|convient|arrange|besoin)[^.?;]*",
        "quand (vous|je|tu|on|bon|même|cela|nous) (voul*|voudr*|souhait*|pouv*|sui*|ai|serai|aurai|pourr*|désir*|avons|avez)[^.?;]*",
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
    words={**_WORDS, "_peut": _PEUT},
)
