"""French: asks for time, is interested, asks a question."""

# ruff: noqa: E501  # a frame is read in one piece

from app.replies.phrases.fr.words import THIRD
from app.replies.phrases.meaning import Phrases

_PLUS = "(?:un peu|quelques|plus|davantage|encore|un|une|deux|trois|quatre|cinq|dix|plusieurs|un certain|un court|un petit|un délai|d'un|de quelques|d'un peu|de plus|jusqu'\\w+|\\d+|du|le)"

ASKS_TIME = Phrases(
    says=(
        f"(besoin|il me faut|me faudrait|me faut|il me faudra|demande|demander|solliciter|sollicite|souhaiterais|souhaite|aimerais|voudrais|apprécierais|nécessite|avoir|disposer|bénéficier) (\\w+ )?(avoir |bénéficier |disposer |prendre |obtenir |encore |vous demander |d'avoir )*(de |d'|d'encore |encore |d'un |du )*{_PLUS} (\\w+ ){{0,3}}({{duree}}|jusqu'à|supplémentaire*)",
        f"(me|m'|nous) (laisser|accorder|donner|laissez|accordez|donnez|octroyer|laisseriez|accorderiez|donneriez|laisse) (\\w+ )?(encore |un peu |jusqu'à |jusqu'au |{_PLUS} )+(\\w+ )?(\\w+ )?({{duree}}|de plus|jour|{{jour}}|\\d+)?",
        f"(laissez|accordez|donnez|laisse|donne)-moi (\\w+ )?(encore |un peu |jusqu'à |jusqu'au |{_PLUS} )(\\w+ )?(\\w+ )?",
        "(délai|temps|jours|moment|période) (\\w+ )?(de|pour|à) (réflexion|réfléchir|décider|me décider|me prononcer|prendre (ma|une) décision|y réfléchir|y penser|répondre|y voir)|(besoin|demande|temps|délai) de réflexion|(délai|temps) (\\w+ )?(supplémentaire|de plus|plus long)|plus de (temps|délai)|un peu de (temps|recul|répit)|temps de (la réflexion|réfléchir|la décision|décider)",
        "(réfléchir|réfléchis|y penser|prendre le temps|peser|penser) (\\w+ )?(encore|un peu|avant de|à tête reposée|quelques|à votre|à la proposition|calmement|posément|tranquillement|sérieusement|cette nuit|ce week-end|jusqu'|d'ici|le pour|à l'offre|à cette|sereinement|[.!?,]|$)",
        "(reviens|reviendrai|reviendrais|revenir|recontacte*|recontacterai|réponds|répondrai|donne|répondre|donnerai|donner|dirai|dis|ferai|tiens|tiendrai|confirmerai|confirme|rappelle*) (\\w+ ){0,3}(une réponse|ma réponse|ma décision|réponse|au courant|une décision|mon choix|vous (?:réponds|répondrai)) (\\w+ ){0,2}(d'ici|avant|la semaine prochaine|la semaine|en|dans|au plus tard|dès que|demain|{jour}|sous|lundi|après|courant|au plus vite|rapidement|début|fin) ?",
        "(repousser|prolonger|reporter|décaler|allonger|étendre|différer|proroger|déplacer|retarder) (\\w+ )?(la|le|ma|l'|cette|mon|votre|ce|un peu|de) (\\w+ )?(\\w+ )?(date|délai|échéance|réponse|décision|limite|deadline|terme)|prolongation|report de (la|l'|ma) (date|échéance|réponse|décision)|(délai|échéance) (\\w+ ){0,3}(repouss*|prolong*|report*|court|flexible|décal*)",
        "(pas|pas encore|ne) (\\w+ )?(encore )?(\\w+ )?(décider|me décider|décidé|répondre|pris ma décision|pris de décision|prendre (une|ma) décision|fait mon choix|me prononcer|prêt* à (décider|signer|répondre|m'engager)|tranché|arrêté ma) (\\w+ )?(si vite|tout de suite|aujourd'hui|immédiatement|dans l'immédiat|maintenant|encore|ma|dès|en si|pour le moment|pour l'instant|de suite|avant|[.,!]|$)",
        "(patienter|attendre) (\\w+ )?(encore|un peu|jusqu'|quelques|avant|ma réponse|que)|(peux|puis|puis-je|pourrais|pourrais-je|possible|peut-on|est-il possible|serait-il possible|serait-ce possible) (\\w+ ){0,4}(répondre|avoir jusqu'\\w+|réponse|répondre|donner ma réponse|attendre jusqu'\\w+|me décider) (\\w+ ){0,3}(d'ici|avant|la semaine|en|dans|demain|{jour}|plus tard|jusqu'\\w+|le|au|à|après|début)|le temps d'en (parler|discuter)|en (parler|discuter) (avec|à|en) (ma|mon|famille|mes)",
        "besoin d'y (réfléchir|penser)|(laissez|laisse|accordez|donnez|accorde)-moi (\\w+ )?(jusqu'\\w+|le week-?end|la semaine|quelques|encore|un peu|un|deux|trois|le temps)|(en )?(parler|discuter|voir|consulter|échanger) (\\w+ )?(d'abord |avant )?(à|avec|auprès de) (ma|mon|mes) (\\w+ )?(femme|mari|famille|conjoint*|compagn*|parents|époux|épouse|enfants|compagne|proches)|peser le pour et le contre|(d'abord|avant de) (\\w+ )?(en parler|en discuter|me décider|vous répondre|m'engager|décider|trancher|répondre)|(avoir|prendre) (le week-?end|la nuit|quelques jours|jusqu'\\w+)",
        "attendre (\\w+ ){0,5}(pour|ma) (\\w+ )?réponse|prendre le temps (de|d')|(serait-ce|est-ce) possible d'attendre",
        "(encore|un peu|davantage) (\\w+ )?de patience|je (vous )?(réponds|répondrai|donnerai ma|donne ma) (\\w+ ){0,3}(lundi|mardi|mercredi|jeudi|vendredi|demain|la semaine prochaine|d'ici|avant|dans|en début|sous)",
        "(digérer|souffler|prendre du recul|un peu de recul|faire mes (calculs|comptes)|à tête reposée|la nuit porte conseil|ne (pas|rien) (\\w+ )?précipiter|sans (me )?précipit*|tout (bien )?peser|poser tranquillement)|(besoin|envie|préfère|préférerais|aimerais|voudrais|souhaite*) (\\w+ )?(de |d')?(y |me |bien |encore |d'abord )*(réfléchir|penser|poser|consulter|en parler|me décider)|(vous (rappeler|répondre|donner ma réponse|dire|confirmer)) (\\w+ ){0,3}(lundi|mardi|mercredi|jeudi|vendredi|demain|après|plus tard|la semaine|dans|d'ici|en début|fin)",
        "(pouvez|pourriez|pouvez-vous|pourriez-vous) ?-?(vous)? (\\w+ )?(attendre|patienter) (\\w+ )?(jusqu'\\w+|lundi|mardi|mercredi|jeudi|vendredi|un peu|quelques|la semaine|encore|ma)|dans la précipitation",
    ),
    denied=(
        "(ne|n'|pas|aucun|sans) (\\w+ )?(\\w+ )?(pas )?(besoin|il me faut|de délai)[^,;]*|pas besoin[^,;]*",
        "(prenez|prendre) (votre|tout votre) temps[^,;]*|(si|quand) vous[^,;]*",
        "(après|suite à|mûre|longue) (\\w+ )?réflexion[^,;]*|après (y )?avoir (\\w+ )?réfléchi[^,;]*",
        "(préavis|congés|vacances|trajet|depuis|formation|déménag*)[^,;]*",
        "merci [^,;]*temps[^,;]*",
        "(quand|dans combien de temps|sous quel délai)[^,;]*vous[^,;]*|vous (\\w+ )?(répondrez|répondriez|répondez|reviendrez|donnerez|revenez)[^,;]*",
        "(l'autre|une autre|un autre) ({boite})[^,;]*|(dois|doit|devons|attendent|attend|demandent|demande) (\\w+ )?(leur )?(répondre|réponse|donner)[^,;]*",
        "[^,;]*(certificat*|documents?|papiers|diplôme*|justificatif*|attestation*|{rdv}|commencer|débuter|prise de poste|visa|formulaire)[^,;]*",
    ),
    unless=("{passe}",),
)

WARM = Phrases(
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
        "trépigne|(les )?yeux fermés|(signe|signer) (\\w+ )?(des deux mains|tout de suite)|aux anges|petit nuage|et comment ?!|brûle (de|d')|sans hésit*|(préfère|préférerais|préférerai) (\\w+ )?(vous|votre|chez vous|venir|de loin)|vous (\\w+ )?(êtes|restez) (\\w+ )?(ma priorité|mon premier|en tête|mon choix)|(maintiens|maintenir|maintient) (\\w+ )?ma candidature|candidature (\\w+ )?(reste|est toujours|tient toujours) (\\w+ )?(valable|d'actualité|active|valide)?|(rien n'a|n'a pas) changé (\\w+ )?(de mon côté|pour moi)|c'est (avec|un) (\\w+ )?(joie|bonheur|plaisir|honneur|immense|grand)|(super|trop|tellement|si|très) (content*|heureu*|ravi*|contente)|(formidable|magnifique|fantastique) nouvelle",
        "conquis(e|es)? (par|de)|serait un (honneur|plaisir|bonheur)|(veux|souhaite) (toujours|vraiment) (\\w+ )?(ce|le|votre|cette) (poste|travail|offre)",
    ),
    denied=(
        *THIRD,
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

QUESTION = Phrases(
    says=(
        "(voulais|voudrais|souhaite*|souhaiterais|aimerais|souhaitais|désire|désirerais|aurais voulu|aurais aimé|tenais à|aurais souhaité|cherche à|j'ose|permets de) (\\w+ ){0,3}(savoir|demander|connaître|avoir (des précisions|une précision|plus d'|des informations|des nouvelles)|comprendre|m'assurer|vérifier|poser|renseigner|en savoir|me renseigner|obtenir (des|une|plus)|vous poser|être informé*|vous interroger)",
        "(pourriez|pouvez|pourrais|peux|serait-il possible|est-il possible|auriez|sauriez|savez|voudriez|veuillez|merci de|prière de) ?-?(vous|tu|de)? (\\w+ )?(me |m'|nous )?(bien (me |m')?)?(dire|préciser|indiquer|confirmer|informer|expliquer|renseigner|communiquer|donner (des|une|plus|quelques)|tenir (au courant|informé*)|faire savoir|éclairer|rappeler|détailler|transmettre|clarifier) (\\w+ ){0,5}(si|quand|combien|comment|où|quel*|ce que|ce qui|la|le|l'|les|des|sur|qui|pourquoi|à|plus|une|quelques|de)",
        "(dites|indiquez|précisez|confirmez|expliquez|dis)-(moi|nous) (\\w+ ){0,2}(si|quand|combien|comment|où|quel*|ce que|ce qui|la|le|l'|les)(?! (vous (avez besoin|souhaitez|voulez)|besoin|cela (vous )?convient))",
        "me (demande|demandais|demandai) (\\w+ ){0,3}(si|quand|combien|comment|où|quel*|ce que|ce qui|pourquoi)",
        "(j'ai|j'aurais|ai|aurais|reste|restait|avais|il reste|juste|encore|petite|avec|voici) (\\w+ )?(une|deux|trois|quelques|encore une|des|plusieurs|autre|petite) (\\w+ )?(\\w+ )?(question|questions|interrogation|interrogations|précision)",
        "(ma|mes|une|autre|la) (\\w+ )?questions? (\\w+ )?(est|concerne|porte|serait|sur|:|au sujet|à propos|concernant|relative|cependant|toutefois)",
        "(avez-vous|auriez-vous|savez-vous|pouvez-vous|pourriez-vous|est-ce que|est-ce|y a-t-il|y aura-t-il|faut-il|dois-je|puis-je|quand (est|aura|pensez|commence|débute|faut|puis|sera|vais)|combien (de|d')|comment (se|faire|puis|dois|allez)|quel(le)?s? (est|sont|sera|seront|serait)|où (se|est|dois|puis|en est|aura|faut)|qu'en est-il|à quelle heure|à quel|serait-il|est-il|sera-t-il|quand) [^.!]*\\.?$",
        "(ne sais pas|ignore|pas clair|pas sûr*|pas bien compris|pas compris|sans savoir|pas certain*|pas trouvé) (\\w+ )?(\\w+ )?(si|quand|combien|comment|où|quel*|ce que|ce qui|pourquoi) (?!(je|j'|nous|on|mon|ma)\\b)(\\w+)|(savoir|curieu*|question de savoir) (\\w+ )?(de savoir )?(si|quand|combien|comment|où|quel*|ce que|ce qui|pourquoi)(?! (cela vous|je fais|faire))|des nouvelles (de|concernant|au sujet|sur|à propos)|où en (est|sont|êtes)",
        "(dites|dis|indiquez|précisez|confirmez)(-moi| moi)? (\\w+ )?(à quelle|quel*|où|quand|comment|combien|si je|ce que)",
    ),
    denied=(
        "(pas|aucune|sans|toute|toutes|vos|si|d'autres|pour|plus) (\\w+ )?(de |d'|autres? |vos |avez des |avez une |avez d'autres |éventuelles? )*questions?[^.?;]*",
        "(n'hésitez|hésitez|reste à votre|à votre disposition|disposition)[^.?;]*",
        "(vous (dirai|ferai|tiendrai|confirmerai|direz|demandez|demandiez))[^.?;]*",
        "(dites|dites-moi|merci de me dire|tenez)[^.?;]*(si vous|ce qui vous|convient|arrange|besoin)[^.?;]*",
        "quand (vous|je|tu|on|bon|même|cela|nous) (voul*|voudr*|souhait*|pouv*|sui*|ai|serai|aurai|pourr*|désir*|avons|avez)[^.?;]*",
    ),
)
