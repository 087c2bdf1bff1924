"""Mail that people want once a day or once a week: when it goes, what stands in it, what is left out (F19)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from oracle import clock
from oracle.accounts.models import User
from oracle.accounts.people import choose_mail
from oracle.outbox.models import Outbox
from reviews import assignment, mail, reaffirming, rounds
from reviews.models import Notice, Round
from reviews.reminders import remind
from tests.cast import approved, judge_everything, sent_again, submitted
from tests.reading import after
from tests.test_assignment import invite
from tests.test_mail import changed, everybody, invitation, judged, the_sites_own_mail
from tests.test_reaffirming import sign_again

__all__ = ["everybody", "the_sites_own_mail"]
pytestmark = pytest.mark.django_db


def at(day: date, hour: int, minute: int = 0) -> Any:
    return clock.moved_to(datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC))


MONDAY = date(2027, 3, 1)


def test_daily_mail_comes_in_the_morning_once_a_day(everybody: dict[str, User]) -> None:
    who = everybody
    choose_mail(who["reviewer"], "daily")
    articles = [submitted(who["editor"], question=f"Question {number}?") for number in range(3)]
    with at(MONDAY, 6):
        mail.invited(invitation(articles[0], who["reviewer"], who["chair"]))
        assert remind() == 0
    with at(MONDAY, 7):
        assert (remind(), remind()) == (1, 0)
    with at(MONDAY, 9):
        mail.invited(invitation(articles[1], who["reviewer"], who["chair"]))
        assert remind() == 0
    with at(MONDAY + timedelta(days=1), 6, 59):
        mail.invited(invitation(articles[2], who["reviewer"], who["chair"]))
        assert remind() == 0
    with at(MONDAY + timedelta(days=1), 7):
        assert (remind(), remind()) == (1, 0)
    subjects = [row.subject for row in Outbox.objects.order_by("id")]
    assert subjects == ["Invitation to review: Question 0?", "2 things for you, the first due on 8 March 2027"]


def test_weekly_mail_comes_on_monday_or_as_soon_as_it_can(everybody: dict[str, User]) -> None:
    who = everybody
    choose_mail(who["reviewer"], "weekly")
    articles = [submitted(who["editor"], question=f"Question {number}?") for number in range(3)]
    with at(MONDAY - timedelta(days=4), 9):
        mail.invited(invitation(articles[0], who["reviewer"], who["chair"], answer_by=date(2027, 4, 1)))
    for days in (4, 1):
        with at(MONDAY - timedelta(days=days), 12):
            assert remind() == 0
    with at(MONDAY, 6, 59):
        assert remind() == 0
    # The machine was off on Monday; what came since then is for the next.
    with at(MONDAY + timedelta(days=1), 9):
        mail.invited(invitation(articles[1], who["reviewer"], who["chair"], answer_by=date(2027, 4, 2)))
        assert (remind(), remind()) == (1, 0)
    with at(MONDAY + timedelta(days=7), 7):
        assert (remind(), remind()) == (1, 0)
    assert [row.subject for row in Outbox.objects.order_by("id")] == [
        "Invitation to review: Question 0?",
        "Invitation to review: Question 1?",
    ]


def test_what_is_due_first_stands_above_and_kinds_stand_together(everybody: dict[str, User]) -> None:
    who = everybody
    choose_mail(who["reviewer"], "daily")
    rows = [
        invitation(submitted(who["editor"], question=f"In {days} days?"), who["reviewer"], who["chair"], answer_by=due)
        for days in (9, 5)
        for due in [clock.today() + timedelta(days=days)]
    ]
    for row in rows:
        mail.invited(row)
    work = changed(judged(who), due_on=clock.today() + timedelta(days=7))
    mail.remind(work, by=who["chair"])
    with after(clock.today() + timedelta(days=1)):
        assert remind() == 1
    (digest,) = Outbox.objects.filter(to=[who["reviewer"].email])
    said = [line for line in digest.body.splitlines() if line.startswith("==") or line.endswith("?")]
    assert said == [
        "== Invitation to review ==",
        "In 5 days?",
        "In 9 days?",
        "== The chair reminds you ==",
        "May drug A be given in kidney failure?",
    ]
    assert digest.subject.startswith("3 things for you, the first due on ")
    assert digest.body.count("https://articles.example.org/desk/") == 3
    assert "You get them together because you chose so." in digest.body


def test_who_now_wants_mail_at_once_gets_what_waited(everybody: dict[str, User]) -> None:
    who = everybody
    choose_mail(who["reviewer"], "weekly")
    for number in range(2):
        row = invitation(submitted(who["editor"], question=f"{number}?"), who["reviewer"], who["chair"])
        mail.invited(row)
    choose_mail(who["reviewer"], "instant")
    assert (remind(), remind()) == (2, 0)


def test_what_the_board_sent_back_is_dropped_once_it_is_sent_again(everybody: dict[str, User]) -> None:
    who = everybody
    choose_mail(who["editor"], "daily")
    choose_mail(who["reviewer"], "daily")
    article = rounds.ask_for_changes(judged(who), by=who["reviewer"], reason="Mend it.")
    sent_again(article, who["editor"])
    kinds = Notice.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["sent_back", "answered", "resubmitted"]
    with after(clock.today() + timedelta(days=1)):
        assert remind() == 1
    left = {row.kind: (row.mailed_at is None, row.dropped_at is None) for row in Notice.objects.all()}
    assert left == {"sent_back": (True, False), "answered": (True, False), "resubmitted": (False, True)}


def test_an_answer_to_the_chair_is_dropped_once_the_chair_asked_again(everybody: dict[str, User]) -> None:
    who = everybody
    choose_mail(who["chair"], "daily")
    rows = [invitation(submitted(who["editor"], question=f"{n}?"), who["reviewer"], who["chair"]) for n in range(2)]
    for row in rows:
        assignment.decline(row, by=who["reviewer"], because="time")
    invite(rows[0].article, who["chair"], who["reviewer"])
    with after(clock.today() + timedelta(days=1)):
        remind()
    found = Outbox.objects.get(to=[who["chair"].email])
    assert (found.subject, "will not review this: no time. Decide" in found.body) == ("Invitation declined: 1?", True)


def test_what_is_not_reaffirmed_is_dropped_once_its_date_moved(everybody: dict[str, User]) -> None:
    who, moved = everybody, []
    choose_mail(who["chair"], "daily")
    for number in range(2):
        article = approved(who["editor"], who["reviewer"], question=f"{number}?")
        with after(clock.today() + timedelta(days=1)):
            reaffirming.decline(reaffirming.begin(article, by=who["reviewer"]), by=who["reviewer"], reason="Outdated.")
        moved.append(article)
    with after(clock.today() + timedelta(days=2)):
        row = reaffirming.begin(moved[0], by=who["reviewer"])
        judge_everything(row)
        sign_again(row)
    with after(clock.today() + timedelta(days=3)):
        remind()
    assert [found.subject for found in Outbox.objects.filter(to=[who["chair"].email])] == ["Not reaffirmed: 1?"]


def test_a_day_set_later_drops_the_reminder_of_the_old_one_and_no_news(everybody: dict[str, User]) -> None:
    who, today = everybody, clock.today()
    choose_mail(who["reviewer"], "daily")
    article = rounds.ask_for_changes(judged(who), by=who["reviewer"], reason="Mend it.")
    sent_again(article, who["editor"])
    row = changed(Round.objects.active().get(), due_on=today + timedelta(days=3))
    with clock.moved_to(datetime.combine(today + timedelta(days=1), datetime.min.time(), UTC)):
        remind()
    changed(row, due_on=today + timedelta(days=30))
    with after(today + timedelta(days=1)):
        assert remind() == 1
    left = {row.kind: row.mailed_at is not None for row in Notice.objects.filter(round=row.pk)}
    assert left == {"resubmitted": True, "review_due": False}
