"""What a reviewer types is kept until the server has it: a closed tab, a lost connection, an ended session."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article
from reviews.judging import claims_to_judge
from reviews.models import Round
from tests.cast import PASSWORD, under_review
from tests.test_review_speed import long_text

pytestmark = pytest.mark.django_db(transaction=True)
WORDS, GROUND = "Ten times the usual dose.", "5 mg once daily."
KEYS = "Object.keys(localStorage).filter((name) => name.startsWith('oracle:'))"


@pytest.fixture
def place(editor: Any, reviewer: Any) -> tuple[Article, Round, str]:
    """A round on 25 statements, and the address of number 21."""
    article, row = under_review(editor, reviewer, professional=long_text(24), plain="")
    claim = claims_to_judge(row.version)[20].id
    return article, row, f"/desk/rounds/{row.pk}/?tab=statements&claim={claim}"


def at_21(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".claim-place")).to_contain_text("Statement 21 of 25")


def type_doubt(page: Page) -> None:
    page.locator("#note").fill(WORDS)
    page.locator("#quote").fill(GROUND)


def is_back(page: Page) -> None:
    expect(page.locator(".claim-place")).to_contain_text("Statement 21 of 25")
    expect(page.locator("#note")).to_have_value(WORDS)
    expect(page.locator("#quote")).to_have_value(GROUND)
    expect(page.locator(".judging .kept")).to_contain_text("Kept from before")


def saved(article: Article) -> list[tuple[str, str, str]]:
    return list(article.claim_checks.values_list("verdict", "note", "quote"))


def test_a_closed_tab(visitor, reviewer, place):
    article, row, address = place
    page = visitor(reviewer)
    at_21(page, address)
    type_doubt(page)
    names = page.evaluate(KEYS)
    claim = address.split("claim=")[1]
    assert sorted(names) == [f"oracle:typed:{reviewer.pk}:{row.pk}:{claim}:{name}" for name in ("note", "quote")]
    again = page.context.new_page()
    page.close()
    again.goto(address)
    is_back(again)
    again.keyboard.press("4")
    again.wait_for_selector("text=1 of 25 judged")
    assert (saved(article), again.evaluate(KEYS)) == ([("unsafe", WORDS, GROUND)], [])
    again.goto(address)
    expect(again.locator("#note")).to_have_value("")


def test_an_ended_session_leads_back_to_the_statement_with_all_that_was_typed(visitor, reviewer, place):
    article, _, address = place
    page = visitor(reviewer)
    at_21(page, address)
    page.context.clear_cookies(name="sessionid")
    type_doubt(page)
    page.get_by_role("button", name="Unsafe or misleading").click()
    page.wait_for_url("**/accounts/login/**")
    page.locator("input[name=login]").fill(reviewer.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{address}**")
    is_back(page)
    assert saved(article) == []
    page.get_by_role("button", name="Unsafe or misleading").click()
    page.wait_for_selector("text=1 of 25 judged")
    assert saved(article) == [("unsafe", WORDS, GROUND)]


def test_a_lost_connection_says_so_and_loses_nothing(visitor, reviewer, place):
    article, _, address = place
    page = visitor(reviewer)
    at_21(page, address)
    type_doubt(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Unsafe or misleading").click()
    told = page.get_by_role("alert")
    expect(told).to_have_text(
        "Not saved: no connection. What you typed is kept; press the verdict again once you are connected."
    )
    expect(page.locator("#note")).to_have_value(WORDS)
    page.context.set_offline(False)
    page.get_by_role("button", name="Unsafe or misleading").click()
    page.wait_for_selector("text=1 of 25 judged")
    expect(told).to_be_hidden()
    assert saved(article) == [("unsafe", WORDS, GROUND)]


def test_a_comment_is_kept_as_well(visitor, reviewer, place):
    article, _, address = place
    page = visitor(reviewer)
    at_21(page, address)
    page.locator("summary", has_text="Comment on this statement").click()
    page.locator("#body").fill("Which trial is this?")
    page.reload()
    expect(page.locator("#body")).to_have_value("Which trial is this?")
    page.get_by_role("button", name="Add comment").click()
    expect(page.get_by_text("Your comment is on record.")).to_be_visible()
    expect(page.locator("#count-discussion")).to_have_text("0")
    assert (article.comments.get().body, page.evaluate(KEYS)) == ("Which trial is this?", [])


def test_the_address_names_the_statement_at_every_step(visitor, reviewer, place):
    _, row, address = place
    page = visitor(reviewer)
    at_21(page, address)
    for key, number in (("n", 22), ("p", 21), ("s", 22), ("3", 22)):
        page.keyboard.press(key)
        page.wait_for_selector(f"text=Statement {number} of 25")
        claim = claims_to_judge(row.version)[number - 1].id
        page.wait_for_url(f"**/desk/rounds/{row.pk}/?tab=statements&claim={claim}")
    page.reload()
    expect(page.locator(".claim-place")).to_contain_text("Statement 22 of 25")


def test_a_refused_verdict_keeps_what_was_typed_and_its_address(visitor, reviewer, place):
    _, _, address = place
    page = visitor(reviewer)
    at_21(page, address)
    page.locator("#note").fill(WORDS)
    page.get_by_role("button", name="Unsafe or misleading").click()
    expect(page.locator("#refused")).to_contain_text("needs a quote that shows it")
    expect(page.locator("#note")).to_have_value(WORDS)
    page.wait_for_url(f"**{address}")


def test_signing_out_forgets_it_on_this_device(visitor, reviewer, place):
    _, _, address = place
    page = visitor(reviewer)
    at_21(page, address)
    type_doubt(page)
    page.goto("/accounts/logout/")
    assert len(page.evaluate(KEYS)) == 2
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "logout" not in url)
    assert page.evaluate(KEYS) == []


def test_a_reason_and_a_comment_on_the_whole_survive_an_ended_session(visitor, reviewer, place):
    article, row, _ = place
    page = visitor(reviewer)
    page.goto(f"/desk/rounds/{row.pk}/?tab=discussion")
    page.get_by_label("I ask for changes.").check()
    page.get_by_label("What has to change").fill("The dose needs a limit.")
    page.get_by_label("Comment on the whole version").fill("Who is it for?")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Add comment").click()
    page.wait_for_url("**/accounts/login/**")
    page.locator("input[name=login]").fill(reviewer.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/desk/rounds/{row.pk}/?tab=discussion")
    expect(page.locator("#body")).to_have_value("Who is it for?")
    expect(page.locator("#reason")).to_have_value("The dose needs a limit.")
    page.get_by_role("button", name="Add comment").click()
    expect(page.get_by_text("Your comment is on record.")).to_be_visible()
    expect(page.locator("#body")).to_have_value("")
    assert page.evaluate(KEYS) == [f"oracle:typed:{reviewer.pk}:{row.pk}:round:reason"]
    assert article.comments.get().body == "Who is it for?"


def test_a_reason_being_typed_survives_the_verdicts_around_it(visitor, reviewer, place):
    _, _, address = place
    page = visitor(reviewer)
    at_21(page, address)
    page.get_by_label("I ask for changes.").check()
    page.get_by_label("What has to change").fill("The dose needs a limit.")
    page.get_by_role("button", name="Supported 1", exact=True).click()
    page.wait_for_selector("text=1 of 25 judged")
    expect(page.locator("#reason")).to_have_value("The dose needs a limit.")
