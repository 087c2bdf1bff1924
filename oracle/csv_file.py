"""CSV files of any length: sent row by row, and never read as a formula by a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone

from oracle import clock

# Excel takes a file for UTF-8 only if it begins with this mark.
MARK = "\ufeff"
# Wherever a spreadsheet may begin a cell, also one that takes semicolons, tabs or lines for the ends of cells, blanks,
# quotes and invisible marks aside; the wide forms of the signs count as the signs.
_FORMULA = re.compile('(^|[;\t\r\n])((?:[^\\S\t\r\n]|["\ufeff\u200b-\u200f\u2060\u00ad])*)(?=[=+\\-@＝＋－＠])')
_ODD_BEGINNINGS = ("\t", "\r", "\n")


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download, `name` with today's date in its file name; `rows` are read while it is sent.

    They are read after the view's own transaction has ended, so each must find its data by itself. Numbers stay
    numbers, times are ISO 8601 in the site's time zone, and what could begin a formula gets an apostrophe.
    """
    response = StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{clock.today():%Y-%m-%d}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    writer = csv.writer(_Line(), quoting=csv.QUOTE_NONNUMERIC)
    yield (MARK + writer.writerow([cell(name) for name in head])).encode()
    for row in rows:
        yield writer.writerow([cell(value) for value in row]).encode()


def cell(value: Any) -> Any:
    """A value as it stands in the file."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    text = _FORMULA.sub(r"\1\2'", "" if value is None else str(value))
    return f"'{text}" if text.startswith(_ODD_BEGINNINGS) else text


class _Line:
    """The file that `csv.writer` needs: it gives back what is written."""

    def write(self, line: str) -> str:
        return line
