"""The back office itself: which lists there are, and who sees them."""

from collections import defaultdict
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe

SECTIONS = ("People and the board", "Rules and texts", "Articles and signatures", "History")


class BackOffice(admin.AdminSite):
    """Django's admin without its sign-in, its pages for passwords and its rights: those come from `User.roles` alone.

    Every page is an `oracle.back_office.pages.OfficePage`, which says who reads and who writes.
    """

    empty_value_display = "–"

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """The front page and the addresses of every list; nothing else of the admin has an address."""
        lists = [
            path(f"{model._meta.app_label}/{model._meta.model_name}/", include(page.urls))
            for model, page in self._registry.items()
        ]
        return [path("", require_safe(self.index), name="index"), *lists]

    def each_context(self, request: Any) -> dict[str, Any]:
        """Nothing: the site's own context processors say what every page knows."""
        return {}

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """The lists that the person may read."""
        found: dict[str, list[Any]] = defaultdict(list)
        for page in self._registry.values():
            if page.has_view_permission(request):
                found[page.section].append(page)  # type: ignore[attr-defined]
        if not found:
            raise Http404
        sections = [(name, sorted(found[name], key=lambda page: page.place)) for name in SECTIONS if name in found]
        return render(request, "back_office/index.html", {"sections": sections})


office = BackOffice(name="office")
