"""Markdown into tokens: CommonMark with tables, `[@key]` citations, and where each piece stands in the source.

No HTML, no images, no link definitions, no indented code. Links go to https and mailto only.
Every inline token gets `meta["lines"]`, and each of its text-like children `meta["start"]`, an offset in its content;
`source_offset` turns the two into an offset in the text. Offsets are right for texts with `\\n` line ends.
"""

import re
from collections.abc import Iterator
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, link
from markdown_it.token import Token

from .content import line_ends

KEY = r"[A-Za-z](?:[A-Za-z0-9_:.-]*[A-Za-z0-9_-])?"
CITATION = re.compile(rf"\[@{KEY}(?:\s*;\s*@{KEY})*\s*\]")
KEY_IN_CITATION = re.compile(rf"@({KEY})")
NUMBERS = re.compile(r"\[\s?\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\s?\]")
SAFE_LINK = re.compile(r"(?:https://|mailto:)", re.IGNORECASE)
LINK_TARGET = re.compile(r"\(\s*<?(?:https://|mailto:)", re.IGNORECASE)
LONGEST_RANGE = 50


def parse(text: str) -> list[Token]:
    """The tokens of a Markdown text; see the module's docstring for what is added to them."""
    text = line_ends(text).replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    tokens = _PARSER.parse(text)
    _place_lines(tokens, text)
    return tokens


def inlines(tokens: list[Token]) -> Iterator[Token]:
    """The inline tokens: one for each paragraph, heading and table cell."""
    return (token for token in tokens if token.type == "inline")


def source_offset(inline: Token, position: int) -> int:
    """Where a position in an inline token's content stands in the whole text."""
    offset = 0
    for begin, at in inline.meta["lines"]:
        if begin > position:
            break
        offset = at + position - begin
    return offset


def numbers_of(group: str) -> list[int]:
    """The numbers of `[2,4]` or `[3-5]`, ranges written out; none if it cannot be a citation, such as `[9-3]`."""
    numbers: list[int] = []
    for part in re.split(r"[,;]", group.strip("[] ")):
        first, _, last = part.replace("–", "-").partition("-")
        begin, end = int(first), int(last or first)
        if begin < 1 or not 0 <= end - begin < LONGEST_RANGE:
            return []
        numbers += range(begin, end + 1)
    return numbers


def _citation(state: StateInline, silent: bool) -> bool:
    """The inline rule for `[@key; @key2]` and for the `[2,4]` of imported drafts."""
    if state.src[state.pos] != "[" or state.linkLevel:
        return False
    found = CITATION.match(state.src, state.pos) or NUMBERS.match(state.src, state.pos)
    if not found or LINK_TARGET.match(state.src, found.end()):
        return False
    keys = KEY_IN_CITATION.findall(found[0])
    numbers = [] if keys else numbers_of(found[0])
    if not keys and not numbers:
        return False
    if not silent:
        token = state.push("citation" if keys else "number", "", 0)
        token.content = found[0]
        token.meta = {"keys": list(dict.fromkeys(keys)), "numbers": numbers, "start": state.pos}
    state.pos = found.end()
    return True


def _link(state: StateInline, silent: bool) -> bool:
    """A link, with the place where it ends noted on its closing token."""
    count = len(state.tokens)
    if not link(state, silent):
        return False
    if not silent and len(state.tokens) > count:
        state.tokens[-1].meta = {"end": state.pos}
    return True


def _place_children(state: StateCore) -> None:
    """Say where each child stands in its inline token; stands in for `text_join`, which would merge the places."""
    for inline in inlines(state.tokens):
        cursor = 0
        for child in inline.children or []:
            cursor = _place_child(child, inline.content, cursor)


def _place_child(child: Token, content: str, cursor: int) -> int:
    if "end" in child.meta:
        return int(child.meta["end"])
    raw = child.markup if child.type == "text_special" else "\n" if child.type.endswith("break") else child.content
    if child.type == "text_special":
        child.type = "text"
    begin = child.meta.get("start", content.find(raw, cursor) if raw else cursor)
    child.meta["start"] = begin = begin if begin >= 0 else cursor
    return int(begin) + len(raw)


def _place_lines(tokens: list[Token], text: str) -> None:
    """Note, for each line of each inline token's content, where it begins in the text."""
    lines = text.split("\n")
    begins = list(accumulate((len(line) + 1 for line in lines), initial=0))
    cursors: dict[int, int] = {}
    for inline in inlines(tokens):
        places: list[tuple[int, int]] = []
        begin = 0
        for number, line in enumerate(inline.content.split("\n"), inline.map[0] if inline.map else 0):
            column, escaped = _column(lines[number], line, cursors.get(number, 0))
            places.append((begin, begins[number] + column))
            if escaped:
                pipes = enumerate(re.finditer(r"\|", line), 1)
                places += [(begin + pipe.end(), begins[number] + column + pipe.end() + n) for n, pipe in pipes]
            cursors[number] = column + len(line)
            begin += len(line) + 1
        inline.meta["lines"] = places


def _column(source: str, line: str, cursor: int) -> tuple[int, bool]:
    """Where a line of content begins in its source line, and whether its pipes are escaped there (table cells)."""
    indent = len(line) - len(line.lstrip())
    bare = line.strip()
    found = source.find(bare, cursor)
    if found >= 0:
        return found - indent, False
    found = source.find(bare.replace("|", "\\|"), cursor)
    return (found - indent, True) if found >= 0 else (cursor, False)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.disable(["image", "reference", "html_block", "html_inline", "code"])
    parser.inline.ruler.before("link", "citation", _citation)
    parser.inline.ruler.at("link", _link)
    parser.core.ruler.at("text_join", _place_children)
    parser.validateLink = lambda url: bool(SAFE_LINK.match(url))  # type: ignore[method-assign]
    return parser


_PARSER = _parser()
OPTIONS = _PARSER.options
