"""The outbox: mail is a row written in the same transaction as its cause; the web process sends nothing."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from oracle import clock

# How long a message rests after each failed try; when the last rest is over and the try after it fails too, about
# three days have passed, and it is given up.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    *[timedelta(hours=12)] * 6,
)


class OutboxQuerySet(models.QuerySet["Outbox"]):
    """Query words of the outbox."""

    def due(self, at: datetime) -> "OutboxQuerySet":
        """Neither sent nor given up, and to be tried by `at`; the oldest first."""
        return self.filter(sent_at=None, next_try_at__lte=at).order_by("id")


class Outbox(models.Model):
    """One message. Erasable: the record keeps no copy of mail."""

    to = ArrayField(models.EmailField())
    sender = models.CharField(max_length=320)
    subject = models.CharField(max_length=998)
    body = models.TextField()
    at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    # Null once the message is sent or given up; `sent_at` tells which.
    next_try_at = models.DateTimeField(null=True, blank=True, default=clock.now)
    error = models.TextField(blank=True)

    objects: ClassVar[OutboxQuerySet] = OutboxQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "outbox"
        indexes = [models.Index(fields=("id",), condition=models.Q(sent_at=None), name="outbox_waiting")]

    def __str__(self) -> str:
        return self.subject

    def note_sent(self) -> None:
        """The mail server took it."""
        self.tries += 1
        self.sent_at, self.next_try_at, self.error = clock.now(), None, ""
        self.save()

    def note_failed(self, error: str) -> None:
        """Not this time: it rests a while, each time longer, and is given up after the last."""
        self.tries += 1
        self.error = error
        self.next_try_at = clock.now() + WAITS[self.tries - 1] if self.tries <= len(WAITS) else None
        self.save()
