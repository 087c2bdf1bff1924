"""Guards: plain SQL triggers that keep the promises of docs/guarantees.md, whoever writes; they have no switch.

A migration of the application that owns the table lists the operations made here. The shared functions are made by
the first migration of `oracle.audit`.
"""

from collections.abc import Iterable

from django.apps import apps
from django.db import models
from django.db.migrations.operations import RunSQL

# A row of a regulated table must, at commit, equal a history row written in the same transaction, column by column.
# The transaction's number alone does not say that: a restored database counts anew, and comes by the numbers of old
# rows again. Those were written by the restore, before this transaction: their `xmin` has an age.
CHECK_HISTORY = """
CREATE OR REPLACE FUNCTION audit_check_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    excluded text[] := TG_ARGV[2]::text[];
    key text := TG_ARGV[1];
    own_key text := to_jsonb(COALESCE(NEW, OLD)) ->> key;
    live jsonb;
    told boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) -> key <> to_jsonb(NEW) -> key THEN
        RAISE EXCEPTION 'G2: a row of % keeps its key', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - excluded = to_jsonb(NEW) - excluded THEN
        RETURN NULL;
    END IF;
    -- A literal takes the key's own type; to compare the key as text would read the whole table.
    EXECUTE format('SELECT to_jsonb(t) - $1 FROM %I t WHERE t.%I = %L', TG_TABLE_NAME, key, own_key)
        INTO live USING excluded;
    EXECUTE format(
        'SELECT EXISTS (SELECT 1 FROM %I h WHERE h.history_transaction = pg_current_xact_id()::text::bigint
         AND age(h.xmin) <= 0 AND h.%I::text = $1 AND CASE WHEN $2 IS NULL THEN h.history_type = ''-'' ELSE
         to_jsonb(h) - ARRAY[''history_id'', ''history_date'', ''history_change_reason'', ''history_type'',
         ''history_user_id'', ''history_transaction'', ''history_event'', ''history_roles''] = $2 END)',
        TG_ARGV[0], key) INTO told USING own_key, live;
    IF NOT told THEN
        RAISE EXCEPTION 'G2: % % changed without a history row that tells it', TG_TABLE_NAME, own_key
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: % of % is refused', TG_ARGV[0], TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

# A history row cannot choose its place: its id is the next one, its transaction the one that writes it.
PLACE_HISTORY = """
CREATE FUNCTION audit_place_history() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.history_id := nextval(pg_get_serial_sequence(TG_TABLE_NAME, 'history_id'));
    NEW.history_transaction := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$
"""

SHARED = [
    RunSQL(CHECK_HISTORY, "DROP FUNCTION audit_check_history()"),
    RunSQL(REFUSE, "DROP FUNCTION audit_refuse()"),
    RunSQL(PLACE_HISTORY, "DROP FUNCTION audit_place_history()"),
]


def trigger(table: str, name: str, when: str, function: str, *, each: str = "ROW", constraint: bool = False) -> RunSQL:
    """A trigger as a reversible migration operation; `constraint` defers it to the commit."""
    kind = "CONSTRAINT TRIGGER" if constraint else "TRIGGER"
    deferred = " DEFERRABLE INITIALLY DEFERRED" if constraint else ""
    return RunSQL(
        f"CREATE {kind} {name} {when} ON {table}{deferred} FOR EACH {each} EXECUTE FUNCTION {function}",
        f"DROP TRIGGER {name} ON {table}",
    )


def append_only(table: str) -> list[RunSQL]:
    """Guarantee G3: rows are added, never changed or taken away."""
    return [
        trigger(table, "append_only", "BEFORE UPDATE OR DELETE", "audit_refuse('G3')"),
        trigger(table, "no_truncate", "BEFORE TRUNCATE", "audit_refuse('G3')", each="STATEMENT"),
    ]


def never_deleted(table: str, guarantee: str) -> list[RunSQL]:
    """Rows may change with history, but stay for ever."""
    return [
        trigger(table, "never_deleted", "BEFORE DELETE", f"audit_refuse('{guarantee}')"),
        trigger(table, "no_truncate", "BEFORE TRUNCATE", f"audit_refuse('{guarantee}')", each="STATEMENT"),
    ]


def regulated(
    table: str, history: str, *, key: str = "id", excluded: Iterable[str] = (), guarantee: str = "G2"
) -> list[RunSQL]:
    """Guarantees G2 and G3: every change is told in `history`, which is append-only, and no row is deleted."""
    arguments = f"'{history}', '{key}', '{{{','.join(excluded)}}}'"
    check = trigger(
        table, "history_check", "AFTER INSERT OR UPDATE", f"audit_check_history({arguments})", constraint=True
    )
    place = trigger(history, "place_history", "BEFORE INSERT", "audit_place_history()")
    return [check, *never_deleted(table, guarantee), place, *append_only(history)]


def regulated_models() -> list[type[models.Model]]:
    """The models with history, as the code has them."""
    return [model for model in apps.get_models() if hasattr(model._meta, "simple_history_manager_attribute")]


def history_of(model: type[models.Model]) -> type[models.Model]:
    """The history model of a regulated model."""
    manager = getattr(model, model._meta.simple_history_manager_attribute)  # type: ignore[attr-defined]
    return manager.model  # type: ignore[no-any-return]


def append_only_tables() -> list[str]:
    """Tables that `app` may read and add to, nothing more: history, and models that say `append_only = True`."""
    own = [model for model in apps.get_models() if getattr(model, "append_only", False)]
    return sorted(model._meta.db_table for model in [*map(history_of, regulated_models()), *own])


def undeletable_tables() -> list[str]:
    """Tables whose rows `app` may change, but never delete: told in history, and models that say `never_deleted`."""
    own = [model for model in apps.get_models() if getattr(model, "never_deleted", False)]
    return sorted(model._meta.db_table for model in [*regulated_models(), *own])
