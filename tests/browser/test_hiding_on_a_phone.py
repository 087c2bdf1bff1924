"""A board member hides a text from a phone in two actions; a reader who had it open gets the notice within a minute."""

import re

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article
from reviews.models import Round
from tests.cast import amended, approved, judge_everything, sign
from tests.reading import SECRET, TEXTS

from .actions import counted, start_counting

pytestmark = pytest.mark.django_db(transaction=True)
READERS = ("", "?for=patient", "?for=student")
PHONE = {"width": 360, "height": 640}


@pytest.fixture
def article(editor, reviewer) -> Article:
    """Signed twice; both texts name the secret."""
    first = approved(editor, reviewer, **TEXTS)
    second = amended(first.perform("revise", by=editor), editor, **(TEXTS | {"direct_answer": f"No {SECRET} [@one]."}))
    second = second.perform("submit", by=editor)
    row = Round.objects.active().get(article=second)
    judge_everything(row)
    return sign(row)


def tap(page: Page, target: str) -> None:
    """Press what is in sight now: neither scrolled to, nor covered."""
    place = page.get_by_role("link", name=target).or_(page.get_by_role("button", name=target))
    expect(place).to_be_in_viewport(ratio=1)
    box = place.bounding_box()
    assert box
    assert box["height"] >= 24
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_two_actions_from_the_public_page(visitor, article, reviewer2):
    address = f"/articles/{article.slug}/"
    reader = visitor()
    assert f"{address} on print" in leaks(visitor(), article.slug)
    answer = reader.goto(address)
    age = re.fullmatch(r"public, max-age=(\d+)", answer.headers["cache-control"])
    assert age
    assert int(age[1]) <= 60
    expect(reader.get_by_text(SECRET).first).to_be_visible()

    page = visitor(reviewer2, width=PHONE["width"])
    page.set_viewport_size(PHONE)
    assert page.goto(address).headers["cache-control"] == "private, no-store"
    start_counting(page)
    tap(page, "Hide this text now")
    page.wait_for_url("**/hide/")
    actions = counted(page)
    start_counting(page)
    tap(page, "Hide: A dose or number may be wrong.")
    page.wait_for_url(re.compile(r"/desk/articles/[^/]+/$"))
    assert actions + counted(page) == 2
    expect(page.get_by_text("Readers see a notice with your reason")).to_be_visible()

    # The reader's own copy may be kept for a minute; whoever asks the server has the notice at once.
    reader.context.clear_cookies()
    reader.reload()
    expect(reader.get_by_text("A dose or number may be wrong.").first).to_be_visible()
    expect(reader.get_by_text(SECRET)).to_have_count(0)
    assert leaks(visitor(), article.slug) == []


def leaks(page: Page, slug: str) -> list[str]:
    """The public outputs in which the hidden text can still be read, on paper too."""
    own = f"/articles/{slug}/"
    found = []
    for output in (own, f"{own}versions/", f"{own}versions/2/", "/", f"/report/?article={slug}"):
        for query in READERS:
            page.goto(output + query if "?" not in output else output)
            for medium in ("screen", "print"):
                page.emulate_media(media=medium)
                if f"No {SECRET}" in page.content() or f"No {SECRET}" in page.locator("body").inner_text():
                    found.append(f"{output}{query} on {medium}")
    return found


def test_two_actions_from_the_record(visitor, article, chair):
    page = visitor(chair, width=PHONE["width"])
    page.set_viewport_size(PHONE)
    page.goto(f"/desk/articles/{article.slug}/")
    start_counting(page)
    tap(page, "Hide this text now")
    page.wait_for_url("**/hide/")
    actions = counted(page)
    start_counting(page)
    tap(page, "Hide: It may lead to harm if followed.")
    page.wait_for_url(re.compile(r"/desk/articles/[^/]+/$"))
    assert actions + counted(page) == 2
    assert Article.objects.get(pk=article.pk).suspension["reason"] == "It may lead to harm if followed."
