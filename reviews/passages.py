"""The passages that comments speak of: chosen in the version under review, found again in a later one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from articles.models import Version
from articles.text.claims import ANSWER, sentences
from articles.text.content import Content
from articles.text.diff import SAME, Block, became, compare
from articles.text.parsing import NUMBERS
from articles.text.quotes import ReaderText, Selector, Span, find, letters, places, reader_text, same_words, select
from oracle.refusals import Refusal, typed

from .models import Comment
from .models.comment import WORDINGS

LONGEST = 2000
MORE_WORDS = "These words stand in the text more than once; copy some more of the words around them."


@dataclass(frozen=True)
class Passage:
    """What a reviewer chose: words of a text, and what else is known of their place.

    `replacement` are the words suggested for them, none if empty; None is no suggestion.
    """

    words: str
    wording: str = ""
    prefix: str = ""
    suffix: str = ""
    replacement: str | None = None


def columns_of(passage: Passage, content: Content) -> dict[str, Any]:
    """A comment's columns for a passage of this text; refused where the words stand nowhere, or in several places."""
    words = typed(passage.words, "Select or copy the words that you suggest to replace.", most=LONGEST)
    found = _found(replace(passage, words=words), content) or _found(
        replace(passage, words=NUMBERS.sub("", words)), content
    )
    if not found:
        raise Refusal("These words are not in the text. Copy them as they stand there, within one of its parts.")
    wording, text, place = found[0]
    selector = select(text, place)
    if len(found) > 1 or find(text, selector) != place:
        raise Refusal(MORE_WORDS)
    suggested = passage.replacement and typed(passage.replacement, "")
    if suggested and same_words(suggested, selector.exact):
        raise Refusal("The suggested words are those of the passage; change them, or leave the field empty.")
    return {
        "wording": wording,
        "quote": selector.exact,
        "prefix": selector.prefix,
        "suffix": selector.suffix,
        "replacement": suggested,
    }


def _found(passage: Passage, content: Content) -> list[tuple[str, str, Span]]:
    """The places that come into question, in the text named or, if none is, in all."""
    wanted = Selector(passage.words, passage.prefix[-200:], passage.suffix[:200])
    wordings = [passage.wording] if passage.wording in WORDINGS else list(WORDINGS)
    texts = ((wording, reader_text(getattr(content, wording)).text) for wording in wordings)
    return [(wording, text, place) for wording, text in texts for place in places(text, wanted)]


class Later:
    """A version as comments on it or on earlier ones need it: where their passages are now, and what became of them.

    Each text is read, and each pair of texts compared, once.
    """

    def __init__(self, version: Version) -> None:
        self.version = version
        self.text = cache(self._text)
        self._blocks = cache(_blocks)

    def _text(self, wording: str) -> ReaderText:
        return reader_text(getattr(self.version, wording))

    def place(self, remark: Comment) -> Span | None:
        """Where a comment's passage stands in the reader's text; None where it has changed."""
        return find(self.text(remark.wording).text, remark.selector)

    def source_place(self, remark: Comment) -> Span | None:
        """The same in the Markdown source."""
        place = self.place(remark)
        return place and self.text(remark.wording).in_source(place)

    def letters(self, remark: Comment) -> Span | None:
        """The same, counted without blanks, as a page finds it whatever its white space is."""
        place = self.place(remark)
        text = self.text(remark.wording).text
        return place and (letters(text[: place[0]]), letters(text[: place[1]]))

    def change(self, remark: Comment) -> list[Block]:
        """What became of the paragraphs of a comment's passage or statement; empty where they are as they were."""
        if remark.version_id == self.version.pk:
            return []
        found = _spoken_of(remark)
        if found is None:
            return []
        wording, (begin, end) = found
        old, new = str(getattr(remark.version, wording)), str(getattr(self.version, wording))
        blocks = became(self._blocks(old, new), old, begin, end)
        return blocks if any(block.kind != SAME for block in blocks) else []


def _blocks(old: str, new: str) -> list[Block]:
    return compare(old, new) if old != new else []


def _spoken_of(remark: Comment) -> tuple[str, Span] | None:
    """The wording that a comment is about, and where in its source; None for a comment on the whole."""
    if remark.wording:
        text = reader_text(getattr(remark.version, remark.wording))
        place = find(text.text, remark.selector)
        return place and (remark.wording, text.in_source(place))
    claim = next((claim for claim in _statements(remark) if claim.id == remark.claim), None) if remark.claim else None
    if claim is None:
        return None
    if claim.wording == ANSWER:
        return "direct_answer", (0, len(remark.version.direct_answer))
    return claim.wording, (claim.start, claim.start)


def _statements(remark: Comment) -> Iterator[Any]:
    """Those that the version was frozen with; then every sentence, for one that a reviewer added."""
    yield from remark.version.fixed_claims
    yield from sentences(remark.version.content)
