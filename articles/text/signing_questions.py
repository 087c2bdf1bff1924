"""The questions that a signer answers: a document with one question a line, at most five.

`[plain]` before a question asks it only where there is a wording for patients and carers, `[high]` only at high risk.
"""

import re
from collections.abc import Iterator

MOST, LONGEST = 5, 300
MARKS = ("plain", "high")
LINE = re.compile(r"(?P<marks>(?:\[\w*\]\s*)*)(?P<words>.*)")


def questions(body: str, *, plain: bool, high: bool) -> list[str]:
    """The questions of `body` that are asked of a text with a plain wording, or at high risk, in their order."""
    holds = {"plain": plain, "high": high}
    return [words for marks, words in _lines(body) if all(holds.get(mark, False) for mark in marks)]


def fault(body: str) -> str | None:
    """Why `body` cannot be asked, in a sentence; None where it can."""
    lines = list(_lines(body))
    words = [text for _, text in lines]
    unknown = sorted({mark for marks, _ in lines for mark in marks} - set(MARKS))
    if unknown:
        return f"The mark [{unknown[0]}] is not known: use [plain] or [high], or none."
    if len(lines) > MOST:
        return f"These are {len(lines)} questions; a signer is asked {MOST} at most, one a line."
    if not any(not marks for marks, _ in lines):
        return "At least one question must be asked of every article: write it without a mark."
    if any(not text.endswith("?") or len(text) > LONGEST for text in words):
        return f"Each line is one question, ends with a question mark and has at most {LONGEST} characters."
    return "A question stands here twice." if len(set(words)) < len(words) else None


def _lines(body: str) -> Iterator[tuple[list[str], str]]:
    for line in filter(None, map(str.strip, body.splitlines())):
        found = LINE.fullmatch(line)
        if found:
            yield re.findall(r"\[(\w*)\]", found["marks"]), found["words"]
