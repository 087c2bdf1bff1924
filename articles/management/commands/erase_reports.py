"""Erase what readers wrote in reports that are done since long; number, triage and outcome stay."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from articles.models import Report
from oracle import clock


class Command(BaseCommand):
    """Run it daily, by cron or a systemd timer."""

    help = "Erase words, address and page of reports that were done DAYS ago or earlier (90)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How long they are kept."""
        parser.add_argument("--days", type=int, default=90)

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        """Erase them and say how many."""
        old = Report.objects.filter(done_at__lte=clock.now() - timedelta(days=days), erased_at=None)
        count = old.update(text="", contact="", page="", erased_at=clock.now())
        self.stdout.write(f"{count} report{'' if count == 1 else 's'} erased; numbers, triage and outcomes stay.")
