"""Notices: what people are told of the tasks that wait for them. Outside the record, and erasable."""

from datetime import datetime, time, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from oracle import clock
from oracle.accounts.models import Mail

MORNING = 7  # the hour of the site's day from which notices go out together


class Kind(models.TextChoices):
    """What a notice is about; the label begins the subject of its message."""

    INVITED = "invited", "Invitation to review"
    INVITATION_DUE = "invitation_due", "Please answer the invitation"
    INVITATION_LATE = "invitation_late", "Invitation not answered"
    DECLINED = "declined", "Invitation declined"
    REVIEW_DUE = "review_due", "Review due soon"
    REVIEW_LATE = "review_late", "Review overdue"
    REMINDED = "reminded", "The chair reminds you"
    SENT_BACK = "sent_back", "Changes asked for"
    ANSWERED = "answered", "Your comment was answered"
    RESUBMITTED = "resubmitted", "Back for review"
    PUBLISHED = "published", "Signed and published"
    ASKED = "asked", "Asked to reaffirm"
    NOT_REAFFIRMED = "not_reaffirmed", "Not reaffirmed"
    LAPSING = "lapsing", "To be reviewed again"
    CREDENTIALS = "credentials", "Credential check runs out"
    DISCLOSURE = "disclosure", "Disclosure to be renewed"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Query words of notices."""

    def waiting(self) -> "NoticeQuerySet":
        """Neither mailed nor dropped."""
        return self.filter(mailed_at=None, dropped_at=None)

    def to_go(self, at: datetime) -> "NoticeQuerySet":
        """Those waiting whose time has come: at once, or together in the morning, on Monday for whom wants so.

        Together means once a day, or week: of the day's notices those made after its message wait for the next.
        """
        moment = timezone.localtime(at)
        due = Q(to__mail=Mail.INSTANT)
        if moment.hour >= MORNING:
            due |= _together(Mail.DAILY, moment) | _together(Mail.WEEKLY, moment - timedelta(moment.weekday()))
        return self.waiting().filter(due)

    def done_with(self, by: datetime) -> "NoticeQuerySet":
        """Made by then, and mailed or dropped since."""
        return self.filter(at__lte=by).exclude(mailed_at=None, dropped_at=None)


def _together(choice: Mail, day: datetime) -> Q:
    """The notices of whom gets them together on this day: made by its end, where none went out since it began."""
    begins = _midnight(day)
    gone = Notice.objects.filter(to=OuterRef("to"), mailed_at__gte=begins)
    return Q(to__mail=choice, at__lt=_midnight(day + timedelta(days=1))) & ~Q(Exists(gone))


def _midnight(day: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(day.date(), time()))


class Notice(models.Model):
    """One thing to tell one person, once: `key` sees to that. It waits until it is mailed or dropped.

    What `article`, `version`, `review`, `round` and `member` point at is what `reviews.notices.stands` asks about
    before it goes out. `stage` of a reminder is how many days before the due day it is for, less than 0 after it.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    to = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    article = models.ForeignKey("articles.Article", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("articles.Version", null=True, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey("reviews.Review", null=True, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey("reviews.Round", null=True, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("reviews.BoardMember", null=True, on_delete=models.PROTECT, related_name="+")
    stage = models.SmallIntegerField(null=True)
    due_on = models.DateField(null=True)
    # What the message says: the article's question or the member's name, what to do, how long it takes, where.
    about = models.TextField()
    action = models.TextField()
    minutes = models.PositiveSmallIntegerField()
    path = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    mailed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="known_notices"),
            models.CheckConstraint(
                condition=models.Q(mailed_at=None) | models.Q(dropped_at=None), name="notices_have_one_end"
            ),
        ]
        indexes = [
            models.Index(
                fields=("to", "id"), condition=models.Q(mailed_at=None, dropped_at=None), name="notices_waiting"
            ),
            models.Index(fields=("to", "mailed_at")),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """What its message is about, in one line."""
        return f"{self.get_kind_display()}: {self.about}"
