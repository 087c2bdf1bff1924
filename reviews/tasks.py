"""The reviewer's lines of *To do*, each group in one query."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Exists, F, Func, IntegerField, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse

from articles.models import Article, Version
from articles.models.article import OPEN_FOR_WRITING, WITH_THE_BOARD
from articles.text.claims import reading_minutes
from articles.to_do import Task
from oracle.accounts.models import User

from .models import BoardMember, Review, Round, RoundEnd, SignOff, SignOffRule
from .permissions import falls_short

MOST = 50
# Statements of the round's version, added ones too, that its reviewer has not judged in their present words.
LEFT = """(SELECT count(*) FROM (
   SELECT item ->> 'id' AS id FROM articles_version v, jsonb_array_elements(v.claims) item
     WHERE v.id = reviews_round.version_id
   UNION SELECT a.claim FROM reviews_addedclaim a WHERE a.version_id = reviews_round.version_id) statement
 WHERE NOT EXISTS (
   SELECT 1 FROM reviews_claimcheck c WHERE c.article_id = reviews_round.article_id AND c.reviewer_id = %s
   AND c.claim = statement.id AND NOT EXISTS (SELECT 1 FROM reviews_setaside s WHERE s.verdict_id = c.id)))"""


def reviewer_tasks(user: User) -> list[Task]:
    """Second rounds, my work, open to take, short of signatures, waiting for the editor, done: in this order."""
    member = BoardMember.objects.filter(user=user).first()
    if member is None:
        return []
    mine = list(_rounds(user).filter(ended_at=None)[:MOST])
    open_ones = _countable(_open_to(user, member)[:MOST], member)
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
    waiting = Review.objects.filter(conflict="declared", cleared_by=None, barred_by=None)
    waiting = waiting.filter(article__state__in=WITH_THE_BOARD).annotate(
        question=F("article__current_version__question")
    )
    rows: list[Any] = list(waiting.select_related("reviewer", "article").order_by("declared_on", "id")[:MOST])
    return [
        Task(
            group="Declared interests",
            question=row.question,
            url=reverse("clear_conflict", args=[row.article.slug, row.pk]),
            facts=[row.reviewer.name, row.conflict_text[:120]],
            button="Decide",
        )
        for row in rows
    ]


def size(count: int) -> str:
    """“25 statements, about 18 min”."""
    return f"{count} statement{'' if count == 1 else 's'}, about {reading_minutes(count)} min"


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
    """Sent back or taken back, and the editor has the next version open."""
    ends = (RoundEnd.CHANGES, RoundEnd.OVERTAKEN)
    following = models.Q(article__current_version__number=F("version__number") + 1)
    return following & models.Q(end__in=ends, article__state__in=OPEN_FOR_WRITING)


def _countable(articles: Iterable[Any], member: BoardMember) -> list[Any]:
    """Those of `articles` on which a signature of `member` could count: two queries, however many."""
    listed = list(articles)
    rules = {rule.risk: rule for rule in SignOffRule.objects.all()}
    signed: dict[int, list[list[str]]] = defaultdict(list)
    standing = SignOff.objects.standing().filter(version__in=[article.current_id for article in listed])
    for version, specialties in standing.values_list("version_id", "specialties"):
        signed[version].append(specialties)
    for article in listed:
        article.signed = len(signed[article.current_id])
    return [
        article
        for article in listed
        if not falls_short(rules[article.risk], article.specialties[0], signed[article.current_id], member.specialties)
    ]


def _open_to(user: User, member: BoardMember) -> QuerySet[Any]:
    wrote = Version.history.filter(article=OuterRef("pk"), history_user=user)
    mine = Round.objects.filter(version=OuterRef("current_version"), review__reviewer=user)
    busy = mine.filter(models.Q(ended_at=None) | models.Q(end=RoundEnd.SIGNED, signoffs__revocation=None))
    barred = Review.objects.filter(article=OuterRef("pk"), reviewer=user, conflict="declared", cleared_by=None)
    return (
        Article.objects.with_the_board()
        .filter(specialties__overlap=member.specialties)
        .exclude(Exists(wrote) | Exists(busy) | Exists(barred))
        .annotate(
            question=F("current_version__question"),
            statements=statements_of("current_version"),
        )
        .order_by("submitted_on", "id")
    )


def _round_task(row: Any) -> Task:
    second, done = row.number > 1, row.statements - row.left
    left = f"{size(row.left)} new to you" if second else f"{size(row.left)} left"
    progress = f"round {row.number}" if second else f"{done} of {row.statements} judged"
    return Task(
        group="Second rounds" if second else "In work",
        question=row.version.question,
        url=reverse("review", args=[row.pk]),
        facts=[*_facts(row.article), progress, left if row.left else "all judged, ready to sign"],
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
