"""The main job, by four people in their browsers: a pasted answer with eight numbers and five references becomes a
signed article, and the record tells every step."""

import re

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article
from tests.cast import PASSWORD

from .actions import counted, start_counting
from .main_job import (
    DOSE,
    ask_for_changes,
    judge_one,
    judge_the_dose,
    match,
    mend_the_dose,
    paste,
    send_again,
    submit,
    told,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_a_pasted_answer_to_a_signed_page(visitor, editor, reviewer, auditor):
    writing = visitor(editor)
    paste(writing)
    match(writing)
    cite(writing)
    slug = submit(writing)
    anyone = visitor()
    anyone.goto(f"/articles/{slug}/")
    expect(anyone.get_by_text("pending human review")).to_be_visible()

    reviewing = visitor(reviewer)
    take(reviewing)
    find_the_dose(reviewing)
    mend_and_send_again(writing, slug)
    actions = judge_what_changed_and_sign(reviewing)
    assert actions <= 4

    # Another reader: the first one's browser may keep its copy for a minute.
    anyone = visitor()
    anyone.goto(f"/articles/{slug}/")
    expect(anyone.get_by_text("pending human review")).to_have_count(0)
    expect(anyone.get_by_text("Rita Reviewer, MD").first).to_be_visible()
    expect(anyone.get_by_text(DOSE)).to_have_count(0)
    assert Article.objects.get(slug=slug).standing_version.number == 2
    read_the_record(visitor(auditor), slug)


def cite(page: Page) -> None:
    """A source is cited only when it was seen and chosen; what was offered and not chosen changes nothing."""
    text = page.get_by_label("Wording for health professionals")
    before = text.input_value()
    text.press("Control+End")
    page.keyboard.type(" [@")
    offered = page.locator(".completions")
    expect(offered.get_by_text("Calcimimetics for secondary")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert text.input_value() == before + " [@\n"
    page.keyboard.press("Backspace")
    page.keyboard.type("ball")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert text.input_value() == before + " [@ballinger2014]"
    text.fill(before)
    page.get_by_role("navigation", name="Panels").get_by_role("link", name="Preview").click()
    expect(page.locator("#preview .prose").first).to_be_visible()


def take(page: Page) -> None:
    page.goto("/desk/")
    page.get_by_role("link", name="Look and take").click()
    page.get_by_role("button", name="No conflict, begin").click()
    page.wait_for_url("**/rounds/**")


def find_the_dose(page: Page) -> None:
    judge_the_dose(page)
    expect(page.locator(".progress")).to_contain_text("1 of")
    ask_for_changes(page, "The dose of sodium thiosulfate needs a source and a caution.")


def mend_and_send_again(page: Page, slug: str) -> None:
    page.goto("/desk/")
    expect(page.get_by_text("1 objection").first).to_be_visible()
    page.goto(f"/desk/articles/{slug}/edit/")
    objection = page.locator(".objection", has_text="Nearly three times the usual dose")
    expect(objection).to_be_visible()
    expect(objection.get_by_text(DOSE)).to_be_visible()
    mend_the_dose(page)
    send_again(page, slug, "The usual dose of sodium thiosulfate, with a caution.")


def judge_what_changed_and_sign(page: Page) -> int:
    """Gives back the number of actions from the last statement judged to the signature."""
    page.goto("/desk/")
    page.get_by_role("link", name="Read changes").click()
    expect(page.get_by_text("What changed since you last looked")).to_be_visible()
    page.locator(".comment.blocking").get_by_role("button", name="Close as met").click()
    page.goto(page.url.split("?")[0] + "?tab=statements")
    while page.locator("#decision[data-ready]").count() == 0:
        judge_one(page)
    start_counting(page)
    page.get_by_label("I reviewed version 2 and approve it for publication.").check()
    page.keyboard.press("y")
    page.keyboard.type(PASSWORD)
    page.get_by_role("button", name="Sign version 2").click()
    page.wait_for_url(re.compile(r"/desk/articles/[^/]+/$"))
    return counted(page)


def read_the_record(page: Page, slug: str) -> None:
    page.goto(f"/desk/articles/{slug}/")
    page.get_by_role("link", name="Timeline of this article").click()
    text = page.locator("main").inner_text()
    steps = [
        ("Edith Editor", "imported the draft|began the article"),
        ("Edith Editor", "matched a citation number"),
        ("Edith Editor", "sent version 1 to the board"),
        ("Rita Reviewer", "took the article"),
        ("Rita Reviewer", "asked for changes"),
        ("Edith Editor", "sent version 2 to the board"),
        ("Rita Reviewer", "signed version 2 as approval"),
        ("Rita Reviewer", "approved version 2"),
    ]
    told(text, steps)
