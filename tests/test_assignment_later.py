"""What the chair does later: replacing, moving days, reminding; what is late, and when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from oracle import clock
from oracle.accounts.models import User
from oracle.outbox.models import Outbox
from oracle.refusals import NotAllowed, Refusal
from reviews import assignment, checking, days, discussion, interests, rounds
from reviews.candidates import choice_for
from reviews.models import Answer, Conflict, Review, Round, RoundEnd
from reviews.rounds import SECOND_LOOK

from .cast import (
    board_member,
    judge_everything,
    person,
    revised,
    sent_again,
    sign,
    sign_in,
    submitted,
    under_review,
)
from .test_assignment import decline, invite, mail_waits_in_the_outbox, mails, soon, told  # noqa: F401

pytestmark = pytest.mark.django_db


def test_replacing_ends_the_round_and_keeps_what_was_noted(
    editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    article, row = under_review(editor, reviewer)
    check = checking.judge(row, row.version.fixed_claims[0].id, by=reviewer, verdict="partly", note="In adults.")
    remark = discussion.comment(row, by=reviewer, body="Which trial?", blocking=False)
    article = assignment.replace(
        row,
        by=chair,
        reason="No time until May.",
        with_=reviewer3,
        answer_by=soon(3),
        review_by=soon(9),
    )
    row.refresh_from_db()
    assert (row.end, row.reason, article.state) == (RoundEnd.REPLACED, "No time until May.", "submitted")
    assert (row.checks.get(), row.comments.get()) == (check, remark)
    assert Review.objects.get(reviewer=reviewer3).waiting
    assert row.history.latest("history_id").history_change_reason == "No time until May."
    with pytest.raises(Refusal, match="gave this review to somebody else"):
        checking.judge(row, row.version.fixed_claims[1].id, by=reviewer, verdict="supported")


def test_a_replaced_reviewer_does_not_get_the_next_version(
    editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    article, row = under_review(editor, reviewer)
    other = rounds.take(article, by=reviewer3)
    assert assignment.replace(row, by=chair, reason="Ill.").state == "under_review"
    article = rounds.ask_for_changes(other, by=reviewer3, reason="Mend.")
    sent_again(article, editor)
    (again,) = Round.objects.active()
    assert (again.reviewer, again.due_on) == (reviewer3, clock.today() + SECOND_LOOK)


def test_a_replaced_reviewer_takes_the_text_again_only_when_invited(
    client: Client, editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    article, row = under_review(editor, reviewer)
    rounds.take(article, by=reviewer3)
    article = assignment.replace(row, by=chair, reason="Ill.")
    with pytest.raises(NotAllowed, match="The chair gave this review to somebody else"):
        rounds.take(article, by=reviewer)
    assert not Round.objects.active().filter(review__reviewer=reviewer).exists()
    sign_in(client, reviewer)
    assert "Look and take" not in client.get("/desk/").content.decode()
    page = client.get(f"/desk/articles/{article.slug}/take/").content.decode()
    assert ("The chair gave this review" in page, "No conflict, begin" in page) == (True, False)
    invite(article, chair, reviewer)
    assert rounds.take(article, by=reviewer).number == 2


def test_a_replacement_that_cannot_be_invited_replaces_nobody(
    editor: User, reviewer: User, reviewer2: User, chair: User
) -> None:
    _, row = under_review(editor, reviewer)
    with pytest.raises(Refusal, match="Ralph Reviewer cannot be invited"):
        assignment.replace(row, by=chair, reason="Ill.", with_=reviewer2, answer_by=soon(3), review_by=soon(9))
    row.refresh_from_db()
    assert (row.ended_at, row.article.state) == (None, "under_review")


def test_who_signed_cannot_be_replaced(editor: User, reviewer: User, chair: User) -> None:
    _, row = under_review(editor, reviewer, risk="high")
    judge_everything(row)
    sign(row)
    with pytest.raises(Refusal, match="has signed this version"):
        assignment.replace(row, by=chair, reason="Too slow.")


def test_replacing_needs_a_reason_another_person_and_the_chair(editor: User, reviewer: User, chair: User) -> None:
    both = person("Bo Both", "chair", "reviewer")
    board_member(both, "nephrology")
    article, row = under_review(editor, reviewer)
    own = rounds.take(article, by=both)
    for work, by, reason, why in (
        (row, chair, " ", "Say why Rita Reviewer is replaced"),
        (own, both, "Ill.", "give it back instead"),
        (row, reviewer, "Ill.", "Only the chair"),
    ):
        with pytest.raises(Refusal, match=why):
            assignment.replace(work, by=by, reason=reason)
    rounds.give_back(row, by=reviewer, note="No time.")
    with pytest.raises(Refusal, match="has ended meanwhile"):
        assignment.replace(row, by=chair, reason="Ill.")


def test_the_note_of_who_gave_it_back_stands_before_the_next(
    client: Client, editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    article, row = under_review(editor, reviewer)
    rounds.give_back(row, by=reviewer, note="The second table needs a statistician.")
    invite(article, chair, reviewer3)
    page = sign_in(client, reviewer3).get(reverse("take", args=[article.slug])).content.decode()
    assert "The second table needs a statistician." in page


# Days and reminders, many at once.


def test_days_of_many_are_moved_at_once_and_on_record(
    editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    article = submitted(editor)
    first, second = invite(article, chair, reviewer, reviewer3)
    row = assignment.accept(first, by=reviewer)
    work = assignment.open_work([article.pk])
    assert assignment.move_dates(*work, by=chair, answer_by=soon(10), review_by=soon(40)) == 2
    second.refresh_from_db()
    row.refresh_from_db()
    assert (second.answer_by, second.review_by, row.due_on) == (soon(10), soon(40), soon(40))
    assert (told(second)[-1], told(row)[-1]) == ("review.dates", "round.dates")
    assert assignment.move_dates(*work, by=chair, answer_by=soon(12)) == 1
    second.refresh_from_db()
    assert (second.answer_by, second.review_by) == (soon(12), soon(40))


def test_one_that_cannot_be_moved_moves_none(editor: User, reviewer: User, reviewer3: User, chair: User) -> None:
    early, late = submitted(editor, question="Early?"), submitted(editor, question="Late?")
    (near,) = invite(early, chair, reviewer, answer=2, review=4)
    invite(late, chair, reviewer, answer=2, review=40)
    work = assignment.open_work([early.pk, late.pk])
    with pytest.raises(Refusal, match="cannot be due before the answer"):
        assignment.move_dates(*work, by=chair, answer_by=soon(10))
    with pytest.raises(Refusal, match="at least one of the two days"):
        assignment.move_dates(*work, by=chair)
    with pytest.raises(NotAllowed):
        assignment.move_dates(*work, by=reviewer, answer_by=soon(3))
    decline(near, reviewer, "time")
    with pytest.raises(Refusal, match="Somebody answered"):
        assignment.move_dates(*work, by=chair, review_by=soon(50))
    assert Review.objects.get(article=late).review_by == soon(40)


def test_reminders_go_to_whom_it_concerns_and_stop_when_the_article_moves_on(
    editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    """F19: nobody is reminded of an article already decided or taken back."""
    article = submitted(editor)
    first, _ = invite(article, chair, reviewer, reviewer3)
    assignment.accept(first, by=reviewer)
    Outbox.objects.all().delete()
    work = assignment.open_work([article.pk])
    assert assignment.remind_now(*work, by=chair) == (2, [])
    question = "The chair reminds you: May drug A be given in kidney failure?"
    assert mails() == [f"{who.email}: {question}" for who in (reviewer3, reviewer)]
    article.perform("recall", by=editor, reason="One more change.")
    assert assignment.open_work([article.pk]) == ([], [])
    with pytest.raises(Refusal, match="Somebody answered or ended"):
        assignment.remind_now(*work, by=chair)
    with pytest.raises(Refusal, match="nobody to write to"):
        assignment.remind_now([], [], by=chair)
    assert Outbox.objects.count() == 2


def test_nobody_is_reminded_twice_on_a_day_and_the_chair_is_told_so(
    client: Client, editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    article = submitted(editor)
    (first,) = invite(article, chair, reviewer)
    assert assignment.remind_now(*assignment.open_work([article.pk]), by=chair) == (1, [])
    invite(article, chair, reviewer3)
    mailed = Outbox.objects.count()
    sign_in(client, chair)
    places = (reverse("assignments"), reverse("one_reviewer", args=[article.slug, first.pk]))
    said = [
        client.post(place, {"act": "remind", "article": article.pk}, follow=True).content.decode() for place in places
    ]
    assert "1 reminder is on the way. Reminded today already: Rita Reviewer." in said[0]
    assert "Rita Reviewer was reminded today already; no second mail went." in said[1]
    assert Outbox.objects.count() == mailed + 1
    with clock.moved_to(clock.now() + timedelta(days=1)):
        assert assignment.remind_now(*assignment.open_work([article.pk]), by=chair) == (2, [])


def test_the_same_people_to_many_articles_or_to_none(editor: User, reviewer: User, chair: User) -> None:
    articles = [submitted(editor, question=f"Question {number}?") for number in range(3)]
    under = articles[1]
    interests.declare(under, by=reviewer, conflict=Conflict.DECLARED, text="Fees.")
    given: dict[str, Any] = {"by": chair, "answer_by": soon(3), "review_by": soon(9)}
    with pytest.raises(Refusal, match=r"declared an interest\. \(Article: Question 1\?\)"):
        assignment.invite_to_all(articles, [reviewer], **given)
    assert (Review.objects.invited().count(), Outbox.objects.count()) == (0, 0)
    assert len(assignment.invite_to_all([articles[0], articles[2]], [reviewer], **given)) == 2


# Late.


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_late_only_after_the_end_of_the_day_in_the_sites_zone(
    client: Client, editor: User, chair: User, settings: Any, zone: str
) -> None:
    """F19: on its own day, to the last minute, nothing is late; a day ends at the site's midnight, not at UTC's."""
    settings.TIME_ZONE = zone
    reviewer = person("Zora Zone", "reviewer")
    with clock.moved_to(datetime(2031, 5, 1, 12, tzinfo=ZoneInfo(zone))):
        board_member(reviewer, "nephrology")
        (review,) = invite(submitted(editor), chair, reviewer, answer=1, review=2)
        row = assignment.accept(review, by=reviewer)
        assert row.due_on == date(2031, 5, 3)
    before = datetime(2031, 5, 3, 23, 58, tzinfo=ZoneInfo(zone))
    after = datetime(2031, 5, 4, 0, 1, tzinfo=ZoneInfo(zone))
    assert before.astimezone(UTC).date() == after.astimezone(UTC).date()  # a day of UTC would not tell them apart
    seen = []
    for moment in (before - timedelta(days=1), before, after):
        with clock.moved_to(moment):
            late = (row.late(clock.today()), Round.objects.late(clock.today()).exists())
            page = sign_in(client, reviewer).get(reverse("to_do")).content.decode()
            chairs = sign_in(client, chair).get(reverse("to_do")).content.decode()
            said = [words for words in ("due tomorrow", "due today", "late since 4 May") if words in page]
            seen.append((late, said[-1], "Late reviews" in chairs))
    assert seen == [
        ((False, False), "due tomorrow", False),
        ((False, False), "due today", False),
        ((True, True), "late since 4 May", True),
    ]


def test_a_day_in_short_words() -> None:
    with clock.moved_to(datetime(2031, 12, 30, 12, tzinfo=UTC)):
        said = [days.due(date(2031, 12, 30) + timedelta(days=number)) for number in (-2, -1, 0, 1, 2, 3)]
        assert said == [
            "late since 29 December",
            "late since 30 December",
            "due today",
            "due tomorrow",
            "due 1 January 2032",
            "due 2 January 2032",
        ]
        assert days.answer_due(date(2031, 12, 29)) == "answer late since 30 December"
        assert [days.answer_due(date(2031, 12, number)) for number in (30, 31)] == [
            "answer by today",
            "answer by tomorrow",
        ]


def test_a_round_that_ended_is_never_late(editor: User, reviewer: User, chair: User) -> None:
    (review,) = invite(submitted(editor), chair, reviewer)
    row = assignment.accept(review, by=reviewer)
    rounds.give_back(row, by=reviewer)
    row.refresh_from_db()
    assert (row.late(soon(100)), Round.objects.late(soon(100)).exists()) == (False, False)


# The article is decided.


def test_what_is_decided_ends_the_invitations_that_wait(
    editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    """They would come back, long past their day, when the next version is with the board."""
    article, row = under_review(editor, reviewer)
    (asked,) = invite(article, chair, reviewer3)
    judge_everything(row)
    article = sign(row)
    asked.refresh_from_db()
    entry = asked.history.latest("history_id")
    assert (asked.answer, entry.history_event, entry.history_user) == (Answer.WITHDRAWN, "article.approve", None)
    article = revised(article, editor).perform("submit", by=editor)
    assert list(Review.objects.to_answer()) == []
    assert choice_for(article).of(reviewer3.pk) in choice_for(article).offered


def test_so_does_withdrawing_but_not_taking_back(editor: User, reviewer: User, chair: User) -> None:
    (asked,) = invite(submitted(editor), chair, reviewer)
    article = asked.article.perform("recall", by=editor, reason="One more change.")
    asked.refresh_from_db()
    assert asked.waiting
    article.perform("withdraw", by=chair, reason="Superseded.")
    asked.refresh_from_db()
    assert (asked.answer, told(asked)) == (Answer.WITHDRAWN, ["review.invite", "article.withdraw"])
