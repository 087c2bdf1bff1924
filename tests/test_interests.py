"""A declared interest bars until the chair answers: cleared, with a reason for readers, or it stays barred."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article
from oracle.accounts.models import User
from oracle.refusals import NotAllowed, Refusal
from reviews import checking, discussion, interests, rounds
from reviews.models import Conflict, Review

from .attacks import refused
from .cast import board_member, person, sign_in, submitted, under_review

pytestmark = pytest.mark.django_db
PEOPLE = ("chair", "editor", "reviewer", "auditor", "administrator", "outsider", "superuser")


def declared(article: Article, reviewer: User, text: str = "Fees.") -> Review:
    return interests.declare(article, by=reviewer, conflict=Conflict.DECLARED, text=text)


def decide(client: Client, review: Review, answer: str, reason: str = "A reason.") -> int:
    address = reverse("clear_conflict", args=[review.article.slug, review.pk])
    return client.post(address, {"answer": answer, "reason": reason, "seen": review.newest_entry}).status_code


def waiting(client: Client, chair: User) -> bool:
    return "Declared interests" in sign_in(client, chair).get(reverse("to_do")).content.decode()


def test_who_decides(request: pytest.FixtureRequest, client: Client, editor: User, reviewer2: User) -> None:
    review = declared(submitted(editor), reviewer2)
    for name in PEOPLE:
        sign_in(client, request.getfixturevalue(name))
        for answer in ("clear", "bar"):
            with transaction.atomic():
                status = decide(client, review, answer)
                transaction.set_rollback(True)
            wanted = 302 if name == "chair" else 403 if name in ("editor", "reviewer", "auditor") else 404
            assert (name, answer, status) == (name, answer, wanted)


@pytest.mark.parametrize(("answer", "reason"), [("", "Why."), ("maybe", "Why."), ("bar", " "), ("clear", "x" * 2001)])
def test_no_answer_is_taken_for_another(
    client: Client, editor: User, reviewer: User, chair: User, answer: str, reason: str
) -> None:
    review = declared(submitted(editor), reviewer)
    sign_in(client, chair)
    assert decide(client, review, answer, reason) == 409
    review.refresh_from_db()
    assert (review.cleared_by, review.barred_by) == (None, None)


def test_barred_with_a_reason_that_the_reviewer_sees(client: Client, editor: User, reviewer: User, chair: User) -> None:
    review = declared(submitted(editor), reviewer)
    take = reverse("take", args=[review.article.slug])
    assert waiting(client, chair)
    assert decide(client, review, "bar", "You own the patent.") == 302
    assert not waiting(client, chair)
    page = sign_in(client, reviewer).get(take).content.decode()
    assert "stands in the way of reviewing this: You own the patent." in page
    assert client.post(take).status_code == 403
    assert "You own the patent." in client.get(reverse("reviews", args=[review.article.slug])).content.decode()


def test_the_chair_changes_their_mind_either_way(client: Client, editor: User, reviewer: User, chair: User) -> None:
    review = declared(submitted(editor), reviewer)
    sign_in(client, chair)
    assert [decide(client, review, answer) for answer in ("bar", "bar", "clear", "clear", "bar")] == [
        302,
        409,
        302,
        409,
        302,
    ]
    review.refresh_from_db()
    assert (review.cleared_by, review.cleared_reason, review.barred_by) == (None, "", chair)


def test_declared_anew_it_waits_again_and_no_other_word_lifts_it(
    client: Client, editor: User, reviewer: User, chair: User
) -> None:
    review = declared(submitted(editor), reviewer)
    interests.keep_barred(review, by=chair, reason="No.")
    sign_in(client, reviewer).post(reverse("declare", args=[review.article.slug]), {"text": "Fees until 2015."})
    review.refresh_from_db()
    assert (review.conflict_text, review.barred_by, review.barred_reason) == ("Fees until 2015.", None, "")
    assert waiting(client, chair)
    with pytest.raises(Refusal, match="only the chair can clear it"):
        interests.declare(review.article, by=reviewer, conflict=Conflict.NONE)
    with pytest.raises(NotAllowed):
        rounds.take(review.article, by=reviewer)


@pytest.mark.parametrize("answer", ["clear", "bar"])
def test_no_newer_interest_is_decided_on_unread(
    client: Client, editor: User, reviewer: User, chair: User, answer: str
) -> None:
    review = declared(submitted(editor), reviewer)
    address = reverse("clear_conflict", args=[review.article.slug, review.pk])
    assert f'name="seen" value="{review.newest_entry}"' in sign_in(client, chair).get(address).content.decode()
    given = {"answer": answer, "reason": "Kept words.", "seen": review.newest_entry}
    declared(review.article, reviewer, "I own the maker.")
    for late in (given, given | {"seen": ""}, given | {"seen": "9" * 5000}):
        refusal = client.post(address, late)
        page = refusal.content.decode()
        assert (refusal.status_code, "Read it again" in page, "I own the maker." in page) == (409, True, True)
        assert "Kept words.</textarea>" in page
    review.refresh_from_db()
    assert (review.cleared_by, review.barred_by) == (None, None)
    assert decide(client, review, answer) == 302


def test_the_same_words_again_change_nothing(editor: User, reviewer: User, chair: User) -> None:
    review = declared(submitted(editor), reviewer)
    interests.keep_barred(review, by=chair, reason="No.")
    assert declared(review.article, reviewer).barred_by == chair


def test_nothing_is_judged_while_an_interest_stands(editor: User, reviewer: User, chair: User) -> None:
    article, row = under_review(editor, reviewer)
    review = declared(article, reviewer)
    claim, other = (claim.id for claim in row.version.fixed_claims[:2])
    for barred in (False, True):
        if barred:
            interests.keep_barred(review, by=chair, reason="No.")
        with pytest.raises(NotAllowed, match="give this review back"):
            checking.judge(row, claim, by=reviewer, verdict="supported")
        with pytest.raises(NotAllowed, match="give this review back"):
            discussion.comment(row, by=reviewer, body="Which?", blocking=False)
        with pytest.raises(NotAllowed):
            rounds.ask_for_changes(row, by=reviewer, reason="Mend it.")
    interests.clear(review, by=chair, reason="Long ago.")
    assert checking.judge(row, other, by=reviewer, verdict="supported").verdict == "supported"


def test_nobody_decides_on_their_own(editor: User) -> None:
    both = board_member(person("Bo Both", "chair", "reviewer"), "nephrology").user
    review = declared(submitted(editor), both)
    for act in (interests.clear, interests.keep_barred):
        with pytest.raises(NotAllowed, match="their own interest"):
            act(review, by=both, reason="Mine.")


def test_no_chair_decides_who_reviews_their_own_text(reviewer: User, chair: User) -> None:
    author = person("Ada Author", "editor", "chair")
    review = declared(submitted(author), reviewer)
    for act in (interests.clear, interests.keep_barred):
        with pytest.raises(NotAllowed, match="another chair must decide"):
            act(review, by=author, reason="Mine.")
    assert interests.clear(review, by=chair, reason="Long ago.").cleared_by == chair


def test_there_is_one_answer_at_most(editor: User, reviewer: User, chair: User) -> None:
    review = declared(submitted(editor), reviewer)
    with refused("interests_have_one_answer"):
        Review.objects.filter(pk=review.pk).update(cleared_by=chair, barred_by=chair)
