"""Reviewers who left: their verdicts count until the chair sets them aside, with a reason. The verdicts stay."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from articles.models import Article
from articles.models.article import WITH_THE_BOARD
from oracle import clock
from oracle.accounts.models import User
from oracle.refusals import NotAllowed, Refusal, typed

from .judging import judge_all
from .models import BoardMember, ClaimCheck, Round, RoundEnd, SetAside
from .models.review import HANDED_ON
from .rounds import close_round, release_if_nobody_is_left


@dataclass(frozen=True)
class LeftBehind:
    """A verdict that stops the approval of the current text, by somebody who left; `number` is the statement's."""

    number: int
    check: ClaimCheck


def left_behind(article: Article) -> list[LeftBehind]:
    """Every one, while the board has the text; its reviewers of before come back when the next one is submitted."""
    if article.state not in WITH_THE_BOARD:
        return []
    stopping = [
        LeftBehind(item.number, check) for item in judge_all(article.current_version) for check in item.stopping
    ]
    here = _here(article) if stopping else set()
    return [item for item in stopping if item.check.reviewer_id not in here]


def _here(article: Article) -> set[int]:
    """Who reviewed the article, did not give it back at last, and still serves on the board."""
    newest = Round.objects.filter(article=article).order_by("review_id", "-id").distinct("review_id")
    held = [row for row in newest.select_related("review__reviewer") if row.end not in HANDED_ON]
    stayed = {row.reviewer for row in held if row.reviewer.has_role("reviewer")}
    serving = BoardMember.objects.serving(clock.today())
    return set(serving.filter(user__in=stayed).values_list("user_id", flat=True))


def set_aside(article: Article, checks: Iterable[int], *, by: User, reason: str) -> Article:
    """Set verdicts aside that stop approval and whose reviewers left; `checks` are ids of what `left_behind` lists.

    A round that one of them still has open ends, so that nothing in it can change any more.
    """
    with transaction.atomic():
        article = article.lock()
        if not by.has_role("chair"):
            raise NotAllowed("Only the chair may set a verdict aside.")
        if by.pk in article.contributor_ids():
            raise NotAllowed("You contributed to this text; another chair must decide.")
        chosen, listed = set(checks), {item.check.pk: item.check for item in left_behind(article)}
        if not chosen:
            raise Refusal("Choose the verdicts to set aside.")
        if not chosen <= set(listed):
            raise Refusal("One of these verdicts no longer stops the approval, or its reviewer is at work. Look again.")
        found = [listed[key] for key in sorted(chosen)]
        if any(check.reviewer_id == by.pk for check in found):
            raise NotAllowed("Nobody sets their own verdicts aside; another chair must decide.")
        reason = typed(reason, "Say why these verdicts are set aside; the reviewers see it, and it stays on record.")
        for check in found:
            _end_round(article, check.reviewer_id, by=by, reason=reason)
            SetAside.objects.create(verdict=check, article=article, by=by, reason=reason, at=clock.now())
        return release_if_nobody_is_left(article, found[-1].round_id, by=by, reason=reason)


def _end_round(article: Article, reviewer_id: int, *, by: User, reason: str) -> None:
    for row in Round.objects.active().filter(version_id=article.current_id, review__reviewer_id=reviewer_id):
        close_round(row, RoundEnd.GIVEN_BACK, by=by, reason=reason, event="round.departed")
