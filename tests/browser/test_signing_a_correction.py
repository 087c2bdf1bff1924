"""A correction signed on a phone, from To do to the public page, without JavaScript as well."""

import re

import pytest
from playwright.sync_api import Page

from articles.models import Article
from tests.cast import PASSWORD, approved, content, revised

from .actions import counted, start_counting

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = "The mechanism is debatted.", "The mechanism is debated."


@pytest.mark.parametrize("scripts", [True, False])
def test_a_correction_on_a_phone(visitor, editor, reviewer, scripts):
    texts = {"direct_answer": content().direct_answer}
    article = approved(editor, reviewer, professional=f"{content().professional}\n{BEFORE}\n", **texts)
    article = revised(article, editor, professional=f"{content().professional}\n{AFTER}\n", **texts)
    article.perform("submit", by=editor)
    page: Page = visitor(reviewer, width=360, java_script_enabled=scripts)
    page.get_by_role("link", name="Sign a correction").click()
    page.wait_for_url("**/correction/")
    assert "debatted" in page.locator("del").inner_text()
    if scripts:
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over == 0
        page.get_by_label("Your password").scroll_into_view_if_needed()
        start_counting(page)
    page.get_by_label("Your password").click()
    page.keyboard.type(PASSWORD)
    page.get_by_role("button", name="Sign as a correction").click()
    page.wait_for_url(re.compile(r"/desk/articles/[^/]+/$"))
    if scripts:
        assert counted(page) == 3
    signed = Article.objects.get(pk=article.pk)
    assert (signed.state, signed.standing_version.number) == ("approved", 2)
    page.goto(f"/articles/{article.slug}/")
    page.get_by_text("A correction that changes no statement was signed by Rita Reviewer, MD").wait_for()
