"""The chair's lines of *To do*: declared interests, and who reviews what; each group cut by an index in its order."""

from collections.abc import Callable, Iterable
from textwrap import shorten
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse

from articles.models import Article
from articles.models.article import WITH_THE_BOARD
from articles.to_do import Task
from oracle import clock

from . import days
from .models import Conflict, Review, Round, RoundEnd

MOST = 20
INTERESTS, UNANSWERED = "Declared interests", "Unanswered invitations"
NOT_REAFFIRMED = "Not reaffirmed"
UNASSIGNED, LATE = "Unassigned articles", "Late reviews"
QUESTION = "article__current_version__question"


def chair_tasks() -> list[Task]:
    """Declared interests, signed texts that somebody would not reaffirm, articles that nobody has or is asked for,
    answers and reviews that are late.
    """
    reviews = _reviews()
    return [
        *_cut(INTERESTS, reviews[INTERESTS], _interest),
        *_cut(NOT_REAFFIRMED, _refused(), _not_reaffirmed),
        *_cut(UNASSIGNED, unassigned().annotate(question=F("current_version__question"))[: MOST + 1], _unassigned),
        *_cut(UNANSWERED, reviews[UNANSWERED], _unanswered),
        *_cut(LATE, _late(), _round),
    ]


def unassigned() -> QuerySet[Article]:
    """Articles with the board that nobody is at work on or has to answer for, the longest wait first."""
    at_work = Round.objects.at_work().filter(version=OuterRef("current_version"))
    asked = Review.objects.to_answer().filter(article=OuterRef("pk"))
    waiting = Article.objects.with_the_board().filter(~Exists(at_work), ~Exists(asked))
    return waiting.order_by("submitted_on", "pk")


def _reviews() -> dict[str, list[Any]]:
    """Interests that wait for the chair, and invitations past their day; one statement."""
    declared = Review.objects.filter(conflict=Conflict.DECLARED, cleared_by=None, barred_by=None)
    declared = declared.filter(article__state__in=WITH_THE_BOARD).order_by("declared_on", "id")
    late = Review.objects.unanswered(clock.today()).order_by("answer_by", "id")
    groups: list[Any] = [_named(INTERESTS, declared), _named(UNANSWERED, late)]
    found: dict[str, list[Any]] = {INTERESTS: [], UNANSWERED: []}
    for row in groups[0].union(groups[1], all=True):
        found[row.group].append(row)
    return found


def _named(group: str, rows: QuerySet[Review]) -> QuerySet[Review]:
    named = rows.annotate(group=models.Value(group, models.CharField()), question=F(QUESTION))
    return named.select_related("reviewer", "article")[: MOST + 1]


def _late() -> QuerySet[Any]:
    rows = Round.objects.late(clock.today()).annotate(question=F(QUESTION))
    return rows.select_related("review__reviewer", "article").order_by("due_on", "id")[: MOST + 1]


def _refused() -> QuerySet[Any]:
    """Until newer signatures moved the date, or another version is signed."""
    rows = Round.objects.reaffirming().filter(end=RoundEnd.REFUSED, ended_at__date__gte=F("article__signed_on"))
    rows = rows.annotate(question=F("version__question")).select_related("review__reviewer", "article")
    return rows.order_by("-ended_at", "-id")[: MOST + 1]


def _cut(group: str, rows: Iterable[Any], line: Callable[[Any], Task]) -> list[Task]:
    found = list(rows)
    lines = [line(row) for row in found[:MOST]]
    if len(found) > MOST:
        lines.append(Task(group=group, question=f"More than {MOST}", url=reverse("assignments"), button="See all"))
    return lines


def _interest(row: Any) -> Task:
    return Task(
        group=INTERESTS,
        question=row.question,
        url=reverse("clear_conflict", args=[row.article.slug, row.pk]),
        facts=[row.reviewer.name, shorten(row.conflict_text, 120, placeholder=" …")],
        button="Decide",
    )


def _not_reaffirmed(row: Any) -> Task:
    return Task(
        group=NOT_REAFFIRMED,
        question=row.question,
        url=reverse("reaffirm", args=[row.article.slug]),
        facts=[row.review.reviewer.name, shorten(row.reason, 120, placeholder=" …")],
        button="Decide",
    )


def _unassigned(article: Any) -> Task:
    since = [f"waits since {days.in_words(article.submitted_on)}"] if article.submitted_on else []
    risk = ["high risk"] if article.risk == "high" else []
    return Task(
        group=UNASSIGNED,
        question=article.question,
        url=reverse("invite_reviewers", args=[article.slug]),
        facts=[article.fields_of_medicine, *risk, *since],
        button="Invite",
    )


def _unanswered(row: Any) -> Task:
    return Task(
        group=UNANSWERED,
        question=row.question,
        url=reverse("invite_reviewers", args=[row.article.slug]),
        facts=[row.reviewer.name, days.answer_due(row.answer_by)],
        button="Ask again",
    )


def _round(row: Any) -> Task:
    return Task(
        group=LATE,
        question=row.question,
        url=reverse("invite_reviewers", args=[row.article.slug]),
        facts=[row.reviewer.name, days.due(row.due_on)],
        button="Remind",
    )
