"""Readers' pages carry no cookie, and answer 304 until something that they say has changed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from articles.models import Article, Document
from oracle import clock
from oracle.audit.history import record
from tests.cast import approved, revised, sign_in
from tests.reading import (
    People,
    after,
    hidden,
    pending,
    people_of_the_cast,  # noqa: F401
    policy,
    revoked,
    signed,
    signed_twice,
    withdrawn,
)

PAGES = (
    "/",
    "/articles/",
    "/topics/",
    "/topics/nephrology/",
    "/search/?q=drug",
    "/corrections/",
    "/corrections/feed/",
    "{}",
    "{}?for=patient",
    "{}versions/",
    "{}versions/1/",
    "/board/",
    "/policy/",
    "/policy/1/",
    "/status/",
    "/contact/",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_the_same_for_everybody_and_sets_no_cookie(page: str, people: People, client: Client) -> None:
    url = page.format(f"/articles/{signed_twice(people).slug}/")
    response = client.get(url)
    assert response.status_code == 200
    assert (response["Cache-Control"], response["Vary"]) == ("public, max-age=60", "Cookie")
    assert not response.cookies
    again = client.get(url, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", response["ETag"])
    assert again["Cache-Control"] == "public, max-age=60"
    assert not again.cookies
    assert "Content-Security-Policy" in response


@pytest.mark.parametrize("page", PAGES)
def test_a_session_cookie_keeps_a_page_out_of_every_cache(page: str, people: People, client: Client) -> None:
    url = page.format(f"/articles/{signed_twice(people).slug}/")
    anonymous = client.get(url)["ETag"]
    tags = {sign_in(Client(), user).get(url)["ETag"] for user in (people.editor, people.chair)}
    assert len(tags | {anonymous}) == 3
    response = sign_in(Client(), people.editor).get(url, headers={"If-None-Match": anonymous})
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


def test_a_stale_session_cookie_makes_no_new_one(people: People, client: Client) -> None:
    client.cookies["sessionid"] = "stale"
    response = client.get("/")
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


def newer_document(kind: str) -> Document:
    document = Document(kind=kind, number=2, body="Another text.")
    return record(document, by=None, event="document.save")


CHANGES: dict[str, Callable[[Article, People], object]] = {
    "hidden": hidden,
    "withdrawn": withdrawn,
    "revoked": revoked,
    "newer work": lambda article, people: article.perform("revise", by=people.editor),
    "policy": lambda article, people: policy(2, "high"),
    "disclaimer": lambda article, people: newer_document("disclaimer_professional"),
    "site-wide claim": lambda article, people: pending(people),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_the_page_depends_on_changes_its_tag(name: str, people: People, client: Client) -> None:
    article = signed(people)
    url = f"/articles/{article.slug}/"
    before = client.get(url)["ETag"]
    CHANGES[name](article, people)
    assert client.get(url, headers={"If-None-Match": before}).status_code == 200


def test_each_step_of_newer_work_changes_the_tag(people: People, client: Client) -> None:
    article = signed(people)
    url = f"/articles/{article.slug}/"
    tags = [client.get(url)["ETag"]]
    article = revised(article, people.editor)
    tags.append(client.get(url)["ETag"])
    article.perform("submit", by=people.editor)
    tags.append(client.get(url)["ETag"])
    assert len(set(tags)) == 3


def test_the_day_changes_the_tag_only_when_it_matters(people: People, client: Client) -> None:
    article = signed(people)
    url = f"/articles/{article.slug}/"
    assert article.review_due
    before = client.get(url)["ETag"]
    with after(article.review_due):
        assert client.get(url)["ETag"] == before
    with after(article.review_due + timedelta(days=1)):
        assert client.get(url)["ETag"] != before


def test_each_wording_has_its_own_tag(people: People, client: Client) -> None:
    article = approved(people.editor, people.reviewer, abbreviations={"mg": "milligrams"})
    queries = ("", "?for=patient", "?for=student")
    assert len({client.get(f"/articles/{article.slug}/{query}")["ETag"] for query in queries}) == 3


def test_a_head_request_says_the_same(people: People, client: Client) -> None:
    url = f"/articles/{signed(people).slug}/"
    whole, head = client.get(url), client.head(url)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", whole["ETag"])


def test_what_is_not_there_is_kept_by_no_cache(client: Client, founded: None) -> None:
    response = client.get("/articles/none/")
    assert (response.status_code, response["Cache-Control"]) == (404, "private, no-store")


def test_only_the_page_for_reports_takes_a_form(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    slug = signed(people).slug
    urls = [page.format(f"/articles/{slug}/") for page in PAGES]
    assert {client.post(url).status_code for url in urls} == {403}
    assert {Client().post(url).status_code for url in urls} == {405}
    assert all(b"csrfmiddlewaretoken" not in Client().get(url).content for url in urls)
    assert "csrftoken" in Client().get("/report/").cookies
    assert client.post("/report/", {"text": "x"}).status_code == 403


def test_the_time_of_the_clock_is_not_in_the_tag(people: People, client: Client) -> None:
    url = f"/articles/{pending(people).slug}/"
    before = client.get(url)["ETag"]
    with clock.moved_to(clock.now() + timedelta(seconds=1)):
        assert client.get(url)["ETag"] == before
