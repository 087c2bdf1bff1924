"""`manage.py forget_notices [--days 90]`: delete what people were told of their tasks long ago."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from oracle import clock

from ...models import Notice

# A reminder's stage lasts for 30 days at most; a notice deleted before would be made anew.
FEWEST = 31


class Command(BaseCommand):
    """Run it daily, by cron or a systemd timer."""

    help = "Delete notices that were made DAYS ago or earlier (90) and mailed or dropped; what waits stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How long they are kept."""
        parser.add_argument("--days", type=int, default=90)

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        """Delete them and say how many."""
        if days < FEWEST:
            raise CommandError(f"Keep them for {FEWEST} days at least, or people would be reminded of the same again.")
        count, _ = Notice.objects.done_with(clock.now() - timedelta(days=days)).delete()
        self.stdout.write(f"{count} notice{'' if count == 1 else 's'} deleted; what waits stays.")
