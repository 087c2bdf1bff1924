"""What is true of all rows at every moment between two transactions, each with its sentence.

`broken(connection)` asks for the rows of which it is not true; the connection sees all tables (the owner's).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from django.db import models

from articles.text.content import CONTENT_FIELDS, Content
from oracle.audit.guards import history_of, regulated_models


@dataclass(frozen=True)
class Invariant:
    """`exceptions` selects what names each row of which the sentence is not true, as one column."""

    sentence: str
    exceptions: str


# The kinds of rows in the tables of partners below.
HISTORIES = {
    "article": "articles_historicalarticle",
    "version": "articles_historicalversion",
    "suspension": "articles_historicalsuspension",
    "round": "reviews_historicalround",
}
# A step writes several rows in one transaction; where there is one, there is the other.
TOGETHER = [
    ("article", "article.create", "version", "article.create"),
    ("article", "article.import", "version", "article.import"),
    ("article", "article.submit", "version", "article.submit"),
    ("article", "article.recall", "version", "article.recall"),
    ("article", "article.revise", "version", "article.revise"),
    ("article", "article.abandon", "version", "article.abandon"),
    ("article", "article.approve", "version", "article.approve"),
    ("article", "article.reopen", "version", "article.reopen"),
    ("article", "article.suspend", "suspension", "article.suspend"),
    ("article", "article.request_changes", "version", "article.request_changes"),
    ("article", "article.request_changes", "round", "round.changes"),
]
# Here the second may come alone.
BRINGS = [
    ("article", "article.start_review", "round", "round.begin"),
    ("article", "article.release", "round", "round.given_back"),
    ("article", "article.approve", "round", "round.sign"),
    ("article", "article.resume", "suspension", "article.resume"),
]


def beside(kind: str, event: str, other: str, partner: str) -> Invariant:
    """Each history row of `kind` with `event` has one of `other` with `partner`, of its article and transaction."""
    own, others = (column_of_article(name) for name in (kind, other))
    return Invariant(
        f"{event} of the {kind} is written together with {partner} of the {other}.",
        f"""SELECT a.history_id FROM {HISTORIES[kind]} a WHERE a.history_event = '{event}' AND NOT EXISTS (
            SELECT 1 FROM {HISTORIES[other]} b WHERE b.history_event = '{partner}'
                AND b.history_transaction = a.history_transaction AND b.{others} = a.{own})""",
    )


def column_of_article(kind: str) -> str:
    return "id" if kind == "article" else "article_id"


STEPS = [
    *(beside(*pair) for pair in TOGETHER),
    *(beside(other, partner, kind, event) for kind, event, other, partner in TOGETHER),
    *(beside(*pair) for pair in BRINGS),
]

TEXTS = [
    Invariant(
        "Each article has a current version, which is its own.",
        """SELECT a.slug FROM articles_article a LEFT JOIN articles_version v ON v.id = a.current_version_id
           WHERE v.article_id IS DISTINCT FROM a.id""",
    ),
    Invariant(
        "An open version is the current one of its article.",
        """SELECT v.id FROM articles_version v JOIN articles_article a ON a.id = v.article_id
           WHERE v.frozen_at IS NULL AND a.current_version_id IS DISTINCT FROM v.id""",
    ),
    Invariant(
        "A text that can be written is open; one that the board has, or has signed, is frozen.",
        """SELECT a.slug FROM articles_article a JOIN articles_version v ON v.id = a.current_version_id
           WHERE (a.state IN ('draft', 'changes_requested') AND v.frozen_at IS NOT NULL)
              OR (a.state IN ('submitted', 'under_review', 'approved') AND v.frozen_at IS NULL)""",
    ),
    Invariant(
        "A frozen version has its rendering and its statements, an open one has none.",
        """SELECT v.id FROM articles_version v WHERE (v.frozen_at IS NOT NULL) IS DISTINCT FROM EXISTS (
               SELECT 1 FROM articles_rendering r WHERE r.version_id = v.id AND r.article_id = v.article_id)
           OR (v.frozen_at IS NULL AND v.claims <> '[]')""",
    ),
    Invariant(
        "A submitted article says when it was submitted.",
        """SELECT slug FROM articles_article
           WHERE state IN ('submitted', 'under_review', 'changes_requested', 'approved')
               AND (submitted_on IS NULL OR first_public_on IS NULL)""",
    ),
    Invariant(
        "A withdrawn article that readers saw carries a notice.",
        """SELECT slug FROM articles_article WHERE state = 'withdrawn' AND first_public_on IS NOT NULL
           AND withdrawal IS NULL""",
    ),
    Invariant(
        "An article says that it is hidden exactly while a hiding of that version is open.",
        """SELECT a.slug FROM articles_article a
           LEFT JOIN articles_suspension s ON s.article_id = a.id AND s.lifted_at IS NULL
           WHERE (a.suspension ->> 'version')::bigint IS DISTINCT FROM s.version_id""",
    ),
]

REVIEWS = [
    Invariant(
        "An open round is on the current version of an article under review, or on the version that stands.",
        """SELECT r.id FROM reviews_round r JOIN articles_article a ON a.id = r.article_id
           WHERE r.ended_at IS NULL AND (a.state <> 'under_review' OR a.current_version_id <> r.version_id)
               AND a.standing_version_id IS DISTINCT FROM r.version_id""",
    ),
    Invariant(
        "An article under review has a round, open or signed, on its current version.",
        """SELECT a.slug FROM articles_article a WHERE a.state = 'under_review' AND NOT EXISTS (
               SELECT 1 FROM reviews_round r WHERE r.version_id = a.current_version_id AND r.end IN ('', 'signed'))""",
    ),
    Invariant(
        "A round has ended as signed exactly where it carries its reviewer's signature.",
        """SELECT r.id FROM reviews_round r JOIN reviews_review w ON w.id = r.review_id
           WHERE (r.end = 'signed') IS DISTINCT FROM EXISTS (SELECT 1 FROM reviews_signoff s
               WHERE s.round_id = r.id AND s.version_id = r.version_id AND s.signer_id = w.reviewer_id)""",
    ),
    Invariant(
        "Nobody has signed a version twice in one round.",
        """SELECT version_id FROM reviews_signoff GROUP BY version_id, round_id HAVING count(*) > 1""",
    ),
    Invariant(
        "A verdict, a comment and an added statement are of their round's article and version.",
        """SELECT c.id FROM reviews_round r JOIN (
               SELECT id, round_id, article_id, version_id FROM reviews_claimcheck UNION ALL
               SELECT id, round_id, article_id, version_id FROM reviews_comment UNION ALL
               SELECT id, round_id, article_id, version_id FROM reviews_addedclaim) c ON c.round_id = r.id
           WHERE c.article_id <> r.article_id OR c.version_id <> r.version_id""",
    ),
    Invariant(
        "A reply is to a comment of the same round that is no reply.",
        """SELECT r.id FROM reviews_comment r JOIN reviews_comment c ON c.id = r.reply_to_id
           WHERE c.reply_to_id IS NOT NULL OR c.round_id <> r.round_id""",
    ),
]

STANDING = [
    Invariant(
        "What stands is let stand by its signatures, on the exact text.",
        """SELECT slug FROM articles_article
           WHERE standing_version_id IS NOT NULL AND NOT reviews_stands(standing_version_id)""",
    ),
    Invariant(
        "An approved article's current version is the one that stands.",
        """SELECT slug FROM articles_article WHERE state = 'approved'
           AND standing_version_id IS DISTINCT FROM current_version_id""",
    ),
    Invariant(
        "An article under review has not met its rule: the last signature approves it in the same transaction.",
        """SELECT slug FROM articles_article
           WHERE state = 'under_review' AND reviews_rule_is_met(current_version_id)""",
    ),
    Invariant(
        "What stands says so: dates, outcome, and the names of people who signed it; else none of them.",
        """SELECT a.slug FROM articles_article a LEFT JOIN articles_version v ON v.id = a.standing_version_id
           WHERE num_nonnulls(a.standing_version_id, a.signed_on, a.review_due, a.signatures -> 'people') NOT IN (0, 4)
              OR (v.id IS NOT NULL AND (v.outcome <> 'signed' OR jsonb_array_length(a.signatures -> 'people') = 0
                 OR EXISTS (SELECT 1 FROM jsonb_array_elements(a.signatures -> 'people') p
                    WHERE (p ->> 'member')::bigint NOT IN (
                        SELECT signer_id FROM reviews_signoff WHERE version_id = v.id OR version_id IN (
                            SELECT corrects_id FROM reviews_signoff WHERE version_id = v.id)))))""",
    ),
]

# What PostgreSQL itself keeps, if it is whole.
KEPT = [
    Invariant(
        "No guard is switched off.",
        """SELECT t.tgrelid::regclass || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
           WHERE c.relnamespace = 'public'::regnamespace AND t.tgenabled <> 'O'""",
    ),
    Invariant(
        "No constraint is unproven and no index unfinished.",
        """SELECT conname FROM pg_constraint WHERE NOT convalidated AND connamespace = 'public'::regnamespace
           UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid OR NOT indisready""",
    ),
]


def told(model: type[models.Model]) -> list[Invariant]:
    """A regulated table and its history say the same."""
    table, history = model._meta.db_table, history_of(model)._meta.db_table
    pk = model._meta.pk
    assert pk is not None
    key = pk.column
    own = {field.column for field in model._meta.concrete_fields}
    kept = own & {field.column for field in history_of(model)._meta.concrete_fields}
    columns = ", ".join(f'"{name}"' for name in sorted(kept))
    newest = f'SELECT DISTINCT ON ("{key}") * FROM {history} ORDER BY "{key}", history_id DESC'
    first = f'SELECT DISTINCT ON ("{key}") * FROM {history} ORDER BY "{key}", history_id'
    return [
        Invariant(
            f"Each row of {table} is as its newest history row tells it.",
            f"""(SELECT "{key}" FROM (SELECT {columns} FROM {table} EXCEPT SELECT {columns} FROM ({newest}) h) x)
                UNION (SELECT "{key}" FROM (
                    SELECT {columns} FROM ({newest}) h WHERE history_type <> '-'
                    EXCEPT SELECT {columns} FROM {table}) y)""",
        ),
        Invariant(
            f"The history of each row of {table} begins with its beginning, once.",
            f"""SELECT "{key}" FROM ({first}) h WHERE history_type <> '+' UNION
                SELECT "{key}" FROM {history} WHERE history_type = '+' GROUP BY 1 HAVING count(*) > 1""",
        ),
    ]


def invariants() -> list[Invariant]:
    """Every one that SQL can tell."""
    rows = [invariant for model in regulated_models() for invariant in told(model)]
    return [*rows, *STEPS, *TEXTS, *REVIEWS, *STANDING, *KEPT]


def broken(connection: "psycopg.Connection[Any]", *sentences: str) -> list[str]:
    """Every sentence (of `sentences`, if there are any) that is not true, with the rows of which it is not."""
    asked: dict[str, Callable[[], Iterable[Any]]] = {
        one.sentence: partial(connection.execute, one.exceptions.encode()) for one in invariants()
    }
    asked[HASHES], asked[SEQUENCES] = partial(false_hashes, connection), partial(short_sequences, connection)
    found = {sentence: sorted(str(row[0]) for row in asked[sentence]()) for sentence in sentences or asked}
    return [f"{sentence} Not so: {', '.join(rows)}" for sentence, rows in found.items() if rows]


HASHES = "The hash of a frozen version is the hash of its text."
SEQUENCES = "No sequence is behind the ids of its table: an id that was given is never given again."


def false_hashes(connection: "psycopg.Connection[Any]") -> Iterator[tuple[int]]:
    """The frozen versions whose content digests to something else."""
    statement = "SELECT id, content_sha256, to_jsonb(v)::text FROM articles_version v WHERE frozen_at IS NOT NULL"
    for number, digest, text in connection.execute(statement):
        row = json.loads(text)
        if Content(**{name: row[name] for name in CONTENT_FIELDS}).sha256() != digest:
            yield (number,)


def short_sequences(connection: "psycopg.Connection[Any]") -> Iterator[tuple[str]]:
    """The sequences whose next value is taken."""
    owned = """SELECT c.relname, a.attname, pg_get_serial_sequence(c.oid::regclass::text, a.attname)
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
                   AND pg_get_serial_sequence(c.oid::regclass::text, a.attname) IS NOT NULL"""
    for table, column, sequence in connection.execute(owned.encode()).fetchall():
        asked = f"""SELECT (SELECT max("{column}") FROM "{table}")
                        > (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence})"""
        row = connection.execute(asked.encode()).fetchone()
        if row and row[0]:
            yield (sequence,)
