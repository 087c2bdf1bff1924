"""The risk linter (R123), and the words that suggest high risk."""

import re
from collections.abc import Iterator

from .findings import WARNING, Finding, around
from .units import Reading

RISKS = STANDARD, HIGH = ("standard", "high")
_RELATIVE = re.compile(
    r"\b(?:doubl(?:e|es|ed|ing)|tripl(?:e|es|ed|ing)|halv(?:e|es|ed|ing))\b(?=[^.]{0,120}\b(?:risk|chance|odds|likel|rate|"
    r"mortality|death|incidence|hazard))"
    r"|\b(?:risk|chance|odds|rate|mortality|death|incidence)s?\b[^.]{0,30}\b(?:doubl|tripl|halv)(?:e|es|ed|ing)\b"
    r"|\d\s?(?:%|per\s?cent)\s+(?:lower|higher|less|more|fewer|greater|reduction|increase|decrease|relative)"
    r"|\b(?:reduc|increas|decreas|lower|rais)(?:e|es|ed|ing)?\b[^.;]{0,40}\bby\s+(?:about\s+)?\d[\d.]*\s?(?:%|per\s?cent)"
    r"|\b(?:\d[\d.]*|two|three|four|five|ten|several|many)[ -]?(?:times|fold)\s+(?:as\s+)?(?:more|less|higher|lower|"
    r"greater|likely|the risk|the odds)"
    r"|\b(?:(?-i:RR|OR|HR)|relative risk|odds ratio|hazard ratio|rate ratio)\b[^.\d]{0,12}\d+(?:[.,·]\d+)?",
    re.IGNORECASE,
)
_ABSOLUTE = re.compile(
    r"\babsolute\b|\bNN[TH]\b|\bnumber needed\b|\bper\s+10[0,]*\b"
    r"|\b\d[\d,]{0,12}\s+(?:in|of|out of)\s+(?:every\s+)?\d"
    r"|\bfrom\s+\d[\d.]*\s?(?:%|per\s?cent)?\s+to\s+\d|\d\s?(?:%|per\s?cent)\s+(?:versus|vs\.?|compared|against|and)\s"
    r"|\b\d+/\d+\b",
    re.IGNORECASE,
)
_ODDS = re.compile(r"\b(\d[\d,]{0,12})\s+in\s+(?:every\s+)?(?!(?:19|20)\d\d\b)(\d[\d,]{0,12})\b")
_HIGH_RISK = re.compile(
    # Whom it could harm most.
    r"\b(child(?:ren|hood)?|infan(?:ts?|cy)|toddlers?|adolescen\w*|neonat\w*|newborns?|preterm|pa?ediatric\w*|"
    r"pregnan\w*|gestation\w*|teratogen\w*|fo?etus(?:es)?|fo?etal|breast-?fe(?:d|eds?|eding)|lactati\w*|"
    # Medicines of which a wrong dose harms: the usual high-alert lists.
    r"chemotherap\w*|cytotoxic\w*|cytostatic\w*|antineoplastic\w*|methotrexate|cyclophosphamide|vincristine|"
    r"fluorouracil|capecitabine|cisplatin|insulins?|anticoagula\w*|warfarin|acenocoumarol|phenprocoumon|"
    r"vitamin K antagonists?|[DN]OACs?|heparins?|LMWHs?|enoxaparin|dalteparin|tinzaparin|fondaparinux|apixaban|"
    r"rivaroxaban|dabigatran|edoxaban|thromboly\w*|alteplase|tenecteplase|opioids?|opiates?|morphine|diamorphine|"
    r"fentanyl|\w+fentanil|oxycodone|hydrocodone|hydromorphone|methadone|buprenorphine|codeine|tramadol|tapentadol|"
    r"digoxin|lithium|clozapine|gentamicin|vancomycin|ciclosporin|cyclosporine?|tacrolimus|potassium chloride|"
    # Situations.
    r"intrathecal\w*|overdos\w*|suicid\w*|sepsis|ana?esthe(?:sia|tic)\w*|transplant\w*)\b",
    re.IGNORECASE,
)


def lint_risks(reading: Reading, field: str) -> Iterator[Finding]:
    """Relative risks that have no absolute numbers beside them, and chances with different denominators."""
    for place, unit in enumerate(reading.units):
        near = " ".join(other.text for other in reading.units[max(0, place - 1) : place + 2])
        found = _RELATIVE.search(unit.text)
        if found and not _ABSOLUTE.search(near):
            said = " ".join(found[0].split())
            message = f"“{said}” says how much a risk changes, not how large it is; add the absolute numbers."
            yield Finding("relative-risk", WARNING, field, message, unit.text, unit.start)
    yield from _denominators(reading, field)


def _denominators(reading: Reading, field: str) -> Iterator[Finding]:
    first = ""
    for unit in reading.units:
        for found in _ODDS.finditer(unit.text):
            first = first or found[2]
            if found[2] != first:
                message = f"Chances are given “in {first}” and “in {found[2]}”; use one of the two throughout."
                yield Finding("mixed-denominators", WARNING, field, message, unit.text, unit.start)
                return


def words_of_high_risk(texts: dict[str, str]) -> str:
    """The words of an article that usually mean high risk, as “insulin, heparin and pregnant”; empty if none."""
    return _listed(list({found[0].lower(): None for text in texts.values() for found in _HIGH_RISK.finditer(text)}))


def high_risk_words(texts: dict[str, str]) -> Finding | None:
    """A warning that names them, at the first one; `texts` are the article's fields."""
    for field, text in texts.items():
        found = _HIGH_RISK.search(text)
        if found:
            words = words_of_high_risk(texts)
            message = f"The risk is set to standard, but the text speaks of {words}; consider high risk."
            excerpt = around(text, found.start(), found.end())
            return Finding("high-risk-words", WARNING, field, message, excerpt, found.start())
    return None


def _listed(words: list[str]) -> str:
    shown = words[:6]
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
