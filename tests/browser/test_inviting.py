"""The chair invites two from one page; one accepts, one declines for an interest; the chair sees both at once."""

import re

import pytest
from playwright.sync_api import expect

from reviews.models import Answer, Conflict, Review, Round
from tests.cast import submitted

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_are_invited_one_accepts_and_one_declines(visitor, editor, reviewer, reviewer3, chair):
    article = submitted(editor)
    page = visitor(chair)
    page.goto("/desk/")
    page.get_by_role("link", name=re.compile("^Invite")).click()
    page.get_by_role("checkbox", name="Rita Reviewer").check()
    page.get_by_role("checkbox", name="Rosalind Reviewer").check()
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_text("Invited: Rita Reviewer, Rosalind Reviewer.")).to_be_visible()

    willing = visitor(reviewer, width=360)
    willing.goto("/desk/")
    expect(willing.get_by_text("1 needs you: 1 invitation.")).to_be_visible()
    willing.get_by_role("link", name=re.compile("^Answer")).click()
    willing.get_by_role("button", name="Accept: no conflict, begin").click()
    willing.wait_for_url("**/desk/rounds/**")

    conflicted = visitor(reviewer3)
    conflicted.goto(f"/desk/articles/{article.slug}/take/")
    conflicted.get_by_text("Decline the invitation").click()
    conflicted.get_by_label("A conflict of interest").check()
    conflicted.get_by_label("A note for the chair").fill("I hold shares of the maker.")
    conflicted.get_by_role("button", name="Decline", exact=True).click()
    expect(conflicted.get_by_text("Declined. The chair is told why")).to_be_visible()

    page.reload()
    expect(page.get_by_text("due ").first).to_be_visible()
    page.get_by_text("Not offered, and why").click()
    expect(page.get_by_text("declared an interest")).to_be_visible()
    answers = dict(Review.objects.values_list("reviewer__name", "answer"))
    assert answers == {"Rita Reviewer": Answer.ACCEPTED, "Rosalind Reviewer": Answer.DECLINED}
    assert Review.objects.get(reviewer=reviewer3).conflict == Conflict.DECLARED
    assert Round.objects.get().due_on == Review.objects.get(reviewer=reviewer).review_by
