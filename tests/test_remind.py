"""`manage.py remind`: what the calendar brings, to whom, once; nothing of what moved on, nothing late on its own day
(F19); and no deadline that passes decides anything (F6).
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from articles.models import Article
from articles.models.suspension import suspend
from oracle import clock
from oracle.accounts.models import User
from oracle.accounts.people import choose_mail, deactivate
from oracle.outbox.models import Outbox
from reviews import discussion, interests, rounds
from reviews.models import BoardMember, Conflict, Notice, Review, Round, SignOff
from reviews.reminders import remind
from tests.cast import approved, judge_everything, person, revised, sign, sign_in, submitted
from tests.reading import after
from tests.test_mail import (
    changed,
    everybody,
    invitation,
    judged,
    links,
    name,
    rows_of_history,
    the_sites_own_mail,
)

__all__ = ["everybody", "the_sites_own_mail"]
pytestmark = pytest.mark.django_db
Ready = Callable[[dict[str, User]], date]


# What is ready; each gives back its due day.
def an_invitation(who: dict[str, User]) -> date:
    row = invitation(submitted(who["editor"]), who["reviewer"], who["chair"])
    return row.answer_by or clock.today()


def a_round(who: dict[str, User]) -> date:
    due = clock.today() + timedelta(days=14)
    changed(judged(who), due_on=due)
    return due


def a_signed_text(who: dict[str, User]) -> date:
    return approved(who["editor"], who["reviewer"]).review_due or clock.today()


def a_credential_check(who: dict[str, User]) -> date:
    return BoardMember.objects.get(user=who["reviewer"]).expires_on or clock.today()


def a_disclosure(who: dict[str, User]) -> date:
    # Its own day, apart from the check's.
    member = BoardMember.objects.get(user=who["reviewer"])
    day = clock.today() - timedelta(days=200)
    return changed(member, disclosed_on=day).disclosed_until or clock.today()


WRITTEN_AND_SIGNED = dict.fromkeys(("editor", "reviewer", "chair"), ("To be reviewed again", "/desk/articles/{slug}/"))
LATE_INVITATION = {
    "reviewer": ("Invitation not answered", "/desk/articles/{slug}/take/"),
    "chair": ("Invitation not answered", "/desk/articles/{slug}/invite/"),
}
RUNS_OUT = {"reviewer": "/desk/my-board-record/", "administrator": "/office/reviews/boardmember/{member}/change/"}
CREDENTIALS = {who: ("Credential check runs out", path) for who, path in RUNS_OUT.items()}
DISCLOSURE = {who: ("Disclosure to be renewed", path) for who, path in RUNS_OUT.items()}
ANSWER = {"reviewer": ("Please answer the invitation", "/desk/articles/{slug}/take/")}
SOON = {"reviewer": ("Review due soon", "/desk/rounds/{round}/")}
LATE = {"reviewer": ("Review overdue", "/desk/rounds/{round}/")}
NOBODY: dict[str, tuple[str, str]] = {}
# What is ready, and days from its due day on which `remind` runs for the first time: who is told what, leading where.
TABLE: dict[str, tuple[Ready, dict[int, dict[str, tuple[str, str]]]]] = {
    "invitation": (
        an_invitation,
        {-3: NOBODY, -2: ANSWER, -1: ANSWER, 0: ANSWER, 1: LATE_INVITATION, 29: LATE_INVITATION, 31: NOBODY},
    ),
    "round": (a_round, {-4: NOBODY, -3: SOON, 0: SOON, 1: LATE, 8: LATE, 15: LATE, 22: LATE, 29: NOBODY}),
    "signatures": (
        a_signed_text,
        {-61: NOBODY} | dict.fromkeys((-60, -31, -30, -8, -7, -1, 0, 1, 29), WRITTEN_AND_SIGNED) | {30: NOBODY},
    ),
    "credentials": (a_credential_check, {-31: NOBODY, -30: CREDENTIALS, -7: CREDENTIALS, 0: CREDENTIALS, 1: NOBODY}),
    "disclosure": (a_disclosure, {-31: NOBODY, -30: DISCLOSURE, -7: DISCLOSURE, 0: DISCLOSURE, 1: NOBODY}),
}
CELLS = [(what, day) for what, (_, days) in TABLE.items() for day in days]
# How many times a person is told, where `remind` runs every day and nothing is done.
TIMES = {
    "invitation": {"reviewer": 2, "chair": 1},
    "round": {"reviewer": 5},
    "signatures": {"reviewer": 4, "editor": 4, "chair": 4},
    "credentials": {"reviewer": 2, "administrator": 2},
    "disclosure": {"reviewer": 2, "administrator": 2},
}


def only_one_member(who: dict[str, User]) -> None:
    """Of the cast one board record alone runs out."""
    for member in BoardMember.objects.exclude(user=who["reviewer"]):
        changed(member, expires_on=date(2099, 1, 1), disclosed_on=date(2098, 1, 1))


def ready_for(what: str, who: dict[str, User]) -> date:
    due = TABLE[what][0](who)
    only_one_member(who)
    member = BoardMember.objects.get(user=who["reviewer"])
    if what not in ("credentials", "disclosure"):
        changed(member, expires_on=date(2099, 1, 1), disclosed_on=date(2098, 1, 1))
    elif what == "disclosure":
        changed(member, expires_on=date(2099, 1, 1))
    else:
        changed(member, disclosed_on=date(2098, 1, 1))
    Outbox.objects.all().delete()
    Notice.objects.all().delete()
    return due


def told(who: dict[str, User]) -> dict[str, tuple[str, str]]:
    """Whom the outbox tells what, and where it leads; nothing is left in it."""
    rows = list(Outbox.objects.all())
    Outbox.objects.all().delete()
    found = {name(who, row.to[0]): (row.subject.partition(":")[0], links(row.body)[0]) for row in rows}
    assert len(found) == len(rows)
    return found


def places(who: dict[str, User]) -> dict[str, Any]:
    article, row = Article.objects.first(), Round.objects.order_by("-pk").first()
    member = BoardMember.objects.get(user=who["reviewer"])
    return {"slug": article and article.slug, "round": row and row.pk, "member": member.pk}


@pytest.mark.parametrize(("what", "day"), CELLS)
def test_who_is_reminded_of_what_on_which_day(what: str, day: int, everybody: dict[str, User]) -> None:
    due = ready_for(what, everybody)
    wanted = {who: (subject, path.format(**places(everybody))) for who, (subject, path) in TABLE[what][1][day].items()}
    with after(due + timedelta(days=day)):
        remind()
        assert told(everybody) == wanted
        remind()
        remind()
        assert told(everybody) == {}


@pytest.mark.parametrize("what", TABLE)
def test_every_day_of_a_deadline_nobody_minds(what: str, everybody: dict[str, User]) -> None:
    due = ready_for(what, everybody)
    before = rows_of_history()
    days = TABLE[what][1]
    for day in range(min(days), max(days) + 2):
        if due + timedelta(days=day) > clock.today():
            with after(due + timedelta(days=day)):
                remind()
    counted: dict[str, int] = {}
    for row in Outbox.objects.all():
        who = name(everybody, row.to[0])
        counted[who] = counted.get(who, 0) + 1
    assert counted == TIMES[what]
    assert rows_of_history() == before


def test_f6_silence_approves_nothing_and_is_no_consent(everybody: dict[str, User]) -> None:
    who = everybody
    asked = invitation(submitted(who["editor"], question="Asked?"), who["reviewer2"], who["chair"])
    row = changed(judged(who), due_on=clock.today() + timedelta(days=5))
    signed = approved(who["editor"], who["reviewer"], question="Signed?")
    before = rows_of_history(), SignOff.objects.count()
    for days in (3, 7, 8, 13, 20, 40, 400, 1095, 1200, 3000):
        with after(clock.today() + timedelta(days=days)):
            remind()
    assert (rows_of_history(), SignOff.objects.count()) == before
    assert Review.objects.get(pk=asked.pk).answer == ""
    assert Round.objects.get(pk=row.pk).ended_at is None
    states = {article.slug: article.state for article in Article.objects.all()}
    assert states == {
        asked.article.slug: "submitted",
        row.article.slug: "under_review",
        signed.slug: "approved",
    }
    with after(clock.today() + timedelta(days=3000)):
        assert [found.pk for found in Article.objects.overdue(clock.today())] == [signed.pk]


def test_a_missed_stage_is_not_made_up_for(everybody: dict[str, User]) -> None:
    due = ready_for("signatures", everybody)
    with after(due - timedelta(days=29)):
        remind()
        assert len(told(everybody)) == 3
    assert set(Notice.objects.filter(kind="lapsing").values_list("stage", flat=True)) == {30}


# What ends a reminder, for each.
def answered(who: dict[str, User], answer: str) -> None:
    row = Review.objects.get(reviewer=who["reviewer"])
    changed(row, answer=answer, answered_at=clock.now())


def withdrawn(who: dict[str, User]) -> None:
    Article.objects.get().perform("withdraw", by=who["chair"], reason="Old.")


def an_interest_waits(who: dict[str, User]) -> None:
    interests.declare(Article.objects.get(), by=who["reviewer"], conflict=Conflict.DECLARED, text="Shares.")


MOVES: list[tuple[str, str, Callable[[dict[str, User]], object]]] = [
    ("invitation", "accepted", lambda who: answered(who, "accepted")),
    ("invitation", "declined", lambda who: answered(who, "declined")),
    ("invitation", "taken back by the chair", lambda who: answered(who, "withdrawn")),
    ("invitation", "taken", lambda who: rounds.take(Article.objects.get(), by=who["reviewer"])),
    ("invitation", "recalled", lambda who: Article.objects.get().perform("recall", by=who["editor"], reason="Wrong.")),
    ("invitation", "withdrawn", withdrawn),
    ("round", "signed", lambda who: sign(Round.objects.get())),
    ("round", "sent back", lambda who: rounds.ask_for_changes(Round.objects.get(), by=who["reviewer"], reason="No.")),
    ("round", "given back", lambda who: rounds.give_back(Round.objects.get(), by=who["reviewer"])),
    ("round", "recalled", lambda who: Article.objects.get().perform("recall", by=who["editor"], reason="Wrong.")),
    ("round", "withdrawn", withdrawn),
    ("invitation", "an interest waits for the chair", an_interest_waits),
    ("round", "an interest waits for the chair", an_interest_waits),
    ("signatures", "being revised", lambda who: revised(Article.objects.get(), who["editor"])),
    ("signatures", "hidden", lambda who: suspend(Article.objects.get(), by=who["chair"], reason="Wrong.")),
    ("signatures", "withdrawn", withdrawn),
    ("credentials", "checked anew", lambda who: renew(who["reviewer"], expires_on=date(2099, 1, 1))),
    ("credentials", "term over", lambda who: renew(who["reviewer"], term_until=clock.today())),
    ("disclosure", "given anew", lambda who: renew(who["reviewer"], disclosed_on=clock.today())),
]


def test_the_disclosure_is_asked_of_the_member_where_it_is_given(everybody: dict[str, User]) -> None:
    due = ready_for("disclosure", everybody)
    with after(due):
        remind()
    own = Outbox.objects.get(to=[everybody["reviewer"].email])
    assert "Confirm it or write a new one under My board record." in own.body


def renew(user: User, **fields: Any) -> None:
    changed(BoardMember.objects.get(user=user), **fields)


@pytest.mark.parametrize(("what", "move"), [(what, move) for what, move, _ in MOVES])
@pytest.mark.parametrize("choice", ["instant", "daily"])
def test_f19_reminders_stop_when_the_article_moves_on(
    what: str, move: str, choice: str, everybody: dict[str, User]
) -> None:
    due = ready_for(what, everybody)
    days = [day for day, told_then in TABLE[what][1].items() if told_then]
    step = next(does for of, how, does in MOVES if (of, how) == (what, move))
    if choice == "daily":
        # What was made the evening before and waits for the morning is dropped.
        for user in everybody.values():
            choose_mail(user, "daily")
        with clock.moved_to(datetime.combine(due + timedelta(days=days[0]), datetime.min.time(), UTC)):
            assert remind() == 0
        assert Notice.objects.waiting().exists()
    step(everybody)
    for day in days:
        with after(due + timedelta(days=day)):
            remind()
    subjects = {subject for told_then in TABLE[what][1].values() for subject, _ in told_then.values()}
    assert {row.subject.partition(":")[0] for row in Outbox.objects.all()} & subjects == set()
    reminded = Notice.objects.exclude(stage=None)
    if move == "taken":
        reminded = reminded.filter(round=None)  # the review that it began has a day of its own
    assert (reminded.filter(dropped_at=None).count(), reminded.exists()) == (0, choice == "daily")


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_f19_late_only_after_the_end_of_the_day_in_the_sites_zone(
    zone: str, everybody: dict[str, User], settings: Any
) -> None:
    due = ready_for("round", everybody)
    settings.TIME_ZONE = zone
    midnight = timezone.make_aware(datetime.combine(due + timedelta(days=1), datetime.min.time()))
    for moment, subject in ((midnight - timedelta(seconds=60), "Review due soon"), (midnight, "Review overdue")):
        with clock.moved_to(moment):
            remind()
            assert told(everybody)["reviewer"][0] == subject


def test_nobody_is_reminded_on_the_day_of_the_invitation(everybody: dict[str, User]) -> None:
    who, today = everybody, clock.today()
    article = submitted(who["editor"])
    invitation(article, who["reviewer"], who["chair"], answer_by=today + timedelta(days=1))
    assert remind() == 0
    with after(today + timedelta(days=1)):
        assert remind() == 1


def test_f18_a_superuser_without_the_task_gets_none(everybody: dict[str, User]) -> None:
    superuser = everybody["superuser"]
    for what in TABLE:
        with transaction.atomic():
            due = ready_for(what, everybody)
            with after(due):
                remind()
            with after(due + timedelta(days=1)):
                remind()
            found = {row.to[0] for row in Outbox.objects.all()}
            assert found
            assert superuser.email not in found
            transaction.set_rollback(True)


def test_a_chair_is_not_told_twice_and_a_closed_account_never(everybody: dict[str, User]) -> None:
    who = everybody
    both = person("Ulla Universal", "chair", "editor", "administrator")
    deactivate(who["chair"], by=who["administrator"], reason="Left.")
    due = ready_for("signatures", who)
    with after(due):
        remind()
    assert sorted(row.to[0] for row in Outbox.objects.all()) == sorted(
        [who["editor"].email, who["reviewer"].email, both.email]
    )


def test_no_link_of_a_digest_or_a_reminder_acts(everybody: dict[str, User]) -> None:
    who = everybody
    for what in ("invitation", "round", "signatures", "credentials"):
        with transaction.atomic():
            due = ready_for(what, who)
            for user in who.values():
                choose_mail(user, "daily")
            before = rows_of_history()
            days = max(day for day, wanted in TABLE[what][1].items() if wanted)
            with after(due + timedelta(days=days)):
                assert remind() > 0
                for row in Outbox.objects.all():
                    visitor = sign_in(Client(), User.objects.get(email=row.to[0]))
                    assert {visitor.get(path).status_code for path in links(row.body)} == {200}
            assert rows_of_history() == before
            transaction.set_rollback(True)


def test_comments_and_verdicts_need_no_reminder(everybody: dict[str, User]) -> None:
    """Only dated work is reminded of: a round without a day has none."""
    row = judged(everybody)
    discussion.comment(row, by=everybody["reviewer"], body="Which?", blocking=True)
    judge_everything(row)
    only_one_member(everybody)
    renew(everybody["reviewer"], expires_on=date(2099, 1, 1), disclosed_on=date(2098, 1, 1))
    for days in (1, 30, 365):
        with after(clock.today() + timedelta(days=days)):
            assert remind() == 0
