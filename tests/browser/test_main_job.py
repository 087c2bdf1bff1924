"""The main job, by four people in their browsers: a pasted answer with eight numbers and five references becomes a
signed article, and the record tells every step."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article
from tests.cast import PASSWORD

from .actions import counted, start_counting

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE = (Path(__file__).parent.parent / "samples" / "pasted_answer.txt").read_text()
RIGHT = {
    "1": "The use of cinacalcet",
    "2": "Calciphylaxis in end-stage",
    "3": "Sodium thiosulfate, bisphosphonates",
    "4": "Multi-modal treatment",
    "5": "Calcimimetics for secondary",
    "7": "KDIGO 2017",
    "8": "KDIGO 2017",
}
DOSE = "119 g/m² per week"


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


def paste(page: Page) -> None:
    page.goto("/desk/")
    page.get_by_role("link", name="New article").first.click()
    page.get_by_label("The draft").fill(SAMPLE)
    page.get_by_role("button", name="Read this draft").click()
    expect(page.get_by_role("heading", name="Match the numbers")).to_be_visible()
    expect(page.locator(".match")).to_have_count(8)


def match(page: Page) -> None:
    """Position would credit the wrong paper: the list's first item is not what [1] stands for."""
    assert "end-stage" in page.locator("#key-1 option:checked").inner_text()
    page.get_by_role("link", name="Writing").click()
    expect(page.get_by_text("is matched to no reference").first).to_be_visible()
    page.goto(page.url.replace("/edit/", "/references/"))
    page.get_by_label("Title").fill(
        "Calcimimetics for secondary hyperparathyroidism in chronic kidney disease patients"
    )
    page.get_by_label("Authors").fill("Ballinger, AE\nPalmer, SC")
    page.get_by_label("Journal, book or site").fill("Cochrane Database of Systematic Reviews")
    page.get_by_label("Year").fill("2014")
    page.get_by_role("button", name="Add it").click()
    page.goto(page.url.split("#")[0].replace("/references/", "/match/"))
    for number, title in RIGHT.items():
        choice = page.locator(f"#key-{number}")
        value = choice.locator("option", has_text=title).get_attribute("value")
        choice.select_option(value)
    page.locator("#key-6").select_option("")
    page.get_by_role("button", name="Confirm these numbers").click()
    expect(page.locator(".match")).to_have_count(1)
    page.get_by_role("button", name="Take [6] out of the text").click()
    page.wait_for_url("**/edit/")


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


def submit(page: Page) -> str:
    slug = re.search(r"/desk/articles/([^/]+)/", page.url)[1]
    page.goto(f"/desk/articles/{slug}/submit/")
    expect(page.get_by_text("Readers will see this text at once, with a caution").first).to_be_visible()
    page.get_by_label("Main specialty").select_option("nephrology")
    page.get_by_label("standard risk").check()
    page.get_by_label("AI drafted this text.").check()
    page.get_by_label("AI tool and version").fill("a language model")
    page.get_by_label("I have checked this text").check()
    page.get_by_role("button", name=re.compile("Send to the board|Try to send")).click()
    page.wait_for_url(re.compile(rf"/desk/(articles/{slug}/)?$"))
    return slug


def take(page: Page) -> None:
    page.goto("/desk/")
    page.get_by_role("link", name="Look and take").click()
    page.get_by_role("button", name="No conflict, begin").click()
    page.wait_for_url("**/rounds/**")


def find_the_dose(page: Page) -> None:
    page.locator("summary", has_text="All statements").click()
    page.locator(".claim-list a", has_text=DOSE).click()
    page.locator("#note").fill("Nearly three times the usual dose; give a source and a caution.")
    page.locator("#quote").fill("25 g three times a week is usual.")
    page.get_by_role("button", name=re.compile("Unsafe")).click()
    expect(page.locator(".progress")).to_contain_text("1 of")
    page.get_by_label("I ask for changes.").check()
    page.get_by_label("What has to change").fill("The dose of sodium thiosulfate needs a source and a caution.")
    page.get_by_role("button", name="Send back").click()
    page.wait_for_url("**/desk/")
    expect(page.get_by_text("Sent back.").first).to_be_visible()


def mend_and_send_again(page: Page, slug: str) -> None:
    page.goto("/desk/")
    expect(page.get_by_text("1 objection").first).to_be_visible()
    page.goto(f"/desk/articles/{slug}/edit/")
    objection = page.locator(".objection", has_text="Nearly three times the usual dose")
    expect(objection).to_be_visible()
    expect(objection.get_by_text(DOSE)).to_be_visible()
    text = page.get_by_label("Wording for health professionals")
    lines = [
        "- Sodium thiosulfate is used off label, usually 25 g three times a week; watch for acidosis [@KEY]."
        if DOSE in line else line for line in text.input_value().splitlines()
    ]  # fmt: skip
    key = re.search(r"wound healing once[^[]*\[@([^\]]+)\]", "\n".join(lines))[1]
    text.fill("\n".join(lines).replace("@KEY", f"@{key}"))
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name=re.compile("Mended in the text")).click()
    page.goto(f"/desk/articles/{slug}/submit/")
    page.get_by_label("What changed since").fill("The usual dose of sodium thiosulfate, with a caution.")
    page.get_by_label("I have checked this text").check()
    page.get_by_role("button", name=re.compile("Send to the board|Try to send")).click()
    page.wait_for_url(re.compile(rf"/desk/(articles/{slug}/)?$"))


def judge_what_changed_and_sign(page: Page) -> int:
    """Gives back the number of actions from the last statement judged to the signature."""
    page.goto("/desk/")
    page.get_by_role("link", name="Read changes").click()
    expect(page.get_by_text("What changed since you last looked")).to_be_visible()
    page.locator(".comment.blocking").get_by_role("button", name="Close as met").click()
    page.goto(page.url.split("?")[0] + "?tab=statements")
    while page.locator("#decision[data-ready]").count() == 0:
        done = page.locator(".progress").inner_text()
        page.keyboard.press("s")
        expect(page.locator(".progress")).not_to_have_text(done)
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
    for person, sentence in steps:
        assert re.search(rf"{person}[^\n]*\n?[^\n]*({sentence})", text), (person, sentence, text)
