"""Versions: the numbered texts of an article. Submitted means frozen, for ever (guarantee G1)."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction

from articles.text.change_class import ChangeClass, class_of
from articles.text.claims import Claim, claims
from articles.text.content import CONTENT_FIELDS, Content, line_ends
from articles.text.preflight import TEXTS, Finding, preflight
from articles.text.risks import words_of_high_risk
from oracle import clock
from oracle.audit.history import HistoricalRecords, record
from oracle.refusals import Refusal, Stale

from .rendering import Rendering

if TYPE_CHECKING:
    from oracle.accounts.models import User

    from .article import Article


class Outcome(models.TextChoices):
    """What became of a version."""

    OPEN = "", "in work"
    RECALLED = "recalled", "taken back by the editor"
    SENT_BACK = "sent_back", "sent back by the board"
    SIGNED = "signed", "signed"
    REVOKED = "revoked", "signature revoked"
    WITHDRAWN = "withdrawn", "withdrawn"
    HIDDEN = "hidden", "hidden for safety, then replaced"
    DROPPED = "dropped", "dropped before it was submitted"


RAISED = "The editor treats it as a change of content."
# What a text cannot be sent without.
NEEDED = ("direct_answer", "title", "professional")
OPEN = models.Q(frozen_at=None)
WHOLE = models.Q(proposals={}, **{f"{name}__regex": r"\S" for name in NEEDED})


class VersionQuerySet(models.QuerySet["Version"]):
    """Query words of versions; each has an index of its own, so that no text is read to answer."""

    def open_and_whole(self) -> "VersionQuerySet":
        """Open ones in which nothing is blank that a text cannot be sent without, and no number waits for its match."""
        return self.filter(OPEN & WHOLE)

    def open_to_mend(self) -> "VersionQuerySet":
        """Other open ones."""
        return self.filter(OPEN & ~WHOLE)


class Version(models.Model):
    """One numbered text of an article; see `articles.text.content.Content` for the shapes of its columns."""

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    question = models.CharField(max_length=300)
    direct_answer = models.TextField(blank=True)
    title = models.CharField("answer title", max_length=300, blank=True)
    professional = models.TextField("wording for professionals", blank=True)
    plain = models.TextField("wording for patients and carers", blank=True)
    references = models.JSONField(default=list, blank=True)
    evidence = models.JSONField(default=list, blank=True)
    abbreviations = models.JSONField(default=dict, blank=True)
    ai_use = models.JSONField(default=dict, blank=True)
    funding = models.TextField(blank=True)
    change_note = models.TextField(blank=True)
    # The editor's word that a change is one of content, whatever `change_class` says; there is none for the opposite.
    raised = models.BooleanField(default=False)
    # An import's proposals for its citation numbers, until the editor confirmed each: {"1": {"key", "by"}}.
    proposals = models.JSONField(default=dict, blank=True)
    claims = models.JSONField(default=list, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    history = HistoricalRecords()
    objects: ClassVar[VersionQuerySet] = VersionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("article_id", "number")
        indexes = [
            models.Index(fields=("-article",), condition=OPEN & WHOLE, name="open_and_whole"),
            models.Index(fields=("-article",), condition=OPEN & ~WHOLE, name="open_to_mend"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("article", "number"), name="one_version_per_number"),
            models.UniqueConstraint(
                fields=("article",), condition=models.Q(frozen_at=None), name="one_open_version_per_article"
            ),
            models.CheckConstraint(
                condition=models.Q(frozen_at=None, content_sha256="")
                | models.Q(frozen_at__isnull=False, content_sha256__regex="^[0-9a-f]{64}$"),
                name="frozen_versions_have_a_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def content(self) -> Content:
        """What is signed."""
        return Content(**{name: getattr(self, name) for name in CONTENT_FIELDS})

    @property
    def frozen(self) -> bool:
        """Was it submitted or dropped? Then its content never changes again."""
        return self.frozen_at is not None

    @property
    def fingerprint(self) -> str:
        """The content's SHA-256 as hexadecimal digits; of a draft, as it is now."""
        return self.content_sha256 or self.content.sha256()

    @property
    def fixed_claims(self) -> list[Claim]:
        """The claims: fixed at freezing, computed before."""
        return [Claim.from_json(item) for item in self.claims] if self.frozen else claims(self.content)

    def findings(self) -> list[Finding]:
        """The checks before submit, errors first."""
        return preflight(
            self.content,
            number=self.number,
            change_note=self.change_note,
            specialties=self.article.specialties,
            risk=self.article.risk,
        )

    @property
    def high_risk_words(self) -> str:
        """The words of the text that usually mean high risk, as a list in words; empty if none."""
        return words_of_high_risk({name: str(getattr(self, name)) for name in TEXTS})

    def change_class(self, against: Content) -> ChangeClass:
        """The class of the change from another text to this one; `raised` is a reason of its own."""
        computed = class_of(against, self.content)
        return ChangeClass((*computed.reasons, RAISED)) if self.raised else computed

    def set_content(self, content: Content) -> None:
        """Take over `content`, with line ends as `\\n`; not yet saved."""
        for name in CONTENT_FIELDS:
            value = getattr(content, name)
            setattr(self, name, line_ends(value) if isinstance(value, str) else value)

    def freeze(self, *, event: str) -> None:
        """Fix content, hash and claims for ever, and keep the HTML that readers get; done by the system."""
        self.claims = [claim.as_json() for claim in claims(self.content)]
        self.content_sha256 = self.content.sha256()
        self.frozen_at = clock.now()
        record(self, by=None, event=event)
        Rendering.make(self, reason=event)

    def close(self, outcome: Outcome, *, event: str) -> None:
        """Note what became of a frozen version; done by the system."""
        self.outcome = outcome
        record(self, by=None, event=event)


def write(
    article: "Article", *, by: "User", base: str, content: Content, event: str = "version.save", **others: Any
) -> Version:
    """Save an editor's text in the open version, under the article's lock.

    `base` is the fingerprint that the editor's form was made from; another save since then raises `Stale`.
    `others` are `change_note` and `proposals`.
    """
    with transaction.atomic():
        return overwrite(article.lock().open_version(by), by=by, base=base, content=content, event=event, **others)


def overwrite(
    version: Version, *, by: "User", base: str, content: Content, event: str, reason: str = "", **others: Any
) -> Version:
    """The same for who has the article's lock, and the open version from it."""
    if version.fingerprint != base:
        raise Stale("Somebody else saved this text after you opened it. Both texts are below; nothing is lost.")
    version.set_content(content)
    for name, value in others.items():
        setattr(version, name, value)
    return record(version, by=by, event=event, reason=reason)


class Waiver(models.Model):
    """A warning set aside, once per rule and version, with a reason that the reviewer sees."""

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="waivers")
    rule = models.CharField(max_length=60)
    reason = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    history = HistoricalRecords()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("version", "rule"), name="one_waiver_per_rule")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"


def waive(article: "Article", rule: str, *, by: "User", reason: str) -> Waiver:
    """Set a warning of the open version aside; errors cannot be waived."""
    with transaction.atomic():
        version = article.lock().open_version(by)
        if not any(finding.rule == rule and finding.level == "warning" for finding in version.findings()):
            raise Refusal("That warning is no longer there; nothing needs a reason.")
        if not reason.strip():
            raise Refusal("Give a reason, which the reviewer will see.")
        waiver = version.waivers.filter(rule=rule).first() or Waiver(
            article=version.article, version=version, rule=rule
        )
        waiver.reason, waiver.by, waiver.at = reason.strip(), by, clock.now()
        return record(waiver, by=by, event="version.waive", reason=reason)
