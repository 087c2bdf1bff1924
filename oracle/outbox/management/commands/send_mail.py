"""`manage.py send_mail [--watch]`: hand waiting mail to the mail server, or write it to files where there is none."""

import time
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections, transaction

from oracle import clock
from oracle.outbox.models import Outbox


def way_out() -> BaseEmailBackend:
    """The mail server of the settings; without one, files below DATA_DIR/mail."""
    if settings.EMAIL_HOST:
        return get_connection("django.core.mail.backends.smtp.EmailBackend")
    folder = settings.DATA_DIR / "mail"
    return get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=folder)


def send_waiting() -> int:
    """Send what waits, a transaction each, so that two senders never send one twice; gives back how many."""
    sent = 0
    while True:
        with transaction.atomic():
            row = Outbox.objects.waiting().select_for_update(skip_locked=True).first()
            if row is None:
                return sent
            sent += send(row)


def send(row: Outbox) -> int:
    """Try one message and note what came of it; gives back 1 if it was sent."""
    row.tries += 1
    try:
        EmailMessage(row.subject, row.body, row.sender, row.to, connection=way_out()).send()
    except OSError as error:
        row.error = str(error)
    else:
        row.sent_at, row.error = clock.now(), ""
    row.save()
    return 1 if row.sent_at else 0


class Command(BaseCommand):
    """Sends the outbox."""

    help = "Send waiting mail; with --watch, go on doing so."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--watch", action="store_true", help="look again every two seconds until ended")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send once, or for ever."""
        self.stdout.write(f"{send_waiting()} sent")
        while options["watch"]:
            time.sleep(2)
            close_old_connections()
            try:
                send_waiting()
            except OperationalError as error:
                self.stderr.write(f"The database does not answer ({error}); trying again.")
