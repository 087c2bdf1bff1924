"""How many statements a reader's page costs: literal numbers, the same at one and at three rows."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import amended, board_member, person, sign_in
from tests.reading import (
    SITUATIONS,
    People,
    day_of,
    newer_with_board,
    pending,
    people_of_the_cast,  # noqa: F401
    policy,
    signed,
)


@pytest.mark.parametrize("name", SITUATIONS)
def test_an_article_costs_one_statement_and_a_second_one_the_first_time(
    name: str, people: People, client: Client, django_assert_num_queries: Any
) -> None:
    article = SITUATIONS[name][0](people)
    with day_of(name, article):
        for query in ("", "?for=patient", "?for=student"):
            for statements in (2, 1, 1):
                with django_assert_num_queries(statements):
                    client.get(f"/articles/{article.slug}/{query}")
        sign_in(client, people.reviewer2)
        with django_assert_num_queries(3):
            client.get(f"/articles/{article.slug}/")


LISTS = {
    "/": 2,
    "/articles/": 1,
    "/topics/": 1,
    "/topics/nephrology/": 2,
    "/search/": 1,
    "/search/?q=the": 2,
    "/search/?q=drug": 3,
    "/search/?q=drug&for=patient&status=awaiting&topic=nephrology&sort=newest": 3,
}


@pytest.mark.parametrize("url", LISTS)
def test_a_list_costs_the_same_at_one_and_three_rows(
    url: str, people: People, client: Client, django_assert_num_queries: Any
) -> None:
    for _ in (1, 3):
        pending(people)
        with django_assert_num_queries(LISTS[url]):
            client.get(url)
        signed(people)


@pytest.mark.parametrize("url", ["/corrections/", "/corrections/?kind=version", "/corrections/feed/"])
def test_corrections_cost_three_statements(
    url: str, people: People, client: Client, django_assert_num_queries: Any
) -> None:
    for times in (1, 2):
        for _ in range(times):
            SITUATIONS["signed twice"][0](people)
        with django_assert_num_queries(3):
            client.get(url)


def test_the_history_costs_two_statements(people: People, client: Client, django_assert_num_queries: Any) -> None:
    article = signed(people)
    with django_assert_num_queries(2):
        client.get(f"/articles/{article.slug}/versions/")
    article = newer_with_board(people).perform("recall", by=people.editor, reason="Wrong file.")
    article = amended(article, people.editor).perform("submit", by=people.editor)
    assert article.current_version
    assert article.current_version.number == 3
    with django_assert_num_queries(2):
        client.get(f"/articles/{article.slug}/versions/")


def test_an_old_version_costs_three_statements(people: People, client: Client, django_assert_num_queries: Any) -> None:
    article = SITUATIONS["signed twice"][0](people)
    with django_assert_num_queries(3):
        client.get(f"/articles/{article.slug}/versions/1/")


def test_the_board_costs_three_statements(people: People, client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        client.get("/board/")
    board_member(person("Quentin Quick", "reviewer"), "cardiology")
    with django_assert_num_queries(3):
        client.get("/board/")


def test_the_policy_costs_one_statement(client: Client, founded: None, django_assert_num_queries: Any) -> None:
    for number in (2, 3):
        with django_assert_num_queries(1):
            client.get("/policy/")
        policy(number, "high")


@pytest.mark.parametrize("url", ["/status/", "/contact/", "/report/"])
def test_other_pages_cost_none(url: str, client: Client, founded: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0 if url != "/report/" else 2):
        client.get(url)
