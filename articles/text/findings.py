"""What preflight finds, and how a place in a text is quoted."""

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Finding:
    """One thing to mend (error) or to look at (warning).

    `field` is question, direct_answer, title, professional, plain, references or article; `start` an offset in that
    field's source, -1 where there is no single place; `fix` the name of a quick fix such as `remove-reference:KEY`;
    `key` the reference or the citation number that it is about.
    """

    rule: str
    level: str
    field: str
    message: str
    excerpt: str = ""
    start: int = -1
    fix: str = ""
    key: str = ""


def around(text: str, start: int, end: int, room: int = 40) -> str:
    """The place from `start` to `end` with a few words on each side, on one line."""
    left = text[max(0, start - room) : start]
    right = text[end : end + room]
    left = left[left.find(" ") + 1 :] if start > room and " " in left else left
    right = right[: right.rfind(" ")] if end + room < len(text) and " " in right else right
    return " ".join((left + text[start:end] + right).split())
