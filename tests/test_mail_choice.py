"""How often mail comes is each person's own choice, on a page of their own; it stands in the record."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from oracle.accounts.models import Mail, User

from .attacks import as_app, refused
from .cast import sign_in

PAGE = "/accounts/mail/"


def chosen(page: str) -> list[str]:
    """The values of the buttons that are pressed."""
    inputs = re.findall(r'<input type="radio"[^>]*>', page)
    return [value for one in inputs if " checked" in one for value in re.findall(r'value="(\w+)"', one)]


@pytest.mark.django_db
def test_everybody_begins_with_mail_at_once_and_chooses(client: Client, editor: User) -> None:
    page = sign_in(client, editor).get("/accounts/factors/").content.decode()
    assert (f'href="{PAGE}"' in page, "At once, one message for each thing." in page) == (True, True)
    page = client.get(PAGE).content.decode()
    assert (chosen(page), editor.email in page) == (["instant"], True)
    assert client.post(PAGE, {"mail": "weekly"}).headers["Location"] == PAGE
    assert chosen(client.get(PAGE).content.decode()) == ["weekly"]
    row: Any = editor.history.latest("history_id")
    assert (row.mail, row.history_user, row.history_event) == ("weekly", editor, "user.mail")


@pytest.mark.django_db
def test_the_page_names_what_always_comes_at_once(client: Client, reviewer: User) -> None:
    page = " ".join(sign_in(client, reviewer).get(PAGE).content.decode().split())
    assert "Always at once, whatever you choose: a text was hidden" in page


@pytest.mark.django_db
@pytest.mark.parametrize("given", [{}, {"mail": ""}, {"mail": "hourly"}, {"mail": "daily\x00"}, {"mail": ["", "x"]}])
def test_what_is_no_choice_changes_nothing(client: Client, editor: User, given: dict[str, Any]) -> None:
    before = editor.history.count()
    assert sign_in(client, editor).post(PAGE, given).status_code == 422
    editor.refresh_from_db()
    assert (editor.mail, editor.history.count()) == (Mail.INSTANT, before)


@pytest.mark.django_db
def test_the_same_choice_again_writes_nothing(client: Client, editor: User) -> None:
    before = editor.history.count()
    assert sign_in(client, editor).post(PAGE, {"mail": "instant"}).status_code == 302
    assert editor.history.count() == before


@pytest.mark.django_db
def test_nobody_chooses_for_somebody_else(client: Client, editor: User, reviewer: User) -> None:
    sign_in(client, editor).post(PAGE, {"mail": "daily", "person": reviewer.pk, "email": reviewer.email})
    assert [User.objects.get(pk=user.pk).mail for user in (editor, reviewer)] == ["daily", "instant"]
    client.logout()
    assert client.post(PAGE, {"mail": "weekly"}).headers["Location"].startswith("/accounts/login/")


@pytest.mark.django_db(transaction=True)
def test_postgresql_knows_the_choices_too_and_wants_history(editor: User) -> None:
    with refused("known_mail_choices"):
        as_app("UPDATE accounts_user SET mail = 'never' WHERE id = %s", editor.pk)
    with refused("G2|history"), transaction.atomic():
        as_app("UPDATE accounts_user SET mail = 'daily' WHERE id = %s", editor.pk)
