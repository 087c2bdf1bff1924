"""Where sentences end: in plain text, and in the children of an inline token."""

import re
from collections.abc import Iterator
from copy import copy

from markdown_it.token import Token

# Stands for a citation in the plain text of a sentence, so that places stay countable.
MARK = "\ufffc"
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?:[ \n]*\ufffc)*[ \n\t\u00a0]+")
_NEVER = re.compile(
    r"vs|cf|al|approx|ca|resp|incl|viz|drs|dept|univ|figs?|eqs?|refs?|vol|pp|suppl|eds?|inc|ltd|(?:[a-z]\.)+[a-z]",
    re.IGNORECASE,
)
_TITLE = re.compile(r"Dr|Prof|Mr|Mrs|Ms|St|Sr|Jr")
_BEFORE_DIGIT = re.compile(r"nos?|p|max|min|sec|art|para", re.IGNORECASE)
# "vitamin D. Give", "hepatitis C. Treat": a letter that is no initial.
_LETTERED = re.compile(r"vitamins?|hepatitis|type|group|grade|class|stage|factor|arm|schedule|category", re.IGNORECASE)
_RUN_IN_WORDS = 4


def plain(children: list[Token]) -> str:
    """The text of an inline token's children, each citation as one `MARK`."""
    return "".join(_text(child) for child in children)


def readable(text: str) -> str:
    """Plain text without the marks of citations, its whitespace folded."""
    return " ".join(re.sub(rf"\s*{MARK}", "", text).split())


def breaks(text: str) -> Iterator[tuple[int, int]]:
    """The gaps between sentences: where one ends and where the next begins. Citations after a full stop go with it."""
    for found in _END.finditer(text):
        begin, end = found.start(), found.end()
        following = text[end : end + 1]
        if not following:
            return
        if following.islower():
            marks = re.match(r"[.!?…]+[\"'”’»)\]]*([ \n]+)(?=\ufffc)", found[0])
            # "… fell. [@a] reported": the citation opens the next sentence.
            if marks and not _abbreviated(text, begin, MARK):
                yield begin + marks.start(1), begin + marks.end(1)
        elif not _abbreviated(text, begin, following):
            yield begin + len(found[0].rstrip()), end


def split(children: list[Token]) -> list[list[Token]]:
    """Cut an inline token's children into sentences and the gaps between them, in turn.

    The result has odd length: sentences at even places, gaps at odd ones. Only a gap outside emphasis and links
    counts, so each sentence is a well-formed piece. A text token across a gap is cut in two.
    """
    text = plain(children)
    outer = _outer(children)
    gaps = [gap for gap in breaks(text) if all(outer[gap[0] : gap[1]])]
    parts = _cut(children, [place for gap in gaps for place in gap])
    return _join_run_ins(parts)


def _text(child: Token) -> str:
    if child.type in {"citation", "number"}:
        return MARK
    return "\n" if child.type in {"softbreak", "hardbreak"} else child.content


def _outer(children: list[Token]) -> list[bool]:
    """For each character of the plain text: does it stand outside emphasis, links and code?"""
    return [child.level == 0 and child.type != "code_inline" for child in children for _ in _text(child)]


def _abbreviated(text: str, stop: int, following: str) -> bool:
    """Is the full stop at `stop` that of an abbreviation, an initial or a list number?"""
    if text[stop] != "." or text[stop : stop + 2] == "..":
        return False
    # Two words are enough, and a window keeps long paragraphs quick.
    before = text[max(0, stop - 60) : stop].split()[-2:]
    word = before[-1].lstrip("([\"'“‘") if before else ""
    if _NEVER.fullmatch(word) or _TITLE.fullmatch(word):
        return True
    if _BEFORE_DIGIT.fullmatch(word) and following.isdigit():
        return True
    if len(word) == 1 and word.isalpha() and word.isupper():
        return not (len(before) == 2 and _LETTERED.fullmatch(before[0]))
    return word.isdigit() and text[:stop].strip() == word


def _cut(children: list[Token], places: list[int]) -> list[list[Token]]:
    """Cut at places of the plain text: closing tokens stay with what is before, opening ones go with what follows."""
    parts: list[list[Token]] = [[]]
    waiting, at = list(places), 0
    for child in children:
        length = len(_text(child))
        # A cut before whitespace takes effect once something with width arrives; one after it, at once.
        while waiting and (waiting[0] < at or (waiting[0] == at and (length or len(parts) % 2 == 0))):
            parts.append([])
            waiting.pop(0)
        rest, start = child, at
        while waiting and start < waiting[0] < at + length:
            left, rest = _halves(rest, waiting[0] - start)
            parts[-1].append(left)
            parts.append([])
            start = waiting.pop(0)
        parts[-1].append(rest)
        at += length
    return parts


def _halves(token: Token, place: int) -> tuple[Token, Token]:
    left, right = copy(token), copy(token)
    left.content, right.content = token.content[:place], token.content[place:]
    left.meta, right.meta = dict(token.meta), token.meta | {"start": token.meta["start"] + place}
    return left, right


def _join_run_ins(parts: list[list[Token]]) -> list[list[Token]]:
    """Join a short emphasised lead-in ("**Adults.** 5 mg daily.") to the sentence that it introduces."""
    joined: list[list[Token]] = []
    for place, part in enumerate(parts):
        if place % 2 == 0 and len(joined) >= 2 and _is_run_in(joined[-2]):
            gap = joined.pop()
            joined[-1] = joined[-1] + gap + part
        else:
            joined.append(part)
    return joined


def _is_run_in(part: list[Token]) -> bool:
    inside = [child for child in part if plain([child]).strip()]
    emphasised = all(child.level > 0 and child.type == "text" for child in inside)
    return emphasised and len(plain(part).split()) <= _RUN_IN_WORDS
