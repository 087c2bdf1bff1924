"""The mail of the demonstration can be read by everybody; that of a real site by nobody."""

import re
from typing import Any

import pytest
from django.test import Client

from oracle.accounts.demonstration import DEMONSTRATION_ACCOUNTS
from oracle.accounts.models import User
from oracle.outbox.models import Outbox
from oracle.outbox.views import PAGE
from tests import cast

pytestmark = pytest.mark.django_db
MANY = PAGE + 1


@pytest.fixture
def demonstration(settings: Any, founded: None) -> User:
    """Its mode and its administrator."""
    settings.DEBUG, settings.EMAIL_BACKEND = True, "oracle.outbox.backend.OutboxBackend"
    account = DEMONSTRATION_ACCOUNTS[0]
    return User.objects.create_user(account.email, cast.PASSWORD, name=account.name, roles=["administrator"])


def letters(count: int, body: str = "Hello") -> None:
    for number in range(1, count + 1):
        Outbox.objects.create(to=["a@example.org"], sender="s@example.org", subject=f"Letter {number}.", body=body)


@pytest.mark.parametrize(("debug", "invented"), [(False, True), (True, False), (False, False)])
def test_mail_of_a_real_site_is_shown_to_nobody(
    debug: bool, invented: bool, settings: Any, administrator: User, client: Client
) -> None:
    if invented:
        cast.person("Demo")
        User.objects.create_user(DEMONSTRATION_ACCOUNTS[0].email, name="Demo")
    letters(1, "a secret link")
    settings.DEBUG = debug
    for visitor in (client, cast.sign_in(Client(), administrator)):
        response = visitor.get("/mail/")
        assert (response.status_code, "a secret link" in response.content.decode()) == (404, False)


def test_from_the_invitation_to_the_mail_to_the_password(demonstration: User, client: Client) -> None:
    administrator = cast.sign_in(Client(), demonstration)
    assert 'href="/mail/"' in administrator.get("/people/invite/").content.decode()
    administrator.post("/people/invite/", {"email": "nora@example.org", "name": "Nora", "roles": ["editor"]})
    page = client.get("/mail/")
    assert page.cookies == {}
    (link,) = re.findall(r'<a href="http://testserver(/accounts/[^"]+)"', page.content.decode())
    assert "Set your password" in client.get(link, follow=True).content.decode()


def test_newest_first_and_by_pages(demonstration: User, client: Client, django_assert_num_queries: Any) -> None:
    letters(MANY)
    with django_assert_num_queries(4):  # two, in a transaction
        page = client.get("/mail/").content.decode()
    assert re.findall(r"Letter (\d+)\.", page) == [str(number) for number in range(MANY, 1, -1)]
    (older,) = re.findall(r'href="(\?before=\d+)"', page)
    page = client.get(f"/mail/{older}").content.decode()
    assert (re.findall(r"Letter (\d+)\.", page), "?before=" in page) == (["1"], False)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "²"])
def test_an_odd_place_is_the_beginning(before: str, demonstration: User, client: Client) -> None:
    letters(1)
    response = client.get("/mail/", {"before": before})
    assert (response.status_code, "Letter 1." in response.content.decode()) == (200, True)


def test_nothing_in_a_message_runs(demonstration: User, client: Client) -> None:
    letters(1, "<script>alert(1)</script> http://x.example/\"onmouseover='x'")
    page = client.get("/mail/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"<a [^>]*onmouseover='", page)


def test_a_real_site_has_no_link_to_it(settings: Any, administrator: User) -> None:
    client = cast.sign_in(Client(), administrator)
    pages = [client.get("/people/invite/"), Client().get("/contact/")]
    assert [b'href="/mail/"' in page.content for page in pages] == [False, False]
