"""`manage.py restore FILE`: a backup brought back where nothing is yet, and compared."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from oracle.refusals import Refusal

from ...comparing import Compared
from ...restoring import restore


class Command(BaseCommand):
    """Fills an empty database and an empty directory; overwrites and deletes nothing."""

    help = "Brings a backup back into an empty database, and compares it with what the backup says of itself."
    requires_system_checks = []
    same = "Everything is as it was: the site is back."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say line by line what was compared; exit 1 if anything differs."""
        try:
            lines = self.told(self.compared(options["file"]))
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        except (Error, ImproperlyConfigured, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        if not all(lines):
            raise CommandError("Not everything is the same; the lines above that begin with ! say what.")
        self.stdout.write(self.same)

    def compared(self, path: Path) -> Iterable[Compared]:
        """What is compared."""
        return restore(path)

    def told(self, lines: Iterable[Compared]) -> list[bool]:
        """Write each line as it comes."""
        found = []
        for line in lines:
            self.stdout.write(f"{' ' if line.same else '!'} {line.words}")
            found.append(line.same)
        return found
