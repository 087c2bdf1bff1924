"""Claims: the statements that a reviewer checks, each with an id that its text, citations and place give it."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .content import Content
from .quantities import quantities
from .units import HEADING, Unit, is_claim, read, whole

__all__ = ["ANSWER", "PLAIN", "PROFESSIONAL", "Claim", "claims", "quantities", "reading_minutes", "sentences"]

ANSWER, PROFESSIONAL, PLAIN = "answer", "professional", "plain"
SECONDS_PER_CLAIM = 45


@dataclass(frozen=True)
class Claim:
    """One statement: its text without citation marks, cited keys, headings above it, and why it is checked.

    `wording` is answer, professional or plain; `start` the offset in that field's source.
    """

    id: str
    text: str
    keys: tuple[str, ...]
    path: tuple[str, ...]
    wording: str
    signs: tuple[str, ...]
    start: int

    def as_json(self) -> dict[str, Any]:
        """A form that JSON keeps whole; `from_json` reads it back."""
        return asdict(self) | {"keys": list(self.keys), "path": list(self.path), "signs": list(self.signs)}

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> "Claim":
        """The claim that `as_json` wrote."""
        return cls(**(dict(item) | {name: tuple(item[name]) for name in ("keys", "path", "signs")}))


def claims(content: Content) -> list[Claim]:
    """Everything a reviewer checks: the direct answer as a whole, then the sentences with a sign, in order."""
    return [claim for unit, claim in _all(content) if claim.wording == ANSWER or is_claim(unit)]


def sentences(content: Content) -> list[Claim]:
    """What a reviewer may add as a claim: sentences, list items and table rows; headings only with a sign."""
    return [claim for unit, claim in _all(content) if unit.kind != HEADING or unit.signs]


def claim_id(text: str, keys: tuple[str, ...], path: tuple[str, ...], wording: str) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of what makes a claim this one."""
    whole = json.dumps([" ".join(text.split()), sorted(set(keys)), list(path), wording], ensure_ascii=False)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def reading_minutes(n_claims: int) -> int:
    """About how long judging takes, in minutes: 45 seconds for each claim, at least one minute."""
    return max(1, n_claims * SECONDS_PER_CLAIM // 60)


def _all(content: Content) -> Iterator[tuple[Unit, Claim]]:
    seen: Counter[str] = Counter()
    answer = whole(read(content.direct_answer))
    units = [(answer, ANSWER)] if answer else []
    for wording, text in ((PROFESSIONAL, content.professional), (PLAIN, content.plain)):
        units += [(unit, wording) for unit in read(text).units]
    for unit, wording in units:
        bare = claim_id(unit.text, unit.keys, unit.path, wording)
        seen[bare] += 1
        own = bare if seen[bare] == 1 else f"{bare}-{seen[bare]}"
        yield unit, Claim(own, unit.text, unit.keys, unit.path, wording, unit.signs, unit.start)
