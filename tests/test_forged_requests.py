"""Requests that a person's browser was tricked into, and addresses that lead elsewhere."""

from typing import Any

import pytest
from django.test import Client

from oracle.accounts.models import User
from reviews.models import SignOffRule

from .cast import PASSWORD, sign_in
from .test_every_address import address, places  # noqa: F401
from .test_odd_requests import HEADERS
from .test_public_addresses import ENTRANCE, EVERY, READERS

pytestmark = pytest.mark.django_db
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "javascript:alert(1)",
    "/x\r\nSet-Cookie: a=b",
)
FORMS_WITHOUT_SESSION = ["/report/", "/accounts/login/", "/accounts/password/reset/"]


def test_no_form_is_taken_without_its_token(request: Any, places: dict[str, Any]) -> None:  # noqa: F811
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, request.getfixturevalue("editor"))
    row = {"object_id": SignOffRule.objects.get(risk="high").pk}
    inside = [address(route, places | row) for route in EVERY if route not in READERS | ENTRANCE]
    answers = {at: strict.post(at, {"reason": "forged"}).status_code for at in [*inside, *FORMS_WITHOUT_SESSION]}
    assert {at: status for at, status in answers.items() if status != 403} == {}


@pytest.mark.parametrize("to", ELSEWHERE)
def test_sign_in_leads_nowhere_else(client: Client, editor: User, to: str) -> None:
    answer = client.post("/accounts/login/", {"login": editor.email, "password": PASSWORD, "next": to})
    assert answer.status_code == 302
    assert answer["Location"] in ("/desk/", "/x%0D%0ASet-Cookie:%20a=b")
    assert "a" not in answer.cookies


def test_a_forged_referer_leads_nowhere_else(client: Client, editor: User) -> None:
    there = client.post("/desk/new/", headers={"referer": "http://testserver//evil.example/"})["Location"]
    answer = client.post(there, {"login": editor.email, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")


@pytest.mark.parametrize("place", ["/", "/report/", "/accounts/login/", "/desk/"])
def test_another_host_is_refused_and_not_kept(client: Client, founded: None, place: str) -> None:
    answer = client.get(place, headers={"host": "evil.example"})
    assert (answer.status_code, answer["Cache-Control"]) == (400, "private, no-store")
    assert [name for name in HEADERS if not answer.has_header(name)] == []
    assert "evil.example" not in answer.content.decode()


def test_a_forwarded_host_is_not_believed(client: Client, founded: None) -> None:
    for place in ("/", "/articles/none/", "/accounts/login/"):
        answer = client.get(place, headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"})
        assert "evil.example" not in answer.content.decode()
