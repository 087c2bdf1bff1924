"""The reference list beneath a pasted answer: where it begins, which lines make an item, what the lines say."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from .csl_fields import Item
from .imported import LIMIT_REFERENCES, ImportRefused
from .pasted_lines import BULLET, HASHES, Line, next_line
from .pasted_reference import KIND_LINE, has_year, is_locator, names_kind, read_item, values_of, words_of

HEADING = re.compile(
    r"""(?ix)(?:(?:key|selected|cited|numbered|[0-9]{1,3})\s)?
    (?:references|sources|citations|bibliography|literature|works\scited)
    (?:\s(?:cited|list))?(?:\s*\([0-9]{1,3}\))?\s*:?"""
)
NUMBER_ALONE = re.compile(r"[\[(]?([0-9]{1,3})[\]).:]*")
NUMBERED = re.compile(r"(?:\[([0-9]{1,3})\][:.]?|([0-9]{1,3})[.)])\s+(\S.*)")


@dataclass(frozen=True)
class Listed:
    """One item of the list, without a key yet, and the number that the list prints before it."""

    item: Item
    printed: int | None
    line: int


@dataclass
class _Group:
    """The lines of one item, stripped of marks and numbers."""

    lines: list[Line]
    printed: int | None = None

    @property
    def only_marked(self) -> bool:
        """Is there nothing yet but a number?"""
        return not self.lines

    def add(self, line: Line) -> None:
        """Take the next line; a number before the first one is the list's own."""
        number, text = _number(line), _unbulleted(line)
        if number is not None and self.only_marked and self.printed is None:
            self.printed, text = number, _unmarked(line)
        if text.strip():
            self.lines.append(line.with_text(text))


def split_list(lines: list[Line], notes: list[str]) -> tuple[list[Line], list[Line]]:
    """The lines of the text, and those of the list beneath its last heading “References”; a marked heading ends it."""
    places = [
        index
        for index, line in enumerate(lines)
        if not line.code and HEADING.fullmatch(line.bare) and next_line(lines, index + 1) is not None
    ]
    if not places:
        notes.append("No list of references was found.")
        return lines, []
    start = places[-1]
    end = next((n for n in range(start + 1, len(lines)) if HASHES.fullmatch(lines[n].text)), len(lines))
    notes.append(f"{lines[start].quoted()} was taken as the heading of the reference list.")
    return lines[:start] + lines[end:], lines[start + 1 : end]


def read_list(lines: list[Line], notes: list[str]) -> list[Listed]:
    """The items of the list in its order. What could not be placed in an item stands in the notes."""
    groups = _groups([line for line in lines if not line.code], notes)
    for line in lines:
        if line.code and not line.blank:
            notes.append(f"{line.quoted()} stood in the reference list and was not read.")
    if len(groups) > LIMIT_REFERENCES:
        raise ImportRefused(f"There are {len(groups)} references; at most {LIMIT_REFERENCES} can be taken at once.")
    listed: list[Listed] = []
    for group in groups:
        item = read_item([line.text for line in group.lines])
        _note_what_is_missing(group, item, len(listed) + 1, notes)
        if item:
            listed.append(Listed(item, group.printed, group.lines[0].number))
    _note_guessed_kinds(groups, notes)
    return listed


def _note_guessed_kinds(groups: list[_Group], notes: list[str]) -> None:
    lines = [str(group.lines[0].number) for group in groups if not names_kind([line.text for line in group.lines])]
    if lines:
        notes.append(f"The references in these lines name no kind and were taken as research: {', '.join(lines)}.")


def _note_what_is_missing(group: _Group, item: Item, position: int, notes: list[str]) -> None:
    text = " / ".join(line.text.strip() for line in group.lines)
    where = f"line {group.lines[0].number}" if group.lines else "the reference list"
    if not item:
        notes.append(f"No reference could be made of “{text}” ({where}).")
    elif Counter(words_of(text)) - Counter(words_of(values_of(item))):
        notes.append(f"Reference {position} ({where}) has more than could be placed: “{text}”.")
    elif not item.get("issued"):
        notes.append(f"Reference {position} ({where}) has no year.")


def _groups(lines: list[Line], notes: list[str]) -> list[_Group]:
    """The list divided into items by the first sign that it shows: kinds, numbers, bullets, blank lines, years."""
    filled = [line for line in lines if not line.blank]
    if any(KIND_LINE.fullmatch(_unmarked(line)) for line in filled):
        return [_until_year(group, notes) for group in _cut(filled, _begins_with_kind)]
    if any(_number(line) is not None for line in filled):
        return _cut(filled, lambda line, _: _number(line) is not None)
    if any(BULLET.fullmatch(line.text) for line in filled):
        return _cut(filled, lambda line, _: BULLET.fullmatch(line.text) is not None)
    after_blank = {after.number for before, after in pairwise(lines) if before.blank}
    inner = {line.number for line in filled[1:]} & after_blank
    if inner and len(inner) < len(filled) - 1:
        return _cut(filled, lambda line, _: line.number in inner)
    return _cut(filled, _begins_after_year)


Begins = Callable[[Line, "_Group"], bool]


def _cut(lines: list[Line], begins: Begins) -> list[_Group]:
    groups: list[_Group] = []
    for line in lines:
        if not groups or begins(line, groups[-1]):
            groups.append(_Group([]))
        groups[-1].add(line)
    return [group for group in groups if group.lines]


def _begins_with_kind(line: Line, group: _Group) -> bool:
    """A kind begins an item, unless its number stands alone on the line before; so does such a number."""
    if group.only_marked:
        return False
    return KIND_LINE.fullmatch(_unmarked(line)) is not None or NUMBER_ALONE.fullmatch(line.text.strip()) is not None


def _begins_after_year(line: Line, group: _Group) -> bool:
    return bool(group.lines) and has_year(group.lines[-1].text) and not is_locator(line.text)


def _until_year(group: _Group, notes: list[str]) -> _Group:
    """An item ends with its year and what identifies it; more text beneath belongs to nothing in the list."""
    years = [index for index, line in enumerate(group.lines) if has_year(line.text) and not is_locator(line.text)]
    if not years:
        return group
    kept = [line for index, line in enumerate(group.lines) if index <= years[-1] or is_locator(line.text)]
    numbers = {line.number for line in kept}
    for line in group.lines:
        if line.number not in numbers:
            notes.append(f"{line.quoted()} stood beneath the reference list and was not taken.")
    return _Group(kept, group.printed)


def _number(line: Line) -> int | None:
    text = _unbulleted(line)
    match = NUMBERED.fullmatch(text)
    if match:
        return int(match[1] or match[2])
    match = NUMBER_ALONE.fullmatch(text)
    return int(match[1]) if match else None


def _unmarked(line: Line) -> str:
    """The text without its number and bullet."""
    text = _unbulleted(line)
    match = NUMBERED.fullmatch(text)
    if match:
        return match[3]
    return "" if NUMBER_ALONE.fullmatch(text) else text


def _unbulleted(line: Line) -> str:
    match = BULLET.fullmatch(line.text)
    return match["text"].strip() if match else line.text.strip()
