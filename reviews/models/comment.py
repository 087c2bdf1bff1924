"""Comments on a version: on a statement or on the whole; blocking or not."""

from typing import ClassVar

from django.db import models

from oracle import clock
from oracle.audit.history import HistoricalRecords


class CommentQuerySet(models.QuerySet["Comment"]):
    """Query words of comments."""

    def open_blocking(self) -> "CommentQuerySet":
        """Objections that stop a signature."""
        return self.filter(blocking=True, resolved_at=None)

    def unanswered(self) -> "CommentQuerySet":
        """Objections that stop a submission: neither answered nor mended."""
        return self.open_blocking().filter(answered_at=None)


class Comment(models.Model):
    """A reviewer's remark, the editor's answer to it, and who closed it."""

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="comments")
    version = models.ForeignKey("articles.Version", on_delete=models.PROTECT, related_name="comments")
    round = models.ForeignKey("reviews.Round", on_delete=models.PROTECT, related_name="comments")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    body = models.TextField(max_length=5000)
    blocking = models.BooleanField(default=False)
    claim = models.CharField(max_length=40, blank=True)
    # The statement's words when the comment was made; the next version may have others.
    quote = models.TextField(blank=True)
    answer = models.TextField(blank=True, max_length=5000)
    answered_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()
    objects: ClassVar[CommentQuerySet] = CommentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=("article", "blocking"))]

    def __str__(self) -> str:
        return self.body[:60]
