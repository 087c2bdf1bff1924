"""Quantities in a text: doses, rates, ranges and plain numbers, each kept whole."""

import re

NUMBER = r"(?:\d{1,3}(?:[,\u202f]\d{3})+(?!\d)(?:[.·]\d+)?|\d+(?:[.·,]\d+)?|(?<!\d)[.·]\d+)"
_MASS = r"(?:kg|mg|MG|[µμ]g|mcg|ng|pg|micrograms?|milligrams?|grams?|g)"
_VOLUME = r"(?:m[lL]|d[lL]|[µμ][lL]|cc|CC|lit(?:er|re)s?|millilit(?:er|re)s?|[lL])"
_ACTIVITY = r"(?:IU|MIU|U|[Uu]nits?)"
_FORM = r"(?:tablets?|capsules?|drops?|puffs?|ampoules?|vials?|sachets?|patch(?:es)?|doses?)"
_SUBSTANCE = r"(?:mmol|[µμ]mol|nmol|pmol|mol|mEq|meq|mOsm|mosmol)"
_TIME = r"(?:h|hr|hrs|hours?|min|minutes?|s|sec|seconds?|d|days?|weeks?|months?|years?|wk|yr|nights?)"
_OTHER = r"(?:mm\s?Hg|kPa|km|cm|mm|m²|m2|m\^2|m|°C|°F|bpm|beats|kcal|kJ|Gy|mSv|MBq|GBq|Hz|fold|times|patients?|people)"
_PERCENT = r"(?:%|‰|per\s?cent\b|percentage points?\b)"
_UNIT = rf"(?:{_MASS}|{_VOLUME}|{_ACTIVITY}|{_FORM}|{_SUBSTANCE}|{_TIME}|{_OTHER})(?![\w²])"
_PER = rf"(?:\s?/\s?|\s+per\s+)(?:{NUMBER}\s?)?{_UNIT}"
_JOIN = r"(?:\s?[-–—/×±:]\s?|\s+(?:to|of|out of)\s+|\s+in\s+(?!(?:19|20)\d\d\b))"
_WHOLE = (
    rf"(?:[<>≤≥≈~=±]\s?|(?<![\w)])[-−](?=[\d.]))?(?<![\w.,·])(?<![A-Za-z][-–]){NUMBER}"
    rf"(?:(?:[\s-]?(?:{_PERCENT}|{_UNIT}))?{_JOIN}{NUMBER})*"
    rf"(?:[\s-]?(?:{_PERCENT}|{_UNIT})(?:{_PER})*)?"
)
QUANTITY = re.compile(_WHOLE)
_UNIT_ALONE = re.compile(
    rf"{_MASS}|{_VOLUME}|{_ACTIVITY}|{_FORM}|{_SUBSTANCE}|{_TIME}|{_PERCENT}|mmHg|kPa|[kcm]m|m²|kcal|kJ|Gy"
)
_DOSE = re.compile(rf"\d[\s-]?(?:{_MASS}|{_VOLUME}|{_ACTIVITY}|{_FORM}|mmol|mEq|Gy|MBq|GBq)(?![\w²])")
_CONCENTRATION = re.compile(rf"(?:\s?/\s?|\s+per\s+)(?:{_VOLUME})(?![\w])|m[lL]\s?/\s?min")
_CITED = re.compile(r"\[@[^\]\n]{0,500}\]|\[\s?\d+(?:\s?[,;–-]\s?\d+){0,50}\s?\]|https?://\S+")
_SAME = (
    (r"\s+", " "),
    (r"per\s?cent\b", "%"),
    (r"\s+per\s+", "/"),
    (r"(?<=\d),(?=\d{3}\b)|\u202f", ""),
    (r"micrograms?|[µμ]g", "mcg"),
    (r"milligrams?", "mg"),
    (r"grams?\b", "g"),
    (r"[–—]|\s+to\s+", "-"),
    (r"m2\b|m\^2", "m²"),
    (r"·", "."),
    (r"\b(tablet|capsule|drop|puff|unit|hour|day|week|month|year|dose|patient)s\b", r"\1"),
)


def quantities(text: str) -> list[str]:
    """The quantities of a text in order, each whole: "5 mg", "1.25-1.50 mmol/L", "83.4 %", "119 g/m²", "140/90".

    Citations and addresses are left out, and so are numbers that belong to a word (B12, COVID-19).
    """
    return [" ".join(found[0].split()) for found in QUANTITY.finditer(_CITED.sub(" ", text))]


def is_dose(quantity: str) -> bool:
    """Is it an amount of something given: mass, volume, units, tablets? "5 mg/dL" and "30 mL/min" are none."""
    return bool(_DOSE.search(quantity)) and not _CONCENTRATION.search(quantity)


def is_unit(word: str) -> bool:
    """Is a word that stands alone a unit: "mg", "hours", "tablets"?"""
    return bool(_UNIT_ALONE.fullmatch(word))


def normal(quantity: str) -> str:
    """One spelling for quantities that say the same: "10 per cent" and "10%", "3,320 mg per day" and "3320 mg/day"."""
    for pattern, plain in _SAME:
        quantity = re.sub(pattern, plain, quantity)
    return re.sub(r"(?<=\d)\s?[ -](?=[A-Za-z%‰°])|\s", "", quantity)
