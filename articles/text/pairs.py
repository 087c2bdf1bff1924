"""Which statement for professionals a plain one says again, and where their numbers differ (R118)."""

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from .claims import PLAIN, PROFESSIONAL, Claim
from .quantities import normal, quantities

# Below this a pair is a guess, and none is offered.
SURE = 0.5
NONE = "none"
_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"[\d.,]+")
_ENDING = re.compile(r"(?:ing|ed|es|s|ly)$")
LONG = 5  # letters of a word that still loses no ending
# Words too frequent to tell one statement from another.
_COMMON = re.compile(
    r"(?:and|are|but|can|could|for|from|had|has|have|his|her|how|into|its|may|might|more|most|must|not|one|only|other|"
    r"our|out|over|should|some|such|than|that|the|their|them|then|there|these|they|this|those|was|were|what|when|"
    r"where|which|while|who|will|with|would|you|your|also|been|being|both|did|does|each|very|about|after|before|"
    r"between|because|during|either|every)"
)


def pairs(claims: Sequence[Claim]) -> dict[str, str]:
    """For each plain statement that has one, the id of the statement for professionals that says the same."""
    found = {claim.id: pair_of(claim, claims) for claim in claims if claim.wording == PLAIN}
    return {own: mate.id for own, mate in found.items() if mate}


def pair_of(plain: Claim, claims: Iterable[Claim]) -> Claim | None:
    """The statement for professionals among `claims` that is most like a plain one, if it is enough like it.

    Likeness counts shared words, citation keys and quantities; two that cite, and cite nothing in common, are no
    pair. Quantities that differ do not part a pair: `differences` shows them.
    """
    if plain.wording != PLAIN:
        return None
    scored = [(likeness(plain, claim), -place, claim) for place, claim in enumerate(claims) if _could(plain, claim)]
    best = max(scored, default=None, key=lambda item: item[:2])
    return best[2] if best and best[0] >= SURE else None


def likeness(one: Claim, other: Claim) -> float:
    """How much two statements have in common, from 0 to 1: words for half, sources and quantities for the rest."""
    sources = _share(set(one.keys), set(other.keys))
    numbers = _share(set(_amounts(one.text)), set(_amounts(other.text)))
    return 0.5 * _share(_words(one.text), _words(other.text)) + 0.25 * sources + 0.25 * numbers


def differences(plain: Claim, professional: Claim) -> list[tuple[str, str]]:
    """Quantities of which only one of two statements speaks: (for professionals, in plain words), each as written.

    What has the same unit stands side by side, "5 mg" and "50 mg"; what has no mate is beside `NONE`.
    """
    ours, theirs = _amounts(professional.text), _amounts(plain.text)
    left = {key: said for key, said in ours.items() if key not in theirs}
    right = {key: said for key, said in theirs.items() if key not in ours}
    units = dict.fromkeys(_unit(key) for key in (*left, *right))
    found = [
        couple
        for unit in units
        for couple in zip_longest(_of(left, unit), _of(right, unit), fillvalue=NONE)
    ]  # fmt: skip
    alone = [couple[0] for couple in found if couple[1] == NONE], [couple[1] for couple in found if couple[0] == NONE]
    return [couple for couple in found if NONE not in couple] + list(zip_longest(*alone, fillvalue=NONE))


def _could(plain: Claim, claim: Claim) -> bool:
    cite_apart = bool(plain.keys and claim.keys) and not set(plain.keys) & set(claim.keys)
    return claim.wording == PROFESSIONAL and not cite_apart


def _amounts(text: str) -> dict[str, str]:
    """The quantities of a text as first written, by their one spelling."""
    said: dict[str, str] = {}
    for quantity in quantities(text):
        said.setdefault(normal(quantity), quantity)
    return said


def _unit(quantity: str) -> str:
    return _NUMBER.sub("", quantity)


def _of(amounts: dict[str, str], unit: str) -> list[str]:
    return [said for key, said in amounts.items() if _unit(key) == unit]


def _words(text: str) -> set[str]:
    """The words that tell, without their commonest endings."""
    found = (word.lower() for word in _WORD.findall(text))
    telling = (word for word in found if not _COMMON.fullmatch(word))
    return {_ENDING.sub("", word) if len(word) > LONG else word for word in telling}


def _share(one: set[str], other: set[str]) -> float:
    """What two sets have in common, of the smaller one; nothing where one is empty."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0
