"""High risk: two judges for each dose and number; neither sees the other's verdicts before all of their own."""

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from articles.models import Article
from articles.text.claims import Claim
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import Refusal
from reviews import checking, discussion, reaffirming, rounds
from reviews.judging import claims_to_judge
from reviews.models import ClaimCheck, Round, SignOffRule

from .cast import content, judge_everything, revised, sent_again, sign, sign_in, under_review
from .reading import words
from .test_corrections_signed import LOOSE, correct, own, sent, text
from .test_judging import judge, statement
from .test_reaffirming import sign_again, two_signed

pytestmark = pytest.mark.django_db
HISTORY = "/office/reviews/historicalclaimcheck/"
UNSAFE = {"verdict": "unsafe", "note": "SECRETNOTE", "quote": "SECRETQUOTE"}


@pytest.fixture
def two(editor: User, reviewer: User, reviewer2: User) -> tuple[Article, Round, Round]:
    """A high-risk article with two reviewers at work: one found a dose unsafe, the other has judged nothing yet."""
    article, first = under_review(editor, reviewer, risk="high")
    second = rounds.take(article, by=reviewer2)
    judge_everything(first)
    judge(first, "5 mg daily", **UNSAFE)
    return article, first, second


def quantities(row: Round) -> list[Claim]:
    return [claim for claim in claims_to_judge(row.version) if {"dose", "number"} & set(claim.signs)]


def test_the_first_signs_when_their_own_verdicts_are_complete(editor: User, reviewer: User, reviewer2: User) -> None:
    article, first = under_review(editor, reviewer, risk="high")
    judge_everything(first)
    second = rounds.take(article, by=reviewer2)
    with pytest.raises(Refusal, match="5 of 5 statements are not judged by you yet; the next is number 1"):
        sign(second)
    assert sign(first).state == "under_review"
    asked = quantities(second)
    assert 0 < len(asked) < 5
    for claim in asked[:-1]:
        checking.judge(second, claim.id, by=reviewer2, verdict="supported")
    with pytest.raises(Refusal, match="1 of 5 statements is not judged by a second reviewer yet"):
        sign(second)
    checking.judge(second, asked[-1].id, by=reviewer2, verdict="supported")
    assert sign(second).state == "approved"


def test_nobody_answers_a_comment_that_they_cannot_see(client: Any, two: tuple[Article, Round, Round]) -> None:
    _, first, second = two
    claim = first.version.fixed_claims[1].id
    hidden = discussion.comment(first, by=first.reviewer, body="SECRETNOTE", blocking=False, claim_id=claim)
    whole = discussion.comment(first, by=first.reviewer, body="On the whole.", blocking=False)
    sign_in(client, second.reviewer)
    sent = [client.post(reverse("reply", args=[row.pk]), {"reply": "Why?"}) for row in (hidden, whole)]
    assert [answer.status_code for answer in sent] == [404, 302]
    assert "SECRETNOTE" not in sent[0].content.decode()


def test_one_who_gave_back_is_no_second_judge(editor: User, reviewer: User, reviewer2: User, reviewer3: User) -> None:
    article, first = under_review(editor, reviewer, risk="high")
    judge_everything(first)
    other = rounds.take(article, by=reviewer3)
    judge_everything(other)
    rounds.give_back(other, by=reviewer3)
    sign(first)
    with pytest.raises(Refusal, match="by a second reviewer yet"):
        sign(rounds.take(article, by=reviewer2))


def test_at_standard_risk_one_judge_is_enough(editor: User, reviewer: User, reviewer3: User) -> None:
    article, first = under_review(editor, reviewer)
    judge_everything(first)
    assert sign(rounds.take(article, by=reviewer3)).state == "approved"


def pages(article: Article, second: Round, claim: str) -> list[str]:
    here = reverse("review", args=[second.pk])
    own = [f"{here}?claim={claim}", *(f"{here}?tab={tab}" for tab in ("statements", "discussion", "checks", "changes"))]
    others = [reverse("reviews", args=[article.slug]), reverse("record", args=[article.slug])]
    return [*own, *others, reverse("story", args=[article.pk]), reverse("take", args=[article.slug])]


def test_nobody_sees_the_others_verdicts_before_all_of_their_own(client: Any, two: Any, reviewer2: User) -> None:
    article, first, second = two
    claim = statement(second, "5 mg daily")
    discussion.comment(first, by=first.reviewer, body="SECRETREMARK", blocking=True, claim_id=claim.id)
    newest: Any = ClaimCheck.history.filter(verdict="unsafe").first()
    entry = reverse("entry", args=["reviews_historicalclaimcheck", newest.history_id])
    sign_in(client, reviewer2)
    checking.judge(second, claim.id, by=reviewer2, verdict="supported")
    for page in pages(article, second, claim.id):
        shown = words(client.get(page).content.decode())
        assert ("SECRET" in shown, "Rita Reviewer:" in shown) == (False, False), page
    assert client.get(entry).status_code == 404
    assert "SECRET" not in client.get(reverse("story", args=[article.pk])).content.decode()
    for other in quantities(second):
        checking.judge(second, other.id, by=reviewer2, verdict="supported")
    with pytest.raises(Refusal, match="Not every verdict lets this version be approved") as caught:
        publish_as_second(second, first)
    assert "Rita" not in caught.value.sentence
    judge_everything(second)
    shown = "".join(words(client.get(page).content.decode()) for page in pages(article, second, claim.id))
    for secret in ("SECRETNOTE", "SECRETQUOTE", "SECRETREMARK"):
        assert secret in shown
    assert client.get(entry).status_code == 200


def publish_as_second(second: Round, first: Round) -> None:
    """Sign where one signature is all that the rule needs, so that this one would publish."""
    rule = SignOffRule.objects.get(risk="high")
    rule.signatures = rule.specialties = 1
    with transaction.atomic():
        record(rule, by=None, event="rule.save")
    member = second.reviewer.board_record
    member.specialties = ["nephrology"]
    with transaction.atomic():
        record(member, by=None, event="board.save")
    sign(Round.objects.get(pk=second.pk))


def test_who_has_not_taken_it_sees_nothing_either(client: Any, two: Any, reviewer3: User, chair: User) -> None:
    article, _, _ = two
    page, story = reverse("reviews", args=[article.slug]), reverse("story", args=[article.pk])
    sign_in(client, reviewer3)
    assert "SECRET" not in client.get(page).content.decode()
    assert "judged 5 statements" not in words(client.get(story).content.decode())
    sign_in(client, chair)
    assert "SECRETNOTE" in client.get(page).content.decode()
    assert "judged 5 statements" in words(client.get(story).content.decode())


def test_an_auditor_with_an_open_round_is_blind_in_the_timeline(client: Any, two: Any, reviewer2: User) -> None:
    reviewer2.roles = ["auditor", "reviewer"]
    with transaction.atomic():
        record(reviewer2, by=None, event="user.roles")
    sign_in(client, reviewer2)
    assert "judged 5 statements" not in words(client.get("/record/").content.decode())
    lines = b"".join(client.get("/record/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert ("claim.judge" in lines, "round.begin" in lines) == (False, True)
    assert "Rita Reviewer" not in words(client.get(HISTORY).content.decode())
    judge_everything(two[2])
    assert "judged 5 statements" in words(client.get("/record/").content.decode())
    assert "Rita Reviewer" in words(client.get(HISTORY).content.decode())


def test_objections_made_from_verdicts_stay_hidden_in_the_next_round(
    client: Any, two: Any, editor: User, reviewer: User, reviewer2: User
) -> None:
    article, first, _ = two
    article = rounds.ask_for_changes(first, by=reviewer, reason="See the dose.")
    text = content().professional.replace("5 mg daily", "4 mg daily")
    article = sent_again(article, editor, professional=text)
    row = rounds.active_round(article, reviewer2)
    assert row
    here = f"{reverse('review', args=[row.pk])}?tab=discussion"
    shown = sign_in(client, reviewer2).get(here).content.decode()
    assert ("See the dose." in shown, "SECRETNOTE" in shown) == (True, False)
    judge_everything(row)
    assert "SECRETNOTE" in client.get(here).content.decode()


def test_at_standard_risk_one_sees_them_statement_by_statement(
    client: Any, editor: User, reviewer: User, reviewer3: User
) -> None:
    article, first = under_review(editor, reviewer)
    judge(first, "5 mg daily", **UNSAFE)
    second = rounds.take(article, by=reviewer3)
    here = f"{reverse('review', args=[second.pk])}?claim={statement(second, '5 mg daily').id}"
    assert "SECRETNOTE" not in sign_in(client, reviewer3).get(here).content.decode()
    judge(second, "5 mg daily")
    assert "SECRETNOTE" in client.get(here).content.decode()


def test_reaffirming_shows_nothing_of_the_next_version_that_one_has_not_judged(
    client: Any, editor: User, reviewer: User, reviewer2: User
) -> None:
    """Who has judged all of the signed text, and not the text that followed it, is blind in both rounds."""
    signed = two_signed(editor, reviewer, reviewer2)
    text = f"{content().professional}\nNever exceed 20 mg daily [@one].\n"
    article = revised(signed, editor, direct_answer=content().direct_answer, professional=text)
    article = article.perform("submit", by=editor)
    other = rounds.active_round(article, reviewer2)
    assert other
    claim = statement(other, "5 mg daily")
    checking.judge(other, claim.id, by=reviewer2, **UNSAFE)
    discussion.comment(other, by=reviewer2, body="SECRETREMARK", blocking=False, claim_id=statement(other, "20 mg").id)
    row = reaffirming.begin(Article.objects.get(pk=article.pk), by=reviewer)
    sign_in(client, reviewer)
    for page in pages(article, row, claim.id):
        shown = words(client.get(page).content.decode())
        assert ("SECRET" in shown, "verdict by Ralph" in shown) == (False, False), page
    with pytest.raises(Refusal, match="Not every verdict lets this version be approved") as caught:
        sign_again(row)
    assert "Ralph" not in caught.value.sentence
    mine = rounds.active_round(article, reviewer)
    assert mine
    judge_everything(mine)
    shown = "".join(words(client.get(page).content.decode()) for page in pages(article, row, claim.id))
    assert all(secret in shown for secret in ("SECRETNOTE", "SECRETQUOTE", "SECRETREMARK"))


def test_who_reaffirms_is_blind_until_they_have_judged_everything(
    client: Any, editor: User, reviewer: User, reviewer2: User, reviewer3: User
) -> None:
    article = two_signed(editor, reviewer, reviewer2)
    other = reaffirming.begin(article, by=reviewer)
    claim = statement(other, "5 mg daily")
    checking.judge(other, claim.id, by=reviewer, **UNSAFE)
    row = reaffirming.begin(Article.objects.get(pk=article.pk), by=reviewer3)
    checking.judge(row, claim.id, by=reviewer3, verdict="supported")
    newest: Any = ClaimCheck.history.filter(verdict="unsafe").first()
    entry = reverse("entry", args=["reviews_historicalclaimcheck", newest.history_id])
    sign_in(client, reviewer3)
    for page in pages(article, row, claim.id):
        assert "SECRET" not in client.get(page).content.decode(), page
    assert client.get(entry).status_code == 404
    judge_everything(row)
    shown = "".join(client.get(page).content.decode() for page in pages(article, row, claim.id))
    assert all(secret in shown for secret in ("SECRETNOTE", "SECRETQUOTE"))
    assert client.get(entry).status_code == 200


def test_a_refused_correction_does_not_name_a_judge_to_who_has_not_judged_everything(
    editor: User, reviewer: User, reviewer2: User
) -> None:
    article, first = under_review(editor, reviewer, risk="high", **text(LOOSE))
    second = rounds.take(article, by=reviewer2)
    judge_everything(first)
    sign(first)
    for claim in quantities(second):
        checking.judge(second, claim.id, by=reviewer2, verdict="supported")
    article = sent(sign(second), editor)
    judge(own(article, reviewer), "5 mg daily", **UNSAFE)
    with pytest.raises(Refusal, match="Not every verdict lets this version be approved") as caught:
        correct(own(article, reviewer2))
    assert "Rita" not in caught.value.sentence
    judge_everything(own(article, reviewer2))
    with pytest.raises(Refusal, match="has a verdict by Rita Reviewer that stops approval"):
        correct(own(article, reviewer2))
