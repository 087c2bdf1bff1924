"""Changes of state in process, against an UPDATE and an INSERT of the same rows in one raw commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, models

from articles.models import Article
from articles.models.life import check_ready
from articles.models.suspension import suspend
from articles.text.claims import claims
from articles.text.rendering import render_content
from oracle.accounts.authentication import Proof
from oracle.accounts.models import User
from oracle.audit.guards import history_of
from oracle.embedded_postgres.roles import app_role
from reviews import checking, discussion, rounds, signing
from reviews.models import Round
from reviews.questions import YES, asked_of
from tests.cast import PASSWORD, judge_everything

from .load import ROOM
from .measure import Line, Work, at_most, medians, statements
from .place import LARGE, owner_of, serving

ORDINARY, COPYING, MOST = 10, 15, 20
ENOUGH = 1000
Rows = Callable[[], Any]


@dataclass(frozen=True)
class Step:
    """A change of state, the aim of its ratio, and what of it is measured apart."""

    work: Work
    aim: float = ORDINARY
    apart: str = ""


def steps(repeats: int) -> Iterator[Line]:
    """Every step on articles of the large database that were never touched before."""
    with serving(LARGE), _raw() as raw:
        asked = _steps()
        counted = {name: statements(step.work) for name, step in asked.items()}
        works = {"raw": raw, **_apart(), **{name: step.work for name, step in asked.items()}}
        took = medians(works, repeats)
    yield Line("raw UPDATE and INSERT, committed", f"{took['raw']:.2f} ms")
    for name in (TEXT_WORK, PASSWORD_CHECK):
        yield Line(name, f"{took[name]:.0f} ms")
    for name, step in asked.items():
        left = took[name] - (took[step.apart] if step.apart else 0)
        what = f"{name}, without {step.apart}" if step.apart else name
        yield at_most(what, left / took["raw"], step.aim, "×", told=f"{left:.1f} ms: ")
        yield Line(f"{name}, statements", str(counted[name]), f"≤ {MOST}", counted[name] <= MOST)


TEXT_WORK, PASSWORD_CHECK = "the text work of a submission", "the password check"


def _apart() -> dict[str, Work]:
    article = Article.objects.filter(state="draft").select_related("current_version").order_by("id")[0]
    version = article.current_version
    version.article = article
    hashed = make_password(PASSWORD)

    def text_work(_: object) -> None:
        check_ready(version)
        claims(version.content)
        version.content.sha256()
        render_content(version.content)

    return {TEXT_WORK: Work(text_work), PASSWORD_CHECK: Work(lambda _: check_password(PASSWORD, hashed))}


def _steps() -> dict[str, Step]:
    editor, reviewer, chair = (User.objects.get(name=name) for name in ("Edith Editor", "Rita Reviewer", "Clara Chair"))
    drafts, submitted, signed = (
        _untouched(Article.objects.filter(state=state, suspension__isnull=True, current_version__number=1))
        for state in ("draft", "submitted", "approved")
    )
    in_review = _untouched(Round.objects.active().filter(review__reviewer=reviewer, comments=None))
    return {
        "submit": Step(Work(lambda row: row.perform("submit", by=editor), drafts), apart=TEXT_WORK),
        "take": Step(Work(lambda row: rounds.take(row, by=reviewer), submitted)),
        "judge a statement": Step(Work(lambda row: _judge_last(row, reviewer), in_review)),
        "comment": Step(Work(lambda row: discussion.comment(row, by=reviewer, body="Why?", blocking=True), in_review)),
        "give back": Step(Work(lambda row: rounds.give_back(row, by=reviewer), in_review)),
        "hide": Step(Work(lambda row: suspend(row, by=chair, reason="Harm."), signed)),
        "withdraw": Step(Work(lambda row: row.perform("withdraw", by=chair, reason="Out of date."), signed)),
        "sign": Step(Work(lambda row: _sign(row, reviewer), _judged(in_review)), apart=PASSWORD_CHECK),
        "take back": Step(Work(lambda row: row.perform("recall", by=editor, reason="Wrong."), submitted), COPYING),
        "revise": Step(Work(lambda row: row.perform("revise", by=editor), signed), COPYING),
        "ask for changes": Step(Work(lambda row: _send_back(row, reviewer), in_review), COPYING),
    }


def _untouched(rows: "models.QuerySet[Any]") -> Rows:
    """The copied rows of a query, each given once."""
    left = iter(list(rows.filter(pk__gte=ROOM).order_by("pk").values_list("pk", flat=True)[:ENOUGH]))
    return lambda: rows.model._default_manager.get(pk=next(left))


def _judged(in_review: Rows) -> Rows:
    def judge() -> Round:
        row = in_review()
        judge_everything(row)
        return row

    return judge


def _judge_last(row: Round, reviewer: User) -> None:
    claim = row.version.fixed_claims[-1].id
    checking.judge(row, claim, by=reviewer, verdict="partly", note="In adults only.")


def _sign(row: Round, reviewer: User) -> None:
    sha256, answers = row.version.content_sha256, dict.fromkeys(asked_of(row.version), YES)
    signing.sign(row, by=reviewer, shown_sha256=sha256, proof=Proof(password=PASSWORD), answers=answers)


def _send_back(row: Round, reviewer: User) -> None:
    rounds.ask_for_changes(row, by=reviewer, reason="Name the source.")


# The least that a database can do for one change with its history: twins of the two tables, without guards.


@contextmanager
def _raw() -> Iterator[Work]:
    twins = {Article._meta.db_table: "benchmark_article", history_of(Article)._meta.db_table: "benchmark_history"}
    with owner_of(LARGE) as owner:
        for table, twin in twins.items():
            owner.execute(f"CREATE TABLE {twin} (LIKE {table} INCLUDING ALL)")
            owner.execute(f"INSERT INTO {twin} SELECT * FROM {table}")
            owner.execute(f"GRANT SELECT, INSERT, UPDATE ON {twin} TO {app_role()}")
        owner.execute("ANALYZE benchmark_article, benchmark_history")
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM benchmark_history ORDER BY history_id DESC LIMIT 1")
                names, row = [column[0] for column in cursor.description or ()], cursor.fetchone()
            with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as raw:
                yield _raw_change(raw, names, row)
        finally:
            for twin in twins.values():
                owner.execute(f"DROP TABLE {twin}")


def _raw_change(raw: "psycopg.Connection[Any]", names: list[str], row: tuple[Any, ...]) -> Work:
    """One article updated and one row of history added; every turn another article."""
    told = dict(zip(names, row, strict=True))
    ids = count(told["id"], -ROOM)
    places = count(told["history_id"] + 1)
    marks = ", ".join(["%s"] * len(names))
    insert = f"INSERT INTO benchmark_history ({', '.join(names)}) VALUES ({marks})"

    def change(_: object) -> None:
        values = told | {"history_id": next(places), "id": next(ids)}
        with raw.transaction():
            raw.execute(
                "UPDATE benchmark_article SET state = 'submitted', submitted_on = now() WHERE id = %s", [values["id"]]
            )
            raw.execute(insert, list(values.values()))

    return Work(change)
