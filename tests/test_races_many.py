"""G7, two hundred times over: two people at once, each in a browser of their own, on real connections.

One wins, the other gets a sentence (409), nothing is half done, and the history is complete. Each race starts in step;
in some the one or the other has a head start, so that both orders come about, and everything between them.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from articles.models import Article
from oracle.accounts.models import User
from reviews import rounds
from reviews.models import Round, SigningFailure, SignOff

from .cast import content, judge_everything, sign_in, signing_form, submitted
from .database import connect_as_owner
from .invariants import broken
from .reading import words
from .test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 200
# Seconds of head start: none most of the time, enough to be through at the two ends.
STARTS = (0, 0, 0.01, 0, 0.02, 0, 0.04, 0, 0.08, 0.4)
# One statement to judge: what is measured here is who comes first, not how much there is to read.
SHORT = {"professional": "## Evidence\n\nLittle is known.\n", "plain": "", "evidence": []}


def browser(person: User) -> Client:
    """A person's browser, in which a fault of the site is an answer of 500."""
    return sign_in(Client(raise_request_exception=False), person)


def with_board(editor: User, *reviewers: User, **changes: Any) -> tuple[Article, list[Round]]:
    """An article in review by each of the reviewers, ready to be signed: judged by the first, at high risk by all."""
    article = submitted(editor, references=content().references[:1], **(SHORT | changes))
    taken = [rounds.take(article, by=reviewer) for reviewer in reviewers]
    for row in taken if changes.get("risk") == "high" else taken[:1]:
        judge_everything(row)
    return Article.objects.get(pk=article.pk), taken


def late(seconds: float, act: Callable[[], Any]) -> Callable[[], Any]:
    """The same act after a while."""

    def wait_and_act() -> Any:
        time.sleep(seconds)
        return act()

    return wait_and_act


def signing(who: Client, row: Round) -> Callable[[], Any]:
    return lambda: who.post(reverse("decide", args=[row.pk]), signing_form(row))


def stepping(who: Client, article: Article, verb: str) -> Callable[[], Any]:
    posted = {"reason": "One more check.", "sure": "yes"}
    return lambda: who.post(reverse("do", args=[article.slug, verb]), posted)


def race(turn: int, one: Callable[[], Any], other: Callable[[], Any]) -> list[Any]:
    """Both at once, each in its thread; in every second turn the other has the head start."""
    start = STARTS[turn // 2 % len(STARTS)]
    first, second = (late(start, one), other) if turn % 2 else (one, late(start, other))
    return at_once(first, second)


def statuses(answers: list[Any]) -> tuple[int, ...]:
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    return tuple(answer.status_code for answer in answers)


def loser_is_told(answers: list[Any], *sentences: str) -> None:
    page = next(words(answer.content.decode()) for answer in answers if answer.status_code == 409)
    assert [sentence for sentence in sentences if sentence in page], page


def events(article: Article) -> Counter[str]:
    return Counter(article.history.values_list("history_event", flat=True))


@pytest.fixture
def whole(transactional_db: None) -> Iterator[Callable[[], None]]:
    """Asks of every row that every promise holds; rows are only added, so what broke once stays broken."""
    with connect_as_owner(connection.settings_dict["NAME"]) as owner:

        def ask() -> None:
            assert broken(owner) == []

        yield ask
        ask()


def test_two_give_the_last_signature(editor, reviewer, reviewer3, whole):
    """Two hundred times: one publishes, the other is told that the round has ended (F5)."""
    mine, theirs = browser(reviewer), browser(reviewer3)
    winners: Counter[int] = Counter()
    for turn in range(TIMES):
        article, (one, other) = with_board(editor, reviewer, reviewer3)
        answers = race(turn, signing(mine, one), signing(theirs, other))
        assert sorted(statuses(answers)) == [302, 409]
        loser_is_told(answers, "This round has ended: the article moved on")
        assert Article.objects.get(pk=article.pk).state == "approved"
        signoff = article.signoffs.get()
        assert sorted(article.rounds.values_list("end", "review__reviewer")) == sorted(
            [("signed", signoff.signer_id), ("overtaken", ({reviewer.pk, reviewer3.pk} - {signoff.signer_id}).pop())]
        )
        assert SigningFailure.objects.get(article=article).by_id != signoff.signer_id
        assert events(article) == {
            "article.create": 2, "article.submit": 1, "article.start_review": 1, "article.approve": 1,
        }  # fmt: skip
        winners[signoff.signer_id] += 1
        if turn % 50 == 0:
            whole()
    assert set(winners) == {reviewer.pk, reviewer3.pk}


def test_two_give_both_signatures_that_a_rule_needs(editor, reviewer, reviewer2, whole):
    """Neither is lost: both stand, and the article is approved once."""
    mine, theirs = browser(reviewer), browser(reviewer2)
    for turn in range(TIMES // 10):
        article, (one, other) = with_board(editor, reviewer, reviewer2, risk="high")
        answers = race(turn, signing(mine, one), signing(theirs, other))
        assert statuses(answers) == (302, 302)
        fresh = Article.objects.get(pk=article.pk)
        assert (fresh.state, len(fresh.signatures["people"])) == ("approved", 2)
        assert events(article)["article.approve"] == 1


def test_an_editor_takes_back_or_revises_while_a_reviewer_signs(editor, reviewer, whole):
    """Two hundred times. Taking back: one of the two. Revising: only after the signature, which then stands."""
    writer, board = browser(editor), browser(reviewer)
    outcomes: Counter[tuple[str, str, int]] = Counter()
    for turn in range(TIMES):
        verb = "recall" if turn // 2 % 2 else "revise"
        article, (row,) = with_board(editor, reviewer)
        answers = race(turn, stepping(writer, article, verb), signing(board, row))
        wrote, signed = statuses(answers)
        fresh, given = Article.objects.get(pk=article.pk), SignOff.objects.filter(article=article).count()
        expected = {
            ("recall", 302, 409): ("draft", 0, None),
            ("recall", 409, 302): ("approved", 1, row.version_id),
            ("revise", 409, 302): ("approved", 1, row.version_id),
            ("revise", 302, 302): ("draft", 1, row.version_id),
        }[verb, wrote, signed]
        assert (fresh.state, given, fresh.standing_version_id) == expected
        if 409 in (wrote, signed):
            loser_is_told(answers, "this step is no longer open", "The text has changed", "This round has ended")
        assert events(article)[f"article.{verb}"] == (wrote == 302)
        assert events(article)["article.approve"] == given
        outcomes[verb, fresh.state, given] += 1
        if turn % 50 == 0:
            whole()
    assert set(outcomes) == {
        ("recall", "draft", 0), ("recall", "approved", 1), ("revise", "approved", 1), ("revise", "draft", 1),
    }  # fmt: skip
