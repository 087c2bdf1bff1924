"""Who reviews what: invitations and their answers, replacing, days, reminders; what was noted stays on record."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
from reviews import assignment, checking, days, discussion, interests, rounds
from reviews.models import Answer, BoardMember, Conflict, Review, Round, RoundEnd
from reviews.rounds import SECOND_LOOK

from .attacks import refused
from .cast import (
    approved,
    board_member,
    judge_everything,
    make_article,
    person,
    sent_again,
    sign,
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


# Giving back, replacing.


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
    assert assignment.remind_now(*work, by=chair) == 2
    question = "The chair reminds you: May drug A be given in kidney failure?"
    assert mails() == [f"{who.email}: {question}" for who in (reviewer3, reviewer)]
    article.perform("recall", by=editor, reason="One more change.")
    assert assignment.open_work([article.pk]) == ([], [])
    with pytest.raises(Refusal, match="Somebody answered or ended"):
        assignment.remind_now(*work, by=chair)
    with pytest.raises(Refusal, match="nobody to write to"):
        assignment.remind_now([], [], by=chair)
    assert Outbox.objects.count() == 2


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


# The pages.


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
