"""Signing: the one place that makes a signature (guarantees G4 and G6; 21 CFR 11.50, 11.70, 11.200).

A refused try leaves nothing but a row that records it. There is no path that signs for somebody else. Who signs proves
who they are for each signature anew: a fresh sign-in counts for nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from articles.models import Article, Document, Outcome, Version
from oracle import clock
from oracle.accounts.authentication import Proof, WrongProof, authenticate
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, Stale, typed

from . import blocking
from .blindness import is_blind
from .counting import approval_of, began, rule_is_met, stands
from .interests import OUTDATED, restate
from .judging import Judged, judge_all, obstacle
from .models import BoardMember, Conflict, Meaning, Revocation, Round, RoundEnd, SigningFailure, SignOff, SignOffRule
from .permissions import bar, member_of, rule_for, shortfall
from .questions import Answers, answered, asked_of
from .rounds import close_round, lock_round, overtake

Act = Callable[..., Article]


def try_to_sign(
    row: Round, *, by: User, shown_sha256: str, proof: Proof, act: Act | None = None, **more: Any
) -> tuple[Article | None, Refusal | None]:
    """`sign`, or another `act` like it, with a refusal returned, not raised, after the try was put on record.

    `more` is what else the act takes.
    """
    with transaction.atomic():
        # Two tries at once would count the same failures.
        by = User.objects.select_for_update(no_key=True).get(pk=by.pk)
        try:
            return (act or sign)(row, by=by, shown_sha256=shown_sha256, proof=proof, **more), None
        except Refusal as refusal:
            _note_failure(row, by, refusal)
            return None, refusal


def _note_failure(row: Round, by: User, refusal: Refusal) -> None:
    wrong = isinstance(refusal, WrongProof)
    SigningFailure.objects.create(
        article_id=row.article_id,
        version_id=row.version_id,
        by=by,
        reason=refusal.sentence,
        wrong_proof=wrong,
        at=clock.now(),
    )
    if wrong:
        blocking.report_if_blocked(by)


def sign(row: Round, *, by: User, shown_sha256: str, proof: Proof, answers: Answers) -> Article:
    """Sign the version of an active round as approval; the last signature the rule needs publishes it.

    `shown_sha256` is the hash that the signer's page rendered, `answers` are `yes` or `no` by question. Raises
    `NotAllowed` for the wrong person or proof, `Stale` when the page showed another text, `Refusal` for anything else
    that stands in the way.
    """
    # An open question should not cost the code that was typed; under the lock the answers count.
    answered(asked_of(row.version), answers)
    used = prove(by, proof)
    with transaction.atomic():
        row, article = lock_round(row, by)
        judged, member, rule = judge_all(row.version), member_of(by), rule_for(article)
        member = check_eligible(row, article, by, shown_sha256, judged, member, rule)
        given = answered(asked_of(row.version), answers)
        row.review = restate(row.review, by=by)
        signoff = make_signoff(row, article, by, member, judged, rule, answers=given, authentication=used)
        close_round(row, RoundEnd.SIGNED, by=by, event="round.sign")
        if rule_is_met(signoff.version_id):
            article = article.perform(
                "approve", by=by, approval=approval_of(article, row.version, began=began(article))
            )
        return article


def prove(by: User, proof: Proof) -> list[str]:
    """What proved who signs; refused after five wrong tries in fifteen minutes, and where the proof is wrong."""
    blocking.check(by)
    return authenticate(by, proof, undone="nothing was signed")


def check_eligible(
    row: Round,
    article: Article,
    by: User,
    shown_sha256: str,
    judged: list[Judged],
    member: BoardMember | None,
    rule: SignOffRule,
) -> BoardMember:
    """Everything but the number of signatures: a signature that could not count is refused, never stored.

    Gives back the board record of `by`, who has one.
    """
    version = row.version
    if article.current_id != version.pk or shown_sha256 != version.content_sha256:
        raise Stale("The text has changed since your page was made; nothing was signed. Read the change first.")
    if article.state != "under_review":
        raise Refusal("This article is not under review now; nothing was signed.")
    member = check_person(row, article, by, member)
    blind = is_blind(article, by, {version.pk: judged})
    blocked = obstacle(article, judged, signer=by, publishes=would_publish(version.pk, rule), blind=blind)
    for reason in (shortfall(article, member, rule), blocked):
        if reason:
            raise Refusal(reason)
    return member


def check_person(row: Round, article: Article, by: User, member: BoardMember | None) -> BoardMember:
    """Refuse whom anything bars, and whose answer about interests is none or old; gives back their board record."""
    sentence = bar(article, by, member, row.review)
    if sentence or member is None:
        raise NotAllowed(sentence or "You have no board record.")
    if row.review.conflict == Conflict.NOT_ASKED:
        raise Refusal("Say first whether you have a conflict of interest in this article.")
    if row.review.outdated(clock.today()):
        raise Refusal(OUTDATED)
    return member


def would_publish(version_id: int, rule: SignOffRule) -> bool:
    """Is one more signature, which could count, all that a version needs?"""
    return SignOff.objects.standing().approvals().filter(version_id=version_id).count() + 1 >= rule.signatures


def make_signoff(
    row: Round, article: Article, by: User, member: BoardMember, judged: list[Judged], rule: SignOffRule, **what: Any
) -> SignOff:
    """Write the signature row, with its snapshots; an approval, unless `what` has another meaning and statement.

    `what` also has the `authentication` that proved who signs, and the `answers` to what was asked.
    """
    what = {"meaning": Meaning.APPROVAL, "statement": signed_sentence(row)} | what
    return SignOff.objects.create(
        article=article,
        version=row.version,
        round=row,
        signer=by,
        **what,
        content_sha256=row.version.content_sha256,
        printed_name=by.name,
        credentials=member.credentials,
        affiliation=member.affiliation,
        specialties=member.specialties,
        conflict=row.review.conflict_line,
        judged={"statements": len(judged), "by_signer": sum(1 for item in judged if item.by(by.pk))},
        rule=rule.snapshot(article.specialties[0]),
        documents=documents_in_force(),
        signed_at=clock.now(),
    )


def signed_sentence(row: Round) -> str:
    """The sentence that is signed."""
    return f"I reviewed version {row.version.number} and approve it for publication."


def documents_in_force() -> dict[str, int]:
    """The numbers of the policy, the disclaimers and the questions in force, by kind."""
    return {document.kind: document.number for document in Document.objects.in_force_on(clock.today())}


def revoke(signoff: SignOff, *, by: User, reason: str) -> Article:
    """Take a signature back: its signer may, or the chair; the standing follows in the same transaction."""
    with transaction.atomic():
        article = signoff.article.lock()
        if by.pk != signoff.signer_id and not by.has_role("chair"):
            raise NotAllowed("Only the signer or the chair may revoke a signature.")
        reason = typed(reason, "Say why the signature is revoked; it stays on record.")
        if Revocation.objects.filter(signoff=signoff).exists():
            raise Refusal("This signature is revoked already.")
        Revocation.objects.create(signoff=signoff, article=article, by=by, reason=reason, at=clock.now())
        return follow_revocation(article, by=by, reason=reason)


def _recount(article: Article, version: Version, *, by: User, reason: str) -> Article:
    """Tell who stands for a version now; an older signature and a newer one together never move its date."""
    now = approval_of(article, version)
    signed_on, due = (
        min(now.signed_on, article.signed_on or date.max),
        min(now.review_due, article.review_due or date.max),
    )
    now = replace(now, signed_on=signed_on, review_due=due)
    article.take_over(now)
    return record(article, by=by, event="signoff.recount", reason=reason)


def follow_revocation(article: Article, *, by: User, reason: str) -> Article:
    """Close what no longer stands; reopen an approved article, else clear its standing; else tell who still counts."""
    version = article.standing_version
    for earlier in article.versions.filter(outcome=Outcome.SIGNED):
        if earlier != version and not stands(earlier.pk):
            earlier.close(Outcome.REVOKED, event="signoff.revoke")
    if version is None:
        return article
    if stands(version.pk):
        return _recount(article, version, by=by, reason=reason)
    if article.state == "approved":
        reviewing = Round.objects.active().filter(version_id=article.current_id).exists()
        return article.perform("reopen", by=by, reason=reason, reviewing=reviewing)
    overtake(version.rounds.all(), event="signoff.revoke")
    article.clear_standing(Outcome.REVOKED, event="signoff.revoke")
    return record(article, by=by, event="signoff.revoke", reason=reason)
