"""What cannot be stored or read is a 400 with our headers, never a 500; a refusal shows no password."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from oracle.wsgi import application

from .cast import PASSWORD, approved, sign_in

pytestmark = pytest.mark.django_db
HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cache-Control")


@pytest.mark.parametrize(
    "odd",
    [
        {"path": "/articles/a%00b/"},
        {"path": "/?page=%00"},
        {"path": "/", "headers": {"cookie": 'sessionid="\\000abcdefgh"'}},
    ],
)
def test_odd_requests(client, odd):
    answer = client.get(**odd)
    assert answer.status_code in (400, 404)
    assert [name for name in HEADERS if not answer.has_header(name)] == []


@pytest.mark.parametrize("charset", ["rot13", "undefined", "base64", "unicode_escape"])
def test_a_charset_that_cannot_be_read_is_not_looked_up(charset):
    environ = RequestFactory().generic("POST", "/?page=%5Cud800", data="x=1").environ
    environ["CONTENT_TYPE"] = f"application/x-www-form-urlencoded; charset={charset}"
    answers: list[str] = []
    b"".join(application(environ, lambda status, headers: answers.append(status)))
    assert answers == ["403 Forbidden"]  # for want of a CSRF cookie


def test_what_jsonb_cannot_hold_is_refused(client, editor, reviewer, chair):
    article = approved(editor, reviewer)
    address = reverse("do", args=[article.slug, "withdraw"])
    answer = sign_in(client, chair).post(address, {"reason": "a\x00b"})
    assert answer.status_code in (400, 409, 422)


def test_a_form_of_another_session_shows_nothing_typed(editor):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, editor)
    posted = {"oldpassword": PASSWORD, "password1": "a new and longer secret", "reason": "x" * 30}
    answer = strict.post(reverse("account_change_password"), posted)
    page = answer.content.decode()
    assert (answer.status_code, PASSWORD in page, "a new and longer secret" in page) == (403, False, False)


@pytest.mark.parametrize("address", ["/", "/board/", "/accounts/login/", "/articles/none/", "/desk/", "/record/"])
def test_every_answer_carries_the_headers(client, editor, address):
    for who in (None, editor):
        if who:
            sign_in(client, who)
        answer = client.get(address)
        assert [name for name in HEADERS if not answer.has_header(name)] == []
        assert "unsafe" not in answer["Content-Security-Policy"]
