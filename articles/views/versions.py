"""Any version of an article, in full or beside another."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

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
    return render(request, "desk/compare.html", context | comparison(before.content, after.content))


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
