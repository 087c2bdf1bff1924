"""An article's ways, told one by one."""

import pytest

from articles.models import Article, Version
from articles.models.suspension import lift, suspend
from articles.standing import standing
from oracle import clock
from oracle.refusals import NotAllowed, Refusal
from reviews import checking, discussion, rounds, signing
from reviews.models import Comment, Round

from .cast import amended, approved, judge_everything, make_article, revised, sign, submitted, under_review

pytestmark = pytest.mark.django_db


def now(article: Article) -> str:
    return standing(Article.objects.get(pk=article.pk), clock.today()).value


def test_submit_freezes_hashes_and_renders(editor):
    version = submitted(editor).current_version
    assert version.frozen
    assert version.content_sha256 == version.content.sha256()
    assert version.claims[0]["wording"] == "answer"
    assert set(version.renderings.get().parts) == {"professional", "plain", "student"}


def test_submit_is_refused_without_what_it_needs(editor):
    for changes, words in (
        ({"professional": "Text [@missing]."}, "must be mended"),
        ({"professional": ""}, "must be mended"),
        ({"professional": "Text [3]."}, "must be mended"),
        ({"ai_use": {}}, "Confirm how AI was used"),
        ({"funding": " "}, "Confirm the funding"),
    ):
        article = make_article(editor, **changes)
        with pytest.raises(Refusal, match=words):
            article.perform("submit", by=editor)
        assert Article.objects.get(pk=article.pk).state == "draft"
    with pytest.raises(Refusal, match="must be mended"):
        make_article(editor, risk="").perform("submit", by=editor)
    with pytest.raises(Refusal, match="must be mended"):
        make_article(editor, specialties=()).perform("submit", by=editor)


def test_a_second_version_needs_a_change_note(editor, reviewer):
    article = approved(editor, reviewer).perform("revise", by=editor)
    with pytest.raises(Refusal, match="must be mended"):
        article.perform("submit", by=editor)


def test_recall_opens_a_copy_and_overtakes_rounds(editor, reviewer):
    article, row = under_review(editor, reviewer)
    article = article.perform("recall", by=editor, reason="One more check.")
    assert (article.state, article.current_version.number) == ("draft", 2)
    assert Version.objects.get(article=article, number=1).outcome == "recalled"
    assert Round.objects.get(pk=row.pk).end == "overtaken"


def test_a_signed_version_cannot_be_recalled(editor, reviewer):
    article, row = under_review(editor, reviewer, risk="high")
    judge_everything(row)
    article = sign(row)
    with pytest.raises(Refusal, match="has signed this version"):
        article.perform("recall", by=editor, reason="Too late.")


def test_give_back_releases_when_nobody_is_left(editor, reviewer, reviewer3):
    article, row = under_review(editor, reviewer)
    other = rounds.take(article, by=reviewer3)
    assert rounds.give_back(row, by=reviewer, note="On leave.").state == "under_review"
    assert rounds.give_back(other, by=reviewer3).state == "submitted"


def test_objections_wait_for_an_edit_or_an_answer(editor, reviewer):
    article, row = under_review(editor, reviewer)
    claim = row.version.fixed_claims[1]
    checking.judge(
        row, claim.id, by=reviewer, verdict="unsafe", note="Three times the usual dose.", quote="Five, not fifty."
    )
    discussion.comment(row, by=reviewer, body="Name the trial.", blocking=True)
    article = rounds.ask_for_changes(row, by=reviewer, reason="The dose.")
    first, second, reason = Comment.objects.filter(article=article).order_by("id")
    assert (reason.body, reason.blocking) == ("The dose.", False)
    told = "Three times the usual dose.\n\nQuoted: “Five, not fifty.”"
    assert (second.body, second.quote, second.blocking) == (told, claim.text, True)
    with pytest.raises(Refusal, match="unchanged since that objection"):
        discussion.mark_mended(first, by=editor)
    article = amended(article, editor)
    with pytest.raises(Refusal, match="The statement is unchanged"):
        discussion.mark_mended(second, by=editor)
    with pytest.raises(Refusal, match="2 objections need an edit or an answer"):
        article.perform("submit", by=editor)
    discussion.mark_mended(first, by=editor)
    discussion.answer(second, by=editor, text="Source added.")
    article = article.perform("submit", by=editor)
    again = rounds.active_round(article, reviewer)
    judge_everything(again)
    with pytest.raises(Refusal, match="2 blocking comments are still open"):
        sign(again)
    for remark in (first, second):
        discussion.resolve(remark, by=reviewer)
    assert sign(again).state == "approved"


def test_revise_keeps_the_signed_version_public(editor, reviewer):
    article = approved(editor, reviewer)
    article = revised(article, editor)
    assert (article.state, now(article), article.standing_version.number) == ("draft", "approved", 1)
    article = article.perform("submit", by=editor)
    assert (article.state, now(article)) == ("under_review", "approved")


def test_abandon_goes_back_to_the_signed_version(editor, reviewer):
    article = revised(approved(editor, reviewer), editor).perform("abandon", by=editor)
    assert (article.state, article.current_version.number) == ("approved", 1)
    assert Version.objects.get(article=article, number=2).outcome == "dropped"
    article = article.perform("revise", by=editor)
    assert article.current_version.number == 3
    assert article.current_version.content == article.standing_version.content


def test_discard_is_for_what_readers_never_saw(editor):
    article = make_article(editor).perform("discard", by=editor)
    assert (article.state, article.withdrawal) == ("withdrawn", None)
    recalled = submitted(editor).perform("recall", by=editor, reason="Not yet.")
    with pytest.raises(Refusal, match="only the chair may withdraw"):
        recalled.perform("discard", by=editor)


def test_withdraw_and_reinstate(editor, reviewer, chair):
    article, other = approved(editor, reviewer), submitted(editor, question="Another question?")
    article = article.perform("withdraw", by=chair, reason="Superseded.", replacement=other)
    assert (now(article), article.standing_version, article.replaced_by) == ("withdrawn", None, other)
    article = article.perform("reinstate", by=chair, reason="Still needed.")
    assert (article.state, now(article), article.current_version.number) == ("draft", "withdrawn", 2)
    article = amended(article, editor).perform("submit", by=editor)
    row = rounds.active_round(article, reviewer)
    judge_everything(row)
    article = sign(row)
    assert (now(article), article.withdrawal, article.replaced_by) == ("approved", None, None)


def test_what_was_signed_before_a_withdrawal_is_never_read_again(editor, reviewer, chair):
    """Also where no version stood at that moment, because the newest signature was revoked."""
    article = revised(approved(editor, reviewer), editor).perform("submit", by=editor)
    row = rounds.active_round(article, reviewer)
    judge_everything(row)
    article = signing.revoke(sign(row).signoffs.latest("id"), by=reviewer, reason="I misread the trial.")
    article = article.perform("withdraw", by=chair, reason="Harmful.")
    assert list(article.versions.values_list("outcome", flat=True)) == ["withdrawn", "revoked"]


def test_hide_and_show(editor, reviewer, reviewer3, chair, outsider):
    article = approved(editor, reviewer)
    with pytest.raises(NotAllowed):
        suspend(article, by=outsider, reason="No.")
    with pytest.raises(Refusal, match="readers will see the reason"):
        suspend(article, by=reviewer3, reason=" ")
    article = suspend(article, by=reviewer3, reason="Dose in doubt.")
    assert now(article) == "suspended"
    with pytest.raises(NotAllowed):
        lift(article, by=reviewer3, reason="Fine again.")
    assert now(lift(article, by=chair, reason="Dose confirmed.")) == "approved"


def test_signing_the_hidden_version_itself_shows_nothing(editor, reviewer, reviewer3):
    article, row = under_review(editor, reviewer)
    article = suspend(article, by=reviewer3, reason="Dangerous dose.")
    judge_everything(row)
    article = sign(row)
    assert (article.state, now(article), article.suspension["reason"]) == ("approved", "suspended", "Dangerous dose.")


def test_a_signed_newer_version_ends_the_hiding(editor, reviewer, reviewer3):
    article = suspend(approved(editor, reviewer), by=reviewer3, reason="Dose in doubt.")
    article = revised(article, editor).perform("submit", by=editor)
    row = rounds.active_round(article, reviewer)
    judge_everything(row)
    article = sign(row)
    assert (now(article), article.suspension) == ("approved", None)
    assert Version.objects.get(article=article, number=1).outcome == "hidden"
