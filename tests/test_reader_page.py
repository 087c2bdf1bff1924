"""The public article page of page.md: every row, in every standing."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from articles.models import Article, Report
from oracle import clock
from tests.cast import approved, board_member, make_article, person, sign_in, submitted
from tests.reading import (
    SITUATIONS,
    People,
    after,
    day_of,
    hidden,
    in_review,
    newer_with_board,
    pending,
    people_of_the_cast,  # noqa: F401
    policy,
    read,
    sent_back,
    signed,
    signed_twice,
    withdrawn,
    words,
)

EDUCATION = "For education only."
CAUTION = "Exercise caution: this content is pending human review."
ALL = "All articles published here are reviewed by our Medical Advisory Board."


def url(article: Article, query: str = "") -> str:
    return f"/articles/{article.slug}/{query}"


def steps(markup: str) -> list[tuple[str, str]]:
    return [
        (name, " ".join(re.sub("<[^>]+>", "", state).split()))
        for name, state in re.findall(r'step-name">(.*?)</p>\s*<p class="step-state">(.*?)</p>', markup, re.DOTALL)
    ]


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_has_every_row_of_the_page(name: str, people: People, client: Client) -> None:
    make, now, shown = SITUATIONS[name]
    article = make(people)
    with day_of(name, article):
        markup = read(client, url(article))
    said = words(markup)
    # Rows 1-7 and 10.
    assert re.findall(r"<h1>(.*?)</h1>", markup) == ["May drug A be given in kidney failure?"]
    assert 'href="/board/"' in markup
    assert EDUCATION in said
    assert [step for step, _ in steps(markup)] == ["Submitted", "Under Review", "Approved"]
    assert markup.count('aria-current="step"') == ("current" in re.findall(r'<li class="step (\w+)"', markup))
    assert all(label in said for label in ("Last updated", "Last reviewed", "Next review due", "Version history"))
    assert "View editorial policy" in said
    (choices,) = re.findall(r'<nav class="audience".*?</nav>', markup, re.DOTALL)
    assert re.findall(r'href="(.*?)"', choices) == [
        url(article, query) for query in ("", "?for=patient", "?for=student")
    ]
    assert "The disclaimer for professionals." in said
    assert "Report a problem with this article" in said
    # Rows 8 and 9 and the signatures, exactly where they belong.
    assert ("Direct answer" in said, "References" in said) == (shown, shown)
    assert ("Reviewed by Rita Reviewer, MD" in said) == (shown and now != "pending")
    assert (CAUTION in said) == (shown and now == "pending")
    assert ('content="noindex"' in markup) == (now not in {"approved", "overdue"})


def test_the_caution_stands_before_the_answer(people: People, client: Client) -> None:
    markup = read(client, url(pending(people)))
    order = [
        markup.index(part) for part in ("<h1>", "board-box", EDUCATION, 'role="note"', CAUTION, 'id="direct-answer"')
    ]
    assert order == sorted(order)


@pytest.mark.parametrize("make", [hidden, withdrawn])
def test_a_notice_comes_first_and_says_what_when_who_why(make: object, people: People, client: Client) -> None:
    article = make(signed(people), people)  # type: ignore[operator]
    markup, today = read(client, url(article)), f"{clock.today():%-d %B %Y}"
    assert markup.index("<h1>") < markup.index('role="note"') < markup.index("board-box")
    said = {
        hidden: f"The text of this article is hidden Hidden on {today} by a member of our Medical Advisory Board. "
        "Reason: A reader was harmed.",
        withdrawn: f"This article has been withdrawn Withdrawn on {today} by the chair of our Medical Advisory Board. "
        "Reason: It can no longer be supported.",
    }
    assert said[make] in words(markup)  # type: ignore[index]


def test_a_withdrawn_article_points_at_its_replacement(people: People, client: Client) -> None:
    other = signed(people)
    article = pending(people).perform("withdraw", by=people.chair, reason="Better one.", replacement=other)
    assert f'<a href="/articles/{other.slug}/">Read the article that replaces it</a>' in read(client, url(article))


def test_a_replacement_that_was_never_public_is_not_linked(people: People, client: Client) -> None:
    other = make_article(people.editor)
    article = pending(people).perform("withdraw", by=people.chair, reason="Better one.", replacement=other)
    assert other.slug + "/" not in read(client, url(article)).replace(url(article), "")


def test_the_steps_are_of_the_version_shown(people: People, client: Client) -> None:
    today = f"{clock.today():%-d %B %Y}"
    article = signed(people)
    with after(clock.today() + timedelta(days=40)):
        article.perform("revise", by=people.editor)
        markup = read(client, url(article))
    assert steps(markup) == [
        ("Submitted", f"Done, {today}"),
        ("Under Review", f"Done, {today}"),
        ("Approved", f"Now, {today}"),
    ]
    assert '<ul class="step-names"><li>Rita Reviewer, MD</li></ul>' in markup
    assert "A newer version of this article is being written." in words(markup)


def test_the_three_dates_tell_what_stands(people: People, client: Client) -> None:
    def dates(article: Article) -> list[str]:
        (block,) = re.findall(r'<dl class="dates">.*?</dl>', read(client, url(article)), re.DOTALL)
        return [words(item) for item in re.findall("<dd>(.*?)</dd>", block)]

    today = f"{clock.today():%-d %B %Y}"
    article = signed(people)
    due = f"{article.review_due:%-d %B %Y}"
    assert dates(article) == [today, today, due]
    assert dates(hidden(article, people)) == [today, today, due]
    assert dates(withdrawn(article, people)) == [today, "No review stands", "Set when it is signed"]
    assert dates(pending(people)) == [today, "Not reviewed", "Set when it is signed"]


def test_waiting_is_told_with_its_date(people: People, client: Client) -> None:
    today = f"{clock.today():%-d %B %Y}"
    said = words(read(client, url(pending(people))))
    assert f"nobody is reviewing it yet. It has waited since {today}." in said
    said = words(read(client, url(in_review(people))))
    assert f"is not signed. In review since {today}." in said
    said = words(read(client, url(sent_back(people))))
    assert (
        f"asked for changes to the last version, so its text is not shown. A new version has been in work since {today}"
        in said
    )


def test_overdue_is_told_on_the_day_after(people: People, client: Client) -> None:
    article = signed(people)
    due = article.review_due
    assert due is not None
    with after(due):
        before = words(read(client, url(article)))
    with after(due + timedelta(days=1)):
        late = words(read(client, url(article)))
    assert "This article was reviewed by our Medical Advisory Board." in before
    assert "Overdue" not in before
    assert f"Exercise caution: this text was to be reviewed again by {due:%-d %B %Y}, and has not been." in late
    assert late.index("Exercise caution") < late.index("Direct answer")
    assert f"It has waited for a new review since {due + timedelta(days=1):%-d %B %Y}." in late
    assert "Reviewed by Rita Reviewer" in late


def test_an_overdue_page_claims_no_review_in_its_metadata(people: People, client: Client) -> None:
    article = signed(people)
    assert article.review_due is not None
    with after(article.review_due + timedelta(days=1)):
        (description,) = re.findall('name="description" content="(.*?)"', read(client, url(article)))
    assert description.startswith(
        "This article was reviewed by our Medical Advisory Board in the past; its next review is overdue."
    )


def test_the_site_wide_claim_stands_only_while_it_is_true(people: People, client: Client) -> None:
    pages = ("/", url(signed(people)))
    assert [ALL in words(read(client, page)) for page in pages] == [True, True]
    other = pending(people)
    assert [ALL in words(read(client, page)) for page in pages] == [False, False]
    withdrawn(other, people)
    assert [ALL in words(read(client, page)) for page in pages] == [True, True]
    with after(clock.today() + timedelta(days=4000)):
        assert [ALL in words(read(client, page)) for page in pages] == [False, False]


def test_an_empty_site_claims_nothing(client: Client, founded: None) -> None:
    assert ALL not in words(read(client, "/"))


def test_the_policy_linked_is_the_one_in_force_when_signed(people: People, client: Client) -> None:
    article = signed(people)
    assert "Editorial policy in force now" not in words(read(client, url(article)))
    policy(2, "none")
    markup = read(client, url(article))
    assert 'href="/policy/1/">View editorial policy (version 1, in force when this was signed)</a>' in markup
    assert 'href="/policy/">Editorial policy in force now</a>' in markup
    assert 'href="/policy/">View editorial policy</a>' in read(client, url(pending(people)))


def test_the_reviewers_box_says_who_what_and_when(people: People, client: Client) -> None:
    markup = read(client, url(signed(people)))
    (box,) = re.findall(r'<ul class="signatures">.*?</ul>', markup, re.DOTALL)
    said = words(box)
    assert said.startswith("Rita Reviewer, MD Nephrology Example Hospital Signed version 1 on ")
    assert said.endswith("UTC. Meaning: approval for publication. No conflict of interest for this article.")
    assert f'href="/board/#member-{people.reviewer.pk}"' in box


def test_disclosures_are_in_words(people: People, client: Client) -> None:
    said = words(read(client, url(approved(people.editor, people.reviewer))))
    assert "This text was drafted by an AI system (Model X; first draft). Checked by Edith Editor" in said
    assert "Funding none Disclosures of the reviewers none Editorial responsibility The editors of this site" in said


def test_the_foot_names_version_and_fingerprint(people: People, client: Client) -> None:
    article = signed(people)
    markup = read(client, url(article))
    sha = article.standing_version.content_sha256  # type: ignore[union-attr]
    assert f'<span class="fingerprint">{sha[:8]}</span>' in markup
    assert f'<span class="fingerprint mono">{sha}</span>' in markup
    assert f'href="/report/?article={article.slug}&amp;page=/articles/{article.slug}/"' in markup


def test_each_reader_gets_the_wording_meant_for_them(people: People, client: Client) -> None:
    article = approved(people.editor, people.reviewer, abbreviations={"mg": "milligrams"})
    default = words(read(client, url(article)))
    patient = words(read(client, url(article, "?for=patient")))
    student = words(read(client, url(article, "?for=student")))
    assert "lowered pressure in 40 adults" in default
    assert "You read the wording for health professionals." in default
    assert "when kidneys work poorly" in patient
    assert "lowered pressure" not in patient
    assert "The disclaimer for patients and carers." in patient
    assert "with abbreviations written out" in student
    assert words(read(client, url(article, "?for=nobody"))) == default


def test_without_a_plain_wording_patients_are_told_so(people: People, client: Client) -> None:
    article = approved(people.editor, people.reviewer, plain="")
    said = words(read(client, url(article, "?for=patient")))
    assert "There is no wording for patients and carers yet. You read the wording for health professionals." in said
    assert "The disclaimer for patients and carers." in said


def test_the_choice_is_carried_by_links_and_the_address_for_search_engines_is_the_default(
    people: People, client: Client
) -> None:
    article = signed_twice(people)
    markup = read(client, url(article, "?for=patient"))
    assert f'<link rel="canonical" href="http://testserver/articles/{article.slug}/">' in markup
    assert f'href="/articles/{article.slug}/versions/?for=patient"' in markup
    assert f'<a href="/articles/{article.slug}/?for=patient" aria-current="true">Patient or carer</a>' in markup
    listed = read(client, f"/articles/{article.slug}/versions/?for=patient")
    assert f'href="/articles/{article.slug}/versions/1/?for=patient"' in listed
    assert f'href="/articles/{article.slug}/?for=patient"' in read(client, "/?for=patient")


@pytest.mark.parametrize("name", ["draft", "discarded", "withdrawn before", "no such"])
def test_what_was_never_public_is_not_found(name: str, people: People, client: Client) -> None:
    article = make_article(people.editor)
    if name == "discarded":
        article = article.perform("discard", by=people.editor)
    if name == "withdrawn before":
        article = withdrawn(article, people)
    slug = "no-such" if name == "no such" else article.slug
    for page in ("", "versions/", "versions/1/"):
        read(client, f"/articles/{slug}/{page}", status=404)
    assert "drug A" not in words(read(client, "/"))


def test_the_version_history_says_what_became_of_each(people: People, client: Client) -> None:
    article = signed_twice(people)
    today = f"{clock.today():%-d %B %Y}"
    said = words(read(client, f"/articles/{article.slug}/versions/"))
    assert (
        f"Version 2 Submitted on {today} Signed on {today}; the text that readers get now What changed: Clearer. "
        "Read version 2, the one shown now Version 1"
    ) in said
    assert f"Submitted on {today} Signed on {today}; a newer version followed Read version 1" in said


def test_an_old_signed_version_points_at_the_new_one(people: People, client: Client) -> None:
    article = signed_twice(people)
    markup = read(client, f"/articles/{article.slug}/versions/1/")
    assert f'<link rel="canonical" href="http://testserver/articles/{article.slug}/">' in markup
    assert "There is a newer version This is version 1, kept for the record" in words(markup)
    assert markup.index("There is a newer version") < markup.index('id="direct-answer"')
    assert "The disclaimer for professionals." in words(markup)
    assert article.versions.get(number=1).content_sha256 in markup


def test_a_version_that_cannot_be_read_says_what_became_of_it(people: People, client: Client) -> None:
    article = sent_back(people)
    said = words(read(client, f"/articles/{article.slug}/versions/1/"))
    today = f"{clock.today():%-d %B %Y}"
    assert f"not public Sent back by the board on {today}, with a request for changes. Read the article as it" in said


def test_the_version_shown_has_one_address(people: People, client: Client) -> None:
    article = signed_twice(people)
    response = client.get(f"/articles/{article.slug}/versions/2/?for=student")
    assert (response.status_code, response["Location"]) == (302, url(article, "?for=student"))
    read(client, f"/articles/{article.slug}/versions/3/", status=404)


def test_a_dropped_version_has_no_public_trace(people: People, client: Client) -> None:
    article = SITUATIONS["newer dropped"][0](people)
    assert "Version 2" not in words(read(client, f"/articles/{article.slug}/versions/"))
    read(client, f"/articles/{article.slug}/versions/2/", status=404)


def test_those_at_work_find_their_way_from_the_page(people: People, client: Client) -> None:
    article = newer_with_board(people)
    assert "Hide this text now" not in read(client, url(article))
    markup = read(sign_in(client, people.reviewer2), url(article))
    assert f'href="/desk/articles/{article.slug}/hide/">Hide this text now</a>' in markup
    assert f'href="/desk/articles/{article.slug}/">Article record</a>' in markup
    assert "Hide this text now" not in read(sign_in(Client(), people.editor), url(article))


def test_pages_of_the_list_hold_twenty(people: People, client: Client) -> None:
    for number in range(21):
        submitted(people.editor, question=f"Question {number} about drug A?")
    first, second = read(client, "/"), read(client, "/?page=2")
    assert (first.count('class="row"'), second.count('class="row"')) == (20, 1)
    assert "Question 20 about" in first
    assert "Question 0 about" in second
    assert ('href="?page=2"' in first, 'href="?page=1"' in second) == (True, True)
    assert read(client, "/?page=nonsense") == first


def test_policies_are_read_in_any_version(client: Client, founded: None) -> None:
    policy(2, "all")
    assert "Policy 2." in read(client, "/policy/")
    old = words(read(client, "/policy/1/"))
    assert "The editorial policy." in old
    assert "This version is no longer in force." in old
    read(client, "/policy/3/", status=404)


def test_the_board_is_public_and_keeps_its_former_members(people: People, client: Client) -> None:
    today = clock.today()
    left = person("Fred Former", "reviewer")
    board_member(left, "cardiology", term_until=today - timedelta(days=1))
    said = words(read(client, "/board/"))
    assert said.index("Members Ralph Reviewer, MD Cardiology Example Hospital") < said.index("Rita Reviewer, MD")
    assert said.index("Rita Reviewer, MD") < said.index("Former members Fred Former, MD")
    assert f"Disclosure of interests: None. ({today:%-d %B %Y})" in said


def test_a_reader_reports_a_problem_and_gets_its_number(people: People, client: Client) -> None:
    article = signed(people)
    begun = read(client, f"/report/?article={article.slug}&page={url(article)}")
    assert f"About the page {url(article)}" in words(begun)
    form = {"article": article.slug, "page": url(article), "text": "The dose is wrong.", "could_harm": "on"}
    response = client.post("/report/", form, follow=True)
    report = Report.objects.get()
    assert (report.article, report.page, report.text, report.could_harm, report.contact) == (
        article,
        url(article),
        "The dose is wrong.",
        True,
        "",
    )
    assert f"your report has number {report.pk}" in words(response.content.decode())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"text": ""}, "Say what is wrong; a sentence is enough."),
        ({"text": "x" * 5001}, "at most 5000 characters"),
        ({"website": "https://spam.example"}, "it is there to keep machines out"),
        ({"contact": "no address"}, "Enter a valid email address."),
    ],
)
def test_a_report_that_cannot_be_taken_comes_back_filled(
    change: dict[str, str], sentence: str, client: Client, founded: None
) -> None:
    response = client.post("/report/", {"text": "Kept words.", "page": "/board/"} | change)
    assert response.status_code == 422
    assert sentence in words(response.content.decode())
    assert "text" in change or "Kept words." in response.content.decode()
    assert Report.objects.count() == 0


def test_a_report_finds_its_article_by_the_page_and_only_a_public_one(people: People, client: Client) -> None:
    draft, article = make_article(people.editor), signed(people)
    for page in (
        f"/articles/{article.slug}/versions/",
        f"/articles/{draft.slug}/",
        "/board/",
        "https://other.example/",
    ):
        client.post("/report/", {"text": "Wrong.", "page": page})
    assert [report.article for report in Report.objects.order_by("id")] == [article, None, None, None]


def test_a_number_cannot_be_made_up(client: Client, founded: None) -> None:
    read(client, "/report/?sent=12", status=404)
