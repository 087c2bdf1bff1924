"""Signatures: append-only rows (guarantees G3 and G4). Made by `reviews.signing` alone."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Meaning(models.TextChoices):
    """What a signature means (21 CFR 11.50(a)(3)); there is no default."""

    APPROVAL = "approval", "approval for publication"
    CORRECTION = "correction", "a correction that changes no statement"


class SignOffQuerySet(models.QuerySet["SignOff"]):
    """Query words of sign-offs."""

    def standing(self) -> "SignOffQuerySet":
        """Those not revoked."""
        return self.filter(revocation=None)

    def approvals(self) -> "SignOffQuerySet":
        """Those that count towards the sign-off rule; a correction stands by the approvals beneath it."""
        return self.filter(meaning=Meaning.APPROVAL)


class SignOff(models.Model):
    """A board member's electronic signature on the SHA-256 of one frozen version; names are snapshots.

    `rule` is `SignOffRule.snapshot`; `documents` are the numbers of the policy and the disclaimers in force;
    `authentication` names the components checked at that moment; `answers` are `{"question", "answer"}`, in the order
    asked, every one of them yes; `signed_at` is UTC.
    """

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="signoffs")
    version = models.ForeignKey("articles.Version", on_delete=models.PROTECT, related_name="signoffs")
    round = models.ForeignKey("reviews.Round", on_delete=models.PROTECT, related_name="signoffs")
    signer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="signoffs")
    meaning = models.CharField(max_length=10, choices=Meaning.choices)
    statement = models.TextField()
    content_sha256 = models.CharField(max_length=64)
    printed_name = models.CharField(max_length=200)
    credentials = models.CharField(max_length=120)
    affiliation = models.CharField(max_length=200, blank=True)
    specialties = ArrayField(models.SlugField())
    conflict = models.TextField()
    judged = models.JSONField()
    rule = models.JSONField()
    documents = models.JSONField()
    authentication = ArrayField(models.CharField(max_length=20))
    answers = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    corrects = models.ForeignKey(
        "articles.Version", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    signed_at = models.DateTimeField()

    objects: ClassVar[SignOffQuerySet] = SignOffQuerySet.as_manager()  # type: ignore[assignment]
    append_only = True

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=models.Q(meaning__in=Meaning.values), name="signatures_have_a_meaning"),
            models.CheckConstraint(condition=models.Q(printed_name__gt=""), name="signatures_have_a_name"),
            models.CheckConstraint(
                condition=models.Q(meaning="approval", corrects=None)
                | models.Q(meaning="correction", corrects__isnull=False),
                name="corrections_name_a_version",
            ),
        ]
        indexes = [models.Index(fields=("-signed_at", "-id")), models.Index(fields=("signer", "-signed_at"))]

    def __str__(self) -> str:
        return f"{self.printed_name}, {self.credentials}"

    def for_readers(self) -> dict[str, Any]:
        """The snapshot that the article row keeps; `version` is the number of the version signed, `outside` tells that
        the signer is not of the board itself.
        """
        return {
            "name": self.printed_name,
            "credentials": self.credentials,
            "affiliation": self.affiliation,
            "specialties": self.specialties,
            "meaning": self.meaning,
            "conflict": self.conflict,
            "signed_at": self.signed_at.isoformat(),
            "member": self.signer_id,
            "version": self.version.number,
            "outside": self.signer.board_record.outside_for_id is not None,
        }


class Revocation(models.Model):
    """A sign-off taken back, by its signer or the chair, with a reason."""

    signoff = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="revocation")
    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    append_only = True

    class Meta:
        indexes = [models.Index(fields=("-at", "-id"))]

    def __str__(self) -> str:
        return f"revocation of {self.signoff_id}"


class SigningFailure(models.Model):
    """A try to sign that was refused; `wrong_proof` where password, code or passkey were not the signer's."""

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("articles.Version", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    wrong_proof = models.BooleanField(default=False)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        indexes = [models.Index(fields=("by", "-at")), models.Index(fields=("-at", "-id"))]

    def __str__(self) -> str:
        return self.reason
