"""What the public is told: one pure function of the article row; its twins are the words of `ArticleQuerySet`."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Article


class Standing(StrEnum):
    """The five standings; the first that applies, in this order."""

    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    OVERDUE = "overdue"
    APPROVED = "approved"
    PENDING = "pending"


def standing(article: "Article", on: date) -> Standing:
    """Where `article` stands for readers on day `on` (in the site's time zone)."""
    if article.withdrawal:
        return Standing.WITHDRAWN
    if article.suspension and article.standing_version_id in (None, article.suspension["version"]):
        return Standing.SUSPENDED
    if article.standing_version_id is None or article.review_due is None:
        return Standing.PENDING
    return Standing.OVERDUE if article.review_due < on else Standing.APPROVED


def withholds(policy: str, risk: str) -> bool:
    """Does an editorial policy that withholds `policy` (none, high, all) keep a pending text of `risk` back?"""
    return policy == "all" or (policy == "high" and risk != "standard")


def shows_text(article: "Article", on: date, policy: str) -> bool:
    """May readers read the shown version's text, under the policy in force?

    A pending one is the current version; after its signature was revoked it is withheld until it is signed again.
    """
    now = standing(article, on)
    if now in (Standing.APPROVED, Standing.OVERDUE):
        return True
    if now is not Standing.PENDING or article.state not in ("submitted", "under_review"):
        return False
    return article.current_version.outcome != "revoked" and not withholds(policy, article.risk)


def keeps_text(article: "Article", version_id: int, outcome: str) -> bool:
    """May readers still read a version that is no longer shown? Signed, and neither revoked, hidden nor withdrawn."""
    hidden = article.suspension and article.suspension["version"] == version_id
    return outcome == "signed" and not article.withdrawal and not hidden
