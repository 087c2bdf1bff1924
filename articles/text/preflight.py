"""Preflight: the checks before a version is submitted. Errors stop it; warnings can be waived with a reason."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from . import citations, references
from .content import Content
from .doses import NOTATIONS, lint_doses
from .findings import ERROR, WARNING, Finding, around
from .preflight_references import check_evidence, check_references
from .preflight_wordings import check_wordings
from .quantities import quantities
from .risks import STANDARD, high_risk_words, lint_risks
from .signs import COMPARISON
from .units import HEADING, INTRODUCTION, Reading, read

__all__ = ["ERROR", "RULES", "WARNING", "Finding", "preflight"]

FIELDS = ("question", "direct_answer", "title", "professional", "plain", "references", "article")
TEXTS = FIELDS[:5]
CITING = ("direct_answer", "professional", "plain")
REQUIRED = {
    "question": "The question is empty; write the question that the article answers.",
    "direct_answer": "The direct answer is empty; answer in one or two sentences.",
    "title": "The answer's title is empty; give one.",
    "professional": "The wording for professionals is empty; write it.",
}
# Control characters, and those that turn the direction of writing and so the order of digits.
_BROKEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffc\ud800-\udfff]")
_COMPARED = re.compile(
    r"\b(?:than|versus|vs|compared|superior|(?:non-?)?inferior|twice|doubl\w+|halv\w+)\b", re.IGNORECASE
)

# Each rule's name, and its heading in the list of checks.
RULES: dict[str, str] = {
    "match-numbers": "Numbers not yet matched to references",
    "empty-question": "No question",
    "empty-direct-answer": "No direct answer",
    "empty-title": "No title",
    "empty-professional": "No wording for professionals",
    "empty-wording": "A wording that is blank",
    "broken-characters": "Characters that cannot be shown",
    "citation-without-reference": "Citations without a reference",
    "unmatched-number": "Numbers without a reference",
    "unreadable-citation": "Citations that cannot be read",
    "citation-in-title": "Citations where none can stand",
    "invalid-reference": "References that cannot be used",
    "duplicate-key": "References with the same key",
    "missing-change-note": "No change note",
    "risk-not-set": "Risk not set",
    "specialties-not-set": "No specialty",
    "quantity-without-citation": "Numbers and comparisons without a citation",
    "uncited-reference": "References that nothing cites",
    "duplicate-reference": "References that may be the same work",
    "missing-locator": "References without DOI, PMID or address",
    "reference-details": "References with missing or odd details",
    "guideline-summary": "Guidelines that may be summaries",
    "retracted-reference": "Retracted references",
    "evidence-without-reference": "Evidence without a reference",
    "relative-risk": "Relative risks without absolute numbers",
    "mixed-denominators": "Chances with different denominators",
    "wordings-quantities": "Numbers that differ between the wordings",
    "wordings-citations": "Citations that differ between the wordings",
    "hard-to-read": "Plain wording that is hard to read",
    "high-risk-words": "Words that suggest high risk",
    **{notation.rule: "Doses written in a risky way" for notation in NOTATIONS},
}


@dataclass(frozen=True)
class _Draft:
    """What the checks look at; each text is read once."""

    content: Content
    number: int
    change_note: str
    specialties: Sequence[str]
    risk: str

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text fields, in the order of the page."""
        return {field: str(getattr(self.content, field)) for field in TEXTS}

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """The fields that can cite, read."""
        return {field: read(self.texts[field]) for field in CITING}


def preflight(
    content: Content, *, number: int, change_note: str, specialties: Sequence[str], risk: str
) -> list[Finding]:
    """Everything found in a draft: errors first, then in the order of the page and its text.

    `number` is the version's; from the second on a change note is required. AI use and funding are no part of this:
    they are confirmed at submit.
    """
    draft = _Draft(content, number, change_note, specialties, risk)
    found = [finding for check in _CHECKS for finding in check(draft)]
    return sorted(found, key=lambda finding: (finding.level != ERROR, FIELDS.index(finding.field), finding.start))


def _check_empty(draft: _Draft) -> Iterator[Finding]:
    for field, message in REQUIRED.items():
        if not draft.texts[field].strip():
            yield Finding(f"empty-{field.replace('_', '-')}", ERROR, field, message)
    plain = draft.texts["plain"]
    if plain and not plain.strip():
        message = "The plain wording holds nothing but spaces; write it, or clear the field to leave it out."
        yield Finding("empty-wording", ERROR, "plain", message)


def _check_characters(draft: _Draft) -> Iterator[Finding]:
    for field, text in draft.texts.items():
        found = _BROKEN.search(text)
        if found:
            message = f"An invisible character (U+{ord(found[0]):04X}) stands here; delete it and type the place anew."
            excerpt = _BROKEN.sub("\ufffd", around(text, found.start(), found.end()))
            yield Finding("broken-characters", ERROR, field, message, excerpt, found.start())
    for item in draft.content.references:
        if _BROKEN.search(_strings(item)):
            message = f"Reference “{_shown_key(item)}” holds an invisible character; type its fields anew."
            key = references.key_of(item) if isinstance(item, dict) else ""
            yield Finding("broken-characters", ERROR, "references", message, key=key)


def _check_citations(draft: _Draft) -> Iterator[Finding]:
    known = {references.key_of(item) for item in draft.content.references if isinstance(item, dict)}
    for field in CITING:
        text = draft.texts[field]
        for key, start in _uses(draft, field, known):
            message = f"[@{key}] cites no reference in the list; add the reference or mend the key."
            yield Finding(
                "citation-without-reference", ERROR, field, message, around(text, start, start + len(key) + 3), start
            )
        for start, excerpt in citations.unreadable(text):
            message = "This looks like a citation but cannot be read; write [@key] or [@key; @other]."
            yield Finding("unreadable-citation", ERROR, field, message, excerpt, start)
    yield from _check_titles(draft)


def _check_numbers(draft: _Draft) -> Iterator[Finding]:
    """One finding for each unmatched number, at its first use."""
    uses: dict[int, list[tuple[str, citations.NumberSpot]]] = {}
    for field in CITING:
        for spot in citations.number_spots(draft.texts[field]):
            uses.setdefault(spot.number, []).append((field, spot))
    for number, ((field, spot), *others) in uses.items():
        often = f", used {len(others) + 1} times," if others else ""
        message = f"Number [{number}]{often} is matched to no reference; choose the reference it stands for."
        yield Finding("unmatched-number", ERROR, field, message, spot.sentence, spot.start, key=str(number))


def _uses(draft: _Draft, field: str, known: set[str]) -> Iterator[tuple[str, int]]:
    """The first use of each cited key that is not known."""
    for key in draft.readings[field].keys:
        if key not in known:
            found = re.search(rf"@{re.escape(key)}(?![\w:.-]*\w)", draft.texts[field])
            yield key, max(0, found.start() - 1) if found else 0


def _check_titles(draft: _Draft) -> Iterator[Finding]:
    for field in ("question", "title"):
        found = re.search(r"\[@", draft.texts[field])
        if found:
            message = f"A citation in the {field} is not shown as one; cite in the text."
            yield Finding("citation-in-title", ERROR, field, message, draft.texts[field][:80], found.start())


def _check_article(draft: _Draft) -> Iterator[Finding]:
    if draft.number > 1 and not draft.change_note.strip():
        message = "The change note is empty; say what is different from the version before, and why."
        yield Finding("missing-change-note", ERROR, "article", message)
    if not draft.risk.strip():
        yield Finding("risk-not-set", ERROR, "article", "The risk is not set; choose standard or high.")
    if not [name for name in draft.specialties if name.strip()]:
        yield Finding(
            "specialties-not-set", ERROR, "article", "No specialty is set; choose at least one, the main one first."
        )


def _check_quantities(draft: _Draft) -> Iterator[Finding]:
    """R42: a dose, rate, number or comparison has a citation in its own sentence."""
    for field, reading in draft.readings.items():
        for unit in reading.units:
            if unit.keys or unit.numbers or unit.kind in {HEADING, INTRODUCTION}:
                continue
            counted = quantities(unit.text)
            if counted or (COMPARISON in unit.signs and _COMPARED.search(unit.text)):
                what = f"“{counted[0]}”" if counted else "A comparison"
                message = f"{what} stands in a sentence without a citation; cite its source."
                yield Finding("quantity-without-citation", WARNING, field, message, unit.text, unit.start)


def _check_doses(draft: _Draft) -> Iterator[Finding]:
    for field, text in draft.texts.items():
        yield from lint_doses(text, field)


def _check_risks(draft: _Draft) -> Iterator[Finding]:
    for field, reading in draft.readings.items():
        yield from lint_risks(reading, field)
    found = high_risk_words(draft.texts) if draft.risk == STANDARD else None
    if found:
        yield found


def _check_references(draft: _Draft) -> Iterator[Finding]:
    cited = {key for reading in draft.readings.values() for key in reading.keys}
    unmatched = any(unit.numbers for reading in draft.readings.values() for unit in reading.units)
    yield from check_references(draft.content.references, cited, unmatched=unmatched)
    yield from check_evidence(draft.content)


def _check_wordings(draft: _Draft) -> Iterator[Finding]:
    if draft.texts["plain"].strip():
        yield from check_wordings(draft.readings["professional"], draft.readings["plain"])


def _strings(value: object) -> str:
    """All the text inside a JSON value."""
    if isinstance(value, dict):
        return "".join(f"{key}{_strings(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "".join(_strings(item) for item in value)
    return value if isinstance(value, str) else ""


def _shown_key(item: object) -> str:
    key = references.key_of(item) if isinstance(item, dict) else ""
    return _BROKEN.sub("\ufffd", key) or "without a key"


_CHECKS: tuple[Callable[[_Draft], Iterator[Finding]], ...] = (
    _check_empty,
    _check_characters,
    _check_citations,
    _check_numbers,
    _check_references,
    _check_article,
    _check_quantities,
    _check_doses,
    _check_risks,
    _check_wordings,
)
