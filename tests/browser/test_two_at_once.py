"""G7 on the screen: two people press their buttons in the same moment, each in a browser of their own."""

import re

import pytest
from playwright.sync_api import Locator, Page, Response

from articles.models import Article
from reviews import reaffirming, rounds
from reviews.models import Round, SignOff
from tests.cast import PASSWORD, judge_everything, sign, under_review

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 5
PRESS = "(form, moment) => setTimeout(() => form.requestSubmit(), moment - Date.now())"
OVERTAKEN = "This round has ended: the article moved on"


def ready_to_sign(page: Page, row: Round) -> Locator:
    """The sign panel, filled in; gives back its form."""
    page.goto(f"/desk/rounds/{row.pk}/")
    page.locator("#decision [value=approve]").check()
    page.locator(".question [value=yes]").check()
    page.get_by_label("Your password").fill(PASSWORD)
    return page.locator("#decision form")


def ready_to_take_back(page: Page, article: Article) -> Locator:
    """The form of *Take back*, filled in."""
    page.goto(f"/desk/articles/{article.slug}/")
    form = page.locator("#do-recall form")
    form.locator("[name=reason]").fill("One more check of the dose.")
    return form


def press_at_once(one: Locator, other: Locator) -> list[int]:
    """Send both forms in the same moment; gives back what the two are answered in the end."""
    with one.page.expect_navigation() as first, other.page.expect_navigation() as second:
        moment = one.page.evaluate("Date.now() + 400")
        for form in (one, other):
            form.evaluate(PRESS, moment)
    return [status_of(first.value), status_of(second.value)]


def status_of(response: Response | None) -> int:
    assert response is not None
    return response.status


def test_two_give_the_last_signature(visitor, editor, reviewer, reviewer3):
    mine, theirs = visitor(reviewer), visitor(reviewer3)
    for turn in range(TIMES):
        article, row = under_review(editor, reviewer, question=f"May drug {turn} be given?")
        other = rounds.take(article, by=reviewer3)
        judge_everything(row)
        answers = press_at_once(ready_to_sign(mine, row), ready_to_sign(theirs, other))
        assert sorted(answers) == [200, 409]
        winner, loser = (mine, theirs) if answers[0] == 200 else (theirs, mine)
        winner.get_by_text("Signed; it is public now.").wait_for()
        assert re.search(r"/desk/articles/[^/]+/$", winner.url)
        loser.get_by_text(OVERTAKEN).wait_for()
        loser.get_by_role("heading", name=f"May drug {turn} be given?").wait_for()
        assert SignOff.objects.filter(article=article).count() == 1
        assert Article.objects.get(pk=article.pk).state == "approved"


def test_an_editor_takes_back_while_a_reviewer_signs(visitor, editor, reviewer):
    writing, reviewing = visitor(editor), visitor(reviewer)
    for turn in range(TIMES):
        article, row = under_review(editor, reviewer, question=f"May drug {turn} be given?")
        judge_everything(row)
        answers = press_at_once(ready_to_take_back(writing, article), ready_to_sign(reviewing, row))
        state = Article.objects.get(pk=article.pk).state
        if state == "approved":
            assert answers == [409, 200]
            writing.get_by_text("so this step is no longer open").wait_for()
        else:
            assert (state, answers) == ("draft", [200, 409])
            reviewing.get_by_text(OVERTAKEN).wait_for()
        assert SignOff.objects.filter(article=article).count() == (state == "approved")


def test_an_editor_revises_while_a_reviewer_signs_again(visitor, editor, reviewer):
    """Neither is in the other's way: the next version is begun, and what stands is signed once more."""
    writing, reviewing = visitor(editor), visitor(reviewer)
    for turn in range(TIMES):
        article, row = under_review(editor, reviewer, question=f"May drug {turn} be given?")
        judge_everything(row)
        article = sign(row)
        again = reaffirming.begin(article, by=reviewer)
        writing.goto(f"/desk/articles/{article.slug}/")
        answers = press_at_once(writing.locator("#do-revise form"), ready_to_sign(reviewing, again))
        fresh = Article.objects.get(pk=article.pk)
        assert (answers, fresh.state, fresh.standing_version_id) == ([200, 200], "draft", row.version_id)
        assert [row["member"] for row in fresh.signatures["people"]] == [reviewer.pk]
        assert SignOff.objects.filter(article=article).count() == 2
