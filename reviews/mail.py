"""Who is told what, and when: one function for each occasion, called inside the transaction that brings it about.

A message goes to whoever has the task: the reviewer, the article's editors (`articles.mail.editors_of`), the chairs;
never by superuser status, and never to the person who did it just now. What the calendar brings is in `reminders`.
"""

from datetime import date
from typing import Any

from django.db.models import F
from django.urls import reverse

from articles.mail import chairs, editors_of
from articles.models import Article
from articles.text.claims import reading_minutes
from oracle import clock
from oracle.accounts.models import User
from oracle.outbox.letters import one_line

from .models import Comment, Kind, Notice, Review, Round
from .notices import notice, tell
from .progress import reckoned, with_progress
from .tasks import statements_of

MINUTES_FOR_AN_OBJECTION, MINUTES_TO_INVITE, MINUTES_TO_DECIDE = 5, 2, 5


def invitations() -> Any:
    """The query of reviews, each with its article's `question` and how many `statements` the current version has."""
    rows = Review.objects.select_related("article", "reviewer", "invited_by")
    statements = statements_of("article__current_version")
    return rows.annotate(question=F("article__current_version__question"), statements=statements)


def work() -> Any:
    """The query of rounds, each with the `question` and `text_number` of its version and its `progress`."""
    rows = with_progress(Round.objects.select_related("article", "review__reviewer"))
    return rows.annotate(question=F("version__question"), text_number=F("version__number"))


def of_invitation(kind: Kind, row: Any, action: str, mark: object = "", stage: int | None = None) -> Notice:
    """A notice to the reviewer about one of `invitations()`; it leads to where the invitation is answered."""
    return notice(
        kind,
        row.reviewer,
        f"{row.pk}:{row.invited_at.isoformat()}:{mark}",
        article=row.article,
        review=row,
        stage=stage,
        due_on=row.answer_by,
        about=row.question,
        action=action,
        minutes=reading_minutes(row.statements),
        path=reverse("take", args=[row.article.slug]),
    )


def of_work(kind: Kind, row: Any, action: str, mark: object = "", stage: int | None = None) -> Notice:
    """A notice to the reviewer about one of the rounds of `work()`; it leads to the review page."""
    left = reckoned([row])[0].left
    return notice(
        kind,
        row.review.reviewer,
        f"{row.pk}:{mark}",
        article=row.article,
        round=row,
        stage=stage,
        due_on=row.due_on,
        about=row.question,
        action=action,
        minutes=reading_minutes(left),
        path=reverse("review", args=[row.pk]),
    )


def invited(review: Review) -> None:
    """The chair invited somebody to review an article."""
    row = invitations().get(pk=review.pk)
    until = f" The review would be due on {day(row.review_by)}." if row.review_by else ""
    action = f"{row.invited_by.name} invites you to review this. Say by {day(row.answer_by)} whether you will.{until}"
    tell([of_invitation(Kind.INVITED, row, action)])


def declined(review: Review) -> None:
    """An invited reviewer declined; the chairs are told why, and decide whether to ask somebody else."""
    row = invitations().get(pk=review.pk)
    why = one_line(f"{row.get_declined_because_display()}. {row.declined_note}").rstrip(".")
    action = f"{row.reviewer.name} will not review this: {why}. Decide whether to invite somebody else."
    _tell_chairs(
        Kind.DECLINED,
        row.reviewer,
        f"{row.pk}:{row.invited_at.isoformat()}",
        article=row.article,
        review=row,
        about=row.question,
        action=action,
        minutes=MINUTES_TO_INVITE,
        path=reverse("invite_reviewers", args=[row.article.slug]),
    )


def asked_to_reaffirm(begun: Round, *, by: User) -> None:
    """The chair asked a member to reaffirm what is signed: a round of theirs has begun."""
    row = work().get(pk=begun.pk)
    action = (
        f"{by.name} asks you to review version {row.text_number}, which is signed, once more. Reaffirm it by "
        f"{day(row.due_on)}, or say why you do not."
    )
    tell([of_work(Kind.ASKED, row, action)])


def not_reaffirmed(ended: Round) -> None:
    """A member does not reaffirm what is signed; the chairs are told why. It stays signed."""
    row = work().get(pk=ended.pk)
    why = one_line(row.reason).rstrip(".")
    action = (
        f"{row.reviewer.name} does not reaffirm version {row.text_number}, which is signed: {why}. Decide whether to "
        "ask another member, or to have it revised."
    )
    _tell_chairs(
        Kind.NOT_REAFFIRMED,
        row.reviewer,
        row.pk,
        article=row.article,
        round=row,
        about=row.question,
        action=action,
        minutes=MINUTES_TO_DECIDE,
        path=reverse("reaffirm", args=[row.article.slug]),
    )


def remind(task: Review | Round, *, by: User) -> bool:
    """A chair's reminder of an invitation or a round, now; once a day for each: False where it went today already.

    Whether `by` may, and whether the task is still open, the caller has asked, under the article's lock.
    """
    row = _reminder(task, by)
    if Notice.objects.filter(key=row.key).exists():
        return False
    tell([row])
    return True


def _reminder(task: Review | Round, by: User) -> Notice:
    if isinstance(task, Round):
        row = work().get(pk=task.pk)
        until = f", due on {day(row.due_on)}" if row.due_on else ""
        action = (
            f"{by.name} reminds you of your review of version {row.text_number}{until}. Finish it, or give it back."
        )
        return of_work(Kind.REMINDED, row, action, mark=clock.today())
    row = invitations().get(pk=task.pk)
    action = f"{by.name} reminds you of this invitation. Say by {day(row.answer_by)} whether you will review it."
    return of_invitation(Kind.REMINDED, row, action, mark=clock.today())


def sent_back(article: Article, *, by: User | None) -> None:
    """The board asked for changes; the editors answer its objections in the version that was opened."""
    left = Comment.objects.unanswered().filter(article=article).count()
    action = (
        f"The board asked for changes. Answer {left} objection{'' if left == 1 else 's'} or mend the text, then send "
        "it to the board again."
    )
    path, minutes = reverse("edit", args=[article.slug]), max(1, left * MINUTES_FOR_AN_OBJECTION)
    _tell_of(article, Kind.SENT_BACK, editors_of(article), by, action=action, path=path, minutes=minutes)


def answered(remark: Comment, article: Article, *, by: User) -> None:
    """An editor answered a reviewer's comment; one message for each version, however many answers follow."""
    action = (
        f"{by.name} has begun to answer your comments. All answers stand on this page; nothing is to be done before "
        "the text comes back to you."
    )
    path = reverse("reviews", args=[article.slug])
    people = [remark.by] if remark.by.has_role("reviewer", "chair") else []
    _tell_of(article, Kind.ANSWERED, people, by, action=action, path=path, minutes=1)


def resubmitted(article: Article, *, by: User | None) -> None:
    """The next version was sent to the board; whoever reviewed the one before has a new round."""
    rows = work().filter(ended_at=None, version=article.current_id).order_by("pk")
    action = "Version {} is with the board and back with you. Judge what changed, then sign it or ask for changes."
    tell(
        of_work(Kind.RESUBMITTED, row, action.format(row.text_number))
        for row in rows
        if by is None or row.review.reviewer_id != by.pk
    )


def published(article: Article, *, by: User | None) -> None:
    """The last signature that the rule needs published the version; who wrote it and who signed it are told."""
    signed = User.objects.filter(signoffs__version=article.current_id, signoffs__revocation=None).order_by("pk")
    people = {user.pk: user for user in [*editors_of(article), *signed]}
    number = article.current_version.number
    action = f"Version {number} is signed, and readers see it. Read it as they do; nothing else is to be done."
    path = reverse("article", args=[article.slug])
    _tell_of(article, Kind.PUBLISHED, people.values(), by, action=action, path=path, minutes=1)


def _tell_of(article: Article, kind: Kind, people: Any, by: User | None, **said: Any) -> None:
    """Tell each of `people`, but for `by`, of the article's current version, once for each version."""
    version = article.current_version
    tell(
        notice(kind, to, version.pk, article=article, version=version, about=version.question, **said)
        for to in people
        if by is None or to.pk != by.pk
    )


def _tell_chairs(kind: Kind, by: User, mark: object, **said: Any) -> None:
    """Tell every chair but for `by`, who did it."""
    tell(notice(kind, to, mark, **said) for to in chairs() if to != by)


def day(on: date) -> str:
    """A day in words."""
    return f"{on:%-d %B %Y}"
