"""Corrections: one earlier signer signs a typographic change of a signed text, and the date of its review stays (R35).

The class of the change is computed anew under the article's lock, against what stands and against what was approved.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from articles.models import Article, Version
from articles.models.article import WITH_THE_BOARD
from oracle.accounts.authentication import Proof
from oracle.accounts.models import User
from oracle.refusals import NotAllowed, Refusal, Stale

from .blindness import is_blind
from .counting import approval_of, approved_beneath
from .interests import restate
from .judging import claims_to_judge, judge_all, stopped
from .models import Meaning, Round, RoundEnd, SignOff
from .permissions import member_of, rule_for
from .rounds import close_round, lock_round
from .signing import check_person, make_signoff, prove


@dataclass(frozen=True)
class Correction:
    """The change from the `standing` version to `version`, which the board has; `approved` is what approvals are on."""

    article: Article
    standing: Version
    approved: Version
    version: Version

    @property
    def statement(self) -> str:
        """The sentence that is signed."""
        return (
            f"I read the whole difference between version {self.standing.number} and version {self.version.number}; "
            "it changes no statement. I sign it as a correction."
        )

    def reasons(self) -> list[str]:
        """Why the change is one of content; empty for a typographic one."""
        earlier = [self.standing] if self.approved == self.standing else [self.standing, self.approved]
        found = [reason for version in earlier for reason in self.version.change_class(version.content).reasons]
        before, now = ({claim.id for claim in claims_to_judge(version)} for version in (self.standing, self.version))
        if before != now and not found:
            found = ["A statement that a reviewer added is another one, or was added since."]
        return list(dict.fromkeys(found))

    def may_be_signed_by(self, user: User) -> bool:
        """Did this person sign what stands, or the approved text beneath it?"""
        signed = SignOff.objects.standing().filter(version__in=[self.standing, self.approved], signer=user)
        return signed.exists()


def proposed(article: Article) -> Correction | None:
    """The change that could be signed as a correction, if its class allows it; None where nothing stands unhidden."""
    standing, version = article.standing_version, article.current_version
    if standing is None or standing.pk == version.pk or article.suspension:
        return None
    if article.state not in WITH_THE_BOARD or standing.content_sha256 == version.content_sha256:
        return None
    approved = approved_beneath(standing)
    return Correction(article, standing, approved, version) if approved else None


def offered(row: Round) -> Correction | None:
    """The correction that the reviewer of an active round may sign now."""
    correction = proposed(row.article) if row.version_id == row.article.current_id else None
    if correction is None or not correction.may_be_signed_by(row.reviewer) or correction.reasons():
        return None
    return correction


def correct(row: Round, *, by: User, shown_sha256: str, proof: Proof, against: str) -> Article:
    """Sign the difference between what stands and the version of an active round, and publish it at once.

    `shown_sha256` and `against` are the hashes of both texts that the signer's page compared. Raises as `signing.sign`.
    """
    used = prove(by, proof)
    with transaction.atomic():
        row, article = lock_round(row, by)
        correction = _checked(row, article, by, shown_sha256, against)
        member = check_person(row, article, by, member_of(by))
        judged = judge_all(row.version)
        sentence = stopped(article, judged, blind=is_blind(article, by, {row.version_id: judged}))
        if sentence:
            raise Refusal(sentence)
        row.review = restate(row.review, by=by)
        what: dict[str, Any] = {"meaning": Meaning.CORRECTION, "corrects": correction.approved}
        what |= {"statement": correction.statement, "authentication": used, "answers": []}
        make_signoff(row, article, by, member, judged, rule_for(article), **what)
        close_round(row, RoundEnd.SIGNED, by=by, event="round.sign")
        return article.perform("approve", by=by, approval=approval_of(article, row.version))


def _checked(row: Round, article: Article, by: User, shown_sha256: str, against: str) -> Correction:
    correction = proposed(article)
    if correction is None:
        raise Refusal("This change cannot be signed as a correction now; nothing was signed. Review the whole text.")
    shown = (correction.version.content_sha256, correction.standing.content_sha256)
    if row.version_id != correction.version.pk or (shown_sha256, against) != shown:
        raise Stale("The text has changed since your page was made; nothing was signed. Read the change first.")
    if not correction.may_be_signed_by(by):
        raise NotAllowed("A correction is signed by one of those who signed the text before; review the whole text.")
    reasons = correction.reasons()
    if reasons:
        raise Refusal(f"This is a change of content, and needs a whole review. {reasons[0]}")
    return correction
