"""How other systems failed, on the screen; see tests/test_pitfalls.py."""

import pytest
from playwright.sync_api import expect

from articles.models import Article
from reviews.models import Round, SignOff
from tests.cast import PASSWORD, amended, judge_everything, under_review

pytestmark = pytest.mark.django_db(transaction=True)


def test_f1_an_edit_in_one_tab_is_not_approved_in_the_other(visitor, editor, reviewer):
    """Refused, with the difference, in the words of both texts."""
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    reviewing = visitor(reviewer)
    reviewing.goto(f"/desk/rounds/{row.pk}/")
    reviewing.get_by_label("I reviewed version 1 and approve it").check()
    reviewing.keyboard.press("y")
    reviewing.get_by_label("Your password").fill(PASSWORD)

    writing = visitor(editor)
    writing.goto(f"/desk/articles/{article.slug}/")
    form = writing.locator("#do-recall form")
    form.locator("[name=reason]").fill("The dose.")
    form.get_by_role("button").click()
    writing.get_by_text("Take back: done.").wait_for()
    amended(Article.objects.get(pk=article.pk), editor, direct_answer="Yes, but at a quarter of the dose [@one].")
    Article.objects.get(pk=article.pk).perform("submit", by=editor)

    with reviewing.expect_navigation() as answer:
        reviewing.get_by_role("button", name="Sign version 1").click()
    assert answer.value.status == 409
    expect(reviewing.get_by_text("Nothing was signed", exact=True)).to_be_visible()
    expect(reviewing.locator("ins", has_text="quarter").first).to_be_visible()
    expect(reviewing.locator("del", has_text="half").first).to_be_visible()
    assert SignOff.objects.count() == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_f7_a_half_filled_review_never_looks_finished(visitor, editor, reviewer, scripts):
    """One verdict of five, left and come back to: nothing is chosen, nothing can be signed, and each page says so."""
    _, row = under_review(editor, reviewer)
    page = visitor(reviewer, java_script_enabled=scripts)
    for _ in range(2):
        page.goto(f"/desk/rounds/{row.pk}/")
        if row.checks.count() == 0:
            page.locator("button[value=supported]").click()
        expect(page.locator(".progress")).to_contain_text("1 of 5 judged")
        expect(page.locator("#decision")).to_contain_text("Not ready to sign: 4 of 5 statements are not judged yet")
        expect(page.locator("#decision[data-ready]")).to_have_count(0)
        expect(page.locator("input[name=decision]:checked")).to_have_count(0)
        expect(page.locator("#decision [value=approve]")).to_be_disabled()
        page.goto("/desk/")
        expect(page.locator("main")).to_contain_text("1 of 5 judged")
        expect(page.locator("main")).not_to_contain_text("ready to sign")
    page.goto("/desk/my-reviews/")
    expect(page.locator("main")).to_contain_text("No review of yours has ended like that.")
    assert Round.objects.get(pk=row.pk).ended_at is None
    assert SignOff.objects.count() == 0
