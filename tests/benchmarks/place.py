"""Two throw-away databases, a small and a large one, and serving from either."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from tests.database import Owner, connect_as_owner

SUFFIX = os.environ.get("BENCHMARK_SUFFIX", "")
SMALL, LARGE = f"benchmark_small{SUFFIX}", f"benchmark_large{SUFFIX}"
_wrappers: dict[str, BaseDatabaseWrapper] = {}


@contextmanager
def serving(name: str) -> Iterator[BaseDatabaseWrapper]:
    """Inside the block the site's connection is to `name`; each database keeps its own, persistent one."""
    before = connections["default"]
    if name not in _wrappers:
        wrapper: Any = connections.create_connection("default")
        wrapper.settings_dict = {**wrapper.settings_dict, "NAME": name}
        _wrappers[name] = wrapper
    connections["default"] = _wrappers[name]
    try:
        yield _wrappers[name]
    finally:
        connections["default"] = before


def create(name: str, *, like: str = "") -> None:
    """A migrated database, in place of one that a killed run left behind; empty, or a copy of the one it is `like`."""
    drop(name)
    leave(like)
    with connect_as_owner("postgres") as maintenance:
        template = sql.SQL(" TEMPLATE {}").format(sql.Identifier(like)) if like else sql.SQL("")
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + template)
    if not like:
        with serving(name):
            call_command("migrate", verbosity=0, interactive=False)


def leave(name: str) -> None:
    """Close the connection to a database."""
    if name in _wrappers:
        _wrappers.pop(name).close()


def drop(name: str) -> None:
    """Take the database away, and with it all that was loaded."""
    leave(name)
    with connect_as_owner("postgres") as maintenance:
        maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def exists(name: str) -> bool:
    """Was it left from an earlier run with `--keep`?"""
    with connect_as_owner("postgres") as maintenance:
        return bool(maintenance.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount)


@contextmanager
def owner_of(name: str) -> Iterator[Owner]:
    """A connection of the owner's, each statement committed at once."""
    with connect_as_owner(name) as owner:
        yield owner
