"""Any version of an article, in full or beside another."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from articles.comparison import comparison
from articles.models import Article, Version
from articles.text.rendering import render_content

from .desk import desk_article, name_of, what_became_of


def _numbered(article: Article, number: int) -> Version:
    return get_object_or_404(article.versions.select_related("article"), number=number)


def compare(request: HttpRequest, slug: str, old: int, new: int) -> HttpResponse:
    """Two versions of an article: wordings, references and changed quantities apart."""
    article = desk_article(request, slug)
    before, after = _numbered(article, old), _numbered(article, new)
    context = {"article": article, "name": name_of(article), "before": before, "after": after}
    context["change"] = after.change_class(before.content)
    return render(request, "desk/compare.html", context | comparison(before.content, after.content))


def compare_chosen(request: HttpRequest, slug: str) -> HttpResponse:
    """The two versions chosen on the record, the older first; the record again where a number is missing or wrong."""
    article = desk_article(request, slug)
    chosen = [request.GET.get(name, "") for name in ("from", "to")]
    numbers = sorted(int(number) for number in chosen if number.isascii() and number.isdigit() and len(number) < 10)
    if article.versions.filter(number__in=numbers).count() != 2:
        messages.error(request, "Choose two different versions of this article to compare.")
        return redirect(f"{reverse('record', args=[slug])}#versions")
    return redirect("compare", slug, *numbers)


def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Any version in full, as readers of the desk may see it whatever became of it."""
    article = desk_article(request, slug)
    shown = _numbered(article, number)
    kept = shown.renderings.first()
    audiences = kept.parts if kept else render_content(shown.content)
    audience = request.GET.get("for", "professional")
    if audience not in audiences:
        raise Http404
    context = {
        "article": article,
        "name": name_of(article),
        "version": shown,
        "became": what_became_of(article, shown),
        "parts": audiences[audience],
        "audience": audience,
        "audiences": list(audiences),
    }
    return render(request, "desk/version.html", context)
