"""Comments with what belongs to each, as pages show them: replies, suggested words, what became of the place."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from articles.board import Reply
from articles.models import Version
from articles.text.diff import Block, Part, word_parts
from articles.text.quotes import Span

from .models import Comment
from .models.comment import WORDINGS
from .passages import Later


@dataclass(frozen=True)
class Thread:
    """A comment with its replies; `later` is the version that the page shows, None on a page without a text."""

    remark: Comment
    replies: list[Reply]
    later: Later | None = None

    @property
    def where(self) -> str:
        """The text that its passage is in, empty without one."""
        return WORDINGS.get(self.remark.wording, "")

    @cached_property
    def lost(self) -> bool:
        """Has its passage, or what stands around it, changed since?"""
        return bool(self.remark.wording and self.later and self.later.place(self.remark) is None)

    @cached_property
    def change(self) -> list[Block]:
        """What became of the paragraphs it is about; empty where they are as they were."""
        return self.later.change(self.remark) if self.later else []

    @property
    def unchanged(self) -> bool:
        """Is the page's text a later one, and as it was where the comment points?"""
        points = bool(self.remark.wording or self.remark.claim)
        return bool(points and self.later and self.later.version.pk != self.remark.version_id and not self.change)

    @property
    def applied(self) -> str:
        """By whom and when the suggestion was put into the text; empty before."""
        return applied_in_words(self.remark)

    @property
    def closed(self) -> str:
        """By whom and when it was closed; empty while it is open."""
        return closed_in_words(self.remark)

    @property
    def suggested(self) -> list[Part]:
        """The passage with the suggested words, as deletions and insertions; empty without a suggestion."""
        if self.remark.replacement is None:
            return []
        return word_parts(self.remark.quote, self.remark.replacement)

    @cached_property
    def marked(self) -> Span | None:
        """Where an open comment's passage stands in its text, in letters; None for any other comment."""
        if self.remark.resolved_at or not self.remark.wording or self.later is None:
            return None
        return self.later.letters(self.remark)


def threads(comments: Iterable[Comment], shown: Version | None = None) -> list[Thread]:
    """The comments that are no replies, in their order, each with its replies; `shown` is the page's text."""
    rows, replies = list(comments), defaultdict(list)
    for row in sorted(rows, key=lambda row: row.pk):
        if row.reply_to_id:
            replies[row.reply_to_id].append(Reply(by=row.by.name, at=row.at, body=row.body))
    later = Later(shown) if shown else None
    return [Thread(row, replies[row.pk], later) for row in rows if not row.reply_to_id]


def closed_in_words(remark: Comment) -> str:
    """“closed by Rita Reviewer, 3 May 2026”; empty while it is open."""
    if remark.resolved_at is None:
        return ""
    by = f" by {remark.resolved_by.name}" if remark.resolved_by else ""
    return f"closed{by}, {timezone.localtime(remark.resolved_at):%-d %B %Y}"


def applied_in_words(remark: Comment) -> str:
    """“Applied by Edith Editor in version 2, 3 May 2026”; empty before."""
    if not (remark.applied_at and remark.applied_by and remark.applied_in):
        return ""
    when = f"{timezone.localtime(remark.applied_at):%-d %B %Y}"
    return f"Applied by {remark.applied_by.name} in version {remark.applied_in.number}, {when}"
