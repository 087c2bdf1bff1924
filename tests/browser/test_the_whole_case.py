"""A case from beginning to end, by six people in their browsers: a draft as an AI system gave it, at high risk, becomes
an article that two reviewers of different specialties signed.

One of its doses is unsafe, and its numbers do not follow its list. `make screenshots` keeps a picture of each stage.
"""

import re
from typing import Any

import pytest
from django.conf import settings as site
from django.db import transaction
from playwright.sync_api import Page, expect

from articles.models import Article, Document
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.outbox.models import Outbox
from reviews.founding import TEXTS
from reviews.models import ClaimCheck
from tests.cast import PASSWORD

from .main_job import (
    DOSE,
    ask_for_changes,
    judge_one,
    judge_the_dose,
    match,
    mend_the_dose,
    open_the_dose,
    paste,
    send_again,
    submit,
)
from .main_job import told as tells
from .pictures import keep, keep_in_each_look
from .test_discussion import select

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("questions", "mail")]
UNSAFE = "Nearly three times the usual dose"
WEAK, BETTER = "Patients in CKD stage 3 were not studied", "Patients who are not on dialysis were not studied"
WHO_DECIDES = "Say who decides when it is stopped."
KEPT = "The text says when to stop it. Who does so differs from clinic to clinic, so we leave it to the treating team."
PLAIN = """Cinacalcet may be used after calciphylaxis, as one part of a wider plan [@{review}].

In one report the ulcers healed within 2 months and came back 3 months after cinacalcet was stopped [@{case}].
"""
MORE = """
Sodium thiosulfate is used off label, usually 25 g three times a week; it can make the blood acid [@{series}].
"""


@pytest.fixture
def questions(chair: User) -> None:
    """The five questions that a new site begins with are in force."""
    with transaction.atomic():
        body = (TEXTS / "questions.txt").read_text(encoding="utf-8")
        record(Document(kind=Document.Kind.QUESTIONS, number=2, body=body), by=chair, event="document.save")


@pytest.fixture
def mail(settings: Any, live_server: Any) -> None:
    """Mail goes to the outbox, and its links lead to the site that the browsers visit."""
    settings.EMAIL_BACKEND, settings.SITE_URL = "oracle.outbox.backend.OutboxBackend", live_server.url


def test_the_whole_case(visitor, editor, reviewer, reviewer2, chair, auditor):
    writing, leading = visitor(editor), visitor(chair)
    slug = write(writing)
    nobody_reads_it_yet(visitor(), slug)
    invite(leading, [reviewer, reviewer2])

    first, second = visitor(reviewer), visitor(reviewer2)
    accept(first, reviewer, "case-05-invitation")
    accept(second, reviewer2)
    judge_and_object(second)
    judge_unseen_and_send_back(first, reviewer2)

    answer_and_send_again(writing, editor, slug)
    look_again(first, reviewer, "case-12-second-round")
    expect(first.locator("#decision")).to_contain_text("Not ready to sign")
    look_again(second, reviewer2)
    sign(first, "case-13-signing")
    assert Article.objects.get(slug=slug).state == "under_review"
    nobody_reads_it_yet(visitor(), slug)
    keep(first, "case-14-one-of-two")
    sign(second, "case-15-last-signature")
    assert Article.objects.get(slug=slug).standing_version.number == 2

    read_as_professional(visitor(), slug)
    read_as_patient(visitor(width=360), slug)
    read_the_record(visitor(auditor), slug)
    assert "signed" in mail_to(editor).body


def write(page: Page) -> str:
    """Pasted, matched, with a wording for patients, and sent to the board at high risk."""
    paste(page)
    keep(page, "case-01-match-the-numbers")
    match(page)
    text = page.get_by_label("Wording for health professionals").input_value()
    page.get_by_label("Wording for patients").fill(PLAIN.format(**keys(text)))
    page.get_by_role("button", name="Save", exact=True).click()
    keep(page, "case-02-writing")
    return submit(page, risk="high", others=["Cardiology"])


def keys(text: str) -> dict[str, str]:
    """The keys that the numbers became, found by what the sentences say."""
    sentences = {"review": "partial or complete response", "case": "In a case report", "series": "wound healing once"}
    return {name: re.search(rf"{words}[^[]*\[@([^\];]+)", text)[1] for name, words in sentences.items()}


def nobody_reads_it_yet(page: Page, slug: str) -> None:
    """At high risk a text is withheld until it is signed; question and status are not."""
    page.goto(f"/articles/{slug}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("history of calciphylaxis")
    expect(page.get_by_text("The text of this article cannot be read at present.")).to_be_visible()
    expect(page.get_by_text(DOSE)).to_have_count(0)


def invite(page: Page, people: list[User]) -> None:
    page.goto("/desk/")
    expect(page.get_by_role("heading", name="Unassigned articles 1")).to_be_visible()
    keep(page, "case-03-unassigned")
    page.get_by_role("link", name=re.compile("^Invite")).click()
    for person in people:
        page.get_by_role("checkbox", name=person.name).check()
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_text(f"Invited: {', '.join(person.name for person in people)}.")).to_be_visible()
    keep(page, "case-04-invited")


def mail_to(person: User) -> Outbox:
    """The newest message to a person."""
    return Outbox.objects.filter(to=[person.email]).latest("id")


def follow(page: Page, letter: Outbox) -> None:
    """Open the first link of a message."""
    page.goto(re.search(rf"^{re.escape(site.SITE_URL)}\S+$", letter.body, re.MULTILINE)[0])


def accept(page: Page, person: User, picture: str = "") -> None:
    letter = mail_to(person)
    assert "Clara Chair invites you to review this." in letter.body
    follow(page, letter)
    expect(page.get_by_role("heading", name="You are invited to review this")).to_be_visible()
    if picture:
        keep_in_each_look(page, picture)
    page.get_by_role("button", name="Accept: no conflict, begin").click()
    page.wait_for_url("**/rounds/**")


def judge_the_rest(page: Page) -> list[str]:
    """Every statement that is left; gives back the keys. A plain one with a pair is held against it."""
    pressed = []
    while page.locator(".progress progress").evaluate("bar => bar.value < bar.max"):
        pressed.append("y" if page.locator(".pair [value=yes]").count() else "s")
        judge_one(page, pressed[-1])
    return pressed


def judge_and_object(page: Page) -> None:
    """The second reviewer finds everything supported, and objects to one thing."""
    judge_the_rest(page)
    page.goto(page.url.split("?")[0] + "?tab=discussion")
    form = page.locator("#discussion > form")
    form.get_by_label("Comment on the whole version").fill(WHO_DECIDES)
    form.get_by_label("This must be answered or mended").check()
    form.get_by_role("button", name="Add comment").click()
    expect(page.locator(".comment.blocking")).to_contain_text(WHO_DECIDES)


def judge_unseen_and_send_back(page: Page, other: User) -> None:
    """Nothing of what the other found is seen before everything is judged."""
    judge_the_dose(page)
    keep_in_each_look(page, "case-06-first-verdict", whole=False)
    open_the_dose(page)
    expect(page.locator("#statement")).to_contain_text("Your verdict: unsafe or misleading")
    expect(page.locator("#statement")).to_contain_text("shown once you have judged every statement")
    expect(page.locator("#statement").get_by_text(f"{other.name}:")).to_have_count(0)
    suggest(page)
    page.goto(page.url.split("?")[0] + "?tab=statements")
    assert "y" in judge_the_rest(page)
    open_the_dose(page)
    expect(page.locator("#statement").get_by_text(f"{other.name}:")).to_be_visible()
    keep_in_each_look(page, "case-08-all-judged", whole=False)
    ask_for_changes(page, "The dose of sodium thiosulfate is unsafe as it stands; it needs a source and a caution.")
    assert set(ClaimCheck.objects.filter(verdict="unsafe").values_list("text", flat=True)) == {
        "Sodium thiosulfate has been given at 119 g/m² per week at first and at 40 g/m² per week in maintenance."
    }


def suggest(page: Page) -> None:
    select(page, WEAK, WEAK)
    page.get_by_role("button", name="Comment on this passage").click()
    page.get_by_label("Your comment on it").fill("Nobody in the studies had working kidneys; say it plainly.")
    page.get_by_label("Other words for it").fill(BETTER)
    page.locator("#passage").get_by_role("button", name="Add comment").click()
    page.wait_for_url("**#comment-*")
    keep_in_each_look(page, "case-07-passage", whole=False)


def answer_and_send_again(page: Page, editor: User, slug: str) -> None:
    """From the mail: one click for the suggestion, the dose mended, an answer in words."""
    letter = mail_to(editor)
    assert letter.subject.startswith("Changes asked for: ")
    follow(page, letter)
    keep(page, "case-09-objections")
    page.locator(".objection", has_text="working kidneys").get_by_role("button", name="Apply the suggestion").click()
    expect(page.get_by_label("Wording for health professionals")).to_have_value(re.compile(re.escape(BETTER)))
    mend_the_dose(page)
    words = page.locator(".objection", has_text=WHO_DECIDES)
    words.locator("summary", has_text="Answer").click()
    words.get_by_label("Your answer to the reviewer").fill(KEPT)
    words.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".objection", has_text=WHO_DECIDES)).to_contain_text(f"{editor.name} answered: {KEPT}")
    plain = page.get_by_label("Wording for patients")
    text = page.get_by_label("Wording for health professionals").input_value()
    plain.fill(plain.input_value() + MORE.format(**keys(text)))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Nothing waits for you here.")).to_be_visible()
    keep(page, "case-10-answered")
    send_again(page, slug, "The usual dose of sodium thiosulfate, with its source and a caution.")
    keep(page, "case-11-sent-again")


def look_again(page: Page, person: User, picture: str = "") -> None:
    """What changed, one's own objection, and what is new."""
    assert "Version 2 is with the board and back with you." in mail_to(person).body
    page.goto("/desk/")
    page.get_by_role("link", name="Read changes").click()
    expect(page.get_by_text("What changed since you last looked")).to_be_visible()
    if picture:
        keep_in_each_look(page, picture, whole=False)
    page.locator(".comment.blocking").get_by_role("button", name="Close as met").click()
    page.wait_for_url("**?tab=statements")
    assert set(judge_the_rest(page)) == {"s", "y"}


def sign(page: Page, picture: str) -> None:
    """The questions by their keys, then the password."""
    page.reload()
    page.get_by_label("I reviewed version 2 and approve it for publication.").check()
    expect(page.locator(".question")).to_have_count(5)
    for _ in range(5):
        page.keyboard.press("y")
    page.keyboard.type(PASSWORD)
    keep_in_each_look(page, picture, whole=False)
    page.get_by_role("button", name="Sign version 2").click()
    page.wait_for_url(re.compile(r"/desk/articles/[^/]+/$"))


def read_as_professional(page: Page, slug: str) -> None:
    page.goto(f"/articles/{slug}/")
    expect(page.get_by_text("pending human review")).to_have_count(0)
    for name in ("Rita Reviewer, MD", "Ralph Reviewer, MD"):
        expect(page.locator(".signatures").get_by_text(name)).to_be_visible()
    labels = page.locator(".dates dt").all_inner_texts()
    assert [label.lower() for label in labels] == ["last updated", "last reviewed", "next review due"]
    assert page.locator(".dates time").count() == 3
    expect(page.locator("#ref-1")).to_contain_text("The use of cinacalcet for the treatment of calciphylaxis")
    expect(page.get_by_text("83.4 %").locator("..").locator("a[href='#ref-1']").first).to_be_visible()
    expect(page.get_by_text("25 g three times a week")).to_be_visible()
    expect(page.get_by_text(BETTER)).to_be_visible()
    expect(page.get_by_text(DOSE)).to_have_count(0)
    expect(page.get_by_role("region", name="Medical disclaimer")).to_contain_text("The disclaimer for professionals.")
    keep_in_each_look(page, "case-16-article")


def read_as_patient(page: Page, slug: str) -> None:
    page.goto(f"/articles/{slug}/")
    page.get_by_role("link", name="Patient or carer").click()
    page.wait_for_url("**?for=patient")
    expect(page.get_by_text("it can make the blood acid")).to_be_visible()
    expect(page.locator("#ref-1")).to_contain_text("The use of cinacalcet")
    disclaimer = page.get_by_role("region", name="Medical disclaimer")
    expect(disclaimer).to_contain_text("The disclaimer for patients and carers.")
    keep(page, "case-17-patient")


def read_the_record(page: Page, slug: str) -> None:
    page.goto(f"/desk/articles/{slug}/")
    keep(page, "case-18-record")
    page.get_by_role("link", name="Timeline of this article").click()
    keep(page, "case-19-story")
    tells(page.locator("main").inner_text(), STEPS)
    assert page.locator(".entry").count() == page.locator(".entry time").count()
    page.goto("/record/")
    keep(page, "case-20-timeline")
    tells(page.locator("main").inner_text(), STEPS[-4:])


STEPS = [
    ("Edith Editor", "imported the draft|began the article"),
    ("Edith Editor", "matched a citation number"),
    ("Edith Editor", "sent version 1 to the board"),
    ("Clara Chair", "invited Rita Reviewer"),
    ("Clara Chair", "invited Ralph Reviewer"),
    ("Rita Reviewer", "accepted"),
    ("Ralph Reviewer", "accepted"),
    ("Rita Reviewer", "made a comment"),
    ("Rita Reviewer", "asked for changes"),
    ("Edith Editor", "took over the words that a comment suggests"),
    ("Edith Editor", "answered a comment"),
    ("Edith Editor", "sent version 2 to the board"),
    ("Rita Reviewer", "closed a comment as met"),
    ("Rita Reviewer", "signed version 2 as approval"),
    ("Ralph Reviewer", "signed version 2 as approval"),
    ("Ralph Reviewer", "approved version 2"),
]
