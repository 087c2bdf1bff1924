"""The manifest: what a database holds and how it is guarded, as short texts that can be compared.

    {"tables": {"articles_version": "24 rows, 5d41…"}, "triggers": {"articles_version.frozen": "CREATE TRIGGER …"}, …}

Roles are called `owner` (whoever owns the tables) and `app` (whoever serves), so that the same site may stand on
servers where they have other names. What the owner may do with its own is not listed.
"""

import hashlib
import re
from typing import Any

from django.db import connection, transaction

from oracle.embedded_postgres.roles import app_role

Manifest = dict[str, dict[str, str]]
# Values are read in one form, whatever the server's own settings are.
FORMS = {
    "datestyle": "ISO, YMD",
    "timezone": "UTC",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "search_path": "public",
}
# Each gives name and text.
CATALOGUE = {
    "columns": """
        SELECT c.relname || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN 'NOT NULL' END, pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity, ''))
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped""",
    # From version 18 on NOT NULL is a constraint too; the columns tell it.
    "constraints": """
        SELECT c.relname || '.' || k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid
        WHERE c.relnamespace = 'public'::regnamespace AND k.contype NOT IN ('n', 't')""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT c.relname || '.' || t.tgname, t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid) FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal""",
    "functions": """
        SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace""",
    "owners": """
        SELECT c.relname, c.relowner::regrole::text FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'S')
        UNION ALL SELECT p.oid::regprocedure::text, p.proowner::regrole::text FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace""",
    "rights": """
        SELECT name, coalesce(string_agg(who || ' ' || privilege_type, ', '), '') FROM (
            SELECT o.name, x.privilege_type,
                CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END AS who
            FROM (
                SELECT c.relname AS name, c.relowner AS owner,
                    coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))
                    AS acl
                FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'S')
                UNION ALL SELECT p.oid::regprocedure::text, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
                FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
                UNION ALL SELECT 'schema public', n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner))
                FROM pg_namespace n WHERE n.nspname = 'public'
                UNION ALL SELECT 'database', d.datdba, coalesce(d.datacl, acldefault('d', d.datdba))
                FROM pg_database d WHERE d.datname = current_database()
            ) o LEFT JOIN LATERAL aclexplode(o.acl) x ON x.grantee <> o.owner
        ) r GROUP BY name""",
    "migrations": "SELECT app || '.' || name, 'applied' FROM django_migrations",
}
# A list of words in a condition has one spelling when it is first made, and another once it was dumped and read.
LIST = re.compile(r"\(ARRAY\[([^\]]*)\]\)::text\[\]")
WORD = re.compile(r"('(?:[^']|'')*'::character varying)")
NAMES_OF_ROLES = ("owners", "rights")
TABLES = """
    SELECT c.relname, (SELECT string_agg(quote_ident(a.attname) || CASE WHEN a.attcollation = 0 THEN '' ELSE
        ' COLLATE "C"' END, ', ' ORDER BY k.place) FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k (attnum, place)
        JOIN pg_attribute a ON a.attnum = k.attnum WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid),
        has_table_privilege(c.oid, 'SELECT')
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname COLLATE "C"
"""
OWNER = "SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'django_migrations'"
SEQUENCES = "SELECT sequencename, coalesce(last_value, 0)::text FROM pg_sequences WHERE schemaname = 'public'"


def of_this_database() -> Manifest:
    """The manifest of the database that the site serves from, at one moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        one_moment(cursor)
        return read(cursor)


def one_moment(cursor: Any) -> None:
    """Let the transaction that just began see one moment, and change nothing."""
    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def read(cursor: Any) -> Manifest:
    """The manifest, as the cursor's transaction sees the database."""
    for name, form in FORMS.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, form])
    found: Manifest = {"tables": {}}
    cursor.execute(TABLES)
    for table, key, may_read in cursor.fetchall():
        found["tables"][table] = _content(cursor, table, key) if may_read else "closed to the site, unknown"
    # Before pg_dump reads them: they run on outside every transaction, and may only be further on in the dump.
    found["sequences"] = _pairs(cursor, SEQUENCES)
    found |= {section: _pairs(cursor, sql) for section, sql in CATALOGUE.items()}
    for section in ("constraints", "indexes"):
        found[section] = {name: LIST.sub(_as_read_again, text) for name, text in found[section].items()}
    return found | {section: _roles(cursor, found[section]) for section in NAMES_OF_ROLES}


def _as_read_again(matched: re.Match[str]) -> str:
    words = WORD.sub(r"(\1)::text", matched[1])
    return f"ARRAY[{words}]"


def _pairs(cursor: Any, sql: str) -> dict[str, str]:
    cursor.execute(sql)
    return dict(sorted(cursor.fetchall()))


def _content(cursor: Any, table: str, key: str | None) -> str:
    """How many rows, and a SHA-256 of their values in the order of their keys."""
    quoted = connection.ops.quote_name(table)
    order = key or f'{quoted}::text COLLATE "C"'
    seen, rows = hashlib.sha256(), 0
    # In this form a line break within a value is escaped, so that each line is a row.
    with cursor.copy(f"COPY (SELECT * FROM {quoted} ORDER BY {order}) TO STDOUT") as blocks:  # noqa: S608
        for block in blocks:
            seen.update(block)
            rows += bytes(block).count(b"\n")
    return f"{rows:,} {'row' if rows == 1 else 'rows'}, {seen.hexdigest()}"


def _roles(cursor: Any, texts: dict[str, str]) -> dict[str, str]:
    cursor.execute(OWNER)
    names = {connection.ops.quote_name(app_role()): "app", app_role(): "app"}
    for (owner,) in cursor.fetchall():
        names |= {connection.ops.quote_name(owner): "owner", owner: "owner"}
    return {name: ", ".join(sorted(_role(part, names) for part in text.split(", "))) for name, text in texts.items()}


def _role(part: str, names: dict[str, str]) -> str:
    who, space, privilege = part.partition(" ")
    return names.get(who, who) + space + privilege
