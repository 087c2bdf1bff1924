"""Whom the chair is offered as reviewers of one article, and of everybody else why not. Few queries, however many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from articles.models import Article
from oracle import clock
from oracle.accounts.models import Role

from .models import Answer, BoardMember, Review, Round, SignOff, SignOffRule
from .permissions import falls_short, rule_for

# How far back answers tell how fast a member answers.
REMEMBERED = timedelta(days=730)
ASKED, AT_WORK, SIGNED = "is invited already", "has it in work already", "signed this version"


class Median(models.Aggregate):
    """PostgreSQL's median of a duration."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = models.DurationField()


@dataclass(frozen=True)
class Candidate:
    """A board member beside an article; `why_not` is empty for those who are offered.

    `load` counts open rounds and invitations anywhere, `usual` is the median time from invitation to answer.
    """

    member: BoardMember
    in_specialty: bool
    load: int
    usual: timedelta | None
    before: str
    why_not: str

    @property
    def name(self) -> str:
        """The member's name."""
        return self.member.user.name

    @property
    def engaged(self) -> bool:
        """Does the member sign, review or hold an invitation here already?"""
        return self.why_not in (ASKED, AT_WORK, SIGNED)

    @property
    def facts(self) -> list[str]:
        """What the chair weighs: specialties, licence, load, answers, absence, and what was before."""
        on = clock.today()
        away = self.member.away_until if self.member.away(on) else None
        return [
            self.member.fields_of_medicine,
            *([f"licence valid to {self.member.expires_on:%-d %B %Y}"] if self.member.expires_on else []),
            f"{self.load} open" if self.load else "nothing open",
            self._usual_in_words(),
            *([f"away until {away:%-d %B %Y}"] if away else []),
            *([self.before] if self.before else []),
        ]

    def _usual_in_words(self) -> str:
        if self.usual is None:
            return "never answered an invitation yet"
        days = round(self.usual / timedelta(days=1))
        return f"answers in {days} day{'' if days == 1 else 's'}" if days else "answers within a day"


@dataclass(frozen=True)
class Candidates:
    """Everybody of the board beside one article."""

    article: Article
    rule: SignOffRule
    everybody: Sequence[Candidate]

    @property
    def offered(self) -> list[Candidate]:
        """Who can be invited; those of the article's specialties first."""
        return [one for one in self.everybody if not one.why_not]

    @property
    def left_out(self) -> list[Candidate]:
        """Who cannot, and is not engaged here already."""
        return [one for one in self.everybody if one.why_not and not one.engaged]

    def of(self, person: int) -> Candidate | None:
        """A person of the board, by the id of the account."""
        return next((one for one in self.everybody if one.member.user_id == person), None)

    def helps(self, specialties: Sequence[str]) -> bool:
        """Could one more signer of these specialties help, once everybody engaged has signed?"""
        engaged = [one.member.specialties for one in self.everybody if one.engaged]
        return not falls_short(self.rule, self.article.specialties[0], engaged, list(specialties))

    @property
    def enough(self) -> bool:
        """Would the rule be met if everybody engaged signed?"""
        engaged = [one.member.specialties for one in self.everybody if one.engaged]
        main = any(self.article.specialties[0] in specialties for specialties in engaged)
        different = len({specialties[0] for specialties in engaged})
        return main and len(engaged) >= self.rule.signatures and different >= self.rule.specialties

    @property
    def nobody_left(self) -> bool:
        """Can only somebody from outside the board bring the signatures that the rule needs?"""
        return not self.enough and not any(self.helps(one.member.specialties) for one in self.offered)


def choice_for(article: Article) -> Candidates:
    """The board beside `article`, as it stands now."""
    on, rule = clock.today(), rule_for(article)
    beside = _Beside(article, rule)
    found = [_candidate(member, beside, on) for member in _board(article)]
    return Candidates(article, rule, sorted(found, key=lambda one: not one.in_specialty))


class _Beside:
    """What the records of one article say of people, by the id of the account."""

    def __init__(self, article: Article, rule: SignOffRule) -> None:
        self.article, self.rule = article, rule
        self.contributors = article.contributor_ids()
        self.reviews = {row.reviewer_id: row for row in Review.objects.filter(article=article)}
        active = Round.objects.active().filter(version_id=article.current_id)
        self.at_work = set(active.values_list("review__reviewer_id", flat=True))
        standing = SignOff.objects.standing().approvals().filter(version_id=article.current_id)
        self.signed = dict(standing.values_list("signer_id", "specialties"))


def _board(article: Article) -> QuerySet[Any]:
    """Every board member with an account in order, and who was named from outside for this article; by name."""
    mine = Review.objects.filter(reviewer=OuterRef("user")).order_by().values("reviewer")
    asked = Review.objects.to_answer().filter(reviewer=OuterRef("user")).order_by().values("reviewer")
    rounds = Round.objects.active().filter(review__reviewer=OuterRef("user")).order_by().values("review__reviewer")
    given = (Answer.ACCEPTED, Answer.DECLINED)
    answered = mine.filter(answer__in=given, answered_at__gt=clock.now() - REMEMBERED)
    return (
        BoardMember.objects.filter(Q(outside_for=None) | Q(outside_for=article))
        .filter(user__is_active=True, user__roles__contains=[Role.REVIEWER])
        .exclude(term_until__lt=clock.today())
        .select_related("user")
        .annotate(asked=Coalesce(Subquery(asked.values(count=Count("pk"))), 0))
        .annotate(working=Coalesce(Subquery(rounds.values(count=Count("pk"))), 0))
        .annotate(usual=Subquery(answered.values(usual=Median(F("answered_at") - F("invited_at")))))
        .order_by(Lower("user__name"), "pk")
    )


def _candidate(member: Any, beside: _Beside, on: date) -> Candidate:
    review = beside.reviews.get(member.user_id)
    return Candidate(
        member=member,
        in_specialty=bool(set(member.specialties) & set(beside.article.specialties)),
        load=member.asked + member.working,
        usual=member.usual,
        before=_before(review),
        why_not=_why_not(member, review, beside, on),
    )


def _before(review: Review | None) -> str:
    """What became of an earlier invitation to the same article."""
    if review is None or review.answered_at is None or review.answer == Answer.ACCEPTED:
        return ""
    because = f": {review.get_declined_because_display()}" if review.declined_because else ""
    return f"{review.get_answer_display()} on {clock.day_of(review.answered_at):%-d %B %Y}{because}"


def _why_not(member: BoardMember, review: Review | None, beside: _Beside, on: date) -> str:
    return _engaged(member.user_id, review, beside) or _barred(member, review, beside, on)


def _engaged(who: int, review: Review | None, beside: _Beside) -> str:
    if who in beside.signed:
        return SIGNED
    if who in beside.at_work:
        return AT_WORK
    return ASKED if review and review.waiting and not review.conflicted else ""


def _barred(member: BoardMember, review: Review | None, beside: _Beside, on: date) -> str:
    lapsed, main = member.lapsed(on), beside.article.specialties[0]
    if member.user_id in beside.contributors:
        return "contributed to the text"
    if review and review.conflicted:
        return "has an interest that stands in the way" if review.barred_by_id else "declared an interest"
    if lapsed:
        return lapsed.short
    short = falls_short(beside.rule, main, list(beside.signed.values()), member.specialties)
    return "a signature of theirs could not help to meet the sign-off rule" if short else ""
