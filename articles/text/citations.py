"""Citations in a text: `[@key; @key2]` of an article, and the bare `[2,4]` of an imported draft."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markdown_it.token import Token

from .parsing import KEY_IN_CITATION, inlines, parse, source_offset
from .sentences import plain, readable, split

__all__ = ["KEY_IN_CITATION", "NumberSpot", "keys_in", "match_numbers", "number_spots", "numbers_in", "unreadable"]


@dataclass(frozen=True)
class NumberSpot:
    """A number that should become a citation: its group's place in the source, and the sentence that uses it."""

    number: int
    start: int
    end: int
    sentence: str


def keys_in(text: str) -> list[str]:
    """The citation keys of a text in order of first appearance; those in code, links or after `\\` are none."""
    return list(dict.fromkeys(key for _, child in _pieces(text, "citation") for key in child.meta["keys"]))


def numbers_in(text: str) -> list[int]:
    """The bare citation numbers of a text, ranges written out, in order of first appearance."""
    return list(dict.fromkeys(number for _, child in _pieces(text, "number") for number in child.meta["numbers"]))


def number_spots(text: str) -> list[NumberSpot]:
    """Every use of a bare number, in order; `[2,4]` gives two spots at the same place."""
    spots: list[NumberSpot] = []
    for inline in inlines(parse(text)):
        if not any(child.type == "number" for child in inline.children or []):
            continue
        for part in split(inline.children or []):
            sentence = _sentence(part)
            for child in part:
                if child.type == "number":
                    start = source_offset(inline, child.meta["start"])
                    end = start + len(child.content)
                    spots += [NumberSpot(number, start, end, sentence) for number in child.meta["numbers"]]
    return spots


def match_numbers(text: str, keys: Mapping[int, str]) -> str:
    """The text with each matched number as a citation: `[2,4]` becomes `[@a; @b]`; unmatched numbers stay."""
    done, at = [], 0
    for inline, child in _pieces(text, "number"):
        start = source_offset(inline, child.meta["start"])
        end = start + len(child.content)
        if text[start:end] != child.content or start < at:
            continue
        done += [text[at:start], _rewritten(child, keys)]
        at = end
    return "".join(done) + text[at:]


def unreadable(text: str) -> list[tuple[int, str]]:
    """Places that look like a citation but are none, such as `[@smith, p. 3]`: offset and excerpt."""
    return [
        (source_offset(inline, child.meta["start"] + found), child.content[found : found + 40])
        for inline, child in _pieces(text, "text")
        if child.level == 0
        for found in _all(child.content, "[@")
    ]


def _rewritten(child: Token, keys: Mapping[int, str]) -> str:
    numbers = child.meta["numbers"]
    matched = list(dict.fromkeys(keys[number] for number in numbers if number in keys))
    if not matched:
        return str(child.content)
    left = [str(number) for number in numbers if number not in keys]
    cited = "[" + "; ".join(f"@{key}" for key in matched) + "]"
    return cited + (f"[{','.join(left)}]" if left else "")


def _sentence(part: list[Token]) -> str:
    return readable(
        "".join(child.content if child.type in {"number", "citation"} else plain([child]) for child in part)
    )


def _pieces(text: str, kind: str) -> Iterator[tuple[Token, Token]]:
    for inline in inlines(parse(text)):
        yield from ((inline, child) for child in inline.children or [] if child.type == kind)


def _all(text: str, sought: str) -> Iterator[int]:
    at = text.find(sought)
    while at >= 0:
        yield at
        at = text.find(sought, at + 1)
