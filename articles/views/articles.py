"""The list of articles."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from articles import permissions
from articles.board import board
from articles.models import Article, Risk, Specialty, State
from articles.standing import standing
from oracle import clock
from oracle.csv_file import csv_file
from oracle.lists import Choice, Filter, Key, Listing, Sort

from .desk import STANDING_WORDS, TONES, desk_reader, lapsing, name_of, person, sent_back

NEWEST = Key("pk", descending=True)
SORTS = (
    Sort("", "newest first", (NEWEST,)),
    Sort("question", "question, A to Z", (Key("name", str), NEWEST)),
    Sort("waiting", "waiting longest for the board", (Key("waits_since", date, nullable=True), NEWEST)),
    Sort("due", "next review due first", (Key("review_due", date, nullable=True), NEWEST)),
)
HEAD = (
    "Address",
    "Question",
    "State",
    "Readers see",
    "Version",
    "Risk",
    "Specialties",
    "In review with",
    "Submitted on",
    "Next review due",
    "First public on",
)


def articles(request: HttpRequest) -> HttpResponseBase:
    """Every article, by where it stands, specialty, risk, who has it, and words of its question or address."""
    desk_reader(request)
    listing = _listing()
    if request.GET.get("format") == "csv":
        return csv_file("articles", HEAD, _lines(listing.batches(request.GET)))
    page = listing.page(request.GET)
    holders = board().holders(page.rows)
    context = {
        "list": page,
        "rows": [_row(article, holders.get(article.pk, [])) for article in page.rows],
        "writes": permissions.can_edit(None, person(request)),
    }
    return render(request, "desk/articles.html", context)


def _listing() -> Listing:
    rows = Article.objects.select_related("current_version", "standing_version").with_waiting_since()
    return Listing(
        rows=rows.annotate(name=Lower("current_version__question")),
        sorts=SORTS,
        filters=(_where(), _specialty(), _risk(), _holder()),
        search=lambda rows, words: rows.filter(
            Q(slug__icontains=words) | Q(current_version__question__icontains=words)
        ),
        search_label="Words in the question or address",
    )


def _where() -> Filter:
    today = clock.today()
    choices = (
        Choice("writing", "being written", lambda rows: rows.open_for_writing()),
        Choice("sent_back", "sent back by the board", lambda rows: rows.filter(pk__in=sent_back().values("pk"))),
        Choice("board", "with the board", lambda rows: rows.with_the_board()),
        Choice("approved", "signed and in date", lambda rows: rows.approved(today)),
        Choice("lapsing", "to be reviewed again soon", lambda rows: rows.filter(pk__in=lapsing().values("pk"))),
        Choice("overdue", "overdue", lambda rows: rows.overdue(today)),
        Choice("hidden", "hidden for safety", lambda rows: rows.suspended()),
        Choice("withdrawn", "withdrawn", lambda rows: rows.withdrawn()),
    )
    return Filter("where", "Where it stands", "anywhere", choices)


def _specialty() -> Filter:
    names = Specialty.objects.order_by(Lower("name")).values_list("slug", "name")
    return Filter("specialty", "Specialty", "every specialty", [_of_specialty(slug, name) for slug, name in names])


def _of_specialty(slug: str, name: str) -> Choice:
    return Choice(slug, name, lambda rows: rows.filter(specialties__contains=[slug]))


def _risk() -> Filter:
    choices = [
        Choice(Risk.STANDARD, "standard risk", lambda rows: rows.filter(risk=Risk.STANDARD)),
        Choice(Risk.HIGH, "high risk", lambda rows: rows.filter(risk=Risk.HIGH)),
        Choice("none", "not set yet", lambda rows: rows.filter(risk="")),
    ]
    return Filter("risk", "Risk", "any risk", choices)


def _holder() -> Filter:
    nobody = Choice("nobody", "nobody has taken it", lambda rows: rows.with_the_board().exclude(pk__in=board().held()))
    people = [_held_by(person, name) for person, name in board().all_holders()]
    return Filter("holder", "In review with", "anybody or nobody", [nobody, *people])


def _held_by(person: int, name: str) -> Choice:
    return Choice(str(person), name, lambda rows: rows.filter(pk__in=board().held(person)))


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


def _lines(batches: Iterator[list[Article]]) -> Iterator[Sequence[Any]]:
    for batch in batches:
        holders = board().holders(batch)
        yield from (_line(article, holders.get(article.pk, [])) for article in batch)


def _line(article: Article, holders: list[str]) -> Sequence[Any]:
    label, _ = STANDING_WORDS[standing(article, clock.today())]
    return (
        article.slug,
        name_of(article),
        State(article.state).label,
        label if article.first_public_on else "never public",
        article.current_version.number,
        article.get_risk_display(),
        ", ".join(article.specialties),
        "; ".join(holders),
        article.submitted_on,
        article.review_due,
        article.first_public_on,
    )
