"""Lists in pages by key: every row once, both ways, whatever is added meanwhile; filters stay in the address."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from articles.models import Report, Result
from oracle.lists import BATCH, Choice, Filter, Key, Listing, Page, Sort

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
NEWEST = Key("pk", descending=True)
SORTS = (
    Sort("", "newest", (NEWEST,)),
    Sort("done", "done first", (Key("done_at", datetime, nullable=True), NEWEST)),
    Sort("undone", "done last", (Key("done_at", datetime, descending=True, nullable=True), Key("pk"))),
    Sort("text", "text", (Key("text", str), Key("could_harm", bool, descending=True), NEWEST)),
)
HARM = Filter(
    "harm",
    "Harm",
    "any",
    [
        Choice("yes", "could harm", lambda rows: rows.filter(could_harm=True)),
        Choice("no", "could not", lambda rows: rows.filter(could_harm=False)),
    ],
)


def listing(size: int = 4) -> Listing:
    return Listing(
        rows=Report.objects.all(),
        sorts=SORTS,
        filters=(HARM,),
        search=lambda rows, words: rows.filter(text__icontains=words),
        size=size,
        kept=("for",),
    )


def reports(count: int, **fields: Any) -> list[Report]:
    """Reports with many equal sort values, every third without a date."""
    made = [
        Report(
            text="abc"[number % 3],
            could_harm=number % 2 == 0,
            done_at=BEGIN + timedelta(days=number % 4) if number % 3 else None,
            outcome=Result.PASSED_ON if number % 3 else "",
            **fields,
        )
        for number in range(count)
    ]
    return Report.objects.bulk_create(made)


def page(url: str, size: int = 4) -> Page:
    return listing(size).page(QueryDict(url.lstrip("?")))


def walk(url: str, direction: str) -> Iterator[Page]:
    while url:
        shown = page(url)
        yield shown
        url = getattr(shown, direction)


@pytest.mark.parametrize("sort", [sort.name for sort in SORTS])
@pytest.mark.parametrize("count", [1, 4, 5, 23])
def test_a_walk_meets_every_row_once_in_both_directions(sort: str, count: int) -> None:
    reports(count)
    there = list(walk(f"?sort={sort}", "older_url"))
    rows = [row.pk for shown in there for row in shown.rows]
    assert sorted(rows) == sorted(Report.objects.values_list("pk", flat=True))
    assert [len(shown.rows) for shown in there[:-1]] == [4] * (len(there) - 1)
    back = list(walk(there[-2].older_url, "newer_url")) if len(there) > 1 else there
    assert [row.pk for shown in back[::-1] for row in shown.rows] == rows


def test_the_rows_are_in_the_order_asked_for_and_those_without_a_value_last() -> None:
    reports(23)
    found = [row for shown in walk("?sort=done", "older_url") for row in shown.rows]
    assert found == sorted(found, key=lambda row: (row.done_at is None, row.done_at or BEGIN, -row.pk))
    found = [row for shown in walk("?sort=undone", "older_url") for row in shown.rows]
    age = {row.pk: (row.done_at is None, -(row.done_at or BEGIN).timestamp(), row.pk) for row in found}
    assert found == sorted(found, key=lambda row: age[row.pk])


@pytest.mark.parametrize("sort", [sort.name for sort in SORTS])
def test_rows_added_between_pages_hide_none_and_repeat_none(sort: str) -> None:
    before = {row.pk for row in reports(17)}
    seen: list[int] = []
    for shown in walk(f"?sort={sort}", "older_url"):
        seen += [row.pk for row in shown.rows]
        reports(3)
        assert len(seen) < 200
        if len(set(seen) & before) == len(before):
            break
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_rows_added_at_the_front_are_found_on_the_way_back() -> None:
    reports(6)
    second = page(page("?").older_url)
    reports(6)
    back = [row.pk for shown in walk(second.newer_url, "newer_url") for row in shown.rows]
    assert len(back) == len(set(back)) == 10


def test_a_page_whose_rows_are_gone_leads_to_the_first() -> None:
    reports(9)
    first = page("?harm=yes")
    Report.objects.update(could_harm=False)
    empty = page(first.older_url)
    assert (empty.rows, empty.older_url, empty.newer_url, empty.beyond_first) == ([], "", "?harm=yes", True)


def test_filters_search_and_order_stay_in_every_address() -> None:
    reports(23)
    shown = page("?harm=yes&q=+a%00b+&sort=done&for=patient&junk=1&after=")
    assert shown.fields[0]["value"] == "a b"
    shown = page("?harm=yes&q=a&sort=done&for=patient&junk=1", size=2)
    assert shown.first_url == "?q=a&sort=done&harm=yes&for=patient"
    assert shown.csv_url == f"{shown.first_url}&format=csv"
    assert shown.older_url.startswith(f"{shown.first_url}&after=")
    assert all(row.could_harm and row.text == "a" for row in shown.rows)
    assert shown.kept == {"for": "patient"}
    values = {one["name"]: one["value"] for one in shown.fields}
    assert values == {"q": "a", "harm": "yes", "sort": "done"}


def test_without_filters_the_address_is_bare() -> None:
    shown = page("?harm=perhaps&sort=none")
    assert (shown.first_url, shown.filtered, shown.rows) == ("?", False, [])


def place(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


ODD = [
    "x",
    "€",
    "[]",
    place(),
    place(None),
    place(True),
    place("1"),
    place(1.5),
    place(2**70),
    place(-(2**64)),
    place(1, 2),
    place([1]),
    place({"a": 1}),
    base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    base64.urlsafe_b64encode(b"NaN").decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
]


@pytest.mark.parametrize("name", ["after", "before"])
@pytest.mark.parametrize("text", ODD)
def test_a_place_that_cannot_be_read_is_the_first_page(text: str, name: str) -> None:
    reports(9)
    address = QueryDict(mutable=True)
    address[name] = text
    assert listing().page(address).rows == page("?").rows


@pytest.mark.parametrize("moment", ["2026", "2026-01-01T00:00:00", "0001-01-01T00:00:00+23:00", "x", 5, True])
def test_a_moment_that_cannot_be_read_is_the_first_page(moment: Any) -> None:
    reports(9)
    assert page(f"?sort=done&after={place(moment, 1)}").rows == page("?sort=done").rows


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_a_text_that_cannot_be_stored_is_the_first_page(text: str) -> None:
    reports(9)
    assert page(f"?sort=text&after={place(text, True, 1)}").rows == page("?sort=text").rows


def test_places_of_days_are_read() -> None:
    key = Key("day", date)
    assert key.read("2026-05-03") == date(2026, 5, 3)


def test_batches_give_every_row_once() -> None:
    reports(2 * BATCH)
    for url in ("", "sort=done", "harm=yes"):
        found = [row.pk for batch in listing().batches(QueryDict(url)) for row in batch]
        assert len(found) == len(set(found)) == (BATCH if url == "harm=yes" else 2 * BATCH)
