"""CSV files: no cell can be turned into a formula, they stream, and memory stays flat."""

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Report
from oracle import clock
from oracle.accounts.models import User
from oracle.audit import timeline
from oracle.csv_file import MARK, cell, csv_file
from oracle.lists import BATCH, Key, Listing, Sort
from tests.cast import make_article, person, sign_in

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    '=HYPERLINK("https://example.org";"x")',
    "a;=1",
    "a; =1",
    'a";"=1',
    "a\t=1",
    "a\n=1",
    "a\r\n  =1",
    "=cmd|' /C calc'!A0",
    "\tplain",
    "\rplain",
]
BEGINS = "=+-@\t\r\n＝＋－＠"


def spreadsheet_cells(text: str) -> list[str]:
    """Every cell that some spreadsheet could make of a text, whichever mark it takes for the end of cells or lines."""
    line = csv.writer(out := io.StringIO(), quoting=csv.QUOTE_NONNUMERIC).writerow([cell("x"), cell(text)]) and out
    raw = line.getvalue()
    found = [text for row in csv.reader(io.StringIO(raw, newline="")) for text in row[1:]]
    for end in ";\t":
        for row in raw.replace("\r", "\n").split("\n"):
            found += [part.strip('"') for part in row.split(end)]
    return [part.lstrip(" \u00a0\u200b\ufeff") for part in found]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_begins_a_formula(text: str) -> None:
    cells = spreadsheet_cells(text)
    assert cells
    assert [one for one in cells if one.startswith(tuple(BEGINS))] == []


@pytest.mark.parametrize(
    "text", ["May drug A be given?", "5 mg - 10 mg", "a = b", "x@example.org", "'quoted'", "", "–"]
)
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


def test_numbers_days_and_nothing() -> None:
    assert [cell(value) for value in (-5, 1.5, None, True)] == [-5, 1.5, "", "True"]
    assert cell(date(2026, 5, 3)) == "2026-05-03"
    assert cell(datetime(2026, 5, 3, 12, 0, 1, 5, tzinfo=UTC)) == "2026-05-03T12:00:01+00:00"


def read(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode()
    assert text.startswith(MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(MARK), newline="")))


def test_a_file_says_what_it_is() -> None:
    with clock.moved_to(datetime(2026, 5, 3, 12, tzinfo=UTC)):
        response = csv_file("articles", ("Name", "Number"), [("Ünï, “x”\nlast", 3)])
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="articles-2026-05-03.csv"'
    assert response["Cache-Control"] == "private, no-store"
    assert read(response) == [["Name", "Number"], ["Ünï, “x”\nlast", "3"]]


def file_of_reports() -> Any:
    listing = Listing(Report.objects.all(), (Sort("", "", (Key("pk"),)),))
    batches = listing.batches(QueryDict())
    return csv_file("reports", ("Text",), ((row.text,) for batch in batches for row in batch))


@pytest.mark.django_db
def test_five_thousand_rows_are_sent_in_flat_memory() -> None:
    def peak(count: int) -> int:
        Report.objects.bulk_create([Report(text="x" * 2000) for _ in range(count)])
        response = file_of_reports()
        tracemalloc.start()
        try:
            assert sum(1 for _ in response) == Report.objects.count() + 1
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few = peak(2 * BATCH)
    assert peak(4000) < 1.5 * few < 12_000_000


@pytest.mark.django_db
def test_the_first_rows_are_sent_before_the_last_are_read() -> None:
    Report.objects.bulk_create([Report(text="x") for _ in range(3 * BATCH)])
    lines = iter(file_of_reports())
    with CaptureQueriesContext(connection) as captured:
        next(lines)
        assert len(captured) == 0
        next(lines)
        assert len(captured) == 1
    assert sum(1 for _ in lines) == 3 * BATCH - 1


HEAD = ["Address", "Question", "State", "Readers see", "Version", "Risk", "Specialties", "In review with"]


def test_the_articles_of_the_desk_as_a_file(client: Client, editor: User) -> None:
    make_article(editor, question="=1+1 May drug A be given?")
    make_article(editor, question="Is drug B safe?", risk="high")
    sign_in(client, editor)
    rows = read(client.get("/desk/articles/?risk=standard&format=csv"))
    assert rows[0][:8] == HEAD
    assert [row[1:8] for row in rows[1:]] == [
        ["'=1+1 May drug A be given?", "draft", "never public", "1", "standard risk", "nephrology", ""]
    ]
    assert len(read(client.get("/desk/articles/?format=csv"))) == 3


@pytest.mark.parametrize(
    ("who", "status"), [("editor", 200), ("reviewer", 200), ("chair", 200), ("auditor", 200), ("administrator", 404)]
)
def test_the_file_is_for_whom_the_page_is_for(
    client: Client, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    sign_in(client, request.getfixturevalue(who))
    for address in ("/desk/articles/", "/desk/articles/?format=csv"):
        assert client.get(address).status_code == status


def test_the_timeline_as_a_file_says_what_the_page_says(client: Client, editor: User, auditor: User) -> None:
    article = make_article(editor)
    article.perform("withdraw", by=person("Carl Chair", "chair"), reason="=1+1 Not needed.")
    rows = read(sign_in(client, auditor).get("/record/?action=article.withdraw&format=csv&before=x"))
    assert rows[0] == [
        "When",
        "Person",
        "Roles then",
        "What",
        "Reason",
        "Article",
        "Version",
        "Event",
        "Table",
        "Entry",
    ]
    assert [row[1:8] for row in rows[1:]] == [
        ["Carl Chair", "chair", "withdrew the article", "'=1+1 Not needed.", article.slug, "1", "article.withdraw"]
    ]


def test_the_timeline_is_read_in_batches(client: Client, editor: User, auditor: User) -> None:
    for number in range(4):
        make_article(editor, question=f"Question {number}?")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("oracle.audit.views.BATCH", 3)
        rows = read(sign_in(client, auditor).get("/record/?format=csv"))
    entries = [tuple(row[8:]) for row in rows[1:]]
    assert len(entries) == len(set(entries)) == len(timeline.entries(timeline.Filters(), limit=1000))


def test_an_administrator_gets_no_story_in_the_file(client: Client, editor: User, administrator: User) -> None:
    make_article(editor)
    rows = read(sign_in(client, administrator).get("/record/?format=csv"))
    assert {row[5] for row in rows[1:]} == {""}
    assert sign_in(client, editor).get("/record/?format=csv").status_code == 404


def test_a_bad_filter_gives_the_page_with_its_errors(client: Client, auditor: User) -> None:
    answer = sign_in(client, auditor).get("/record/?since=never&format=csv")
    assert answer["Content-Type"].startswith("text/html")
