"""How the statements of a version stand: who judged what, and what stops an approval.

A verdict belongs to a statement's identity (text, citations, heading path), so one on an unchanged statement of an
earlier version still speaks for the person who gave it: that is what *carried over* means.
"""

from dataclasses import dataclass

from articles.models import Article, Version
from articles.text.claims import Claim, sentences

from .models import ClaimCheck, Comment, Conflict, Round
from .models.review import STOPPING, STOPPING_SIGNS, Verdict


@dataclass(frozen=True)
class Judged:
    """A statement with the newest verdict of each person who counts, `mine` first where there is one."""

    claim: Claim
    number: int
    checks: tuple[ClaimCheck, ...]
    counted: bool
    # The newest verdicts of reviewers who left that the chair set aside: shown, but counted nowhere.
    aside: tuple[ClaimCheck, ...] = ()

    @property
    def stopping(self) -> list[ClaimCheck]:
        """The verdicts that stop approval."""
        return [check for check in self.checks if stops_approval(self.claim, check.verdict)]

    @property
    def stops(self) -> bool:
        """Does a verdict on this statement stop approval?"""
        return bool(self.stopping)

    def by(self, person_id: int) -> ClaimCheck | None:
        """The newest verdict of one person."""
        return next((check for check in self.checks if check.reviewer_id == person_id), None)


def stops_approval(claim: Claim, verdict: str) -> bool:
    """`not supported` and `unsafe` do; `cannot tell` where there is a dose, a number or a contraindication."""
    doubt = verdict == Verdict.CANNOT_TELL and bool(set(STOPPING_SIGNS) & set(claim.signs))
    return verdict in STOPPING or doubt


def claims_to_judge(version: Version) -> list[Claim]:
    """The statements to judge: those fixed at freezing, then those that reviewers added and the text still has."""
    fixed = version.fixed_claims
    known = {claim.id for claim in fixed}
    rows = version.article.added_claims.filter(version__number__lte=version.number).exclude(claim__in=known)
    added = {row.claim: row for row in rows}
    if not added:
        return fixed
    present = {claim.id for claim in sentences(version.content)}
    return fixed + [Claim.from_json(row.sentence) for key, row in added.items() if key in present]


def unlisted(version: Version) -> list[Claim]:
    """The sentences of the text that nobody has to judge yet; a reviewer may add any of them."""
    known = {claim.id for claim in claims_to_judge(version)}
    return [claim for claim in sentences(version.content) if claim.id not in known]


def newest_checks(article_id: int, claims: set[str]) -> list[ClaimCheck]:
    """The newest verdict of every person not conflicted, on each of `claims`; among them those set aside, for which
    no older verdict of the same person comes back.
    """
    return list(
        ClaimCheck.objects.filter(article_id=article_id, claim__in=claims)
        .exclude(round__review__conflict=Conflict.DECLARED, round__review__cleared_by=None)
        .order_by("claim", "reviewer_id", "-round_id", "-id")
        .distinct("claim", "reviewer_id")
        .select_related("reviewer", "set_aside__by")
    )


def judge_all(version: Version) -> list[Judged]:
    """Every statement of a version with the verdicts that count on it."""
    claims = claims_to_judge(version)
    checks = newest_checks(version.article_id, {claim.id for claim in claims})
    counting = set(Round.objects.counting().filter(version=version).values_list("review__reviewer_id", flat=True))
    by_claim: dict[str, list[ClaimCheck]] = {}
    for check in checks:
        by_claim.setdefault(check.claim, []).append(check)
    return [
        _judged(claim, number, by_claim.get(claim.id, []), counting) for number, claim in enumerate(claims, start=1)
    ]


def _judged(claim: Claim, number: int, newest: list[ClaimCheck], counting: set[int]) -> Judged:
    checks = tuple(check for check in newest if not check.is_set_aside)
    counted = any(check.reviewer_id in counting for check in checks)
    return Judged(claim, number, checks, counted, tuple(check for check in newest if check.is_set_aside))


def obstacle(article: Article, judged: list[Judged] | None = None, *, of: Version | None = None) -> str | None:
    """Why nobody can sign the current version yet, in one sentence; None if nothing stands in the way.

    Objections to any version count, or, where a version that stands is reaffirmed, those to it: `of`.
    """
    judged = judge_all(article.current_version) if judged is None else judged
    missing = [item.number for item in judged if not item.counted]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        return f"{len(missing)} of {len(judged)} statements {verb} not judged yet; the next is number {missing[0]}."
    return stopped(article, judged, of=of)


def stopped(article: Article, judged: list[Judged], *, of: Version | None = None) -> str | None:
    """The part of `obstacle` that says what somebody holds against the text; it stops a correction too."""
    stopping = next((item for item in judged if item.stops), None)
    if stopping:
        names = ", ".join(dict.fromkeys(check.reviewer.name for check in stopping.stopping))
        return (
            f"Statement {stopping.number} has a verdict by {names} that stops approval; judge it again, or send back."
        )
    objections = Comment.objects.open_blocking().filter(article=article)
    blocking = (objections.filter(version=of) if of else objections).count()
    if blocking:
        return f"{blocking} blocking comment{'s are' if blocking > 1 else ' is'} still open."
    return None
