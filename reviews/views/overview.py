"""Overviews: the chair's of the whole board, and a reviewer's of their own reviews."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.permissions import can_read_desk
from oracle import clock
from oracle.accounts.models import User
from oracle.accounts.requests import DeskRequest
from oracle.csv_file import csv_file
from oracle.lists import Choice, Filter, Key, Listing, Sort
from oracle.refusals import NotAllowed

from ..models import Round, RoundEnd
from ..overview.chart import charts
from ..overview.months import last_months, months_before
from ..overview.present import groups, loads
from ..overview.stays import MONTHS, stays, table
from ..overview.work import HEAD, PAUSE, Work, every_month, in_words, median_time, work

READERS = ("chair", "auditor")
ROUNDS = ("Article", "Question", "Version", "Round", "Begun", "Ended", "How it ended", "Days")
NEWEST = Sort("", "newest first", (Key("ended_at", datetime, descending=True), Key("id", descending=True)))
SHOWN = 20


@require_safe
def board_overview(request: DeskRequest) -> HttpResponseBase:
    """What stands at present, how long each state takes, and who did how much; as a file, the last alone."""
    _only(request.user, READERS, "Only the chair and auditors may read the board's overview.")
    today = clock.today()
    if request.GET.get("format") == "csv":
        return csv_file("reviews-by-month", HEAD, _lines(every_month(today)))
    found = stays(today)
    context = {
        "groups": groups(today),
        "loads": _with_work(loads(today), work(today, today)),
        "month": today,
        "charts": charts(found, last_months(today, MONTHS)),
        "table": table(found, today),
        "pause": _minutes(),
    }
    return render(request, "reviews/board_overview.html", context)


@require_safe
def my_reviews(request: DeskRequest) -> HttpResponseBase:
    """One's own rounds that have ended, how long they took, and one's work by month; both as files."""
    person = request.user
    _only(person, ("reviewer",), "Only a member of the Medical Advisory Board has reviews of their own.")
    today, listing = clock.today(), _rounds(person)
    if request.GET.get("format") == "csv":
        return csv_file("my-reviews", ROUNDS, map(_round, _each(listing.batches(request.GET))))
    if request.GET.get("format") == "months":
        return csv_file("my-reviews-by-month", HEAD, _lines(every_month(today, person=person.pk)))
    months = work(months_before(today, MONTHS - 1), today, person=person.pk)
    median = median_time(person.pk)
    context = {
        "list": listing.page(request.GET),
        "months": months,
        "finished": sum(month.finished for month in months),
        "minutes": sum(month.minutes for month in months),
        "median": in_words(median) if median else "",
        "pause": _minutes(),
    }
    return render(request, "reviews/my_reviews.html", context)


def _only(person: User, roles: Sequence[str], sentence: str) -> None:
    """404 for who has no desk, and a refusal for who has none of the roles."""
    if not can_read_desk(None, person):
        raise Http404
    if not person.has_role(*roles):
        raise NotAllowed(sentence)


def _minutes() -> int:
    return int(PAUSE.total_seconds() // 60)


def _lines(done: Iterable[Work]) -> Iterator[Sequence[Any]]:
    yield from (row.line() for row in done)


def _with_work(loads: Iterable[Any], done: Iterable[Work]) -> list[dict[str, Any]]:
    """Each member's load with their work of the month."""
    by_person = {row.person: row for row in done}
    return [{"load": load, "work": by_person.get(load.person)} for load in loads]


def _rounds(person: User) -> Listing:
    return Listing(
        rows=Round.objects.ended().filter(review__reviewer=person).select_related("article", "version"),
        sorts=(NEWEST,),
        filters=(Filter("end", "How it ended", "any way", [_ended(end) for end in RoundEnd if end]),),
        size=SHOWN,
    )


def _ended(end: RoundEnd) -> Choice:
    return Choice(end.value, end.label, lambda rows: rows.filter(end=end))


def _each(batches: Iterator[list[Round]]) -> Iterator[Round]:
    for batch in batches:
        yield from batch


def _round(row: Any) -> Sequence[Any]:
    days = round((row.ended_at - row.began_at).total_seconds() / 86400, 2)
    where = (row.article.slug, row.version.question, row.version.number, row.number)
    return (*where, row.began_at, row.ended_at, row.get_end_display(), days)
