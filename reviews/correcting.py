"""Corrections: one earlier signer signs a typographic change of a signed text, and the date of its review stays (R35).

The class of the change is computed anew under the article's lock, against what stands and against what was approved.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from articles.models import Article, Version
from articles.models.article import WITH_THE_BOARD
from oracle.accounts.authentication import Proof
from oracle.accounts.models import User
from oracle.refusals import NotAllowed, Refusal, Stale

from .blindness import is_blind
from .counting import approval_of, approved_beneath, beneath
from .interests import restate
from .judging import claims_to_judge, judge_all, stopped
from .models import AddedClaim, Meaning, Round, RoundEnd, SignOff
from .permissions import member_of, rule_for
from .rounds import close_round, lock_round
from .signing import check_person, make_signoff, prove

Beneath = Callable[[Version], Version | None]


@dataclass(frozen=True)
class Correction:
    """The change from the `standing` version to `version`, which the board has; `approved` is what approvals are on."""

    article: Article
    standing: Version
    approved: Version
    version: Version
    # The number of the version and the `sentence` of each statement that reviewers added, where they are known.
    added: list[dict[str, Any]] | None = None

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
        before, now = (self._statements(version) for version in (self.standing, self.version))
        if before != now and not found:
            found = ["A statement that a reviewer added is another one, or was added since."]
        return list(dict.fromkeys(found))

    def _statements(self, version: Version) -> set[str]:
        known = self.added
        added = known and [one["sentence"] for one in known if one["version"] <= version.number]
        return {claim.id for claim in claims_to_judge(version, added)}

    def may_be_signed_by(self, user: User) -> bool:
        """Did this person sign what stands, or the approved text beneath it?"""
        signed = SignOff.objects.standing().filter(version__in=[self.standing, self.approved], signer=user)
        return signed.exists()


def proposed(article: Article, under: Beneath = approved_beneath, **known: Any) -> Correction | None:
    """The change that could be signed as a correction, if its class allows it; None where nothing stands unhidden.

    `under` finds the version whose approvals let the standing one stand; `known` is what is known of the change.
    """
    standing, version = article.standing_version, article.current_version
    if standing is None or standing.pk == version.pk or article.suspension:
        return None
    if article.state not in WITH_THE_BOARD or standing.content_sha256 == version.content_sha256:
        return None
    approved = under(standing)
    return Correction(article, standing, approved, version, **known) if approved else None


def offered(row: Round) -> Correction | None:
    """The correction that the reviewer of an active round may sign now."""
    later = row.article.standing_version_id not in (None, row.version_id)
    return next((correction for _, correction in all_offered([row.pk] if later else [])), None)


def all_offered(ids: Collection[int]) -> list[tuple[Round, Correction]]:
    """Those of active rounds whose reviewers may sign a correction now, each with it; two statements for all."""
    rows = list(_with_what_it_takes().filter(pk__in=ids)) if ids else []
    others = {row.approved for row in rows if row.approved and row.approved != row.article.standing_version_id}
    earlier = Version.objects.in_bulk(others)
    found = ((row, _offer(row, earlier)) for row in rows if row.may_sign)
    return [(row, correction) for row, correction in found if correction and not correction.reasons()]


def _with_what_it_takes() -> QuerySet[Any]:
    """Rounds with all that is asked of other tables, but the text beneath a correction."""
    signed = SignOff.objects.standing().filter(signer=OuterRef("review__reviewer"))
    stands = Q(version=OuterRef("article__standing_version")) | Q(version=OuterRef("approved"))
    added = AddedClaim.objects.filter(article=OuterRef("article")).order_by("pk")
    related = ("article__current_version", "article__standing_version", "version__article", "review__reviewer")
    return Round.objects.select_related(*related).annotate(
        approved=beneath("article__standing_version"),
        may_sign=Exists(signed.filter(stands)),
        added=ArraySubquery(added.values(one=JSONObject(version="version__number", sentence="sentence"))),
    )


def _offer(row: Any, earlier: dict[int, Version]) -> Correction | None:
    """The change that a round of `_with_what_it_takes` is on."""
    if row.version_id != row.article.current_id:
        return None
    return proposed(
        row.article,
        lambda standing: standing if row.approved == standing.pk else earlier.get(row.approved),
        added=row.added,
    )


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
