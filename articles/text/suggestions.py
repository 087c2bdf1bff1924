"""Other words in the place of a passage: put into the Markdown source only where nothing else changes by it."""

import re
from collections import Counter
from collections.abc import Iterator

from markdown_it.token import Token

from .parsing import parse, source_offset
from .quotes import Span, blocks, reader_text, same_words

_STOP = re.compile(r"[.!?;:,…]+[\"'”’»)\]]*$")
_AROUND = "*_`"
Shape = list[tuple[str, str, int]]


def replaced(source: str, place: Span, words: str) -> str | None:
    """A wording with `words`, which may cite, for the passage at `place` of its reader's text; empty takes it out.

    Citations within the passage stay, before the full stop, unless `words` name their own or nothing is left. None
    where more than the passage would change: it reaches over mark-up or a link, or the words would begin a list.
    """
    begin, end = reader_text(source).in_source(place)
    words = " ".join(words.split())
    new = _with_citations(words, [key for at, keys in _citations(source) if begin <= at < end for key in keys])
    for left, right in _widened(source, begin, end):
        candidate = source[:left] + new + source[right:] if new else _without(source, left, right)
        if _only_that(source, place, (left, right), new, candidate):
            return candidate
    return None


def _with_citations(words: str, kept: list[str]) -> str:
    if not words or not kept or _citations(words):
        return words
    stop = _STOP.search(words)
    at = stop.start() if stop else len(words)
    return f"{words[:at]} [{'; '.join(f'@{key}' for key in dict.fromkeys(kept))}]{words[at:]}"


def _widened(source: str, begin: int, end: int) -> Iterator[Span]:
    """The passage itself, then with the marks of emphasis or code on its left, its right, and both."""
    left, right = begin, end
    while left > 0 and source[left - 1] in _AROUND:
        left -= 1
    while right < len(source) and source[right] in _AROUND:
        right += 1
    return iter(dict.fromkeys([(begin, end), (left, end), (begin, right), (left, right)]))


def _without(source: str, left: int, right: int) -> str:
    """The source without a range: one blank of the two around it goes too, of a whole paragraph its blank line."""
    before, after = source[:left], source[right:]
    if before.endswith("\n\n") and (after.startswith("\n\n") or not after.strip()):
        return f"{before.rstrip()}\n\n{after.lstrip()}" if after.strip() else before.rstrip() + "\n"
    if not before.strip() and after.startswith("\n\n"):
        return after.lstrip()
    return before[:-1] + after if before.endswith(" ") and after[:1] in {"", " ", "\n"} else before + after


def _only_that(source: str, place: Span, range_: Span, new: str, candidate: str) -> bool:
    """Is the candidate the source with only the passage changed: words, citations, links and blocks?"""
    text = reader_text(source).text
    expected = text[: place[0]] + reader_text(new).text + text[place[1] :]
    cited = (
        [keys for at, keys in _citations(source) if at < range_[0]],
        [keys for at, keys in _citations(source) if at >= range_[1]],
    )
    return (
        same_words(reader_text(candidate).text, expected)
        and [keys for _, keys in _citations(candidate)] == cited[0] + [keys for _, keys in _citations(new)] + cited[1]
        and not _links(source) - _links(candidate)
        and _in_one_block(blocks(source), blocks(candidate), taken_out=not new)
        and _same_shape(_shape(source), _shape(candidate), taken_out=not new)
    )


def _in_one_block(before: list[str], after: list[str], *, taken_out: bool) -> bool:
    """Does only one block differ, or go? Words must not get from one cell of a table, or one item, into another."""
    if not taken_out and len(before) != len(after):
        return False
    first = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(after))
    left, right = before[first:], after[first:]
    while left and right and left[-1] == right[-1]:
        left.pop()
        right.pop()
    return max(len(left), len(right)) <= 1


def _citations(source: str) -> list[tuple[int, list[str]]]:
    """Each citation's place in the source, with its keys."""
    return [
        (source_offset(inline, child.meta["start"]), child.meta["keys"])
        for inline, child in _children(source)
        if child.type == "citation"
    ]


def _links(source: str) -> Counter[str]:
    return Counter(str(child.attrs["href"]) for _, child in _children(source) if child.type == "link_open")


def _children(source: str) -> Iterator[tuple[Token, Token]]:
    return ((token, child) for token in parse(source) for child in token.children or [])


def _shape(source: str) -> Shape:
    return [(token.type, token.tag, token.level) for token in parse(source)]


def _same_shape(before: Shape, after: Shape, *, taken_out: bool) -> bool:
    """The same blocks; of a text taken out also without the one paragraph that it was."""
    if before == after:
        return True
    at = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(after))
    # A paragraph that goes before another one looks as if the last of them went.
    gone = [kind for kind, _, level in before[at : at + 3] if level <= 1]
    return (
        taken_out
        and gone == ["paragraph_open", "inline", "paragraph_close"]
        and before[:at] + before[at + 3 :] == after
    )
