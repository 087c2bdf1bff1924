"""The Medical Advisory Board: members, credentials, specialties, disclosures, terms."""

from datetime import date, timedelta
from typing import ClassVar, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from oracle.accounts.models import Role
from oracle.audit.history import HistoricalRecords

# A disclosure of interests is confirmed or changed every year; the member is reminded some days before.
DISCLOSURE_HOLDS, DISCLOSURE_HINT = timedelta(days=365), timedelta(days=30)


class Lapse(NamedTuple):
    """Why a member may not review at present: as the chair reads it, and as the member is told, with the way out."""

    short: str
    told: str


class BoardMemberQuerySet(models.QuerySet["BoardMember"]):
    """Query words of the board."""

    def members(self) -> "BoardMemberQuerySet":
        """Those of the board itself, without the outside reviewers of single articles."""
        return self.filter(outside_for=None)

    def serving(self, on: date) -> "BoardMemberQuerySet":
        """Members in their term on a day."""
        ended = models.Q(term_until__lt=on)
        return self.filter(term_from__lte=on).exclude(ended).order_by(Lower("user__name"))

    def at_work(self, on: date) -> "BoardMemberQuerySet":
        """Of the board itself, those in their term on a day whose accounts are open, as board members."""
        return self.members().serving(on).filter(user__is_active=True, user__roles__contains=[Role.REVIEWER])

    def former(self, on: date) -> "BoardMemberQuerySet":
        """Members whose term has ended."""
        return self.filter(term_until__lt=on).order_by(Lower("user__name"))


class BoardMember(models.Model):
    """One member's record. The first specialty is the main one; the credential check is an administrator's.

    `outside_for` makes it the record of an outside reviewer: of that article alone, for the reason that the chair gave.
    """

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
    outside_for = models.ForeignKey(
        "articles.Article", null=True, blank=True, on_delete=models.PROTECT, related_name="outside_reviewers"
    )
    outside_reason = models.TextField(blank=True, max_length=2000)

    history = HistoricalRecords()
    objects: ClassVar[BoardMemberQuerySet] = BoardMemberQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(specialties__len__gt=0), name="members_have_a_specialty"),
            models.CheckConstraint(
                condition=models.Q(checked_by=None) | ~models.Q(checked_by=models.F("user")),
                name="nobody_checks_their_own_credentials",
            ),
            models.CheckConstraint(
                condition=models.Q(outside_for=None, outside_reason="")
                | (models.Q(outside_for__isnull=False) & ~models.Q(outside_reason="")),
                name="outside_reviewers_have_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.name}, {self.credentials}"

    @property
    def fields_of_medicine(self) -> str:
        """The specialties in words, the main one first."""
        return ", ".join(slug.replace("-", " ") for slug in self.specialties)

    def away(self, on: date) -> bool:
        """Is the member away on a day?"""
        return self.away_until is not None and on <= self.away_until

    @property
    def disclosed_until(self) -> date | None:
        """The last day on which the newest disclosure holds; None without one."""
        return self.disclosed_on and self.disclosed_on + DISCLOSURE_HOLDS

    @property
    def newest_entry(self) -> int:
        """The id of its newest history row: what a page about it was made from."""
        return int(self.history.values_list("history_id", flat=True).latest("history_id"))

    def lapse(self, on: date) -> str | None:
        """Why this member may not review on a day, with the way to mend it; None if in order."""
        found = self.lapsed(on)
        return found and found.told

    def lapsed(self, on: date) -> Lapse | None:
        """The same, in two forms."""
        return self._check_lapsed(on) or self._term_lapsed(on) or self._disclosure_lapsed(on)

    def _check_lapsed(self, on: date) -> Lapse | None:
        if self.checked_on is None or self.expires_on is None:
            told = "Your credentials have not been checked yet; ask an administrator to record the check."
            return Lapse("credentials not checked yet", told)
        if self.expires_on < on:
            told = f"Your credential check lapsed on {self.expires_on:%-d %B %Y}; ask an administrator to renew it."
            return Lapse(f"credential check lapsed on {self.expires_on:%-d %B %Y}", told)
        return None

    def _term_lapsed(self, on: date) -> Lapse | None:
        if self.term_from > on or (self.term_until and self.term_until < on):
            told = "Your term on the board is not running; ask an administrator to set its dates."
            return Lapse("term on the board not running", told)
        return None

    def _disclosure_lapsed(self, on: date) -> Lapse | None:
        until = self.disclosed_until
        if until is None:
            told = "Your yearly disclosure of interests is missing; give it under My board record."
            return Lapse("yearly disclosure missing", told)
        if until < on:
            told = f"Your yearly disclosure lapsed on {until:%-d %B %Y}; confirm it under My board record."
            return Lapse(f"yearly disclosure lapsed on {until:%-d %B %Y}", told)
        return None
