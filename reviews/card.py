"""The card of one statement: its sources, its pair, the rest of its section, and the five buttons."""

from dataclasses import dataclass
from typing import Any

from articles.models import Version
from articles.text.claims import PLAIN, PROFESSIONAL, Claim
from articles.text.pairs import pair_of
from articles.text.references import abstract_of, key_of, parts
from articles.text.rendering import numbers_of

from .checking import difference_lines
from .judging import Judged, left_in_section
from .models import ClaimCheck
from .models.review import NEEDS_NOTE, NEEDS_QUOTE, Verdict

LOOKS = {
    Verdict.SUPPORTED: ("good", "check"),
    Verdict.PARTLY: ("wait", "partly"),
    Verdict.NOT_SUPPORTED: ("bad", "cross"),
    Verdict.UNSAFE: ("danger", "warn"),
    Verdict.CANNOT_TELL: ("plain", "question"),
}
SIGNS = {"good": "✓", "wait": "◐", "bad": "✗", "danger": "⚠", "plain": "?"}
BUTTONS = [
    {
        "value": verdict.value,
        "label": verdict.label.capitalize(),
        "word": verdict.label,
        "tone": LOOKS[verdict][0],
        "icon": LOOKS[verdict][1],
        "sign": SIGNS[LOOKS[verdict][0]],
        "key": key,
        "needs_note": verdict in NEEDS_NOTE,
        "needs_quote": verdict in NEEDS_QUOTE,
    }
    for key, verdict in enumerate(Verdict, start=1)
]


@dataclass(frozen=True)
class Pair:
    """The statement for professionals that a plain one may say again, the reader's verdict on it, and what differs."""

    item: Judged
    mine: ClaimCheck
    differences: list[str]


@dataclass(frozen=True)
class Section:
    """What one word on a section would judge, and what it leaves out, each with the reason."""

    heading: str
    judges: list[Judged]
    leaves: list[tuple[Judged, str]]


def sources_of(version: Version, claim: Claim) -> list[dict[str, Any]]:
    """The references of a statement as its reader's page numbers them: parts, abstract and quoted passages of each."""
    numbers = numbers_of(version.content, PLAIN if claim.wording == PLAIN else PROFESSIONAL)
    items = {key_of(item): item for item in version.references}
    return [
        {
            "line": {"number": numbers[key], **parts(items[key])},
            "abstract": abstract_of(items[key]),
            "quotes": [quote for quote in version.evidence if quote.get("key") == key],
        }
        for key in claim.keys
        if key in numbers
    ]


def pair_for(current: Judged, judged: list[Judged], person_id: int) -> Pair | None:
    """What a plain statement is held against; None where the person has not judged that."""
    mate = pair_of(current.claim, (item.claim for item in judged))
    item = next((item for item in judged if mate and item.claim.id == mate.id), None)
    mine = item.by(person_id) if item else None
    return Pair(item, mine, difference_lines(current.claim, item.claim)) if item and mine else None


def section_of(version: Version, current: Judged, judged: list[Judged], person_id: int) -> Section | None:
    """The rest of the current statement's section; None where there is nothing to judge with one word."""
    path, wording = current.claim.path, current.claim.wording
    judges, leaves = left_in_section(version, judged, path, wording, person_id)
    return Section(path[-1] if path else "", judges, leaves) if judges else None
