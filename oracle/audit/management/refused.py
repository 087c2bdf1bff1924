"""Commands of Django and of django-simple-history that would harm the record, refused."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class RefusedCommand(BaseCommand):
    """Refuses with the sentence `why`, whatever it is asked."""

    why: str
    help = "Refused: it would harm the record."
    requires_system_checks = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Drop the words after the command, so that each call gets the same sentence."""
        super().run_from_argv(argv[:2])

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what code passes."""
        parser.add_argument("words", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say why not."""
        raise CommandError(self.why)
