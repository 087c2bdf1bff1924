"""The test database: made, migrated, emptied and dropped by a connection of the owner's; the tests are `app`.

Two runs at once have two databases (tests/settings.py); those that killed runs left behind are dropped first.
"""

import os
import re
import time
import warnings
from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from oracle.embedded_postgres.roles import owner_settings

__all__ = ["django_db_setup"]

KEPT = ["django_migrations", "django_content_type", "auth_permission"]
Owner = psycopg.Connection[Any]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One migrated database for the session; between tests that commit it is emptied in place of Django's flush."""
    default = connections["default"]
    name = default.settings_dict["TEST"]["NAME"]
    home = default.settings_dict["NAME"]
    with django_db_blocker.unblock(), connect_as_owner("postgres") as maintenance:
        drop_stale(maintenance)
        maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        owner = connect_as_owner(name)
        serve(name)
        call_command("migrate", verbosity=0, interactive=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: empty(owner))
        yield
    with django_db_blocker.unblock():
        connections.close_all()
        owner.close()
        serve(home)
        end_left_connections(name)
        drop(name)


def connect_as_owner(name: str) -> Owner:
    """A connection to a database beside Django's own, committing each statement."""
    wrapper: Any = connections.create_connection("default")
    wrapper.settings_dict = {**wrapper.settings_dict, **owner_settings(), "NAME": name}
    wrapper.connect()
    connection: Owner = wrapper.connection
    return connection


def empty(owner: Owner) -> None:
    """Take every row away, guards notwithstanding, in one transaction; what `migrate` wrote stays.

    DELETE, since TRUNCATE of all tables takes a second: it makes and syncs new files.
    """
    found = owner.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename != ALL(%s)", [KEPT]
    )
    names = [sql.Identifier(row[0]) for row in found]
    asked = [sql.SQL("EXISTS (SELECT FROM {})").format(name) for name in names]
    answers = owner.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join(asked))).fetchone() or ()
    filled = [name for name, answer in zip(names, answers, strict=True) if answer]
    with owner.transaction():
        # Who waits here waits for a transaction that a test left open.
        owner.execute("SET LOCAL lock_timeout = '10s'")
        _switch_triggers(owner, filled, "DISABLE")
        for name in filled:
            owner.execute(sql.SQL("DELETE FROM {}").format(name))
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _switch_triggers(owner, filled, "ENABLE")


def _switch_triggers(owner: Owner, tables: list[sql.Identifier], switch: LiteralString) -> None:
    for table in tables:
        owner.execute(sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(table, sql.SQL(switch)))


def end_left_connections(name: str) -> None:
    """End what a test's thread left open: `app` may end its own connections, and nobody could drop the database."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
            [name],
        )
    connections["default"].close()


def drop(name: str) -> None:
    """Drop the session's database, waiting a little for a test's last threads to leave it."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    with connect_as_owner("postgres") as maintenance:
        for _ in range(50):
            try:
                maintenance.execute(statement)
            except psycopg.errors.ObjectInUse:
                time.sleep(0.1)
            else:
                return
    warnings.warn(f"A test left a connection to {name} open; the next run drops it.", stacklevel=1)


def drop_stale(maintenance: Owner) -> None:
    """Drop the databases of runs that were killed: their process is gone and nobody is connected."""
    for (name,) in maintenance.execute("SELECT datname FROM pg_database").fetchall():
        found = re.fullmatch(r"test_oracle_(\d+)(?:_copy)?", name)
        if found and not _alive(int(found[1])):
            try:
                maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            except (psycopg.errors.ObjectInUse, psycopg.errors.InsufficientPrivilege):
                continue


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def serve(name: str) -> None:
    """Let Django's connection be to the database `name` from now on."""
    connections["default"].close()
    for place in (settings.DATABASES["default"], connections["default"].settings_dict):
        place["NAME"] = name
