"""What every importer gives back, and how it refuses."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from articles.text.citations import numbers_in
from articles.text.content import Content, line_ends

LIMIT_BYTES = 2_000_000
LIMIT_REFERENCES = 500
LIMIT_LINE = 300  # characters of a question or an answer title
LIMIT_SLUG = 80


class ImportRefused(Exception):
    """A file or a pasted text that cannot be taken over; `reason` is a sentence, `line` counts from 1."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason, line)
        self.reason = reason
        self.line = line

    def __str__(self) -> str:
        return self.reason if self.line is None else f"line {self.line}: {self.reason}"


@dataclass(frozen=True)
class Imported:
    """A draft as it was read.

    `proposals` has one entry for each citation number in the texts: `{"3": {"key": "deen2016", "by": "printed"}}`;
    `by` is `printed` (the list's own number), `position` (a guess) or `none` (then `key` is empty).
    `notes` are sentences on what was done, dropped or guessed.
    """

    content: Content
    proposals: dict[str, dict[str, str]] = field(default_factory=dict)
    slug: str = ""
    specialties: list[str] = field(default_factory=list)
    risk: str = ""
    notes: list[str] = field(default_factory=list)


def clean(text: str) -> str:
    """The text with `\\n` as its only line end and no byte-order mark; refuses what cannot be stored or is too long."""
    text = line_ends(text.removeprefix("\ufeff"))
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    odd = re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", text)
    if odd:
        code = f"U+{ord(odd.group()):04X}"
        raise ImportRefused(
            f"There is a control character ({code}) here. Delete it and import again.", line_of(text, odd.start())
        )
    if len(text.encode()) > LIMIT_BYTES:
        raise ImportRefused("The text is larger than 2 MB. Split it, or leave out what is not part of the article.")
    return text


def line_of(text: str, position: int) -> int:
    """The number of the line, from 1, in which the character at `position` stands."""
    return text.count("\n", 0, position) + 1


def slug_from(text: str) -> str:
    """An address made from a question: small letters, digits and hyphens, at most 80 characters; may be empty."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = ""
    for word in re.findall(r"[a-z0-9]+", ascii_text.replace("'", "")):
        if len(slug) + len(word) >= LIMIT_SLUG:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug


def propose(texts: Iterable[str], keys: list[str], printed: dict[int, str]) -> dict[str, dict[str, str]]:
    """A proposal for each citation number in `texts`.

    `keys` are the references in the list's order, `printed` the numbers that the list itself prints. Where it prints
    any, position is not used at all: a list with numbers of its own says what it means.
    """
    used = sorted({number for text in texts for number in numbers_in(text)})
    return {str(number): _proposal(number, keys, printed) for number in used}


def _proposal(number: int, keys: list[str], printed: dict[int, str]) -> dict[str, str]:
    if number in printed:
        return {"key": printed[number], "by": "printed"}
    if not printed and 1 <= number <= len(keys):
        return {"key": keys[number - 1], "by": "position"}
    return {"key": "", "by": "none"}


def proposal_notes(proposals: dict[str, Any]) -> list[str]:
    """One sentence on guesses by position, one on numbers without any proposal; none where all is printed."""
    guessed = [number for number, proposal in proposals.items() if proposal["by"] == "position"]
    missing = [number for number, proposal in proposals.items() if proposal["by"] == "none"]
    notes = []
    if guessed:
        notes.append(
            f"The reference list has no numbers of its own, so its order is only a guess for {_numbers(guessed)}: "
            "confirm each."
        )
    if missing:
        notes.append(f"No reference in the list stands for {_numbers(missing)}.")
    return notes


def _numbers(numbers: list[str]) -> str:
    return ", ".join(f"[{number}]" for number in numbers)
