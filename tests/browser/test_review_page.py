"""The review page in a browser: quick at 300 statements, one a screen on a phone, honest about what is left."""

import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article
from reviews import checking
from reviews.judging import claims_to_judge
from tests.cast import PASSWORD, judge_everything, under_review
from tests.test_judging import PLAIN, SECTION
from tests.test_review_speed import long_text

pytestmark = pytest.mark.django_db(transaction=True)


def test_300_statements_stay_quick_by_keyboard(visitor, editor, reviewer):
    _, row = under_review(editor, reviewer, professional=long_text(299), plain="")
    page = visitor(reviewer)
    page.goto(f"/desk/rounds/{row.pk}/")
    times = []
    for place in range(1, 21):
        begun = time.monotonic()
        page.keyboard.press("s" if place % 2 else "n")
        page.wait_for_selector(f"text=Statement {place + 1} of 300")
        times.append(time.monotonic() - begun)
    middle = sorted(times)[len(times) // 2]
    print(
        f"\n300 statements: from a key to the next statement {middle * 1000:.0f} ms, at most {max(times) * 1000:.0f} ms"
    )
    assert page.locator(".review-text .claim-sign.good").count() == 10
    assert page.locator(".review-text .claim.current").count() == 1
    expect(page.locator(".claim-list [aria-current] a")).to_contain_text("Drug A at 20 mg")
    expect(page.locator(".progress [role=status]")).to_have_text("10 of 300 judged")


def in_sight(page: Page, *selectors: str) -> list[str]:
    """Those of the elements that are not wholly within the screen, or that another one covers."""
    script = """(selector) => [...document.querySelectorAll(selector)].every((element) => {
      const box = element.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const inside = box.height > 0 && box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
      return inside && element.contains(document.elementFromPoint(x, y));
    })"""
    return [selector for selector in selectors if not page.evaluate(script, selector)]


def test_one_statement_a_screen_on_a_phone(visitor, editor, reviewer):
    _, row = under_review(editor, reviewer)
    page = visitor(reviewer, width=360, has_touch=True)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/desk/rounds/{row.pk}/")
    card = (".claim-place", ".claim-text", ".evidence .quote", ".giving button", ".giving .more")
    for number in (1, 2, 3):
        page.wait_for_selector(f"text=Statement {number} of 5")
        page.wait_for_timeout(100)
        assert in_sight(page, *card) == []
        assert page.locator(".giving button").count() == 4
        page.get_by_role("button", name="Supported", exact=True).tap()
    page.get_by_role("link", name="More").tap()
    assert in_sight(page, "[value=cannot_tell]") == []


def test_a_half_filled_review_never_looks_finished(visitor, editor, reviewer):
    """F7: one statement of five is left; nothing is chosen, approval cannot be, and the page says what is open."""
    article, row = under_review(editor, reviewer)
    for claim in claims_to_judge(row.version)[:-1]:
        checking.judge(row, claim.id, by=reviewer, verdict="supported")
    page = visitor(reviewer)
    page.goto(f"/desk/rounds/{row.pk}/")
    expect(page.locator(".progress")).to_contain_text("4 of 5 judged")
    expect(page.locator("#finish")).to_contain_text("1 of 5 statements is not judged yet; the next is number 5.")
    assert page.locator("#decision[data-ready]").count() == 0
    assert page.locator("input[name=decision]:checked").count() == 0
    approve = page.locator("input[name=decision][value=approve]")
    expect(approve).to_be_disabled()
    approve.evaluate("(radio) => { radio.disabled = false; radio.checked = true; }")
    page.locator("[name=answer-1][value=yes]").evaluate("(radio) => { radio.checked = true; }")
    page.locator("#password").evaluate("(field, word) => { field.value = word; field.form.submit(); }", PASSWORD)
    expect(page.locator("#refused")).to_contain_text("1 of 5 statements is not judged yet")
    assert Article.objects.get(pk=article.pk).state == "under_review"


def test_a_finished_review_shows_no_way_to_change_it(visitor, editor, reviewer, reviewer2):
    """F9: the page of a signed round leads to the record; PostgreSQL's part is in test_judging."""
    article, row = under_review(editor, reviewer, risk="high")
    judge_everything(row)
    page = visitor(reviewer)
    page.goto(f"/desk/rounds/{row.pk}/")
    page.get_by_label("I reviewed version 1 and approve it for publication.").check()
    page.keyboard.press("y")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign version 1").click()
    page.wait_for_url(f"**/desk/articles/{article.slug}/")
    page.goto(f"/desk/rounds/{row.pk}/")
    page.wait_for_url(f"**/desk/articles/{article.slug}/")
    assert page.locator("button[name=verdict]").count() == 0


def test_a_section_and_a_pair_by_keyboard(visitor, editor, reviewer):
    text = SECTION + "\n\n## Dose\n\nStart with 5 mg once daily [@one].\n"
    article, row = under_review(editor, reviewer, professional=text, plain=PLAIN)
    page = visitor(reviewer)
    page.goto(f"/desk/rounds/{row.pk}/")
    page.keyboard.press("s")
    page.wait_for_selector("text=Statement 2 of 11")
    page.locator(".by-section button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Supported by section: 3 statements.")).to_be_visible()
    page.wait_for_selector("text=Statement 5 of 11")
    assert page.locator(".review-text .claim-sign.good").count() == 4
    for number in range(6, 12):
        page.keyboard.press("s")
        page.wait_for_selector(f"text=Statement {number} of 11")
    page.keyboard.press("y")
    assert page.evaluate("document.activeElement.value") == "5 mg / 50 mg"
    page.keyboard.press("Space")
    page.keyboard.press("y")
    expect(page.locator("#decision[data-ready]")).to_be_visible()
    assert article.claim_checks.get(manner="pair").note == "Numbers that differ, accepted: 5 mg / 50 mg."


def test_the_help_panel_lists_every_key(visitor, editor, reviewer):
    _, row = under_review(editor, reviewer)
    page = visitor(reviewer)
    page.goto(f"/desk/rounds/{row.pk}/")
    page.keyboard.press("?")
    shown: Any = page.locator("#keys kbd").all_inner_texts()
    by_statement = ["1", "5", "S", "Y", "R", "Enter", "N", "P", "M", "C", "/", "Esc", "Ctrl", "Enter"]
    assert shown == ["?", *by_statement, "Y", "N", "?"]
    assert page.locator(".judging .verdict kbd").all_inner_texts() == ["1", "2", "3", "4", "5"]
