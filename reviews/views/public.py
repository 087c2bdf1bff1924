"""What readers see of the board."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import Specialty
from articles.views.cached import public_page
from oracle import clock
from oracle.lists import Choice, Filter
from reviews.models import BoardMember


@public_page
def board(request: HttpRequest) -> HttpResponse:
    """The members who serve now, and below them those whose term has ended, by specialty (R52).

    It is one page, however many: each signature links to its member's place on it.
    """
    names, on = dict(Specialty.objects.order_by(Lower("name")).values_list("slug", "name")), clock.today()
    specialty = _specialty(names)
    found = specialty.narrow(BoardMember.objects.members().select_related("user"), request.GET)
    context = {
        "list": {"fields": [specialty.field(request.GET)]},
        "serving": _cards(found.serving(on), names),
        "former": _cards(found.former(on), names),
    }
    return render(request, "public/board.html", context)


def _specialty(names: dict[str, str]) -> Filter:
    return Filter("specialty", "Specialty", "every specialty", [_of_specialty(*pair) for pair in names.items()])


def _of_specialty(slug: str, name: str) -> Choice:
    return Choice(slug, name, lambda rows: rows.filter(specialties__contains=[slug]))


def _cards(members: QuerySet[BoardMember], names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"member": member, "specialties": ", ".join(names.get(slug, slug) for slug in member.specialties)}
        for member in members
    ]
