"""Steps of the main job that more than one test takes, each as a person takes it in the browser."""

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, expect

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
PROGRESS = ".progress [role=status]"


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


def submit(page: Page, *, risk: str = "standard", others: Sequence[str] = ()) -> str:
    """Gives back the article's name in addresses; `others` are specialties beside nephrology."""
    slug = re.search(r"/desk/articles/([^/]+)/", page.url)[1]
    page.goto(f"/desk/articles/{slug}/submit/")
    expect(page.get_by_text("Readers will see this text at once, with a caution").first).to_be_visible()
    page.get_by_label("Main specialty").select_option("nephrology")
    for name in others:
        page.get_by_role("checkbox", name=name).check()
    page.get_by_label(f"{risk} risk").check()
    page.get_by_label("AI drafted this text.").check()
    page.get_by_label("AI tool and version").fill("a language model")
    send(page, slug)
    return slug


def send(page: Page, slug: str) -> None:
    page.get_by_label("I have checked this text").check()
    page.get_by_role("button", name=re.compile("Send to the board|Try to send")).click()
    page.wait_for_url(re.compile(rf"/desk/(articles/{slug}/)?$"))


def judge_the_dose(page: Page) -> None:
    """Unsafe, with a note and the quote that shows it."""
    open_the_dose(page)
    done = progress(page)
    page.locator("#note").fill("Nearly three times the usual dose; give a source and a caution.")
    page.locator("#quote").fill("25 g three times a week is usual.")
    page.get_by_role("button", name=re.compile("Unsafe")).click()
    expect(page.locator(PROGRESS)).not_to_have_text(done)


def open_the_dose(page: Page) -> None:
    page.locator("summary", has_text="All statements").click()
    page.locator(".claim-list a", has_text=DOSE).click()
    expect(page.locator(".claim-text")).to_contain_text(DOSE)


def progress(page: Page) -> str:
    """As in “3 of 27 judged”."""
    return page.locator(PROGRESS).inner_text()


def judge_one(page: Page, key: str = "s") -> None:
    """By a key, and not before the page shows that it counts."""
    done = progress(page)
    page.keyboard.press(key)
    expect(page.locator(PROGRESS)).not_to_have_text(done)


def ask_for_changes(page: Page, reason: str) -> None:
    page.get_by_label("I ask for changes.").check()
    page.get_by_label("What has to change").fill(reason)
    page.get_by_role("button", name="Send back").click()
    page.wait_for_url("**/desk/")
    expect(page.get_by_text("Sent back.").first).to_be_visible()


def mend_the_dose(page: Page) -> None:
    """The usual dose with its source and a caution, where the text is written; then what was objected is mended."""
    text = page.get_by_label("Wording for health professionals")
    before = text.input_value()
    key = re.search(r"wound healing once[^[]*\[@([^\]]+)\]", before)[1]
    line = f"- Sodium thiosulfate is used off label, usually 25 g three times a week; watch for acidosis [@{key}]."
    text.fill("\n".join(line if DOSE in old else old for old in before.splitlines()))
    page.get_by_role("button", name="Save", exact=True).click()
    dose = page.locator(".objection", has_text="Nearly three times the usual dose")
    dose.get_by_role("button", name=re.compile("Mended in the text")).click()


def send_again(page: Page, slug: str, note: str) -> None:
    page.goto(f"/desk/articles/{slug}/submit/")
    page.get_by_label("What changed since").fill(note)
    send(page, slug)


def told(text: str, steps: Sequence[tuple[str, str]]) -> None:
    """Each step stands in the text of a record, the person before the sentence."""
    for person, sentence in steps:
        assert re.search(rf"{person}[^\n]*\n?[^\n]*({sentence})", text), (person, sentence, text)
