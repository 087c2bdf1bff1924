"""`manage.py migrate`, run as the owner, which then grants the site's role its rights."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from oracle.embedded_postgres.roles import as_owner, grant_app


class Command(migrate.Command):
    """Django's command between `as_owner` and the grants; the cache's table is made with the rest."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then grant."""
        database = options["database"]
        try:
            with as_owner(database):
                super().handle(*args, **options)
                if not (options["plan"] or options["check_unapplied"]):
                    call_command("createcachetable", database=database, verbosity=0)
                    grant_app(connections[database])
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
