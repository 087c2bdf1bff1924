"""Beginning, working on and ending a round. Every function takes the article's lock first."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from articles.models import Article
from articles.models.article import WITH_THE_BOARD
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, typed

from .interests import restate, review_of, without_conflict
from .models import Answer, Conflict, Review, Round, RoundEnd
from .models.review import HANDED_ON, RoundQuerySet
from .permissions import bar, bar_or_shortfall, member_of

# How long a reviewer has for a round that a new version opens by itself.
SECOND_LOOK = timedelta(days=14)

REPLACED = "The chair gave this review to somebody else; only an invitation brings it back to you."
ENDED = {
    RoundEnd.SIGNED: "You have signed this version; the round has ended. Nothing was changed.",
    RoundEnd.CHANGES: "You have asked for changes; the round has ended. Nothing was changed.",
    RoundEnd.REFUSED: "You have not reaffirmed this version; the round has ended. Nothing was changed.",
    RoundEnd.GIVEN_BACK: "You have given this review back; the round has ended. Nothing was changed.",
    RoundEnd.REPLACED: "The chair gave this review to somebody else; the round has ended. What you noted is kept.",
    RoundEnd.OVERTAKEN: "This round has ended: the article moved on, by the editor, the chair or another reviewer."
    " What you noted is kept, and you get the next version when it is sent to the board.",
}


def active_round(article: Article, user: User) -> Round | None:
    """The round that `user` has open on the current version."""
    return Round.objects.active().filter(version_id=article.current_id, review__reviewer=user).first()


def take(article: Article, *, by: User) -> Round:
    """Begin a round on the submitted version, having declared no conflict; `start_review` follows where it applies.

    Whoever was invited accepts by this, and has until the day that the invitation named.
    """
    with transaction.atomic():
        article = article.lock()
        if article.state not in WITH_THE_BOARD:
            raise Refusal("This article is not with the board now; reload your list.")
        review = review_of(article, by)
        sentence = bar_or_shortfall(article, by, review)
        if sentence:
            raise NotAllowed(sentence)
        review = without_conflict(review, by)
        before = list(review.rounds.all())
        if any(row.version_id == article.current_id and row.ended_at is None for row in before):
            raise Refusal("You have this article already; it is on your list.")
        if was_replaced(review, before, article):
            raise NotAllowed(REPLACED)
        due_on = review.review_by if review.waiting else None
        if review.waiting:
            answer(review, Answer.ACCEPTED, by=by, event="review.accept")
        row = open_round(review, article, article.current_id, by=by, number=len(before) + 1, due_on=due_on)
        if article.state == "submitted":
            article.perform("start_review", by=by, round_id=row.pk)
        return row


def was_replaced(review: Review, before: list[Round], article: Article) -> bool:
    """Was the newest of the rounds on the current version given to somebody else, and its reviewer not asked back?"""
    mine = [row for row in before if row.version_id == article.current_id]
    return not review.waiting and bool(mine) and max(mine, key=lambda row: row.pk).end == RoundEnd.REPLACED


def answer(review: Review, given: Answer, *, by: User | None, event: str) -> Review:
    """Note what became of the open invitation; the article is locked."""
    review.answer, review.answered_at = given, clock.now()
    return record(review, by=by, event=event)


def open_round(
    review: Review,
    article: Article,
    version_id: int,
    *,
    by: User | None,
    number: int,
    due_on: date | None = None,
    event: str = "round.begin",
) -> Round:
    """Open a review's next round, for who has the article's lock."""
    row = Round(review=review, article=article, version_id=version_id, number=number, due_on=due_on)
    return record(row, by=by, event=event)


def confirm_interests(row: Round, *, by: User) -> Review:
    """Say in one's own round that what was said about interests still holds; before it is old this changes nothing."""
    with transaction.atomic():
        row, _ = lock_work(row, by)
        if row.review.conflict == Conflict.NOT_ASKED:
            raise Refusal("Nothing was said yet about interests in this article, so nothing can be said again.")
        return restate(row.review, by=by) if row.review.outdated(clock.today()) else row.review


def give_back(row: Round, *, by: User, note: str = "") -> Article:
    """End one's own round without a decision; what was noted stays on record."""
    with transaction.atomic():
        row, article = lock_round(row, by)
        close_round(row, RoundEnd.GIVEN_BACK, by=by, reason=typed(note, "") if note.strip() else "")
        return release_if_nobody_is_left(article, row.pk, by=by, reason=note)


def release_if_nobody_is_left(article: Article, ended: int, *, by: User, reason: str) -> Article:
    """Without an active or signed round the version waits again; `ended` is the id of the one that ended just now."""
    left = Round.objects.counting().filter(version_id=article.current_id).exists()
    if article.state == "under_review" and not left:
        return article.perform("release", by=by, reason=reason, round_id=ended)
    return article


def notes_given_back(article: Article) -> QuerySet[Round]:
    """The rounds on the current version that were given back with a note, for whoever takes it next."""
    given = Round.objects.filter(version_id=article.current_id, end=RoundEnd.GIVEN_BACK).exclude(reason="")
    return given.select_related("review__reviewer")


def ask_for_changes(row: Round, *, by: User, reason: str) -> Article:
    """End the round with that decision; the editor gets a copy to write in. No signature is made."""
    with transaction.atomic():
        row, article = lock_round(row, by)
        if row.version_id == article.standing_version_id:
            raise Refusal("This version is signed: reaffirm it, or say why you do not.")
        sentence = bar(article, by, member_of(by), row.review)
        if sentence:
            raise NotAllowed(sentence)
        reason = typed(reason, "Say what has to change; the editor reads it first.")
        close_round(row, RoundEnd.CHANGES, by=by, reason=reason)
        return article.perform("request_changes", by=by, reason=reason, round_id=row.pk)


def lock_round(row: Round, by: User) -> tuple[Round, Article]:
    """The article locked, then a fresh copy of an active round of `by`; refused otherwise."""
    article = row.article.lock()
    row = Round.objects.select_related("review__reviewer", "version__article").get(pk=row.pk)
    if row.review.reviewer_id != by.pk:
        raise NotAllowed("This is another reviewer's round.")
    if row.ended_at is not None:
        raise Refusal(ENDED[RoundEnd(row.end)])
    return row, article


def lock_work(row: Round, by: User) -> tuple[Round, Article]:
    """`lock_round`, for what only a reviewer without a standing interest does."""
    row, article = lock_round(row, by)
    if row.review.conflicted:
        raise NotAllowed("You declared an interest in this article; give this review back, or wait for the chair.")
    return row, article


def close_round(row: Round, end: RoundEnd, *, by: User | None, reason: str = "", event: str = "") -> None:
    """End a round; from now on PostgreSQL refuses changes to it and to its verdicts."""
    row.end, row.ended_at, row.reason = end, clock.now(), reason.strip()
    record(row, by=by, event=event or f"round.{end.value}", reason=reason.strip())


def overtake(rows: RoundQuerySet, *, event: str) -> None:
    """Close what others have open of these; their reviewers come back when the next version is submitted."""
    for row in rows.active():
        close_round(row, RoundEnd.OVERTAKEN, by=None, event=event)


def end_invitations(article: Article, *, event: str) -> None:
    """Withdraw the invitations to a decided article that nobody answered: the next version is another question."""
    for review in Review.objects.invited().filter(article=article).order_by("pk"):
        answer(review, Answer.WITHDRAWN, by=None, event=event)


def open_rounds_again(article: Article) -> Article:
    """A new version returns to the reviewers of the one before, as far as nothing bars them now."""
    newest = (
        Round.objects.filter(article=article)
        .order_by("review_id", "-id")
        .distinct("review_id")
        .select_related("review__reviewer")
    )
    held = [row.review for row in newest if row.end not in HANDED_ON]
    again = [review for review in held if not bar(article, review.reviewer, member_of(review.reviewer), review)]
    more: dict[str, Any] = {"by": None, "due_on": clock.today() + SECOND_LOOK}
    rounds = [open_round(one, article, article.current_id, number=one.rounds.count() + 1, **more) for one in again]
    return article.perform("start_review", by=None, round_id=rounds[0].pk) if rounds else article
