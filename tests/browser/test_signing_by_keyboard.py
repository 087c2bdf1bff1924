"""A 25-claim article judged and signed by keyboard alone, with the actions counted."""

import re

import pytest
from playwright.sync_api import Page

from articles.models import Article
from reviews import rounds
from reviews.founding import drafts
from reviews.models import SignOff
from tests.cast import PASSWORD, content, judge_everything, sent_again, submitted, under_review
from tests.test_signing_questions import in_force

from .actions import counted, start_counting, start_counting_everywhere

pytestmark = pytest.mark.django_db(transaction=True)
BACKGROUND = [
    "Drug A blocks the uptake of salt", "It acts in the kidney", "It leaves the body with the urine",
    "The mechanism is known", "Old people take it as well", "It is taken with food", "It has no smell",
    "Most centres know it",
]  # fmt: skip
AMOUNTS = [f"Drug A at {number} mg daily lowered the pressure by {number} points" for number in range(2, 14)]
SAFETY = [
    "Avoid it in pregnancy",
    "It must not be given with drug B",
    "Never give it to infants",
    "It can harm the ear",
]


def text(*amounts: str) -> str:
    """25 statements with the direct answer: eight that a word on their section judges, twelve doses, four warnings."""
    parts = {"Background": BACKGROUND, "Evidence": amounts, "Safety": SAFETY}
    return "\n\n".join(
        f"## {head}\n\n" + "\n\n".join(f"{line} [@one]." for line in part) for head, part in parts.items()
    )


def test_judge_and_sign_by_keyboard(visitor, editor, reviewer):
    """From the address in the invitation to signed, by somebody who never saw the article."""
    article = submitted(editor, professional=text(*AMOUNTS), plain="")
    assert len(article.current_version.claims) == 25
    page = visitor(reviewer)
    page.goto(f"/desk/articles/{article.slug}/take/")
    start_counting_everywhere(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # to the content
    press_until(page, "document.activeElement.textContent === 'No conflict, begin'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rounds/**")
    judged(page, 1, 25)
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=9 of 25 judged")
    for place in range(10, 26):
        judged(page, place, 25)
    sign(page, 1)
    assert Article.objects.get(pk=article.pk).state == "approved"
    signoff = SignOff.objects.get()
    assert signoff.judged == {"statements": 25, "by_signer": 25}
    assert article.claim_checks.filter(manner="section").count() == 8
    actions = counted(page)
    print(f"\nFrom the invitation to signed, 25 statements by keyboard: {actions} actions")
    assert actions <= 40


def test_a_second_round_by_keyboard(visitor, editor, reviewer):
    """From To do to signed, with three statements changed and the reviewer's own objection to close."""
    article, row = under_review(editor, reviewer, professional=text(*AMOUNTS), plain="")
    judge_everything(row)
    article = rounds.ask_for_changes(row, by=reviewer, reason="Three of the doses are wrong.")
    changed = [line.replace(" mg", "0 mg") for line in AMOUNTS[:3]]
    sent_again(
        article, editor, professional=text(*changed, *AMOUNTS[3:]), plain="", direct_answer=content().direct_answer
    )
    page = visitor(reviewer)
    page.goto("/desk/")
    start_counting_everywhere(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # to the content
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=What changed since you last looked: 3 statements, about 2 minutes")
    page.keyboard.press("m")
    page.wait_for_selector("text=Closed as met.")
    for place in (23, 24, 25):
        judged(page, place, 25)
    sign(page, 2)
    assert Article.objects.get(pk=article.pk).standing_version.number == 2
    actions = counted(page)
    print(f"\nA second round with three changed statements, from To do to signed: {actions} actions")
    assert actions <= 12


def judged(page: Page, place: int, total: int) -> None:
    """One more statement supported, by its key."""
    page.keyboard.press("s" if place % 2 else "1")
    page.wait_for_selector(f"text={place} of {total} judged")


def sign(page: Page, version: int) -> None:
    """The decision has the focus once everything is judged."""
    page.wait_for_function("document.activeElement.name === 'decision'")
    page.keyboard.press("Space")
    page.keyboard.press("y")
    assert page.evaluate("document.activeElement.id") == "password"
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/articles/[^/]+/$"))


def press_until(page: Page, condition: str) -> None:
    """Go on with Tab, as a person does, until something has the focus."""
    for _ in range(60):
        if page.evaluate(condition):
            return
        page.keyboard.press("Tab")
    raise AssertionError(condition)


def test_a_doubt_by_keyboard(visitor, editor, reviewer):
    """4 asks for the note first, then for the quote; Ctrl+Enter then gives the verdict."""
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
    assert page.evaluate("document.activeElement.id") == "quote"
    page.keyboard.type("5 mg once daily.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=1 of 5 judged")
    check = article.claim_checks.get()
    given = (check.verdict, check.note, check.quote)
    assert given == ("unsafe", "Ten times the usual dose.", "5 mg once daily.")


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
