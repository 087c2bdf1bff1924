"""A wording read as the units that a reviewer can check: sentences, list items, table rows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from markdown_it.token import Token

from .parsing import parse, source_offset
from .sentences import plain, readable, split
from .signs import CITATION, COMPARISON, CONTRAINDICATION, DOSE, NUMBER, RECOMMENDATION, signs_of

SENTENCE, HEADING, INTRODUCTION, ROW, CODE = "sentence", "heading", "introduction", "row", "code"
_INHERITED = (RECOMMENDATION, CONTRAINDICATION)


@dataclass(frozen=True)
class Unit:
    """One unit of a wording.

    `token` is the token whose `meta["claim"]`, when set, is rendered as the unit's id; `path` are the headings above
    it and, for a list item, the line ending in a colon that introduces its list; `numbers` are the bare citation
    numbers of an imported draft; `start` is an offset in the text.
    """

    text: str
    keys: tuple[str, ...]
    numbers: tuple[int, ...]
    path: tuple[str, ...]
    signs: tuple[str, ...]
    start: int
    kind: str
    token: Token


@dataclass(frozen=True)
class Reading:
    """A parsed wording: its tokens, ready for rendering, and its units in order."""

    tokens: list[Token]
    units: list[Unit]

    @property
    def keys(self) -> list[str]:
        """The citation keys in order of first appearance."""
        return list(dict.fromkeys(key for token in self.pieces("citation") for key in token.meta["keys"]))

    def pieces(self, kind: str) -> Iterator[Token]:
        """The inline pieces of a kind, such as `citation`."""
        return (child for token in self.tokens for child in token.children or [] if child.type == kind)


def read(text: str) -> Reading:
    """Parse a wording and find its units; a `claim_open` and a `claim_close` then stand round each sentence."""
    reader = _Reader(text)
    reader.run()
    return Reading(reader.tokens, reader.units)


class _Reader:
    """Walks the tokens once, keeping the headings and list introductions above the present place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = parse(text)
        self.units: list[Unit] = []
        self.headings: list[tuple[int, str]] = []
        # For each open list: its introduction (or None). `intro` is the line just before the present place.
        self.lists: list[Unit | None] = []
        self.intro: Unit | None = None

    def run(self) -> None:
        """Visit every token; tables are taken whole."""
        place = 0
        while place < len(self.tokens):
            token = self.tokens[place]
            if token.type == "table_open":
                place = self.table(place)
                self.intro = None
            elif token.type == "inline":
                self.inline(token, self.tokens[place - 1])
            elif token.type.endswith("_list_open"):
                self.open_list()
            elif token.type.endswith("_list_close"):
                self.lists.pop()
                self.intro = None
            elif token.type == "fence":
                self.fence(token)
            place += 1
        self.units = [unit for unit in self.units if unit.text]

    @property
    def path(self) -> tuple[str, ...]:
        """The headings and list introductions above the present place."""
        return tuple(text for _, text in self.headings) + tuple(intro.text for intro in self.lists if intro)

    def open_list(self) -> None:
        """A list begins; the line before it, if it ends in a colon, introduces it."""
        if self.intro:
            self.intro = self.units[-1] = replace(self.intro, kind=INTRODUCTION)
        self.lists.append(self.intro)
        self.intro = None

    def inline(self, inline: Token, opening: Token) -> None:
        """A heading, or the sentences of a paragraph or list item."""
        is_heading = opening.type == "heading_open"
        if is_heading:
            level = int(opening.tag[1])
            self.headings = [heading for heading in self.headings if heading[0] < level]
        parts = [inline.children or []] if is_heading else split(inline.children or [])
        children: list[Token] = []
        for number, part in enumerate(parts):
            children += self.sentence(inline, part, HEADING if is_heading else SENTENCE) if number % 2 == 0 else part
        inline.children = children
        if is_heading:
            self.headings.append((level, readable(_shown(parts[0]))))
        last = self.units[-1] if parts[-1] and self.units else None
        self.intro = last if last and not is_heading and last.text.endswith(":") else None

    def sentence(self, inline: Token, part: list[Token], kind: str) -> list[Token]:
        """Note a sentence as a unit; its tokens between two that mark where it begins and ends."""
        opening, closing = Token("claim_open", "span", 1), Token("claim_close", "span", -1)
        opening.meta = closing.meta = {}
        place = next((child.meta["start"] for child in part if "start" in child.meta), 0)
        text = readable(_shown(part))
        signs = self.signs(text, part)
        start = source_offset(inline, place)
        self.units.append(Unit(text, _keys(part), _numbers(part), self.path, signs, start, kind, opening))
        return [opening, *part, closing]

    def signs(self, text: str, part: list[Token]) -> tuple[str, ...]:
        """The signs of a sentence; in a list, those that the line introducing it gives to each of its items."""
        signs = set(signs_of(text, _keys(part))) | ({CITATION} if _numbers(part) else set())
        for intro in self.lists:
            signs |= {sign for sign in _INHERITED if intro and sign in intro.signs}
        return _ordered(signs)

    def fence(self, token: Token) -> None:
        """A code block is one unit, so that nothing in it escapes the reviewer."""
        start = sum(len(line) + 1 for line in self.text.split("\n")[: token.map[0] if token.map else 0])
        text = readable(token.content)
        self.units.append(Unit(text, (), (), self.path, signs_of(text, ()), start, CODE, token))
        self.intro = None

    def table(self, place: int) -> int:
        """The body rows of a table, each one unit; gives the place where the table closes."""
        headers: list[str] = []
        row = self.tokens[place]
        cells: list[Token] = []
        parts: list[Token] = []
        in_head = True
        while self.tokens[place].type != "table_close":
            token = self.tokens[place]
            if token.type == "tr_open":
                row, cells, parts = token, [], []
            elif token.type == "inline":
                cells.append(token)
                parts += token.children or []
            elif token.type == "tr_close" and in_head:
                headers = [readable(_shown(cell.children or [])) for cell in cells]
            elif token.type == "tr_close":
                self.row(row, headers, cells, parts)
            elif token.type == "thead_close":
                in_head = False
            place += 1
        return place

    def row(self, row: Token, headers: list[str], cells: list[Token], parts: list[Token]) -> None:
        """One row as "Header: cell; Header: cell"."""
        texts = [readable(_shown(cell.children or [])) for cell in cells]
        named = [f"{header}: {text}" if header else text for header, text in zip(headers, texts, strict=False) if text]
        text = "; ".join(named)
        start = source_offset(cells[0], 0) if cells else 0
        keys, signs = _keys(parts), self.signs(text, parts)
        self.units.append(Unit(text, keys, _numbers(parts), self.path, signs, start, ROW, row))


def is_claim(unit: Unit) -> bool:
    """Does the unit have to be checked? A heading or a list's introduction only for what it says by itself."""
    if unit.kind == HEADING:
        return bool({CITATION, DOSE} & set(unit.signs))
    if unit.kind == INTRODUCTION and not {CITATION, DOSE, NUMBER, COMPARISON} & set(unit.signs):
        return False
    return bool(unit.signs)


def whole(reading: Reading) -> Unit | None:
    """A text as one unit (the direct answer); none if it says nothing."""
    if not reading.units:
        return None
    signs = _ordered({sign for unit in reading.units for sign in unit.signs})
    text = " ".join(unit.text for unit in reading.units)
    return replace(reading.units[0], text=text, keys=tuple(reading.keys), path=(), signs=signs, start=0)


def _shown(part: list[Token]) -> str:
    """The plain text as readers see it, numbers of an unmatched draft written out."""
    return "".join(child.content if child.type == "number" else plain([child]) for child in part)


def _keys(part: list[Token]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for child in part if child.type == "citation" for key in child.meta["keys"]))


def _numbers(part: list[Token]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for child in part if child.type == "number" for number in child.meta["numbers"]))


def _ordered(signs: set[str]) -> tuple[str, ...]:
    order = (CITATION, DOSE, NUMBER, COMPARISON, RECOMMENDATION, CONTRAINDICATION)
    return tuple(sign for sign in order if sign in signs)
