"""What changed between two texts: paragraphs first, then words. A dose is never cut in pieces."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise, takewhile, zip_longest

from .content import line_ends
from .quantities import QUANTITY, quantities
from .sentences import breaks

SAME, CHANGED, INSERTED, DELETED, MOVED = "same", "changed", "inserted", "deleted", "moved"
INS, DEL = "ins", "del"
# Two paragraphs with fewer words in common than this share are two, not one that changed.
ALIKE = 0.4
# How many paragraphs without a change are folded, and how many beside a change are not.
FOLDED, BESIDE = 3, 1
# Between two changes, an unchanged word of this length or less is shown as part of the change.
SLIGHT = 3
# Beyond this product of two paragraphs' lengths in words, frequent words are not matched: it would take minutes.
LONG = 250_000
# Beyond this number of pairs of equal words or quantities, a text is shown as another one.
PAIRS = 3_000_000
_OPENING = re.compile(r"\s*(?:[-*+]\s|\d{1,3}[.)]\s|#{1,6}\s|\||>|```|~~~)")
_HEADING = re.compile(r"\s*#{1,6}\s")
# What a sentence is told without; the number of a list's item stays, as it could be taken for a quantity.
_MARK = re.compile(r"(?:\s*(?:[-*+]|#{1,6}|>)\s+)+")
_CITED = re.compile(r"\s*\[@[^\]\n]{0,500}\]")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_TOKEN = re.compile(rf"\s*(?:\[@[^\]\n]*\]|{QUANTITY.pattern}|[^\W_][\w'\u2019-]*|\S|$)", re.DOTALL)


@dataclass(frozen=True)
class Part:
    """A run of text: `op` is same, ins or del."""

    op: str
    text: str


@dataclass(frozen=True)
class Block:
    """One paragraph, list item, heading or table row: same, changed, inserted, deleted or moved.

    `old` and `new` are its places among the paragraphs of either text, counted from 0; None where it is not there.
    """

    kind: str
    parts: list[Part]
    old: int | None = None
    new: int | None = None

    @property
    def reworded(self) -> bool:
        """Was the paragraph, which may have moved too, changed in its words?"""
        return len({part.op for part in self.parts}) > 1


@dataclass(frozen=True)
class Run:
    """Blocks that stand together, `folded` where nothing changed in any of several."""

    blocks: list[Block]
    folded: bool = False


def compare(old: str, new: str) -> list[Block]:
    """The paragraphs of `new` in order, deleted ones where they stood; line breaks within a paragraph do not count."""
    before, after = paragraphs(old), paragraphs(new)
    mates = _mates(before, after)
    kept = _longest_rise([mates[place] for place in sorted(mates)])
    taken = set(mates.values())
    deleted = deque(place for place in range(len(before)) if place not in taken)
    blocks: list[Block] = []
    for place, text in enumerate(after):
        mate = mates.get(place)
        if mate is not None and mate in kept:
            while deleted and deleted[0] < mate:
                blocks.append(_deleted(before, deleted.popleft()))
        blocks.append(_block(before, mate, text, place, mate in kept))
    return blocks + [_deleted(before, place) for place in deleted]


def runs(blocks: list[Block]) -> list[Run]:
    """The blocks again in order, long stretches without a change folded but for the paragraphs beside a change."""
    found: list[Run] = []
    for same, group in groupby(blocks, key=lambda block: block.kind == SAME):
        stretch = list(group)
        begin = BESIDE if found else 0
        end = len(stretch) - (BESIDE if stretch[-1] is not blocks[-1] else 0)
        if not same or end - begin < FOLDED:
            found.append(Run(stretch))
        else:
            parts = (Run(stretch[:begin]), Run(stretch[begin:end], folded=True), Run(stretch[end:]))
            found += [part for part in parts if part.blocks]
    return found


def changed_quantities(old: str, new: str) -> list[tuple[str | None, str | None, str]]:
    """Quantities that differ: old, new (None where there is none), and the sentence that holds it now, or held it.

    The sentence comes as people read it, without the marks of its list or heading and without its citations.
    """
    found: list[tuple[str | None, str | None, str]] = []
    for block in compare(old, new):
        if any(part.op != SAME for part in block.parts):
            before = "".join(part.text for part in block.parts if part.op != INS)
            after = "".join(part.text for part in block.parts if part.op != DEL)
            found += _changed(_placed(before), _placed(after))
    return found


def became(blocks: list[Block], old: str, begin: int, end: int) -> list[Block]:
    """Of the comparison of `old` with another text: what became of the paragraphs from one offset of `old` to another.

    One that was taken out brings those that stand in its place.
    """
    first, last = _paragraph_at(old, begin), _paragraph_at(old, max(begin, end - 1))
    places = [at for at, block in enumerate(blocks) if block.old is not None and first <= block.old <= last]
    if not places:
        return []
    left, right = places[0], places[-1]
    while blocks[left].kind == DELETED and left > 0 and blocks[left - 1].kind == INSERTED:
        left -= 1
    while blocks[right].kind == DELETED and right + 1 < len(blocks) and blocks[right + 1].kind == INSERTED:
        right += 1
    return blocks[left : right + 1]


def _paragraph_at(text: str, offset: int) -> int:
    """The number of the paragraph, in `paragraphs`, whose line an offset is on."""
    end = text.find("\n", offset)
    return len(paragraphs(text[: end if end >= 0 else len(text)])) - 1


def paragraphs(text: str) -> list[str]:
    """The units that are compared: paragraphs, list items, headings, table rows, code blocks; blank lines left out.

    Whitespace inside each is folded, except in code and before the text of a list item, where it has a meaning.
    """
    found: list[list[str]] = []
    in_fence, fresh = False, True
    for line in line_ends(text).split("\n"):
        fence = bool(_FENCE.match(line))
        if in_fence:
            found[-1].append(line)
            in_fence, fresh = not fence, fence
        elif not line.strip():
            fresh = True
        elif fresh or _OPENING.match(line):
            found.append([line])
            in_fence, fresh = fence, bool(_HEADING.match(line))
        else:
            found[-1].append(line)
    return [_folded(lines) for lines in found]


def _folded(lines: list[str]) -> str:
    if _FENCE.match(lines[0]):
        return "\n".join(lines)
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())] if _OPENING.match(lines[0]) else ""
    return indent + " ".join(" ".join(lines).split())


def _mates(before: list[str], after: list[str]) -> dict[int, int]:
    """For each new paragraph that has one, the old paragraph it comes from: the equal ones first, then the alike."""
    mates = _equal(before, after)
    taken = set(mates.values())
    left: dict[str, deque[int]] = defaultdict(deque)
    for place, text in enumerate(before):
        if place not in taken:
            left[text].append(place)
    for place, text in enumerate(after):
        if place not in mates and left[text]:
            mates[place] = left[text].popleft()
    taken = set(mates.values())
    old = [place for place in range(len(before)) if place not in taken]
    new = [place for place in range(len(after)) if place not in mates]
    return mates | _alike(before, after, old, new)


def _equal(before: list[str], after: list[str]) -> dict[int, int]:
    """For each new paragraph in a run that both texts have, its old place: the longest runs first.

    In texts too long for that, paragraphs that stand once in either text hold the others: that is quick however many
    lines are equal.
    """
    if len(before) * len(after) > LONG:
        return _anchored(before, after)
    matching = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return {block.b + step: block.a + step for block in matching for step in range(block.size)}


def _anchored(before: list[str], after: list[str]) -> dict[int, int]:
    """The equal paragraphs at both ends, those that stand once in either text and in order, and those beside these."""
    counts, others = Counter(before), Counter(after)
    places = {text: place for place, text in enumerate(before) if counts[text] == 1}
    once = {place: places[text] for place, text in enumerate(after) if others[text] == 1 and text in places}
    rise = _longest_rise([once[place] for place in sorted(once)])
    mates = {place: mate for place, mate in once.items() if mate in rise}
    ends = {-1: -1, len(after): len(before)}
    for step in (1, -1):
        known = sorted((mates | ends).items(), reverse=step < 0)
        for (place, mate), (stop, limit) in pairwise(known):
            gaps = zip(range(place + step, stop, step), range(mate + step, limit, step), strict=False)
            equal = takewhile(lambda gap: after[gap[0]] == before[gap[1]], gaps)
            mates.update(equal)
    return mates


def _alike(before: list[str], after: list[str], old: list[int], new: list[int]) -> dict[int, int]:
    """Pairs of paragraphs that share enough words, the most alike first and, among those, the nearest.

    None where so many changed that each would have to be held against hundreds: the text is another one then.
    """
    if len(old) * len(new) > LONG:
        return {}
    words_old = {place: Counter(_words(before[place])) for place in old}
    words_new = {place: Counter(_words(after[place])) for place in new}
    scores = [
        (-_share(words_old[mate], words_new[place]), abs(mate - place), place, mate) for place in new for mate in old
    ]
    mates: dict[int, int] = {}
    taken: set[int] = set()
    for score, _, place, mate in sorted(scores):
        if -score >= ALIKE and place not in mates and mate not in taken:
            mates[place] = mate
            taken.add(mate)
    return mates


def _words(text: str) -> list[str]:
    return [token.strip() for token in tokens(text) if any(map(str.isalnum, token))]


def _share(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _longest_rise(numbers: list[int]) -> set[int]:
    """The numbers of a longest rising run; the rest have moved."""
    tails: list[int] = []
    behind: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        behind[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    run: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        run.add(last)
        last = behind[last]
    return run


def _deleted(before: list[str], place: int) -> Block:
    return Block(DELETED, [Part(DEL, before[place])], place, None)


def _block(before: list[str], mate: int | None, text: str, place: int, kept: bool) -> Block:
    if mate is None:
        return Block(INSERTED, [Part(INS, text)], None, place)
    if before[mate] == text:
        return Block(SAME if kept else MOVED, [Part(SAME, text)], mate, place)
    return Block(CHANGED if kept else MOVED, word_parts(before[mate], text), mate, place)


def tokens(text: str) -> list[str]:
    """Words, quantities and citation groups, each whole and with the space before it; joined they are the text."""
    return [token for token in _TOKEN.findall(text) if token]


def too_much_alike(before: list[str], after: list[str]) -> bool:
    """Would it take minutes to match them? Tokens in more than one place of a hundred are never matched first."""
    counts = Counter(after)
    often = len(after) // 100 + 1
    return sum(number * counts[token] for token, number in Counter(before).items() if counts[token] <= often) > PAIRS


def word_parts(old: str, new: str) -> list[Part]:
    """What changed between two texts of a line each, word by word."""
    before, after = tokens(old), tokens(new)
    if too_much_alike(before, after):
        return _change(old, new)
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) * len(after) > LONG)
    runs = [(op, before[i:j], after[k:m]) for op, i, j, k, m in matcher.get_opcodes()]
    parts: list[Part] = []
    gone, come = "", ""
    for place, (op, left, right) in enumerate(runs):
        if op != "equal" or (0 < place < len(runs) - 1 and _is_slight(left)):
            gone, come = gone + "".join(left), come + "".join(right)
            continue
        parts += [*_change(gone, come), Part(SAME, "".join(right))]
        gone, come = "", ""
    return parts + _change(gone, come)


def _is_slight(run: list[str]) -> bool:
    """A lone short word or stop between two changes: to show it as unchanged would only confuse."""
    return len(run) == 1 and len(run[0].strip()) <= SLIGHT and not any(char.isdigit() for char in run[0])


def _change(gone: str, come: str) -> list[Part]:
    return [part for part in (Part(DEL, gone), Part(INS, come)) if part.text]


def _placed(text: str) -> list[tuple[str, str]]:
    """Each quantity of a paragraph with the sentence that holds it."""
    cuts = [0, *(place for gap in breaks(text) for place in gap), len(text)]
    sentences = (text[begin:end].strip() for begin, end in zip(cuts[::2], cuts[1::2], strict=True))
    return [(quantity, _read(sentence)) for sentence in sentences for quantity in quantities(sentence)]


def _read(sentence: str) -> str:
    found = _MARK.match(sentence)
    return _CITED.sub("", sentence[found.end() :] if found else sentence)


def _changed(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> Iterator[tuple[str | None, str | None, str]]:
    old, new = [item[0] for item in before], [item[0] for item in after]
    if too_much_alike(old, new):
        told = dict([*after, *before])
        yield from ((quantity, None, told[quantity]) for quantity in (Counter(old) - Counter(new)).elements())
        yield from ((None, quantity, told[quantity]) for quantity in (Counter(new) - Counter(old)).elements())
        return
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) * len(new) > LONG)
    for op, i, j, k, m in matcher.get_opcodes():
        if op != "equal":
            for gone, come in zip_longest(before[i:j], after[k:m]):
                yield gone and gone[0], come and come[0], (come or gone)[1]
