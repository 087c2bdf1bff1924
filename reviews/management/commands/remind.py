"""`manage.py remind [--watch]`: write reminders, and mail that waits for its day, to the outbox."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from oracle.outbox.watching import watch

from ...reminders import remind

EVERY = 600  # seconds
log = logging.getLogger("oracle.outbox")


class Command(BaseCommand):
    """Run it by cron or a systemd timer, or with --watch; a second time does no harm."""

    help = "Write reminders, and mail that waits for its day, to the outbox; with --watch, go on doing so."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--watch", action="store_true", help="look again every ten minutes until ended")

    def handle(self, *args: Any, **options: Any) -> None:
        """Once, or for ever."""
        if options["watch"]:
            watch(remind, every=EVERY, log=log)
        count = remind()
        self.stdout.write(f"{count} message{'' if count == 1 else 's'} written to the outbox")
