"""From the lines of a pasted answer to blocks, and from blocks to Markdown."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .pasted_lines import BOLD_LINE, BULLET, HASHES, NUMBERED, RULE, Line, next_line

Kind = Literal["heading", "guessed heading", "paragraph", "list", "table", "quote", "code", "rule"]
Belongs = Callable[[Line], bool]
BULLET_ALONE = re.compile(r"[ \t]*[•·●○◦▪■‣⁃∙*+–—-][ \t]*")
NUMBER_ALONE = re.compile(r"[ \t]*[0-9]{1,2}[.)][ \t]*")
CITED = re.compile(r"\[[0-9@]")
RUNS: dict[Kind, Belongs] = {
    "code": lambda line: line.code,
    "table": lambda line: line.table,
    "quote": lambda line: line.text.lstrip().startswith(">"),
}
LONGEST_HEADING = 80
MOST_WORDS = 12


@dataclass(frozen=True)
class Block:
    """A piece of the text; `level` is a heading's as it was written, 0 where it had no mark of its own."""

    kind: Kind
    text: str
    line: int
    level: int = 0

    @property
    def heading(self) -> bool:
        """Is it a heading, marked or guessed?"""
        return self.kind in ("heading", "guessed heading")

    def quoted(self) -> str:
        """How notes name it."""
        return f"Line {self.line}, “{self.text}”,"


def heading_like(line: Line) -> bool:
    """A short line of running text without a full stop or a citation that begins with a capital letter or digit."""
    text = line.text.strip()
    begins = text[:1].isupper() or text[:1].isdigit()
    short = len(text) <= LONGEST_HEADING and len(text.split()) <= MOST_WORDS
    return line.plain and begins and short and not line.ended and not text.endswith(",") and not CITED.search(text)


def blocks(lines: list[Line]) -> list[Block]:
    """The text in blocks, in their order."""
    lines = _marks_joined(lines)
    found: list[Block] = []
    index = 0
    while (start := next_line(lines, index)) is not None:
        block, index = _block(lines, start, found[-1:])
        found.append(block)
    return found


def _marks_joined(lines: list[Line]) -> list[Line]:
    """A bullet alone on its line belongs to the text on the next one."""
    joined: list[Line] = []
    index = 0
    while index < len(lines):
        line, after = lines[index], next_line(lines, index + 1)
        if _mark_alone(line, lines[index - 1 : index]) and after is not None and lines[after].plain:
            joined.append(line.with_text(f"{line.text.rstrip()} {lines[after].text.strip()}"))
            index = after + 1
        else:
            joined.append(line)
            index += 1
    return joined


def _mark_alone(line: Line, before: list[Line]) -> bool:
    """Is there only a bullet on the line, or a number that does not end the sentence of the line before?"""
    begins = not before or before[0].blank or before[0].ended
    return not line.code and bool(BULLET_ALONE.fullmatch(line.text) or (begins and NUMBER_ALONE.fullmatch(line.text)))


def _block(lines: list[Line], start: int, before: list[Block]) -> tuple[Block, int]:
    """The block that begins at `start`, and the index of the line after it."""
    line = lines[start]
    for kind, belongs in RUNS.items():
        if belongs(line):
            return _while(lines, start, kind, belongs)
    hashes = HASHES.fullmatch(line.text)
    if RULE.fullmatch(line.text) or BULLET_ALONE.fullmatch(line.text) or (hashes and not line.bare):
        return Block("rule", "---", line.number), start + 1
    if hashes:
        return Block("heading", line.bare, line.number, level=len(hashes["mark"])), start + 1
    if _is_item(line):
        return _list(lines, start)
    return _heading(lines, start, before) or _paragraph(lines, start)


def _while(lines: list[Line], start: int, kind: Kind, belongs: Belongs) -> tuple[Block, int]:
    end = start
    while end < len(lines) and belongs(lines[end]):
        end += 1
    text = "\n".join(line.text if kind == "code" else line.text.strip() for line in lines[start:end])
    return Block(kind, text, lines[start].number), end


def _is_item(line: Line) -> bool:
    return not line.code and not RULE.fullmatch(line.text) and bool(_item(line.text))


def _item(text: str) -> re.Match[str] | None:
    return BULLET.fullmatch(text) or NUMBERED.fullmatch(text)


def _heading(lines: list[Line], start: int, before: list[Block]) -> tuple[Block, int] | None:
    """A heading without a mark of its own, if the line is one."""
    line = lines[start]
    if not _is_heading(lines, start, before):
        return None
    kind: Kind = "heading" if BOLD_LINE.fullmatch(line.text.strip()) else "guessed heading"
    return Block(kind, line.bare.rstrip(":"), line.number), start + 1


def _is_heading(lines: list[Line], index: int, before: list[Block]) -> bool:
    """Bold alone on its line, or heading-like and followed by text; a second one directly beneath is one too."""
    after = next_line(lines, index + 1)
    if after is None:
        return False
    bold = BOLD_LINE.fullmatch(lines[index].text.strip())
    if bold:
        return re.search(r"[.!?]$", bold["text"].strip()) is None and len(bold["text"]) <= LONGEST_HEADING
    if not heading_like(lines[index]) or _goes_on(lines, index):
        return False
    if not heading_like(lines[after]):
        return True
    beneath = next_line(lines, after + 1)
    first_of_two = not (before and before[0].kind == "guessed heading" and before[0].line == lines[index].number - 1)
    return beneath is not None and first_of_two and not heading_like(lines[beneath])


def _goes_on(lines: list[Line], index: int) -> bool:
    """Does the sentence run on into the line directly beneath, with a small letter or a number?"""
    beneath = lines[index + 1].text.lstrip()
    return beneath[:1].islower() or (beneath[:1].isdigit() and not NUMBERED.fullmatch(beneath))


def _list(lines: list[Line], start: int) -> tuple[Block, int]:
    """Items, their continued lines, and blank lines between items."""
    items: list[tuple[int, str]] = []
    index: int | None = start
    end = start
    while index is not None and (index == end or _is_item(lines[index])):
        line = lines[index]
        item = None if line.code else _item(line.text)
        if item and _is_item(line):
            items.append((_width(item["indent"]), f"{_mark(item['mark'])} {item['text'].strip()}"))
        elif line.plain and (not lines[index - 1].ended or line.text.startswith("  ")):
            items[-1] = (items[-1][0], f"{items[-1][1]}\n{line.text.strip()}")
        else:
            break
        end = index + 1
        index = next_line(lines, end)
    return Block("list", "\n".join(_indented(items)), lines[start].number), end


def _mark(mark: str) -> str:
    return mark if mark[0].isdigit() else "-"


def _width(indent: str) -> int:
    return len(indent.expandtabs(4))


def _indented(items: list[tuple[int, str]]) -> list[str]:
    """Each item under the last one that stood further left; four spaces a level, which suits numbers as well."""
    stack: list[int] = []
    lines = []
    for width, text in items:
        while stack and stack[-1] >= width and len(stack) > 1:
            stack.pop()
        if not stack or width >= stack[-1] + 2:
            stack.append(width)
        pad = "    " * (len(stack) - 1)
        first, *others = text.split("\n")
        lines += [pad + first, *(f"{pad}    {other}" for other in others)]
    return lines


def _paragraph(lines: list[Line], start: int) -> tuple[Block, int]:
    """A line, and those beneath it while the sentence goes on."""
    end = start + 1
    while end < len(lines) and lines[end].plain and not lines[end - 1].ended:
        end += 1
    if end < len(lines) and end == start + 1 and re.fullmatch(r"={3,}", lines[end].text.strip()):
        return Block("heading", lines[start].bare, lines[start].number, level=1), end + 1
    text = "\n".join(line.text.strip() for line in lines[start:end])
    return Block("paragraph", text, lines[start].number), end


def markdown(found: list[Block]) -> str:
    """The blocks as Markdown; the highest heading becomes “##”, one without a mark stands below the last marked one."""
    marked = [block.level for block in found if block.level]
    highest = min(marked, default=2)
    current, parts = 1, []
    for block in found:
        if block.level:
            current = min(block.level - highest + 2, 6)
        parts.append(f"{'#' * _depth(block, current)} {block.text}" if block.heading else block.text)
    return "\n\n".join(parts)


def _depth(block: Block, current: int) -> int:
    return current if block.level else min(current + 1, 6)
