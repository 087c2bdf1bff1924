"""How long articles stayed in each state, by the month in which they left it: medians, from the articles' history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils import timezone

from articles.models import State

from .months import beginning, last_months, months_before

MONTHS = 12
# The events that begin an article or change its state. The index `articles_state_changes` has the same: a new verb
# goes into both (tests/test_overview_months.py asks).
CHANGES = """
    'article.create', 'article.import', 'article.submit', 'article.recall', 'article.start_review', 'article.release',
    'article.request_changes', 'article.approve', 'article.reopen', 'article.revise', 'article.abandon',
    'article.discard', 'article.withdraw', 'article.reinstate'"""
# A state that was left within a second was no stay: with reviewers from the round before, review begins at once.
STAYS = """
WITH told AS (
    SELECT state, history_date AS until, lag(state) OVER one AS before, lag(history_date) OVER one AS since
    FROM articles_historicalarticle WHERE history_event IN ({changes})
    WINDOW one AS (PARTITION BY id ORDER BY history_id))
SELECT date_trunc('month', until AT TIME ZONE %(zone)s)::date AS month, before,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM until - since) / 86400), count(*)
FROM told WHERE until >= %(since)s AND before <> state AND until - since > interval '1 second'
GROUP BY 1, 2 ORDER BY 1, 2"""


@dataclass(frozen=True)
class Stay:
    """How many days articles stayed in a state that they left in a month: the median, and of how many."""

    month: date
    state: State
    days: float
    articles: int

    @property
    def in_words(self) -> str:
        """The days, as `in_days` says them."""
        return in_days(self.days)


def in_days(days: float) -> str:
    """“<0.1”, “0.3”, “12”, “1,095”: one decimal below ten."""
    if days < 0.05:
        return "<0.1"
    return f"{days:.1f}" if days < 9.95 else f"{days:,.0f}"


def stays(on: date) -> list[Stay]:
    """Those of the last twelve months, the month of `on` included; one statement."""
    since = beginning(months_before(on, MONTHS - 1))
    with connection.cursor() as cursor:
        cursor.execute(STAYS.format(changes=CHANGES), {"zone": timezone.get_current_timezone_name(), "since": since})
        return [Stay(month, State(state), days, articles) for month, state, days, articles in cursor.fetchall()]


@dataclass(frozen=True)
class Table:
    """The stays as a table: the states that have any, and for each month, the newest first, a stay or none of each."""

    states: list[State]
    lines: list[tuple[date, list[Stay | None]]]


def table(found: Iterable[Stay], on: date) -> Table:
    """The table of the last twelve months, states in the order of an article's life."""
    by_place = {(stay.month, stay.state): stay for stay in found}
    states = [state for state in State if any(state == left for _, left in by_place)]
    months = last_months(on, MONTHS)
    return Table(states, [(month, [by_place.get((month, state)) for state in states]) for month in months])
