"""Whether a change is typographic: it touches no statement, number, unit, negation, reference or heading. Pure.

What cannot be told to be typographic is substantive, so a doubt costs a review and never skips one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from textwrap import shorten
from unicodedata import category

from .claims import ANSWER, sentences
from .content import NO_AI, Content
from .diff import LONG, tokens, too_much_alike
from .parsing import parse
from .quantities import is_unit
from .signs import NEGATION, NUMBER_WORD, OPPOSING, OPPOSITES
from .units import HEADING, INTRODUCTION, read

TYPOGRAPHIC, SUBSTANTIVE = "typographic", "substantive"
WORDINGS = {"professional": "the wording for professionals", "plain": "the wording for patients"}
# How many changes of words are told for each wording.
MOST = 20
# Said once, these must be the same but for white space.
WHOLE = {"question": "The question", "direct_answer": "The direct answer", "title": "The answer title"}
LISTS = {"references": "The references", "evidence": "A quoted passage", "abbreviations": "The abbreviations"}
_OPENS = ("heading_open", "bullet_list_open", "ordered_list_open", "list_item_open", "blockquote_open", "table_open")
_ROWS = ("tr_open", "th_open", "td_open", "fence", "code_inline", "hr")
# Signs that say a number or a relation of numbers; the others of their kind are Markdown's.
_SIGNS = frozenset("%‰°/×±÷−+<>≤≥=≈~^")


@dataclass(frozen=True)
class ChangeClass:
    """The class of a change: substantive for `reasons`, in sentences; typographic where there are none."""

    reasons: tuple[str, ...] = ()

    @property
    def typographic(self) -> bool:
        """Does it touch nothing that a review judges?"""
        return not self.reasons

    @property
    def name(self) -> str:
        """`typographic` or `substantive`."""
        return TYPOGRAPHIC if self.typographic else SUBSTANTIVE


def class_of(before: Content, after: Content) -> ChangeClass:
    """The class of the change from one text to another; who checked the text for the editors is no part of it."""
    found = [
        *(f"{words} changed." for name, words in WHOLE.items() if _differ(getattr(before, name), getattr(after, name))),
        *(f"{words} changed." for name, words in LISTS.items() if getattr(before, name) != getattr(after, name)),
        *(["The disclosures changed."] if _disclosed(before) != _disclosed(after) else []),
        *_statements(before, after),
    ]
    for name, words in WORDINGS.items():
        found += _wording(getattr(before, name), getattr(after, name), words)
    return ChangeClass(tuple(dict.fromkeys(found)))


def _differ(one: str, other: str) -> bool:
    return one.split() != other.split()


def _disclosed(content: Content) -> tuple[object, ...]:
    use = {name: words for name, words in content.ai_use.items() if name != "checked_by" and words}
    return use.get("level", NO_AI), use, content.funding.split()


def _statements(before: Content, after: Content) -> Iterator[str]:
    """Statements that were changed, moved to another heading, added or taken out; or that stand in another order."""
    old, new = _checked(before), _checked(after)
    gone = [text for key, text in old.items() if key not in new]
    come = [text for key, text in new.items() if key not in old]
    what = "changed" if gone and come else "was added" if come else "was taken out"
    for text in (come or gone)[:3]:
        yield f"A statement {what}: “{shorten(text, 100, placeholder=' …')}”."
    if not gone and not come and list(old) != list(new):
        yield "The statements stand in another order."


def _checked(content: Content) -> dict[tuple[str, tuple[str, ...]], str]:
    """Every sentence that has to be judged, or could have to be for what it says, by identity and signs, in order."""
    rows = (claim for claim in sentences(content) if claim.signs or claim.wording == ANSWER)
    return {(claim.id, claim.signs): claim.text for claim in rows}


def _wording(before: str, after: str, where: str) -> list[str]:
    if before == after:
        return []
    if bool(before.strip()) != bool(after.strip()):
        return [f"There is {'a new' if after.strip() else 'no longer a'} text: {where}."]
    found = []
    if _headings(before) != _headings(after):
        found.append(f"A heading, or a line that introduces a list, changed in {where}.")
    if _shape(before) != _shape(after):
        found.append(f"A list, a table or a quotation was built anew in {where}.")
    if _links(before) != _links(after):
        found.append(f"A link changed in {where}.")
    old, new = _folded(before), _folded(after)
    if too_much_alike(old, new):
        return [*found, f"Too many words are alike to tell what changed in {where}."]
    return found + [f"{what} changed in {where}: {shown}." for what, shown in islice(_touched(old, new), MOST)]


def _headings(text: str) -> list[tuple[str, ...]]:
    """Headings and introductions of lists, with the headings above each."""
    return [(unit.kind, unit.text, *unit.path) for unit in read(text).units if unit.kind in (HEADING, INTRODUCTION)]


def _shape(text: str) -> list[tuple[str, str, int]]:
    """What is more than running text, each with its depth: white space decides that."""
    return [
        (token.type, token.tag, token.level)
        for outer in parse(text)
        for token in (outer, *(outer.children or []))
        if token.type in _OPENS or token.type in _ROWS
    ]


def _links(text: str) -> list[str]:
    children = (child for token in parse(text) for child in token.children or [])
    return [str(child.attrGet("href")) for child in children if child.type == "link_open"]


def _touched(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """What a change of words touches: the kind, and the words before and now."""
    for gone, come in _changes(old, new):
        kind = next(filter(None, map(_kind, [*gone, *come])), "") or _opposed(gone, come)
        if kind:
            yield kind, f"{_quoted(gone)}, now {_quoted(come)}"


def _quoted(words: list[str]) -> str:
    return f"“{shorten(' '.join(words), 60, placeholder=' …')}”" if words else "nothing"


def _changes(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The runs of tokens that differ, wherever lines and paragraphs end."""
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) * len(new) > LONG)
    for op, i, j, k, m in matcher.get_opcodes():
        if op != "equal":
            yield old[i:j], new[k:m]


def _folded(text: str) -> list[str]:
    return [" ".join(token.split()) for token in tokens(text) if token.strip()]


def _kind(token: str) -> str:
    """What a token is that no typographic change may touch; empty for a word or a stop."""
    if token.startswith("[@"):
        return "A reference"
    if any(char.isnumeric() for char in token) or token in _SIGNS or NUMBER_WORD.fullmatch(token.lower()):
        return "A number"
    if is_unit(token):
        return "A unit"
    if NEGATION.fullmatch(token):
        return "A negation"
    if re.fullmatch(r"[B-HJ-Z\u0370-\u03ff]|[IVXLC]{2,}", token):
        return "A letter that names something"
    return "A character that is not seen" if any(category(char) in ("Cf", "Cc", "Co", "Cn") for char in token) else ""


def _opposed(gone: list[str], come: list[str]) -> str:
    """Did a word become its opposite?"""
    old, new = ({word.lower() for word in words if word[:1].isalpha()} for words in (gone, come))
    for some, others in ((old, new), (new, old)):
        for word in some:
            if any(prefix + word in others for prefix in OPPOSING):
                return "A negation"
            for one, other in OPPOSITES:
                if {word.replace(one, other, 1), word.replace(other, one, 1)} & (others - {word}):
                    return "A negation"
    return ""
