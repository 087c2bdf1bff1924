"""Sign-in: throttled by account, the same answer for everybody who fails, closed to deactivated accounts."""

import logging
import re
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from oracle.accounts import people
from oracle.accounts.demonstration import DEMONSTRATION_ACCOUNTS, DEMONSTRATION_PASSWORD, DemonstrationAccount
from oracle.accounts.models import User
from oracle.throttle import hashed_key
from tests import cast

pytestmark = pytest.mark.django_db
LOGIN = "account_login"


@pytest.fixture(autouse=True)
def no_tries_yet(db: None) -> None:
    cache.clear()


def attempt(email: str, password: str, client: Client | None = None) -> tuple[bool, str]:
    client = client or Client()
    response = client.post(reverse(LOGIN), {"login": email, "password": password})
    return "_auth_user_id" in client.session, response.content.decode()


def test_the_right_password_opens_the_desk_whatever_the_case_of_the_address(editor: User) -> None:
    client = Client()
    response = client.post(reverse(LOGIN), {"login": editor.email.upper(), "password": cast.PASSWORD})
    assert (response.status_code, response["Location"]) == (302, reverse("to_do"))
    assert client.session["_auth_user_id"] == str(editor.pk)


@pytest.mark.parametrize(
    ("name", "desk"),
    [
        ("editor", "to_do"),
        ("reviewer", "to_do"),
        ("chair", "to_do"),
        ("auditor", "articles"),
        ("administrator", "office:index"),
        ("outsider", "home"),
        ("superuser", "home"),
    ],
)
def test_everybody_lands_on_their_own_first_desk(name: str, desk: str, request: pytest.FixtureRequest) -> None:
    user, client = request.getfixturevalue(name), Client()
    response = client.post(reverse(LOGIN), {"login": user.email, "password": cast.PASSWORD}, follow=True)
    assert response.redirect_chain == [(reverse(desk), 302)]
    assert response.status_code == 200
    links = response.context["desk_links"]
    assert [link["url"] for link in links][:1] == ([reverse(desk)] if links else [])


def test_who_asked_for_a_page_gets_it_after_signing_in(auditor: User) -> None:
    asked = {"login": auditor.email, "password": cast.PASSWORD, "next": "/record/"}
    assert Client().post(reverse(LOGIN), asked)["Location"] == "/record/"


def test_after_five_failures_the_right_password_waits_too_and_others_do_not(editor: User, chair: User) -> None:
    for _ in range(5):
        assert attempt(editor.email, "wrong")[0] is False
    signed_in, page = attempt(editor.email, cast.PASSWORD)
    assert signed_in is False
    assert "Too many failed" in page
    assert attempt(editor.email.upper(), cast.PASSWORD)[0] is False
    assert attempt(chair.email, cast.PASSWORD)[0] is True


def test_another_spelling_of_the_host_gives_no_new_tries(editor: User) -> None:
    for port in range(5):
        Client(HTTP_HOST=f"testserver:{8000 + port}").post(reverse(LOGIN), {"login": editor.email, "password": "wrong"})
    client = Client(HTTP_HOST="testserver:9000")
    assert attempt(editor.email, cast.PASSWORD, client)[0] is False
    assert attempt(editor.email, cast.PASSWORD)[0] is False


def test_the_table_of_tries_names_no_machine_and_nobody(editor: User) -> None:
    address = "203.0.113.77"
    for email in (editor.email, "nobody@example.org"):
        attempt(email, "wrong", Client(REMOTE_ADDR=address))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM throttle")
        keys = [key for (key,) in cursor.fetchall()]
    assert len(keys) == 4  # each of the two accounts, and the machine for its failures and for all its posts
    assert [key for key in keys if not re.fullmatch(":1:[0-9a-f]{64}", key)] == []


def test_the_hashes_of_the_table_need_the_secret_key(settings: Any) -> None:
    before = hashed_key("203.0.113.77", "", 1)
    assert hashed_key("203.0.113.77", "", 1) == before
    settings.SECRET_KEY = "another"
    assert hashed_key("203.0.113.77", "", 1) != before


def test_four_failures_do_not_lock_anybody_out(editor: User) -> None:
    for _ in range(4):
        attempt(editor.email, "wrong")
    assert attempt(editor.email, cast.PASSWORD)[0] is True


def test_an_unknown_address_is_answered_like_a_wrong_password(editor: User) -> None:
    answers = []
    for email in (editor.email, "nobody@example.org"):
        page = attempt(email, "wrong")[1]
        answers.append(page.replace(email, "…").split("<main")[1].split("csrfmiddlewaretoken")[0])
    assert answers[0] == answers[1]


def test_a_deactivated_account_cannot_sign_in_and_loses_its_session(editor: User, administrator: User) -> None:
    client = Client()
    assert attempt(editor.email, cast.PASSWORD, client)[0] is True
    assert client.get(reverse("to_do")).status_code == 200
    people.deactivate(editor, by=administrator, reason="Left the house.")
    response = client.get(reverse("to_do"))
    assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse(LOGIN))
    assert attempt(editor.email, cast.PASSWORD)[0] is False


def test_an_inactive_account_with_the_right_password_is_refused(editor: User, administrator: User) -> None:
    people.deactivate(editor, by=administrator, reason="Left the house.")
    left = User.objects.get(pk=editor.pk)
    left.set_password(cast.PASSWORD)
    left.save(update_fields=["password"])
    assert attempt(editor.email, cast.PASSWORD)[0] is False


def test_a_session_does_not_come_back_with_the_account(editor: User, administrator: User) -> None:
    client = Client()
    attempt(editor.email, cast.PASSWORD, client)
    people.deactivate(editor, by=administrator, reason="On leave.")
    people.reactivate(editor, by=administrator, reason="Back.")
    assert client.get(reverse("to_do")).status_code == 302


def test_signing_in_writes_nothing_into_the_record(editor: User) -> None:
    history = User.history
    before = history.count()
    attempt(editor.email, cast.PASSWORD)
    assert history.count() == before


def test_nobody_signs_up(client: Client) -> None:
    asked = {"email": "new@example.org", "password1": cast.PASSWORD, "password2": cast.PASSWORD}
    client.post("/accounts/signup/", asked)
    assert not User.objects.filter(email="new@example.org").exists()


def test_every_try_is_logged_without_the_password_and_on_one_line(
    editor: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="oracle.sign_in")
    attempt(editor.email, cast.PASSWORD)
    attempt(editor.email, "a secret guess")
    lines = [entry.getMessage() for entry in caplog.records if entry.name == "oracle.sign_in"]
    assert lines == [
        f"sign-in of account {editor.pk}, factor password",
        f"sign-in refused to account {editor.pk}, factor password",
    ]


def test_a_forged_line_in_the_address_stays_on_its_line(caplog: pytest.LogCaptureFixture, rf: Any) -> None:
    from oracle.accounts.adapter import AccountAdapter

    caplog.set_level(logging.INFO, logger="oracle.sign_in")
    AccountAdapter().authentication_failed(rf.post("/"), email="a\nsign-in of account 1", password="secret")
    assert caplog.messages == ["sign-in refused to no account, factor password"]


# The demonstration.


def test_the_demonstration_accounts_are_shown_in_debug_only(client: Client, settings: Any) -> None:
    plain = client.get(reverse(LOGIN))
    assert not plain.context["demonstration_accounts"]
    assert DEMONSTRATION_PASSWORD not in plain.content.decode()
    settings.DEBUG = True
    page = client.get(reverse(LOGIN)).content.decode()
    for account in DEMONSTRATION_ACCOUNTS:
        assert account.email in page
        assert account.name in page
        assert account.role in page


@pytest.mark.parametrize("account", DEMONSTRATION_ACCOUNTS, ids=lambda account: account.email)
def test_on_a_real_site_nobody_signs_in_by_the_known_password(account: DemonstrationAccount, settings: Any) -> None:
    User.objects.create_user(account.email, DEMONSTRATION_PASSWORD, name=account.name, roles=["editor"])
    assert attempt(account.email.upper(), DEMONSTRATION_PASSWORD)[0] is False
    settings.DEBUG = True
    client = Client()
    assert attempt(account.email, DEMONSTRATION_PASSWORD, client)[0] is True
    assert client.get(reverse("to_do")).status_code == 200
    settings.DEBUG = False  # a session of the demonstration ends too
    assert client.get(reverse("to_do")).status_code == 302


def test_the_demonstration_has_its_cast() -> None:
    roles = [account.roles for account in DEMONSTRATION_ACCOUNTS]
    assert sorted(roles) == sorted(
        [("editor",)] * 2 + [("reviewer",)] * 7 + [("chair",), ("auditor",), ("administrator",)]
    )
    specialties = [account.specialties[0] for account in DEMONSTRATION_ACCOUNTS if account.specialties]
    assert sorted(specialties) == [
        "cardiology",
        "general-medicine",
        "haematology",
        "nephrology",
        "neurology",
        "paediatrics",
        "respiratory-medicine",
    ]
    assert all(account.name.startswith("Demo ") for account in DEMONSTRATION_ACCOUNTS)
    assert all(account.email.endswith("@demo.example") for account in DEMONSTRATION_ACCOUNTS)
    validate_password(DEMONSTRATION_PASSWORD)
