"""The auditor's desk: the timeline, one article's story, and one entry opened."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from oracle.accounts.models import User
from oracle.csv_file import csv_file
from oracle.lists import BATCH

from . import timeline as record
from .changes import changes
from .forms import TimelineFilter
from .veil import veil_of

# An administrator has no say over content, and reads only what is of no article.
WHOLE_READERS = ("auditor", "chair")
READERS = (*WHOLE_READERS, "administrator")
STORY_READERS = (*WHOLE_READERS, "editor", "reviewer")
HEAD = ("When", "Person", "Roles then", "What", "Reason", "Article", "Version", "Event", "Table", "Entry")
DESK_READERS = ("editor", "reviewer", "chair", "auditor")


@require_safe
def timeline(request: HttpRequest) -> HttpResponseBase:
    """Every change that the person may read, filtered by what the address says."""
    _only(request, READERS)
    form = TimelineFilter(request.GET, stories=_has(request, WHOLE_READERS))
    if request.GET.get("format") == "csv" and form.is_valid():
        return csv_file("timeline", HEAD, _entries_as_lines(_veiled(request, form.filters())))
    page = _page(request, _veiled(request, form.filters())) if form.is_valid() else {}
    context = {"form": form, "csv_url": _csv_url(request), **page, **_reader(request)}
    return render(request, "audit/timeline.html", context)


@require_safe
def story(request: HttpRequest, article: int) -> HttpResponse:
    """One article's whole story."""
    _only(request, STORY_READERS)
    subject = get_object_or_404(_articles(), pk=article)
    page = _page(request, _veiled(request, record.Filters(article=subject.pk)))
    return render(request, "audit/story.html", {"article": subject, **page, **_reader(request)})


@require_safe
def entry(request: HttpRequest, table: str, entry: int) -> HttpResponse:
    """One entry: what was, and what it became."""
    source = record.sources().get(table)
    found = record.entry(source, entry) if source else None
    if source is None or found is None:
        raise Http404
    _only(request, STORY_READERS if source.of_articles else READERS)
    if veil_of(cast(User, request.user), found.article).hides(found.about, found.article, found.person):
        raise Http404("Nobody reads the verdicts of others before they have given all of their own.")
    context = {"entry": found, "changes": changes(source, entry), **_reader(request)}
    return render(request, "audit/entry.html", context)


def _only(request: HttpRequest, roles: tuple[str, ...]) -> None:
    if not _has(request, roles):
        raise Http404


def _has(request: HttpRequest, roles: tuple[str, ...]) -> bool:
    return request.user.is_authenticated and request.user.has_role(*roles)


def _veiled(request: HttpRequest, filters: record.Filters) -> record.Filters:
    """The filters, and what the reader may not read yet."""
    return replace(filters, veil=veil_of(cast(User, request.user), filters.article))


def _articles() -> Any:
    return apps.get_model("articles", "Article")._base_manager.select_related("current_version")


def _csv_url(request: HttpRequest) -> str:
    address = request.GET.copy()
    address.pop("before", None)
    address["format"] = "csv"
    return f"?{address.urlencode()}"


def _entries_as_lines(filters: record.Filters) -> Iterator[Sequence[Any]]:
    """Every entry that the filters let through, newest first, read a few hundred at a time."""
    found = record.entries(filters, limit=BATCH)
    while found:
        yield from map(_line, found)
        more = len(found) == BATCH
        found = record.entries(filters, before=found[-1].position, limit=BATCH) if more else []


def _line(entry: record.Entry) -> Sequence[Any]:
    person = entry.name if entry.person else "The system"
    where = (entry.slug, entry.version)
    return (
        entry.at,
        person,
        entry.roles_in_words,
        entry.sentence,
        entry.reason,
        *where,
        entry.event,
        entry.table,
        entry.id,
    )


def _before(request: HttpRequest) -> record.Position | None:
    text = request.GET.get("before", "")
    try:
        return record.Position.parse(text) if text else None
    except ValueError:
        raise Http404("The address names no place in the record.") from None


def _page(request: HttpRequest, filters: record.Filters) -> dict[str, Any]:
    found = record.entries(filters, before=_before(request), limit=record.PAGE + 1)
    shown, address = found[: record.PAGE], request.GET.copy()
    address["before"] = str(shown[-1].position) if shown else ""
    older = f"?{address.urlencode()}" if len(found) > record.PAGE else ""
    address.pop("before")
    newest = f"?{address.urlencode()}" if "before" in request.GET else ""
    veiled = filters.veil is not None and bool(filters.veil.articles)
    return {"lines": record.folded(shown), "older": older, "newest": newest, "veiled": veiled}


def _reader(request: HttpRequest) -> dict[str, bool]:
    return {"reads_desk": _has(request, DESK_READERS), "reads_timeline": _has(request, READERS)}
