"""The Medical Advisory Board: members, credentials, specialties, disclosures, terms."""

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from oracle.audit.history import HistoricalRecords

DISCLOSURE_HOLDS = timedelta(days=365)


class BoardMemberQuerySet(models.QuerySet["BoardMember"]):
    """Query words of the board."""

    def serving(self, on: date) -> "BoardMemberQuerySet":
        """Members in their term on a day."""
        ended = models.Q(term_until__lt=on)
        return self.filter(term_from__lte=on).exclude(ended).order_by(Lower("user__name"))

    def former(self, on: date) -> "BoardMemberQuerySet":
        """Members whose term has ended."""
        return self.filter(term_until__lt=on).order_by(Lower("user__name"))


class BoardMember(models.Model):
    """One member's record. The first specialty is the main one; the credential check is an administrator's."""

    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="board_record")
    credentials = models.CharField(max_length=120, help_text="As printed after the name, for example “MD, PhD”.")
    specialties = ArrayField(models.SlugField())
    affiliation = models.CharField(max_length=200, blank=True)
    register = models.CharField(max_length=120, blank=True, help_text="The public register of practitioners.")
    register_number = models.CharField(max_length=60, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    expires_on = models.DateField(null=True, blank=True)
    disclosure = models.TextField(blank=True)
    disclosed_on = models.DateField(null=True, blank=True)
    term_from = models.DateField()
    term_until = models.DateField(null=True, blank=True)
    away_until = models.DateField(null=True, blank=True)

    history = HistoricalRecords()
    objects: ClassVar[BoardMemberQuerySet] = BoardMemberQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(specialties__len__gt=0), name="members_have_a_specialty"),
            models.CheckConstraint(
                condition=models.Q(checked_by=None) | ~models.Q(checked_by=models.F("user")),
                name="nobody_checks_their_own_credentials",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.name}, {self.credentials}"

    @property
    def disclosure_until(self) -> date | None:
        """The day on which the disclosure is a year old, and has to be given anew."""
        return self.disclosed_on and self.disclosed_on + DISCLOSURE_HOLDS

    def away(self, on: date) -> bool:
        """Is the member away on a day?"""
        return self.away_until is not None and on <= self.away_until

    def lapse(self, on: date) -> str | None:
        """Why this member may not review on a day, with the way to mend it; None if in order."""
        if self.checked_on is None or self.expires_on is None:
            return "Your credentials have not been checked yet; ask an administrator to record the check."
        if self.expires_on < on:
            return f"Your credential check lapsed on {self.expires_on:%-d %B %Y}; ask an administrator to renew it."
        if self.term_from > on or (self.term_until and self.term_until < on):
            return "Your term on the board is not running; ask an administrator to set its dates."
        return None
