"""Interests in an article: what a reviewer declares, and what the chair decides; each under the article's lock."""

from typing import Any

from django.db import transaction

from articles.models import Article
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, Stale, typed

from .models import Answer, Conflict, Review

LONGEST_ANSWER = 2000
OUTDATED = (
    "What you said about interests in this article held 90 days, which have passed. "
    "Say first, where you sign, whether anything has changed."
)


def declare(article: Article, *, by: User, conflict: Conflict, text: str = "") -> Review:
    """Answer the question about interests for one article; a declared one bars until the chair clears it."""
    with transaction.atomic():
        article = article.lock()
        if not by.has_role("reviewer"):
            raise NotAllowed("Only a member of the Medical Advisory Board declares interests here.")
        if conflict == Conflict.DECLARED:
            text = typed(text, "Say what the interest is; the chair decides, and readers see it if it is cleared.")
        return _declared(review_of(article, by), by=by, conflict=conflict, text=text)


def review_of(article: Article, reviewer: User) -> Review:
    """The person's review of the article, or one not saved yet."""
    made = Review.objects.filter(article=article, reviewer=reviewer).first()
    return made or Review(article=article, reviewer=reviewer)


def _declared(review: Review, *, by: User, conflict: Conflict, text: str) -> Review:
    same = (review.conflict, review.conflict_text) == (conflict, text)
    if review.conflicted and conflict != Conflict.DECLARED:
        raise Refusal("You declared an interest here; only the chair can clear it.")
    review.conflict, review.conflict_text, review.declared_on = conflict, text, clock.today()
    if not same:
        _decide(review)
    return record(review, by=by, event="review.declare")


# For both answers `seen` is the review's `newest_entry` when the chair read it; without it the review as it is counts.


def clear(review: Review, *, by: User, reason: str, seen: int | None = None) -> Review:
    """The chair clears a declared interest, with a reason that readers see."""
    with transaction.atomic():
        review = _lock_declared(review, by, seen)
        if review.cleared_by_id:
            raise Refusal("This interest is cleared already.")
        reason = typed(reason, "Give the reason; readers see it in the disclosure line.", most=LONGEST_ANSWER)
        _decide(review, cleared_by=by, cleared_reason=reason)
        return record(review, by=by, event="review.clear", reason=reason)


def keep_barred(review: Review, *, by: User, reason: str, seen: int | None = None) -> Review:
    """The chair decides that a declared interest stands in the way, with a reason that the reviewer sees.

    An invitation that waits for their answer ends with it.
    """
    with transaction.atomic():
        review = _lock_declared(review, by, seen)
        if review.barred_by_id:
            raise Refusal("This interest stands in the way already.")
        reason = typed(reason, "Give the reason; the reviewer sees it.", most=LONGEST_ANSWER)
        _decide(review, barred_by=by, barred_reason=reason)
        if review.waiting:
            review.answer, review.answered_at = Answer.WITHDRAWN, clock.now()
        return record(review, by=by, event="review.bar", reason=reason)


def _lock_declared(review: Review, by: User, seen: int | None) -> Review:
    """The article locked, then a fresh copy of a review with a declared interest, for another person who is chair."""
    review.article.lock()
    review = Review.objects.get(pk=review.pk)
    if not by.has_role("chair"):
        raise NotAllowed("Only the chair may decide on a declared interest.")
    if by.pk == review.reviewer_id:
        raise NotAllowed("Nobody decides on their own interest; another chair must.")
    if by.pk in review.article.contributor_ids():
        raise NotAllowed("You contributed to this text; another chair must decide.")
    if review.conflict != Conflict.DECLARED:
        raise Refusal("There is no declared interest to decide on.")
    if seen is not None and seen != review.newest_entry:
        raise Stale("Something about this interest changed after you opened this page. Read it again, then decide.")
    return review


def _decide(review: Review, **answer: Any) -> None:
    """Give a declared interest this answer in place of any other; without one it waits for the chair again."""
    review.cleared_by = review.barred_by = None
    review.cleared_reason = review.barred_reason = ""
    for name, value in answer.items():
        setattr(review, name, value)


def restate(review: Review, *, by: User) -> Review:
    """Say again what was said about interests; beginning again, confirming and signing do."""
    review.declared_on = clock.today()
    return record(review, by=by, event="review.restate")


def without_conflict(review: Review, by: User) -> Review:
    """Say that nothing stands in the way: no interest, or the one that the chair cleared."""
    cleared = review.cleared_by_id is not None
    return restate(review, by=by) if cleared else _declared(review, by=by, conflict=Conflict.NONE, text="")
