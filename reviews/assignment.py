"""Who reviews what: the chair invites, reminds, moves dates and replaces; reviewers answer.

Every function takes the lock of the articles first.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db import transaction

from articles.models import Article
from articles.models.article import WITH_THE_BOARD
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, typed

from . import interests, mail, rounds
from .candidates import Candidates, choice_for
from .interests import LONGEST_ANSWER, review_of
from .models import Answer, Because, Conflict, Review, Round, RoundEnd
from .rounds import answer, close_round, release_if_nobody_is_left

# What the chair's forms propose, and how far ahead a day may be.
ANSWER_WITHIN, REVIEW_WITHIN, FARTHEST = timedelta(days=7), timedelta(days=21), timedelta(days=366)
MEANWHILE = "Somebody answered or ended one of these meanwhile, so nothing was done. Look again."
NOTE_NEEDED = {
    Because.CONFLICT: "Say what the interest is; it is put on record as declared, and the chair sees it.",
    Because.OTHER: "Say why in a few words; the chair sees it.",
}


# The chair.


def invite(
    article: Article, people: Iterable[User], *, by: User, answer_by: date | None, review_by: date | None
) -> list[Review]:
    """Invite board members to review the version that the board has: all of them, or nobody."""
    with transaction.atomic():
        article = article.lock()
        check_chair(article, by)
        if article.state not in WITH_THE_BOARD:
            raise Refusal("This article is not with the board now, so nobody can be invited to it.")
        first, second = checked_days(answer_by, review_by)
        asked, choice = list(dict.fromkeys(people)), choice_for(article)
        if not asked:
            raise Refusal("Choose whom to invite.")
        wrong = [sentence for person in asked if (sentence := _cannot(choice, person))]
        if wrong:
            raise Refusal(f"Nobody was invited. {' '.join(wrong)}")
        return [ask(article, person, by=by, answer_by=first, review_by=second) for person in asked]


def invite_to_all(
    articles: Iterable[Article], people: Sequence[User], *, by: User, answer_by: date | None, review_by: date | None
) -> list[Review]:
    """The same people to several articles: to all of them, or to none."""
    made: list[Review] = []
    with transaction.atomic():
        for article in locked(article.pk for article in articles):
            try:
                made += invite(article, people, by=by, answer_by=answer_by, review_by=review_by)
            except Refusal as refusal:
                question = article.current_version.question
                raise type(refusal)(f"{refusal.sentence} (Article: {question})") from refusal
        if not made:
            raise Refusal("Choose the articles first.")
    return made


def ask(article: Article, person: User, *, by: User, answer_by: date, review_by: date) -> Review:
    """Write an invitation and its mail; the article is locked, and nothing bars the person."""
    review = review_of(article, person)
    review.invited_by, review.invited_at = by, clock.now()
    review.answer_by, review.review_by = answer_by, review_by
    review.answer, review.answered_at = Answer.WAITING, None
    review.declined_because = review.declined_note = ""
    record(review, by=by, event="review.invite")
    mail.invited(review)
    return review


def withdraw_invitation(review: Review, *, by: User) -> Review:
    """Take an invitation back before it was answered."""
    with transaction.atomic():
        check_chair(review.article.lock(), by)
        review = _fresh(review)
        if not review.waiting:
            raise Refusal(f"{review.reviewer.name} has answered meanwhile; there is nothing to withdraw. Look again.")
        return answer(review, Answer.WITHDRAWN, by=by, event="review.withdraw")


def replace(
    row: Round,
    *,
    by: User,
    reason: str,
    with_: User | None = None,
    answer_by: date | None = None,
    review_by: date | None = None,
) -> Article:
    """End somebody's round, and invite another in their place if one is named; verdicts and comments stay on record."""
    with transaction.atomic():
        article = row.article.lock()
        check_chair(article, by)
        row = Round.objects.select_related("review__reviewer").get(pk=row.pk)
        name = row.reviewer.name
        if row.end == RoundEnd.SIGNED:
            raise Refusal(f"{name} has signed this version, so this round cannot be given to somebody else.")
        if row.ended_at is not None:
            raise Refusal(f"The round of {name} has ended meanwhile. Look again.")
        if row.reviewer == by:
            raise Refusal("This is your own round; give it back instead.")
        reason = typed(reason, f"Say why {name} is replaced; it stays on record.")
        close_round(row, RoundEnd.REPLACED, by=by, reason=reason)
        article = release_if_nobody_is_left(article, row.pk, by=by, reason=reason)
        if with_:
            invite(article, [with_], by=by, answer_by=answer_by, review_by=review_by)
        return article


def open_work(articles: Iterable[int]) -> tuple[list[Review], list[Round]]:
    """The invitations that wait for an answer, and the rounds in work, of articles by id."""
    wanted = list(articles)
    asked = Review.objects.to_answer().filter(article__in=wanted).select_related("article__current_version", "reviewer")
    work = Round.objects.active().filter(article__in=wanted)
    return list(asked.order_by("pk")), list(work.select_related("review__reviewer", "article__current_version"))


def move_dates(
    reviews: Iterable[Review],
    work: Iterable[Round],
    *,
    by: User,
    answer_by: date | None = None,
    review_by: date | None = None,
) -> int:
    """Give open invitations and rounds other days, all or none; gives back how many. None leaves a day as it is."""
    if answer_by is None and review_by is None:
        raise Refusal("Give at least one of the two days.")
    with transaction.atomic():
        asked, at_work = _still_open(reviews, work, by)
        for review in asked:
            review.answer_by, review.review_by = checked_days(
                answer_by or review.answer_by, review_by or review.review_by, new=(answer_by, review_by)
            )
            record(review, by=by, event="review.dates")
        for row in at_work if review_by else ():
            row.due_on = checked_days(review_by, review_by)[1]
            record(row, by=by, event="round.dates")
        return len(asked) + (len(at_work) if review_by else 0)


def remind_now(reviews: Iterable[Review], work: Iterable[Round], *, by: User) -> tuple[int, list[str]]:
    """Mail everybody of open invitations and rounds, all or none, but nobody twice on a day about the same.

    Gives back how many messages, and the names of whoever was reminded today already.
    """
    with transaction.atomic():
        asked, at_work = _still_open(reviews, work, by)
        everything: list[Review | Round] = [*asked, *at_work]
        spared = [row.reviewer.name for row in everything if not mail.remind(row, by=by)]
        return len(everything) - len(spared), list(dict.fromkeys(spared))


# The reviewer.


def accept(review: Review, *, by: User) -> Round:
    """Accept an invitation, having no conflict of interest, and begin; due on the day that it names."""
    with transaction.atomic():
        article = review.article.lock()
        _own_open(review, by)
        return rounds.take(article, by=by)


def decline(review: Review, *, by: User, because: str, note: str = "") -> Review:
    """Decline an invitation. A conflict of interest is declared by it, so that it bars until the chair clears it."""
    with transaction.atomic():
        article = review.article.lock()
        review = _own_open(review, by)
        if because not in Because.values:
            raise Refusal("Choose why you decline; the chair plans with it.")
        needed = NOTE_NEEDED.get(Because(because))
        note = typed(note, needed or "", most=LONGEST_ANSWER) if needed or note.strip() else ""
        review.declined_because, review.declined_note = because, note
        answer(review, Answer.DECLINED, by=by, event="review.decline")
        mail.declined(review)
        if because == Because.CONFLICT:
            return interests.declare(article, by=by, conflict=Conflict.DECLARED, text=note)
        return review


# What they share.


def locked(articles: Iterable[int]) -> list[Article]:
    """Articles by id, locked in one order, so that two who lock the same ones never wait for each other."""
    rows = Article.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(articles))
    return list(rows.select_related("current_version").order_by("pk"))


def check_chair(article: Article, by: User) -> None:
    """Refuse whoever is not chair, and a chair who would choose the reviewers of their own text."""
    _check_role(by)
    if by.pk in article.contributor_ids():
        raise NotAllowed("You contributed to this text; another chair must choose who reviews it.")


def checked_days(
    answer_by: date | None, review_by: date | None, *, new: Sequence[date | None] | None = None
) -> tuple[date, date]:
    """Both days, in order and within a year; of days that stood before, those not in `new`, the past is not asked."""
    if answer_by is None or review_by is None:
        raise Refusal("Give both days: until when to answer, and until when to review.")
    today = clock.today()
    for day in (answer_by, review_by) if new is None else new:
        if day and day < today:
            raise Refusal(f"{day:%-d %B %Y} is over already; choose a day from today on.")
        if day and day > today + FARTHEST:
            raise Refusal(f"{day:%-d %B %Y} is more than a year away; choose a day within a year.")
    if review_by < answer_by:
        raise Refusal("The review cannot be due before the answer; choose a later day for the review.")
    return answer_by, review_by


def _check_role(by: User) -> None:
    if not by.has_role("chair"):
        raise NotAllowed("Only the chair chooses and reminds reviewers.")


def _cannot(choice: Candidates, person: User) -> str:
    one = choice.of(person.pk)
    if one is None:
        return f"{person.name} is no serving member of the board."
    return f"{one.name} cannot be invited: {one.why_not}." if one.why_not else ""


def _fresh(review: Review) -> Review:
    return Review.objects.select_related("reviewer", "article").get(pk=review.pk)


def _own_open(review: Review, by: User) -> Review:
    review = _fresh(review)
    if review.reviewer_id != by.pk:
        raise NotAllowed("This invitation is another person's.")
    if not review.waiting:
        raise Refusal("This invitation is answered or withdrawn already; reload your list.")
    return review


def _still_open(reviews: Iterable[Review], work: Iterable[Round], by: User) -> tuple[list[Review], list[Round]]:
    """The articles locked, then fresh copies; refused where one is no longer open."""
    _check_role(by)
    asked, at_work = {row.pk: row.article_id for row in reviews}, {row.pk: row.article_id for row in work}
    if not asked and not at_work:
        raise Refusal("Nobody is invited to what you chose, and nobody is at work on it; there is nobody to write to.")
    locked([*asked.values(), *at_work.values()])
    related = ("article__current_version", "reviewer")
    invited = list(Review.objects.to_answer().filter(pk__in=asked).select_related(*related).order_by("pk"))
    active = Round.objects.active().filter(pk__in=at_work).select_related("review__reviewer", "review__article")
    working = list(active.order_by("pk"))
    if (len(invited), len(working)) != (len(asked), len(at_work)):
        raise Refusal(MEANWHILE)
    return invited, working
