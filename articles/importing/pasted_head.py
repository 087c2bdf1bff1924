"""The top of a pasted answer: the question, the answer's title (often twice), the direct answer."""

import re
from dataclasses import dataclass, replace

from .imported import LIMIT_LINE
from .pasted_blocks import Block, heading_like
from .pasted_lines import HASHES, Line, next_line, same

LABEL_LINE = re.compile(
    r"(?i)(?:question|q|answer|title|direct answer|short answer|brief answer|quick answer|bottom line|in short|tl;?dr)"
)
LABEL = re.compile(rf"[*_]*(?P<label>{LABEL_LINE.pattern[4:]})[*_]*\s*:[*_]*\s*(?P<text>\S.*)", re.IGNORECASE)
DIRECT = re.compile(
    r"(?i)[*_]*(?:yes|no|it depends|probably|possibly|generally|usually|rarely|not routinely|in most cases)\b"
)
STRICTLY_DIRECT = re.compile(r"(?i)[*_]*(?:(?:yes|no)[*_]*\s*[,.;:–—-]|it depends\b)")
SECTION = re.compile(
    r"""(?ix)(?:(?:clinical|key|current|the|supporting|recommended)\s)*
    (?:evidence|background|overview|introduction|summary|points?|recommendations?|approach|monitoring|caveats?|context
    |conclusions?|discussion|dosing|doses?|safety|considerations?|findings|limitations|guidelines?|treatment|management
    |mechanism|takeaways?|details|rationale|contraindications|risks?|benefits)
    (?:\s(?:and|of|base|summary|from|considerations|evidence)\b.*)?"""
)
LONGEST_TITLE = 160
SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’*_]*\s+(?=[^\W\d_a-z]|[“\"(*])")


@dataclass(frozen=True)
class Head:
    """What stands above the text of an answer."""

    question: str = ""
    title: str = ""
    direct_answer: str = ""

    def missing(self) -> list[str]:
        """A sentence for each part that was not found."""
        parts = (("question", self.question), ("answer title", self.title), ("direct answer", self.direct_answer))
        return [f"No {name} was found: write it." for name, text in parts if not text]

    def repeats(self, text: str) -> bool:
        """Are these the words of the question or the title?"""
        return same(text, self.question) or same(text, self.title)


def take_head(lines: list[Line], notes: list[str]) -> tuple[Head, list[Line]]:
    """Question and answer title, and the lines without them and without their repetitions."""
    head, start = Head(), 0
    while (index := next_line(lines, start)) is not None:
        taken = _take(head, lines, index, notes)
        if taken is None:
            break
        head, start = taken, index + 1
    return head, _without_repetitions(head, lines[start:], notes)


def _take(head: Head, lines: list[Line], index: int, notes: list[str]) -> Head | None:
    """The head with the line at `index`; None where the answer begins there."""
    line = lines[index]
    text = line.bare
    if line.code:
        return None
    if LABEL_LINE.fullmatch(text.rstrip(":")) and next_line(lines, index + 1) is not None:
        notes.append(f"{line.quoted()} only names what follows and was dropped.")
        return head
    match = LABEL.fullmatch(text)
    label, text = (match["label"].lower(), match["text"].strip()) if match else ("", text)
    taken = _placed(head, label, text, lines, index)
    if taken == head:
        notes.append(f"{line.quoted()} stood a second time and was dropped.")
    elif taken and label:
        notes.append(f"Line {line.number} began with the label “{line.bare[: len(line.bare) - len(text)].strip()}”.")
    return taken


def _placed(head: Head, label: str, text: str, lines: list[Line], index: int) -> Head | None:
    if head.repeats(text):
        return head
    if not head.question and len(text) <= LIMIT_LINE and (text.endswith("?") or label in ("question", "q")):
        return replace(head, question=text)
    if not head.title and (label == "title" or _is_title(text, lines, index)) and len(text) <= LIMIT_LINE:
        return replace(head, title=text)
    return None


def _is_title(text: str, lines: list[Line], index: int) -> bool:
    line = lines[index]
    if SECTION.fullmatch(text) or DIRECT.match(text) or next_line(lines, index + 1) is None:
        return False
    if HASHES.fullmatch(line.text):
        return bool(text)
    if any(same(text, other.bare) for other in lines[index + 1 :]):
        return True
    return line.plain and not line.ended and len(text) <= LONGEST_TITLE and heading_like(line.with_text(text[:60]))


def _without_repetitions(head: Head, lines: list[Line], notes: list[str]) -> list[Line]:
    kept = []
    for line in lines:
        if not line.code and head.repeats(line.bare):
            notes.append(f"{line.quoted()} stood a second time and was dropped.")
        else:
            kept.append(line)
    return kept


def take_answer(head: Head, body: list[Block], notes: list[str]) -> tuple[Head, list[Block]]:
    """The direct answer: the first paragraph above any heading, or one that begins with yes, no or it depends."""
    if body and body[0].heading and LABEL_LINE.fullmatch(body[0].text.rstrip(":")):
        notes.append(f"{body[0].quoted()} only names what follows and was dropped.")
        body = body[1:]
    place = _answer_place(body)
    if place is None:
        return head, body
    block = body[place]
    text = _unlabelled(block, notes)
    answer, remainder = _first_sentences(text)
    if remainder:
        notes.append(f"The first sentences of the paragraph in line {block.line} were taken as the direct answer.")
    rest = [replace(block, text=remainder)] if remainder else []
    head, body = replace(head, direct_answer=answer), [*body[:place], *rest, *body[place + 1 :]]
    return _take_late_title(head, body, place)


def _answer_place(body: list[Block]) -> int | None:
    for index, block in enumerate(body[:2]):
        if block.kind == "paragraph" and (index == 0 or STRICTLY_DIRECT.match(block.text)):
            return index
        if not block.heading:
            return None
    return None


def _unlabelled(block: Block, notes: list[str]) -> str:
    match = LABEL.fullmatch(block.text.replace("\n", " "))
    if not match:
        return block.text
    notes.append(f"Line {block.line} began with the label “{match['label']}”.")
    return match["text"]


def _first_sentences(text: str) -> tuple[str, str]:
    """A short paragraph whole; of a long one the first sentence, two where the first is as short as “Yes.”."""
    ends = list(SENTENCE_END.finditer(text))
    if len(ends) < 3 and len(text) <= 600:
        return text, ""
    end = next((match for match in ends if match.start() > 40), None)
    return (text[: end.end()].strip(), text[end.end() :].strip()) if end else (text, "")


def _take_late_title(head: Head, body: list[Block], place: int) -> tuple[Head, list[Block]]:
    """The answer's own title may stand below the direct answer: a heading that another heading follows."""
    following = body[place : place + 2]
    if head.title or len(following) < 2 or not all(block.heading for block in following):
        return head, body
    if SECTION.fullmatch(following[0].text) or len(following[0].text) > LIMIT_LINE:
        return head, body
    return replace(head, title=following[0].text), body[:place] + body[place + 1 :]
