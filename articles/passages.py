"""Passages that search found, as pieces that are marked or not. No markup is made here: a page escapes every piece."""

from dataclasses import dataclass

# Begin and end of what was found, and the gap between two passages. No text that search reads has these characters:
# `articles.text.markup` leaves them out, so nobody can write a mark.
MARKS = ("\ue000", "\ue001", "\ue002")


@dataclass(frozen=True)
class Piece:
    """A piece of a passage; `found` is what the search looked for."""

    text: str
    found: bool


def passages(marked: str | None) -> list[list[Piece]]:
    """The passages of a marked text in which something was found."""
    begin, _, between = MARKS
    return [_pieces(passage) for passage in (marked or "").split(between) if begin in passage]


def _pieces(passage: str) -> list[Piece]:
    begin, end, _ = MARKS
    lines = (" ".join(line.split()) for line in passage.split("\n"))
    first, *others = " · ".join(line for line in lines if line).split(begin)
    pieces = [Piece(first, False)]
    for other in others:
        found, _, after = other.partition(end)
        pieces += [Piece(found, True), Piece(after, False)]
    return [piece for piece in pieces if piece.text]
