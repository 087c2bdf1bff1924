"""While the database does not answer, everybody gets a 503 with a sentence, and keeps what was typed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from articles.views import public
from oracle.accounts.models import User

from .cast import PASSWORD, sign_in
from .test_odd_requests import HEADERS

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = "The second paragraph gives the dose for a week as that for a day."


@pytest.fixture
def away(transactional_db: None) -> Iterator[None]:
    """The database is gone: none of its name is there to connect to."""
    connection.close()
    kept, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["NAME"] = connection.settings_dict["TEST"]["NAME"] = "gone"
    yield
    connection.close()
    connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"] = kept, test


@pytest.fixture
def browser() -> Client:
    """Gets the page of an error, as a person does."""
    return Client(raise_request_exception=False)


def is_away(answer: Any) -> bool:
    told = "cannot reach its records" in answer.content.decode()
    missing = [name for name in HEADERS if not answer.has_header(name)]
    return (answer.status_code, answer["Retry-After"], told, missing) == (503, "10", True, [])


@pytest.mark.parametrize("address", ["/", "/articles/any/", "/board/", "/policy/", "/accounts/password/reset/key/1-x/"])
def test_readers_are_told(browser: Client, away: None, address: str) -> None:
    answer = browser.get(address)
    assert is_away(answer)
    assert answer["Cache-Control"] == "private, no-store"
    assert "may not have been saved" not in answer.content.decode()


def test_what_needs_no_database_still_answers(browser: Client, away: None) -> None:
    assert browser.get("/contact/").status_code == 200


@pytest.mark.parametrize("address", ["/", "/contact/", "/desk/", "/no/such/page/"])
def test_who_is_signed_in_is_told(browser: Client, editor: User, request: Any, address: str) -> None:
    sign_in(browser, editor)
    request.getfixturevalue("away")
    assert is_away(browser.get(address))


def test_a_form_keeps_what_was_typed_and_never_a_password(browser: Client, away: None) -> None:
    answer = browser.post(reverse("report"), {"text": TYPED, "password": PASSWORD, "contact": ""})
    page = answer.content.decode()
    assert is_away(answer)
    assert (TYPED in page, "may or may not have been saved" in page, PASSWORD in page) == (True, True, False)


def test_a_fault_of_ours_stays_a_500(browser: Client, monkeypatch: pytest.MonkeyPatch, founded: None) -> None:
    monkeypatch.setattr(public, "may_report", lambda request: 1 / 0)
    answer = browser.post(reverse("report"), {"text": TYPED})
    assert (answer.status_code, answer.has_header("Retry-After")) == (500, False)
    assert TYPED in answer.content.decode()
