"""`manage.py remind` again, and twice at once: what it costs, that nothing is told twice, how long it is kept."""

from datetime import timedelta
from io import StringIO
from itertools import pairwise
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from oracle import clock
from oracle.accounts.models import User
from oracle.accounts.people import choose_mail
from reviews import mail, reminders
from reviews.management.commands.forget_notices import FEWEST
from reviews.models import Notice
from reviews.reminders import remind
from tests.cast import approved, submitted, under_review
from tests.reading import after
from tests.test_mail import changed, everybody, invitation, the_sites_own_mail
from tests.test_remind import ready_for, told

__all__ = ["everybody", "the_sites_own_mail"]
pytestmark = pytest.mark.django_db


def test_it_costs_the_same_for_one_article_and_many(everybody: dict[str, User]) -> None:
    who, counts = everybody, []
    for many in (1, 4):
        for number in range(many):
            article = approved(who["editor"], who["reviewer"], question=f"{many} {number}?")
            invitation(submitted(who["editor"], question=f"{number} {many}?"), who["reviewer2"], who["chair"])
            changed(
                under_review(who["editor"], who["reviewer"], question=f"{number}, {many}?")[1],
                due_on=clock.today() + timedelta(days=8),
            )
        for day in (clock.today() + timedelta(days=8 + many), article.review_due or clock.today()):
            with after(day), CaptureQueriesContext(connection) as captured:
                assert remind() > 0
            counts.append(len(captured))
            with after(day), CaptureQueriesContext(connection) as captured:
                assert remind() == 0
            counts.append(len(captured))
    assert counts == [24, 20] * 4


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one(everybody: dict[str, User]) -> None:
    due = ready_for("signatures", everybody)
    choose_mail(everybody["chair"], "daily")
    made: list[int] = []

    def run() -> None:
        try:
            made.append(remind())
        finally:
            connections.close_all()

    with after(due):
        threads = [Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (sorted(made), set(told(everybody))) == ([0, 0, 0, 3], {"editor", "reviewer", "chair"})


def test_postgresql_keeps_one_notice_for_each_occasion(everybody: dict[str, User]) -> None:
    mail.invited(invitation(submitted(everybody["editor"]), everybody["reviewer"], everybody["chair"]))
    row = Notice.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="key"), transaction.atomic():
        row.save()


def test_the_command_says_what_it_did(everybody: dict[str, User]) -> None:
    due, said = ready_for("signatures", everybody), StringIO()
    with after(due):
        for _ in range(2):
            call_command("remind", stdout=said)
    assert said.getvalue().splitlines() == ["3 messages written to the outbox", "0 messages written to the outbox"]


def test_old_notices_are_forgotten_what_waits_never_and_nobody_is_told_again(everybody: dict[str, User]) -> None:
    who = everybody
    choose_mail(who["chair"], "weekly")
    due, said = ready_for("signatures", who), StringIO()
    with after(due - timedelta(days=60)):
        remind()
    first = Notice.objects.filter(mailed_at=None).count()
    made = Notice.objects.latest("at").at
    for moment in (timedelta(days=90, seconds=-1), timedelta(days=90)):
        with clock.moved_to(made + moment):
            call_command("forget_notices", stdout=said)
    assert [line.partition(" ")[0] for line in said.getvalue().splitlines()] == ["0", str(3 - first)]
    assert set(Notice.objects.values_list("to", flat=True)) == ({who["chair"].pk} if first else set())
    with pytest.raises(CommandError, match="31 days"):
        call_command("forget_notices", "--days", "30")


def test_no_stage_lasts_longer_than_its_notices_are_kept() -> None:
    stages = (reminders.ANSWERING, reminders.REVIEWING, reminders.LAPSING, reminders.RUNNING_OUT)
    assert max(one - two for row in stages for one, two in pairwise(row)) < FEWEST
