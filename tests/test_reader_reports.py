"""Readers report problems: with a number, without an account, and not without end."""

import base64
import pickle
import re

import pytest
from django.db import connection
from django.test import Client

from articles.models import Article, Report
from tests.cast import make_article
from tests.reading import (
    People,
    people_of_the_cast,  # noqa: F401
    read,
    signed,
    words,
)


def url(article: Article, query: str = "") -> str:
    return f"/articles/{article.slug}/{query}"


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


def test_the_sixth_report_within_an_hour_waits_and_keeps_its_words(client: Client, founded: None) -> None:
    form = {"text": "Wrong.", "page": "/board/", "could_harm": "on", "contact": "reader@example.org"}
    taken = [client.post("/report/", form).status_code for _ in range(5)]
    refused = client.post("/report/", form | {"text": "The sixth."})
    said = refused.content.decode()
    assert (taken, refused.status_code, Report.objects.count()) == ([302] * 5, 429, 5)
    assert "Five reports came from your internet address within an hour" in words(said)
    kept = refused.context["form"]
    assert [kept[name].value() for name in form] == ["The sixth.", "/board/", True, "reader@example.org"]
    assert "The sixth.</textarea>" in said
    assert Client(REMOTE_ADDR="192.0.2.7").post("/report/", form).status_code == 302


def test_what_was_not_taken_does_not_count(client: Client, founded: None) -> None:
    empty = [client.post("/report/", {"text": ""}).status_code for _ in range(6)]
    assert (empty, client.post("/report/", {"text": "Wrong."}).status_code) == ([422] * 6, 302)


def test_no_address_of_a_reader_is_kept_and_no_count_for_longer_than_an_hour(founded: None) -> None:
    for last in range(3):
        Client(REMOTE_ADDR=f"192.0.2.{last}").post("/report/", {"text": "Wrong."})
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value, expires <= now() + interval '1 hour' FROM throttle")
        rows = cursor.fetchall()
    assert len(rows) == 3
    for key, value, soon in rows:
        assert re.fullmatch(r":1:[0-9a-f]{64}", key)
        assert (pickle.loads(base64.b64decode(value)), soon) == (True, True)


def test_a_number_cannot_be_made_up(client: Client, founded: None) -> None:
    read(client, "/report/?sent=12", status=404)
