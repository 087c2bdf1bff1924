"""What the review page says after a signature that reaffirms, and with which text it compares a stale page."""

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article
from oracle import clock
from oracle.accounts.models import User
from reviews import reaffirming, rounds, signing

from .cast import approved, content, judge_everything, revised, sign, sign_in, signing_form
from .reading import words
from .test_reaffirming import LATER, two_signed

pytestmark = pytest.mark.django_db(transaction=True)

DRAFTED = "A sentence that the editor is writing."


@pytest.fixture
def signed(editor: User, reviewer: User) -> Article:
    return approved(editor, reviewer)


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def said(client: Client, article: Article, by: User) -> str:
    """What the page says after this person has reaffirmed the article."""
    row = reaffirming.begin(fresh(article), by=by)
    judge_everything(row)
    return sign_in(client, by).post(reverse("decide", args=[row.pk]), signing_form(row), follow=True).content.decode()


def test_on_the_day_of_the_first_signature_too_the_rule_is_met(client: Client, reviewer: User, signed: Article) -> None:
    assert "Signed; its date moved." in said(client, signed, reviewer)


def test_one_of_two_signatures_says_that_another_is_needed(
    client: Client, editor: User, reviewer: User, reviewer2: User
) -> None:
    article = two_signed(editor, reviewer, reviewer2)
    assert "Another signature is needed before its date moves." in said(client, article, reviewer)
    with clock.moved_to(clock.now() + LATER):
        assert "Signed; its date moved." in said(client, article, reviewer2)


def test_a_stale_page_is_compared_with_what_stands_never_with_the_open_draft(
    client: Client, editor: User, reviewer: User, reviewer3: User, signed: Article
) -> None:
    row = reaffirming.begin(signed, by=reviewer3)
    revised(fresh(signed), editor, professional=f"{content().professional}\n{DRAFTED}\n")
    answer = sign_in(client, reviewer3).post(reverse("decide", args=[row.pk]), signing_form(row, sha256="0" * 64))
    assert (answer.status_code, DRAFTED in answer.content.decode()) == (409, False)


def test_a_round_that_a_newer_signed_version_ended_shows_that_one(
    client: Client, editor: User, reviewer: User, reviewer3: User, signed: Article
) -> None:
    row = reaffirming.begin(signed, by=reviewer3)
    article = revised(fresh(signed), editor).perform("submit", by=editor)
    newer = rounds.active_round(article, reviewer)
    assert newer
    judge_everything(newer)
    revised(sign(newer), editor, professional=f"{content().professional}\n{DRAFTED}\n")
    answer = sign_in(client, reviewer3).post(reverse("decide", args=[row.pk]), signing_form(row))
    assert (answer.status_code, DRAFTED in answer.content.decode()) == (409, False)
    assert "with monitoring" in words(answer.content.decode())


def test_a_signature_taken_back_meanwhile_shows_no_draft_either(
    client: Client, editor: User, reviewer: User, reviewer3: User, signed: Article
) -> None:
    row = reaffirming.begin(signed, by=reviewer3)
    article = revised(fresh(signed), editor, professional=f"{content().professional}\n{DRAFTED}\n")
    signing.revoke(article.signoffs.get(), by=reviewer, reason="Wrong.")
    answer = sign_in(client, reviewer3).post(reverse("decide", args=[row.pk]), signing_form(row))
    assert (answer.status_code, DRAFTED in answer.content.decode()) == (409, False)
