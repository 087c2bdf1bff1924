"""The outbox: mail is a row written in the same transaction as its cause; the web process sends nothing."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from oracle import clock


class OutboxQuerySet(models.QuerySet["Outbox"]):
    """Query words of the outbox."""

    def waiting(self) -> "OutboxQuerySet":
        """Not sent yet, and not given up after five tries."""
        return self.filter(sent_at=None, tries__lt=5).order_by("id")


class Outbox(models.Model):
    """One message. Erasable: the record keeps no copy of mail."""

    to = ArrayField(models.EmailField())
    sender = models.CharField(max_length=320)
    subject = models.CharField(max_length=998)
    body = models.TextField()
    at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    objects: ClassVar[OutboxQuerySet] = OutboxQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "outbox"
        indexes = [models.Index(fields=("id",), condition=models.Q(sent_at=None), name="outbox_waiting")]

    def __str__(self) -> str:
        return self.subject
