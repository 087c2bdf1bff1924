"""The reviewer's lines of *To do*, each group in one query."""

from collections.abc import Iterable
from textwrap import shorten
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse

from articles.models import Article, Version
from articles.models.article import OPEN_FOR_WRITING, WITH_THE_BOARD
from articles.text.claims import reading_minutes
from articles.to_do import Task

from .models import BoardMember, Conflict, Review, Round, RoundEnd, SignOff, SignOffRule
from .permissions import falls_short

MOST, NEWEST = 20, 10
IN_WORK, WAITING, DONE = "In work", "Waiting for the editor", "Done"
# Statements of the round's version, added ones too, that its reviewer has not judged in their present words.
LEFT = """(SELECT count(*) FROM (
   SELECT item ->> 'id' AS id FROM articles_version v, jsonb_array_elements(v.claims) item
     WHERE v.id = reviews_round.version_id
   UNION SELECT a.claim FROM reviews_addedclaim a WHERE a.version_id = reviews_round.version_id) statement
 WHERE NOT EXISTS (
   SELECT 1 FROM reviews_claimcheck c WHERE c.article_id = reviews_round.article_id AND c.reviewer_id = %s
   AND c.claim = statement.id AND NOT EXISTS (SELECT 1 FROM reviews_setaside s WHERE s.verdict_id = c.id)))"""


def reviewer_tasks(member: BoardMember) -> list[Task]:
    """Second rounds, my work, open to take, short of signatures, waiting for the editor, done: in this order."""
    mine, open_ones = _rounds(member.user_id), _countable(_open_to(member)[:MOST], member)
    return [
        *(_round_task(row) for row in mine[IN_WORK] if row.number > 1),
        *(_round_task(row) for row in mine[IN_WORK] if row.number == 1),
        *(_open_task(article) for article in open_ones if not article.signed),
        *(_open_task(article) for article in open_ones if article.signed),
        *(_ended_task(row) for row in mine[WAITING]),
        *(_ended_task(row) for row in mine[DONE]),
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
            facts=[row.reviewer.name, shorten(row.conflict_text, 120, placeholder=" …")],
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


def _rounds(person: int) -> dict[str, list[Any]]:
    """A person's first rounds in work, waiting for the editor and signed; one statement."""
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
        if row.group != WAITING or row.current == row.version.number + 1:
            found[row.group].append(row)
    return found


def _cut(group: str, rows: QuerySet[Round], person: int, most: int) -> QuerySet[Round]:
    return (
        rows.filter(review__reviewer=person)
        .select_related("article", "version")
        .defer(*(f"version__{name}" for name in ("professional", "plain", "references", "evidence", "claims")))
        .annotate(group=models.Value(group, models.CharField()), current=F("article__current_version__number"))
        .annotate(statements=statements_of("version"))
        .annotate(left=RawSQL(LEFT, [person]))  # noqa: S611 - a constant with one parameter
    )[:most]


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
    signed = SignOff.objects.standing().filter(version=OuterRef("current_version"), signer=me)
    reviews = Review.objects.filter(article=OuterRef("pk"), reviewer=me)
    barred = reviews.filter(conflict=Conflict.DECLARED, cleared_by=None)
    given = SignOff.objects.standing().filter(version=OuterRef("current_version"))
    rule = SignOffRule.objects.filter(risk=OuterRef("risk"))
    return (
        Article.objects.with_the_board()
        .filter(specialties__overlap=member.specialties)
        # Each by itself: of a disjunction PostgreSQL would read whole tables.
        .filter(~Exists(wrote), ~Exists(has), ~Exists(signed), ~Exists(barred))
        .annotate(
            question=F("current_version__question"),
            statements=statements_of("current_version"),
            given=ArraySubquery(given.values(pair=JSONObject(specialties="specialties"))),
            rule=models.Subquery(rule.values(shape=JSONObject(signatures="signatures", specialties="specialties"))),
        )
        .order_by("submitted_on", "id")
    )


def _round_task(row: Any) -> Task:
    second, done = row.number > 1, row.statements - row.left
    left = f"{size(row.left)} new to you" if second else f"{size(row.left)} left"
    progress = f"round {row.number}" if second else f"{done} of {row.statements} judged"
    return Task(
        group="Second rounds" if second else IN_WORK,
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
