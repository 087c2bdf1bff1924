"""A passage discussed to its end: the reviewer selects words and suggests others, the editor puts them in with one
click, the second round shows answer and change together, and the same reviewer signs."""

import re

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article
from reviews.models import Comment, Round
from tests.cast import PASSWORD, under_review

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "It was stopped in 10 % of them"
SELECT = """([wording, words]) => {
  const root = document.querySelector(`[data-wording=${wording}]`);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  const find = (text) => nodes.find((node) => node.data.includes(text));
  const [first, last] = words;
  const [start, end] = [find(first), find(last)];
  document.getSelection().setBaseAndExtent(
    start, start.data.indexOf(first), end, end.data.indexOf(last) + last.length);
}"""


def select(page: Page, first: str, last: str, wording: str = "professional") -> None:
    """Select from the first words to the last, citations between them included."""
    page.evaluate(SELECT, [wording, [first, last]])


def test_from_selected_words_to_a_signature(visitor, editor, reviewer):
    article, row = under_review(editor, reviewer)
    reviewing = visitor(reviewer)
    suggest(reviewing, row)
    writing = visitor(editor)
    apply_and_send_again(writing, article)
    read_and_sign(reviewing, article)


def suggest(page: Page, row: Round) -> None:
    page.goto(f"/desk/rounds/{row.pk}/")
    select(page, "It was stopped", "of them")
    page.get_by_role("button", name="Comment on this passage").click()
    assert page.evaluate("document.activeElement.id") == "passage-body"
    assert page.locator("#passage-quote").input_value() == WORDS
    page.get_by_label("Your comment on it").fill("The trial says 12 %.")
    page.get_by_label("Other words for it").fill("It was stopped in 12 %")
    page.locator("#passage").get_by_label("This must be answered or mended").check()
    page.locator("#passage").get_by_role("button", name="Add comment").click()
    remark = Comment.objects.get()
    assert (remark.quote, remark.prefix[-11:], remark.suffix[:11]) == (WORDS, "40 adults. ", ". Approach ")
    page.wait_for_url(f"**#comment-{remark.pk}")
    expect(page.locator("mark.passage")).to_have_text([WORDS])
    page.get_by_role("link", name="Show it in the text").click()
    expect(page.locator("mark.passage:target")).to_be_in_viewport()
    page.get_by_label("I ask for changes.").check()
    page.get_by_label("What has to change").fill("One number is wrong.")
    page.get_by_role("button", name="Send back").click()
    page.wait_for_url("**/desk/")


def apply_and_send_again(page: Page, article: Article) -> None:
    page.goto(f"/desk/articles/{article.slug}/edit/")
    objection = page.locator(".objection.blocking")
    expect(objection.locator("del")).to_contain_text("10 % of them")
    objection.get_by_role("button", name="Apply the suggestion").click()
    expect(page.get_by_label("Wording for health professionals")).to_have_value(re.compile(r"stopped in 12 % \[@two\]"))
    expect(page.locator(".objection .answer")).to_contain_text("Edith Editor answered: Changed as suggested.")
    expect(page.locator(".objection .diff ins")).to_contain_text("12 %")
    page.goto(f"/desk/articles/{article.slug}/submit/")
    page.get_by_label("What changed since").fill("One number.")
    page.get_by_label("I have checked this text").check()
    page.get_by_role("button", name=re.compile("Send to the board|Try to send")).click()
    page.wait_for_url(re.compile(rf"/desk/(articles/{article.slug}/)?$"))


def read_and_sign(page: Page, article: Article) -> None:
    page.goto("/desk/")
    page.get_by_role("link", name="Read changes").click()
    remark = page.locator(".comment.blocking")
    expect(remark.locator(".answer")).to_contain_text("Changed as suggested.")
    expect(remark.locator(".diff ins")).to_contain_text("12 %")
    remark.get_by_role("button", name="Close as met").click()
    page.goto(page.url.split("?")[0] + "?tab=statements")
    while page.locator("#decision[data-ready]").count() == 0:
        done = page.locator(".progress").inner_text()
        page.keyboard.press("s")
        expect(page.locator(".progress")).not_to_have_text(done)
    page.get_by_label("I reviewed version 2 and approve it for publication.").check()
    page.keyboard.press("y")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign version 2").click()
    page.wait_for_url(re.compile(r"/desk/articles/[^/]+/$"))
    assert Article.objects.get(pk=article.pk).state == "approved"


def test_the_key_takes_what_is_selected_or_the_statement(visitor, editor, reviewer):
    """The words are sent as the text has them: no numbers of citations, no signs of verdicts."""
    _, row = under_review(editor, reviewer)
    page = visitor(reviewer)
    page.goto(f"/desk/rounds/{row.pk}/")
    page.keyboard.press("s")
    expect(page.locator(".progress")).to_contain_text("1 of 5 judged")
    quote = page.locator("#passage-quote")
    page.keyboard.press("c")
    expect(quote).to_have_value("Drug A at 5 mg daily lowered pressure in 40 adults.")
    assert page.evaluate("document.activeElement.id") == "passage-body"
    page.evaluate("document.activeElement.blur()")
    select(page, "Yes, with care", "half the dose", wording="direct_answer")
    page.keyboard.press("c")
    expect(quote).to_have_value("Yes, with care: drug A may be given in kidney failure at half the dose")
    page.keyboard.type("c for care")
    page.locator("#passage").get_by_role("button", name="Add comment").click()
    page.wait_for_url("**#comment-*")
    remark = Comment.objects.get()
    assert (remark.wording, remark.body) == ("direct_answer", "c for care")
    # A comment that reaches over a citation is marked on both sides of it, and not the citation.
    page.keyboard.press("c")
    page.locator("#passage-quote").fill("pressure in 40 adults. It was")
    page.locator("#passage-body").fill("Which trial?")
    page.locator("#passage").get_by_role("button", name="Add comment").click()
    page.wait_for_url("**#comment-*")
    second = Comment.objects.latest("id")
    expect(page.locator(f"#passage-{second.pk}")).to_have_text(re.compile("pressure in 40 adults"))
    expect(page.locator("mark .cite")).to_have_count(0)
    page.get_by_role("link", name=re.compile("Comment by Rita Reviewer: Which trial")).click()
    expect(page.locator(f"#comment-{second.pk}")).to_be_in_viewport()


def test_what_is_typed_stays_while_verdicts_are_given(visitor, editor, reviewer):
    _, row = under_review(editor, reviewer)
    page = visitor(reviewer)
    page.goto(f"/desk/rounds/{row.pk}/")
    page.keyboard.press("c")
    page.keyboard.type("Half a sentence")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("s")
    expect(page.locator(".progress")).to_contain_text("1 of 5 judged")
    expect(page.locator("#passage-body")).to_have_value("Half a sentence")


def test_on_a_phone_the_selection_offers_the_button(visitor, editor, reviewer):
    _, row = under_review(editor, reviewer)
    page = visitor(reviewer, width=360, has_touch=True)
    page.goto(f"/desk/rounds/{row.pk}/")
    page.locator(".review-text [data-wording=plain]").scroll_into_view_if_needed()
    select(page, "when kidneys", "poorly", wording="plain")
    page.get_by_role("button", name="Comment on this passage").tap()
    expect(page.locator("#passage-quote")).to_have_value("when kidneys work poorly")
    expect(page.locator("#passage-body")).to_be_in_viewport()
    page.evaluate("document.getSelection().removeAllRanges()")
    expect(page.locator(".passage-bar")).to_be_hidden()


def test_without_javascript_copied_words_are_enough(visitor, editor, reviewer):
    _, row = under_review(editor, reviewer)
    page = visitor(reviewer, java_script_enabled=False)
    page.goto(f"/desk/rounds/{row.pk}/")
    page.locator("#passage > summary").click()
    page.locator("#passage-quote").fill("in 40 adults [1]. It was stopped")
    page.locator("#passage-body").fill("Which trial?")
    page.locator("#passage").get_by_role("button", name="Add comment").click()
    expect(page.locator("article.comment .quote")).to_have_text("in 40 adults. It was stopped")
