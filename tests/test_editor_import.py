"""*New article: write, paste or upload*: what comes in, who is named, and what is refused with its line."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from articles import drafts
from articles.importing.imported import Imported, ImportRefused
from articles.models import Article
from oracle.accounts.models import User
from oracle.refusals import NotAllowed, Refusal

from .cast import content, sign_in

SAMPLE = Path(__file__).parent / "samples" / "pasted_answer.txt"
MARKDOWN = """---
question: May drug B be given in asthma?
direct_answer: No [@one].
title: Drug B in asthma
specialties: [cardiology]
risk: high
funding: A public grant
ai_use:
  level: assisted
  tool: Model Y
references:
  - id: one
    title: A trial of drug B
---
## Evidence

Drug B at 5 mg narrowed airways [@one].
"""


def add(client: Client, **given: object) -> tuple[int, str]:
    answer = client.post(reverse("new_article"), given)
    return answer.status_code, answer.content.decode() if answer.status_code != 302 else answer["Location"]


def test_a_question_alone_opens_the_page_to_write(client: Client, editor: User) -> None:
    question = "May  drug B be\tgiven in asthma?"
    answer = add(sign_in(client, editor), way="write", **{"write-question": question})
    article = Article.objects.select_related("current_version").get()
    assert answer == (302, reverse("edit", args=["may-drug-b-be-given-in-asthma"]))
    assert (article.state, article.current_version.question) == ("draft", "May drug B be given in asthma?")
    rows = [*article.history.all(), *article.current_version.history.all()]
    assert {(row.history_user, row.history_event) for row in rows} == {(editor, "article.create")}
    assert article.contributor_ids() == {editor.pk}


def test_a_pasted_answer_opens_on_match_the_numbers(client: Client, editor: User) -> None:
    status, address = add(sign_in(client, editor), way="paste", **{"paste-text": SAMPLE.read_text()})
    article = Article.objects.select_related("current_version").get()
    assert (status, address) == (302, reverse("match_numbers", args=[article.slug]))
    assert article.current_version.question == "Can cinacalcet be used in a patient with a history of calciphylaxis?"
    assert {row.history_event for row in article.current_version.history.all()} == {"article.import"}


def test_an_uploaded_file_brings_its_disclosures(client: Client, editor: User) -> None:
    file = SimpleUploadedFile("draft.md", MARKDOWN.encode())
    status, address = add(sign_in(client, editor), way="upload", **{"upload-file": file})
    article = Article.objects.select_related("current_version").get()
    version = article.current_version
    assert (status, address) == (302, reverse("edit", args=[article.slug]))
    assert (article.specialties, article.risk) == (["cardiology"], "high")
    assert (version.funding, version.ai_use["level"], version.ai_use["tool"]) == (
        "A public grant",
        "assisted",
        "Model Y",
    )


def test_a_confirmation_is_never_imported(client: Client, editor: User) -> None:
    text = MARKDOWN.replace("  tool: Model Y\n", "  tool: Model Y\n  checked_by: Dr Nobody\n")
    answer = sign_in(client, editor).post(reverse("new_article"), {"way": "paste", "paste-text": text}, follow=True)
    article = Article.objects.select_related("current_version").get()
    assert article.current_version.ai_use == {"level": "assisted", "tool": "Model Y"}
    assert "“checked_by: Dr Nobody” was dropped" in answer.content.decode()
    again = client.post(reverse("new_article"), {"way": "paste", "paste-text": text})
    assert (again.status_code, again["Location"]) == (302, reverse("edit", args=[article.slug]))


def test_what_was_read_is_one_folded_notice_on_the_pages_after_the_import(client: Client, editor: User) -> None:
    text = MARKDOWN.replace("airways [@one]", "airways [1]")
    page = sign_in(client, editor).post(reverse("new_article"), {"way": "paste", "paste-text": text}, follow=True)
    other = drafts.create(content(), by=editor)
    article = Article.objects.exclude(pk=other.pk).get()
    for html in (page.content.decode(), client.get(reverse("edit", args=[article.slug])).content.decode()):
        assert html.count("What was read") == 1
        assert "<li>The reference list has no numbers of its own, so its order is only a guess for [1]" in html
    assert "What was read" not in client.get(reverse("edit", args=[other.slug])).content.decode()


def test_a_draft_without_a_question_can_be_written_on_and_the_checks_ask_for_it(client: Client, editor: User) -> None:
    add(sign_in(client, editor), way="paste", **{"paste-text": "Drug B narrowed airways at 5 mg.\n\nIt was stopped."})
    version = Article.objects.select_related("current_version").get().current_version
    assert version.question == ""
    form = {name: getattr(version, name) for name in ("question", "direct_answer", "professional", "plain")}
    given = form | {"title": "Drug B", "abbreviations": "", "base": version.fingerprint}
    answer = client.post(reverse("edit", args=[version.article.slug]), given, follow=True)
    assert (answer.status_code, Article.objects.get().current_version.title) == (200, "Drug B")
    assert "The question is empty" in answer.content.decode()


def test_a_single_error_stands_under_the_heading(client: Client, editor: User) -> None:
    _, page = add(sign_in(client, editor), way="paste", **{"paste-text": ""})
    assert page.count("One thing must be mended") == 1
    assert page.index("</h1>") < page.index("One thing must be mended") < page.index('id="way-write"')


def test_markdown_can_be_pasted_too(client: Client, editor: User) -> None:
    assert add(sign_in(client, editor), way="paste", **{"paste-text": "\r\n" + MARKDOWN})[0] == 302
    assert Article.objects.get().current_version.direct_answer == "No [@one]."


def test_the_same_draft_again_leads_to_its_article_whatever_was_made_of_it(client: Client, editor: User) -> None:
    sign_in(client, editor)
    _, address = add(client, way="paste", **{"paste-text": MARKDOWN})
    article = Article.objects.get()
    base = article.current_version.fingerprint
    drafts.save(article, by=editor, base=base, content=content())
    assert add(client, way="paste", **{"paste-text": MARKDOWN}) == (302, address)
    assert Article.objects.count() == 1
    assert Article.objects.get().current_version.content == content()


def test_a_changed_draft_at_the_same_address_is_refused_and_overwrites_nothing(client: Client, editor: User) -> None:
    sign_in(client, editor)
    add(client, way="paste", **{"paste-text": MARKDOWN})
    status, page = add(client, way="paste", **{"paste-text": MARKDOWN.replace("5 mg", "50 mg")})
    assert status == 422
    assert "Nothing was overwritten" in page
    assert "50 mg" in page
    assert Article.objects.count() == 1
    assert "50 mg" not in Article.objects.get().current_version.professional


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (MARKDOWN.replace("risk: high", "risk: huge"), "line 6:"),
        (MARKDOWN.replace("cardiology", "astrology"), "is no specialty of this site. It has: cardiology, "),
        (MARKDOWN.replace("funding", "founding"), "line 7:"),
        ("---\nquestion: [\n---\n", "This is not YAML"),
        ("", "This field is required"),
        (" \n \t", "There is no text in this draft."),
        ("bell \x07 rings", "control character"),
        ("nul \x00 here", "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_stays_in_the_field(
    client: Client, editor: User, text: str, sentence: str
) -> None:
    status, page = add(sign_in(client, editor), way="paste", **{"paste-text": text})
    assert status == 422
    assert sentence in page
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("draft.docx", b"PK", "neither a .md nor a .txt file"),
        ("draft.md", b"---\nquestion: a\n\xff\xfe\n---\n", "line 3: The file is not UTF-8"),
        ("draft.txt", b"", "empty"),
        ("draft.txt", b" \r\n ", "There is no text in this draft."),
        ("draft.txt", b"a" * 2_100_000, "larger than 2 MB"),
        ("..%2F..", b"x", "neither a .md nor a .txt file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    client: Client, editor: User, name: str, data: bytes, sentence: str
) -> None:
    status, page = add(sign_in(client, editor), way="upload", **{"upload-file": SimpleUploadedFile(name, data)})
    assert status == 422
    assert sentence in page


@pytest.mark.parametrize("given", [{}, {"way": "fax"}, {"way": "write"}, {"way": "upload", "upload-file": "no file"}])
def test_a_form_without_sense_is_shown_again(client: Client, editor: User, given: dict[str, str]) -> None:
    assert add(sign_in(client, editor), **given)[0] == 422


def test_only_an_editor_begins_an_article(editor: User, chair: User) -> None:
    with pytest.raises(NotAllowed):
        drafts.create(content(), by=chair)
    with pytest.raises(NotAllowed):
        drafts.import_draft(Imported(content()), by=chair)


def test_an_address_is_made_from_the_question_and_never_taken_twice(editor: User) -> None:
    made = [drafts.create(content(), by=editor).slug for _ in range(3)]
    stem = "may-drug-a-be-given-in-kidney-failure"
    assert made == [stem, f"{stem}-2", f"{stem}-3"]
    with pytest.raises(Refusal):
        drafts.create(content(), by=editor, slug=stem)
    assert drafts.create(content(question="可以吗？", title=""), by=editor).slug.startswith("question-")


def test_an_import_compares_specialties_and_risk_as_well(editor: User) -> None:
    drafts.import_draft(Imported(content(), slug="a", risk="high"), by=editor)
    assert not drafts.import_draft(Imported(content(), slug="a", risk="high"), by=editor).created
    with pytest.raises(ImportRefused):
        drafts.import_draft(Imported(content(), slug="a", risk="standard"), by=editor)
