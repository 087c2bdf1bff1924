"""The public article page: every element, in every standing."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from articles.models import Article
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from reviews import rounds
from tests.cast import approved, judge_everything, make_article, revised, sign, sign_in
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
    revoked,
    sent_back,
    signed,
    signed_twice,
    withdrawn,
    words,
)

EDUCATION = "For education only."
CAUTION = "Exercise caution: this content is pending human review."


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
    assert markup.count('aria-current="step"') == ("current" in re.findall(r'<li class="step (\w+)', markup))
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


@pytest.mark.parametrize(("risk", "when"), [("standard", "sent in"), ("high", "signed")])
def test_a_text_sent_back_says_when_it_will_be_shown(risk: str, when: str, people: People, client: Client) -> None:
    article = sent_back(people, risk=risk)
    assert f"is being revised. Its text will be shown once it is {when}." in words(read(client, url(article)))


def test_a_withdrawn_article_points_at_its_replacement(people: People, client: Client) -> None:
    other = signed(people)
    article = pending(people).perform("withdraw", by=people.chair, reason="Better one.", replacement=other)
    assert f'<a href="/articles/{other.slug}/">Read the article that replaces it</a>' in read(client, url(article))


def test_a_replacement_that_is_withdrawn_itself_is_linked_no_more(people: People, client: Client) -> None:
    other = signed(people)
    article = pending(people).perform("withdraw", by=people.chair, reason="Better one.", replacement=other)
    assert "Read the article that replaces it" in read(client, url(article))
    other.perform("withdraw", by=people.chair, reason="Wrong too.")
    assert "Read the article that replaces it" not in read(client, url(article))


def test_a_replacement_that_was_never_public_is_not_linked(people: People, client: Client) -> None:
    other = make_article(people.editor)
    article = pending(people).perform("withdraw", by=people.chair, reason="Better one.")
    article.replaced_by = other
    record(article, by=people.chair, event="article.withdraw")
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
        ("Approved", f"Signed on {today}"),
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
    assert dates(withdrawn(article, people)) == [today, "No review stands", "None"]
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
    since = f"{article.review_due + timedelta(days=1):%-d %B %Y}"
    told = f"Exercise caution: this text is overdue for review. It has waited for a new review since {since}."
    assert description == told


def test_a_signature_taken_back_is_told_until_the_text_is_signed_again(
    people: People, reviewer3: User, client: Client
) -> None:
    article = revoked(signed(people), people)
    today = f"{clock.today():%-d %B %Y}"
    markup = read(client, url(article))
    said = words(markup)
    told = f"No longer approved A signature on this text was taken back on {today}. The text is not shown until it is"
    assert told in said
    assert "Not reviewed by our Medical Advisory Board at present: a signature was taken back." in said
    assert f"signature was taken back, so its text is not shown. It has waited for a new review since {today}." in said
    assert CAUTION not in said
    row = rounds.take(article, by=reviewer3)
    said = words(read(client, url(article)))
    assert "taken back, so its text is not shown. Members of our Medical Advisory Board are checking it again." in said
    judge_everything(row)
    sign(row)
    said = words(read(client, url(article)))
    assert "Direct answer" in said
    assert "Reviewed by Rosalind Reviewer, MD" in said
    assert "taken back" not in said


def test_a_signature_taken_back_while_the_next_version_is_written(people: People, client: Client) -> None:
    article = revoked(revised(signed(people), people.editor), people)
    today = f"{clock.today():%-d %B %Y}"
    said = words(read(client, url(article)))
    told = f"A signature on this text was taken back on {today}. The text is not shown, and a new version is being"
    assert told in said
    assert f"text is not shown. A new version has been in work since {today}." in said
    article.perform("submit", by=people.editor)
    said = words(read(client, url(article)))
    assert CAUTION in said
    assert "Not yet reviewed by our Medical Advisory Board." in said


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


def test_those_at_work_find_their_way_from_the_page(people: People, client: Client) -> None:
    article = newer_with_board(people)
    assert "Hide this text now" not in read(client, url(article))
    markup = read(sign_in(client, people.reviewer2), url(article))
    assert f'href="/desk/articles/{article.slug}/hide/">Hide this text now</a>' in markup
    assert f'href="/desk/articles/{article.slug}/">Article record</a>' in markup
    assert "Hide this text now" not in read(sign_in(Client(), people.editor), url(article))
