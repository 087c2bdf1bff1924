"""Sign-off rules: per risk level, how many signatures, from how many specialties, for how many months."""

from typing import Any

from django.db import models

from oracle.audit.history import HistoricalRecords


class SignOffRule(models.Model):
    """The rule of one risk level. At least one signer always has the article's main specialty.

    Signers count as from different specialties by the first specialty of each one's board record.
    """

    risk = models.CharField(max_length=10, unique=True)
    signatures = models.PositiveIntegerField(default=1)
    specialties = models.PositiveIntegerField(default=1)
    months = models.PositiveIntegerField(default=36)

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signatures__gte=1, months__gte=1, specialties__gte=1)
                & models.Q(specialties__lte=models.F("signatures")),
                name="rules_can_be_met",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.risk}: {self.signatures} signatures"

    def snapshot(self, main_specialty: str) -> dict[str, Any]:
        """What a sign-off keeps of the rule that counted."""
        return {
            "risk": self.risk,
            "signatures": self.signatures,
            "specialties": self.specialties,
            "months": self.months,
            "main_specialty": main_specialty,
        }
