"""Reaffirming: a new round on the version that stands. No step of the article's life follows, only its dates move."""

from typing import Any

from django.db import transaction

from articles.models import Article, Version
from articles.standing import Standing, standing
from oracle import clock
from oracle.accounts.authentication import Proof
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, Stale, typed

from . import mail
from .assignment import check_chair
from .blindness import is_blind
from .counting import approval_of, counted, stands
from .interests import restate, review_of, without_conflict
from .judging import judge_all, obstacle
from .models import BoardMember, Conflict, Review, Round, RoundEnd, SignOff, SignOffRule
from .permissions import bar, falls_short, member_of, rule_for
from .questions import Answers, answered, asked_of
from .rounds import SECOND_LOOK, close_round, lock_round, open_round
from .signing import check_person, make_signoff, prove


def signed_version(article: Article) -> Version:
    """The version to reaffirm; refused where none stands, or its text is hidden or withdrawn."""
    if article.standing_version is None:
        raise Refusal("No signed version of this article stands, so there is nothing to reaffirm.")
    if standing(article, clock.today()) not in (Standing.APPROVED, Standing.OVERDUE):
        raise Refusal("The text of this article is hidden; it can be reaffirmed once it is shown again.")
    return article.standing_version


def hindrance(article: Article, user: User) -> str | None:
    """Why `user` may not reaffirm what stands, or why a signature of theirs could not count; None if it could."""
    try:
        signed_version(article)
    except Refusal as refusal:
        return refusal.sentence
    member = member_of(user)
    barred = bar(article, user, member, Review.objects.filter(article=article, reviewer=user).first())
    return barred if barred or member is None else shortfall_again(article, member)


def shortfall_again(article: Article, member: BoardMember) -> str | None:
    """Why a new signature of `member` on what stands could not count beside those given since it was last counted."""
    return _shortfall_beside(counted(signed_version(article).pk)[1], rule_for(article), article, member)


def _shortfall_beside(since: list[SignOff], rule: SignOffRule, article: Article, member: BoardMember) -> str | None:
    if any(signoff.signer_id == member.user_id for signoff in since):
        return "You have reaffirmed this version already; another signature is needed before its date moves."
    signed = [signoff.specialties for signoff in since]
    return falls_short(rule, article.specialties[0], signed, member.specialties)


def begin(article: Article, *, by: User) -> Round:
    """Begin a round on the version that stands, having declared no conflict."""
    with transaction.atomic():
        article = article.lock()
        version = signed_version(article)
        sentence = hindrance(article, by)
        if sentence:
            raise NotAllowed(sentence)
        return _begun(without_conflict(review_of(article, by), by), article, version, by=by)


def ask(article: Article, reviewer: User, *, by: User) -> Round:
    """The chair asks a member who has answered the question about interests: a round of theirs begins, with mail."""
    with transaction.atomic():
        article = article.lock()
        check_chair(article, by)
        version = signed_version(article)
        if reviewer not in [member.user for member in askable(article)]:
            raise Refusal("This member cannot reaffirm the article now; choose another, or let them begin themselves.")
        review, due_on = review_of(article, reviewer), clock.today() + SECOND_LOOK
        row = _begun(review, article, version, by=by, event="round.ask", due_on=due_on)
        mail.asked_to_reaffirm(row, by=by)
        return row


def askable(article: Article) -> list[BoardMember]:
    """Members who reviewed the article before, and of whom a signature on what stands could count; few statements."""
    try:
        since = counted(signed_version(article).pk)[1]
    except Refusal:
        return []
    reviews = article.reviews.exclude(conflict=Conflict.NOT_ASKED).select_related("reviewer")
    busy = Round.objects.active().reaffirming().filter(article=article)
    free = {row.reviewer_id: row for row in reviews.exclude(pk__in=busy.values("review")) if row.reviewer.is_active}
    rule, wrote = rule_for(article), article.contributor_ids()
    members = BoardMember.objects.filter(user__in=free).select_related("user").order_by("user__name", "pk")
    able = (one for one in members if not bar(article, one.user, one, free[one.user_id], contributors=wrote))
    return [member for member in able if not _shortfall_beside(since, rule, article, member)]


def _begun(review: Review, article: Article, version: Version, *, by: User, **more: Any) -> Round:
    before = list(review.rounds.all())
    if any(row.version_id == version.pk and row.ended_at is None for row in before):
        raise Refusal("This review has begun already; it is on the reviewer's list.")
    return open_round(review, article, version.pk, by=by, number=len(before) + 1, **more)


def sign_again(row: Round, *, by: User, shown_sha256: str, proof: Proof, answers: Answers) -> Article:
    """Sign the version that stands once more; when the new signatures alone meet the rule, its dates move.

    Raises as `signing.sign`. The state of the article stays, whatever it is.
    """
    answered(asked_of(row.version), answers)
    used = prove(by, proof)
    with transaction.atomic():
        row, article = _lock_again(row, by)
        if shown_sha256 != row.version.content_sha256:
            raise Stale("This text is not the one that stands; nothing was signed. Reload the page.")
        member, judged = check_person(row, article, by, member_of(by)), judge_all(row.version)
        rule = rule_for(article)
        publishes = len(counted(row.version_id)[1]) + 1 >= rule.signatures
        blind = is_blind(article, by, {row.version_id: judged})
        blocked = obstacle(article, judged, signer=by, publishes=publishes, blind=blind, of=row.version)
        for reason in (shortfall_again(article, member), blocked):
            if reason:
                raise Refusal(reason)
        given = answered(asked_of(row.version), answers)
        what = {"statement": again(row.version), "answers": given, "authentication": used}
        row.review = restate(row.review, by=by)
        make_signoff(row, article, by, member, judged, rule, **what)
        close_round(row, RoundEnd.SIGNED, by=by, event="round.sign")
        return _moved(article, row.version, by)


def _moved(article: Article, version: Version, by: User) -> Article:
    if not stands(version.pk):
        raise Refusal(
            "The sign-off rule asks for more now than when this version was signed: somebody who has not signed it, "
            "or of another specialty, has to reaffirm it first. Nothing was signed."
        )
    _, since = counted(version.pk)
    if since:
        return article
    article.take_over(approval_of(article, version))
    return record(article, by=by, event="article.reaffirm")


def decline(row: Round, *, by: User, reason: str) -> Article:
    """End the round with the decision not to reaffirm; the chair is told, and what stands stays as it is."""
    with transaction.atomic():
        row, article = _lock_again(row, by)
        reason = typed(reason, "Say why you do not reaffirm it; the chair reads it.")
        close_round(row, RoundEnd.REFUSED, by=by, reason=reason)
        mail.not_reaffirmed(row)
        return article


def again(version: Version) -> str:
    """The sentence that is signed."""
    return f"I reviewed version {version.number} again and approve it for publication."


def _lock_again(row: Round, by: User) -> tuple[Round, Article]:
    row, article = lock_round(row, by)
    if row.version_id != signed_version(article).pk:
        raise Refusal("This round is not on the version that stands; reload your list.")
    return row, article
