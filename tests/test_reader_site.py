"""What is said of all articles together: the list, the site-wide claim, the policy, the board."""

import re
from datetime import timedelta

from django.db import transaction
from django.test import Client

from articles.models import Article, Document
from oracle import clock
from oracle.audit.history import record
from tests.cast import approved, board_member, person, submitted
from tests.reading import (
    People,
    after,
    pending,
    people_of_the_cast,  # noqa: F401
    policy,
    read,
    signed,
    withdrawn,
    words,
)

ALL = "All articles published here are reviewed by our Medical Advisory Board."


def url(article: Article, query: str = "") -> str:
    return f"/articles/{article.slug}/{query}"


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


def test_pages_of_the_list_hold_twenty(people: People, client: Client) -> None:
    for number in range(21):
        submitted(people.editor, question=f"Question {number} about drug A?")
    front, first = read(client, "/"), read(client, "/articles/")
    (older,) = re.findall(r'href="(\?after=[^"]+)" rel="next"', first)
    second = read(client, f"/articles/{older}")
    assert [page.count('class="row"') for page in (front, first, second)] == [8, 20, 1]
    assert "Question 20 about" in front
    assert "Question 20 about" in first
    assert "Question 0 about" in second
    assert read(client, "/articles/?after=nonsense") == first


def test_policies_are_read_in_any_version(client: Client, founded: None) -> None:
    policy(2, "all")
    assert "Policy 2." in read(client, "/policy/")
    old = words(read(client, "/policy/1/"))
    assert "The editorial policy." in old
    assert "This version is no longer in force." in old
    read(client, "/policy/3/", status=404)


def test_a_policy_is_in_force_from_its_day_on(people: People, client: Client) -> None:
    article, day = pending(people), clock.today() + timedelta(days=7)
    policy(2, "all", in_force_from=day)
    asked = ("/policy/", "/policy/1/", "/policy/2/")
    before = [words(read(client, page)) for page in asked]
    assert ["in force yet" in said for said in before] == [False, False, True]
    assert ["no longer in force" in said for said in before] == [False, False, False]
    assert "The editorial policy." in before[0]
    shown = read(client, url(article))
    with after(day):
        then = [words(read(client, page)) for page in asked]
        withheld = read(client, url(article))
    assert ["in force yet" in said for said in then] == [False, False, False]
    assert ["no longer in force" in said for said in then] == [False, True, False]
    assert "Policy 2." in then[0]
    assert ["Direct answer" in page for page in (shown, withheld)] == [True, False]


def test_a_disclaimer_is_read_from_its_day_on(people: People, client: Client) -> None:
    article, day = signed(people), clock.today() + timedelta(days=7)
    with transaction.atomic():
        document = Document(kind=Document.Kind.PROFESSIONAL, number=2, body="The new one.", in_force_from=day)
        record(document, by=None, event="document.save")
    assert "The new one." not in read(client, url(article))
    with after(day):
        assert "The new one." in read(client, url(article))


def test_of_each_kind_one_document_is_in_force(founded: None) -> None:
    today = clock.today()
    policy(2, "all", in_force_from=today + timedelta(days=7))
    policy(3, "none", in_force_from=today + timedelta(days=1))

    def numbers(ahead: int) -> list[int]:
        found = {one.kind: one.number for one in Document.objects.in_force_on(today + timedelta(days=ahead))}
        return [found.get(kind, 0) for kind in Document.Kind]

    assert [numbers(ahead) for ahead in (-1, 0, 1, 7)] == [[0] * 4, [1] * 4, [3, 1, 1, 1], [3, 1, 1, 1]]


def test_the_board_is_public_and_keeps_its_former_members(people: People, client: Client) -> None:
    today = clock.today()
    left = person("Fred Former", "reviewer")
    board_member(left, "cardiology", term_until=today - timedelta(days=1))
    said = words(read(client, "/board/"))
    assert said.index("Members Ralph Reviewer, MD Cardiology Example Hospital") < said.index("Rita Reviewer, MD")
    assert said.index("Rita Reviewer, MD") < said.index("Former members Fred Former, MD")
    assert f"Disclosure of interests: None. ({today:%-d %B %Y})" in said


def test_the_board_is_filtered_by_specialty(people: People, client: Client) -> None:
    names = ("Rita Reviewer", "Ralph Reviewer")
    found = {
        query: [name in read(client, f"/board/{query}") for name in names]
        for query in ("", "?specialty=nephrology", "?specialty=cardiology", "?specialty=nothing")
    }
    assert list(found.values()) == [[True, True], [True, False], [False, True], [True, True]]


def test_topics_are_those_with_an_article(people: People, client: Client) -> None:
    assert "There is nothing to read here" in read(client, "/topics/")
    withdrawn(pending(people, specialties=("cardiology",)), people)
    submitted(people.editor, specialties=("nephrology", "general-medicine"))
    for page in ("/", "/topics/"):
        assert re.findall(r'<a href="/topics/([a-z-]+)/">', read(client, page)) == ["general-medicine", "nephrology"]
    assert 'href="/topics/nephrology/?for=patient"' in read(client, "/topics/?for=patient")
    read(client, "/topics/none/", status=404)


def test_a_topic_has_its_articles_by_status_and_in_order(people: People, client: Client) -> None:
    submitted(people.editor, question="b?", specialties=("cardiology", "nephrology"))
    submitted(people.editor, question="A?", specialties=("nephrology",))
    approved(people.editor, people.reviewer, question="C?")

    def questions(query: str, slug: str = "nephrology") -> list[str]:
        return re.findall(r'<p class="row-title"><a [^>]*>([^<]*)</a>', read(client, f"/topics/{slug}/{query}"))

    assert questions("") == ["C?", "A?", "b?"]
    assert questions("?sort=question") == ["A?", "b?", "C?"]
    assert questions("?status=reviewed") == ["C?"]
    assert questions("?status=awaiting&sort=question") == ["A?", "b?"]
    assert questions("?status=overdue") == []
    assert questions("", "cardiology") == ["b?"]
    assert questions("", "general-medicine") == []
    with after(clock.today() + timedelta(days=4000)):
        assert questions("?status=overdue") == ["C?"]


def test_a_topic_as_a_file(people: People, client: Client) -> None:
    submitted(people.editor, question="=1+1?")
    lines = client.get("/topics/nephrology/?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith('"\'=1+1?",')
