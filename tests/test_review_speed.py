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
# With the two of a savepoint, the session's and the person's. A verdict that is given again costs one more.
PAGE, CARD, VERDICT, AGAIN = 7, 6, 13, 14


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
    judge, card = reverse("judge", args=[row.pk]), {"HX-Target": "statement"}
    given = [(claims[0].id, "supported"), (claims[1].id, "cannot_tell"), (claims[1].id, "supported")]
    costs = []
    for headers in ({}, card):
        for claim, verdict in given:
            form = {"claim": claim, "verdict": verdict}
            costs.append(counted(lambda form=form, more=headers: client.post(judge, form, headers=more))[0])
    assert costs == [VERDICT, VERDICT, AGAIN, *[VERDICT - 2, AGAIN, AGAIN]]
    count, page = counted(lambda: client.get(here))
    assert (count, f"2 of {number} judged" in page.content.decode()) == (PAGE, True)
    count, part = counted(lambda: client.get(f"{here}?claim={claims[2].id}", headers=card))
    assert (count, page.content.count(b"data-claim"), part.content.count(b"data-claim")) == (CARD, number, 0)
