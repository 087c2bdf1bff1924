"""The overviews over time: medians of each state, and reviews and minutes of each member, by month."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from articles.models import Article, State
from oracle import clock
from oracle.audit.history import record
from reviews import checking, departed, discussion, reaffirming, rounds
from reviews.models import Round
from reviews.overview.chart import charts
from reviews.overview.months import last_months
from reviews.overview.stays import CHANGES, Stay, stays, table
from reviews.overview.work import Work, every_month, in_words, median_time, work

from .cast import (
    approved,
    judge_everything,
    sent_again,
    sign,
    submitted,
    under_review,
)

pytestmark = pytest.mark.django_db


@contextmanager
def at(moment: str) -> Iterator[None]:
    """The clock at a moment of UTC."""
    with clock.moved_to(datetime.fromisoformat(moment).replace(tzinfo=UTC)):
        yield


# How long.


def test_medians_of_each_state_by_the_month_it_was_left(editor, reviewer):
    """Two articles wait 2 and 4 days for a reviewer; a stay that began and ended in one transaction is none."""
    for day in ("03", "05"):
        with at("2026-03-01T09:00"):
            article = submitted(editor, question=f"May drug {day} be given?")
        with at(f"2026-03-{day}T09:00"):
            row = rounds.take(article, by=reviewer)
    with at("2026-04-04T21:00"):
        rounds.ask_for_changes(row, by=reviewer, reason="Name the source.")
    with at("2026-04-10T09:00"):
        sent_again(article, editor)
    found = stays(date(2026, 4, 30))
    assert [(stay.month.month, stay.state, stay.days, stay.articles) for stay in found if stay.days > 0.1] == [
        (3, "submitted", pytest.approx(3, abs=0.01), 2),
        (4, "changes_requested", pytest.approx(5.5, abs=0.01), 1),
        (4, "under_review", pytest.approx(30.5, abs=0.01), 1),
    ]
    assert {(stay.month.month, stay.state) for stay in found} == {
        (3, "submitted"), (4, "changes_requested"), (4, "under_review"),
    }  # fmt: skip


def test_every_step_of_an_article_is_read_and_indexed():
    steps = {f"article.{verb}" for verb in Article.transitions()} | {"article.create", "article.import"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'articles_state_changes'")
        (made,) = cursor.fetchone()
    assert set(re.findall(r"'(article\.\w+)'", CHANGES)) == set(re.findall(r"'(article\.\w+)'", made)) == steps


def test_a_month_is_one_of_the_sites_zone(editor, reviewer, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    with at("2026-03-01T09:00"):
        article = submitted(editor)
    with at("2026-03-31T22:30"):
        rounds.take(article, by=reviewer)
        assert [stay.month for stay in stays(clock.today())] == [date(2026, 4, 1)]
        assert [row.month for row in work(date(2026, 4, 1), date(2026, 4, 1))] == []


def test_a_year_has_twelve_months():
    assert last_months(date(2026, 2, 28), 4) == [
        date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1), date(2025, 11, 1),
    ]  # fmt: skip
    on = date(2026, 11, 26)
    stay = Stay(date(2025, 12, 1), State.SUBMITTED, 3.25, 4)
    shown = table([stay], on)
    assert shown.states == ["submitted"]
    assert len(shown.lines) == 12
    assert (shown.lines[0], shown.lines[-1]) == ((date(2026, 11, 1), [None]), (date(2025, 12, 1), [stay]))


def test_a_chart_has_a_bar_for_each_month_and_says_what_it_shows():
    months = last_months(date(2026, 4, 30), 3)
    found = [
        Stay(date(2026, 2, 1), State.SUBMITTED, 4, 1),
        Stay(date(2026, 4, 1), State.SUBMITTED, 1, 2),
        Stay(date(2026, 4, 1), State.APPROVED, 0, 1),
    ]
    one, other = charts(found, months)
    assert [(bar.letter, bar.value, bar.height) for bar in one.bars] == [
        ("F", "4.0", 96),
        ("M", "", 0),
        ("A", "1.0", 24),
    ]
    assert all(bar.y + bar.height == one.ground and 0 <= bar.x < one.width for bar in one.bars)
    assert one.description == (
        "From February 2026 to April 2026. Most: 4.0 days in February 2026. Newest: 1.0 days in April 2026."
    )
    assert [bar.height for bar in other.bars] == [0, 0, 0]


# Who did how much.


def acts(row: Round, *steps: tuple[str, Callable[[], Any]]) -> None:
    for moment, act in steps:
        with at(moment):
            act()


def judging(row: Round, place: int, **given: str) -> Callable[[], Any]:
    claim = row.version.fixed_claims[place].id
    return lambda: checking.judge(row, claim, by=row.reviewer, **({"verdict": "supported"} | given))


def minutes(month: str = "2026-03-01") -> dict[str, int]:
    day = date.fromisoformat(month)
    return {row.name: row.minutes for row in work(day, day)}


def begun(editor: Any, reviewer: Any, moment: str, **changes: Any) -> Round:
    with at(moment):
        return under_review(editor, reviewer, **changes)[1]


def test_minutes_lie_between_own_acts_and_pauses_are_left_out(editor, reviewer):
    row = begun(editor, reviewer, "2026-03-02T09:00")
    acts(
        row,
        ("2026-03-02T09:10", judging(row, 0)),
        ("2026-03-02T09:24:50", judging(row, 1)),  # hardly less than a pause
        ("2026-03-02T09:40", judging(row, 2)),  # hardly more
        ("2026-03-02T09:44", lambda: discussion.comment(row, by=reviewer, body="Why?", blocking=False)),
        ("2026-03-02T09:49:40", lambda: rounds.give_back(row, by=reviewer)),
    )
    assert minutes() == {"Rita Reviewer": 34}  # 10:00 + 14:50 + 4:00 + 5:40, rounded down


def test_what_others_do_is_no_work_of_mine(editor, reviewer, reviewer3, chair):
    """An editor's answer, a chair's closing, and what the board objects to in my name when another sends it back."""
    row = begun(editor, reviewer, "2026-03-02T09:00")
    with at("2026-03-02T09:02:20"):
        claim = row.version.fixed_claims[0].id
        checking.judge(row, claim, by=reviewer, verdict="unsafe", note="Ten times too much.", quote="5 mg.")
        other = rounds.take(row.article, by=reviewer3)
    with at("2026-03-02T09:05:40"):
        article = rounds.ask_for_changes(other, by=reviewer3, reason="Name the source.")
    with at("2026-03-02T09:08"):
        mine = article.comments.get(by=reviewer)
        discussion.answer(mine, by=editor, text="It is five.")
    with at("2026-03-02T09:10"):
        discussion.resolve(mine, by=chair)
    assert minutes() == {"Rita Reviewer": 2, "Rosalind Reviewer": 3}


def test_two_rounds_at_once_give_no_more_minutes_than_the_clock(editor, reviewer):
    one = begun(editor, reviewer, "2026-03-02T09:00")
    two = begun(editor, reviewer, "2026-03-02T09:00:01", question="May drug B be given?")
    acts(
        one,
        ("2026-03-02T09:04", judging(one, 0)),
        ("2026-03-02T09:08", judging(two, 0)),
        ("2026-03-02T09:12", judging(one, 1)),
        ("2026-03-02T09:16:10", judging(two, 1)),
    )
    assert minutes() == {"Rita Reviewer": 16}


def test_the_time_before_a_round_begins_counts_nothing(editor, reviewer):
    one = begun(editor, reviewer, "2026-03-02T09:00")
    acts(one, ("2026-03-02T09:01:10", lambda: rounds.give_back(one, by=reviewer)))
    two = begun(editor, reviewer, "2026-03-02T09:10", question="May drug B be given?")
    acts(two, ("2026-03-02T09:12:10", judging(two, 0)))
    assert minutes() == {"Rita Reviewer": 3}


def test_work_across_midnight_belongs_to_the_month_of_the_later_act(editor, reviewer):
    row = begun(editor, reviewer, "2026-03-31T23:55")
    acts(row, ("2026-04-01T00:05:10", judging(row, 0)))
    assert (minutes(), minutes("2026-04-01")) == ({}, {"Rita Reviewer": 10})


def finished(editor: Any, reviewer: Any, moment: str, how: str, **changes: Any) -> None:
    """A round that took two days and ended in one of the ways."""
    row = begun(editor, reviewer, f"{moment}T09:00", **changes)
    with at(f"{moment}T09:05:40"):
        judge_everything(row)
    with clock.moved_to(datetime.fromisoformat(f"{moment}T09:00").replace(tzinfo=UTC) + timedelta(days=2)):
        if how == "signed":
            sign(row)
        elif how == "changes":
            rounds.ask_for_changes(row, by=reviewer, reason="Name the source.")
        else:
            rounds.give_back(row, by=reviewer)


def test_reviews_and_minutes_by_member_and_month(editor, reviewer, reviewer3):
    finished(editor, reviewer, "2026-02-02", "signed")
    finished(editor, reviewer, "2026-03-02", "changes", question="May drug B be given?")
    finished(editor, reviewer, "2026-03-09", "given_back", question="May drug C be given?")
    finished(editor, reviewer3, "2026-03-09", "signed", question="May drug D be given?")
    march, february = date(2026, 3, 1), date(2026, 2, 1)
    assert list(every_month(date(2026, 3, 31))) == [
        Work(march, reviewer.pk, "Rita Reviewer", 0, 1, 0, 1, 11),
        Work(march, reviewer3.pk, "Rosalind Reviewer", 1, 0, 0, 0, 5),
        Work(february, reviewer.pk, "Rita Reviewer", 1, 0, 0, 0, 5),
    ]
    mine = list(every_month(date(2026, 3, 31), person=reviewer3.pk))
    assert (
        mine
        == work(february, march, person=reviewer3.pk)
        == [Work(march, reviewer3.pk, "Rosalind Reviewer", 1, 0, 0, 0, 5)]
    )
    assert in_words(median_time(reviewer.pk)) == "2 days"
    assert median_time(editor.pk) is None


def test_a_text_not_reaffirmed_is_work_and_a_round_ended_by_the_chair_is_not(editor, reviewer, reviewer3, chair):
    with at("2026-03-02T09:00"):
        row = reaffirming.begin(approved(editor, reviewer), by=reviewer3)
    with at("2026-03-04T09:00"):
        reaffirming.decline(row, by=reviewer3, reason="A newer trial.")
    left = begun(editor, reviewer, "2026-03-09T09:00", question="May drug B be given?")
    with at("2026-03-09T09:01"):
        check = judging(left, 0, verdict="unsafe", note="Too much.", quote="At most 5 mg.")()
        member = reviewer.board_record
        member.term_until = date(2026, 3, 8)
        record(member, by=None, event="board.save")
        departed.set_aside(left.article, [check.pk], by=chair, reason="She left.")
    assert Round.objects.get(pk=left.pk).history.latest("history_id").history_event == "round.departed"
    march = date(2026, 3, 1)
    found = {one.name: (one.signed, one.changes, one.not_reaffirmed, one.given_back) for one in work(march, march)}
    assert found == {"Rita Reviewer": (1, 0, 0, 0), "Rosalind Reviewer": (0, 0, 1, 0)}
    assert in_words(median_time(reviewer3.pk)) == "2 days"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0.2, "1 minute"), (25, "25 minutes"), (60, "1 hour"), (95, "1.6 hours"), (1440, "1 day"), (3600, "2.5 days")],
)
def test_a_time_is_told_in_its_own_unit(minutes, said):
    assert in_words(timedelta(minutes=minutes)) == said
