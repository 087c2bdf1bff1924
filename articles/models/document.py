"""Documents: the editorial policy, the disclaimers, the questions at signing, in numbered versions, so that it stays
known what readers saw and signers answered."""

from datetime import date
from typing import ClassVar

from django.db import models

from oracle import clock
from oracle.audit.history import HistoricalRecords


class DocumentQuerySet(models.QuerySet["Document"]):
    """Query words of documents."""

    def in_force_on(self, day: date) -> "DocumentQuerySet":
        """Of each kind the one in force on `day`: the newest whose first day has come."""
        return self.filter(in_force_from__lte=day).order_by("kind", "-number").distinct("kind")

    def in_force(self, kind: str, on: date | None = None) -> "DocumentQuerySet":
        """The one of a kind in force on day `on`, by default today, as a query of at most one row."""
        return self.in_force_on(on or clock.today()).filter(kind=kind)


class Document(models.Model):
    """One version of the policy, of a disclaimer or of the questions. A change is a new row."""

    class Kind(models.TextChoices):
        """What the document is."""

        POLICY = "policy", "editorial policy"
        PROFESSIONAL = "disclaimer_professional", "disclaimer for professionals"
        PLAIN = "disclaimer_plain", "disclaimer for patients and carers"
        QUESTIONS = "questions", "questions at signing"

    class Withholds(models.TextChoices):
        """Which pending texts the policy keeps from readers."""

        NONE = "none", "no pending text is withheld"
        HIGH = "high", "pending texts of high risk are withheld"
        ALL = "all", "every pending text is withheld"

    kind = models.CharField(max_length=30, choices=Kind.choices)
    number = models.PositiveIntegerField()
    body = models.TextField()
    withholds = models.CharField(max_length=4, choices=Withholds.choices, default=Withholds.HIGH)
    in_force_from = models.DateField(default=clock.today)

    history = HistoricalRecords()
    objects: ClassVar[DocumentQuerySet] = DocumentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("kind", "-number")
        constraints = [models.UniqueConstraint(fields=("kind", "number"), name="one_document_per_number")]

    def __str__(self) -> str:
        return f"{self.Kind(self.kind).label}, version {self.number}"
