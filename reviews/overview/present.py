"""What stands at present: what waits, what is late, what lapses, and how much each member has; few statements each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce
from django.urls import reverse

from articles.models import Article, State
from articles.models.article import WITH_THE_BOARD

from ..models import BoardMember, Conflict, Review, Round, SignOff
from ..models.review import STOPPED
from ..office_tasks import unassigned as nobodys

MOST = 20
LAPSE_WITHIN = (30, 60, 90)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One article of a group: its question, the page about it, and short facts."""

    question: str
    url: str
    facts: list[str]


@dataclass(frozen=True)
class Group:
    """The first lines of what stands somewhere, and how many there are in all."""

    key: str
    name: str
    count: int
    lines: list[Line]
    # The whole list, where a page has it.
    whole: str = ""
    # Parts of the count, as (what, how many).
    parts: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Load:
    """What one serving member has at present."""

    person: int
    name: str
    in_work: int
    late: int
    invited: int
    away_until: date | None


def groups(on: date) -> list[Group]:
    """Every group of the chair's overview on a day, each in one statement."""
    return [unassigned(on), late_reviews(on), late_answers(on), conflicted(), short_of_signatures(), lapsing(on)]


def unassigned(on: date) -> Group:
    """With the board, and nobody is at work on it or has to answer for it: the chair's of *To do*."""
    found = _first(nobodys(), "risk", "specialties", "submitted_on")
    return Group(
        "unassigned",
        "Unassigned",
        _count(found),
        [_line(row, *_fields(row), _since(row["submitted_on"], on)) for row in found],
        whole=_list(where="board", holder="nobody", sort="waiting"),
    )


def late_reviews(on: date) -> Group:
    """Rounds at work after the day they were due; the longest overdue first."""
    rows = Round.objects.late(on).order_by("due_on", "pk")
    found = _first_of_articles(rows, "due_on", who=F("review__reviewer__name"))
    return Group(
        "late-reviews",
        "Late reviews",
        _count(found),
        [_line(row, row["who"], f"due {_day(row['due_on'])}", _late(row["due_on"], on)) for row in found],
    )


def late_answers(on: date) -> Group:
    """Invitations without an answer after the day it was asked for, to articles that the board still has."""
    rows = Review.objects.unanswered(on).order_by("answer_by", "pk")
    found = _first_of_articles(rows, "answer_by", who=F("reviewer__name"))
    return Group(
        "late-answers",
        "Invitations past their date",
        _count(found),
        [_line(row, row["who"], f"answer by {_day(row['answer_by'])}", _late(row["answer_by"], on)) for row in found],
    )


def conflicted() -> Group:
    """Declared interests that stand, in articles with the board; those that wait for the chair first."""
    rows = Review.objects.filter(conflict=Conflict.DECLARED, cleared_by=None, article__state__in=WITH_THE_BOARD)
    ordered = rows.order_by(F("barred_by").asc(nulls_first=True), "declared_on", "pk")
    found = _first_of_articles(ordered, "declared_on", "barred_by", who=F("reviewer__name"))
    return Group(
        "conflicted",
        "Conflicted",
        _count(found),
        [_line(row, row["who"], f"declared {_day(row['declared_on'])}", _answered(row)) for row in found],
    )


def short_of_signatures() -> Group:
    """Under review with a signature, and the rule in it asks for more."""
    given = SignOff.objects.standing().approvals().filter(version=OuterRef("current_version"))
    working = Round.objects.active().filter(version=OuterRef("current_version"))
    # Counted for each article under review: asked whether there is one, PostgreSQL would read every signature.
    rows = Article.objects.filter(state=State.UNDER_REVIEW).annotate(given=_number(given, "version"))
    found = _first(
        rows.filter(given__gt=0).order_by("review_started_on", "pk"),
        "risk",
        "specialties",
        "given",
        wanted=Subquery(given.order_by("-pk").values("rule__signatures")[:1]),
        working=_number(working, "version"),
    )
    return Group(
        "short",
        "Short of signatures",
        _count(found),
        [_line(row, *_fields(row), f"{row['given']} of {row['wanted']} signed", _at_work(row)) for row in found],
    )


def lapsing(on: date) -> Group:
    """Signed texts whose signatures have lapsed, or will within ninety days; the first to lapse first."""
    until = [on + timedelta(days=days) for days in LAPSE_WITHIN]
    rows = Article.objects.lapsing(until[-1]).order_by("review_due", "pk")
    within = {f"within_{place}": _windowed(review_due__range=pair) for place, pair in enumerate(_spans(on, until))}
    found = _first(rows, "review_due", "state", overdue=_windowed(review_due__lt=on), **within)
    names = ["overdue", *within]
    words = ["overdue", "within 30 days", "in 31 to 60 days", "in 61 to 90 days"]
    return Group(
        "lapsing",
        "Lapsing",
        _count(found),
        [_line(row, _lapse(row["review_due"], on), *_newer(row)) for row in found],
        whole=_list(where="lapsing", sort="due"),
        parts=[(word, found[0][name] if found else 0) for word, name in zip(words, names, strict=True)],
    )


def loads(on: date) -> list[Load]:
    """What every serving member has, the fullest first: three statements."""
    serving, by = BoardMember.objects.at_work(on), F("review__reviewer")
    overdue = Count("pk", filter=Q(due_on__lt=on) & ~STOPPED)
    held = Round.objects.active().order_by().values(by=by).annotate(in_work=Count("pk"), overdue=overdue)
    asked = dict(Review.objects.to_answer().order_by().values_list("reviewer").annotate(Count("pk")))
    rounds = {row["by"]: row for row in held}
    return sorted((_load(member, rounds, asked, on) for member in serving.select_related("user")), key=_fullest)


def _load(member: BoardMember, rounds: Mapping[int, Row], asked: Mapping[int, int], on: date) -> Load:
    held = rounds.get(member.user_id, {"in_work": 0, "overdue": 0})
    away = member.away_until if member.away(on) else None
    invited = asked.get(member.user_id, 0)
    return Load(member.user_id, member.user.name, held["in_work"], held["overdue"], invited, away)


def _fullest(load: Load) -> tuple[int, int]:
    return (-load.in_work, -load.invited)


# Parts of the statements.


def _first(rows: QuerySet[Any], *names: str, **more: Any) -> list[Row]:
    """The first rows, as dictionaries, each with the `total` of them all."""
    more = {"question": F("current_version__question"), "address": F("slug"), "total": Window(Count("pk"))} | more
    return list(rows.annotate(**more).values(*names, *more)[:MOST])


def _first_of_articles(rows: QuerySet[Any], *names: str, **more: Any) -> list[Row]:
    """The same, for rows beneath an article."""
    return _first(rows, *names, question=F("article__current_version__question"), address=F("article__slug"), **more)


def _windowed(**condition: Any) -> Window:
    return Window(Count("pk", filter=Q(**condition)))


def _number(rows: QuerySet[Any], group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def _spans(on: date, until: Iterable[date]) -> list[tuple[date, date]]:
    """From today to the first day, and from the day after each to the next."""
    days = list(until)
    return [(on if place == 0 else days[place - 1] + timedelta(days=1), day) for place, day in enumerate(days)]


def _count(found: list[Row]) -> int:
    return int(found[0]["total"]) if found else 0


def _list(**asked: str) -> str:
    return f"{reverse('articles')}?{'&'.join(f'{name}={value}' for name, value in asked.items())}"


# Lines in words.


def _line(row: Row, *facts: str) -> Line:
    return Line(row["question"], reverse("reviews", args=[row["address"]]), list(facts))


def _fields(row: Row) -> list[str]:
    main = row["specialties"][0].replace("-", " ")
    return [main, "high risk"] if row["risk"] == "high" else [main]


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _since(day: date, on: date) -> str:
    return f"with the board since {_day(day)}, {_days((on - day).days)}" if day < on else "with the board since today"


def _late(day: date, on: date) -> str:
    return f"{_days((on - day).days)} late"


def _lapse(day: date, on: date) -> str:
    if day == on:
        return "lapses at the end of today"
    return f"lapsed {_day(day)}" if day < on else f"lapses {_day(day)}, in {_days((day - on).days)}"


def _newer(row: Row) -> list[str]:
    return [] if row["state"] == State.APPROVED else ["a newer version is in work"]


def _answered(row: Row) -> str:
    return "stands in the way" if row["barred_by"] else "waits for the chair"


def _at_work(row: Row) -> str:
    working = row["working"]
    return f"{working} more at work" if working else "nobody else at work"
