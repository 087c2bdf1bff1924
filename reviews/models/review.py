"""Reviews, rounds, added statements and verdicts."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.db import models

from articles.models.article import WITH_THE_BOARD
from oracle import clock
from oracle.audit.history import HistoricalRecords

if TYPE_CHECKING:
    from oracle.accounts.models import User


# How long what was said about interests in an article holds; then it is said again before signing.
INTERESTS_HOLD = timedelta(days=90)


class Conflict(models.TextChoices):
    """What a reviewer said of their own interests; never asked is not the same as none."""

    NOT_ASKED = "not_asked", "not asked"
    NONE = "none", "no conflict of interest"
    DECLARED = "declared", "interest declared"


class Answer(models.TextChoices):
    """What became of an invitation."""

    WAITING = "", "not answered"
    ACCEPTED = "accepted", "accepted"
    DECLINED = "declined", "declined"
    WITHDRAWN = "withdrawn", "withdrawn"


class Because(models.TextChoices):
    """Why an invitation was declined."""

    TIME = "time", "no time"
    CONFLICT = "conflict", "a conflict of interest"
    EXPERTISE = "expertise", "outside my expertise"
    OTHER = "other", "another reason"


class ReviewQuerySet(models.QuerySet["Review"]):
    """Query words of reviews."""

    def invited(self) -> "ReviewQuerySet":
        """Invitations that wait for an answer; those to an article that moved on are among them."""
        return self.filter(invited_at__isnull=False, answer=Answer.WAITING)

    def to_answer(self) -> "ReviewQuerySet":
        """Invitations that their reviewers can answer now: the board has the article, and no interest stands."""
        standing = models.Q(conflict=Conflict.DECLARED, cleared_by=None)
        return self.invited().filter(article__state__in=WITH_THE_BOARD).exclude(standing)

    def unanswered(self, on: date) -> "ReviewQuerySet":
        """Of those, the ones without an answer after the day by which it was asked for (F19)."""
        return self.to_answer().filter(answer_by__lt=on)


class Review(models.Model):
    """One board member's work on one article: invited, or taken by themselves.

    The newest invitation stands here, earlier ones in the history. It is answered once; `review_by` becomes the
    `due_on` of the round that accepting begins.
    """

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="reviews")
    conflict = models.CharField(max_length=10, choices=Conflict.choices, default=Conflict.NOT_ASKED)
    conflict_text = models.TextField(blank=True, max_length=2000)
    declared_on = models.DateField(null=True, blank=True)
    cleared_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cleared_reason = models.TextField(blank=True, max_length=2000)
    barred_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    barred_reason = models.TextField(blank=True, max_length=2000)
    invited_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateField(null=True, blank=True)
    review_by = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.WAITING, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    declined_because = models.CharField(max_length=10, choices=Because.choices, blank=True)
    declined_note = models.TextField(blank=True, max_length=2000)

    history = HistoricalRecords()
    objects: ClassVar[ReviewQuerySet] = ReviewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("article", "reviewer"), name="one_review_per_person_and_article"),
            models.CheckConstraint(
                condition=models.Q(invited_at=None, invited_by=None, answer_by=None, answer="")
                | models.Q(invited_at__isnull=False, invited_by__isnull=False, answer_by__isnull=False),
                name="invitations_have_a_sender_and_a_date",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answer="")
                | (models.Q(answered_at__isnull=False) & ~models.Q(answer="")),
                name="answers_have_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(declined_because="")
                | models.Q(answer="declined", declined_because__in=Because.values),
                name="only_declined_ones_say_why",
            ),
            models.CheckConstraint(condition=models.Q(conflict__in=Conflict.values), name="known_conflicts"),
            models.CheckConstraint(
                condition=models.Q(cleared_by=None) | models.Q(barred_by=None), name="interests_have_one_answer"
            ),
        ]
        indexes = [
            models.Index(
                fields=("declared_on", "id"),
                condition=models.Q(conflict=Conflict.DECLARED, cleared_by=None),
                name="interests_not_cleared",
            ),
            models.Index(
                fields=("answer_by", "id"),
                condition=models.Q(invited_at__isnull=False, answer=""),
                name="invitations_not_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.article_id} by {self.reviewer_id}"

    @property
    def conflicted(self) -> bool:
        """Does a declared interest stand, uncleared?"""
        return self.conflict == Conflict.DECLARED and self.cleared_by_id is None

    def outdated(self, on: date) -> bool:
        """Must what was said about interests be said again? It holds 90 days, the last of them included."""
        return self.declared_on is None or on > self.declared_on + INTERESTS_HOLD

    @property
    def waiting(self) -> bool:
        """Is there an invitation that nobody has answered or withdrawn?"""
        return self.invited_at is not None and self.answer == Answer.WAITING

    @property
    def newest_entry(self) -> int:
        """The id of its newest history row: what a page about it was made from."""
        return int(self.history.values_list("history_id", flat=True).latest("history_id"))

    @property
    def conflict_line(self) -> str:
        """The disclosure as readers and signatures have it."""
        if self.conflict == Conflict.NONE:
            return "No conflict of interest for this article."
        if self.conflict == Conflict.DECLARED:
            cleared = f" Cleared by the chair: {self.cleared_reason}" if self.cleared_by_id else ""
            barred = f" The chair decided that it stands in the way: {self.barred_reason}" if self.barred_by_id else ""
            return f"Declared: {self.conflict_text}{cleared}{barred}"
        return "Not asked."


class RoundEnd(models.TextChoices):
    """How a round ended."""

    ACTIVE = "", "in work"
    SIGNED = "signed", "signed"
    CHANGES = "changes", "asked for changes"
    GIVEN_BACK = "given_back", "given back"
    REPLACED = "replaced", "given to another reviewer by the chair"
    OVERTAKEN = "overtaken", "overtaken"
    REFUSED = "refused", "not reaffirmed"


# Whose reviewers have the article no more: the next version does not come back to them.
HANDED_ON = (RoundEnd.GIVEN_BACK, RoundEnd.REPLACED)
# Of a round: an interest of its reviewer stands, so that they cannot go on; `Review.conflicted` in queries.
STOPPED = models.Q(review__conflict=Conflict.DECLARED, review__cleared_by=None)
RETURNED = models.Q(end__in=(RoundEnd.CHANGES, RoundEnd.OVERTAKEN))


class RoundQuerySet(models.QuerySet["Round"]):
    """Query words of rounds."""

    def active(self) -> "RoundQuerySet":
        """Begun and not ended."""
        return self.filter(ended_at=None)

    def at_work(self) -> "RoundQuerySet":
        """Of those, the ones whose reviewers can go on: no interest of theirs stands."""
        return self.active().exclude(STOPPED)

    def late(self, on: date) -> "RoundQuerySet":
        """Of those at work, the ones after the day they were due (F19); the twin of `Round.late`."""
        return self.at_work().filter(due_on__lt=on)

    def ended(self) -> "RoundQuerySet":
        """Those that have ended, however they did."""
        return self.filter(ended_at__isnull=False)

    def counting(self) -> "RoundQuerySet":
        """Those whose verdicts count as judgements: active or signed."""
        return self.filter(end__in=(RoundEnd.ACTIVE, RoundEnd.SIGNED))

    def reaffirming(self, yes: bool = True) -> "RoundQuerySet":
        """Those on the version that stands, or the others."""
        on_standing = models.Q(version=models.F("article__standing_version"))
        return self.filter(on_standing) if yes else self.exclude(on_standing)

    def returned(self) -> "RoundQuerySet":
        """Those whose reviewers get the next version."""
        return self.filter(RETURNED)


class Round(models.Model):
    """A review's work on one version. Ended means frozen; PostgreSQL refuses later changes."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="rounds")
    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="rounds")
    version = models.ForeignKey("articles.Version", on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()
    began_at = models.DateTimeField(default=clock.now)
    # Late only after the end of this day in the site's time zone; null where nobody set one.
    due_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, choices=RoundEnd.choices, default=RoundEnd.ACTIVE, blank=True)
    reason = models.TextField(blank=True, max_length=5000)

    history = HistoricalRecords()
    objects: ClassVar[RoundQuerySet] = RoundQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=("review", "version"), condition=models.Q(ended_at=None), name="one_active_round_per_version"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, end="") | (models.Q(ended_at__isnull=False) & ~models.Q(end="")),
                name="ended_rounds_say_how",
            ),
        ]
        indexes = [
            models.Index(fields=("-number", "id"), condition=models.Q(ended_at=None), name="rounds_in_work"),
            models.Index(fields=("due_on", "id"), condition=models.Q(ended_at=None), name="rounds_in_work_by_day"),
            models.Index(fields=("-ended_at", "-id"), condition=RETURNED, name="rounds_returned"),
            models.Index(fields=("end", "-ended_at", "-id")),
        ]

    def __str__(self) -> str:
        return f"round {self.number}"

    @property
    def reviewer(self) -> "User":
        """Whose round it is."""
        return self.review.reviewer

    @property
    def reaffirms(self) -> bool:
        """Is it on the version that stands? Then it changes no state, whatever comes of it."""
        return self.version_id == self.article.standing_version_id

    def late(self, on: date) -> bool:
        """Can its reviewer go on, after the day it was due (F19)? Its twin in queries is `RoundQuerySet.late`."""
        at_work = self.ended_at is None and not self.review.conflicted
        return at_work and self.due_on is not None and self.due_on < on


class Verdict(models.TextChoices):
    """What a reviewer says of a statement."""

    SUPPORTED = "supported", "supported"
    PARTLY = "partly", "partly supported"
    NOT_SUPPORTED = "not_supported", "not supported"
    UNSAFE = "unsafe", "unsafe or misleading"
    CANNOT_TELL = "cannot_tell", "cannot tell"


STOPPING = (Verdict.NOT_SUPPORTED, Verdict.UNSAFE)
STOPPING_SIGNS = ("dose", "number", "contraindication")
NEEDS_NOTE = (Verdict.PARTLY, *STOPPING)
# Whoever stops an approval shows where: the source's own words, or what the source says instead.
NEEDS_QUOTE = STOPPING
# What is never judged with the rest of its section; nor is the direct answer, nor a statement without evidence.
ONE_BY_ONE_SIGNS = ("dose", "number", "comparison", "contraindication")
# What two reviewers judge where the risk is high.
QUANTITY_SIGNS = ("dose", "number")


class Manner(models.TextChoices):
    """How a verdict was given."""

    ONE_BY_ONE = "", "one by one"
    SECTION = "section", "by section"
    PAIR = "pair", "held against the wording for professionals"


class AddedClaim(models.Model):
    """A sentence of the text that a reviewer wants checked as well."""

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="added_claims")
    version = models.ForeignKey("articles.Version", on_delete=models.PROTECT, related_name="added_claims")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="added_claims")
    claim = models.CharField(max_length=40)
    # `Claim.as_json` of the sentence, as it stood when it was added.
    sentence = models.JSONField()

    history = HistoricalRecords()

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("version", "claim"), name="one_added_claim_per_version")]

    def __str__(self) -> str:
        return str(self.sentence["text"])[:60]


class ClaimCheck(models.Model):
    """One verdict of one round; a later verdict of the same round replaces it, with history."""

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="claim_checks")
    version = models.ForeignKey("articles.Version", on_delete=models.PROTECT, related_name="claim_checks")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="checks")
    reviewer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    claim = models.CharField(max_length=40)
    text = models.TextField()
    verdict = models.CharField(max_length=15, choices=Verdict.choices)
    note = models.TextField(blank=True, max_length=5000)
    # Of the source, or of what the reviewer relies on; a trigger demands it where the verdict stops an approval.
    quote = models.TextField(blank=True, max_length=5000)
    manner = models.CharField(max_length=10, choices=Manner.choices, default=Manner.ONE_BY_ONE, blank=True)
    # The id of the statement for professionals that a plain one was held against.
    pair = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(default=clock.now)

    history = HistoricalRecords()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("round", "claim"), name="one_verdict_per_claim_and_round"),
            models.CheckConstraint(condition=models.Q(verdict__in=Verdict.values), name="known_verdicts"),
            models.CheckConstraint(
                condition=(models.Q(manner="pair") & ~models.Q(pair=""))
                | models.Q(manner__in=("", "section"), pair=""),
                name="pairs_name_a_statement",
            ),
            models.CheckConstraint(
                condition=~models.Q(manner="section") | models.Q(verdict="supported"), name="sections_are_supported"
            ),
            models.CheckConstraint(
                condition=~models.Q(verdict__in=NEEDS_NOTE) | ~models.Q(note=""), name="doubts_carry_a_note"
            ),
        ]
        indexes = [models.Index(fields=("article", "claim"))]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.text[:60]}"

    @property
    def is_set_aside(self) -> bool:
        """Did the chair set it aside, because its reviewer left?"""
        return hasattr(self, "set_aside")


class SetAside(models.Model):
    """The chair's decision that a verdict of a reviewer who left no longer counts; the verdict itself stays."""

    verdict = models.OneToOneField(ClaimCheck, on_delete=models.PROTECT, related_name="set_aside")
    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    append_only = True

    def __str__(self) -> str:
        return f"setting aside of {self.verdict_id}"
