"""Lists in pages."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

PAGE = 50


def page_number(request: HttpRequest) -> int:
    """The page of a list that an address asks for; anything odd is the first."""
    given = request.GET.get("page", "1")
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 6 else 1


def page_rows(request: HttpRequest, found: Any) -> list[Any]:
    """The rows of the page asked for out of a query, and one more where another page follows."""
    page = page_number(request)
    return list(found[(page - 1) * PAGE : page * PAGE + 1])


def pages_beside(request: HttpRequest, rows: Sequence[Any]) -> dict[str, str]:
    """The addresses of the pages beside this one, with the filters as they are; `rows` are of `page_rows`."""
    page, query = page_number(request), request.GET.copy()

    def at(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return {"newer_url": at(page - 1) if page > 1 else "", "older_url": at(page + 1) if len(rows) > PAGE else ""}
