"""The addresses that everybody may open, listed exactly; all others ask for a sign-in."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from oracle.accounts.models import User
from tests.reading import People, people_of_the_cast, signed_twice  # noqa: F401

READERS = {
    "",
    "articles/",
    "topics/",
    "topics/<slug:slug>/",
    "search/",
    "corrections/",
    "corrections/feed/",
    "articles/<slug:slug>/",
    "articles/<slug:slug>/versions/",
    "articles/<slug:slug>/versions/<int:number>/",
    "policy/",
    "policy/<int:number>/",
    "status/",
    "contact/",
    "report/",
    "board/",
}
# The way in; signing up is closed behind its address.
ENTRANCE = {
    "accounts/login/",
    "accounts/login/code/",
    "accounts/logout/",
    "accounts/inactive/",
    "accounts/signup/",
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    "accounts/password/reset/key/done/",
    "^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
}
# The demonstration's mail: not found on a real site (tests/test_demonstration_mail.py).
MAIL = {"mail/"}


def addresses(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every address of the site, as it is written in the site map, with its view."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, entry.callback
        else:
            yield from addresses(entry, route)


EVERY = dict(addresses(get_resolver()))
PUBLIC = {route for route, view in EVERY.items() if not getattr(view, "login_required", True)}


def filled(route: str, slug: str = "any") -> str:
    """An address with something in each of its places."""
    return "/" + re.sub(r"<int:\w+>", "1", re.sub(r"<(?:slug|str):\w+>", slug, route))


def test_the_public_addresses_are_exactly_these() -> None:
    assert PUBLIC == READERS | ENTRANCE | MAIL


def test_readers_need_no_account(people: People, client: Client) -> None:
    slug = signed_twice(people).slug
    found = {
        route: client.get(filled(route, "nephrology" if route.startswith("topics") else slug)) for route in READERS
    }
    assert {route: answer.status_code for route, answer in found.items()} == dict.fromkeys(READERS, 200)


@pytest.mark.parametrize("route", sorted(set(EVERY) - PUBLIC))
def test_every_other_address_asks_for_a_sign_in(route: str, client: Client, founded: None) -> None:
    url = filled(route)
    for response in (client.get(url), client.post(url)):
        assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={url}")
        assert response["Cache-Control"] != "public, max-age=60"


def test_nobody_signs_up(client: Client, founded: None) -> None:
    form = {"email": "new@example.org", "password1": "correct horse battery", "password2": "correct horse battery"}
    response = client.post("/accounts/signup/", form)
    assert (response.status_code, "sessionid" in response.cookies) == (200, False)
    assert not User.objects.filter(email="new@example.org").exists()
