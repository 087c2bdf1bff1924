"""Loading: fifty articles made by the verbs, then copied inside the server as often as one likes.

A set has five open articles (a tenth): a draft, one sent back, two submitted, one in review. The copies have ids,
addresses, questions and dates of their own, with every row beneath them: history, renderings, rounds, verdicts,
comments, signatures. Nothing is checked while they are copied: the owner disables the guards for it. Fingerprints and
texts are those of the article that was copied.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction

from articles import drafts
from articles.models import Article, SearchText, Version
from articles.models.suspension import suspend
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.guards import history_of, regulated_models
from reviews import checking, discussion, rounds
from reviews.founding import found
from reviews.models import BoardMember, Round
from tests.cast import board_member, judge_everything, person, sign

from .place import Owner, create, owner_of, serving
from .texts import text

SET = 50
STATEMENTS = 25
ROOM = 1_000_000  # ids between two copies


def load(sizes: dict[str, int]) -> None:
    """Make the databases named and fill each with so many articles, in sets of fifty."""
    first, *others = sizes
    create(first)
    with serving(first):
        make_set()
    for name in others:
        create(name, like=first)
    for name, articles in sizes.items():
        with owner_of(name) as owner:
            _copy(owner, range(1, max(1, articles // SET)))
        with serving(name):
            _make_long_ones()
        with owner_of(name) as owner:
            _lengthen(owner)
            owner.execute("VACUUM ANALYZE")


# The set.


def make_set() -> None:
    with transaction.atomic():
        found()
    editor = person("Edith Editor", "editor")
    every = person("Erin Everyrole", "editor", "reviewer", "chair", "auditor")
    chair = person("Clara Chair", "chair")
    reviewer, other = person("Rita Reviewer", "reviewer"), person("Ralph Reviewer", "reviewer")
    for member in (every, reviewer, other):
        board_member(member, "nephrology", "cardiology", term_from=clock.today() - timedelta(days=2000))
    makers: list[Callable[[int], Any]] = [
        lambda number: _draft(editor, number),
        lambda number: _sent_back(editor, reviewer, number),
        lambda number: _submitted(editor, number),
        lambda number: _submitted(editor, number),
        lambda number: _in_review(editor, reviewer, number),
        lambda number: suspend(_signed(editor, reviewer, number), by=other, reason="A reader was harmed."),
        lambda number: _signed(editor, reviewer, number).perform("withdraw", by=chair, reason="It is out of date."),
        lambda number: _signed(editor, reviewer, number, years=3, days=10),  # overdue
        lambda number: _signed(editor, reviewer, number, years=3, days=-25),  # to be reviewed again soon
    ]
    makers += [lambda number: _signed(editor, reviewer if number % 4 else other, number)] * (SET - len(makers))
    for number, make in enumerate(makers):
        with clock.moved_to(clock.now() - timedelta(days=number % 40, hours=number)):
            make(number)


def _draft(editor: User, number: int, statements: int = STATEMENTS) -> Article:
    made = text(number, statements)
    return drafts.create(made, by=editor, specialties=["nephrology"], risk="standard")


def _submitted(editor: User, number: int, statements: int = STATEMENTS) -> Article:
    return _draft(editor, number, statements).perform("submit", by=editor)


def _in_review(editor: User, reviewer: User, number: int) -> Round:
    row = rounds.take(_submitted(editor, number), by=reviewer)
    for claim in row.version.fixed_claims[:10]:
        checking.judge(row, claim.id, by=reviewer, verdict="supported")
    return row


def _sent_back(editor: User, reviewer: User, number: int) -> Article:
    row = _in_review(editor, reviewer, number)
    discussion.comment(row, by=reviewer, body="Where is the source of this?", blocking=True)
    return rounds.ask_for_changes(row, by=reviewer, reason="Name the source.")


def _signed(editor: User, reviewer: User, number: int, *, years: int = 0, days: int = 0) -> Article:
    with clock.moved_to(clock.now() - timedelta(days=365 * years + days)):
        row = rounds.take(_submitted(editor, number, statements=3), by=reviewer)
        judge_everything(row)
        return sign(row)


# Articles with a long record.

LONG = {"hundred-entries": 100, "thousand-entries": 1000}
VERSIONS = "thousand-versions"


def _make_long_ones() -> None:
    editor = User.objects.get(name="Edith Editor")
    for number, slug in enumerate((*LONG, VERSIONS), start=SET):
        drafts.create(text(number), by=editor, slug=slug, specialties=["nephrology"], risk="standard")


def _lengthen(owner: Owner) -> None:
    """Give the long ones what the verbs would have needed minutes for; three rows of history are there already."""
    ids = dict(owner.execute("SELECT slug, current_version_id FROM articles_article WHERE slug LIKE '%-%'").fetchall())
    told, kept = history_of(Version), Version
    with _unguarded(owner, [told, kept]):
        for slug, entries in LONG.items():
            moved = {"history_date": "history_date + k * interval '1 second'"}
            moved |= {"history_id": f"nextval(pg_get_serial_sequence('{told._meta.db_table}', 'history_id'))"}
            _insert(owner, told, moved, range(1, entries - 2), f"t.id = {ids[slug]} AND history_type = '+'")
        fresh = f"nextval(pg_get_serial_sequence('{kept._meta.db_table}', 'id'))"
        frozen = {"content_sha256": "repeat('0', 64)", "frozen_at": "created_at", "outcome": "'recalled'"}
        moved = {"id": fresh, "number": "number + k", "claims": "'[]'::jsonb"} | frozen
        _insert(owner, kept, moved, range(1, 1000), f"t.id = {ids[VERSIONS]}")


# Copying.


def _tables() -> list[type[models.Model]]:
    """Every table whose rows belong to an article, each before those that point at it, history last."""
    own = [Article, Version]
    # Search is not measured here, and its words of 100,000 articles would take half an hour.
    # A board record may be for one article alone, but is a person's.
    left_out = [*own, SearchText, BoardMember]
    beneath = [
        model for model in apps.get_models() if _belongs(model) and model not in left_out and not _is_history(model)
    ]
    regulated = [model for model in (*own, *beneath) if model in regulated_models()]
    return [*own, *beneath, *(history_of(model) for model in regulated)]


def _belongs(model: type[models.Model]) -> bool:
    return any(field.is_relation and field.related_model is Article for field in model._meta.concrete_fields)


def _is_history(model: type[models.Model]) -> bool:
    return hasattr(model, "instance_type")


@contextmanager
def _unguarded(owner: Owner, tables: list[type[models.Model]]) -> Iterator[None]:
    names = [model._meta.db_table for model in tables]
    with owner.transaction():
        for name in names:
            owner.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            owner.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def _copy(owner: Owner, copies: range) -> None:
    tables = _tables()
    with _unguarded(owner, tables):
        for model in tables:
            _insert(owner, model, _moved(model, tables), copies, "true")
        for model in tables:
            key = model._meta.pk.column
            table = model._meta.db_table
            newest = f"(SELECT coalesce(max({key}), 1) FROM {table})"
            owner.execute(f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), {newest})")


def _insert(owner: Owner, model: type[models.Model], moved: dict[str, str], times: range, where: str) -> None:
    columns = [field.column for field in model._meta.concrete_fields if not field.generated]
    names = ", ".join(f'"{column}"' for column in columns)
    picked = ", ".join(moved.get(column, f't."{column}"') for column in columns)
    table, series = model._meta.db_table, f"generate_series({times.start}, {times.stop - 1}) k"
    owner.execute(f"INSERT INTO {table} ({names}) SELECT {picked} FROM {series}, {table} t WHERE {where}")


def _moved(model: type[models.Model], tables: list[type[models.Model]]) -> dict[str, str]:
    """What a copy has of its own, as SQL by column."""
    moved: dict[str, str] = {}
    for field in model._meta.concrete_fields:
        column = f't."{field.column}"'
        if field.primary_key or field.name == "id" or (field.is_relation and field.related_model in tables):
            moved[field.column] = f"{column} + k * {ROOM}"
        elif isinstance(field, models.DateTimeField):
            moved[field.column] = f"{column} - k * interval '37 minutes'"
    hidden = f"to_jsonb((t.suspension ->> 'version')::bigint + k * {ROOM})"
    own = {
        "slug": "t.slug || '-' || k",
        "key": "t.key || '-' || k",
        "question": "t.question || ' (' || k || ')'",
        "submitted_on": "t.submitted_on - k % 200",
        "first_public_on": "t.first_public_on - k % 200",
        "review_due": "t.review_due + (CASE WHEN t.review_due < current_date THEN -1 ELSE 1 END) * (k % 60)",
        "suspension": f"jsonb_set(t.suspension, '{{version}}', {hidden})",
    }
    names = {field.column for field in model._meta.concrete_fields}
    return moved | {column: sql for column, sql in own.items() if column in names}
