"""Reports of a problem, by readers. Outside the record and erasable."""

from django.db import models

from oracle import clock


class Report(models.Model):
    """What a reader reported; its id is the number the reader is given."""

    article = models.ForeignKey("articles.Article", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=300, blank=True)
    text = models.TextField(max_length=5000)
    could_harm = models.BooleanField("this could harm someone", default=False)
    contact = models.EmailField(blank=True)
    at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-could_harm", "id")
        indexes = [models.Index(fields=("-could_harm", "id"), condition=models.Q(done_at=None), name="open_reports")]

    def __str__(self) -> str:
        return f"report {self.pk}"
