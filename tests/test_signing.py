"""Signing: who can, who cannot and why, what is kept, and that what is signed is what was shown (G6)."""

from datetime import timedelta

import pytest
from django.db import transaction

from articles.models import Article, Version
from articles.models.version import write
from oracle import clock
from oracle.accounts.authentication import Proof
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, Stale
from reviews import checking, discussion, interests, rounds, signing
from reviews.models import BoardMember, Conflict, Revocation, Round, SigningFailure, SignOff

from .cast import (
    ALL_YES,
    PROOF,
    amended,
    approved,
    board_member,
    content,
    judge_everything,
    revised,
    sent_again,
    sign,
    submitted,
    under_review,
)

pytestmark = pytest.mark.django_db


def test_the_one_who_asked_for_changes_signs_the_next_version(editor, reviewer):
    article, row = under_review(editor, reviewer)
    article = sent_again(rounds.ask_for_changes(row, by=reviewer, reason="Name the dose."), editor)
    assert article.state == "under_review"
    again = rounds.active_round(article, reviewer)
    judge_everything(again)
    discussion.resolve(article.comments.get(), by=reviewer)
    article = sign(again)
    assert (article.state, article.standing_version.number) == ("approved", 2)
    assert article.signoffs.get().printed_name == "Rita Reviewer"


def test_the_editor_who_mended_a_comma_cannot_sign(editor, editor2, reviewer):
    """A reviewer who is an editor as well, and changed one character, is a contributor for ever."""
    editor2.roles = ["editor", "reviewer"]
    with transaction.atomic():
        record(editor2, by=None, event="user.roles")
    board_member(editor2, "nephrology")
    article, row = under_review(editor, reviewer)
    article = rounds.ask_for_changes(row, by=reviewer, reason="A comma is missing.")
    fresh = content(direct_answer="Yes, with care, drug A may be given in kidney failure at half the dose [@one].")
    version = article.current_version
    write(article, by=editor2, base=version.fingerprint, content=fresh, change_note="Comma.")
    discussion.mark_mended(article.comments.get(), by=editor)
    article = Article.objects.get(pk=article.pk).perform("submit", by=editor)
    with pytest.raises(NotAllowed, match="You contributed to this text"):
        rounds.take(article, by=editor2)


def test_one_who_only_opened_a_copy_is_no_contributor(editor, editor2, reviewer):
    article = approved(editor, reviewer).perform("revise", by=editor2)
    assert article.contributor_ids() == {editor.pk}


def test_a_superuser_cannot_sign(editor, reviewer, superuser):
    """No right of a superuser's leads to a signature (F4)."""
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    with pytest.raises(NotAllowed, match="Only a member of the Medical Advisory Board"):
        rounds.take(article, by=superuser)
    with pytest.raises(NotAllowed, match="another reviewer's round"):
        signing.sign(row, by=superuser, shown_sha256=row.version.content_sha256, proof=PROOF, answers=ALL_YES)


def test_a_conflicted_member_cannot_sign(editor, reviewer, chair):
    """A declared interest is not as good as none (F12)."""
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    interests.declare(article, by=reviewer, conflict=Conflict.DECLARED, text="Fees from the maker of drug A.")
    with pytest.raises(NotAllowed, match="You declared an interest"):
        sign(row)
    review = row.review.__class__.objects.get(pk=row.review_id)
    interests.clear(review, by=chair, reason="Fees ended four years ago.")
    judge_everything(row)
    assert "Cleared by the chair: Fees ended four years ago." in sign(row).signoffs.get().conflict


def test_a_lapsed_credential_check_bars(editor, reviewer):
    _, row = under_review(editor, reviewer)
    judge_everything(row)
    member = BoardMember.objects.get(user=reviewer)
    member.expires_on = clock.today() - timedelta(days=1)
    with transaction.atomic():
        record(member, by=None, event="board.save")
    with pytest.raises(NotAllowed, match="credential check lapsed"):
        sign(row)


@pytest.mark.parametrize("verdict", ["not_supported", "unsafe", "cannot_tell"])
def test_a_stopping_verdict_stops(editor, reviewer, verdict):
    """`cannot tell` stops because every statement here has a dose or a number."""
    _, row = under_review(editor, reviewer)
    judge_everything(row)
    claim = row.version.fixed_claims[1]
    checking.judge(row, claim.id, by=reviewer, verdict=verdict, note="Doubtful.", quote="Nothing like it.")
    with pytest.raises(Refusal, match="Statement 2 has a verdict by Rita Reviewer that stops approval"):
        sign(row)


def test_a_half_judged_version_cannot_be_signed(editor, reviewer):
    """Half a review is not one (F7)."""
    _, row = under_review(editor, reviewer)
    claim = row.version.fixed_claims[0]
    checking.judge(row, claim.id, by=reviewer, verdict="supported")
    with pytest.raises(Refusal, match="statements are not judged yet"):
        sign(row)
    assert SignOff.objects.count() == 0


def test_an_added_sentence_must_be_judged_too(editor, reviewer):
    from reviews.judging import unlisted

    words = "The mechanism is debated among authors."
    _, row = under_review(editor, reviewer, professional=content().professional + f"\n\n{words}\n")
    judge_everything(row)
    extra = next(claim for claim in unlisted(row.version) if claim.text == words)
    added = checking.add_claim(row, by=reviewer, sentence=extra.id)
    with pytest.raises(Refusal, match="not judged yet"):
        sign(row)
    checking.judge(row, added.claim, by=reviewer, verdict="supported")
    assert sign(row).state == "approved"


def test_an_open_objection_of_another_stops(editor, reviewer, reviewer3):
    article, row = under_review(editor, reviewer)
    other = rounds.take(article, by=reviewer3)
    remark = discussion.comment(other, by=reviewer3, body="Where is the trial?", blocking=True)
    judge_everything(row)
    with pytest.raises(Refusal, match="1 blocking comment is still open"):
        sign(row)
    discussion.resolve(remark, by=reviewer3)
    assert sign(row).state == "approved"


def test_the_hash_shown_is_the_hash_signed(editor, reviewer):
    """What is signed is what was shown, not what is there (F11)."""
    _, row = under_review(editor, reviewer)
    judge_everything(row)
    with pytest.raises(Stale, match="nothing was signed"):
        signing.sign(row, by=reviewer, shown_sha256="0" * 64, proof=PROOF, answers=ALL_YES)


def test_a_failed_try_is_on_record_and_five_block(editor, reviewer):
    _, row = under_review(editor, reviewer)
    judge_everything(row)
    shown = row.version.content_sha256
    for _ in range(5):
        article, refusal = signing.try_to_sign(
            row, by=reviewer, shown_sha256=shown, proof=Proof(password="not mine"), answers=ALL_YES
        )
        assert (article, refusal.status) == (None, 403)
    article, refusal = signing.try_to_sign(row, by=reviewer, shown_sha256=shown, proof=PROOF, answers=ALL_YES)
    assert article is None
    assert "Signing is blocked" in refusal.sentence
    assert SigningFailure.objects.filter(by=reviewer).count() == 6
    assert SignOff.objects.count() == 0
    with clock.moved_to(clock.now() + timedelta(minutes=16)):
        article, refusal = signing.try_to_sign(row, by=reviewer, shown_sha256=shown, proof=PROOF, answers=ALL_YES)
    assert refusal is None
    assert article.state == "approved"


def test_a_signature_keeps_its_snapshots(editor, reviewer):
    article = approved(editor, reviewer)
    signoff = article.signoffs.get()
    assert (signoff.printed_name, signoff.credentials, signoff.meaning) == ("Rita Reviewer", "MD", "approval")
    assert signoff.statement == "I reviewed version 1 and approve it for publication."
    assert signoff.conflict == "No conflict of interest for this article."
    assert signoff.content_sha256 == article.standing_version.content_sha256
    assert signoff.rule == {
        "risk": "standard", "signatures": 1, "specialties": 1, "months": 36, "main_specialty": "nephrology",
    }  # fmt: skip
    assert signoff.documents == {"policy": 1, "disclaimer_professional": 1, "disclaimer_plain": 1, "questions": 1}
    assert signoff.authentication == ["e-mail", "password"]
    assert signoff.answers == [{"question": "Is the answer balanced?", "answer": "yes"}]
    assert signoff.judged == {"statements": 5, "by_signer": 5}


def test_high_risk_takes_two_from_different_specialties(editor, reviewer, reviewer2, reviewer3):
    """Two signatures stand on one version (F16)."""
    article, row = under_review(editor, reviewer, risk="high")
    same = rounds.take(article, by=reviewer3)
    judge_everything(row)
    assert sign(row).state == "under_review"
    with pytest.raises(Refusal, match="different specialties"):
        sign(same)
    other = rounds.take(article, by=reviewer2)
    judge_everything(other)
    article = sign(other)
    assert article.state == "approved"
    assert [person["name"] for person in article.signatures["people"]] == ["Rita Reviewer", "Ralph Reviewer"]
    assert Round.objects.get(pk=same.pk).end == "overtaken"


def test_a_signature_that_could_not_count_is_refused(editor, reviewer2):
    """One signature is enough, and it must have the main specialty: a cardiologist cannot take it."""
    with pytest.raises(NotAllowed, match="main specialty"):
        rounds.take(submitted(editor), by=reviewer2)


def test_signing_says_again_what_was_said_about_interests(editor, reviewer):
    """An answer holds 90 days, the last of them included, and the signature restates it."""
    _, row = under_review(editor, reviewer)
    judge_everything(row)
    with clock.moved_to(clock.now() + timedelta(days=90)):
        sign(row)
        review = row.review.__class__.objects.get(pk=row.review_id)
        assert review.declared_on == clock.today()
        assert review.history.latest("history_id").history_event == "review.restate"


def test_silence_is_never_consent(editor, reviewer):
    """Let every deadline lapse: nothing is approved (F6)."""
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    with clock.moved_to(clock.now() + timedelta(days=4000)):
        assert Article.objects.get(pk=article.pk).state == "under_review"


def test_revoked_by_its_signer_the_article_is_no_longer_approved(editor, reviewer):
    """Who signed stays on record when the signature is revoked (F16)."""
    article = approved(editor, reviewer)
    article = signing.revoke(article.signoffs.get(), by=reviewer, reason="A newer trial says otherwise.")
    assert (article.state, article.standing_version, article.signatures) == ("submitted", None, {})
    assert Version.objects.get(pk=article.current_version_id).outcome == "revoked"
    assert SignOff.objects.count() == Revocation.objects.count() == 1
    with pytest.raises(Refusal, match="revoked already"):
        signing.revoke(article.signoffs.get(), by=reviewer, reason="Again.")


def test_revoked_while_a_newer_version_is_in_work(editor, reviewer):
    article = approved(editor, reviewer).perform("revise", by=editor)
    article = signing.revoke(article.signoffs.get(), by=reviewer, reason="Wrong dose.")
    assert (article.state, article.standing_version) == ("draft", None)


def test_only_signer_or_chair_revokes(editor, reviewer, reviewer3, chair, superuser):
    signoff = approved(editor, reviewer).signoffs.get()
    for user in (editor, reviewer3, superuser):
        with pytest.raises(NotAllowed):
            signing.revoke(signoff, by=user, reason="I may not.")
    assert signing.revoke(signoff, by=chair, reason="I may.").state == "submitted"


def test_verdicts_on_unchanged_statements_carry_over(editor, reviewer):
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    article = sent_again(rounds.ask_for_changes(row, by=reviewer, reason="Clearer."), editor)
    again = rounds.active_round(article, reviewer)
    changed = [claim for claim in again.version.fixed_claims if claim.wording == "answer"]
    checking.judge(again, changed[0].id, by=reviewer, verdict="supported")
    discussion.resolve(article.comments.get(), by=reviewer)
    assert sign(again).state == "approved"


def test_an_ended_round_is_frozen(editor, reviewer):
    """Nothing is judged in a finished review (F9)."""
    _, row = under_review(editor, reviewer)
    claim = row.version.fixed_claims[0]
    rounds.give_back(row, by=reviewer)
    with pytest.raises(Refusal, match="the round has ended"):
        checking.judge(row, claim.id, by=reviewer, verdict="supported")


def test_a_stopping_verdict_of_another_reaches_the_editor(editor, reviewer, reviewer3):
    article, row = under_review(editor, reviewer)
    other = rounds.take(article, by=reviewer3)
    claim = row.version.fixed_claims[1]
    checking.judge(
        other, claim.id, by=reviewer3, verdict="unsafe", note="Ten times too much.", quote="Five, not fifty."
    )
    article = rounds.ask_for_changes(row, by=reviewer, reason="A source is missing.")
    told = [(remark.by.name, remark.body, remark.blocking) for remark in article.comments.order_by("id")]
    assert told == [
        ("Rosalind Reviewer", "Ten times too much.\n\nQuoted: “Five, not fifty.”", True),
        ("Rita Reviewer", "A source is missing.", False),
    ]


def test_the_reason_alone_blocks_until_it_is_answered(editor, reviewer):
    article, row = under_review(editor, reviewer)
    article = rounds.ask_for_changes(row, by=reviewer, reason="Say how often.")
    remark = article.comments.get()
    assert (remark.body, remark.blocking, remark.claim) == ("Say how often.", True, "")
    with pytest.raises(Refusal, match="1 objection needs an edit or an answer"):
        amended(article, editor).perform("submit", by=editor)


def test_dropping_the_version_ends_the_objections_to_it(editor, reviewer):
    article = revised(approved(editor, reviewer), editor).perform("submit", by=editor)
    article = rounds.ask_for_changes(rounds.active_round(article, reviewer), by=reviewer, reason="No.")
    article = article.perform("abandon", by=editor)
    assert not article.comments.filter(resolved_at=None).exists()


def test_a_text_longer_than_can_be_kept_is_refused(editor, reviewer):
    _, row = under_review(editor, reviewer)
    with pytest.raises(Refusal, match="at most 5,000 can be kept"):
        discussion.comment(row, by=reviewer, body="x" * 5001, blocking=False)


def test_a_doubt_needs_a_note(editor, reviewer):
    _, row = under_review(editor, reviewer)
    claim = row.version.fixed_claims[0]
    for verdict in ("partly", "not_supported", "unsafe"):
        with pytest.raises(Refusal, match="needs a note"):
            checking.judge(row, claim.id, by=reviewer, verdict=verdict)
    with pytest.raises(Refusal, match="five verdicts"):
        checking.judge(row, claim.id, by=reviewer, verdict="accept")
