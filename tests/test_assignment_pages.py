"""The pages of who reviews what: the chair's, the reviewer's, and what stays in the form."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from oracle import clock
from oracle.accounts.models import User
from oracle.outbox.models import Outbox
from reviews import assignment
from reviews.models import Review, Round, RoundEnd

from .cast import (
    approved,
    sign_in,
    submitted,
    under_review,
)
from .test_assignment import LADDER, decline, invite, mail_waits_in_the_outbox, soon  # noqa: F401

pytestmark = pytest.mark.django_db


def test_who_reaches_the_chairs_pages(client: Client, request: Any, editor: User, reviewer3: User, chair: User) -> None:
    article = submitted(editor)
    (review,) = invite(article, chair, reviewer3)
    places = [
        reverse("invite_reviewers", args=[article.slug]),
        reverse("one_reviewer", args=[article.slug, review.pk]),
        reverse("name_outside", args=[article.slug]),
        reverse("assignments"),
    ]
    for name, status in LADDER.items():
        sign_in(client, request.getfixturevalue(name))
        assert (name, [client.get(place).status_code for place in places]) == (name, [status] * 4)
        posted = {"act": "withdraw", "article": article.pk, "person": reviewer3.pk}
        assert (name, [client.post(place, posted).status_code for place in places]) == (name, [status] * 4)
    review.refresh_from_db()
    assert review.waiting


def test_the_chair_invites_from_the_page_and_a_refusal_keeps_the_choice(
    client: Client, editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    article = submitted(editor)
    page = reverse("invite_reviewers", args=[article.slug])
    shown = sign_in(client, chair).get(page).content.decode()
    assert f'value="{soon(7)}"' in shown
    assert f'value="{soon(21)}"' in shown
    given = {"person": [reviewer.pk, reviewer3.pk], "answer_by": soon(9), "review_by": soon(5)}
    kept = client.post(page, given).content.decode()
    assert kept.count(" checked>") == 2
    assert f'value="{soon(9)}"' in kept
    assert client.post(page, given | {"review_by": soon(30)}).status_code == 302
    shown = client.get(page).content.decode()
    assert "Invited: Rita Reviewer, Rosalind Reviewer." in shown
    assert "Everybody of the board who could sign this has it or is asked" in shown


@pytest.mark.parametrize(
    "odd",
    [
        {"person": "x"},
        {"person": "9" * 30},
        {"person": ["0", "-1", "١"]},
        {"answer_by": "soon", "review_by": "31/02/2031"},
        {"answer_by": "9999-12-31", "review_by": "0001-01-01"},
        {"act": "sign"},
        {"article": "9" * 17},
    ],
)
def test_odd_forms_are_refused_and_do_nothing(
    client: Client, editor: User, reviewer: User, chair: User, odd: dict[str, Any]
) -> None:
    article = submitted(editor)
    (review,) = invite(article, chair, reviewer)
    sign_in(client, chair)
    for place in ("invite_reviewers", "one_reviewer", "assignments"):
        key = {"invite_reviewers": [article.slug], "one_reviewer": [article.slug, review.pk]}.get(place, [])
        for act in (
            ("invite", "remind", "move", "replace", "withdraw") if place == "assignments" else ("move", "replace")
        ):
            posted = {"act": act, "article": article.pk, "person": reviewer.pk} | odd
            if (place, act) == ("assignments", "remind") and "article" not in odd and "act" not in odd:
                continue
            assert client.post(reverse(place, args=key), posted).status_code in (409, 422)
    before = review.newest_entry
    review.refresh_from_db()
    assert (review.newest_entry, review.waiting) == (before, True)


def test_what_is_done_with_one_reviewer(
    client: Client, editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    article = submitted(editor)
    first, second = invite(article, chair, reviewer, reviewer3)
    row = assignment.accept(first, by=reviewer)
    sign_in(client, chair)

    def act(review: Review, name: str, **given: Any) -> int:
        address = reverse("one_reviewer", args=[article.slug, review.pk])
        return client.post(address, {"act": name} | given).status_code

    assert act(first, "remind") == 302
    assert Outbox.objects.filter(subject__startswith="The chair reminds you").count() == 1
    assert act(first, "move", review_by=soon(50)) == 302
    assert act(second, "withdraw") == 302
    assert act(second, "remind") == 409
    long = "A reason of many words that took a while to write."
    assert act(first, "replace", reason=" ") == 409
    answer = client.post(
        reverse("one_reviewer", args=[article.slug, first.pk]),
        {"act": "replace", "reason": long, "person": reviewer3.pk, "answer_by": soon(4), "review_by": soon(1)},
    )
    page = answer.content.decode()
    assert (answer.status_code, long in page, f'<option value="{reviewer3.pk}" selected>' in page) == (409, True, True)
    assert f'name="review_by" value="{soon(1)}"' in page
    given = {"reason": long, "person": reviewer3.pk, "answer_by": soon(4), "review_by": soon(8)}
    assert act(first, "replace", **given) == 302
    row.refresh_from_db()
    second.refresh_from_db()
    assert (row.end, row.due_on, second.waiting) == (RoundEnd.REPLACED, soon(50), True)


def test_a_review_of_another_article_is_not_found_here(
    client: Client, editor: User, reviewer: User, chair: User
) -> None:
    (review,) = invite(submitted(editor), chair, reviewer)
    other = submitted(editor, question="Another?")
    sign_in(client, chair)
    assert client.post(reverse("one_reviewer", args=[other.slug, review.pk]), {"act": "withdraw"}).status_code == 404


def test_the_list_filters_and_acts_on_many(
    client: Client, editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    free, asked, late = (submitted(editor, question=f"{word} question?") for word in ("Free", "Asked", "Late"))
    invite(asked, chair, reviewer)
    (review,) = invite(late, chair, reviewer, answer=0, review=0)
    assignment.accept(review, by=reviewer)
    page = reverse("assignments")
    sign_in(client, chair)
    with clock.moved_to(clock.now() + timedelta(days=2)):
        for what, wanted in (("unassigned", [free]), ("waiting", [asked]), ("late", [late]), ("", [late, asked, free])):
            rows = client.get(page, {"what": what}).context["rows"]
            assert (what, [row["article"] for row in rows]) == (what, wanted)
        Outbox.objects.all().delete()
        both = {"article": [asked.pk, late.pk]}
        assert client.post(page, both | {"act": "remind"}).status_code == 302
        assert Outbox.objects.count() == 2
        moved = {"act": "move", "move_answer_by": "", "move_review_by": soon(60)}
        assert client.post(f"{page}?what=late", both | moved)["Location"] == f"{page}?what=late"
        assert (Review.objects.get(article=asked).review_by, Round.objects.get().due_on) == (soon(60), soon(60))
        invited = {"act": "invite", "article": [free.pk, asked.pk], "person": reviewer3.pk}
        refused_ = client.post(page, invited | {"answer_by": soon(9), "review_by": soon(1)}).content.decode()
        assert refused_.count(" checked>") == 3
        client.post(page, invited | {"answer_by": soon(1), "review_by": soon(9)})
    assert Review.objects.invited().filter(reviewer=reviewer3).count() == 2


def test_there_is_no_signing_of_many_and_the_page_says_why(
    client: Client, editor: User, reviewer: User, chair: User
) -> None:
    submitted(editor)
    page = sign_in(client, chair).get(reverse("assignments")).content.decode()
    assert "There is no button that signs several articles." in page
    assert 'name="password"' not in page


def test_the_list_takes_the_same_queries_at_any_length(
    client: Client, editor: User, reviewer: User, reviewer3: User, chair: User, django_assert_num_queries: Any
) -> None:
    sign_in(client, chair)
    for number in range(3):
        article = submitted(editor, question=f"Question {number}?")
        first, _ = invite(article, chair, reviewer, reviewer3)
        assignment.accept(first, by=reviewer)
        with django_assert_num_queries(9):  # a savepoint's two among them
            client.get(reverse("assignments"))


def test_to_do_of_both_sides(client: Client, editor: User, reviewer: User, chair: User) -> None:
    article = submitted(editor)
    to_do = reverse("to_do")
    chairs = sign_in(client, chair).get(to_do).content.decode()
    assert "1 needs you: 1 unassigned article." in chairs
    assert reverse("invite_reviewers", args=[article.slug]) in chairs
    invite(article, chair, reviewer, answer=1)
    page = sign_in(client, reviewer).get(to_do).content.decode()
    assert "1 needs you: 1 invitation." in page
    assert "answer by tomorrow" in page
    assert "Open to take" not in page
    assert "Nothing needs you now." in sign_in(client, chair).get(to_do).content.decode()
    with clock.moved_to(clock.now() + timedelta(days=2)):
        assert "1 unanswered invitation." in client.get(to_do).content.decode()
        assert "answer late since" in sign_in(client, reviewer).get(to_do).content.decode()


def test_the_first_line_names_what_is_due_by_its_day(client: Client, editor: User, reviewer: User, chair: User) -> None:
    (review,) = invite(submitted(editor, question="Due?"), chair, reviewer, answer=1, review=1)
    assignment.accept(review, by=reviewer)
    under_review(editor, reviewer, question="Calm?")
    invite(submitted(editor, question="Asked?"), chair, reviewer)
    page = sign_in(client, reviewer).get(reverse("to_do")).content.decode()
    assert "3 need you: 1 invitation, 1 in work, 1 due tomorrow." in page or (
        "3 need you: 1 invitation, 1 due tomorrow, 1 in work." in page
    )


def test_the_page_of_reviews_tells_of_invitations(
    client: Client, editor: User, reviewer: User, chair: User, auditor: User
) -> None:
    article = submitted(editor)
    (review,) = invite(article, chair, reviewer)
    page = reverse("reviews", args=[article.slug])
    assert "not answered yet" in sign_in(client, auditor).get(page).content.decode()
    assert "Invite reviewers" not in client.get(page).content.decode()
    decline(review, reviewer, "expertise", "I treat adults only.")
    shown = sign_in(client, chair).get(page).content.decode()
    assert "outside my expertise: I treat adults only." in shown
    assert "Invite reviewers" in shown


def test_a_signed_article_has_nobody_to_invite(client: Client, editor: User, reviewer: User, chair: User) -> None:
    page = reverse("invite_reviewers", args=[approved(editor, reviewer).slug])
    answer = sign_in(client, chair).get(page)
    assert (answer.status_code, b"Not with the board now" in answer.content) == (200, True)
    given = {"person": reviewer.pk, "answer_by": soon(1), "review_by": soon(2)}
    assert client.post(page, given).status_code == 409


def test_the_articles_story_tells_it_in_words(
    client: Client, editor: User, reviewer: User, reviewer3: User, chair: User, auditor: User
) -> None:
    article = submitted(editor)
    first, second = invite(article, chair, reviewer, reviewer3)
    row = assignment.accept(first, by=reviewer)
    decline(second, reviewer3, "time")
    assignment.move_dates([], [row], by=chair, review_by=soon(30))
    assignment.replace(row, by=chair, reason="Ill.")
    page = sign_in(client, auditor).get(reverse("story", args=[article.pk])).content.decode()
    for sentence in (
        "invited Rita Reviewer to review the article",
        "accepted the invitation to review",
        "declined the invitation to review: no time",
        "set another day for round 1 on version 1",
        "replaced Rita Reviewer: round 1 on version 1",
    ):
        assert sentence in page
