"""Reports of a problem, by readers. Outside the record; what the reader gave is erasable, what came of it stays."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from oracle import clock
from oracle.refusals import NotAllowed, Refusal, Stale, typed

from .. import permissions
from .version import Outcome, Version

if TYPE_CHECKING:
    from oracle.accounts.models import User

    from .article import Article


class Severity(models.TextChoices):
    """What a report is about, as an editor or the chair judges it: its triage."""

    HARM = "harm", "could harm someone"
    WRONG = "wrong", "wrong or outdated"
    UNCLEAR = "unclear", "unclear"
    TECHNICAL = "technical", "technical"
    NOTHING = "nothing", "no problem found"


class Result(models.TextChoices):
    """What came of a report."""

    CORRECTED = "corrected", "corrected"
    HIDDEN = "hidden", "text hidden"
    NO_CHANGE = "no_change", "no change needed"
    PASSED_ON = "passed_on", "passed on"
    DUPLICATE = "duplicate", "duplicate of another report"


class ReportQuerySet(models.QuerySet["Report"]):
    """Query words of reports."""

    def open(self) -> "ReportQuerySet":
        """Without an outcome: what could harm first, then the oldest."""
        return self.filter(done_at=None).order_by("-urgent", "id")

    def done(self) -> "ReportQuerySet":
        """With an outcome, the newest first."""
        return self.exclude(done_at=None).order_by("-done_at", "-id")

    def with_work(self) -> "ReportQuerySet":
        """Each with what came of the work that began because of it, also when the board sent that version back.

        `became` is *signed* or *dropped*, None while the work goes on or where there is none; `reached` is the number
        of the version that was, else of the one with which the work began.
        """
        since = Version.objects.filter(article=OuterRef("article"), number__gte=OuterRef("started__number"))
        ended = since.filter(outcome__in=(Outcome.SIGNED, Outcome.DROPPED)).order_by("number")
        reached = Coalesce(Subquery(ended.values("number")[:1]), F("started__number"))
        return self.annotate(became=Subquery(ended.values("outcome")[:1]), reached=reached)


URGENT = Q(severity=Severity.HARM) | Q(severity="", could_harm=True)


class Report(models.Model):
    """What a reader reported; its id is the number the reader is given. `urgent` is the reader's word until triage."""

    article = models.ForeignKey("articles.Article", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=300, blank=True)
    text = models.TextField(max_length=5000)
    could_harm = models.BooleanField("this could harm someone", default=False)
    contact = models.EmailField(blank=True)
    at = models.DateTimeField(default=clock.now)
    severity = models.CharField("triage", max_length=10, choices=Severity.choices, blank=True)
    triaged_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    triaged_at = models.DateTimeField(null=True, blank=True)
    # The version that was opened, or was open, when work because of this report began.
    started = models.ForeignKey("articles.Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Result.choices, blank=True)
    outcome_note = models.TextField("note", max_length=2000, blank=True)
    done_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    # Nobody where the daily command erased it.
    erased_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField(null=True, blank=True)
    urgent = models.GeneratedField(
        expression=models.ExpressionWrapper(URGENT, output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects: ClassVar[ReportQuerySet] = ReportQuerySet.as_manager()  # type: ignore[assignment]
    never_deleted = True

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(severity__in=["", *Severity.values]), name="known_severities"),
            models.CheckConstraint(condition=Q(outcome__in=["", *Result.values]), name="known_results"),
            models.CheckConstraint(
                condition=Q(outcome="", done_at=None) | (~Q(outcome="") & Q(done_at__isnull=False)),
                name="reports_are_done_with_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=("-urgent", "id"), condition=Q(done_at=None), name="open_reports"),
            models.Index(fields=("-done_at", "-id"), condition=Q(done_at__isnull=False), name="done_reports"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"

    @property
    def stamp(self) -> str:
        """What a form about this report was made from; see `locked`."""
        moments = (_moment(at) for at in (self.triaged_at, self.done_at, self.erased_at))
        return " ".join([*moments, str(self.started_id or "-")])

    # Each takes the row's own lock; `seen` is the `stamp` of the form that was on screen.

    def triage(self, severity: str, *, by: "User", seen: str) -> "Report":
        """Say what it is about; it may be said again. Who contributed to the text does not call harm less."""
        with transaction.atomic():
            row = self.locked(by, seen)
            if severity not in Severity.values:
                raise Refusal("Choose what this report is about.")
            if row.could_harm and severity != Severity.HARM:
                row._check_calms(by)
            row.severity, row.triaged_by, row.triaged_at = severity, by, clock.now()
            row.save()
            return row

    def close(self, outcome: str, *, by: "User", seen: str, note: str = "") -> "Report":
        """Say what came of it, after its triage; it may be said again."""
        with transaction.atomic():
            row = self.locked(by, seen)
            if outcome not in Result.values:
                raise Refusal("Choose what came of this report.")
            if not row.severity:
                raise Refusal("Say first what this report is about.")
            row.outcome, row.done_by, row.done_at = outcome, by, clock.now()
            row.outcome_note = typed(note, "", most=2000) if note.strip() else ""
            row.save()
            return row

    def start(self, *, by: "User", seen: str) -> "Article":
        """Begin work on the article because of this: the signed text is revised, an open one is taken as it is."""
        with transaction.atomic():
            if self.article is None:
                raise Refusal("This report names no article.")
            article = self.article.lock()
            if not permissions.can_edit(article, by):
                raise NotAllowed("Only an editor starts a revision.")
            row = self.locked(by, seen)
            row._check_starts()
            if article.state == "approved":
                article = article.perform("revise", by=by, reason=f"Report {self.pk}")
            row.started = article.open_version(by)
            row.save()
            return article

    def _check_starts(self) -> None:
        """Is there work to begin because of it?"""
        if self.done_at:
            raise Refusal("This report has its outcome already; to change the text, revise it on its record.")
        work: Any = Report.objects.with_work().get(pk=self.pk)
        if self.started_id and work.became != Outcome.DROPPED:
            raise Refusal("Work because of this report has begun already.")

    def erase(self, *, by: "User", seen: str) -> "Report":
        """Erase what the reader gave, once it is said what came of it; number, triage and outcome stay."""
        with transaction.atomic():
            row = self.locked(by, seen)
            if row.erased_at:
                raise Refusal("What the reader wrote is erased already.")
            if not row.outcome:
                raise Refusal("Say first what came of this report; then what the reader wrote can be erased.")
            row.text = row.contact = row.page = ""
            row.erased_by, row.erased_at = by, clock.now()
            row.save()
            return row

    def _check_calms(self, by: "User") -> None:
        """May `by` say that what the reader called harmful is not?"""
        if not by.has_role("chair") and self.article and by.pk in self.article.contributor_ids():
            raise NotAllowed(
                "The reader says that someone could be harmed, and you contributed to this text: judge that it could,"
                " or leave it to the chair or an editor who did not write it."
            )

    def locked(self, by: "User", seen: str) -> "Report":
        """A fresh copy, locked, for an editor or the chair whose form shows the report as it is."""
        if not permissions.can_answer_reports(None, by):
            raise NotAllowed("Only an editor or the chair may do this.")
        row = Report.objects.select_for_update(no_key=True).get(pk=self.pk)
        if row.stamp != seen:
            raise Stale("Somebody else worked on this report after you opened it. Look at it again.")
        return row


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at else "-"
