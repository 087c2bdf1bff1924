"""What is said of all articles together: the list, the site-wide claim, the policy, the board."""

import re
from datetime import timedelta

from django.db import transaction
from django.test import Client

from articles.models import Article, Document
from oracle import clock
from oracle.audit.history import record
from tests.cast import board_member, person, submitted
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

    assert [numbers(ahead) for ahead in (-1, 0, 1, 7)] == [[0, 0, 0], [1, 1, 1], [3, 1, 1], [3, 1, 1]]


def test_the_board_is_public_and_keeps_its_former_members(people: People, client: Client) -> None:
    today = clock.today()
    left = person("Fred Former", "reviewer")
    board_member(left, "cardiology", term_until=today - timedelta(days=1))
    said = words(read(client, "/board/"))
    assert said.index("Members Ralph Reviewer, MD Cardiology Example Hospital") < said.index("Rita Reviewer, MD")
    assert said.index("Rita Reviewer, MD") < said.index("Former members Fred Former, MD")
    assert f"Disclosure of interests: None. ({today:%-d %B %Y})" in said
