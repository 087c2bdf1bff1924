"""The list of articles."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles import permissions
from articles.board import board
from articles.forms import search_words
from articles.models import Article, ArticleQuerySet, Risk, State
from articles.standing import standing
from oracle import clock

from .desk import STANDING_WORDS, TONES, desk_reader, lapsing, name_of, person, sent_back
from .paging import PAGE, page_rows, pages_beside

WHERE = {
    "": "anywhere",
    "writing": "being written",
    "sent_back": "sent back by the board",
    "board": "with the board",
    "approved": "signed and in date",
    "lapsing": "to be reviewed again soon",
    "overdue": "overdue",
    "hidden": "hidden for safety",
    "withdrawn": "withdrawn",
}


def _standing_at(where: str) -> ArticleQuerySet:
    rows, today = Article.objects.all(), clock.today()
    words = {
        "writing": rows.open_for_writing,
        "sent_back": sent_back,
        "board": rows.with_the_board,
        "approved": lambda: rows.approved(today),
        "lapsing": lapsing,
        "overdue": lambda: rows.overdue(today),
        "hidden": rows.suspended,
        "withdrawn": rows.withdrawn,
    }
    return words[where]() if where in words else rows


def articles(request: HttpRequest) -> HttpResponse:
    """Every article, newest first, by where it stands and by words of its question or address."""
    desk_reader(request)
    where = request.GET.get("where", "")
    words = search_words(request.GET.get("q", ""))
    found = _standing_at(where).select_related("current_version", "standing_version").order_by("-pk")
    if words:
        found = found.filter(Q(slug__icontains=words) | Q(current_version__question__icontains=words))
    rows = page_rows(request, found)
    holders = board().holders(rows[:PAGE])
    context = {
        "rows": [_row(article, holders.get(article.pk, [])) for article in rows[:PAGE]],
        "where": where,
        "choices": WHERE,
        "q": words,
        "writes": permissions.can_edit(None, person(request)),
    }
    return render(request, "desk/articles.html", context | pages_beside(request, rows))


def _row(article: Article, holders: list[str]) -> dict[str, Any]:
    number = article.current_version.number if article.current_version else 1
    label, _ = STANDING_WORDS[standing(article, clock.today())]
    facts = [f"version {number}", f"readers: {label}" if article.first_public_on else "never public", *holders]
    return {
        "article": article,
        "name": name_of(article),
        "facts": facts + ([Risk(article.risk).label] if article.risk else []),
        "state": State(article.state).label,
        "tone": TONES[State(article.state)],
    }
