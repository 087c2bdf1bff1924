"""Bare citation numbers in pasted text become `[n]`, before the sentence's punctuation.

A number that is a dose, a year, a percentage or a label (“stage 3”) must never become a citation; one that is missed
is seen and mended by the editor. So only plausible ones are taken, and doubtful ones are named in the notes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from articles.text.references import DOI_BEGINS

from .pasted_lines import BULLET, HASHES, NUMBERED, Line
from .pasted_words import SHORTENED, expects_number, is_acronym, is_unit

N = r"[1-9][0-9]?"
RUN = rf"{N}(?:\s?[,;–-]\s?{N}(?![0-9]))*"
SPACED = rf"{N}(?:\s?[,;–-]\s?{N}(?![0-9])|\s{N}(?![0-9]))*"
ONE_BRACKET = rf"(?:\[\^?{N}(?:\s?[,;–-]\s?{N})*\]|【{N}(?:†[^】\n]*)?】)(?!\()"
BRACKETS = re.compile(rf"(?P<end>[.!?,;]?)(?P<space>\s{{0,3}})(?P<run>{ONE_BRACKET}(?:\s?[,;]?\s?{ONE_BRACKET})*)")
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
SUPERSCRIPT = re.compile(
    rf"(?P<end>[.!?,;:]?)(?P<space>\s?)(?P<run>[{RAISED}]+(?:[,˒⸴ ⁻–-]{{1,2}}[{RAISED}]+)*)(?![\w⁺⁻+])"
)
AFTER_STOP = re.compile(rf"(?P<end>[.!?])(?P<run>{SPACED})(?=\s*$|\s+[^\W\d_a-z]|\s+[“\"(*])")
AFTER_STOP_AT_END = re.compile(rf"(?P<end>[.!?])\s(?P<run>{SPACED})\s*$")
BEFORE_STOP = re.compile(rf"\s(?P<run>{RUN})(?P<end>[.!?;])(?=\s|$)")
AT_END = re.compile(rf"\s(?P<run>{RUN})$")
GLUED = re.compile(rf"(?<![\w-])[A-Za-z][a-z]{{3,}}(?P<run>{N}(?:[,–-]{N})*)(?=[.!?,;:)]?(?:\s|$))")
HIDDEN = re.compile(rf"`[^`]*`|https?://\S+|www\.\S+|\[[^\]\[]*\]\([^)\s]*\)|\bdoi:\S+|\b{DOI_BEGINS}\S+")
# A number that is a link to its source, as chat windows copy it: `[7](https://…)` or `[[7]](https://…)`.
LINKED = re.compile(
    rf"(?ms)^ {{0,3}}(?P<fence>```|~~~).*?(?:^ {{0,3}}(?P=fence)|\Z)|`[^`\n]*`"
    rf"|(?:\[(?P<inner>\[\^?{N}\])\]|(?P<mark>\[\^?{N}\]))"
    r"\((?P<address>(?:https?://|#)(?:[^()\s]|\([^()\s]*\))*)\)"
)
# Where a number would vanish unseen: “mmol/L6–8.”, “20%3,4.”, “5 mg2.” and “75.2,3 In”.
AFTER_UNIT = re.compile(
    rf"(?P<before>/|[0-9]\s?|(?<![^\W_]))(?P<unit>%|[A-Za-zµμ]+)(?P<run>{N}(?:\s?[,–-]\s?{N})*|[{RAISED}]+)"
    r"(?=[.!?,;:)]*(?:\s|$))"
)
AFTER_DECIMAL = re.compile(rf"[0-9]\.(?P<run>{N}(?:[,–-]{N})*)(?=\s+[A-Z][a-z])")
POWERS = frozenset({"2", "3", "²", "³"})
LENGTHS = frozenset("m cm mm dm km µm μm nm in ft".split())  # noqa: SIM905 - words read better
NEXT_SENTENCE = re.compile(r"\s*$|\s+[^\W\d_a-z]")
MOST = 99
FEWEST_IN_A_ROW = 3

Strength = Literal["sure", "strong", "weak", "doubtful"]


@dataclass(frozen=True)
class Spot:
    """Where a citation seems to stand: `text[start:end]` becomes ` [numbers]` and then `stop`."""

    start: int
    end: int
    numbers: str
    stop: str
    strength: Strength

    @property
    def values(self) -> list[int]:
        """The numbers as written, ranges by their ends."""
        return [int(number) for number in re.findall(r"[0-9]+", self.numbers)]


def bracket_numbers(lines: list[Line], references: int, notes: list[str]) -> list[Line]:
    """The lines with their citation numbers in brackets; `references` is how many the list has."""
    lines = [line if line.code else line.with_text(unlinked(line.text, notes)) for line in lines]
    found = [(line, _spots(line)) for line in lines]
    used = {value for _, spots in found for spot in spots if spot.strength != "doubtful" for value in spot.values}
    reach = max(references, _in_a_row(used))
    return [_rewritten(line, spots, references, reach, notes) for line, spots in found]


def unlinked(text: str, notes: list[str]) -> str:
    """The text with `[7](https://…)` as `[7]`; a note names each address that was left out."""

    def bare(match: re.Match[str]) -> str:
        mark = match["inner"] or match["mark"]
        if mark:
            notes.append(f"The address behind {mark} was left out: {match['address']}")
        return mark or match.group()

    return LINKED.sub(bare, text)


def _in_a_row(used: set[int]) -> int:
    """How far the numbers run from 1 without a gap; 0 where that proves nothing."""
    last = 0
    while last + 1 in used:
        last += 1
    return last if last >= FEWEST_IN_A_ROW else 0


def _rewritten(line: Line, spots: list[Spot], references: int, reach: int, notes: list[str]) -> Line:
    text = line.text
    doubtful: list[str] = []
    for spot in reversed(spots):
        numbers = _accepted(spot, references, reach)
        if numbers is None:
            doubtful.insert(0, spot.numbers)
            continue
        if numbers != spot.numbers:
            notes.append(f"Line {line.number}: the raised number {spot.numbers} was read as {numbers}, a guess.")
        before = text[: spot.start].rstrip()
        gap = "" if before.endswith(("(", "[")) else " "
        text = f"{before}{gap}[{numbers}]{spot.stop}{text[spot.end :]}"
    if doubtful:
        which = " and ".join(doubtful)
        notes.append(f"{line.quoted()} may have a citation number ({which}) that stayed as it was: put it in brackets.")
    return line.with_text(text)


def _accepted(spot: Spot, references: int, reach: int) -> str | None:
    """The numbers to put in brackets; None where it is doubtful."""
    highest = max(spot.values)
    if spot.strength == "doubtful":
        return None
    if spot.strength == "sure":
        return _parted(spot.numbers, reach) if highest > max(reach, 9) else spot.numbers
    limit = min(MOST, max(20, references * 3)) if spot.strength == "strong" else reach
    return spot.numbers if highest <= limit and len(set(spot.values)) == len(spot.values) else None


def _parted(numbers: str, reach: int) -> str:
    """Raised “13” is 1 and 3 where there is no thirteenth reference; brackets say what they mean."""
    parted = ",".join(numbers)
    possible = numbers.isdigit() and "0" not in numbers and list(numbers) == sorted(set(numbers))
    return parted if possible and reach and int(numbers[-1]) <= reach else numbers


def _spots(line: Line) -> list[Spot]:
    """The candidates of one line, from left to right, none overlapping another."""
    if line.code or line.blank or HASHES.fullmatch(line.text):
        return []
    text = HIDDEN.sub(lambda match: "\ue000" * len(match.group()), line.text)
    spots = list(_bracketed(text))
    if not line.table:
        spots += _superscripts(text)
        spots += _hidden(text)
        spots += _bare(text, item=bool(BULLET.fullmatch(text) or NUMBERED.fullmatch(text)))
    chosen: list[Spot] = []
    for spot in sorted(spots, key=lambda one: (one.start, -one.end)):
        if not chosen or spot.start >= chosen[-1].end:
            chosen.append(spot)
    return chosen


def _bracketed(text: str) -> Iterator[Spot]:
    for match in BRACKETS.finditer(text):
        numbers = ",".join(re.findall(r"[0-9][0-9,;–\s-]*", re.sub(r"†[^】]*】", "】", match["run"])))
        start, stop = _moved(text, match)
        yield Spot(start, match.end(), _tidy(numbers), stop, "sure")


def _moved(text: str, match: re.Match[str]) -> tuple[int, str]:
    """Where to cut, and the punctuation that goes behind the citation, where a sentence or clause ends before it."""
    word = _last_word(_before(text, match.start("end")))
    closes = bool(match["end"]) and bool(word) and word.lower() not in SHORTENED
    if closes and (not match["space"] or NEXT_SENTENCE.match(text, match.end())):
        return match.start("end"), match["end"]
    return match.start("run"), ""


def _superscripts(text: str) -> Iterator[Spot]:
    for match in SUPERSCRIPT.finditer(text):
        word = _last_word(_before(text, match.start("end")))
        before = _before(text, match.start("run")).rstrip()[-1:]
        glued = not match["end"] and not match["space"]
        if not before or before.isdigit() or (glued and (is_unit(word) or len(word) < 3) and before not in ")]%”\"'’"):
            continue
        digits = match["run"].translate(str.maketrans(RAISED, "0123456789"))
        numbers = _tidy(re.sub(r"[˒⸴ ]+", ",", digits.replace("⁻", "-")))
        if all(1 <= int(value) <= MOST and value[0] != "0" for value in re.findall(r"[0-9]+", numbers)):
            start, stop = _moved(text, match)
            yield Spot(start, match.end(), numbers, stop, "sure")


def _bare(text: str, *, item: bool) -> Iterator[Spot]:
    for pattern in (AFTER_STOP, AFTER_STOP_AT_END):
        for match in pattern.finditer(text):
            word = _last_word(_before(text, match.start()))
            abbreviated = word.lower() in SHORTENED or (len(word) == 1 and word.isalpha())
            if word and not abbreviated and not text[match.start() - 1].isdigit():
                yield Spot(match.start(), match.end(), _tidy(match["run"]), match["end"], "strong")
    for pattern in (BEFORE_STOP, AT_END):
        for match in pattern.finditer(text):
            before, at_end = _before(text, match.start()), pattern is AT_END
            if _may_end_a_sentence(before) and (not at_end or (item and len(before.split()) > 4)):
                strength: Strength = "doubtful" if is_acronym(before.split()[-1]) else "weak"
                yield Spot(match.start(), match.end(), _tidy(match["run"]), "" if at_end else match["end"], strength)
    for match in GLUED.finditer(text):
        if not expects_number("", text[match.start() : match.start("run")]):
            yield Spot(match.start("run"), match.end("run"), _tidy(match["run"]), "", "weak")


def _hidden(text: str) -> Iterator[Spot]:
    """Numbers glued to a unit or a decimal: never taken as citations, but named."""
    for match in AFTER_UNIT.finditer(text):
        unit, run = match["unit"], match["run"]
        power = unit.lower() in LENGTHS and run in POWERS
        known = unit == "%" or (is_unit(unit) and (bool(match["before"]) or len(unit) > 2))
        if known and not power:
            yield _doubtful(match)
    yield from (_doubtful(match) for match in AFTER_DECIMAL.finditer(text))


def _doubtful(match: re.Match[str]) -> Spot:
    raised = match["run"].translate(str.maketrans(RAISED, "0123456789"))
    return Spot(match.start("run"), match.end("run"), _tidy(raised), "", "doubtful")


def _may_end_a_sentence(before: str) -> bool:
    """Could the sentence end here, so that a number behind it is a citation?"""
    words = before.split()
    if not words or re.search(r"[.!?:;,=<>≤≥≈~±×+/&–—-]$", words[-1]):
        return False
    return not expects_number(words[-2] if len(words) > 1 else "", words[-1])


def _before(text: str, place: int) -> str:
    """The words before a place, as far as they matter."""
    return text[max(0, place - 120) : place]


def _last_word(before: str) -> str:
    match = re.search(r"([^\W_][\w/’'-]*|[%)\]”\"’]+)[\"”’)\]*_]*$", before)
    return match[1] if match else ""


def _tidy(numbers: str) -> str:
    """`1, 3` and `1 3` as `1,3`; `3–5` as `3-5`."""
    parts = re.sub(r"\s*[–-]\s*", "-", numbers)
    return re.sub(r"[\s,;]+", ",", parts).strip(",")
