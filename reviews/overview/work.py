"""What members did: rounds ended, and minutes at work, by month; for fees and credits.

Minutes are counted from the history: the time from one own act to the next (beginning, verdict, comment, added
sentence, the end). A pause of more than fifteen minutes counts nothing, and neither does the time before a round
begins. Each stretch of time counts once, whichever rounds are open, so nobody has more minutes than the clock allowed.
A round that the chair ended for a member who left is none that the member ended.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from ..models import Round
from .months import beginning, month_of, months_before

PAUSE = timedelta(minutes=15)
# The acts of a person in rounds of their own. What the board objects to is written in their names when another sends
# the text back (event `article.…`): no act of theirs.
WORK = """
WITH act AS (
    SELECT history_user_id AS person, history_date AS at, history_event AS event
        FROM reviews_historicalclaimcheck WHERE {own}
    UNION ALL SELECT history_user_id, history_date, history_event FROM reviews_historicaladdedclaim WHERE {own}
    UNION ALL SELECT history_user_id, history_date, history_event
        FROM reviews_historicalcomment WHERE {own} AND by_id = history_user_id AND history_event NOT LIKE 'article.%%'
    UNION ALL SELECT history_user_id, history_date, history_event
        FROM reviews_historicalround r JOIN reviews_review w ON w.id = r.review_id
        WHERE {own} AND w.reviewer_id = history_user_id),
step AS (
    SELECT person, at, event, at - lag(at) OVER (PARTITION BY person ORDER BY at, event <> 'round.begin') AS took
    FROM act),
part AS (
    SELECT person, at, extract(epoch FROM took) AS seconds, '' AS "end" FROM step
        WHERE at >= %(since)s AND event <> 'round.begin' AND extract(epoch FROM took) <= %(pause)s
    UNION ALL SELECT w.reviewer_id, r.ended_at, 0, r.end
        FROM reviews_round r JOIN reviews_review w ON w.id = r.review_id
        WHERE r.end IN ('signed', 'changes', 'refused', 'given_back') AND (r.end <> 'given_back' OR NOT EXISTS (
            SELECT 1 FROM reviews_historicalround h WHERE h.id = r.id AND h.history_event = 'round.departed'))
        AND r.ended_at >= %(since)s AND r.ended_at < %(until)s
        AND (%(person)s::bigint IS NULL OR w.reviewer_id = %(person)s))
SELECT date_trunc('month', part.at AT TIME ZONE %(zone)s)::date AS month, u.id, u.name,
       count(*) FILTER (WHERE "end" = 'signed'), count(*) FILTER (WHERE "end" = 'changes'),
       count(*) FILTER (WHERE "end" = 'refused'),
       count(*) FILTER (WHERE "end" = 'given_back'), floor(sum(seconds) / 60)::int
FROM part JOIN accounts_user u ON u.id = part.person
GROUP BY 1, 2, 3 ORDER BY month DESC, lower(u.name), u.id"""
OWN = """history_date >= %(from)s AND history_date < %(until)s AND history_user_id IS NOT NULL
        AND (%(person)s::bigint IS NULL OR history_user_id = %(person)s)"""
HEAD = ("Month", "Member", "Signed", "Asked for changes", "Not reaffirmed", "Given back", "Minutes at work")
MEDIAN = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ended_at - r.began_at)
FROM reviews_round r JOIN reviews_review w ON w.id = r.review_id
WHERE w.reviewer_id = %s AND r.end IN ('signed', 'changes', 'refused')"""


@dataclass(frozen=True)
class Work:
    """What one member did in one month: how many rounds ended in each way, and whole minutes at work."""

    month: date
    person: int
    name: str
    signed: int
    changes: int
    not_reaffirmed: int
    given_back: int
    minutes: int

    @property
    def finished(self) -> int:
        """Rounds that the member ended."""
        return self.signed + self.changes + self.not_reaffirmed + self.given_back

    def line(self) -> tuple[str, str, int, int, int, int, int]:
        """As it stands in the CSV file."""
        ended = (self.signed, self.changes, self.not_reaffirmed, self.given_back)
        return f"{self.month:%Y-%m}", self.name, *ended, self.minutes


def work(since: date, until: date, *, person: int | None = None) -> list[Work]:
    """What was done from the month of `since` up to the month of `until`, both whole: by month, then name.

    One statement; of one person alone if given. A month in which a member did nothing is not among them.
    """
    first, end = beginning(month_of(since)), beginning(months_before(until, -1))
    asked = {"since": first, "from": first - PAUSE, "until": end, "person": person, "pause": PAUSE.total_seconds()}
    with connection.cursor() as cursor:
        cursor.execute(WORK.format(own=OWN), asked | {"zone": timezone.get_current_timezone_name()})
        return [Work(*row) for row in cursor.fetchall()]


def every_month(on: date, *, person: int | None = None) -> Iterator[Work]:
    """What was ever done, up to the month of `on`, the newest first; a statement for each month."""
    rounds = Round.objects.filter(review__reviewer=person) if person else Round.objects.all()
    first = rounds.order_by("pk").values_list("began_at", flat=True).first()
    month = month_of(on)
    while first and month >= month_of(timezone.localdate(first)):
        yield from work(month, month, person=person)
        month = months_before(month, 1)


def median_time(person: int) -> timedelta | None:
    """A member's median time from the beginning of a round to their decision; None without a decision."""
    with connection.cursor() as cursor:
        cursor.execute(MEDIAN, [person])
        found: timedelta | None = cursor.fetchone()[0]
    return found


def in_words(time: timedelta) -> str:
    """“25 minutes”, “3 hours”, “2.5 days”."""
    minutes = max(1, round(time.total_seconds() / 60))
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= size:
            number = f"{minutes / size:.1f}".removesuffix(".0")
            return f"{number} {unit}{'' if number == '1' else 's'}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
