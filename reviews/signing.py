"""Signing: the one place that makes a signature (guarantees G4 and G6; 21 CFR 11.50, 11.70, 11.200).

A refused try leaves nothing but a row that records it. There is no path that signs for somebody else.
"""

import calendar
from datetime import date, timedelta

from django.db import transaction

from articles.models import Article, Document, Outcome
from articles.models.life import Approval
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, Stale, typed

from .interests import restate
from .judging import Judged, judge_all, obstacle
from .models import BoardMember, Conflict, Meaning, Revocation, Round, RoundEnd, SigningFailure, SignOff, SignOffRule
from .office import rule_is_met
from .permissions import bar, member_of, rule_for, shortfall
from .rounds import close_round, lock_round

WINDOW, TRIES = timedelta(minutes=15), 5


class WrongPassword(NotAllowed):
    """The password given at signing is not the signer's."""


def try_to_sign(row: Round, *, by: User, shown_sha256: str, password: str) -> tuple[Article | None, Refusal | None]:
    """`sign`, with a refusal returned, not raised, after the try was put on record."""
    with transaction.atomic():
        # Two tries at once would count the same failures.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        return _try(row, by, shown_sha256, password)


def _try(row: Round, by: User, shown_sha256: str, password: str) -> tuple[Article | None, Refusal | None]:
    try:
        return sign(row, by=by, shown_sha256=shown_sha256, password=password), None
    except Refusal as refusal:
        SigningFailure.objects.create(
            article_id=row.article_id,
            version_id=row.version_id,
            by=by,
            reason=refusal.sentence,
            wrong_password=isinstance(refusal, WrongPassword),
            at=clock.now(),
        )
        return None, refusal


def sign(row: Round, *, by: User, shown_sha256: str, password: str) -> Article:
    """Sign the version of an active round as approval; the last signature the rule needs publishes it.

    `shown_sha256` is the hash that the signer's page rendered. Raises `NotAllowed` for the wrong password or person,
    `Stale` when the page showed another text, `Refusal` for anything else that stands in the way.
    """
    check_password(by, password)
    with transaction.atomic():
        row, article = lock_round(row, by)
        judged, member, rule = judge_all(row.version), member_of(by), rule_for(article)
        member = check_eligible(row, article, by, shown_sha256, judged, member, rule)
        row.review = restate(row.review, by=by)
        signoff = make_signoff(row, article, by, member, judged, rule)
        close_round(row, RoundEnd.SIGNED, by=by, event="round.sign")
        if rule_is_met(signoff.version_id):
            article = article.perform("approve", by=by, approval=approval_of(article))
        return article


def check_password(by: User, password: str) -> None:
    """Refuse after five failures in fifteen minutes, then unless the password is the signer's own."""
    recent = SigningFailure.objects.filter(by=by, wrong_password=True, at__gt=clock.now() - WINDOW)
    if recent.count() >= TRIES:
        raise NotAllowed("Signing is blocked for 15 minutes after five wrong passwords; tell the administrator.")
    if not by.is_active or not by.check_password(password):
        raise WrongPassword("The password is not right; nothing was signed.")


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
    sentence = bar(article, by, member, row.review)
    if sentence or member is None:
        raise NotAllowed(sentence or "You have no board record.")
    if row.review.conflict == Conflict.NOT_ASKED:
        raise Refusal("Say first whether you have a conflict of interest in this article.")
    for reason in (shortfall(article, member, rule), obstacle(article, judged)):
        if reason:
            raise Refusal(reason)
    return member


def make_signoff(
    row: Round, article: Article, by: User, member: BoardMember, judged: list[Judged], rule: SignOffRule
) -> SignOff:
    """Write the signature row, with its snapshots."""
    return SignOff.objects.create(
        article=article,
        version=row.version,
        round=row,
        signer=by,
        meaning=Meaning.APPROVAL,
        statement=signed_sentence(row),
        content_sha256=row.version.content_sha256,
        printed_name=by.name,
        credentials=member.credentials,
        affiliation=member.affiliation,
        specialties=member.specialties,
        conflict=row.review.conflict_line,
        judged={"statements": len(judged), "by_signer": sum(1 for item in judged if item.by(by.pk))},
        rule=rule.snapshot(article.specialties[0]),
        documents=documents_in_force(),
        authentication=["e-mail", "password"],
        signed_at=clock.now(),
    )


def signed_sentence(row: Round) -> str:
    """The sentence that is signed."""
    return f"I reviewed version {row.version.number} and approve it for publication."


def documents_in_force() -> dict[str, int]:
    """The numbers of the policy and the disclaimers in force, by kind."""
    return {document.kind: document.number for document in Document.objects.in_force_on(clock.today())}


def approval_of(article: Article) -> Approval:
    """The evidence of `approve`, from the sign-offs that stand on the current version."""
    standing = SignOff.objects.standing().filter(version_id=article.current_id)
    signoffs = list(standing.select_related("signer__board_record"))
    signed_on = clock.today()
    snapshot = {
        "people": [signoff.for_readers() for signoff in signoffs],
        "documents": signoffs[-1].documents,
        "submitted_on": article.submitted_on and article.submitted_on.isoformat(),
        "review_started_on": article.review_started_on and article.review_started_on.isoformat(),
    }
    due = months_later(signed_on, min(int(signoff.rule["months"]) for signoff in signoffs))
    return Approval(signoffs[-1].version_id, signed_on, due, snapshot)


def months_later(day: date, months: int) -> date:
    """The same day `months` later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


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


def follow_revocation(article: Article, *, by: User, reason: str) -> Article:
    """If the rule is now unmet, nothing stands any more: reopen an approved article, else clear its standing."""
    if article.standing_version_id is None or rule_is_met(article.standing_version_id):
        return article
    if article.state == "approved":
        reviewing = Round.objects.active().filter(version_id=article.current_id).exists()
        return article.perform("reopen", by=by, reason=reason, reviewing=reviewing)
    article.clear_standing(Outcome.REVOKED, event="signoff.revoke")
    return record(article, by=by, event="signoff.revoke", reason=reason)
