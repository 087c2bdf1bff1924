"""`manage.py send_mail [--watch]`: hand waiting mail to the mail server, or write it to files where there is none."""

import logging
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from oracle import clock
from oracle.outbox.models import Outbox
from oracle.outbox.watching import watch

TIMEOUT = 30  # seconds for which a silent mail server may hold up the others
log = logging.getLogger("oracle.outbox")


def way_out() -> BaseEmailBackend:
    """The mail server of the settings; without one, files below DATA_DIR/mail."""
    if settings.EMAIL_HOST:
        return get_connection("django.core.mail.backends.smtp.EmailBackend", timeout=TIMEOUT)
    folder = settings.DATA_DIR / "mail"
    return get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=folder)


def send_waiting() -> int:
    """Try once each message that is due, a transaction each, so that two senders never send one twice.

    Gives back how many were sent. Who is killed between sending one and noting it sends that one again: a message
    goes out at least once.
    """
    sent, last = 0, 0
    while True:
        with transaction.atomic():
            row = Outbox.objects.due(clock.now()).filter(id__gt=last).select_for_update(skip_locked=True).first()
            if row is None:
                return sent
            last = row.pk
            sent += send(row)


def send(row: Outbox) -> int:
    """Try one message and note what came of it; gives back 1 if it was sent."""
    try:
        EmailMessage(row.subject, row.body, row.sender, row.to, connection=way_out()).send()
    # A ValueError is of the message: one that cannot be put on the wire must not keep the others waiting.
    except (OSError, ValueError) as error:
        row.note_failed(str(error))
        tell(row, error)
        return 0
    row.note_sent()
    return 1


def tell(row: Outbox, error: Exception) -> None:
    """Log a failed try; a message that is given up is an error, which somebody has to see.

    The row keeps the server's words, which may name addresses; the log has their kind alone.
    """
    kind = type(error).__name__
    if row.next_try_at:
        log.warning("mail %d not sent, try %d, next at %s: %s", row.pk, row.tries, row.next_try_at, kind)
    else:
        log.error("mail %d given up after %d tries: %s", row.pk, row.tries, kind)


class Command(BaseCommand):
    """Sends the outbox."""

    help = "Send waiting mail; with --watch, go on doing so."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--watch", action="store_true", help="look again every two seconds until ended")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send once, or for ever: then the database may come and go."""
        if options["watch"]:
            watch(send_waiting, every=2, log=log)
        self.stdout.write(f"{send_waiting()} sent")
