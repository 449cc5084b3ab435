"""What messages must not say.

A step is reached by days past due alone: whichever it is, its message may be the first that a customer ever gets.
So no message may tell of earlier ones, of a silence, or of money that did not come.
"""

from __future__ import annotations

import re

import pytest

from outreach_jobs.compose.library import PACKAGED

# Beginnings of words; each would be untrue in a first message, or of a payment that waits to be matched.
CLAIMS = {
    "en": r"despite|in spite|earlier reminder|previous|prior|repeated|once more|once again|again\b|still|second remind|"
    r"another remind|final|last remind|neither|not been told|no repl|no respon|(have|has) not\b|failed to|unanswered|"
    r"as agreed|we agreed|promised",
    "de": r"trotz|ungeachtet|mehrfach|mehrmal|wiederholt|erneut|nochmal|abermal|zweite|dritte|letzte|letztmal|weder|"
    r"bisher|bislang|weiterhin|immer noch|nach wie vor|frühere|vorherig|"
    r"unsere[nr]? (\w+ )?(zahlungserinnerung|mahnung)|"
    r"nicht (genannt|mitgeteilt|erhalten|reagiert)|keine (antwort|rückmeldung|zahlung)|unbeantwortet|absprache",
    "nl": r"ondanks|eerdere|vorige|herhaald|nogmaals|opnieuw|tweede|derde|laatste (herinnering|aanmaning)|nog altijd|"
    r"nog steeds|tot op heden|geen (betaling|reactie|antwoord|reden)|niet (bekend|ontvangen|gereageerd)|afspraak",
    "fr": r"malgré|en dépit|précédent|antérieur|répétés?\b|réitér|à nouveau|de nouveau|deuxième|second|troisième|"
    r"dernier|toujours|(?<!en )demeure|sans réponse|sans effet|nos rappels|notre rappel|"
    r"ni (paiement|règlement|réponse)|aucun|n’avons (pas|reçu)|convenu",
    "es": r"pese a|a pesar|anterior|reiterad|repetid|nuevamente|de nuevo|segundo|tercer|último|"
    r"siguen? (pendient|impagad|sin )|todavía|aún|"
    r"no hemos|no se nos|ninguna? (motivo|respuesta|pago)|ningún|sin respuesta|acordado",
    "it": r"nonostante|malgrado|precedent|ripetut|reiterat|nuovamente|di nuovo|second[oa] sollecito|terz[oa]|ultim|"
    r"facendo seguito|tuttora|ancora|rimast|senza riscontro|non (abbiamo|ci è)|nessun|alcun motivo|sollecit|concordat",
    "pl": r"pomimo|mimo|wcześniejsz|poprzedni|wielokrotn|ponown|kolejn|drugie|trzecie|ostatni|ostateczn|nadal|wciąż|"
    r"dotychczas|dotąd|nie (odnotow|otrzymal|poinformowan|wpłyn)|brak odpowiedzi|żadn\w+ (przyczyn|odpowied)|ustaleni",
    "sv": r"trots|tidigare|föregående|upprepad|återigen|på nytt|andra betalnings|andra påminn|tredje|sista|"
    r"fortfarande|alltjämt|varken|ännu|inte (mottagit|fått|hört)|ingen (betalning|förklaring)|något svar|överens",
    "da": r"trods|tidligere|forrige|gentagn|endnu|igen\b|anden betalings|anden påmind|tredje|sidste|"
    r"fortsat (forfald|åb)|stadig|hverken|ikke (modtaget|blevet|hørt)|ingen (betaling|grund)|intet svar|rykker|aftalt",
}

# How the messages once spoke: a list of words that lets these pass would guard nothing.
ONCE_SAID = {
    "en": ["Despite our earlier reminder, it remains unpaid", "We have not been told of any reason", "Second reminder"],
    "de": [
        "trotz mehrfacher Erinnerung",
        "auf unsere Zahlungserinnerung",
        "Zweite Zahlungserinnerung",
        "Letzte Mahnung",
    ],
    "nl": ["Ondanks onze herhaalde herinneringen", "Op onze eerdere betalingsherinnering", "Tweede herinnering"],
    "fr": ["Malgré nos rappels", "Notre précédent rappel est resté sans réponse", "Deuxième rappel"],
    "es": ["Pese a nuestros reiterados recordatorios", "No se nos ha comunicado ningún motivo", "Segundo recordatorio"],
    "it": ["nonostante i nostri ripetuti solleciti", "rimasto senza riscontro", "Secondo sollecito di pagamento"],
    "pl": [
        "pomimo wielokrotnych przypomnień",
        "nie odnotowaliśmy wpłaty",
        "Drugie przypomnienie",
        "Ostateczne wezwanie",
    ],
    "sv": ["Trots upprepade påminnelser", "varken mottagit betalning", "Andra betalningspåminnelsen"],
    "da": ["Trods gentagne påmindelser", "hverken modtaget betaling", "Anden betalingspåmindelse"],
}


def claims(language: str, text: str) -> list[str]:
    found = re.finditer(rf"(?<!\w)(?:{CLAIMS[language]})", " ".join(text.lower().split()))
    return [match.group() for match in found]


@pytest.mark.parametrize("language", CLAIMS)
def test_no_message_claims_what_may_not_have_happened(language: str) -> None:
    documents = sorted(PACKAGED.glob(f"*/*/{language}.txt"))
    assert documents
    told = {str(path.relative_to(PACKAGED)): claims(language, path.read_text(encoding="utf-8")) for path in documents}
    assert {path: words for path, words in told.items() if words} == {}


def test_every_language_of_the_templates_is_watched() -> None:
    assert {path.stem for path in PACKAGED.glob("*/*/*.txt")} == set(CLAIMS)


@pytest.mark.parametrize(("language", "sentence"), [(lang, text) for lang, all_ in ONCE_SAID.items() for text in all_])
def test_the_claims_the_messages_once_made_are_recognised(language: str, sentence: str) -> None:
    assert claims(language, sentence)
