"""`manage.py backup [FILE]`: the whole site as one file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from oracle import clock
from oracle.refusals import Refusal

from ...archive import make


class Command(BaseCommand):
    """Writes database, manifest and settings, as they are at one moment, while the site goes on."""

    help = "Writes the whole site to one file, which holds everything secret: keep it as you keep the site."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file."""
        parser.add_argument("file", nargs="?", type=Path, help="by default a new one in backups/ of ORACLE_DATA_DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it and say what is in it."""
        named = settings.DATA_DIR / "backups" / f"oracle-{clock.now():%Y%m%d-%H%M%S}.tar"
        path = options["file"] or named
        try:
            about = make(path)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        except (Error, ImproperlyConfigured, OSError) as error:
            raise CommandError(f"No backup was made: {error}") from error
        tables = about.database["tables"]
        rows = sum(int(text.split()[0].replace(",", "")) for text in tables.values())
        self.stdout.write(f"{path}: {len(tables)} tables, {rows:,} rows, {path.stat().st_size // 1024:,} kB.")
        if Path(settings.SITE_FILE).is_file():
            self.stdout.write("The site's file of settings is in it, SECRET_KEY too.")
        else:
            self.stdout.write(f"There is no {settings.SITE_FILE}: keep the environment, with SECRET_KEY, yourself.")
