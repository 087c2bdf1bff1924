"""How the statements of a version stand: who judged what, and what stops an approval.

A verdict belongs to a statement's identity (text, citations, heading path), so one on an unchanged statement of an
earlier version still speaks for the person who gave it: that is what *carried over* means.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from articles.models import Article, Risk, Version
from articles.text.claims import ANSWER, Claim, sentences
from articles.text.content import CONTENT_FIELDS
from oracle.accounts.models import User

from .models import ClaimCheck, Comment, Conflict, Round
from .models.review import ONE_BY_ONE_SIGNS, QUANTITY_SIGNS, STOPPING, STOPPING_SIGNS, Verdict


@dataclass(frozen=True)
class Judged:
    """A statement with the newest verdict of each person who counts, `mine` first where there is one."""

    claim: Claim
    number: int
    checks: tuple[ClaimCheck, ...]
    # How many of those who gave the checks count: their round on this version is in work or signed.
    judges: int
    # The newest verdicts of reviewers who left that the chair set aside: shown, but counted nowhere.
    aside: tuple[ClaimCheck, ...] = ()

    @property
    def counted(self) -> bool:
        """Did somebody who counts judge it?"""
        return self.judges > 0

    @property
    def is_quantity(self) -> bool:
        """Does it say a dose or a number? Where the risk is high, two judge it."""
        return bool(set(QUANTITY_SIGNS) & set(self.claim.signs))

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


def claims_to_judge(version: Version, added: Iterable[dict[str, Any]] | None = None) -> list[Claim]:
    """The statements to judge: those fixed at freezing, then those that reviewers added and the text still has.

    `added` are the added ones' `sentence`s up to this version, oldest first, where they are known.
    """
    fixed = version.fixed_claims
    known = {claim.id for claim in fixed}
    if added is None:
        rows = version.article.added_claims.filter(version__number__lte=version.number)
        added = rows.values_list("sentence", flat=True)
    more = {claim.id: claim for claim in map(Claim.from_json, added) if claim.id not in known}
    if not more:
        return fixed
    present = {claim.id for claim in sentences(version.content)}
    return fixed + [claim for key, claim in more.items() if key in present]


def unlisted(version: Version, listed: list[Claim] | None = None) -> list[Claim]:
    """The sentences of the text that nobody has to judge yet; a reviewer may add any of them.

    `listed` are the statements of the version, where they are known.
    """
    known = {claim.id for claim in (claims_to_judge(version) if listed is None else listed)}
    return [claim for claim in sentences(version.content) if claim.id not in known]


def newest_checks(version: Version, claims: set[str]) -> list[ClaimCheck]:
    """The newest verdict of every person not conflicted, on each of `claims`; among them those set aside, for which
    no older verdict of the same person comes back. Each says whether its person `counts` on the version.
    """
    at_work = Round.objects.counting().filter(version=version, review__reviewer=OuterRef("reviewer"))
    return list(
        ClaimCheck.objects.filter(article_id=version.article_id, claim__in=claims)
        .exclude(round__review__conflict=Conflict.DECLARED, round__review__cleared_by=None)
        .order_by("claim", "reviewer_id", "-round_id", "-id")
        .distinct("claim", "reviewer_id")
        .annotate(counts=Exists(at_work))
        .select_related("reviewer", "set_aside__by", "version")
        .defer(*(f"version__{name}" for name in (*CONTENT_FIELDS, "claims")))
    )


def judge_all(version: Version, added: Iterable[dict[str, Any]] | None = None) -> list[Judged]:
    """Every statement of a version with the verdicts that count on it; `added` as for `claims_to_judge`."""
    claims = claims_to_judge(version, added)
    by_claim: dict[str, list[ClaimCheck]] = {}
    for check in newest_checks(version, {claim.id for claim in claims}):
        by_claim.setdefault(check.claim, []).append(check)
    return [_judged(claim, number, by_claim.get(claim.id, [])) for number, claim in enumerate(claims, start=1)]


def _judged(claim: Claim, number: int, newest: list[Any]) -> Judged:
    checks = tuple(check for check in newest if not check.is_set_aside)
    judges = sum(1 for check in checks if check.counts)
    return Judged(claim, number, checks, judges, tuple(check for check in newest if check.is_set_aside))


def left_for(judged: list[Judged], person_id: int) -> list[Judged]:
    """The statements without a verdict of this person."""
    return [item for item in judged if item.by(person_id) is None]


def by_section(version: Version, claim: Claim) -> str:
    """Why a statement is not judged with the rest of its section, in a word or two; empty if it may be.

    *No evidence* means that none of the references it cites, if it cites any, has a quoted passage.
    """
    sign = next((sign for sign in ONE_BY_ONE_SIGNS if sign in claim.signs), "")
    if sign or claim.wording == ANSWER:
        return sign or "direct answer"
    quoted = {item.get("key") for item in version.evidence if str(item.get("quote", "")).strip()}
    return "" if quoted & set(claim.keys) else "no evidence"


def left_in_section(
    version: Version, judged: list[Judged], path: tuple[str, ...], wording: str, person_id: int
) -> tuple[list[Judged], list[tuple[Judged, str]]]:
    """What is left for a person under exactly these headings: what a word on the section judges, and what it leaves
    out, each with the reason in a word.
    """
    here = [item for item in left_for(judged, person_id) if (item.claim.path, item.claim.wording) == (path, wording)]
    reasons = [(item, by_section(version, item.claim)) for item in here]
    return [item for item, reason in reasons if not reason], [(item, reason) for item, reason in reasons if reason]


def obstacle(
    article: Article,
    judged: list[Judged] | None = None,
    *,
    signer: User | None = None,
    publishes: bool = True,
    blind: bool = False,
    blocking: int | None = None,
    of: Version | None = None,
) -> str | None:
    """Why nobody can sign the current version yet, in one sentence; None if nothing stands in the way.

    Where the risk is high, a `signer` whose signature does not publish has judged every statement, and for one that
    `publishes` two who count have judged each dose and number. Who is `blind` (`blindness.is_blind`) is not told whose
    verdict stops it, nor where. `blocking` is the number of open blocking comments, where it is known:
    those to any version or, where a version that stands is reaffirmed, those to it, `of`.
    """
    judged = judge_all(article.current_version) if judged is None else judged
    missing = _missing(article, judged, signer, publishes)
    return missing or stopped(article, judged, blind=blind, blocking=blocking, of=of)


def stopped(
    article: Article,
    judged: list[Judged],
    *,
    blind: bool = False,
    blocking: int | None = None,
    of: Version | None = None,
) -> str | None:
    """The part of `obstacle` that says what somebody holds against the text; it stops a correction too."""
    stopping = next((item for item in judged if item.stops), None)
    if stopping and blind:
        return "Not every verdict lets this version be approved; judge the statements left to you to see which."
    if stopping:
        names = ", ".join(dict.fromkeys(check.reviewer.name for check in stopping.stopping))
        return (
            f"Statement {stopping.number} has a verdict by {names} that stops approval; judge it again, or send back."
        )
    objections = Comment.objects.open_blocking().filter(article=article)
    if blocking is None:
        blocking = (objections.filter(version=of) if of else objections).count()
    if blocking:
        return f"{blocking} blocking comment{'s are' if blocking > 1 else ' is'} still open."
    return None


def _missing(article: Article, judged: list[Judged], signer: User | None, publishes: bool) -> str | None:
    high = article.risk == Risk.HIGH
    if high and signer and not publishes:
        return _still(left_for(judged, signer.pk), len(judged), "by you yet")
    unjudged = _still([item for item in judged if not item.counted], len(judged), "yet")
    once = [item for item in judged if high and item.is_quantity and item.judges < 2]
    return unjudged or _still(once, len(judged), "by a second reviewer yet, as each dose and number is at high risk")


def _still(missing: list[Judged], total: int, ending: str) -> str | None:
    if not missing:
        return None
    verb = "is" if len(missing) == 1 else "are"
    return f"{len(missing)} of {total} statements {verb} not judged {ending}; the next is number {missing[0].number}."
