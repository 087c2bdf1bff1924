"""The e-mail backend of the site: every message, allauth's too, becomes a row of the outbox."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from .models import Outbox


class OutboxBackend(BaseEmailBackend):
    """Writes messages in the transaction of the request; `manage.py send_mail` sends them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the messages; gives back how many."""
        rows = [
            Outbox(
                to=message.recipients(),
                sender=message.from_email,
                subject=str(message.subject),
                body=str(message.body),
            )
            for message in email_messages
        ]
        return len(Outbox.objects.bulk_create(rows))
