"""What makes a sentence a claim that a reviewer checks: citation, dose, number, comparison, recommendation, warning."""

import re
from collections.abc import Sequence

from .quantities import is_dose, quantities

CITATION = "citation"
DOSE = "dose"
NUMBER = "number"
COMPARISON = "comparison"
RECOMMENDATION = "recommendation"
CONTRAINDICATION = "contraindication"

_LABELS = re.compile(r"\b[Tt]ypes?\s+\d+(?:\s+(?:and|or)\s+\d+)?|^\d+\.\s")
_NUMBER_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|fifty|hundreds?|thousands?|half|twice|"
    r"thrice|quarters?|thirds|one in|once (?:a|per|every|daily|weekly)|daily|weekly|monthly|hourly|"
    r"per\s?cent|percentage)\b",
    re.IGNORECASE,
)
_COMPARISON = re.compile(
    r"\b(?:than|versus|vs|compared|comparable|superior(?:ity)?|(?:non-?)?inferior(?:ity)?|higher|lower|greater|fewer|"
    r"more|less|better|worse|best|worst|longer|shorter|faster|slower|twice|halv(?:ed?|es|ing)|doubl(?:ed?|es|ing)|"
    r"tripl(?:ed?|es|ing)|increas(?:ed?|es|ing)|decreas(?:ed?|es|ing)|reduc(?:ed?|es|ing|tions?)|"
    r"improv(?:ed?|es|ing|ements?)|rais(?:ed?|es|ing)|fell|falls?|rose|rises?|as (?:effective|safe|good) as|"
    r"no (?:difference|better|worse)|equally|similar|risk)\b",
    re.IGNORECASE,
)
_RECOMMENDATION = re.compile(
    r"\b(?:should|must|ought|shall|needs? to|need not|recommend(?:s|ed|ing|ations?)?|advis(?:e|es|ed|able)|"
    r"advice|consider(?:ed|s)?|prefer(?:s|red|ably|able)?|first[- ]line|second[- ]line|indicated|treatment of choice|"
    r"(?:may|can|could) be (?:used|given|tried|started|continued|stopped|offered|considered|prescribed|taken)|"
    r"monitor(?:s|ed|ing)?|titrat(?:e|ed|ion)|effective(?:ly|ness)?|ineffective|appropriate|inappropriate|"
    r"suitable|required?|necessary|essential|safe(?:ly|ty)?|avoid(?:s|ed|ing|ance)?|contraindicat\w*|"
    r"do not|don['’]t|never|always)\b"
    r"|^\W*(?:please\s+)?(?:give|start|stop|use|offer|take|check|measure|refer|continue|discontinue|reduce|increase|"
    r"withhold|hold|call|seek|ask|tell|keep|add|switch|limit|ensure|test|treat|repeat|review|prescribe|inject|apply|"
    r"go|see|contact|speak|talk)\b",
    re.IGNORECASE,
)
# Words that deny, and what turns a word into its opposite; `articles.text.change_class` looks for them.
NEGATION = re.compile(
    r"(?:no|not|non|none|nor|neither|never|nobody|nothing|nowhere|cannot|without|except(?:ed|ing)?|excluding|unless|"
    r"only|lacks?|lacking|lacked|absent|absence|fail(?:s|ed|ing|ure)?|refut(?:es?|ed)|den(?:y|ies|ied)|"
    r"hardly|scarcely|barely|rarely|seldom|instead|free|"
    r"\w+n['\u2019]t|\w+less|non-\w+)",
    re.IGNORECASE,
)
OPPOSING = ("non-", "non", "un", "in", "im", "il", "ir", "dis", "de", "a", "an", "anti", "contra", "mal", "mis")
OPPOSITES = (("hyper", "hypo"), ("tachy", "brady"), ("pre", "post"), ("intra", "inter"), ("in", "ex"), ("in", "de"))
NUMBER_WORD = re.compile(
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundreds?|thousands?|millions?|dozens?|half|halves|twice|thrice|once|quarters?|thirds?|"
    r"first|second|fourth|fifth|double|triple|single|both|either|each|every|all|any|some|few|many|most|several|"
    r"daily|weekly|monthly|hourly|yearly|percent|percentage|(?:\w+-)?fold)"
)
_CONTRAINDICATION = re.compile(
    r"\b(?:contra-?indicat\w*|avoid(?:s|ed|ing|ance)?|(?:must|should|may|can|shall|ought|do|does)\s*(?:not|n['’]t)|"
    r"cannot|can['’]t|don['’]t|never|"
    r"not (?:be |to be )?(?:used|given|recommended|advised|suitable|safe|indicated|taken)|"
    r"safe(?:ly|ty)?|unsafe|warn(?:s|ed|ings?)?|caution\w*|harm(?:s|ed|ful|less)?|danger\w*|toxic\w*|fatal\w*|"
    r"life-threatening|lethal|hypersensitiv\w*|allerg\w*|anaphyla\w*|withhold|withheld|black box|boxed|"
    r"stop(?:ped)? (?:at once|immediately)|discontinue)\b",
    re.IGNORECASE,
)


def signs_of(text: str, keys: Sequence[str]) -> tuple[str, ...]:
    """The signs of a sentence in a fixed order, none if nothing in it asks to be checked."""
    counted = quantities(_LABELS.sub(" ", text))
    found = {
        CITATION: bool(keys) or bool(re.search(r"\[\d", text)),
        DOSE: any(is_dose(quantity) for quantity in counted),
        NUMBER: bool(counted) or bool(_NUMBER_WORDS.search(text)),
        COMPARISON: bool(_COMPARISON.search(text)),
        RECOMMENDATION: bool(_RECOMMENDATION.search(text)),
        CONTRAINDICATION: bool(_CONTRAINDICATION.search(text)),
    }
    return tuple(sign for sign, present in found.items() if present)
