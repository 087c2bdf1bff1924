"""The site's own map, and two views that do next to nothing, behind the same middleware."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.cache import get_conditional_response

from articles.models import Article

BODY = b""
ETAG = '"0123456789abcdef0123456789abcdef"'


@login_not_required
@transaction.non_atomic_requests
def bare(request: HttpRequest) -> HttpResponse:
    """The bytes of the article page, or 304, and nothing else."""
    return get_conditional_response(request, etag=ETAG) or HttpResponse(BODY, headers={"ETag": ETAG})


@login_not_required
@transaction.non_atomic_requests
def one_select(request: HttpRequest, slug: str) -> HttpResponse:
    """The same after one SELECT by an indexed column."""
    Article.objects.get(slug=slug)
    return bare(request)


urlpatterns = [
    path("bare/", bare),
    path("one-select/<slug:slug>/", one_select),
    path("", include("oracle.urls")),
]
