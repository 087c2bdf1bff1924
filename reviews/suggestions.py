"""Suggested words, put into the text by an editor with one click: the history names the editor who did it, its reason
the reviewer, who stays no contributor (a suggestion is not a save)."""

from dataclasses import replace
from typing import Any

from django.db import transaction

from articles.models.version import overwrite
from articles.text.suggestions import replaced
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import Refusal, Stale

from .discussion import fresh
from .models import Comment
from .passages import Later

SAVED = "Somebody else saved this text after you opened it. Read it again, then apply the suggestion."
CHANGED = "The passage has changed since the suggestion was made. Change the text by hand."
CROSSES = (
    "These words cannot be put in without changing more than the passage: it reaches over paragraphs, list items, "
    "links or other mark-up. Change the text by hand."
)


def apply(remark: Comment, *, by: User, base: str) -> Comment:
    """Put a comment's suggested words in the place of its passage in the open version; that answers the comment.

    `base` is the fingerprint of the text that the editor had on screen. Raises `Stale` after another save, `Refusal`
    where the passage is not there any more or cannot be replaced alone; then nothing was written.
    """
    with transaction.atomic():
        version = remark.article.lock().open_version(by)
        remark = fresh(remark)
        if remark.replacement is None:
            raise Refusal("This comment suggests no other words.")
        if remark.applied_at:
            raise Refusal("This suggestion is in the text already.")
        if version.fingerprint != base:
            raise Stale(SAVED)
        place = Later(version).place(remark)
        if place is None:
            raise Refusal(CHANGED)
        text = replaced(getattr(version, remark.wording), place, remark.replacement)
        if text is None:
            raise Refusal(CROSSES)
        changed: dict[str, Any] = {remark.wording: text}
        overwrite(
            version,
            by=by,
            base=base,
            content=replace(version.content, **changed),
            event="version.suggestion",
            reason=f"Suggested by {remark.by.name}.",
        )
        return _mark(remark, by, version.pk)


def _mark(remark: Comment, by: User, version_id: int) -> Comment:
    remark.applied_by, remark.applied_at, remark.applied_in_id = by, clock.now(), version_id
    if not remark.answered_at:
        remark.answer, remark.answered_by, remark.answered_at = "Changed as suggested.", by, remark.applied_at
    return record(remark, by=by, event="comment.apply")
