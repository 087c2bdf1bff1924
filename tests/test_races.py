"""G7: two people at once, on real connections: one wins, the other gets a sentence, nothing is half done."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from articles.models import Article
from articles.models.version import write
from oracle import clock
from oracle.refusals import Refusal
from reviews import assignment, rounds, signing
from reviews.models import Review, Round, SignOff

from .cast import ALL_YES, PROOF, content, judge_everything, make_article, person, submitted, under_review

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Run the actions in threads that start together; gives back results and refusals, in order."""
    results: list[Any] = [None] * len(actions)
    start = Barrier(len(actions))

    def run(place: int, action: Callable[[], Any]) -> None:
        try:
            start.wait()
            results[place] = action()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def refusals(results: list[Any]) -> list[str]:
    assert all(isinstance(item, Refusal) for item in results if isinstance(item, Exception)), results
    return [item.sentence for item in results if isinstance(item, Refusal)]


@pytest.mark.parametrize("attempt", range(5))
def test_two_give_the_last_signature(editor, reviewer, reviewer3, attempt):
    """One of two threads signs (F5)."""
    article, row = under_review(editor, reviewer)
    other = rounds.take(article, by=reviewer3)
    judge_everything(row)
    judge_everything(other)
    shown = row.version.content_sha256
    results = at_once(
        lambda: signing.sign(row, by=reviewer, shown_sha256=shown, proof=PROOF, answers=ALL_YES),
        lambda: signing.sign(other, by=reviewer3, shown_sha256=shown, proof=PROOF, answers=ALL_YES),
    )
    assert len(refusals(results)) == 1
    assert Article.objects.get(pk=article.pk).state == "approved"
    assert SignOff.objects.count() == 1
    assert sorted(Round.objects.values_list("end", flat=True)) == ["overtaken", "signed"]
    assert article.history.filter(history_event="article.approve").count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_an_editor_takes_back_while_a_reviewer_signs(editor, reviewer, attempt):
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    shown = row.version.content_sha256
    results = at_once(
        lambda: article.perform("recall", by=editor, reason="One more check."),
        lambda: signing.sign(row, by=reviewer, shown_sha256=shown, proof=PROOF, answers=ALL_YES),
    )
    assert len(refusals(results)) == 1
    state = Article.objects.get(pk=article.pk).state
    assert (state, SignOff.objects.count()) in {("draft", 0), ("approved", 1)}


def test_two_submit(editor, editor2):
    article = make_article(editor)
    results = at_once(*(lambda by=by: article.perform("submit", by=by) for by in (editor, editor2)))
    assert len(refusals(results)) == 1
    assert article.history.filter(history_event="article.submit").count() == 1


def test_two_take_at_once_and_both_may(editor, reviewer, reviewer3):
    article = submitted(editor)
    results = at_once(lambda: rounds.take(article, by=reviewer), lambda: rounds.take(article, by=reviewer3))
    assert refusals(results) == []
    assert article.history.filter(history_event="article.start_review").count() == 1


def test_two_save_the_same_text(editor, editor2):
    article = make_article(editor)
    base = article.current_version.fingerprint
    results = at_once(
        lambda: write(article, by=editor, base=base, content=content(plain="Mine.")),
        lambda: write(article, by=editor2, base=base, content=content(plain="Yours.")),
    )
    assert len(refusals(results)) == 1


def test_sign_and_ask_for_changes_at_once(editor, reviewer, reviewer3):
    article, row = under_review(editor, reviewer)
    other = rounds.take(article, by=reviewer3)
    judge_everything(row)
    shown = row.version.content_sha256
    results = at_once(
        lambda: signing.sign(row, by=reviewer, shown_sha256=shown, proof=PROOF, answers=ALL_YES),
        lambda: rounds.ask_for_changes(other, by=reviewer3, reason="A trial is missing."),
    )
    assert len(refusals(results)) == 1
    assert Article.objects.get(pk=article.pk).state in {"approved", "changes_requested"}


def test_two_begin_the_same_review_twice(editor, reviewer):
    article = submitted(editor)
    results = at_once(*(lambda: rounds.take(article, by=reviewer) for _ in range(3)))
    assert len(refusals(results)) == 2
    assert Round.objects.count() == 1


def invited(article: Article, chair: Any, *people: Any) -> list[Review]:
    days = {"answer_by": clock.today(), "review_by": clock.today() + timedelta(days=9)}
    return assignment.invite(article, people, by=chair, **days)


@pytest.mark.parametrize("attempt", range(3))
def test_the_chair_withdraws_an_invitation_while_it_is_accepted(editor, reviewer, chair, attempt):
    (review,) = invited(submitted(editor), chair, reviewer)
    results = at_once(
        lambda: assignment.withdraw_invitation(review, by=chair),
        lambda: assignment.accept(review, by=reviewer),
    )
    assert len(refusals(results)) == 1
    review.refresh_from_db()
    assert (review.answer, Round.objects.count()) in {("withdrawn", 0), ("accepted", 1)}


def test_two_chairs_invite_the_same_member(editor, reviewer, chair):
    article, other = submitted(editor), person("Carl Chair", "chair")
    results = at_once(*(lambda by=by: invited(article, by, reviewer) for by in (chair, other)))
    assert len(refusals(results)) == 1
    assert Review.objects.get().history.count() == 1


def test_two_who_move_days_of_the_same_articles_never_wait_for_each_other(editor, reviewer, chair):
    articles = [submitted(editor, question=f"Question {number}?") for number in range(4)]
    reviews = [invited(article, chair, reviewer)[0] for article in articles]
    days = [clock.today() + timedelta(days=number) for number in (20, 30)]
    results = at_once(
        lambda: assignment.move_dates(reviews, [], by=chair, review_by=days[0]),
        lambda: assignment.move_dates(reviews[::-1], [], by=chair, review_by=days[1]),
    )
    assert results == [4, 4]
    assert len(set(Review.objects.values_list("review_by", flat=True))) == 1
