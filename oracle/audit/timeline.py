"""The timeline: every history row, signature, revocation and refused signature as one list, newest first.

One statement reads all tables. Each table gives at most a page by its own index before they are put together, so the
time it takes does not grow with the record.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, models

from oracle.accounts.models import Role, User

from . import sentences
from .guards import history_of, regulated_models
from .veil import Veil

PAGE = 100
SITTING = timedelta(minutes=30)


@dataclass(frozen=True)
class Source:
    """A table of the record; the columns are SQL for each thing that an entry needs."""

    model: type[models.Model]
    about: str
    columns: dict[str, str]
    facts: tuple[str, ...]

    @property
    def table(self) -> str:
        """The table's name, as addresses have it."""
        return self.model._meta.db_table

    @property
    def of_articles(self) -> bool:
        """Does every row belong to an article?"""
        return not self.columns["article"].startswith("NULL")

    def words(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The facts with choices in words."""
        fields = self.model._meta.concrete_fields
        choices = {column.attname: dict(column.flatchoices) for column in fields if column.choices}
        return facts | {name: words.get(facts[name], facts[name]) for name, words in choices.items() if name in facts}


class Position(NamedTuple):
    """Where an entry stands in the list."""

    at: datetime
    id: int
    table: str

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id}~{self.table}"

    @classmethod
    def parse(cls, text: str) -> "Position":
        """The position that an address names; raises ValueError for anything else."""
        at, number, table = text.split("~")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not number.isdecimal() or len(number) > 18 or table not in sources():
            raise ValueError(text)
        try:
            # PostgreSQL knows no fractions of a second in a time's zone.
            return cls(moment.astimezone(UTC), int(number), table)
        except OverflowError:
            raise ValueError(text) from None


@dataclass(frozen=True)
class Filters:
    """What to show: `until` is exclusive; empty means everything. Without `stories`, only what is of no article."""

    person: int | None = None
    article: int | None = None
    event: str = ""
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    stories: bool = True
    veil: Veil | None = None


@dataclass(frozen=True)
class Entry:
    """One row of the record. `person` None is the system; `roles` are those the person had then."""

    at: datetime
    id: int
    table: str
    about: str
    row: str
    person: int | None
    name: str
    roles: tuple[str, ...]
    event: str
    reason: str
    article: int | None
    slug: str
    question: str
    version: int | None
    transaction: int | None
    new: bool
    facts: dict[str, Any] = field(repr=False)

    @property
    def sentence(self) -> str:
        """What was done, to be read after the name."""
        return sentences.sentence(self.event, self.about, self.facts, new=self.new, by_nobody=self.person is None)

    @property
    def roles_in_words(self) -> str:
        """The roles then, as people read them."""
        return ", ".join(str(Role(role).label) for role in self.roles)

    @property
    def position(self) -> Position:
        """Where this entry stands in the list."""
        return Position(self.at, self.id, self.table)


@dataclass
class Line:
    """One line of the timeline: an entry, or several that belong together, newest first."""

    entries: list[Entry]

    @property
    def lead(self) -> Entry:
        """The entry that speaks for the line: of a step, the article's own row."""
        return next((entry for entry in self.entries if entry.about == "article"), self.entries[0])

    @property
    def sentence(self) -> str:
        """What was done."""
        lead = self.lead
        rows = {entry.row for entry in self.entries} if lead.event.startswith("claim.") else self.entries
        many = sentences.together(lead.event, len(rows), lead.facts) if self.folded else None
        return many or lead.sentence

    @property
    def folded(self) -> bool:
        """Does the line stand for more than one entry?"""
        return len(self.entries) > 1


# The tables.


@cache
def sources() -> dict[str, Source]:
    """Every table of the record, by name."""
    found = [_of_history(model) for model in regulated_models()]
    found += [_of_insert_only(model) for model in apps.get_models() if getattr(model, "append_only", False)]
    return {source.table: source for source in found if source.columns["person"]}


def _of_history(regulated: type[models.Model]) -> Source:
    model = history_of(regulated)
    about = str(regulated._meta.model_name)
    key = str(regulated._meta.pk and regulated._meta.pk.column)
    columns = {
        "at": "t.history_date",
        "id": "t.history_id",
        "row": f"t.{_quoted(key)}::text",
        "person": "t.history_user_id",
        "roles": "t.history_roles",
        "event": "t.history_event",
        "reason": "t.history_change_reason",
        "transaction": "t.history_transaction",
        "new": "t.history_type = '+'",
    }
    return Source(model, about, columns | _places(model, about), _facts(model))


def _of_insert_only(model: type[models.Model]) -> Source:
    about = str(model._meta.model_name)
    columns = {
        "at": _first(model, "at", "signed_at"),
        "id": "t.id",
        "row": "t.id::text",
        "person": _first(model, "by_id", "signer_id"),
        "roles": "NULL::text[]",
        "event": f"'{about}.made'::text",
        "reason": _first(model, "reason") or "''::text",
        "transaction": "NULL::bigint",
        "new": "true",
    }
    return Source(model, about, columns | _places(model, about), _facts(model))


def _places(model: type[models.Model], about: str) -> dict[str, str]:
    own = {about: "t.id"}
    return {
        "article": own.get("article") or _first(model, "article_id") or "NULL::bigint",
        "version": own.get("version") or _first(model, "version_id", "current_version_id") or "NULL::bigint",
        "subject": _first(model, "user_id", "reviewer_id") or _reviewer(about) or "NULL::bigint",
    }


def _reviewer(about: str) -> str:
    review = _quoted(apps.get_model("reviews", "Review")._meta.db_table)
    return f"(SELECT r.reviewer_id FROM {review} r WHERE r.id = t.review_id)" if about == "round" else ""  # noqa: S608


def _first(model: type[models.Model], *names: str) -> str:
    columns = {column.attname for column in model._meta.concrete_fields}
    return next((f"t.{_quoted(name)}" for name in names if name in columns), "")


def _facts(model: type[models.Model]) -> tuple[str, ...]:
    # Long texts stay where they are until an entry is opened.
    return tuple(
        column.attname
        for column in model._meta.concrete_fields
        if not isinstance(column, models.TextField | models.JSONField) and not column.name.startswith("history_")
    )


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


# The statement.


def entries(filters: Filters, *, before: Position | None = None, limit: int = PAGE) -> list[Entry]:
    """The newest `limit` entries that the filters let through, older than `before`."""
    asked = [source for source in sources().values() if _concerns(source, filters)]
    return _read([_branch(source, _conditions(source, filters, before), limit) for source in asked], limit)


def entry(source: Source, number: int) -> Entry | None:
    """One entry of a table, if there is one."""
    found = _read([_branch(source, [(f"{source.columns['id']} = %s", [number])], 1)], 1)
    return found[0] if found else None


def _read(branches: Sequence[tuple[str, list[Any]]], limit: int) -> list[Entry]:
    if not branches:
        return []
    order = 'ORDER BY at DESC, id DESC, source COLLATE "C" DESC'
    union = " UNION ALL ".join(sql for sql, _ in branches)
    newest = f"SELECT * FROM ({union}) u {order} LIMIT %s"  # noqa: S608
    statement = f"{_with_names(newest)} {order}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(value for _, values in branches for value in values), limit])
        names = [column[0] for column in cursor.description or ()]
        return [_entry(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _concerns(source: Source, filters: Filters) -> bool:
    own_event = source.columns["event"].startswith("'")
    if not filters.stories if source.of_articles else filters.article:
        return False
    return not (filters.event and own_event and filters.event != f"{source.about}.made")


def _branch(source: Source, asked: Iterable[tuple[str, list[Any]]], limit: int) -> tuple[str, list[Any]]:
    columns = source.columns
    facts = ", ".join(f"'{name}', t.{_quoted(name)}" for name in source.facts)
    picked = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    conditions = list(asked)
    where = " AND ".join(sql for sql, _ in conditions) or "true"
    statement = (
        f"(SELECT '{source.table}'::text AS source, {picked}, jsonb_build_object({facts}) AS facts"  # noqa: S608
        f" FROM {_quoted(source.table)} t WHERE {where} ORDER BY {columns['at']} DESC, {columns['id']} DESC LIMIT %s)"
    )  # Nothing in it but names of our own tables and columns; what people typed comes as parameters.
    return statement, [*(value for _, values in conditions for value in values), limit]


def _conditions(source: Source, filters: Filters, before: Position | None) -> Iterator[tuple[str, list[Any]]]:
    columns = source.columns
    wanted = (
        ("person", "=", filters.person),
        ("article", "=", filters.article),
        ("at", ">=", filters.since),
        ("at", "<", filters.until),
    )
    for name, operator, value in wanted:
        if value is not None:
            yield f"{columns[name]} {operator} %s", [value]
    if filters.event and not columns["event"].startswith("'"):
        yield f"{columns['event']} = %s", [filters.event]
    if filters.words:
        yield f"strpos(lower({columns['reason']}), lower(%s)) > 0", [filters.words]
        yield f"{columns['reason']} <> {columns['event']}", []
    if filters.veil and filters.veil.articles and source.about in filters.veil.about:
        hidden, reader = [*filters.veil.articles], filters.veil.reader
        yield f"NOT ({columns['article']} = ANY(%s) AND {columns['person']} IS DISTINCT FROM %s)", [hidden, reader]
    if before:
        operator = "<=" if source.table < before.table else "<"
        yield f"({columns['at']}, {columns['id']}) {operator} (%s, %s)", [before.at, before.id]


def _with_names(statement: str) -> str:
    article, version = apps.get_model("articles", "Article"), apps.get_model("articles", "Version")
    people, their_history = User._meta.db_table, history_of(User)._meta.db_table
    return f"""
        SELECT e.*, COALESCE(past.name, p.name, '') AS name, COALESCE(e.roles, past.roles, '{{}}') AS roles_then,
               COALESCE(a.slug, '') AS slug, COALESCE(q.question, '') AS question, v.number AS version_number,
               s.name AS who
        FROM ({statement}) e
        LEFT JOIN {people} p ON p.id = e.person
        LEFT JOIN {people} s ON s.id = e.subject
        LEFT JOIN {article._meta.db_table} a ON a.id = e.article
        LEFT JOIN {version._meta.db_table} q ON q.id = a.current_version_id
        LEFT JOIN {version._meta.db_table} v ON v.id = e.version
        LEFT JOIN LATERAL (SELECT h.name, h.roles FROM {their_history} h WHERE h.id = e.person
            AND h.history_date <= e.at ORDER BY h.history_id DESC LIMIT 1) past ON true
    """  # noqa: S608


def _entry(row: dict[str, Any]) -> Entry:
    source = sources()[row["source"]]
    facts = source.words(json.loads(row["facts"]))
    number = row["version_number"]
    if number:
        facts["version"] = f"version {number}"
    if source.about == "round":
        facts["round"] = f"round {facts['number']}"
    facts["who"] = row["who"] or facts.get("name", "a person")
    return Entry(
        **{name: row[name] for name in ("at", "id", "row", "person", "name", "event", "article", "slug", "question")},
        table=source.table,
        about=source.about,
        roles=tuple(row["roles_then"]),
        reason="" if row["reason"] == row["event"] else row["reason"],
        version=number,
        transaction=row["transaction"],
        new=row["new"],
        facts=facts,
    )


# Lines.


def folded(found: Sequence[Entry]) -> list[Line]:
    """The entries as lines: what one person saved or judged in one sitting, and what one step wrote, is one line."""
    lines: list[Line] = []
    open_lines: dict[tuple[Any, ...], Line] = {}
    for entry in found:
        key = _belongs_to(entry)
        line = open_lines.get(key) if key else None
        if line and line.entries[-1].at - entry.at < SITTING:
            line.entries.append(entry)
            continue
        lines.append(Line([entry]))
        if key:
            open_lines[key] = lines[-1]
    return lines


def _belongs_to(entry: Entry) -> tuple[Any, ...] | None:
    if entry.event in sentences.TOGETHER:
        return (entry.person, entry.article, entry.event)
    if entry.event.startswith("article."):
        return (entry.transaction, entry.article, entry.event)
    return None
