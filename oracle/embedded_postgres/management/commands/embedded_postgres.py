"""`manage.py embedded_postgres start|stop|status`."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from oracle.embedded_postgres import roles
from oracle.embedded_postgres.base import server
from oracle.embedded_postgres.server import ServerFailed


class Command(BaseCommand):
    """Start, stop or look at the embedded server; the site starts it by itself."""

    help = "Starts, stops or shows the embedded PostgreSQL server, which otherwise starts when it is needed."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One word."""
        parser.add_argument("action", choices=["start", "stop", "status"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what is so now; `status` exits 1 where nothing runs."""
        if settings.DATABASES["default"]["ENGINE"] != roles.EMBEDDED:
            raise CommandError("The database is the server that DATABASE_URL names, not the embedded one.")
        try:
            getattr(self, options["action"])()
        except (ImproperlyConfigured, ServerFailed) as error:
            raise CommandError(str(error)) from error

    def start(self) -> None:
        """Start it, with the database of the settings."""
        server().ensure(settings.DATABASES["default"]["NAME"])
        self.stdout.write(f"Running in {server().directory}.")

    def stop(self) -> None:
        """End it."""
        self.stdout.write("Stopped." if server().stop() else "It was not running.")

    def status(self) -> None:
        """Tell whether it answers."""
        if not server().running():
            raise CommandError(f"Not running in {server().directory}.", returncode=1)
        self.stdout.write(f"Running in {server().directory}.")
