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
    r"\b(child(?:ren|hood)?|infants?|neonat\w*|newborns?|p(?:a)?ediatric\w*|pregnan\w*|breast-?feeding|lactation|"
    r"chemotherap\w*|cytotoxic\w*|methotrexate|insulins?|anticoagula\w*|warfarin|heparins?|apixaban|rivaroxaban|"
    r"dabigatran|edoxaban|thromboly\w*|opioids?|morphine|fentanyl|oxycodone|methadone|digoxin|lithium|"
    r"potassium chloride|intrathecal|overdos\w*|suicid\w*|sepsis|an(?:a)?esthe(?:sia|tic)\w*|transplant\w*)\b",
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


def high_risk_words(texts: dict[str, str]) -> Finding | None:
    """A warning that names the words of an article that usually mean high risk; `texts` are its fields."""
    words: dict[str, None] = {}
    place: tuple[str, int, int] | None = None
    for field, text in texts.items():
        for found in _HIGH_RISK.finditer(text):
            words[found[0].lower()] = None
            place = place or (field, found.start(), found.end())
    if not place:
        return None
    field, start, end = place
    message = f"The risk is set to standard, but the text speaks of {_listed(list(words))}; consider high risk."
    return Finding("high-risk-words", WARNING, field, message, around(texts[field], start, end), start)


def _listed(words: list[str]) -> str:
    shown = words[:6]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
