"""The reviewer's lines of *To do*, each group in one query."""

from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.urls import reverse

from articles.models import Article, Version
from articles.models.article import WITH_THE_BOARD
from articles.text.claims import reading_minutes
from articles.to_do import Task
from oracle.accounts.models import User

from .models import BoardMember, Review, Round, RoundEnd, SignOff

MOST = 50
# Statements of the round's version that its reviewer has not judged, in any round, in their present words.
LEFT = """(SELECT count(*) FROM articles_version v, jsonb_array_elements(v.claims) item
 WHERE v.id = reviews_round.version_id AND NOT EXISTS (
   SELECT 1 FROM reviews_claimcheck c WHERE c.article_id = v.article_id AND c.reviewer_id = %s
   AND c.claim = item ->> 'id'))"""


def reviewer_tasks(user: User) -> list[Task]:
    """Second rounds, my work, open to take, short of signatures, waiting for the editor, done: in this order."""
    member = BoardMember.objects.filter(user=user).first()
    if member is None:
        return []
    mine = list(_rounds(user).filter(ended_at=None)[:MOST])
    open_ones = list(_open_to(user, member)[:MOST])
    return [
        *(_round_task(row) for row in mine if row.number > 1),
        *(_round_task(row) for row in mine if row.number == 1),
        *(_open_task(article) for article in open_ones if not article.signed),
        *(_open_task(article) for article in open_ones if article.signed),
        *(_ended_task(row) for row in _rounds(user).filter(_waiting())[:MOST]),
        *(_ended_task(row) for row in _rounds(user).filter(end=RoundEnd.SIGNED).order_by("-ended_at")[:10]),
    ]


def chair_tasks() -> list[Task]:
    """Declared interests that wait for the chair."""
    waiting = Review.objects.filter(conflict="declared", cleared_by=None, article__state__in=WITH_THE_BOARD)
    rows = waiting.select_related("reviewer", "article__current_version").order_by("declared_on", "id")
    return [
        Task(
            group="Declared interests",
            question=row.article.current_version.question,
            url=reverse("clear_conflict", args=[row.article.slug, row.pk]),
            facts=[row.reviewer.name, row.conflict_text[:120]],
            button="Decide",
        )
        for row in rows[:MOST]
    ]


def size(count: int, words: str = "statement") -> str:
    """“25 statements, about 18 min”."""
    return f"{count} {words}{'s' if count != 1 and words == 'statement' else ''}, about {reading_minutes(count)} min"


def statements_of(version_id: str) -> Func:
    """The number of statements of a version, without fetching them."""
    return Func(F(f"{version_id}__claims"), function="jsonb_array_length", output_field=IntegerField())


def _rounds(user: User) -> QuerySet[Any]:
    return (
        Round.objects.filter(review__reviewer=user)
        .select_related("article", "version")
        .defer(*(f"version__{name}" for name in ("professional", "plain", "references", "evidence", "claims")))
        .annotate(statements=statements_of("version"), left=RawSQL(LEFT, [user.pk]))  # noqa: S611 - a constant with one parameter
        .order_by("-number", "article__submitted_on", "id")
    )


def _waiting() -> models.Q:
    return models.Q(end=RoundEnd.CHANGES, article__state="changes_requested", version__outcome="sent_back")


def _open_to(user: User, member: BoardMember) -> QuerySet[Any]:
    wrote = Version.history.filter(article=OuterRef("pk"), history_user=user)
    busy = Round.objects.filter(version=OuterRef("current_version"), review__reviewer=user).exclude(
        end=RoundEnd.GIVEN_BACK
    )
    barred = Review.objects.filter(article=OuterRef("pk"), reviewer=user, conflict="declared", cleared_by=None)
    signed = SignOff.objects.standing().filter(version=OuterRef("current_version")).order_by()
    return (
        Article.objects.with_the_board()
        .filter(specialties__overlap=member.specialties)
        .exclude(Exists(wrote) | Exists(busy) | Exists(barred))
        .annotate(
            question=F("current_version__question"),
            statements=statements_of("current_version"),
            signed=Coalesce(models.Subquery(signed.values("version").annotate(n=Count("id")).values("n")), 0),
        )
        .order_by("submitted_on", "id")
    )


def _round_task(row: Any) -> Task:
    second, done = row.number > 1, row.statements - row.left
    left = f"{size(row.left, 'changed' if second else 'left')}" if row.left else "all judged, ready to sign"
    return Task(
        group="Second rounds" if second else "In work",
        question=row.version.question,
        url=reverse("review", args=[row.pk]),
        facts=[*_facts(row.article), f"round {row.number}" if second else f"{done} of {row.statements} judged", left],
        button="Read changes" if second else "Continue",
        tone="primary",
    )


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
    done = row.end == RoundEnd.SIGNED
    return Task(
        group="Done" if done else "Waiting for the editor",
        question=row.version.question,
        url=reverse("record", args=[row.article.slug]),
        facts=[*_facts(row.article), f"version {row.version.number}"],
        button="Record",
    )


def _facts(article: Article) -> list[str]:
    risk = ["high risk"] if article.risk == "high" else []
    return [article.specialties[0].replace("-", " "), *risk]
