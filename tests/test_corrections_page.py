"""The page that signs a correction: the whole difference on one screen."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article
from oracle.accounts.models import User
from reviews.models import Round, SigningFailure

from .cast import PASSWORD, approved, sign_in
from .reading import words
from .test_corrections_signed import LOOSE, own, sent, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed(editor: User, reviewer: User) -> Article:
    return approved(editor, reviewer, **text(LOOSE))


def page_of(client: Client, row: Round) -> str:
    response = client.get(reverse("correction", args=[row.pk]))
    assert response.status_code == 200
    return response.content.decode()


def form(row: Round, **changes: Any) -> dict[str, str]:
    against = row.article.standing_version.content_sha256
    return {"sha256": row.version.content_sha256, "against": against, "password": PASSWORD} | changes


def test_one_screen_from_to_do_to_signed(client: Client, signed: Article, editor: User, reviewer: User) -> None:
    row = own(sent(signed, editor), reviewer)
    to_do = words(sign_in(client, reviewer).get(reverse("to_do")).content.decode())
    assert "1 needs you: 1 correction to sign." in to_do
    assert "no statement changed, about 1 min" in to_do
    page = words(page_of(client, row))
    assert "deleted: debatted (end of deletion)" in page
    assert "it changes no statement. I sign it as a correction." in page
    assert "Sign a correction" in words(client.get(reverse("review", args=[row.pk])).content.decode())
    answer = client.post(reverse("correction", args=[row.pk]), form(row))
    assert (answer.status_code, Article.objects.get(pk=signed.pk).state) == (302, "approved")
    assert client.get(reverse("correction", args=[row.pk])).url == reverse("record", args=[signed.slug])


def test_a_refused_try_says_why_on_the_same_screen(
    client: Client, signed: Article, editor: User, reviewer: User
) -> None:
    row = own(sent(signed, editor), reviewer)
    sign_in(client, reviewer)
    for changes, status, sentence in (
        ({"password": "no"}, 403, "The password is not right; nothing was signed."),
        ({"sha256": "0" * 64}, 409, "The text has changed since your page was made"),
        ({"against": "\0"}, 409, "The text has changed since your page was made"),
    ):
        answer = client.post(reverse("correction", args=[row.pk]), form(row, **changes))
        assert answer.status_code == status
        assert sentence in answer.content.decode()
        assert 'name="password"' in answer.content.decode()
    assert SigningFailure.objects.count() == 3


def test_a_change_of_content_leads_to_the_whole_review(
    client: Client, signed: Article, editor: User, reviewer: User
) -> None:
    row = own(sent(signed, editor, title="Another"), reviewer)
    sign_in(client, reviewer)
    assert client.get(reverse("correction", args=[row.pk])).url == reverse("review", args=[row.pk])
    answer = client.post(reverse("correction", args=[row.pk]), form(row))
    assert answer.status_code == 409
    assert "The answer title changed." in answer.content.decode()
    assert "Corrections to sign" not in client.get(reverse("to_do")).content.decode()


def test_a_change_of_spaces_is_shown_as_one(client: Client, signed: Article, editor: User, reviewer: User) -> None:
    row = own(sent(signed, editor, LOOSE.replace(" is ", "  is ")), reviewer)
    sign_in(client, reviewer)
    assert "Only spaces or line breaks changed." in page_of(client, row)
