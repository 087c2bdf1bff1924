"""Suspension: hide an article's unsigned texts and the version named, at once, whatever the state."""

from typing import TYPE_CHECKING

from django.db import models, transaction

from oracle import clock
from oracle.audit.history import HistoricalRecords, record
from oracle.refusals import NotAllowed, Refusal, Stale, typed

from .. import permissions
from ..board import board
from .version import Outcome, Version

if TYPE_CHECKING:
    from oracle.accounts.models import User

    from .article import Article


class Suspension(models.Model):
    """One hiding of an article's text; open until lifted."""

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="suspensions")
    version = models.ForeignKey("articles.Version", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=60)
    reason = models.TextField()
    at = models.DateTimeField(default=clock.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lifted_reason = models.TextField(blank=True)

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("article",), condition=models.Q(lifted_at=None), name="one_open_suspension_per_article"
            )
        ]

    def __str__(self) -> str:
        return f"suspension of {self.version}"

    def snapshot(self) -> dict[str, object]:
        """What the article row keeps, and readers are told."""
        return {"version": self.version_id, "role": self.role, "reason": self.reason, "at": self.at.isoformat()}


def suspend(article: "Article", *, by: "User", reason: str) -> "Article":
    """Hide the text that readers get now (and every unsigned one); any board member may, with a reason."""
    with transaction.atomic():
        article = article.lock()
        if not permissions.can_suspend(article, by):
            raise NotAllowed("Only a board member or the chair may hide a text.")
        sentence = board().refusal(article, "suspend", by)
        if sentence:
            raise NotAllowed(sentence)
        reason = typed(reason, "Say why this text must be hidden; readers will see the reason.")
        version = article.standing_version or article.newest_frozen()
        if article.suspension or version is None:
            raise Refusal("This article shows no text that could be hidden; reload the page to see where it stands.")
        role = "chair" if by.has_role("chair") else "board member"
        row = Suspension(article=article, version=version, by=by, role=role, reason=reason)
        record(row, by=by, event="article.suspend", reason=reason)
        article.suspension = row.snapshot()
        return record(article, by=by, event="article.suspend", reason=reason)


def lift(article: "Article", *, by: "User", reason: str, seen: int | None = None) -> "Article":
    """Show the text again; the chair may, unless a contributor, with a reason.

    `seen` is the suspension that the chair had on screen; without it the one that is open now counts.
    """
    with transaction.atomic():
        article = article.lock()
        if not permissions.can_chair(article, by):
            raise NotAllowed("Only the chair may show a hidden text again.")
        if by.pk in article.contributor_ids():
            raise NotAllowed("You contributed to this text; another chair must decide.")
        reason = typed(reason, "Say why this text may be shown again.")
        if not article.suspension:
            raise Refusal("This text is not hidden; reload the page to see where it stands.")
        if seen and not article.suspensions.filter(pk=seen, lifted_at=None).exists():
            raise Stale("This text was shown and hidden again after you opened this page. Read why it is hidden now.")
        end_suspension(article, by=by, reason=reason)
        return record(article, by=by, event="article.resume", reason=reason)


def supersede_suspension(article: "Article", *, signed: "Version", by: "User") -> None:
    """A newer version was signed: the notice ends, and the text that was hidden stays hidden for ever.

    A signature on the hidden version itself ends nothing: only the chair shows that one again.
    """
    if not article.suspension or article.suspension["version"] == signed.pk:
        return
    hidden = article.standing_version
    if hidden and article.suspension["version"] == hidden.pk:
        hidden.close(Outcome.HIDDEN, event="article.approve")
    end_suspension(article, by=by, reason="A newer version was signed.")


def end_suspension(article: "Article", *, by: "User | None", reason: str) -> None:
    """Close the open suspension and clear its snapshot; the caller saves the locked article."""
    row = article.suspensions.filter(lifted_at=None).first()
    if row is None:
        return
    row.lifted_at, row.lifted_by, row.lifted_reason = clock.now(), by, reason
    record(row, by=by, event="article.resume", reason=reason)
    article.suspension = None
