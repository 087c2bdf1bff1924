"""The overviews: what stands at present, who reads the pages and files, and at what cost."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from oracle import clock
from oracle.audit.history import record
from oracle.csv_file import MARK
from reviews import interests, rounds
from reviews.models import BoardMember, Conflict, Review, Round
from reviews.office_tasks import unassigned
from reviews.overview.present import Group, groups, loads

from .cast import (
    approved,
    judge_everything,
    make_article,
    revised,
    sign,
    sign_in,
    submitted,
    under_review,
)
from .reading import words
from .test_overview_months import at, finished

pytestmark = pytest.mark.django_db
OVERVIEW, MINE = "/desk/board-overview/", "/desk/my-reviews/"


def group(key: str, on: date | None = None) -> Group:
    return next(one for one in groups(on or clock.today()) if one.key == key)


def facts(found: Group) -> list[tuple[str, ...]]:
    return [tuple(line.facts) for line in found.lines]


def change(row: Any, event: str, **values: Any) -> Any:
    """Write columns as an act of the chair's would."""
    for name, value in values.items():
        setattr(row, name, value)
    with transaction.atomic():
        return record(row, by=None, event=event)


def invite(article: Article, reviewer: Any, chair: Any, *, answer_by: date) -> Review:
    review = Review(article=article, reviewer=reviewer)
    return change(review, "review.invite", invited_by=chair, invited_at=clock.now(), answer_by=answer_by)


# What stands at present.


def test_unassigned_is_what_nobody_took_or_was_asked_to_take(editor, reviewer, chair):
    with at("2026-03-01T09:00"):
        waiting = submitted(editor, question="May drug B be given?", risk="high")
    invite(submitted(editor), reviewer, chair, answer_by=clock.today())
    under_review(editor, reviewer)
    make_article(editor)
    found = group("unassigned", date(2026, 3, 2))
    assert [line.question for line in found.lines] == ["May drug B be given?"]
    assert found.lines[0].url == reverse("reviews", args=[waiting.slug])
    assert facts(found) == [("nephrology", "high risk", "with the board since 1 March 2026, 1 day")]
    assert (found.count, found.whole) == (1, "/desk/articles/?where=board&holder=nobody&sort=waiting")


def test_a_review_is_late_only_after_the_end_of_its_day(editor, reviewer):
    """Late after the day, not on it (F19)."""
    _, row = under_review(editor, reviewer)
    row = change(row, "round.due", due_on=date(2026, 5, 3))
    for day, late in ((date(2026, 5, 3), False), (date(2026, 5, 4), True)):
        assert row.late(day) is late
        assert (row in Round.objects.late(day)) is late
    assert facts(group("late-reviews", date(2026, 5, 5))) == [("Rita Reviewer", "due 3 May 2026", "2 days late")]
    assert loads(date(2026, 5, 4))[0].late == 1
    rounds.give_back(row, by=reviewer)
    assert group("late-reviews", date(2026, 5, 5)).lines == []


def test_what_an_interest_stops_is_late_for_nobody(editor, reviewer, reviewer3, chair):
    """Nobody is reminded of it, so nobody is late: the chair has to decide, or to ask somebody else."""
    article, row = under_review(editor, reviewer)
    change(row, "round.due", due_on=date(2026, 5, 3))
    invite(article, reviewer3, chair, answer_by=date(2026, 5, 3))
    for user in (reviewer, reviewer3):
        interests.declare(article, by=user, conflict=Conflict.DECLARED, text="Fees.")
    late = date(2026, 5, 5)
    assert (group("late-reviews", late).count, group("late-answers", late).count) == (0, 0)
    assert [(load.in_work, load.late, load.invited) for load in loads(late)] == [(1, 0, 0), (0, 0, 0)]
    row.refresh_from_db()
    assert row.late(late) is False
    assert [found.slug for found in unassigned()] == [article.slug]


def test_asked_of_somebody_with_an_interest_is_unassigned(editor, reviewer, chair):
    article = submitted(editor)
    invite(article, reviewer, chair, answer_by=clock.today())
    interests.declare(article, by=reviewer, conflict=Conflict.DECLARED, text="Fees.")
    assert [found.slug for found in unassigned()] == [article.slug]
    assert group("unassigned").count == 1


def test_the_day_ends_in_the_zone_of_the_site(editor, reviewer, settings):
    """At half past eleven in the evening of UTC it is tomorrow in Berlin (F19)."""
    _, row = under_review(editor, reviewer)
    change(row, "round.due", due_on=date(2026, 5, 3))
    with at("2026-05-03T22:30"):
        assert group("late-reviews").count == 0
        settings.TIME_ZONE = "Europe/Berlin"
        assert group("late-reviews").count == 1


def test_an_invitation_past_its_date_counts_while_the_board_has_the_article(editor, reviewer, chair):
    article = submitted(editor)
    invite(article, reviewer, chair, answer_by=date(2026, 5, 3))
    assert group("late-answers", date(2026, 5, 3)).count == 0
    assert facts(group("late-answers", date(2026, 5, 4))) == [("Rita Reviewer", "answer by 3 May 2026", "1 day late")]
    assert loads(date(2026, 5, 4))[0].invited == 1
    article.perform("recall", by=editor, reason="Wrong file.")
    assert group("late-answers", date(2026, 5, 4)).count == 0
    assert loads(date(2026, 5, 4))[0].invited == 0


def test_conflicted_are_declared_interests_that_stand(editor, reviewer, reviewer2, chair):
    article = submitted(editor)
    with at("2026-04-01T09:00"):
        one = interests.declare(article, by=reviewer, conflict=Conflict.DECLARED, text="Fees.")
        two = interests.declare(article, by=reviewer2, conflict=Conflict.DECLARED, text="Shares.")
        interests.keep_barred(one, by=chair, reason="Too near.")
    assert facts(group("conflicted")) == [
        ("Ralph Reviewer", "declared 1 April 2026", "waits for the chair"),
        ("Rita Reviewer", "declared 1 April 2026", "stands in the way"),
    ]
    interests.clear(two, by=chair, reason="Long ago.")
    assert group("conflicted").count == 1


def test_short_of_signatures_is_signed_but_not_enough(editor, reviewer, reviewer2):
    article, row = under_review(editor, reviewer, risk="high")
    judge_everything(row)
    assert group("short").count == 0
    sign(row)
    assert facts(group("short")) == [("nephrology", "high risk", "1 of 2 signed", "nobody else at work")]
    other = rounds.take(article, by=reviewer2)
    assert facts(group("short")) == [("nephrology", "high risk", "1 of 2 signed", "1 more at work")]
    judge_everything(other)
    sign(other)
    assert group("short").count == 0


def test_lapsing_in_thirty_sixty_and_ninety_days(editor, reviewer):
    article = approved(editor, reviewer)
    due = article.review_due
    for days, parts in (
        (90, [0, 0, 0, 1]),
        (61, [0, 0, 0, 1]),
        (60, [0, 0, 1, 0]),
        (30, [0, 1, 0, 0]),
        (0, [0, 1, 0, 0]),
    ):
        found = group("lapsing", due - timedelta(days=days))
        assert [number for _, number in found.parts] == parts, days
    assert [what for what, _ in found.parts] == ["overdue", "within 30 days", "in 31 to 60 days", "in 61 to 90 days"]
    assert group("lapsing", due - timedelta(days=91)).count == 0
    late = group("lapsing", due + timedelta(days=1))
    assert [number for _, number in late.parts] == [1, 0, 0, 0]
    revised(article, editor)
    assert facts(group("lapsing", due))[0][1:] == ("a newer version is in work",)


def test_the_load_of_each_serving_member(editor, reviewer, reviewer2, reviewer3, chair):
    article, _ = under_review(editor, reviewer)
    under_review(editor, reviewer, question="May drug B be given?")
    rounds.take(article, by=reviewer3)
    away = clock.today() + timedelta(days=5)
    change(BoardMember.objects.get(user=reviewer2), "board.save", away_until=away)
    change(reviewer3.board_record, "board.save", term_until=clock.today() - timedelta(days=1))
    found = [(load.name, load.in_work, load.late, load.away_until) for load in loads(clock.today())]
    assert found == [("Rita Reviewer", 2, 0, None), ("Ralph Reviewer", 0, 0, away)]


# The pages.


def lines_of(answer: Any) -> list[str]:
    return b"".join(answer.streaming_content).decode().removeprefix(MARK).splitlines()


def test_the_chairs_page(client, editor, reviewer, reviewer2, chair):
    finished(editor, reviewer, "2026-03-02", "signed")
    submitted(editor, question="May drug B be given?")
    with at("2026-04-10T12:00"):
        answer = sign_in(client, chair).get(OVERVIEW)
        page, said = answer.content.decode(), words(answer.content.decode())
        file = lines_of(client.get(OVERVIEW, {"format": "csv"}))
    assert page.count('<svg class="chart"') == 1
    assert '<title id="chart-under_review-title">Median days under review</title>' in page
    assert "March 2026 " in said
    assert " 2.0 (1) " in said
    assert file == [
        '"Month","Member","Signed","Asked for changes","Not reaffirmed","Given back","Minutes at work"',
        '"2026-03","Rita Reviewer",1,0,0,0,5',
    ]


def test_a_name_that_begins_a_formula_is_none_in_the_file(client, editor, reviewer, chair):
    finished(editor, reviewer, "2026-03-02", "signed")
    change(reviewer, "user.name", name='=HYPERLINK("x")')
    with at("2026-03-10T12:00"):
        file = lines_of(sign_in(client, chair).get(OVERVIEW, {"format": "csv"}))
    assert file[1].startswith('"2026-03","\'=HYPERLINK')


def test_a_reviewers_own_page_and_files(client, editor, reviewer, reviewer3):
    finished(editor, reviewer, "2026-03-02", "changes")
    finished(editor, reviewer, "2026-03-09", "given_back", question="May drug B be given?")
    finished(editor, reviewer3, "2026-03-09", "signed", question="May drug C be given?")
    sign_in(client, reviewer)
    with at("2026-03-20T12:00"):
        said = words(client.get(MINE).content.decode())
        months, own = (lines_of(client.get(MINE, {"format": kind})) for kind in ("months", "csv"))
        some = words(client.get(MINE, {"end": "changes"}).content.decode())
    assert "From beginning to decision: 2 days at the median. " in said
    assert "In the last twelve months: 2 reviews finished, 11 minutes at work." in said
    assert ("May drug B" in said, "May drug C" in said, "May drug B" in some) == (True, False, False)
    assert months[1:] == ['"2026-03","Rita Reviewer",0,1,0,1,11']
    assert [line.split(",")[1:4:2] + line.split(",")[6:] for line in own[1:]] == [
        ['"May drug B be given?"', "1", '"given back"', "2.0"],
        ['"May drug A be given in kidney failure?"', "1", '"asked for changes"', "2.0"],
    ]


@pytest.mark.parametrize(
    ("address", "named"),
    [(OVERVIEW, {"chair": 200, "auditor": 200, "editor": 403, "reviewer": 403, "superuser": 404, "outsider": 404}),
     (MINE, {"chair": 403, "auditor": 403, "editor": 403, "reviewer": 200, "superuser": 404, "outsider": 404})],
)  # fmt: skip
def test_who_reads_it(client, request, address, named):
    for name, status in named.items():
        sign_in(client, request.getfixturevalue(name))
        for asked in ({}, {"format": "csv"}, {"format": "months"}, {"after": "x", "end": "nothing"}):
            assert client.get(address, asked).status_code == status, (name, asked)


def test_the_menu_leads_there(client, reviewer, chair, editor):
    found = {
        person.name: [name in sign_in(client, person).get("/desk/").content.decode() for name in (OVERVIEW, MINE)]
        for person in (reviewer, chair, editor)
    }
    assert found == {
        "Rita Reviewer": [False, True], "Clara Chair": [True, False], "Edith Editor": [False, False],
    }  # fmt: skip


def queries(client: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def fill(editor: Any, reviewer: Any, reviewer2: Any, chair: Any, name: str) -> None:
    """One more of everything that the overviews show."""
    submitted(editor, question=f"May {name} be given?")
    change(under_review(editor, reviewer)[1], "round.due", due_on=date(2026, 1, 1))
    invite(submitted(editor), reviewer2, chair, answer_by=date(2026, 1, 1))
    interests.declare(submitted(editor), by=reviewer, conflict=Conflict.DECLARED, text="Fees.")
    _, row = under_review(editor, reviewer, risk="high")
    judge_everything(row)
    sign(row)
    with clock.moved_to(clock.now() - timedelta(days=1050)):
        approved(editor, reviewer)
    finished(editor, reviewer, "2026-03-09", "given_back")


def test_the_pages_cost_the_same_with_one_and_with_three(client, editor, reviewer, reviewer2, chair):
    pages = ((chair, OVERVIEW), (reviewer, MINE))
    change(reviewer.board_record, "board.save", term_from=date(2020, 1, 1))
    for name in ("one", "two", "three"):
        fill(editor, reviewer, reviewer2, chair, name)
        for person, address in pages:
            found = queries(sign_in(client, person), address)
            assert (address, found) == (address, {OVERVIEW: 15, MINE: 7}[address])
    assert [one.count for one in groups(clock.today())] == [12, 3, 3, 3, 3, 3]
