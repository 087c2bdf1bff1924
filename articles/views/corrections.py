"""Corrections in all articles: a list, a file and a feed."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from articles.corrections import KINDS, Correction, corrections, history
from articles.reader import Reader
from oracle import clock
from oracle.csv_file import csv_file
from oracle.lists import Choice, Filter, Key, Listing, Sort

from .cached import public_page

NEWEST = Sort("", "newest first", (Key("history_date", datetime, descending=True), Key("history_id", descending=True)))
FED = 50
HEAD = ("When", "What", "Question", "Address", "What happened", "Change or reason")
# XML has no place for them, not even escaped.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@public_page
def corrections_list(request: HttpRequest) -> HttpResponseBase:
    """What changed for readers, newest first, by kind."""
    listing, on = _listing(), clock.today()
    if request.GET.get("format") == "csv":
        return csv_file("corrections", HEAD, _lines(listing.batches(request.GET)))
    page = listing.page(request.GET)
    context = {
        "list": page,
        "corrections": corrections(page.rows, on),
        "reader": Reader.of(request.GET),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "public/corrections.html", context)


def _listing() -> Listing:
    kinds = [_of_kind(kind, label) for kind, (label, _) in KINDS.items()]
    return Listing(
        history(), (NEWEST,), (Filter("kind", "What happened", "everything", kinds),), kept=("for",), size=20
    )


def _of_kind(kind: str, label: str) -> Choice:
    return Choice(kind, label, lambda rows: rows.filter(history_event__in=KINDS[kind][1]))


def _lines(batches: Iterator[list[Any]]) -> Iterator[Sequence[Any]]:
    for batch in batches:
        for one in corrections(batch, clock.today()):
            yield (one.at, one.label, one.question, one.slug, one.sentence, one.detail)


@public_page
def feed(request: HttpRequest) -> HttpResponse:
    """The newest corrections as an Atom feed."""
    here = request.build_absolute_uri(reverse("corrections"))
    atom = Atom1Feed(
        title=f"Corrections · {settings.SITE_NAME}",
        link=here,
        description="New versions, withdrawals and texts hidden for safety.",
        language="en-gb",
        feed_url=request.build_absolute_uri(request.path),
        author_name=settings.RESPONSIBLE,
    )
    for one in corrections(list(NEWEST.rows(history())[:FED]), clock.today()):
        atom.add_item(**_entry(one, here, request.build_absolute_uri(reverse("article", args=[one.slug]))))
    return HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)


def _entry(one: Correction, here: str, url: str) -> dict[str, Any]:
    return {
        "title": NOT_IN_XML.sub(" ", f"{one.label}: {one.question}"),
        "link": url,
        "description": NOT_IN_XML.sub(" ", f"{one.sentence} {one.detail}".strip()),
        "unique_id": f"{here}#correction-{one.id}",
        "pubdate": one.at,
        "updateddate": one.at,
    }
