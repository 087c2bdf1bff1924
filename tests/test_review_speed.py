"""The review page and a verdict at 3 and at 300 statements: the same few statements of SQL, and no whole page again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from oracle.accounts.models import User
from reviews.models import Round

from .cast import sign_in, under_review

pytestmark = pytest.mark.django_db
# With the two of a savepoint, the session's and the person's.
PAGE, CARD, VERDICT = 7, 7, 13


def long_text(number: int) -> str:
    """A text with so many statements, one to a paragraph, in sections of ten."""
    lines = [f"Drug A at {place} mg daily lowered pressure by {place} points [@one]." for place in range(1, number + 1)]
    parts = [lines[at : at + 10] for at in range(0, number, 10)]
    return "\n\n".join(f"## Part {at}\n\n" + "\n\n".join(part) for at, part in enumerate(parts, start=1)) + "\n"


def counted(act: Callable[[], Any]) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as captured:
        answer = act()
    return len(captured), answer


@pytest.mark.parametrize("number", [3, 300])
def test_at_any_length_a_page_and_a_verdict_cost_the_same(
    client: Client, editor: User, reviewer: User, number: int
) -> None:
    _, row = under_review(editor, reviewer, professional=long_text(number - 1), plain="")
    claims = Round.objects.get(pk=row.pk).version.fixed_claims
    assert len(claims) == number
    sign_in(client, reviewer)
    here = reverse("review", args=[row.pk])
    client.get(here)
    for claim in claims[:2]:
        form = {"claim": claim.id, "verdict": "supported"}
        assert counted(lambda form=form: client.post(reverse("judge", args=[row.pk]), form))[0] == VERDICT
    count, page = counted(lambda: client.get(here))
    assert (count, f"2 of {number} judged" in page.content.decode()) == (PAGE, True)
    count, card = counted(lambda: client.get(f"{here}?claim={claims[2].id}", headers={"HX-Target": "statement"}))
    assert (count, page.content.count(b"data-claim"), card.content.count(b"data-claim")) == (CARD, number, 0)
