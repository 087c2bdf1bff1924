"""Two database roles: `owner` migrates, `app` serves; the same on the embedded server and on one of one's own.

On the embedded server they have these names. Elsewhere DATABASE_URL is the site's role and DATABASE_OWNER_URL the
owner's; without the second, one role does both and nothing is taken from it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dj_database_url
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from .server import APP, OWNER

EMBEDDED = "oracle.embedded_postgres"


def app_role() -> str:
    """The role that the site connects as."""
    if _embedded():
        return APP
    return _named(settings.DATABASES["default"]["USER"], "DATABASE_URL")


def owner_role() -> str:
    """The role that owns the tables."""
    if _embedded():
        return OWNER
    if not settings.DATABASE_OWNER_URL:
        return app_role()
    return _named(_owner_url()["USER"], "DATABASE_OWNER_URL")


def owner_settings() -> dict[str, Any]:
    """What a connection's settings need to connect as the owner."""
    if _embedded():
        return {"USER": OWNER}
    if not settings.DATABASE_OWNER_URL:
        return {}
    return {key: _owner_url()[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}


@contextmanager
def as_owner(alias: str = "default") -> Iterator[None]:
    """Inside the block this thread's connection is the owner's; it is closed before and after."""
    connection = connections[alias]
    if connection.in_atomic_block:
        raise RuntimeError("as_owner() inside a transaction: the change of role would end it.")
    kept = connection.settings_dict
    connection.close()
    connection.settings_dict = {**kept, **owner_settings()}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = kept


def grant_app(connection: BaseDatabaseWrapper) -> None:
    """Give the site's role what it needs, and no more; run as the owner, in one transaction, as often as one likes."""
    from django.db import transaction

    from oracle.audit import guards

    if app_role() == owner_role():
        return
    quote = connection.ops.quote_name
    app, database = quote(app_role()), quote(str(connection.settings_dict["NAME"]))
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        statements = [
            # A temporary table would stand before the real one of its name in a trigger's eyes.
            f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            f"GRANT USAGE ON SCHEMA public TO {app}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}",
            f"REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM {app}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
        ]
        for rights, tables in (
            ("UPDATE, DELETE", guards.append_only_tables()),
            ("DELETE", guards.undeletable_tables()),
            ("INSERT, UPDATE, DELETE", ["django_migrations"]),
        ):
            statements += [f"REVOKE {rights} ON {quote(name)} FROM {app}" for name in tables if name in existing]
        for statement in statements:
            cursor.execute(statement)


def _embedded() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"] == EMBEDDED)


def _owner_url() -> dict[str, Any]:
    return dict(dj_database_url.parse(settings.DATABASE_OWNER_URL))


def _named(user: str, variable: str) -> str:
    if not user:
        raise ImproperlyConfigured(f"{variable} names no role: write it as postgres://role:password@host/database.")
    return user
