"""The article: one medical question and its life. `perform` is the only door to a change of state."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models.functions import Lower
from django_fsm import GET_STATE, FSMField, Transition, transition

from oracle import clock
from oracle.audit.history import HistoricalRecords, record
from oracle.refusals import NotAllowed, Refusal, typed

from .. import permissions
from ..board import board
from . import life
from .queries import LISTED, UNSIGNED, ArticleQuerySet
from .suspension import supersede_suspension
from .version import Outcome, Version

if TYPE_CHECKING:
    from oracle.accounts.models import User


class State(models.TextChoices):
    """Where an article stands in its work; what readers are told is `articles.standing`."""

    DRAFT = "draft", "draft"
    SUBMITTED = "submitted", "submitted"
    UNDER_REVIEW = "under_review", "under review"
    CHANGES_REQUESTED = "changes_requested", "changes requested"
    APPROVED = "approved", "approved"
    WITHDRAWN = "withdrawn", "withdrawn"


OPEN_FOR_WRITING = (State.DRAFT, State.CHANGES_REQUESTED)
WITH_THE_BOARD = (State.SUBMITTED, State.UNDER_REVIEW)
NOT_WITHDRAWN = (*OPEN_FOR_WRITING, *WITH_THE_BOARD, State.APPROVED)
WAITING = models.Q(state__in=WITH_THE_BOARD)
HAS_TO_BE_SORTED = models.Q(specialties__len__gt=0) & ~models.Q(risk="")


class Risk(models.TextChoices):
    """How much harm a wrong answer could do; decides the sign-off rule."""

    STANDARD = "standard", "standard risk"
    HIGH = "high", "high risk"


class SpecialtyQuerySet(models.QuerySet["Specialty"]):
    """Query words of specialties."""

    def with_articles(self) -> "SpecialtyQuerySet":
        """Those that readers find an article in, by name."""
        articles = Article.objects.filter(LISTED, specialties__contains=[models.OuterRef("slug")])
        return self.filter(models.Exists(articles)).order_by(Lower("name"))


class Specialty(models.Model):
    """A field of medicine, as the board and the articles name it."""

    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=80, unique=True)

    history = HistoricalRecords()
    objects: ClassVar[SpecialtyQuerySet] = SpecialtyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "specialties"

    def __str__(self) -> str:
        return self.name


class Article(models.Model):
    """One question's life. Only the verbs, a sign-off, a revocation, hiding and showing write these columns."""

    slug = models.SlugField("address", max_length=120, unique=True)
    state = FSMField(max_length=20, choices=State.choices, default=State.DRAFT, protected=True)
    specialties = ArrayField(models.SlugField(), default=list, blank=True)
    risk = models.CharField(max_length=10, choices=Risk.choices, blank=True)
    # Null only between the two inserts that begin an article.
    current_version: "models.ForeignKey[Version, Version]" = models.ForeignKey(  # type: ignore[misc]
        Version, null=True, on_delete=models.PROTECT, related_name="+"
    )
    standing_version = models.ForeignKey(Version, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField(null=True, blank=True)
    review_due = models.DateField(null=True, blank=True)
    # Snapshots for readers: {"people": [...], "submitted_on", "review_started_on", "documents"}; see reviews.counting.
    signatures = models.JSONField(default=dict, blank=True)
    suspension = models.JSONField(null=True, blank=True)
    withdrawal = models.JSONField(null=True, blank=True)
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces")
    first_public_on = models.DateField(null=True, blank=True)
    submitted_on = models.DateField(null=True, blank=True)
    review_started_on = models.DateField(null=True, blank=True)
    updated_on = models.DateField(null=True, blank=True)

    history = HistoricalRecords()
    objects: ClassVar[ArticleQuerySet] = ArticleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="known_states"),
            models.CheckConstraint(condition=models.Q(risk__in=["", *Risk.values]), name="known_risks"),
            models.CheckConstraint(
                condition=models.Q(state__in=[State.DRAFT, State.WITHDRAWN]) | HAS_TO_BE_SORTED,
                name="submitted_articles_have_risk_and_specialty",
            ),
        ]
        indexes = [
            models.Index(fields=("state", "-id")),
            models.Index(fields=("submitted_on", "id"), condition=WAITING, name="waiting_for_the_board"),
            models.Index(fields=("review_due",)),
            # Readers' lists, by topic and newest first; and whether every public text is signed.
            models.Index(fields=("-first_public_on", "-id"), condition=LISTED, name="listed_newest"),
            models.Index(models.F("updated_on").desc(nulls_last=True), "id", condition=LISTED, name="listed_updated"),
            GinIndex(fields=("specialties",), condition=LISTED, name="listed_specialties"),
            models.Index(fields=("id",), condition=LISTED & UNSIGNED, name="listed_unsigned"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def current_id(self) -> int:
        """The id of the current version."""
        return cast("int", self.current_version_id)

    @property
    def fields_of_medicine(self) -> str:
        """The specialties in words, the main one first."""
        return ", ".join(slug.replace("-", " ") for slug in self.specialties)

    # The door.

    def lock(self) -> "Article":
        """A fresh copy of this article, its row locked until the transaction ends. First take this, then write."""
        return Article.objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)

    def perform(self, verb: str, *, by: "User | None", reason: str = "", **evidence: Any) -> "Article":
        """Do `verb` in the name of `by` (`None`: the system) and give back the article as it now stands.

        Raises `NotAllowed` for the wrong person, `Refusal` for the wrong state or missing evidence; then nothing
        was written. This object is stale afterwards.
        """
        with transaction.atomic():
            article, reason = self.lock(), reason.strip()
            article.refuse(verb, by, reason)
            getattr(article, verb)(by=by, reason=reason, **evidence)
            record(article, by=by, event=f"article.{verb}", reason=reason or life.own_reason(article, verb))
            return board().after(article, verb, by)

    def refuse(self, verb: str, by: "User | None", reason: str | None = None) -> None:
        """Raise the first refusal of `verb`; with `reason=None` a missing reason is not one."""
        move = self.transitions().get(verb)
        if move is None:
            raise Refusal(f"There is no step called “{verb}”.")
        if not (move.has_perm(self, by) if by else verb == "start_review"):
            raise NotAllowed(f"Your roles do not allow you to do this ({life.label(verb)}).")
        if not move_from(verb, self.state):
            raise Refusal(f"This article is {State(self.state).label} now, so this step is no longer open. Reload it.")
        for condition in move.conditions:
            if not condition(self):
                raise Refusal(str(condition.__doc__))
        if reason is not None and move.custom["needs_reason"]:
            typed(reason, f"Give a reason; it stays on record ({life.label(verb)}).")
        sentence = board().refusal(self, verb, by)
        if sentence:
            raise Refusal(sentence)

    @staticmethod
    def transitions() -> dict[str, Transition]:
        """Every verb, by name."""
        return {move.name: move for move in Article._meta.get_field("state").get_all_transitions(Article)}

    def verbs(self, user: "User") -> list[life.Verb]:
        """What `user` may do now by hand, in the order of the table; buttons are drawn from this list."""
        return [verb for verb in life.BY_HAND if not self.refusal_of(verb.name, user)]

    def refusal_of(self, verb: str, user: "User") -> str | None:
        """Why `user` may not do `verb` now, or None."""
        try:
            self.refuse(verb, user)
        except Refusal as refusal:
            return refusal.sentence
        return None

    # The table of docs/life.md. Bodies change the locked copy; `perform` saves it after the state has changed.

    @transition(state, OPEN_FOR_WRITING, State.SUBMITTED, permission=permissions.can_submit, custom=life.SUBMIT)
    def submit(self, *, by: "User", reason: str) -> None:
        """Freeze the open version and show it to readers and the board."""
        version = self.open_version(by)
        life.check_ready(version)
        version.freeze(event="article.submit")
        self.submitted_on = clock.today()
        self.review_started_on = None
        self.first_public_on = self.first_public_on or self.submitted_on
        if not self.standing_version_id:
            self.updated_on = self.submitted_on

    @transition(state, WITH_THE_BOARD, State.DRAFT, permission=permissions.can_edit, custom=life.RECALL)
    def recall(self, *, by: "User", reason: str) -> None:
        """Take the version back from the board; a copy is opened."""
        self.reopen_text(Outcome.RECALLED, event="article.recall")

    @transition(state, State.SUBMITTED, State.UNDER_REVIEW, permission=permissions.can_review, custom=life.BY_EVIDENCE)
    def start_review(self, *, by: "User | None", reason: str, round_id: int) -> None:
        """An eligible member's round has begun."""
        self.review_started_on = self.review_started_on or clock.today()

    @transition(state, State.UNDER_REVIEW, State.SUBMITTED, permission=permissions.can_release, custom=life.BY_EVIDENCE)
    def release(self, *, by: "User", reason: str, round_id: int) -> None:
        """The last round on this version was given back."""

    @transition(
        state,
        State.UNDER_REVIEW,
        State.CHANGES_REQUESTED,
        permission=permissions.can_review,
        custom=life.BY_EVIDENCE_WITH_REASON,
    )
    def request_changes(self, *, by: "User", reason: str, round_id: int) -> None:
        """A finished round asks for changes; a copy is opened."""
        self.reopen_text(Outcome.SENT_BACK, event="article.request_changes")

    @transition(state, State.UNDER_REVIEW, State.APPROVED, permission=permissions.can_review, custom=life.BY_EVIDENCE)
    def approve(self, *, by: "User", reason: str, approval: life.Approval) -> None:
        """The last sign-off that the rule needs publishes the version."""
        if approval.version_id != self.current_version_id:
            raise Refusal("The signatures are for another version.")
        version = self.versions.get(pk=approval.version_id)
        version.close(Outcome.SIGNED, event="article.approve")
        supersede_suspension(self, signed=version, by=by)
        self.standing_version = version
        self.take_over(approval)
        self.updated_on = clock.today()
        self.withdrawal = self.replaced_by = None

    @transition(
        state,
        State.APPROVED,
        GET_STATE(
            lambda self, *, by, reason, reviewing: State.UNDER_REVIEW if reviewing else State.SUBMITTED,
            states=WITH_THE_BOARD,
        ),
        permission=permissions.system_only,
        custom=life.BY_EVIDENCE,
    )
    def reopen(self, *, by: "User", reason: str, reviewing: bool) -> None:
        """A revoked sign-off leaves the rule unmet; `reviewing` tells whether a round is active."""
        self.clear_standing(Outcome.REVOKED, event="article.reopen")

    @transition(state, State.APPROVED, State.DRAFT, permission=permissions.can_edit, custom=life.REVISE)
    def revise(self, *, by: "User", reason: str) -> None:
        """Open the next version; the signed one stays public."""
        self.open_copy(event="article.revise")

    @transition(
        state,
        OPEN_FOR_WRITING,
        State.APPROVED,
        conditions=[life.has_signed_version],
        permission=permissions.can_edit,
        custom=life.ABANDON,
    )
    def abandon(self, *, by: "User", reason: str) -> None:
        """Drop the open version and go back to the signed one."""
        version = self.open_version(by)
        version.outcome = Outcome.DROPPED
        version.freeze(event="article.abandon")
        self.current_version_id = self.standing_version_id

    @transition(
        state,
        State.DRAFT,
        State.WITHDRAWN,
        conditions=[life.never_submitted],
        permission=permissions.can_edit,
        custom=life.DISCARD,
    )
    def discard(self, *, by: "User", reason: str) -> None:
        """Put away a draft that readers never saw; nothing is deleted."""

    @transition(state, NOT_WITHDRAWN, State.WITHDRAWN, permission=permissions.can_chair, custom=life.WITHDRAW)
    def withdraw(self, *, by: "User", reason: str, replacement: "Article | None" = None) -> None:
        """Take the article away from readers, with a notice at its address."""
        self.replaced_by = replacement and self.as_replacement(replacement)
        if self.first_public_on:
            notice = {"on": clock.today().isoformat(), "role": "chair", "reason": reason}
            self.withdrawal = notice
        if self.standing_version_id:
            self.clear_standing(Outcome.WITHDRAWN, event="article.withdraw")
        # No text that was ever signed is read again, whatever is signed later.
        for version in self.versions.filter(outcome=Outcome.SIGNED):
            version.close(Outcome.WITHDRAWN, event="article.withdraw")

    @transition(state, State.WITHDRAWN, State.DRAFT, permission=permissions.can_chair, custom=life.REINSTATE)
    def reinstate(self, *, by: "User", reason: str) -> None:
        """Take up a withdrawn article again; readers keep the notice until it is approved."""
        if self.current_version.frozen:
            self.open_copy(event="article.reinstate")

    # Parts of the verbs.

    def as_replacement(self, other: "Article") -> "Article":
        """Another article as the replacement of this one; readers must be able to read on there."""
        if other.pk == self.pk:
            raise Refusal("An article cannot replace itself; choose another.")
        if not other.first_public_on:
            raise Refusal("Readers have never seen that article, so it cannot replace this one; choose another.")
        if other.withdrawal:
            raise Refusal("That article is withdrawn itself, so it cannot replace this one; choose another.")
        return other

    def open_version(self, by: "User | None") -> Version:
        """The version that `by` may write in; refused in any other state or for another role."""
        if not permissions.can_edit(self, by):
            raise NotAllowed("Only an editor may change this text.")
        if self.state not in OPEN_FOR_WRITING or self.current_version.frozen:
            raise Refusal(f"This article is {State(self.state).label} now; its text is frozen and cannot be changed.")
        return self.current_version

    def reopen_text(self, outcome: Outcome, *, event: str) -> None:
        """Close the frozen version that the board had, and open its copy; a change of content stays one in it."""
        self.current_version.close(outcome, event=event)
        self.open_copy(event=event, raised=self.current_version.raised)

    def open_copy(self, *, event: str, raised: bool = False) -> None:
        """Open the next version as a copy of the current one; done by the system, nobody becomes a contributor."""
        number = (self.versions.aggregate(models.Max("number"))["number__max"] or 0) + 1
        copy = Version(article=self, number=number, raised=raised)
        copy.set_content(self.current_version.content)
        self.current_version = record(copy, by=None, event=event)

    def take_over(self, approval: life.Approval) -> None:
        """Note what the sign-offs say of the standing version."""
        self.signed_on, self.review_due = approval.signed_on, approval.review_due
        self.signatures = approval.signatures

    def clear_standing(self, outcome: Outcome, *, event: str) -> None:
        """No version stands any more."""
        if self.standing_version:
            self.standing_version.close(outcome, event=event)
        self.standing_version = self.signed_on = self.review_due = None
        self.signatures = {}

    def newest_frozen(self) -> Version | None:
        """The newest version that was ever submitted."""
        return self.versions.exclude(frozen_at=None).exclude(outcome=Outcome.DROPPED).order_by("-number").first()

    def contributor_ids(self) -> set[int]:
        """Who changed the content of any version so far; the database's own function, which sign-offs also ask."""
        rows = Article.objects.raw("SELECT contributors(%s) AS id", [self.pk])
        return {row.id for row in rows}


def move_from(verb: str, state: str) -> bool:
    """Does the table have `verb` from `state`?"""
    moves = Article._meta.get_field("state").get_all_transitions(Article)
    return any(move.name == verb and move.source == state for move in moves)
