"""Readers' lists of articles: the front page, all articles, and those of a topic."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from articles import wording
from articles.models import Article, Specialty
from articles.reader import Reader
from articles.standing import standing
from oracle import clock
from oracle.csv_file import csv_file
from oracle.lists import Choice, Filter, Key, Listing, Sort

from .cached import public_page

ROWS, NEW = 20, 8
NEWEST = Sort("", "newest first", (Key("first_public_on", date, descending=True), Key("pk", descending=True)))
SORTS = (
    NEWEST,
    Sort("updated", "recently updated", (Key("updated_on", date, descending=True, nullable=True), Key("pk"))),
    Sort("question", "question, A to Z", (Key("name", str), Key("pk"))),
)
HEAD = ("Question", "Address", "Status", "Specialties", "Last updated", "Last reviewed", "Next review due")


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The front page: search, the topics, and the newest articles."""
    reader = Reader.of(request.GET)
    newest = list(NEWEST.rows(Article.objects.listed(clock.today()))[:NEW])
    context = {
        "reader": reader,
        "topics": Specialty.objects.with_articles(),
        "rows": [listed_row(article, reader) for article in newest],
        "all_reviewed": bool(newest) and newest[0].all_reviewed,
        "education": wording.EDUCATION,
        "all_reviewed_claim": wording.ALL_REVIEWED,
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "public/home.html", context)


def listed_row(article: Any, reader: Reader) -> dict[str, Any]:
    """A row of `listed` as `components/row.html` shows it."""
    label, tone = wording.badge(article, standing(article, clock.today()))
    meta = [f"Last updated {wording.day(article.updated_on or article.first_public_on)}"]
    if article.signed_on:
        meta.append(f"Last reviewed {wording.day(article.signed_on)}")
    url = reverse("article", args=[article.slug]) + reader.query
    return {"url": url, "question": article.question, "label": label, "tone": tone, "meta": meta}


@public_page
def topics(request: HttpRequest) -> HttpResponse:
    """Every topic that has an article to read."""
    canonical = request.build_absolute_uri(request.path)
    context = {"topics": Specialty.objects.with_articles(), "reader": Reader.of(request.GET), "canonical": canonical}
    return render(request, "public/topics.html", context)


@public_page
def all_articles(request: HttpRequest) -> HttpResponseBase:
    """Every public article."""
    return _list(request, "articles", Listing(_rows(), SORTS, (status_filter(),), size=ROWS, kept=("for",)))


@public_page
def topic(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The public articles of one topic."""
    topic = get_object_or_404(Specialty, slug=slug)
    rows = _rows().filter(specialties__contains=[slug])
    return _list(request, f"articles-{slug}", Listing(rows, SORTS, (status_filter(),), size=ROWS, kept=("for",)), topic)


def _rows() -> Any:
    return Article.objects.listed(clock.today()).annotate(name=Lower("question"))


def status_filter() -> Filter:
    """Public articles by where they stand for readers."""
    today = clock.today()
    choices = (
        Choice("reviewed", "reviewed, in date", lambda rows: rows.approved(today)),
        Choice("awaiting", "awaiting review", lambda rows: rows.pending()),
        Choice("overdue", "overdue for review", lambda rows: rows.overdue(today)),
    )
    return Filter("status", "Status", "any status", choices)


def _list(request: HttpRequest, name: str, listing: Listing, topic: Specialty | None = None) -> HttpResponseBase:
    if request.GET.get("format") == "csv":
        lines = (_line(article) for batch in listing.batches(request.GET) for article in batch)
        return csv_file(name, HEAD, lines)
    reader, page = Reader.of(request.GET), listing.page(request.GET)
    context = {
        "reader": reader,
        "list": page,
        "topic": topic,
        "rows": [listed_row(article, reader) for article in page.rows],
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "public/articles.html", context)


def _line(article: Any) -> Sequence[Any]:
    label, _ = wording.badge(article, standing(article, clock.today()))
    specialties = ", ".join(article.specialties)
    reviewed = (article.updated_on, article.signed_on, article.review_due)
    return (article.question, article.slug, label, specialties, *reviewed)
