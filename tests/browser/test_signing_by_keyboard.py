"""A 25-claim article judged and signed by keyboard alone, with the actions counted."""

import re

import pytest
from playwright.sync_api import Page

from articles.models import Article
from reviews.founding import drafts
from reviews.models import SignOff
from tests.cast import PASSWORD, judge_everything, submitted, under_review
from tests.test_signing_questions import in_force

from .actions import counted, start_counting

pytestmark = pytest.mark.django_db(transaction=True)
AMOUNTS = [f"Drug A at {number} mg daily lowered the pressure by {number} points [@one]." for number in range(2, 25)]


def test_judge_and_sign_by_keyboard(visitor, editor, reviewer):
    text = "## Evidence\n\n" + "\n\n".join(AMOUNTS) + "\n\nIt was stopped in 10 % of them [@two].\n"
    article = submitted(editor, professional=text, plain="")
    assert len(article.current_version.claims) == 25
    page = visitor(reviewer)
    page.goto(f"/desk/articles/{article.slug}/take/")
    press_until(page, "document.activeElement.textContent === 'No conflict, begin'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rounds/**")
    for place in range(1, 26):
        page.wait_for_selector(f"text=Statement {place} of 25")
        if place == 25:
            start_counting(page)
        page.keyboard.press("s" if place % 2 else "1")
        page.wait_for_selector(f"text={place} of 25 judged")
    page.wait_for_function("document.activeElement.name === 'decision'")
    judged = counted(page)
    page.keyboard.press("Space")
    page.keyboard.press("y")
    assert page.evaluate("document.activeElement.id") == "password"
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/articles/[^/]+/$"))
    assert Article.objects.get(pk=article.pk).state == "approved"
    assert SignOff.objects.get().judged == {"statements": 25, "by_signer": 25}
    assert (judged, counted(page)) == (1, 5)  # the last verdict, then four


def press_until(page: Page, condition: str) -> None:
    """Go on with Tab, as a person does, until something has the focus."""
    for _ in range(60):
        if page.evaluate(condition):
            return
        page.keyboard.press("Tab")
    raise AssertionError(condition)


def test_a_doubt_by_keyboard(visitor, editor, reviewer):
    """4 asks for the note first; Ctrl+Enter then gives the verdict."""
    article = submitted(editor)
    page = visitor(reviewer)
    page.goto(f"/desk/articles/{article.slug}/take/")
    page.get_by_role("button", name="No conflict, begin").click()
    page.wait_for_url("**/rounds/**")
    page.keyboard.press("n")
    page.wait_for_selector("text=Statement 2 of 5")
    page.keyboard.press("4")
    assert page.evaluate("document.activeElement.id") == "note"
    page.keyboard.type("Ten times the usual dose.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=1 of 5 judged")
    check = article.claim_checks.get()
    assert (check.verdict, check.note) == ("unsafe", "Ten times the usual dose.")


def test_without_javascript_the_same_is_possible(visitor, editor, reviewer):
    article = submitted(editor)
    page = visitor(reviewer, java_script_enabled=False)
    page.goto(f"/desk/articles/{article.slug}/take/")
    page.get_by_role("button", name="No conflict, begin").click()
    for place in range(1, 6):
        page.get_by_text(f"Statement {place} of 5").wait_for()
        page.locator("button[value=supported]").click()
    page.locator("input[name=decision][value=approve]").check()
    page.locator("input[name=answer-1][value=yes]").check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign version 1").click()
    page.wait_for_url(re.compile(r"/desk/articles/[^/]+/$"))
    assert Article.objects.get(pk=article.pk).state == "approved"


def test_five_questions_by_keyboard(visitor, editor, reviewer):
    """One key for each question, from the sentence to the password."""
    article, row = under_review(editor, reviewer, risk="high")
    judge_everything(row)
    in_force(drafts("The house", "desk@example.org")["questions"])
    page = visitor(reviewer)
    page.goto(f"/desk/rounds/{row.pk}/")
    page.locator("input[name=decision][value=approve]").focus()
    start_counting(page)
    page.keyboard.press("y")  # nothing yet: the sentence is not chosen
    assert page.locator(".question input:checked").count() == 0
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("y")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/articles/[^/]+/$"))
    assert counted(page) == 9
    assert len(SignOff.objects.get(article=article).answers) == 5
