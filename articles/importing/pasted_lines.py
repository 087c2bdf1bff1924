"""The lines of a pasted text, and what a single line looks like."""

import re
from dataclasses import dataclass, replace

from .imported import ImportRefused

INVISIBLE = re.compile(r"[\u200b\u2060\ufeff\u00ad]")
WIDE_SPACE = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
BULLET = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[•·●○◦▪■‣⁃∙](?=\S|[ \t])|[-*+–—](?=[ \t]))[ \t]*(?P<text>\S.*)")
NUMBERED = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[0-9]{1,2}[.)])[ \t]+(?P<text>\S.*)")
HASHES = re.compile(r"[ \t]{0,3}(?P<mark>#{1,6})[ \t]+(?P<text>.*)")
LONGEST_LINE = 20_000
MOST_LINES = 20_000
BOLD_LINE = re.compile(r"(\*\*|__)(?P<text>[^*_]+)\1:?")
RULE = re.compile(r"[ \t]*([-*_=–—])(?:[ \t]*\1){2,}[ \t]*")
FENCE = re.compile(r"[ \t]*(```|~~~)")
ENDED = re.compile(r"[.!?:;…][\"'”’»)\]*_]*$")
BOILERPLATE = re.compile(
    r"""(?ix)
    (?:\W*(?:medical\s+)?(?:disclaimer|note|important|caution|warning)\W+)?
    (?: this\s(?:answer|content|information|response|text|summary)\b[^0-9]{0,120}
            \b(?:education(?:al)?|informational|substitute|replace|pending)\b[^0-9]*
      | for\s(?:education|information)(?:al)?(?:\spurposes?)?\sonly\b[^0-9]*
      | (?:please\s)?exercise\scaution\b[^0-9]{0,40}\bpending\b[^0-9]*
      | (?:this\sis\s)?not\s(?:a\ssubstitute\sfor\s)?(?:professional\s)?medical\sadvice\b[^0-9]*
      | (?:please\s|always\s)+consult\s(?:a|an|your)\s[^0-9]*\b(?:advice|concerns|questions|decisions?)\b[^0-9]*
      | (?:i\sam|i'm|i’m|as)\san?\s(?:ai|artificial\sintelligence|large\slanguage\smodel)\b.*
      | (?:ai[-\s]generated|generated\s(?:by|with)\s(?:an\s)?(?:ai|chatgpt|claude|gemini|copilot))\b.*
      | (?:you|chatgpt|claude|gemini|copilot|assistant)\s(?:said|asked|answered)\W*
      | (?:chatgpt|ai|claude|gemini|copilot)\scan\smake\smistakes\b.*
      | have\sa\sfollow-?up\squestion\b.* | (?:ask\s(?:a\s)?)?follow-?up\squestions?\W*
      | was\sthis\s(?:answer\s)?helpful\b.*
      | (?:copy|share|regenerate|like|dislike|export|print|save|sources?\sused)\W*
      | (?:medical\s)?disclaimer\W*
    )"""
)


@dataclass(frozen=True)
class Line:
    """One line of the pasted text: where it stood (from 1), its text, and whether it stands in a code block."""

    number: int
    text: str
    code: bool = False

    @property
    def blank(self) -> bool:
        """Is there nothing on it?"""
        return not self.text.strip()

    @property
    def bare(self) -> str:
        """The text without a heading's or bold line's marks."""
        text = self.text.strip()
        match = HASHES.fullmatch(text)
        text = _without_closing_hashes(match["text"]) if match else text
        match = BOLD_LINE.fullmatch(text)
        return (match["text"] if match else text).strip()

    @property
    def table(self) -> bool:
        """Is it a row of a Markdown table?"""
        return self.text.lstrip().startswith("|")

    @property
    def plain(self) -> bool:
        """Running text: no mark of a list, heading, table, rule, quotation or code."""
        marked = (BULLET, NUMBERED, HASHES, RULE, FENCE)
        return not (self.code or self.blank or self.table or self.text.lstrip().startswith(">")) and not any(
            pattern.fullmatch(self.text) for pattern in marked
        )

    @property
    def ended(self) -> bool:
        """Does it end like a sentence or an introduction to a list?"""
        return ENDED.search(self.text.rstrip()) is not None

    def with_text(self, text: str) -> "Line":
        """The same line with another text."""
        return replace(self, text=text)

    def quoted(self) -> str:
        """How notes name it: where it stood and every word on it."""
        return f"Line {self.number}, “{self.text.strip()}”,"


def _without_closing_hashes(text: str) -> str:
    opened = text.rstrip("#")
    return opened.rstrip() if opened.endswith((" ", "\t")) else text


def read_lines(text: str, notes: list[str]) -> list[Line]:
    """The lines of a cleaned text, with ordinary spaces and without characters that nobody sees."""
    visible, hidden = INVISIBLE.subn("", text)
    if hidden:
        notes.append(f"{hidden} invisible characters were dropped.")
    if visible.count("\n") >= MOST_LINES:
        raise ImportRefused("The text has more than 20,000 lines. Paste only the answer.")
    lines, fenced = [], False
    for number, line in enumerate(visible.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise ImportRefused("This line has more than 20,000 characters. Break it into paragraphs.", number)
        fence = FENCE.match(line) is not None
        lines.append(Line(number, line if fenced else WIDE_SPACE.sub(" ", line).rstrip(), code=fenced or fence))
        fenced = fenced != fence
    return lines


def drop_boilerplate(lines: list[Line], notes: list[str]) -> list[Line]:
    """Without disclaimers, warnings about AI and the buttons of a chat window; each is kept in the notes."""
    kept = []
    for line in lines:
        if not line.code and len(line.text) <= 400 and BOILERPLATE.fullmatch(_undecorated(line)):
            notes.append(f"{line.quoted()} is not part of the answer and was dropped.")
        else:
            kept.append(line)
    return kept


def _undecorated(line: Line) -> str:
    match = BULLET.fullmatch(line.text)
    return (match["text"] if match else line.bare).strip(" *_>")


def same(one: str, other: str) -> bool:
    """Are two lines the same words, whatever their case, spaces and full stop?"""
    return _words(one) == _words(other) != []


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def next_line(lines: list[Line], start: int) -> int | None:
    """The index of the first line from `start` on that is not blank, or None."""
    return next((index for index in range(start, len(lines)) if not lines[index].blank), None)
