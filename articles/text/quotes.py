"""A passage of a wording, told by its own words and those around it, and found again in another text.

That is a TextQuoteSelector of the W3C's Web Annotation Data Model
(https://www.w3.org/TR/annotation-model/#text-quote-selector), over the *reader's text*: what a page shows of a wording,
its white space folded, without the numbers of citations. White space and the shape of quotation marks never decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, takewhile

from markdown_it.token import Token

from .parsing import parse, source_offset

# How many characters before and after a passage are kept.
CONTEXT = 32
# A passage of so many characters, blanks not counted, is hardly ever there by chance.
LONG = 24
_MARKS = str.maketrans(dict.fromkeys("‘’‚‛′", "'") | dict.fromkeys("“”„‟″", '"'))
_BEGIN, _END = "\x02", "\x03"
Span = tuple[int, int]


@dataclass(frozen=True)
class ReaderText:
    """What readers get of a wording, and for each of its characters where it stands in the Markdown source."""

    text: str
    spans: tuple[Span, ...]

    def in_source(self, place: Span) -> Span:
        """Where a passage begins and ends in the source."""
        return self.spans[place[0]][0], self.spans[place[1] - 1][1]


@dataclass(frozen=True)
class Selector:
    """The words of a passage, and up to `CONTEXT` characters of the text on either side."""

    exact: str
    prefix: str = ""
    suffix: str = ""


def reader_text(source: str) -> ReaderText:
    """A wording as readers get it; a blank stands between two paragraphs, items or cells."""
    shown: list[tuple[str, Span]] = []
    for block in _blocks(source):
        if shown:
            shown.append((" ", (shown[-1][1][1], block[0][1][0])))
        shown += block
    folded = [
        (" " if _blank(char) else char, span)
        for (before, _), (char, span) in zip(chain([(" ", (0, 0))], shown), shown, strict=False)
        if not (_blank(char) and _blank(before))
    ]
    while folded and folded[-1][0] == " ":
        folded.pop()
    return ReaderText("".join(char for char, _ in folded), tuple(span for _, span in folded))


def blocks(source: str) -> list[str]:
    """The reader's text of each paragraph, heading, item, cell and block of code that has any."""
    return ["".join(char for char, _ in block) for block in _blocks(source)]


def _blocks(source: str) -> Iterator[list[tuple[str, Span]]]:
    for token in parse(source):
        block = _fence(token, source) if token.type == "fence" else _inline(token) if token.type == "inline" else []
        if block:
            yield block


def _inline(inline: Token) -> list[tuple[str, Span]]:
    """The characters of a paragraph, heading, item or cell; the blank before a citation goes with it."""
    shown: list[tuple[str, Span]] = []
    for child in inline.children or []:
        if child.type == "citation":
            while shown and _blank(shown[-1][0]):
                shown.pop()
        elif child.type.endswith("break"):
            shown += _characters(inline, child, "\n")
        else:
            shown += _characters(inline, child, child.content)
    return shown


def _characters(inline: Token, child: Token, text: str) -> Iterator[tuple[str, Span]]:
    """Each character with its place; of an escape or an entity all have the place of the whole."""
    start = child.meta.get("start", 0)
    if child.type == "text" and child.markup:
        whole = source_offset(inline, start), source_offset(inline, start + len(child.markup) - 1) + 1
        return ((char, whole) for char in text)
    places = (source_offset(inline, start + step) for step in range(len(text)))
    return ((char, (at, at + 1)) for char, at in zip(text, places, strict=True))


def _fence(token: Token, source: str) -> list[tuple[str, Span]]:
    """A block of code, character by character."""
    first = sum(len(line) + 1 for line in source.split("\n")[: token.map[0] if token.map else 0])
    start = max(source.find(token.content, source.find("\n", first) + 1), 0)
    return [(char, (start + step, start + step + 1)) for step, char in enumerate(token.content)]


def select(text: str, place: Span) -> Selector:
    """The selector of a place in a reader's text."""
    start, end = place
    return Selector(text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT])


def places(text: str, wanted: Selector) -> list[Span]:
    """Where the words stand; of several places those whose surroundings are the most alike. For words just chosen."""
    folded, at = _folded(text)
    exact, before, after = (_folded(part)[0] for part in (wanted.exact, wanted.prefix, wanted.suffix))
    found = [
        (
            _alike(folded[max(0, begin - len(before)) : begin][::-1], before[::-1])
            + _alike(folded[end : end + len(after)], after),
            begin,
        )
        for begin, end in ((begin, begin + len(exact)) for begin in _all(folded, exact))
    ]
    best = max(found, default=(0, 0))[0]
    return [_place(at, begin, len(exact)) for score, begin in found if score == best]


def find(text: str, wanted: Selector) -> Span | None:
    """The place of a passage in a text that may have changed since; None where it, or what is around it, has.

    The words on both sides must be the same, lest 5 mg for adults be taken for 5 mg for children. On one side they may
    differ where the passage is `LONG` and stands there only once.
    """
    folded, at = _folded(text)
    exact = _folded(wanted.exact)[0]
    before, after = _folded(wanted.prefix)[0], _folded(wanted.suffix)[0]
    before = before if len(wanted.prefix) >= CONTEXT else _BEGIN + before
    after = after if len(wanted.suffix) >= CONTEXT else after + _END
    framed = f"{_BEGIN}{folded}{_END}"
    kept = [
        (framed.endswith(before, 0, begin + 1) + framed.startswith(after, begin + 1 + len(exact)), begin)
        for begin in _all(folded, exact)
    ]
    same = [begin for sides, begin in kept if sides == 2]
    if not same and len(kept) == 1 and len(exact) >= LONG:
        same = [begin for sides, begin in kept if sides]
    return _place(at, same[0], len(exact)) if len(same) == 1 else None


def letters(text: str) -> int:
    """How many characters of a text are not blank: places that do not depend on white space are counted so."""
    return len(_folded(text)[1])


def same_words(one: str, other: str) -> bool:
    """Are two texts the same, but for white space and the shape of quotation marks?"""
    return _folded(one)[0] == _folded(other)[0]


def _blank(char: str) -> bool:
    return char.isspace() or char == "\ufeff"


def _folded(text: str) -> tuple[str, list[int]]:
    """A text without white space and with plain quotation marks, and where each of its characters stood."""
    at = [place for place, char in enumerate(text) if not _blank(char)]
    return "".join(text[place] for place in at).translate(_MARKS), at


def _place(at: list[int], begin: int, length: int) -> Span:
    return at[begin], at[begin + length - 1] + 1


def _all(text: str, words: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common at the beginning."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
