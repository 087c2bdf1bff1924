"""Deployment checks: what the two database roles protect here, and what they do not."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from . import roles

ONE_ROLE = Warning(
    "The site serves with the role that owns the tables, so it could change or delete history.",
    hint="Make two roles on the server: name the owner's in DATABASE_OWNER_URL and the site's in DATABASE_URL.",
    id="oracle.W001",
)
ONE_ACCOUNT = Warning(
    "The embedded PostgreSQL runs on the site's own machine account. Its two roles stop mistakes, but a process "
    "that was taken over can read the owner's password.",
    hint="Serve from a PostgreSQL server of its own: set DATABASE_URL and DATABASE_OWNER_URL.",
    id="oracle.W002",
)


@register("oracle", deploy=True)
def two_roles(**options: Any) -> list[CheckMessage]:
    """Are owner and site two roles, on two accounts?"""
    if settings.DATABASES["default"]["ENGINE"] == roles.EMBEDDED:
        return [ONE_ACCOUNT]
    return [ONE_ROLE] if roles.owner_role() == roles.app_role() else []
