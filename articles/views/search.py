"""Search of what readers may read, in the wording for the reader addressed."""

from datetime import date
from typing import Any

from django.db.models import Value
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from articles.models import Article, Specialty
from articles.models.search_text import can_be_looked_for
from articles.passages import passages
from articles.reader import Reader
from oracle import clock
from oracle.lists import Choice, Filter, Key, Listing, Sort, search_words

from .browsing import ROWS, listed_row, status_filter
from .cached import public_page

SORTS = (
    Sort("", "best match first", (Key("score", descending=True), Key("pk", descending=True))),
    Sort("newest", "newest first", (Key("first_public_on", date, descending=True), Key("pk", descending=True))),
)


@public_page
def search(request: HttpRequest) -> HttpResponse:
    """Articles in which the words are found, each with its best passages."""
    reader, words = Reader.of(request.GET), search_words(request.GET.get("q", ""))
    possible = bool(words) and can_be_looked_for(words)
    page = _listing(reader, possible).page(request.GET)
    context = {
        "reader": reader,
        "readers": _readers(reader, request.GET),
        "words": words,
        "possible": possible,
        "list": page,
        "rows": [_row(article, reader) for article in page.rows],
    }
    return render(request, "public/search.html", context)


def _listing(reader: Reader, possible: bool) -> Listing:
    on = clock.today()
    listed = Article.objects.listed(on)
    return Listing(
        rows=listed if possible else listed.annotate(score=Value(0)).none(),
        sorts=SORTS,
        filters=(topic_filter(), status_filter()),
        search=lambda rows, words: rows.matching(words, reader.audience, on) if possible else rows,
        search_label="What are you looking for?",
        size=ROWS,
        kept=("for",),
    )


def topic_filter() -> Filter:
    """Articles of one topic."""
    names = Specialty.objects.order_by(Lower("name")).values_list("slug", "name")
    return Filter("topic", "Topic", "every topic", [_of_topic(slug, name) for slug, name in names])


def _of_topic(slug: str, name: str) -> Choice:
    return Choice(slug, name, lambda rows: rows.filter(specialties__contains=[slug]))


def _row(article: Any, reader: Reader) -> dict[str, Any]:
    return listed_row(article, reader) | {"passages": passages(article.passages)}


def _readers(reader: Reader, address: QueryDict) -> list[dict[str, Any]]:
    """The kinds of reader, each with the address of the same search in their wording."""
    links, asked = reader.links(), address.copy()
    for name in ("for", "after", "before"):
        asked.pop(name, None)
    for link in links:
        other = link["query"].removeprefix("?")
        link["query"] = f"?{'&'.join(part for part in (asked.urlencode(), other) if part)}"
    return links
