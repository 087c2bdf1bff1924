"""Who reviews what: invitations and their answers, replacing, days, reminders; what was noted stays on record."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.outbox.models import Outbox
from oracle.refusals import NotAllowed, Refusal
from reviews import assignment, interests, rounds
from reviews.models import Answer, BoardMember, Conflict, Review, Round

from .attacks import refused
from .cast import (
    board_member,
    make_article,
    person,
    sign_in,
    submitted,
    under_review,
)

pytestmark = pytest.mark.django_db
LADDER = {"editor": 403, "reviewer": 403, "auditor": 403, "administrator": 404, "outsider": 404, "superuser": 404}


@pytest.fixture(autouse=True)
def mail_waits_in_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "oracle.outbox.backend.OutboxBackend"


def soon(number: int) -> date:
    return clock.today() + timedelta(days=number)


def invite(article: Article, chair: User, *people: User, answer: int = 7, review: int = 21) -> list[Review]:
    return assignment.invite(article, people, by=chair, answer_by=soon(answer), review_by=soon(review))


def told(row: Any) -> list[str]:
    return list(row.history.order_by("history_id").values_list("history_event", flat=True))


def mails() -> list[str]:
    return [f"{row.to[0]}: {row.subject}" for row in Outbox.objects.order_by("id")]


# Inviting.


def test_several_at_once_with_days_and_a_mail_to_each(
    editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    made = invite(submitted(editor), chair, reviewer, reviewer3)
    assert [(row.reviewer, row.invited_by, row.answer_by, row.review_by) for row in made] == [
        (reviewer, chair, soon(7), soon(21)),
        (reviewer3, chair, soon(7), soon(21)),
    ]
    assert [told(row) for row in made] == [["review.invite"]] * 2
    question = "Invitation to review: May drug A be given in kidney failure?"
    assert mails() == [f"{who.email}: {question}" for who in (reviewer, reviewer3)]
    # Never asked is not the same as none (F12).
    assert {row.conflict for row in made} == {Conflict.NOT_ASKED}


def test_all_or_nobody_is_invited_and_every_hindrance_is_named(
    editor: User, reviewer: User, reviewer2: User, reviewer3: User, chair: User
) -> None:
    article = submitted(editor)
    interests.declare(article, by=reviewer3, conflict=Conflict.DECLARED, text="Fees.")
    with pytest.raises(Refusal) as told_so:
        invite(article, chair, reviewer, reviewer2, reviewer3, editor)
    assert told_so.value.sentence == (
        "Nobody was invited. Ralph Reviewer cannot be invited: a signature of theirs could not help to meet the "
        "sign-off rule. Rosalind Reviewer cannot be invited: declared an interest. Edith Editor is no serving member "
        "of the board."
    )
    assert (Review.objects.invited().count(), Outbox.objects.count()) == (0, 0)


def test_a_contributor_is_refused_even_if_forced(editor: User, chair: User, client: Client) -> None:
    both = person("Bo Both", "editor", "reviewer")
    board_member(both, "nephrology")
    article = submitted(both)
    page = reverse("invite_reviewers", args=[article.slug])
    sign_in(client, chair)
    assert f'value="{both.pk}"' not in client.get(page).content.decode()
    forced = {"person": both.pk, "answer_by": soon(1), "review_by": soon(2)}
    answer = client.post(page, forced)
    assert (answer.status_code, "Bo Both cannot be invited: contributed to the text." in answer.content.decode()) == (
        409,
        True,
    )
    assert Review.objects.count() == 0


def test_who_has_it_or_is_asked_is_not_invited_again(
    editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    article, _ = under_review(editor, reviewer)
    invite(article, chair, reviewer3)
    for somebody, why in ((reviewer, "has it in work already"), (reviewer3, "is invited already")):
        with pytest.raises(Refusal, match=why):
            invite(article, chair, somebody)


def test_only_a_chair_who_did_not_write_the_text_invites(editor: User, reviewer: User, chair: User) -> None:
    author = person("Ada Author", "editor", "chair")
    article = submitted(author)
    with pytest.raises(NotAllowed, match="another chair must choose"):
        invite(article, author, reviewer)
    with pytest.raises(NotAllowed, match="Only the chair"):
        invite(article, editor, reviewer)
    (review,) = invite(article, chair, reviewer)
    with pytest.raises(NotAllowed, match="another chair must choose"):
        assignment.withdraw_invitation(review, by=author)
    assert review.waiting


@pytest.mark.parametrize(
    ("answer", "review", "why"),
    [
        (-1, 5, "is over already"),
        (5, 4, "cannot be due before the answer"),
        (5, 367, "more than a year away"),
    ],
)
def test_days_that_cannot_be_kept_are_refused(
    editor: User, reviewer: User, chair: User, answer: int, review: int, why: str
) -> None:
    with pytest.raises(Refusal, match=why):
        invite(submitted(editor), chair, reviewer, answer=answer, review=review)


def test_nobody_and_no_text_are_refused(editor: User, reviewer: User, chair: User) -> None:
    with pytest.raises(Refusal, match="Choose whom to invite"):
        invite(submitted(editor), chair)
    with pytest.raises(Refusal, match="not with the board now"):
        invite(make_article(editor), chair, reviewer)
    with pytest.raises(Refusal, match="Give both days"):
        assignment.invite(submitted(editor), [reviewer], by=chair, answer_by=None, review_by=soon(3))


def test_a_lapsed_member_is_refused_and_one_who_is_away_is_not(
    editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    lapsed, away = BoardMember.objects.get(user=reviewer), BoardMember.objects.get(user=reviewer3)
    for member, changes in ((lapsed, {"expires_on": soon(-1)}), (away, {"away_until": soon(30)})):
        with transaction.atomic():
            vars(member).update(changes)
            record(member, by=None, event="board.save")
    with pytest.raises(Refusal, match="Rita Reviewer cannot be invited: credential check lapsed on"):
        invite(submitted(editor), chair, reviewer)
    assert invite(submitted(editor), chair, reviewer3)


# Answering.


def test_accepting_begins_a_round_that_is_due_on_the_day_named(editor: User, reviewer: User, chair: User) -> None:
    article = submitted(editor)
    (review,) = invite(article, chair, reviewer)
    row = assignment.accept(review, by=reviewer)
    review.refresh_from_db()
    assert (review.answer, review.conflict, row.due_on) == (Answer.ACCEPTED, Conflict.NONE, soon(21))
    assert told(review) == ["review.invite", "review.declare", "review.accept"]
    assert Article.objects.get(pk=article.pk).state == "under_review"


def test_taking_an_open_article_when_invited_accepts(
    client: Client, editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    article = submitted(editor)
    invite(article, chair, reviewer)
    sign_in(client, reviewer).post(reverse("take", args=[article.slug]))
    assert (Review.objects.get().answer, Round.objects.get().due_on) == (Answer.ACCEPTED, soon(21))
    assert rounds.take(article, by=reviewer3).due_on is None


def test_an_invitation_is_answered_once_and_by_its_reviewer(
    editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    (review,) = invite(submitted(editor), chair, reviewer)
    with pytest.raises(NotAllowed, match="another person's"):
        assignment.accept(review, by=reviewer3)
    assignment.decline(review, by=reviewer, because="time")
    for again in (lambda: assignment.accept(review, by=reviewer), lambda: decline(review, reviewer, "time")):
        with pytest.raises(Refusal, match="answered or withdrawn already"):
            again()


def decline(review: Review, by: User, because: str, note: str = "") -> Review:
    return assignment.decline(review, by=by, because=because, note=note)


@pytest.mark.parametrize("because", ["", "busy", "TIME"])
def test_no_unknown_reason_is_taken(editor: User, reviewer: User, chair: User, because: str) -> None:
    (review,) = invite(submitted(editor), chair, reviewer)
    with pytest.raises(Refusal, match="Choose why you decline"):
        decline(review, reviewer, because)
    review.refresh_from_db()
    assert review.waiting


@pytest.mark.parametrize(("because", "why"), [("other", "Say why in a few words"), ("conflict", "what the interest")])
def test_some_reasons_need_a_note(
    client: Client, editor: User, reviewer: User, chair: User, because: str, why: str
) -> None:
    article = submitted(editor)
    (review,) = invite(article, chair, reviewer)
    answer = sign_in(client, reviewer).post(reverse("decline", args=[article.slug]), {"because": because, "note": " "})
    page = answer.content.decode()
    assert (answer.status_code, why in page, f'value="{because}" required checked' in page) == (409, True, True)
    review.refresh_from_db()
    assert (review.waiting, review.conflict) == (True, Conflict.NOT_ASKED)


def test_a_conflict_is_declared_by_declining(editor: User, reviewer: User, chair: User) -> None:
    """F12: three values, and declared blocks; whoever declined for it is not offered again until it is cleared."""
    article = submitted(editor)
    (review,) = invite(article, chair, reviewer)
    review = decline(review, reviewer, "conflict", "I hold shares.")
    assert (review.answer, review.declined_because) == (Answer.DECLINED, "conflict")
    assert (review.conflict, review.conflict_text, review.conflicted) == (Conflict.DECLARED, "I hold shares.", True)
    with pytest.raises(Refusal, match="declared an interest"):
        invite(article, chair, reviewer)
    interests.clear(review, by=chair, reason="Sold long ago.")
    assert invite(article, chair, reviewer)[0].waiting


def test_three_values_and_declared_blocks(editor: User, reviewer: User, reviewer3: User, chair: User) -> None:
    """F12: never asked is not none, and a declared interest is not as good as none, invited or not."""
    article = submitted(editor)
    (asked,) = invite(article, chair, reviewer3)
    assert (asked.conflict, asked.conflict_line) == (Conflict.NOT_ASKED, "Not asked.")
    _, row = under_review(editor, reviewer, question="Another?")
    assert (row.review.conflict, row.review.conflict_line) == (
        Conflict.NONE,
        "No conflict of interest for this article.",
    )
    interests.declare(article, by=reviewer3, conflict=Conflict.DECLARED, text="Fees.")
    asked.refresh_from_db()
    with pytest.raises(NotAllowed, match="declared an interest"):
        assignment.accept(asked, by=reviewer3)
    with pytest.raises(NotAllowed, match="declared an interest"):
        rounds.take(article, by=reviewer3)
    assert list(Review.objects.to_answer()) == []


def test_the_chair_ends_the_invitation_of_whom_an_interest_bars(editor: User, reviewer: User, chair: User) -> None:
    article = submitted(editor)
    (review,) = invite(article, chair, reviewer)
    interests.declare(article, by=reviewer, conflict=Conflict.DECLARED, text="Fees.")
    review.refresh_from_db()
    assert interests.keep_barred(review, by=chair, reason="No.").answer == Answer.WITHDRAWN


def test_asked_again_the_earlier_answer_stays_in_the_history(editor: User, reviewer: User, chair: User) -> None:
    article = submitted(editor)
    (review,) = invite(article, chair, reviewer)
    decline(review, reviewer, "time", "Back in May.")
    (again,) = invite(article, chair, reviewer)
    assert (again.pk, again.answer, again.declined_because, again.declined_note) == (review.pk, "", "", "")
    kept = again.history.get(history_event="review.decline")
    assert (kept.declined_because, kept.declined_note) == ("time", "Back in May.")


def test_withdrawn_before_the_answer_and_not_after(editor: User, reviewer: User, reviewer3: User, chair: User) -> None:
    article = submitted(editor)
    first, second = invite(article, chair, reviewer, reviewer3)
    with pytest.raises(NotAllowed):
        assignment.withdraw_invitation(first, by=editor)
    assert assignment.withdraw_invitation(first, by=chair).answer == Answer.WITHDRAWN
    with pytest.raises(Refusal, match="answered or withdrawn"):
        assignment.accept(first, by=reviewer)
    assignment.accept(second, by=reviewer3)
    with pytest.raises(Refusal, match="answered meanwhile"):
        assignment.withdraw_invitation(second, by=chair)
    assert invite(article, chair, reviewer)[0].waiting


def test_what_only_one_of_two_columns_says_is_refused_by_postgresql(editor: User, reviewer: User, chair: User) -> None:
    (review,) = invite(submitted(editor), chair, reviewer)
    for change, name in (
        ({"answer": "accepted"}, "answers_have_a_time"),
        ({"declined_because": "time"}, "only_declined_ones_say_why"),
        ({"invited_by": None}, "invitations_have_a_sender_and_a_date"),
    ):
        with refused(name):
            Review.objects.filter(pk=review.pk).update(**change)
