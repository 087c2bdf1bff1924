"""Whom the chair may ask to reaffirm a signed text."""

from typing import Any

import pytest

from articles.models import Article
from articles.models.suspension import suspend
from oracle.accounts.models import User
from reviews import interests, reaffirming
from reviews.models import Conflict

from .cast import approved, board_member, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(editor: User, reviewer: User) -> Article:
    return approved(editor, reviewer)


def fresh(article: Article) -> Article:
    return Article.objects.select_related("standing_version").get(pk=article.pk)


@pytest.mark.parametrize("number", [1, 3])
def test_whom_to_ask_costs_as_many_statements_however_many(
    reviewer: User, signed: Article, django_assert_num_queries: Any, number: int
) -> None:
    """Reviews, members, signatures, rule and contributors; who contributed or declared an interest is not asked."""
    users = [person(f"Member{place} One", "reviewer") for place in range(number)]
    for user in users:
        board_member(user, "nephrology")
        interests.declare(signed, by=user, conflict=Conflict.NONE)
    declared = person("Declared Member", "reviewer")
    board_member(declared, "nephrology")
    interests.declare(signed, by=declared, conflict=Conflict.DECLARED, text="Fees.")
    article = fresh(signed)
    with django_assert_num_queries(5):
        found = reaffirming.askable(article)
    assert [member.user for member in found] == [*users, reviewer]


def test_nobody_is_asked_to_reaffirm_a_hidden_text(signed: Article, reviewer2: User) -> None:
    assert len(reaffirming.askable(fresh(signed))) == 1
    suspend(signed, by=reviewer2, reason="A concern.")
    assert reaffirming.askable(fresh(signed)) == []
