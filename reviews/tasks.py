"""The reviewer's lines of *To do*, each group in one query."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse

from articles.models import Article, Version
from articles.models.article import OPEN_FOR_WRITING
from articles.text.claims import reading_minutes
from articles.to_do import Task
from oracle import clock

from . import days
from .correcting import all_offered
from .models import Answer, BoardMember, Conflict, Review, Round, RoundEnd, SignOff, SignOffRule
from .permissions import falls_short
from .progress import reckoned, with_progress

MOST, NEWEST = 20, 10
IN_WORK, WAITING, DONE = "In work", "Waiting for the editor", "Done"
CORRECTIONS, REAFFIRMING = "Corrections to sign", "Reaffirmations in work"
LAPSING = "Lapsing or lapsed in my specialty"
LAPSES_WITHIN = timedelta(days=90)


def reviewer_tasks(member: BoardMember) -> list[Task]:
    """Invitations, corrections, second rounds, my work, reaffirming, open to take, short of signatures,
    lapsing, waiting for the editor, done: in this order.
    """
    mine, open_ones = _rounds(member.user_id), _countable(_open_to(member)[:MOST], member)
    again = [row for row in mine[IN_WORK] if row.standing == row.version_id]
    work = [row for row in mine[IN_WORK] if row not in again]
    # There are few, and their texts are compared.
    corrections = [row for row, _ in all_offered([row.pk for row in work if row.may_correct])]
    work = [row for row in work if row not in corrections]
    return [
        *(_invitation_task(row) for row in _invitations(member.user_id)),
        *(_correction_task(row) for row in corrections),
        *(_round_task(row) for row in work if row.number > 1),
        *(_round_task(row) for row in work if row.number == 1),
        *(_again_task(row) for row in again),
        *(_open_task(article) for article in open_ones if not article.signed),
        *(_open_task(article) for article in open_ones if article.signed),
        *(_lapsing_task(article) for article in _countable(_lapsing(member), member)),
        *(_ended_task(row) for row in mine[WAITING]),
        *(_ended_task(row) for row in mine[DONE]),
    ]


def size(count: int) -> str:
    """“25 statements, about 18 min”."""
    return f"{count} statement{'' if count == 1 else 's'}, about {reading_minutes(count)} min"


def statements_of(version_id: str) -> Func:
    """The number of statements of a version, without fetching them."""
    return Func(F(f"{version_id}__claims"), function="jsonb_array_length", output_field=IntegerField())


def _invitations(person: int) -> list[Any]:
    """Those that the person can answer now, the first to be answered first."""
    rows = Review.objects.to_answer().filter(reviewer=person).select_related("article")
    counted = rows.annotate(
        question=F("article__current_version__question"), statements=statements_of("article__current_version")
    )
    return list(counted.order_by("answer_by", "id")[:MOST])


def _rounds(person: int) -> dict[str, list[Any]]:
    """A person's first rounds in work, waiting for the editor and signed; one statement, or two (`reckoned`)."""
    work = Round.objects.active().order_by("-number", "id")
    # Of each review the newest round alone can wait; older ones could be more than are shown. Asked as a value of each
    # row: for an EXISTS or a comparison PostgreSQL would expect few rows, and read every round.
    newer = Round.objects.filter(review=OuterRef("review"), pk__gt=OuterRef("pk")).order_by()
    is_newest = Coalesce(Subquery(newer.values(no=models.Value(False))[:1]), True, output_field=models.BooleanField())
    returned = Round.objects.returned().filter(is_newest, article__state__in=OPEN_FOR_WRITING)
    returned = returned.order_by("-ended_at", "-id")
    done = Round.objects.filter(end=RoundEnd.SIGNED).order_by("-ended_at", "-id")
    cut: list[Any] = [
        _cut(IN_WORK, work, person, MOST),
        _cut(WAITING, returned, person, MOST),
        _cut(DONE, done, person, NEWEST),
    ]
    found: dict[str, list[Any]] = {IN_WORK: [], WAITING: [], DONE: []}
    for row in cut[0].union(*cut[1:], all=True):
        # An older version's round waits no more; to ask that of PostgreSQL would make it read every round.
        if row.group != WAITING or (row.current == row.version.number + 1 and row.end != RoundEnd.REFUSED):
            found[row.group].append(row)
    return found | {IN_WORK: reckoned(found[IN_WORK])}


def _cut(group: str, rows: QuerySet[Round], person: int, most: int) -> QuerySet[Round]:
    return (
        with_progress(rows)
        .filter(review__reviewer=person)
        .select_related("article", "version")
        .defer(*(f"version__{name}" for name in ("professional", "plain", "references", "evidence", "claims")))
        .annotate(group=models.Value(group, models.CharField()), current=F("article__current_version__number"))
        .annotate(standing=F("article__standing_version"), may_correct=_signed_what_stands(person))
    )[:most]


def _signed_what_stands(person: int) -> Combinable:
    """Is the round on the text after one that stands, with a signature of this person on it or beneath it?"""
    signed = SignOff.objects.standing().filter(article=OuterRef("article"), signer=person)
    later = Q(article__standing_version__isnull=False) & ~Q(version=F("article__standing_version"))
    return Case(When(later & Q(version__raised=False), then=Exists(signed)), default=Value(False))


def _lapsing(member: BoardMember) -> list[Any]:
    """Signed texts in a member's specialties to be reviewed again within 90 days, or late, that they may reaffirm."""
    if member.outside_for_id:
        return []
    me = member.user_id
    wrote = Version.history.filter(article=OuterRef("pk"), history_user=me)
    busy = Round.objects.active().filter(article=OuterRef("pk"), review__reviewer=me)
    barred = Review.objects.filter(article=OuterRef("pk"), reviewer=me, conflict=Conflict.DECLARED, cleared_by=None)
    again = SignOff.objects.standing().approvals().filter(version=OuterRef("standing_version"))
    again = again.filter(signed_at__date__gt=OuterRef("signed_on"))
    found = Article.objects.lapsing(clock.today() + LAPSES_WITHIN).filter(specialties__overlap=member.specialties)
    found = found.filter(~Exists(wrote), ~Exists(busy), ~Exists(barred), ~Exists(again.filter(signer=me)))
    rows = found.annotate(question=F("standing_version__question"), statements=statements_of("standing_version"))
    return list(rows.annotate(**_given(again)).order_by("review_due", "pk")[:MOST])


def _given(signoffs: QuerySet[SignOff]) -> dict[str, Any]:
    """As annotations of articles, for `_countable`: the specialties of those who signed, and the rule of the risk."""
    rule = SignOffRule.objects.filter(risk=OuterRef("risk"))
    return {
        "given": ArraySubquery(signoffs.values(pair=JSONObject(specialties="specialties"))),
        "rule": models.Subquery(rule.values(shape=JSONObject(signatures="signatures", specialties="specialties"))),
    }


def _countable(articles: Iterable[Any], member: BoardMember) -> list[Any]:
    """Those of `articles` on which a signature of `member` could count; each with the number of those `signed`."""
    counting = []
    for article in articles:
        signed = [given["specialties"] for given in article.given]
        article.signed = len(signed)
        if not falls_short(SignOffRule(**article.rule), article.specialties[0], signed, member.specialties):
            counting.append(article)
    return counting


def _open_to(member: BoardMember) -> QuerySet[Any]:
    me = member.user_id
    wrote = Version.history.filter(article=OuterRef("pk"), history_user=me)
    has = Round.objects.active().filter(version=OuterRef("current_version"), review__reviewer=me)
    given = SignOff.objects.standing().approvals().filter(version=OuterRef("current_version"))
    reviews = Review.objects.filter(article=OuterRef("pk"), reviewer=me)
    barred = reviews.filter(conflict=Conflict.DECLARED, cleared_by=None)
    replaced = Round.objects.filter(version=OuterRef("current_version"), review__reviewer=me, end=RoundEnd.REPLACED)
    asked = reviews.filter(invited_at__isnull=False, answer=Answer.WAITING)
    articles = Article.objects.with_the_board()
    return (
        (articles.filter(pk=member.outside_for_id) if member.outside_for_id else articles)
        .filter(specialties__overlap=member.specialties)
        # Each by itself: of a disjunction PostgreSQL would read whole tables.
        .filter(~Exists(wrote), ~Exists(has), ~Exists(given.filter(signer=me)), ~Exists(barred), ~Exists(asked))
        .filter(~Exists(replaced))
        .annotate(
            question=F("current_version__question"),
            statements=statements_of("current_version"),
            **_given(given),
        )
        .order_by("submitted_on", "id")
    )


def _invitation_task(row: Any) -> Task:
    return Task(
        group="Invitations",
        question=row.question,
        url=reverse("take", args=[row.article.slug]),
        facts=[*_facts(row.article), size(row.statements), days.answer_due(row.answer_by)],
        button="Answer",
        tone="primary",
    )


def _round_task(row: Any) -> Task:
    second, done = row.number > 1, row.statements - row.left
    left = f"{size(row.left)} new to you" if second else f"{size(row.left)} left"
    due = [days.due(row.due_on)] if row.due_on else []
    progress = f"round {row.number}" if second else f"{done} of {row.statements} judged"
    return Task(
        group="Second rounds" if second else IN_WORK,
        question=row.version.question,
        url=reverse("review", args=[row.pk]),
        facts=[*_facts(row.article), progress, left if row.left else "all judged, ready to sign", *due],
        button="Read changes" if second else "Continue",
        tone="primary",
        when=days.urgency(row.due_on),
    )


def _correction_task(row: Any) -> Task:
    return Task(
        group=CORRECTIONS,
        question=row.version.question,
        url=reverse("correction", args=[row.pk]),
        facts=[*_facts(row.article), f"version {row.version.number}", "no statement changed, about 1 min"],
        button="Sign a correction",
        tone="primary",
    )


def _again_task(row: Any) -> Task:
    return Task(
        group=REAFFIRMING,
        question=row.version.question,
        url=reverse("review", args=[row.pk]),
        facts=[*_facts(row.article), f"signed version {row.version.number}", _due(row.article)],
        button="Continue",
        tone="primary",
    )


def _lapsing_task(article: Any) -> Task:
    return Task(
        group=LAPSING,
        question=article.question,
        url=reverse("reaffirm", args=[article.slug]),
        facts=[*_facts(article), _due(article), size(article.statements)],
        button="Look and reaffirm",
    )


def _due(article: Article) -> str:
    late = bool(article.review_due and article.review_due < clock.today())
    return f"review {'was ' if late else ''}due {article.review_due:%-d %B %Y}"


def _open_task(article: Any) -> Task:
    short = [f"{article.signed} signed, one more needed"] if article.signed else []
    return Task(
        group="Short of signatures" if article.signed else "Open to take in my specialty",
        question=article.question,
        url=reverse("take", args=[article.slug]),
        facts=[*_facts(article), size(article.statements), *short],
        button="Look and take",
    )


def _ended_task(row: Any) -> Task:
    return Task(
        group=row.group,
        question=row.version.question,
        url=reverse("record", args=[row.article.slug]),
        facts=[*_facts(row.article), f"version {row.version.number}"],
        button="Record",
    )


def _facts(article: Article) -> list[str]:
    risk = ["high risk"] if article.risk == "high" else []
    return [article.specialties[0].replace("-", " "), *risk]
