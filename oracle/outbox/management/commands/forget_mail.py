"""`manage.py forget_mail [--days 30]`: delete mail that was sent long ago; what was not sent stays."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from oracle import clock
from oracle.outbox.models import Outbox


class Command(BaseCommand):
    """Run it daily, by cron or a systemd timer."""

    help = "Delete messages that were sent DAYS ago or earlier (30)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How long they are kept."""
        parser.add_argument("--days", type=int, default=30)

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        """Delete them and say how many."""
        count, _ = Outbox.objects.filter(sent_at__lte=clock.now() - timedelta(days=days)).delete()
        self.stdout.write(f"{count} message{'' if count == 1 else 's'} deleted; what was not sent stays.")
