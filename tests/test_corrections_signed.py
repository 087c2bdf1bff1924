"""Corrections: one earlier signer signs a typographic change, and the date of the review stays (R35, R45, G4)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles import drafts
from articles.models import Article, Outcome
from articles.models.suspension import lift, suspend
from oracle import clock
from oracle.accounts.authentication import Proof, WrongProof
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, Stale
from reviews import checking, correcting, discussion, rounds, signing
from reviews.judging import unlisted
from reviews.models import Round, SignOff

from .attacks import as_app, refused
from .cast import PROOF, amended, approved, content, judge_everything, sign, sign_in, under_review
from .reading import words
from .test_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)

LOOSE = "The mechanism is debatted among authors.\n"
MENDED = "The mechanism is debated among authors.\n"
LATER = timedelta(days=200)


def text(last: str, **changes: Any) -> dict[str, Any]:
    return {"direct_answer": content().direct_answer, "professional": f"{content().professional}\n{last}"} | changes


@pytest.fixture
def signed(editor: User, reviewer: User) -> Article:
    """Version 1, with a slip in a sentence that is no statement."""
    return approved(editor, reviewer, **text(LOOSE))


def sent(article: Article, editor: User, last: str = MENDED, **changes: Any) -> Article:
    article = amended(article.perform("revise", by=editor), editor, **text(last, **changes))
    return article.perform("submit", by=editor)


def own(article: Article, reviewer: User) -> Round:
    related = ("article__current_version", "article__standing_version", "version__article", "review__reviewer")
    rows = Round.objects.active().select_related(*related)
    return rows.get(article=article, version=article.current_version_id, review__reviewer=reviewer)


def correct(row: Round, **changes: Any) -> Article:
    standing = Article.objects.get(pk=row.article_id).standing_version
    values = {
        "by": row.reviewer,
        "shown_sha256": row.version.content_sha256,
        "proof": PROOF,
        "against": standing.content_sha256 if standing else "",
    }
    return correcting.correct(row, **(values | changes))


def corrected(article: Article, editor: User, reviewer: User, last: str = MENDED, **changes: Any) -> Article:
    article = sent(article, editor, last, **changes)
    rounds.confirm_interests(own(article, reviewer), by=reviewer)
    return correct(own(article, reviewer))


def test_an_earlier_signer_signs_the_whole_difference_and_only_updated_moves(
    signed: Article, editor: User, reviewer: User
) -> None:
    with clock.moved_to(clock.now() + LATER):
        article = corrected(signed, editor, reviewer)
        today = clock.today()
    assert (article.state, article.standing_version.number, article.current_version.number) == ("approved", 2, 2)
    assert (article.signed_on, article.review_due) == (signed.signed_on, signed.review_due)
    assert (signed.updated_on, article.updated_on) == (signed.signed_on, today)
    signoff = article.signoffs.get(meaning="correction")
    assert signoff.corrects == signed.standing_version
    assert signoff.statement == (
        "I read the whole difference between version 1 and version 2; it changes no statement. "
        "I sign it as a correction."
    )
    assert (signoff.printed_name, signoff.authentication, signoff.round.end) == (
        "Rita Reviewer", ["e-mail", "password"], "signed",
    )  # fmt: skip
    told = [(row["name"], row["meaning"], row["version"]) for row in article.signatures["people"]]
    assert told == [("Rita Reviewer", "approval", 1), ("Rita Reviewer", "correction", 2)]
    assert {name: article.signatures[name] for name in ("documents", "submitted_on", "review_started_on")} == {
        name: signed.signatures[name] for name in ("documents", "submitted_on", "review_started_on")
    }


def test_readers_see_who_reviewed_it_and_who_corrected_it(
    client: Client, signed: Article, editor: User, reviewer: User
) -> None:
    with clock.moved_to(clock.now() + LATER):
        article = corrected(signed, editor, reviewer)
        corrected_on = f"{clock.today():%-d %B %Y}"
        page = words(client.get(reverse("article", args=[article.slug])).content.decode())
        versions = words(client.get(reverse("article_versions", args=[article.slug])).content.decode())
        listed = words(client.get(reverse("corrections")).content.decode())
    on = f"{signed.signed_on:%-d %B %Y}"
    assert f"Last updated {corrected_on} Last reviewed {on}" in page
    assert f"A correction that changes no statement was signed by Rita Reviewer, MD, on {corrected_on}." in page
    assert f"Signed version 1 on {on}" in page
    assert f"Signed version 2 on {corrected_on}" in page
    assert "Meaning: a correction that changes no statement." in page
    assert page.count("Rita Reviewer, MD") == 4  # the step, the line, and twice among the signatures
    assert "debated among" in page
    assert "Read version 1" in versions
    assert f"Signed as a correction on {corrected_on}; the text that readers get now" in versions
    assert "Version 2, a correction that changes no statement, was signed by Rita Reviewer, MD." in listed


def test_the_other_rounds_are_overtaken(editor: User, reviewer: User, reviewer2: User, reviewer3: User) -> None:
    article, first = under_review(editor, reviewer, risk="high", **text(LOOSE))
    second = rounds.take(article, by=reviewer2)
    judge_everything(first)
    judge_everything(second)
    sign(first)
    article = sent(sign(second), editor)
    other = own(article, reviewer2)
    article = correct(own(article, reviewer))
    assert Round.objects.get(pk=other.pk).end == "overtaken"
    assert [row["name"] for row in article.signatures["people"]] == ["Rita Reviewer", "Ralph Reviewer", "Rita Reviewer"]


def test_a_whole_review_is_still_open_and_moves_the_date(signed: Article, editor: User, reviewer: User) -> None:
    with clock.moved_to(clock.now() + LATER):
        row = own(sent(signed, editor), reviewer)
        rounds.confirm_interests(row, by=reviewer)
        article = sign(row)
        assert article.signed_on == clock.today()
    assert [row["version"] for row in article.signatures["people"]] == [2]


def test_a_substantive_or_raised_change_is_refused_with_the_reason(
    signed: Article, editor: User, reviewer: User
) -> None:
    article = sent(signed, editor, LOOSE, plain="Drug A can be used at 7 mg [@one].\n")
    with pytest.raises(Refusal, match=r"needs a whole review\. A statement changed: “Drug A can be used at 7 mg\.”"):
        correct(own(article, reviewer))
    assert correcting.offered(own(article, reviewer)) is None


def test_a_raised_change_is_no_correction(client: Client, signed: Article, editor: User, reviewer: User) -> None:
    article = amended(signed.perform("revise", by=editor), editor, **text(MENDED))
    page = sign_in(client, editor).get(reverse("submit", args=[article.slug])).content.decode()
    assert "A typographic change" in page
    form = {
        "base": article.current_version.fingerprint, "risk": "standard", "level": "drafted", "tool": "Model X",
        "purpose": "first draft", "funding": "none", "change_note": "A slip.", "checked": "on", "raised": "on",
    }  # fmt: skip
    assert client.post(reverse("submit", args=[article.slug]), form).status_code == 302
    article = Article.objects.get(pk=article.pk)
    assert article.current_version.raised
    assert article.current_version.change_class(signed.standing_version.content).name == "substantive"
    with pytest.raises(Refusal, match="The editor treats it as a change of content"):
        correct(own(article, reviewer))
    with refused("G1"):
        as_app("UPDATE articles_version SET raised = false WHERE id = %s", article.current_version_id)


@pytest.mark.parametrize("back", ["taken back", "sent back"])
def test_a_raised_change_stays_one_in_the_copies_of_its_text(
    client: Client, signed: Article, editor: User, reviewer: User, back: str
) -> None:
    article = amended(signed.perform("revise", by=editor), editor, **text(MENDED))
    told: dict[str, Any] = {"by": editor, "ai_use": content().ai_use, "funding": "none", "change_note": "A slip."}
    drafts.confirm_for_submit(article, **told, raised=True)
    article = article.perform("submit", by=editor)
    if back == "taken back":
        article = article.perform("recall", by=editor, reason="Another slip.")
    else:
        article = rounds.ask_for_changes(own(article, reviewer), by=reviewer, reason="Another slip.")
        discussion.answer(article.comments.get(), by=editor, text="Mended.")
    page = sign_in(client, editor).get(reverse("submit", args=[article.slug])).content.decode()
    assert ("The editor treats it as a change of content." in page, 'name="raised"' in page) == (True, False)
    drafts.confirm_for_submit(article, **told)
    article = article.perform("submit", by=editor)
    assert correcting.offered(own(article, reviewer)) is None
    with pytest.raises(Refusal, match="The editor treats it as a change of content"):
        correct(own(article, reviewer))
    article = article.perform("recall", by=editor, reason="Back to what is signed.").perform("abandon", by=editor)
    assert not article.perform("revise", by=editor).current_version.raised


def test_the_class_of_a_change_of_content_cannot_be_lowered(client: Client, signed: Article, editor: User) -> None:
    article = amended(signed.perform("revise", by=editor), editor, **text(LOOSE, title="Another"))
    page = sign_in(client, editor).get(reverse("submit", args=[article.slug])).content.decode()
    assert "The answer title changed." in page
    assert 'name="raised"' not in page


def test_only_an_earlier_signer_who_is_still_eligible(
    signed: Article, editor: User, reviewer: User, reviewer3: User
) -> None:
    article = sent(signed, editor)
    other = rounds.take(article, by=reviewer3)
    with pytest.raises(NotAllowed, match="one of those who signed the text before"):
        correct(other)
    with pytest.raises(NotAllowed, match="another reviewer's round"):
        correct(own(article, reviewer), by=reviewer3)
    with pytest.raises(WrongProof):
        correct(own(article, reviewer), proof=Proof(password="not mine"))
    member = reviewer.board_record
    member.expires_on = clock.today() - timedelta(days=1)
    with transaction.atomic():
        record(member, by=None, event="board.save")
    with pytest.raises(NotAllowed, match="credential check lapsed"):
        correct(own(article, reviewer))
    assert SignOff.objects.filter(meaning="correction").count() == 0


def test_what_is_signed_is_what_was_compared(signed: Article, editor: User, reviewer: User) -> None:
    row = own(sent(signed, editor), reviewer)
    for changes in ({"shown_sha256": "0" * 64}, {"against": "0" * 64}, {"against": row.version.content_sha256}):
        with pytest.raises(Stale, match="nothing was signed"):
            correct(row, **changes)


def test_an_objection_a_verdict_or_an_added_statement_stops_it(
    signed: Article, editor: User, reviewer: User, reviewer3: User
) -> None:
    article = sent(signed, editor)
    other = rounds.take(article, by=reviewer3)
    remark = discussion.comment(other, by=reviewer3, body="Which authors?", blocking=True)
    with pytest.raises(Refusal, match="1 blocking comment is still open"):
        correct(own(article, reviewer))
    discussion.resolve(remark, by=reviewer3)
    claim = other.version.fixed_claims[1].id
    checking.judge(other, claim, by=reviewer3, verdict="unsafe", note="Too much.", quote="At most 5 mg.")
    with pytest.raises(Refusal, match="stops approval"):
        correct(own(article, reviewer))
    checking.judge(other, claim, by=reviewer3, verdict="supported")
    checking.add_claim(other, by=reviewer3, sentence=unlisted(other.version)[0].id)
    with pytest.raises(Refusal, match="A statement that a reviewer added"):
        correct(own(article, reviewer))


def test_a_slip_in_a_statement_that_a_reviewer_added_is_no_correction(editor: User, reviewer: User) -> None:
    _, row = under_review(editor, reviewer, **text(LOOSE))
    extra = next(claim for claim in unlisted(row.version) if "debatted" in claim.text)
    checking.add_claim(row, by=reviewer, sentence=extra.id)
    judge_everything(row)
    article = sent(sign(row), editor)
    with pytest.raises(Refusal, match="A statement that a reviewer added"):
        correct(own(article, reviewer))


def test_nothing_to_correct_while_hidden_or_when_nothing_changed(
    signed: Article, editor: User, reviewer: User, reviewer2: User, chair: User
) -> None:
    article = sent(signed, editor)
    suspend(article, by=reviewer2, reason="A concern.")
    with pytest.raises(Refusal, match="cannot be signed as a correction now"):
        correct(own(article, reviewer))
    lift(Article.objects.get(pk=article.pk), by=chair, reason="None.")
    article = correct(own(article, reviewer))
    again = sent(article, editor)
    assert correcting.offered(own(again, reviewer)) is None


def test_a_correction_of_a_correction_names_the_approved_version(signed: Article, editor: User, reviewer: User) -> None:
    article = corrected(signed, editor, reviewer)
    article = corrected(article, editor, reviewer, "The mechanism is debated among many-sided authors.\n")
    assert article.standing_version.number == 3
    newest = article.signoffs.latest("id")
    assert newest.corrects.number == 1
    assert newest.statement.startswith("I read the whole difference between version 2 and version 3")
    assert [row["version"] for row in article.signatures["people"]] == [1, 2, 3]
    assert article.signed_on == signed.signed_on


def test_revoking_the_approval_beneath_ends_the_standing_of_all_its_corrections(
    client: Client, signed: Article, editor: User, reviewer: User
) -> None:
    article = corrected(signed, editor, reviewer)
    article = corrected(article, editor, reviewer, "The mechanism is debated among writers.\n")
    article = signing.revoke(article.signoffs.get(meaning="approval"), by=reviewer, reason="A newer trial.")
    assert (article.state, article.standing_version, article.signed_on) == ("submitted", None, None)
    assert {row.outcome for row in article.versions.all()} == {Outcome.REVOKED}
    page = words(client.get(reverse("article", args=[article.slug])).content.decode())
    assert "a signature was taken back" in page
    assert "debated among" not in page
    for number in (1, 2):
        assert "mechanism" not in client.get(reverse("article_version", args=[article.slug, number])).content.decode()


def test_revoking_the_correction_leaves_nothing_standing(signed: Article, editor: User, reviewer: User) -> None:
    article = corrected(signed, editor, reviewer)
    article = signing.revoke(article.signoffs.get(meaning="correction"), by=reviewer, reason="It is no correction.")
    assert (article.state, article.standing_version) == ("submitted", None)
    outcomes = list(article.versions.order_by("number").values_list("outcome", flat=True))
    assert outcomes == ["signed", "revoked"]


def test_revoking_an_earlier_correction_only_takes_its_name_away(signed: Article, editor: User, reviewer: User) -> None:
    article = corrected(signed, editor, reviewer)
    article = corrected(article, editor, reviewer, "The mechanism is debated among writers.\n")
    earlier = article.signoffs.filter(meaning="correction").earliest("id")
    article = signing.revoke(earlier, by=reviewer, reason="A slip.")
    assert (article.state, article.standing_version.number) == ("approved", 3)
    assert [row["version"] for row in article.signatures["people"]] == [1, 3]
    assert article.versions.get(number=2).outcome == "revoked"


def test_sending_back_works_as_ever(signed: Article, editor: User, reviewer: User) -> None:
    article = rounds.ask_for_changes(own(sent(signed, editor), reviewer), by=reviewer, reason="Another slip.")
    assert (article.state, article.standing_version.number) == ("changes_requested", 1)


def test_saving_without_a_change_resets_and_writes_nothing(signed: Article, editor: User) -> None:
    """F20: and so neither the class of a change nor what stands."""
    article = signed.perform("revise", by=editor)
    before = article.current_version
    rows = before.history.count()
    saved = drafts.save(article, by=editor, base=before.fingerprint, content=before.content)
    assert (saved.history.count(), saved.raised, saved.content) == (rows, False, before.content)
    assert Article.objects.get(pk=article.pk).standing_version == signed.standing_version


def test_of_two_signers_one_corrects(editor: User, reviewer: User, reviewer2: User) -> None:
    article, first = under_review(editor, reviewer, risk="high", **text(LOOSE))
    second = rounds.take(article, by=reviewer2)
    judge_everything(first)
    judge_everything(second)
    sign(first)
    article = sent(sign(second), editor)
    one, other = own(article, reviewer), own(article, reviewer2)
    correct(one)
    with pytest.raises(Refusal, match="This round has ended"):
        correct(other, against=article.standing_version.content_sha256)
    assert SignOff.objects.filter(meaning="correction").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_at_once_with_another_signer_or_the_editor_one_wins(
    editor: User, reviewer: User, reviewer2: User, attempt: int
) -> None:
    article, first = under_review(editor, reviewer, risk="high", **text(LOOSE))
    second = rounds.take(article, by=reviewer2)
    judge_everything(first)
    judge_everything(second)
    sign(first)
    article = sent(sign(second), editor)
    one, other = own(article, reviewer), own(article, reviewer2)
    results = at_once(
        lambda: correct(one),
        lambda: correct(other),
        lambda: article.perform("recall", by=editor, reason="Another slip."),
    )
    assert len(refusals(results)) == 2
    now = Article.objects.get(pk=article.pk)
    assert SignOff.objects.filter(meaning="correction").count() == (now.state == "approved")
