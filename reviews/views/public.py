"""What readers see of the board."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import Specialty
from articles.views.cached import public_page
from oracle import clock
from reviews.models import BoardMember


@public_page
def board(request: HttpRequest) -> HttpResponse:
    """The members who serve now, and below them those whose term has ended (R52)."""
    names = dict(Specialty.objects.values_list("slug", "name"))
    on = clock.today()
    context = {
        "serving": _cards(BoardMember.objects.serving(on), names),
        "former": _cards(BoardMember.objects.former(on), names),
    }
    return render(request, "public/board.html", context)


def _cards(members: QuerySet[BoardMember], names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"member": member, "specialties": ", ".join(names.get(slug, slug) for slug in member.specialties)}
        for member in members.select_related("user")
    ]
