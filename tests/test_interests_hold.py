"""What was said about interests holds 90 days; after them it is said again before any signature."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal
from reviews import correcting, interests, reaffirming, rounds
from reviews.models import Conflict, Review, Round, SignOff

from .cast import PROOF, answers_to, approved, judge_everything, revised, sign, sign_in, signing_form, under_review
from .reading import words

pytestmark = pytest.mark.django_db
TOO_LATE = timedelta(days=91)
OLD = "held 90 days, which have passed"
ASKED = "Has anything changed in your interests?"


def judged(editor: User, reviewer: User) -> Round:
    _, row = under_review(editor, reviewer)
    judge_everything(row)
    return row


def of(row: Round) -> Review:
    return Review.objects.get(pk=row.review_id)


def test_neither_a_first_signature_nor_a_later_one_on_an_old_answer(editor: User, reviewer: User) -> None:
    first = judged(editor, reviewer)
    shown = first.version.content_sha256
    with clock.moved_to(clock.now() + TOO_LATE):
        with pytest.raises(Refusal, match=OLD):
            sign(first)
        rounds.confirm_interests(first, by=reviewer)
        sign(first)
        again = reaffirming.begin(Article.objects.get(pk=first.article_id), by=reviewer)
    with clock.moved_to(clock.now() + 2 * TOO_LATE):
        answers = answers_to(again)
        with pytest.raises(Refusal, match=OLD):
            reaffirming.sign_again(again, by=reviewer, shown_sha256=shown, proof=PROOF, answers=answers)
        rounds.confirm_interests(again, by=reviewer)
        article = reaffirming.sign_again(again, by=reviewer, shown_sha256=shown, proof=PROOF, answers=answers)
        assert article.signed_on == clock.today()


def test_a_correction_needs_a_fresh_answer_too(client: Client, editor: User, reviewer: User) -> None:
    loose = {"direct_answer": "Yes, at half the dose [@one].", "professional": "It is debatted.\n\nUse 5 mg [@one].\n"}
    article = approved(editor, reviewer, **loose)
    mended = loose | {"professional": "It is debated.\n\nUse 5 mg [@one].\n"}
    row = _sent(article, editor, mended)
    shown = {"shown_sha256": row.version.content_sha256, "against": article.current_version.content_sha256}
    page = reverse("correction", args=[row.pk])
    with clock.moved_to(clock.now() + TOO_LATE):
        with pytest.raises(Refusal, match=OLD):
            correcting.correct(row, by=reviewer, proof=PROOF, **shown)
        told = sign_in(client, reviewer).get(page).content.decode()
        assert (ASKED in told, "Sign as a correction" in told) == (True, False)
        there = client.post(reverse("confirm_interests", args=[row.pk]), {"correction": "yes"})
        assert there.headers["Location"] == f"{page}#decision"
        told = client.get(page).content.decode()
        assert (ASKED in told, "Sign as a correction" in told) == (False, True)
        assert correcting.correct(row, by=reviewer, proof=PROOF, **shown).standing_version == row.version


def _sent(article: Article, editor: User, text: dict[str, str]) -> Round:
    revised(article, editor, **text).perform("submit", by=editor)
    return Round.objects.active().select_related("version", "review__reviewer", "article").get(article=article)


def test_the_page_asks_before_and_goes_on_to_the_signature(client: Client, editor: User, reviewer: User) -> None:
    row = judged(editor, reviewer)
    page = reverse("review", args=[row.pk])
    sign_in(client, reviewer)
    assert ASKED not in client.get(page).content.decode()
    before = of(row).declared_on
    with clock.moved_to(clock.now() + TOO_LATE):
        told = words(sign_in(client, reviewer).get(page).content.decode())
        assert f"On {before:%-d %B %Y} you said: No conflict of interest for this article." in told
        assert f"Not ready to sign: {interests.OUTDATED}" in told
        refused = client.post(reverse("decide", args=[row.pk]), signing_form(row))
        assert (refused.status_code, OLD in refused.content.decode()) == (409, True)
        there = client.post(reverse("confirm_interests", args=[row.pk]))
        assert there.headers["Location"] == f"{page}#decision"
        assert of(row).declared_on == clock.today()
        assert ASKED not in client.get(page).content.decode()
        assert client.post(reverse("decide", args=[row.pk]), signing_form(row)).status_code == 302
    assert SignOff.objects.get().conflict == "No conflict of interest for this article."


def test_something_to_declare_waits_for_the_chair(client: Client, editor: User, reviewer: User, chair: User) -> None:
    row = judged(editor, reviewer)
    with clock.moved_to(clock.now() + TOO_LATE):
        sign_in(client, reviewer)
        client.post(reverse("declare", args=[row.article.slug]), {"text": "Shares."})
        for _ in range(2):
            assert client.post(reverse("confirm_interests", args=[row.pk])).status_code == 403
        with pytest.raises(NotAllowed, match="the chair must clear it"):
            sign(row)
        interests.clear(of(row), by=chair, reason="Few of them.")
        sign(row)
    assert SignOff.objects.get().conflict == "Declared: Shares. Cleared by the chair: Few of them."


def test_confirming_changes_only_what_is_old(editor: User, reviewer: User, reviewer2: User) -> None:
    """A second click, or one before the time, writes nothing; nobody confirms for somebody else or after the end."""
    row = judged(editor, reviewer)
    entries = of(row).history.count()
    with clock.moved_to(clock.now() + timedelta(days=90)):
        rounds.confirm_interests(row, by=reviewer)
    assert of(row).history.count() == entries
    with clock.moved_to(clock.now() + TOO_LATE):
        for _ in range(2):
            rounds.confirm_interests(row, by=reviewer)
        assert of(row).history.count() == entries + 1
        newest = of(row).history.latest("history_id")
        assert (newest.history_event, newest.history_user) == ("review.restate", reviewer)
        with pytest.raises(NotAllowed, match="another reviewer's round"):
            rounds.confirm_interests(row, by=reviewer2)
        rounds.give_back(row, by=reviewer)
        with pytest.raises(Refusal, match="given this review back"):
            rounds.confirm_interests(row, by=reviewer)


def test_never_asked_is_not_confirmed(editor: User, reviewer: User) -> None:
    row = judged(editor, reviewer)
    review = of(row)
    review.conflict, review.declared_on = Conflict.NOT_ASKED, None
    with transaction.atomic():
        record(review, by=None, event="review.declare")
    with pytest.raises(Refusal, match="Nothing was said yet"):
        rounds.confirm_interests(row, by=reviewer)
    with pytest.raises(Refusal, match="Say first whether you have"):
        sign(row)
