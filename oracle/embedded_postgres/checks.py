"""Deployment checks: what the two database roles protect here, and what they do not."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.db import Error, connection

from . import roles

ONE_ROLE = Warning(
    "The site serves with a role that owns its tables, so it could change or delete history.",
    hint="Make two roles on the server: name the owner's in DATABASE_OWNER_URL for `migrate`, and in DATABASE_URL one "
    "that neither is the owner nor a member of it, nor a superuser.",
    id="oracle.W001",
)
ONE_ACCOUNT = Warning(
    "The embedded PostgreSQL runs on the site's own machine account. Its two roles stop mistakes, but a process "
    "that was taken over can read the owner's password.",
    hint="Serve from a PostgreSQL server of its own: set DATABASE_URL and DATABASE_OWNER_URL.",
    id="oracle.W002",
)
NOT_ASKED = Warning(
    "Whether the site serves with the role that owns the tables is not known: the database could not be asked.",
    hint="Run `manage.py check --deploy` where the site runs, after `manage.py migrate`, while PostgreSQL answers.",
    id="oracle.W003",
)
# A superuser counts as a member of every role.
OWNED = "SELECT bool_or(pg_has_role(current_user, tableowner, 'MEMBER')) FROM pg_tables WHERE schemaname = 'public'"


@register("oracle", deploy=True)
def two_roles(**options: Any) -> list[CheckMessage]:
    """Are owner and site two roles, on two accounts?"""
    if settings.DATABASES["default"]["ENGINE"] == roles.EMBEDDED:
        return [ONE_ACCOUNT]
    owns = owns_tables()
    if owns is None:
        return [NOT_ASKED]
    return [ONE_ROLE] if owns else []


def owns_tables() -> bool | None:
    """Does the role that serves own a table of the site? None if PostgreSQL does not answer or has no tables yet."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(OWNED)
            owns: bool | None = cursor.fetchone()[0]
    except Error:
        return None
    return owns
